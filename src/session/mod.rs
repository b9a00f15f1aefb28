//! What the browser and KV hold: the key ring, the seal, the flow cookie, the session, sealed entries.

pub mod assertion;
mod cookies;
pub mod current;
pub mod flow;
pub mod logout;
mod opened;
pub mod revocation;
mod ring;
mod store;

pub use assertion::{Assertions, Told};
pub use cookies::CookieNames;
pub use current::{Before, Citizen, Lifetime, Session, SessionStore};
pub use revocation::{Known, Revocations};
pub use ring::{KEY_AGE, KEY_LENGTH, KeyRing, MOST_KEYS, Purpose, RingFault};
pub use store::{
    ANY_AGE, Key, LIST_MOST, ListAnswer, LoadAnswer, Names, SESSION, STORE_TIMEOUT_MS, Save, StoreAnswer,
    StoreDown,
};
