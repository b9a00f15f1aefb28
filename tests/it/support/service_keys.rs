//! The keys of a service of FranceConnect+: what it publishes, and how it opens what was encrypted to it, strictly,
//! with other crates than the emulator's.

use aes_gcm::Aes256Gcm;
use aes_gcm::aead::{Aead, KeyInit, Payload};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use franceconnect_edge::emulator::{Encryption, ServiceDocument};
use p256::elliptic_curve::sec1::{FromSec1Point, ToSec1Point};
use rand_chacha::rand_core::SeedableRng;
use rsa::traits::{PrivateKeyParts, PublicKeyParts};
use serde_json::{Value, json};
use std::sync::OnceLock;

use super::signer::b64;

/// One key pair of each kind.
pub struct ServiceKeys {
    pub ec: p256::SecretKey,
    pub rsa: &'static rsa::PrivateKey,
}

pub const KID: &str = "chiffrement-2026";

impl ServiceKeys {
    pub fn new(seed: u8) -> Self {
        // An RSA key takes a second, and nothing here depends on which one it is.
        static RSA: OnceLock<rsa::PrivateKey> = OnceLock::new();
        let rsa = RSA.get_or_init(|| {
            rsa::PrivateKey::new(&mut rand_chacha::ChaCha20Rng::from_seed([9; 32]), 2048).unwrap()
        });
        Self { ec: p256::SecretKey::from_slice(&[seed; 32]).unwrap(), rsa }
    }

    /// The public key for `alg` as it ought to be published.
    pub fn jwk(&self, alg: Encryption) -> Value {
        let mut jwk = match alg {
            Encryption::EcdhEs => {
                let point = self.ec.public_key().to_sec1_point(false);
                json!({ "kty": "EC", "crv": "P-256", "x": b64(point.x().unwrap()), "y": b64(point.y().unwrap()) })
            }
            Encryption::RsaOaep | Encryption::RsaOaep256 => {
                json!({ "kty": "RSA", "n": b64(&self.rsa.n().to_be_bytes_trimmed_vartime()), "e": b64(&self.rsa.e().to_be_bytes_trimmed_vartime()) })
            }
        };
        for (name, value) in [("use", "enc"), ("alg", alg.name()), ("kid", KID)] {
            jwk[name] = json!(value);
        }
        jwk
    }

    /// The private key for `alg` under `kid`, as `keygen jwks` writes it.
    pub fn private_jwk(&self, alg: &str, kid: &str) -> Value {
        let number = |number: &rsa::BoxedUint| b64(&number.to_be_bytes_trimmed_vartime());
        let mut jwk = if alg == "RSA-OAEP-256" {
            let (d, primes) = (number(self.rsa.d()), self.rsa.primes());
            let mut jwk = self.jwk(Encryption::RsaOaep256);
            jwk["d"] = json!(d);
            jwk["p"] = json!(number(&primes[0]));
            jwk["q"] = json!(number(&primes[1]));
            jwk
        } else {
            let mut jwk = self.jwk(Encryption::EcdhEs);
            jwk["d"] = json!(b64(&self.ec.to_bytes()));
            jwk
        };
        jwk["alg"] = json!(alg);
        jwk["use"] = json!(if alg == "ES256" { "sig" } else { "enc" });
        jwk["kid"] = json!(kid);
        jwk
    }

    /// The token inside `jwe`, if it is encrypted exactly as `alg` is registered; else the rule that it breaks.
    pub fn open(&self, jwe: &str, alg: Encryption) -> Result<String, &'static str> {
        if jwe.len() > 64 * 1024 {
            return Err("size");
        }
        let parts: Vec<&str> = jwe.split('.').collect();
        let [protected, encrypted_key, iv, ciphertext, tag] = *parts else { return Err("parts") };
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| "base64");
        let text = String::from_utf8(decode(protected)?).map_err(|_| "header")?;
        let header: Value = serde_json::from_str(&text).map_err(|_| "header")?;
        let members = header.as_object().ok_or("header")?;
        // `serde_json` takes a repeated member silently; no value of an honest header holds a colon in quotes.
        if text.matches("\":").count() != members.len() + header["epk"].as_object().map_or(0, |epk| epk.len())
        {
            return Err("duplicate");
        }
        if header["alg"] != alg.name() || header["enc"] != "A256GCM" {
            return Err("algorithm");
        }
        if !header["cty"].as_str().is_some_and(|cty| cty.eq_ignore_ascii_case("JWT")) {
            return Err("cty");
        }
        if ["zip", "crit", "b64"].iter().any(|name| header.get(name).is_some()) {
            return Err("extension");
        }
        if header.get("kid").is_some_and(|kid| !kid.is_string()) {
            return Err("kid");
        }
        let (encrypted_key, iv, tag) = (decode(encrypted_key)?, decode(iv)?, decode(tag)?);
        if iv.len() != 12 || tag.len() != 16 {
            return Err("length");
        }
        let cek = match alg {
            Encryption::EcdhEs if encrypted_key.is_empty() => self.agree(&header)?,
            Encryption::EcdhEs => return Err("encrypted key"),
            _ if encrypted_key.len() != 256 => return Err("encrypted key"),
            Encryption::RsaOaep => {
                self.rsa.oaep_decrypt::<sha1::Sha1>(&encrypted_key).map_err(|_| "encrypted key")?
            }
            Encryption::RsaOaep256 => {
                self.rsa.oaep_decrypt::<sha2::Sha256>(&encrypted_key).map_err(|_| "encrypted key")?
            }
        };
        let cipher = Aes256Gcm::new_from_slice(&cek).map_err(|_| "cek")?;
        let sealed = [decode(ciphertext)?, tag].concat();
        let sealed = Payload { msg: &sealed, aad: protected.as_bytes() };
        let inner =
            cipher.decrypt(iv.as_slice().try_into().map_err(|_| "length")?, sealed).map_err(|_| "tag")?;
        let inner = String::from_utf8(inner).map_err(|_| "inner")?;
        if inner.split('.').count() == 3 { Ok(inner) } else { Err("inner") }
    }

    fn agree(&self, header: &Value) -> Result<Vec<u8>, &'static str> {
        let epk = header.get("epk").and_then(Value::as_object).ok_or("epk")?;
        let text = |name: &str| epk.get(name).and_then(Value::as_str).ok_or("epk");
        if text("kty")? != "EC" || text("crv")? != "P-256" || epk.contains_key("d") {
            return Err("epk");
        }
        let number = |name: &str| {
            let bytes = URL_SAFE_NO_PAD.decode(text(name)?).map_err(|_| "epk")?;
            <[u8; 32]>::try_from(bytes).map_err(|_| "epk")
        };
        let point =
            p256::Sec1Point::from_affine_coordinates(&number("x")?.into(), &number("y")?.into(), false);
        let theirs =
            Option::<p256::PublicKey>::from(p256::PublicKey::from_sec1_point(&point)).ok_or("epk")?;
        let z = p256::ecdh::diffie_hellman(self.ec.to_nonzero_scalar(), theirs.as_affine());
        let party = |name: &str| match header.get(name) {
            None => Ok(Vec::new()),
            Some(Value::String(text)) => URL_SAFE_NO_PAD.decode(text).map_err(|_| "party"),
            Some(_) => Err("party"),
        };
        let field = |bytes: &[u8]| [&u32::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat();
        let info = [
            1_u32.to_be_bytes().to_vec(),
            z.raw_secret_bytes().to_vec(),
            field(b"A256GCM"),
            field(&party("apu")?),
            field(&party("apv")?),
            256_u32.to_be_bytes().to_vec(),
        ];
        Ok(<sha2::Sha256 as sha2::Digest>::digest(info.concat()).to_vec())
    }
}

/// An answer with these keys and no caching headers.
pub fn key_set(keys: &[Value]) -> ServiceDocument {
    let body = json!({ "keys": keys }).to_string().into_bytes();
    ServiceDocument { status: 200, body, ..ServiceDocument::default() }
}
