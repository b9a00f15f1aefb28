//! Decides the private keys of the service: drawn from a seed, so that none is kept in a file, and known to the
//! search for secrets from then on.

use std::sync::OnceLock;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::elliptic_curve::sec1::ToSec1Point;
use rand_chacha::rand_core::SeedableRng;
use rsa::traits::{PrivateKeyParts, PublicKeyParts};
use serde_json::{Value, json};

use crate::secrets;

/// The members of a private key that nobody else may see (RFC 7518 §6).
pub const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// `FC_PRIVATE_KEYS`: a key for each `alg` and `kid`. Another `kid` is another key, but of RSA, where there is one.
pub fn set(keys: &[(&str, &str)]) -> String {
    let keys: Vec<Value> = keys.iter().map(|(alg, kid)| key(alg, kid)).collect();
    json!({ "keys": keys }).to_string()
}

/// A private key, as `keygen jwks` writes it.
pub fn key(alg: &str, kid: &str) -> Value {
    let mut key = if alg == "RSA-OAEP-256" { rsa() } else { p256(alg, kid) };
    key["alg"] = json!(alg);
    key["use"] = json!(if alg == "ES256" { "sig" } else { "enc" });
    key["kid"] = json!(kid);
    for number in PRIVATE.iter().filter_map(|name| key[name].as_str()) {
        secrets::keep(number);
    }
    key
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn p256(alg: &str, kid: &str) -> Value {
    let seed = franceconnect_edge::secret::fingerprint::<32>(format!("{alg} {kid}").as_bytes());
    let secret = p256::SecretKey::from_slice(&seed).unwrap();
    let point = secret.public_key().to_sec1_point(false);
    let (x, y) = (encode(point.x().unwrap()), encode(point.y().unwrap()));
    json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "d": encode(secret.to_bytes()) })
}

fn rsa() -> Value {
    // It takes a second to find.
    static KEY: OnceLock<rsa::PrivateKey> = OnceLock::new();
    let key = KEY.get_or_init(|| {
        rsa::PrivateKey::new(&mut rand_chacha::ChaCha20Rng::from_seed([17; 32]), 2048).unwrap()
    });
    let number = |number: &rsa::BoxedUint| encode(number.to_be_bytes_trimmed_vartime());
    let primes = key.primes();
    json!({
        "kty": "RSA",
        "n": number(key.n()),
        "e": number(key.e()),
        "d": number(key.d()),
        "p": number(&primes[0]),
        "q": number(&primes[1]),
    })
}
