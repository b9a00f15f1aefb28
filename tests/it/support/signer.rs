//! Signs whatever a test wants signed, well-formed or not.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use franceconnect_edge::jose::KeySet;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};

/// A P-256 key of a test, made from one byte.
pub struct Signer(SigningKey);

impl Signer {
    pub fn new(seed: u8) -> Self {
        Self(SigningKey::from_slice(&[seed; 32]).unwrap())
    }

    /// The public key as a JWK with these extra members.
    pub fn jwk(&self, extra: &Value) -> Value {
        let point = self.0.verifying_key().to_sec1_point(false);
        let (x, y) = (b64(point.x().unwrap()), b64(point.y().unwrap()));
        let mut jwk = json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y });
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
        let signature: Signature = self.0.sign(signed.as_bytes());
        format!("{signed}.{}", b64(&signature.to_bytes()))
    }
}

pub fn key_set(keys: &[Value]) -> KeySet {
    KeySet::parse(json!({ "keys": keys }).to_string().as_bytes()).unwrap()
}

pub fn b64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
