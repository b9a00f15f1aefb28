//! Signs whatever a test wants signed, well-formed or not.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use franceconnect_edge::jose::KeySet;
use jwt_compact::alg::{Es256, SigningKey as _};
use jwt_compact::{Algorithm as _, AlgorithmSignature as _};
use serde_json::{Value, json};

type Key = <Es256 as jwt_compact::Algorithm>::SigningKey;

/// A P-256 key of a test, made from one byte.
pub struct Signer(Key);

impl Signer {
    pub fn new(seed: u8) -> Self {
        Self(Key::from_slice(&[seed; 32]).unwrap())
    }

    /// The public key as a JWK with these extra members.
    pub fn jwk(&self, extra: &Value) -> Value {
        let public = self.0.to_verifying_key();
        let jwk = jwt_compact::jwk::JsonWebKey::from(&public);
        let mut jwk = serde_json::to_value(jwk).unwrap();
        for (name, value) in extra.as_object().unwrap() {
            jwk[name] = value.clone();
        }
        jwk
    }

    pub fn set(&self, extra: &Value) -> KeySet {
        key_set(&[self.jwk(extra)])
    }

    pub fn sign(&self, header: &str, payload: &[u8]) -> String {
        let signed = format!("{}.{}", b64(header.as_bytes()), b64(payload));
        let signature = Es256.sign(&self.0, signed.as_bytes());
        format!("{signed}.{}", b64(&signature.as_bytes()))
    }
}

pub fn key_set(keys: &[Value]) -> KeySet {
    KeySet::parse(json!({ "keys": keys }).to_string().as_bytes()).unwrap()
}

pub fn b64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
