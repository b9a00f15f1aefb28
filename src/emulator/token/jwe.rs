//! Decides how FranceConnect+ encrypts a signed token: a compact JWE (RFC 7516 §7.1) with `A256GCM`, whose header
//! says `alg`, `enc`, `cty`, `kid`, `iss`, `aud`, and `epk` where a key is agreed on.
//!
//! Ciphers, digests and the agreement are `ring`'s, which is not what the relying party decrypts with; Concat KDF
//! and OAEP are written out here, from the specifications, for the same reason.

use crate::emulator::client::Encryption;
use crate::emulator::client::recipient::{Public, Recipient};
use crate::emulator::token::keys::encode;
use crate::secret::Chance;
use num_bigint::BigUint;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::digest::{self, Algorithm, SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use ring::rand::SystemRandom;
use serde_json::{Map, Value, json};

/// Bytes of a content key of `A256GCM`.
pub(in crate::emulator) const CEK: usize = 32;

/// How the content key reaches its recipient.
pub(in crate::emulator) struct Managed {
    /// `alg`, and what else of the header the algorithm needs.
    pub(in crate::emulator) members: Vec<(&'static str, Value)>,
    /// The content key.
    pub(in crate::emulator) cek: Vec<u8>,
    /// The second part of the token, before it is encoded.
    pub(in crate::emulator) encrypted_key: Vec<u8>,
}

/// The five parts of a compact JWE, before they are encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::emulator) struct Parts {
    pub(in crate::emulator) header: Vec<u8>,
    pub(in crate::emulator) encrypted_key: Vec<u8>,
    pub(in crate::emulator) iv: Vec<u8>,
    pub(in crate::emulator) ciphertext: Vec<u8>,
    pub(in crate::emulator) tag: Vec<u8>,
}

impl Parts {
    /// The compact serialization.
    pub(in crate::emulator) fn compact(&self) -> String {
        [&self.header, &self.encrypted_key, &self.iv, &self.ciphertext, &self.tag]
            .map(|part| encode(part))
            .join(".")
    }
}

/// `token` for `to` alone.
pub(in crate::emulator) fn encrypt(
    to: &Recipient,
    issuer: &str,
    client_id: &str,
    token: &[u8],
    chance: &mut Chance,
) -> Option<String> {
    let managed = manage(to, chance)?;
    let header = Value::Object(header(&managed, &to.kid, issuer, client_id)).to_string().into_bytes();
    let iv: [u8; 12] = chance.bytes();
    let (ciphertext, tag) = a256gcm(&managed.cek, iv, &encode(&header), token)?;
    let encrypted_key = managed.encrypted_key;
    Some(Parts { header, encrypted_key, iv: iv.to_vec(), ciphertext, tag }.compact())
}

/// The header of an honest token.
pub(in crate::emulator) fn header(
    managed: &Managed,
    kid: &str,
    issuer: &str,
    client_id: &str,
) -> Map<String, Value> {
    let usual = [("enc", "A256GCM"), ("cty", "JWT"), ("kid", kid), ("iss", issuer), ("aud", client_id)];
    let usual = usual.into_iter().map(|(name, value)| (name, json!(value)));
    usual.chain(managed.members.iter().cloned()).map(|(name, value)| (name.to_owned(), value)).collect()
}

/// A content key for `to`, by the algorithm it is registered with.
pub(in crate::emulator) fn manage(to: &Recipient, chance: &mut Chance) -> Option<Managed> {
    match &to.key {
        Public::P256(point) => {
            let (ours, z) = agree(point)?;
            let members = vec![("alg", json!(to.alg.name())), ("epk", epk(&ours)?)];
            let cek = concat_kdf(&z, "A256GCM", b"", b"", CEK);
            Some(Managed { members, cek, encrypted_key: Vec::new() })
        }
        Public::Rsa(n, e) => {
            let cek = chance.bytes::<CEK>().to_vec();
            let oaep = if to.alg == Encryption::RsaOaep { Oaep::SHA1 } else { Oaep::SHA256 };
            let encrypted_key = rsa(&oaep.pad(&cek, n, chance)?, n, e);
            Some(Managed { members: vec![("alg", json!(to.alg.name()))], cek, encrypted_key })
        }
    }
}

/// A fresh key agreed on with the holder of `point`: our point, and the shared secret. Random whatever the seed.
pub(in crate::emulator) fn agree(point: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let ours = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new()).ok()?;
    let public = ours.compute_public_key().ok()?.as_ref().to_vec();
    let z = agree_ephemeral(ours, &UnparsedPublicKey::new(&ECDH_P256, point), <[u8]>::to_vec).ok()?;
    Some((public, z))
}

/// An uncompressed point as the header's JWK (RFC 7518 §4.6.1.1).
pub(in crate::emulator) fn epk(point: &[u8]) -> Option<Value> {
    let (x, y) = point.strip_prefix(&[4])?.split_at_checked(32)?;
    Some(json!({ "kty": "EC", "crv": "P-256", "x": encode(x), "y": encode(y) }))
}

/// The derived key of `length` bytes (RFC 7518 §4.6.2, NIST SP 800-56A §5.8.2.1).
pub(in crate::emulator) fn concat_kdf(
    z: &[u8],
    algorithm: &str,
    apu: &[u8],
    apv: &[u8],
    length: usize,
) -> Vec<u8> {
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).to_be_bytes();
    let mut key = Vec::new();
    for round in 1.. {
        if key.len() >= length {
            break;
        }
        let mut hash = digest::Context::new(&SHA256);
        hash.update(&number(round));
        hash.update(z);
        for field in [algorithm.as_bytes(), apu, apv] {
            hash.update(&number(field.len()));
            hash.update(field);
        }
        hash.update(&number(length * 8));
        key.extend_from_slice(hash.finish().as_ref());
    }
    key.truncate(length);
    key
}

/// The hashes of RSAES-OAEP: of the label, and of the mask.
#[derive(Clone, Copy)]
pub(in crate::emulator) struct Oaep {
    pub(in crate::emulator) hash: &'static Algorithm,
    pub(in crate::emulator) mask: &'static Algorithm,
    pub(in crate::emulator) label: &'static [u8],
}

impl Oaep {
    pub(in crate::emulator) const SHA1: Self =
        Self { hash: &SHA1_FOR_LEGACY_USE_ONLY, mask: &SHA1_FOR_LEGACY_USE_ONLY, label: b"" };
    pub(in crate::emulator) const SHA256: Self = Self { hash: &SHA256, mask: &SHA256, label: b"" };

    /// The encoded message, as long as the modulus `n` (RFC 8017 §7.1.1, step 2).
    pub(in crate::emulator) fn pad(
        self,
        message: &[u8],
        n: &BigUint,
        chance: &mut Chance,
    ) -> Option<Vec<u8>> {
        let (k, h) = (size(n)?, self.hash.output_len());
        let padding = k.checked_sub(message.len() + 2 * h + 2)?;
        let label = digest(self.hash, self.label);
        let block = [label.as_ref(), &vec![0; padding], &[1], message].concat();
        let random = chance.bytes::<64>();
        let seed = random.get(..h)?;
        let masked = xor(&block, &self.mgf1(seed, block.len()));
        let masked_seed = xor(seed, &self.mgf1(&masked, h));
        Some([&[0], masked_seed.as_slice(), &masked].concat())
    }

    /// The mask of `length` bytes (RFC 8017 §B.2.1).
    fn mgf1(self, seed: &[u8], length: usize) -> Vec<u8> {
        let block = |counter: u32| digest(self.mask, &[seed, &counter.to_be_bytes()].concat());
        let blocks = (0..).take(length.div_ceil(self.mask.output_len()));
        blocks.flat_map(|counter| block(counter).as_ref().to_vec()).take(length).collect()
    }
}

fn xor(a: &[u8], b: &[u8]) -> Vec<u8> {
    a.iter().zip(b).map(|(a, b)| a ^ b).collect()
}

/// Bytes of a modulus.
pub(in crate::emulator) fn size(n: &BigUint) -> Option<usize> {
    usize::try_from(n.bits().div_ceil(8)).ok()
}

/// The RSA primitive over an encoded message (RFC 8017 §5.1.1), as long as the modulus.
pub(in crate::emulator) fn rsa(message: &[u8], n: &BigUint, e: &BigUint) -> Vec<u8> {
    let number = BigUint::from_bytes_be(message).modpow(e, n).to_bytes_be();
    let zeros = size(n).unwrap_or_default().saturating_sub(number.len());
    [vec![0; zeros], number].concat()
}

/// Ciphertext and tag of `A256GCM` over the encoded header (RFC 7518 §5.3).
pub(in crate::emulator) fn a256gcm(
    cek: &[u8],
    iv: [u8; 12],
    aad: &str,
    plaintext: &[u8],
) -> Option<(Vec<u8>, Vec<u8>)> {
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, cek).ok()?);
    let mut text = plaintext.to_vec();
    let nonce = Nonce::assume_unique_for_key(iv);
    let tag = key.seal_in_place_separate_tag(nonce, Aad::from(aad.as_bytes()), &mut text).ok()?;
    Some((text, tag.as_ref().to_vec()))
}
