//! Whether a signed string is authentic: JWS compact serialization (RFC 7515) under keys of a JWK Set
//! (RFC 7517), over `jwt-compact`. The caller names the algorithm; the header never chooses.

mod algorithm;
mod header;
mod json;
mod jwk;
mod jws;

pub use algorithm::Algorithm;
pub use json::{Invalid, Object};
pub use jwk::KeySet;
pub use jws::{TOKEN_LIMIT, Untrusted, Verified, verify};
