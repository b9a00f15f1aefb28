//! Decides the signing keys: drawn from the seed, so that tokens of an earlier start still verify, and used
//! through `ring` (by `jsonwebtoken`), which is not what the relying party verifies with.

use crate::emulator::client::Alg;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, crypto};
use p256::elliptic_curve::Generate;
use p256::elliptic_curve::sec1::ToSec1Point;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rsa::pkcs1::EncodeRsaPrivateKey;
use rsa::pkcs8::{EncodePrivateKey, EncodePublicKey};
use rsa::traits::{PrivateKeyParts, PublicKeyParts};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};

/// How many key pairs are remembered.
const REMEMBERED: usize = 32;

/// One key pair with what is published of it.
#[derive(Clone)]
pub(in crate::emulator) struct SigningKey {
    pub(in crate::emulator) alg: Alg,
    /// Signs through `ring`.
    secret: EncodingKey,
    /// The public half as a JWK, `kid` and all.
    pub(in crate::emulator) jwk: Map<String, Value>,
    /// The private member `d` of the JWK, which only a fault publishes.
    pub(in crate::emulator) private: String,
    /// The public half as `SubjectPublicKeyInfo`.
    pub(in crate::emulator) spki: Vec<u8>,
}

impl SigningKey {
    /// The key pair for `alg` that `seed` and `label` name; `None` never happens in practice. The last ones are
    /// remembered, for the whole process: a signature costs a fifth of what its key does.
    pub(in crate::emulator) fn derive(seed: &[u8; 32], alg: Alg, label: &str) -> Option<Self> {
        type Known = VecDeque<([u8; 32], Alg, String, SigningKey)>;
        static KNOWN: Mutex<Known> = Mutex::new(VecDeque::new());
        let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |(s, a, l, _): &&([u8; 32], Alg, String, SigningKey)| s == seed && *a == alg && l == label;
        if let Some((.., key)) = known().iter().find(same) {
            return Some(key.clone());
        }
        let key = match alg {
            Alg::Es256 => Self::ec(seed, label),
            Alg::Rs256 => Self::rsa(seed, label),
        }?;
        let mut known = known();
        known.push_front((*seed, alg, label.to_owned(), key.clone()));
        known.truncate(REMEMBERED);
        Some(key)
    }

    fn ec(seed: &[u8; 32], label: &str) -> Option<Self> {
        let key = p256::SecretKey::generate_from_rng(&mut stream(seed, label));
        let point = key.public_key().to_sec1_point(false);
        let mut jwk = public_members("EC", Alg::Es256, label);
        jwk.insert("crv".into(), json!("P-256"));
        jwk.insert("x".into(), json!(encode(point.x()?)));
        jwk.insert("y".into(), json!(encode(point.y()?)));
        Some(Self {
            alg: Alg::Es256,
            secret: EncodingKey::from_ec_der(key.to_pkcs8_der().ok()?.as_bytes()),
            jwk,
            private: encode(&key.to_bytes()),
            spki: key.public_key().to_public_key_der().ok()?.into_vec(),
        })
    }

    fn rsa(seed: &[u8; 32], label: &str) -> Option<Self> {
        let key = rsa_pair(seed, label, 2048)?;
        let mut jwk = public_members("RSA", Alg::Rs256, label);
        jwk.insert("n".into(), json!(encode(&key.n().to_be_bytes_trimmed_vartime())));
        jwk.insert("e".into(), json!(encode(&key.e().to_be_bytes_trimmed_vartime())));
        Some(Self {
            alg: Alg::Rs256,
            secret: EncodingKey::from_rsa_der(key.to_pkcs1_der().ok()?.as_bytes()),
            jwk,
            private: encode(&key.d().to_be_bytes_trimmed_vartime()),
            spki: key.to_public_key().to_public_key_der().ok()?.into_vec(),
        })
    }

    /// The key's name.
    pub(in crate::emulator) fn kid(&self) -> &str {
        self.jwk.get("kid").and_then(Value::as_str).unwrap_or_default()
    }

    /// The signature of `message` as `algorithm` has it, base64url.
    pub(in crate::emulator) fn sign_as(&self, message: &[u8], algorithm: Algorithm) -> Option<String> {
        crypto::sign(message, &self.secret, algorithm).ok()
    }

    /// The signature of `message` in the key's own algorithm, base64url.
    pub(in crate::emulator) fn sign(&self, message: &[u8]) -> Option<String> {
        self.sign_as(message, algorithm(self.alg))
    }

    /// Whether `signature` is this key's over `message`.
    pub(in crate::emulator) fn verifies(&self, message: &[u8], signature: &str) -> bool {
        jwk_verifies(&Value::Object(self.jwk.clone()), self.alg, message, signature)
    }
}

/// base64url without padding.
pub(in crate::emulator) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// base64url without padding, read strictly.
pub(in crate::emulator) fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// HMAC-SHA-256 of `message`, base64url.
pub(in crate::emulator) fn hs256(message: &[u8], key: &[u8]) -> Option<String> {
    crypto::sign(message, &EncodingKey::from_secret(key), Algorithm::HS256).ok()
}

/// RS256 with a key that is too short for `ring` (RFC 8017 §8.2.1), base64url.
pub(in crate::emulator) fn rs256_short(message: &[u8], key: &rsa::PrivateKey) -> Option<String> {
    // DigestInfo of SHA-256 up to the digest (RFC 8017 §9.2, note 1).
    let prefix = b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";
    let padding = rsa::Pkcs1v15Sign { hash_len: Some(32), prefix: prefix.as_slice().into() };
    key.sign(padding, &Sha256::digest(message)).ok().map(|signature| encode(&signature))
}

/// Whether `signature` is one of `message` in `alg` by the holder of the JWK `key`.
pub(in crate::emulator) fn jwk_verifies(key: &Value, alg: Alg, message: &[u8], signature: &str) -> bool {
    let text = |name: &str| key.get(name).and_then(Value::as_str).unwrap_or_default();
    let key = match alg {
        Alg::Es256 => DecodingKey::from_ec_components(text("x"), text("y")),
        Alg::Rs256 => DecodingKey::from_rsa_components(text("n"), text("e")),
    };
    key.is_ok_and(|key| crypto::verify(signature, message, &key, algorithm(alg)).unwrap_or(false))
}

/// `length` bytes that mean nothing.
pub(in crate::emulator) fn noise(seed: &[u8; 32], label: &str, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    stream(seed, label).fill_bytes(&mut bytes);
    bytes
}

fn algorithm(alg: Alg) -> Algorithm {
    match alg {
        Alg::Es256 => Algorithm::ES256,
        Alg::Rs256 => Algorithm::RS256,
    }
}

fn public_members(kty: &str, alg: Alg, kid: &str) -> Map<String, Value> {
    let members = [("kty", kty), ("use", "sig"), ("alg", alg.name()), ("kid", kid)];
    members.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect()
}

fn stream(seed: &[u8; 32], label: &str) -> ChaCha20Rng {
    ChaCha20Rng::from_seed(Sha256::new().chain_update(seed).chain_update(label).finalize().into())
}

/// An RSA key costs a second: a pure function of its arguments, remembered for the whole process.
pub(in crate::emulator) fn rsa_pair(seed: &[u8; 32], label: &str, bits: usize) -> Option<rsa::PrivateKey> {
    type Known = BTreeMap<([u8; 32], String, usize), rsa::PrivateKey>;
    static KNOWN: Mutex<Known> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let name = (*seed, label.to_owned(), bits);
    if let Some(key) = known.get(&name) {
        return Some(key.clone());
    }
    let key = rsa::PrivateKey::new(&mut stream(seed, label), bits).ok()?;
    known.insert(name, key.clone());
    Some(key)
}
