//! What several tests share.

pub mod conversation;
pub mod signer;
