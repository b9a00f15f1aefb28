//! What several tests share.

pub mod signer;
