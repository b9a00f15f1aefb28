//! What several tests share.

pub mod conversation;
pub mod envelope;
pub mod fixture;
pub mod service_keys;
pub mod signer;
pub mod store;
