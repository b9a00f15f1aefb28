//! Decides how a private key is drawn and named: as a JWK (RFC 7517, RFC 7518 §6) under its thumbprint (RFC 7638).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::elliptic_curve::Generate;
use p256::elliptic_curve::sec1::ToSec1Point;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use rsa::BoxedUint;
use rsa::traits::{PrivateKeyParts, PublicKeyParts};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// The algorithms that a key can be drawn for.
pub(super) const ALGORITHMS: [&str; 3] = ["ECDH-ES", "RSA-OAEP-256", "ES256"];

/// Bits of an RSA modulus: two such keys fit into one secret of Cloudflare (5 kB), which a change of keys needs.
const RSA_BITS: usize = 2048;

/// A new private key for `alg`, if the system gives randomness.
pub(super) fn key(alg: &str) -> Option<Value> {
    // 256 bits from the operating system, stretched: prime numbers need more than it is asked for at once.
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *seed).ok()?;
    let mut chance = ChaCha20Rng::from_seed(*seed);
    let mut key = if alg == "RSA-OAEP-256" {
        rsa(&rsa::PrivateKey::new(&mut chance, RSA_BITS).ok()?)?
    } else {
        ec(&p256::SecretKey::generate_from_rng(&mut chance))?
    };
    let kid = thumbprint(&key);
    let purpose = if alg == "ES256" { "sig" } else { "enc" };
    for (name, value) in [("use", purpose), ("alg", alg), ("kid", &kid)] {
        key.insert(name.to_owned(), value.into());
    }
    Some(Value::Object(key))
}

fn ec(key: &p256::SecretKey) -> Option<Map<String, Value>> {
    let point = key.public_key().to_sec1_point(false);
    let text = |bytes: &[u8]| Value::from(URL_SAFE_NO_PAD.encode(bytes));
    Some(Map::from_iter([
        ("kty".to_owned(), "EC".into()),
        ("crv".to_owned(), "P-256".into()),
        ("x".to_owned(), text(point.x()?)),
        ("y".to_owned(), text(point.y()?)),
        ("d".to_owned(), text(&key.to_bytes())),
    ]))
}

/// With the five numbers of the Chinese remainder theorem: RFC 7518 §6.3.2 wants all of them or none, and without
/// the primes a key is slow.
fn rsa(key: &rsa::PrivateKey) -> Option<Map<String, Value>> {
    let text = |number: &BoxedUint| Value::from(URL_SAFE_NO_PAD.encode(number.to_be_bytes_trimmed_vartime()));
    let [p, q] = key.primes() else { return None };
    let numbers = [
        ("n", text(key.n())),
        ("e", text(key.e())),
        ("d", text(key.d())),
        ("p", text(p)),
        ("q", text(q)),
        ("dp", text(key.dp()?)),
        ("dq", text(key.dq()?)),
        ("qi", text(&key.crt_coefficient()?)),
    ];
    let kty = [("kty".to_owned(), Value::from("RSA"))];
    Some(kty.into_iter().chain(numbers.map(|(name, number)| (name.to_owned(), number))).collect())
}

/// RFC 7638: the required members alone, in the order of their names, without blanks.
fn thumbprint(key: &Map<String, Value>) -> String {
    let names: &[&str] = if key.contains_key("n") { &["e", "kty", "n"] } else { &["crv", "kty", "x", "y"] };
    let text = |name: &&str| format!("{}:{}", json!(name), key.get(*name).unwrap_or(&Value::Null));
    let members: Vec<String> = names.iter().map(text).collect();
    URL_SAFE_NO_PAD.encode(Sha256::digest(format!("{{{}}}", members.join(","))))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7638 §3.1.
    #[test]
    fn the_thumbprint_of_the_specification() {
        let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
        let key = json!({ "kty": "RSA", "n": n, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29" });
        assert_eq!(thumbprint(key.as_object().unwrap()), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }
}
