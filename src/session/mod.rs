//! What the browser and KV hold: the key ring, the seal, the flow cookie, the session.

mod store;

pub use store::{Key, LoadAnswer, Save};
