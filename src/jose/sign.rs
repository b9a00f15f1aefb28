//! Makes a compact JWS (RFC 7515 §5.1) with our own `ES256` key: what `private_key_jwt`
//! sends, and what an origin is told.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::Signature;
use p256::ecdsa::signature::Signer;
use serde_json::{Value, json};

use super::{Algorithm, PrivateKeySet};
use crate::secret::Secret;

/// `claims` signed with the newest key that signs, or nothing if there is none.
pub fn sign(claims: &Value, keys: &PrivateKeySet) -> Option<Secret> {
    let (kid, key) = keys.signing_key()?;
    let header = json!({ "alg": Algorithm::Es256.name(), "typ": "JWT", "kid": kid });
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", encode(&header), encode(claims));
    let signature: Signature = key.try_sign(signed.as_bytes()).ok()?;
    Some(Secret::new(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))))
}
