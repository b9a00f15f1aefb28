//! The tokens and keys that stand in files: those of RFC 7516, and those that other libraries made.

use serde_json::Value;

const RFC7516: &str = include_str!("../data/rfc7516.json");
const JOSE: &str = include_str!("../data/jwe-jose.json");
const PYTHON: &str = include_str!("../data/jwe-python.json");

/// The examples A.1 to A.3 of RFC 7516: each `name`, `key`, `jwe`, `plaintext`.
pub fn rfc_7516() -> Vec<Value> {
    serde_json::from_str(RFC7516).unwrap()
}

/// The files that `tests/interop/jwe.mjs` and `tests/interop/jwe.py` wrote: each `made_by`, `private_keys`,
/// `provider_keys` and `tokens`.
pub fn libraries() -> [Value; 2] {
    [JOSE, PYTHON].map(|text| serde_json::from_str(text).unwrap())
}

/// A private RSA key of 2048 bits as `FC_PRIVATE_KEYS` has it, under this `kid`: one of two.
pub fn rsa_key(which: usize, kid: &str) -> Value {
    let mut key = rfc_7516()[which]["key"].clone();
    for (name, value) in [("use", "enc"), ("alg", "RSA-OAEP-256"), ("kid", kid)] {
        key[name] = value.into();
    }
    key
}
