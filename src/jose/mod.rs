//! Whether a signed or encrypted string is authentic: JWS and JWE in compact serialization (RFC 7515, RFC 7516)
//! under keys of JWK Sets (RFC 7517), over RustCrypto. The caller names the algorithms; the
//! header never chooses.

mod algorithm;
mod ecdh_es;
mod header;
mod json;
mod jwe;
mod jwk;
mod jws;
mod private_key;
mod rsa_oaep;
mod sign;

pub use algorithm::Algorithm;
pub use json::{Invalid, Object};
pub use jwe::{CONTENT_ENCRYPTION, Decrypted, KeyManagement, decrypt};
pub use jwk::KeySet;
pub use jws::{TOKEN_LIMIT, Untrusted, Verified, verify};
pub use private_key::{KeyFault, MOST_PRIVATE_KEYS, PrivateKeySet};
pub use sign::sign;
