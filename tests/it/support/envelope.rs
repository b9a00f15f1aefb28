//! Encrypts whatever a test wants encrypted, well-formed or not. The key derivation and the content encryption are
//! ring's, so that no mistake of the product's is made twice.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use franceconnect_edge::jose::{Decrypted, KeyManagement, PrivateKeySet, Untrusted, decrypt};
use franceconnect_edge::secret::{Chance, Secret};
use p256::elliptic_curve::sec1::ToSec1Point;
use rand_chacha::rand_core::SeedableRng;
use ring::{aead, digest};
use rsa::BoxedUint;
use serde_json::{Value, json};

use super::signer::b64;

pub const IV: [u8; 12] = [9; 12];

/// Opens with the randomness of a visit.
pub fn open(token: &str, management: KeyManagement, keys: &PrivateKeySet) -> Result<Decrypted, Untrusted> {
    decrypt(token, management, keys, &mut Chance::new(&[7; 64]))
}

/// What is inside, or why it does not open.
pub fn text(token: &str, management: KeyManagement, keys: &PrivateKeySet) -> Result<String, Untrusted> {
    open(token, management, keys).map(|opened| opened.text.expose().to_owned())
}

pub fn private_keys(keys: &[Value]) -> PrivateKeySet {
    PrivateKeySet::parse(&Secret::new(json!({ "keys": keys }).to_string()))
        .unwrap_or_else(|faults| panic!("{faults:?}"))
}

/// RFC 7518 §4.6.2 for a key of 32 bytes, which is one block of SHA-256.
pub fn concat_kdf(shared: &[u8], encryption: &str, apu: &[u8], apv: &[u8]) -> [u8; 32] {
    let mut input = [&1_u32.to_be_bytes(), shared].concat();
    for field in [encryption.as_bytes(), apu, apv] {
        input.extend_from_slice(&u32::try_from(field.len()).unwrap().to_be_bytes());
        input.extend_from_slice(field);
    }
    input.extend_from_slice(&256_u32.to_be_bytes());
    digest::digest(&digest::SHA256, &input).as_ref().try_into().unwrap()
}

fn content_key(cek: &[u8; 32]) -> aead::LessSafeKey {
    aead::LessSafeKey::new(aead::UnboundKey::new(&aead::AES_256_GCM, cek).unwrap())
}

/// Ciphertext and tag of `A256GCM`.
pub fn seal(cek: &[u8; 32], iv: [u8; 12], aad: &[u8], text: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let mut sealed = text.to_vec();
    let nonce = aead::Nonce::assume_unique_for_key(iv);
    let tag = content_key(cek).seal_in_place_separate_tag(nonce, aead::Aad::from(aad), &mut sealed).unwrap();
    (sealed, tag.as_ref().to_vec())
}

/// The content of a compact JWE whose content key is known.
pub fn unseal(token: &str, cek: &[u8; 32]) -> Vec<u8> {
    let parts: Vec<&str> = token.split('.').collect();
    let bytes = |at: usize| URL_SAFE_NO_PAD.decode(parts[at]).unwrap();
    let mut sealed = [bytes(3), bytes(4)].concat();
    let nonce = aead::Nonce::assume_unique_for_key(bytes(2).try_into().unwrap());
    let aad = aead::Aad::from(parts[0].as_bytes());
    content_key(cek).open_in_place(nonce, aad, &mut sealed).unwrap().to_vec()
}

/// A compact JWE of these parts, authenticated as it should be.
pub fn compact(header: &str, encrypted_key: &[u8], cek: &[u8; 32], text: &[u8]) -> String {
    let header = b64(header.as_bytes());
    let (ciphertext, tag) = seal(cek, IV, header.as_bytes(), text);
    format!("{header}.{}.{}.{}.{}", b64(encrypted_key), b64(&IV), b64(&ciphertext), b64(&tag))
}

/// `header` with `changes`: a null removes.
pub fn with(mut header: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(header.as_object_mut().unwrap().remove(name)),
            value => header[name] = value.clone(),
        }
    }
    header
}

/// A P-256 key pair of a test, made from one byte.
pub struct Agreeing(p256::SecretKey);

impl Agreeing {
    pub fn new(seed: u8) -> Self {
        Self(p256::SecretKey::from_slice(&[seed; 32]).unwrap())
    }

    pub fn from_slice(secret: &[u8]) -> Self {
        Self(p256::SecretKey::from_slice(secret).unwrap())
    }

    /// `kty`, `crv`, `x`, `y`.
    pub fn public(&self) -> Value {
        let point = self.0.public_key().to_sec1_point(false);
        json!({ "kty": "EC", "crv": "P-256", "x": b64(point.x().unwrap()), "y": b64(point.y().unwrap()) })
    }

    /// As `FC_PRIVATE_KEYS` has it.
    pub fn private(&self, kid: &str) -> Value {
        let d = b64(&self.0.to_bytes());
        with(self.public(), &json!({ "use": "enc", "alg": "ECDH-ES", "kid": kid, "d": d }))
    }

    pub fn shared(&self, with: &Self) -> Vec<u8> {
        let shared = p256::ecdh::diffie_hellman(self.0.to_nonzero_scalar(), with.0.public_key().as_affine());
        shared.raw_secret_bytes().to_vec()
    }

    /// The header of a good token from `sender` to this key.
    pub fn header(&self, sender: &Self) -> Value {
        json!({ "alg": "ECDH-ES", "enc": "A256GCM", "cty": "JWT", "epk": sender.public() })
    }

    /// A token to this key whose header has `changes`, which the key derivation does not know of.
    pub fn token(&self, changes: &Value, text: &str) -> String {
        let sender = Self::new(200);
        let header = with(self.header(&sender), changes);
        let cek = concat_kdf(&self.shared(&sender), "A256GCM", b"", b"");
        compact(&header.to_string(), b"", &cek, text.as_bytes())
    }
}

/// A number as the `rsa` crate takes it.
pub fn rsa_number(bytes: &[u8]) -> BoxedUint {
    BoxedUint::from_be_slice(bytes, u32::try_from(bytes.len() * 8).unwrap()).unwrap()
}

/// Encrypts to an RSA key.
pub struct Transport(rsa::PublicKey);

impl Transport {
    /// To the key of this JWK.
    pub fn to(key: &Value) -> Self {
        let number = |name: &str| rsa_number(&URL_SAFE_NO_PAD.decode(key[name].as_str().unwrap()).unwrap());
        Self(rsa::PublicKey::new(number("n"), number("e")).unwrap())
    }

    /// `message` by OAEP with this hash.
    pub fn encrypt<H>(&self, message: &[u8]) -> Vec<u8>
    where
        H: sha2::Digest + sha2::digest::FixedOutputReset,
    {
        let mut chance = rand_chacha::ChaCha20Rng::from_seed([5; 32]);
        self.0.oaep_encrypt_with_rng::<H, _>(&mut chance, message).unwrap()
    }

    pub fn header() -> Value {
        json!({ "alg": "RSA-OAEP-256", "enc": "A256GCM", "cty": "JWT" })
    }

    /// A token whose header has `changes`.
    pub fn token(&self, changes: &Value, text: &str) -> String {
        let cek = [3; 32];
        let header = with(Self::header(), changes).to_string();
        compact(&header, &self.encrypt::<sha2::Sha256>(&cek), &cek, text.as_bytes())
    }
}
