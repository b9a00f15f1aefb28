//! Draws the private keys of the site that `dev` serves: one that FranceConnect+ encrypts for, one that signs.
//!
//! A function of `keygen` that draws the same may take its place.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::elliptic_curve::sec1::ToSec1Point;
use serde_json::{Value, json};
use zeroize::Zeroizing;

/// A JWK Set of fresh P-256 keys (RFC 7517 §5), if the system has randomness.
pub(super) fn private_keys() -> Option<String> {
    let keys = [jwk("enc", "enc", "ECDH-ES")?, jwk("sig", "sig", "ES256")?];
    Some(json!({ "keys": keys }).to_string())
}

fn jwk(kid: &str, r#use: &str, alg: &str) -> Option<Value> {
    let secret = loop {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *bytes).ok()?;
        // One number in four thousand million is no key of the curve.
        if let Ok(secret) = p256::SecretKey::from_slice(&*bytes) {
            break secret;
        }
    };
    let point = secret.public_key().to_sec1_point(false);
    let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    Some(json!({
        "kty": "EC", "crv": "P-256", "kid": kid, "use": r#use, "alg": alg,
        "x": text(point.x()?), "y": text(point.y()?), "d": text(&secret.to_bytes()),
    }))
}
