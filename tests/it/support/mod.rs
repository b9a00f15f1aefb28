//! What several tests share.

pub mod conversation;
pub mod service_keys;
pub mod signer;
