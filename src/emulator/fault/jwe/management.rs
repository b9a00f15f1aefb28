//! Decides which other algorithms may carry the content key. Those that share a secret are keyed with the client's,
//! as OpenID Connect Core §10.2 would have it: whoever implements them opens the token.

use super::{Family, Jwe, Letter};
use crate::emulator::client::Encryption;
use crate::emulator::client::recipient::{Public, Recipient};
use crate::emulator::fault::signature::STRANGER;
use crate::emulator::token::jwe::{CEK, Managed, a256gcm, concat_kdf, manage, rsa, size};
use crate::emulator::token::keys::{encode, noise, rsa_pair};
use crate::secret::Chance;
use ::rsa::BoxedUint;
use ::rsa::traits::PublicKeyParts;
use aes_gcm::aes::cipher::{BlockCipherEncrypt, KeyInit};
use aes_gcm::aes::{Aes128, Aes256, Block};
use num_bigint::BigUint;
use p256::elliptic_curve::sec1::ToSec1Point;
use ring::digest::{SHA256, digest};
use ring::pbkdf2;
use serde_json::{Value, json};
use std::num::NonZeroU32;

/// Rounds of the honest password algorithm, and of the one that nobody may begin.
const ROUNDS: u32 = 1000;
const ENDLESS: u32 = 1_000_000_000;

impl Jwe {
    /// How the content key travels.
    pub(super) fn manage(self, letter: &Letter<'_>, chance: &mut Chance) -> Option<Managed> {
        let to = letter.to.first()?;
        let secret = digest(&SHA256, letter.pen.client_secret.as_bytes());
        let secret = secret.as_ref();
        let cek = chance.bytes::<CEK>().to_vec();
        let noise = |length| noise(letter.pen.seed, "bruit", length);
        let plain = |alg: &str, encrypted_key: Vec<u8>| Managed {
            members: vec![("alg", json!(alg))],
            cek: cek.clone(),
            encrypted_key,
        };
        Some(match self {
            Self::AlgRsa15 => plain("RSA1_5", pkcs1(&cek, to, chance).unwrap_or_else(|| noise(256))),
            Self::AlgUnregistered => return unregistered(letter, chance),
            Self::AlgDir => Managed { cek: secret.to_vec(), ..plain("dir", Vec::new()) },
            Self::AlgA256Kw => plain("A256KW", key_wrap(&Aes256::new_from_slice(secret).ok()?, &cek)),
            Self::AlgA256GcmKw => {
                let iv: [u8; 12] = chance.bytes();
                let (wrapped, tag) = a256gcm(secret, iv, "", &cek)?;
                let members =
                    [("alg", json!("A256GCMKW")), ("iv", json!(encode(&iv))), ("tag", json!(encode(&tag)))];
                Managed { members: members.to_vec(), cek, encrypted_key: wrapped }
            }
            Self::AlgPbes2 | Self::AlgPbes2Huge => {
                let salt: [u8; 16] = chance.bytes();
                let rounds = if self == Self::AlgPbes2 { ROUNDS } else { ENDLESS };
                let wrapped = match self {
                    Self::AlgPbes2 => {
                        let salted = [b"PBES2-HS256+A128KW\0".as_slice(), &salt].concat();
                        let (mut kek, password) = ([0; 16], letter.pen.client_secret.as_bytes());
                        let rounds = NonZeroU32::new(rounds)?;
                        pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, rounds, &salted, password, &mut kek);
                        key_wrap(&Aes128::new_from_slice(&kek).ok()?, &cek)
                    }
                    _ => noise(CEK + 8),
                };
                let mut managed = plain("PBES2-HS256+A128KW", wrapped);
                managed.members.extend([("p2s", json!(encode(&salt))), ("p2c", json!(rounds))]);
                managed
            }
            Self::AlgNone => Managed { cek: vec![0; CEK], ..plain("none", Vec::new()) },
            Self::KeyForeign => manage(&stranger(letter)?, chance)?,
            Self::KeyLast => named(letter.to.last()?, chance)?,
            _ => match (Family::of(to.alg), &to.key) {
                (Family::Ecdh, Public::P256(point)) => self.agree(point, letter, chance)?,
                (_, Public::Rsa(n, e)) => self.transport(to.alg, n, e, letter, chance)?,
                _ => return None,
            },
        })
    }
}

/// A content key for `to`, under its own name.
fn named(to: &Recipient, chance: &mut Chance) -> Option<Managed> {
    let mut managed = manage(to, chance)?;
    set(&mut managed, "kid", json!(to.kid));
    Some(managed)
}

/// Another algorithm of FranceConnect+ than the one registered: with a key that the client publishes for it, or
/// with a stranger's.
fn unregistered(letter: &Letter<'_>, chance: &mut Chance) -> Option<Managed> {
    let registered = letter.to.first()?.alg;
    let others = || Encryption::ALL.into_iter().filter(|alg| *alg != registered);
    let published =
        others().flat_map(|alg| letter.keys.iter().filter_map(move |key| Recipient::read(key, alg)));
    match published.into_iter().next() {
        Some(to) => named(&to, chance),
        None => {
            let family = match Family::of(registered) {
                Family::Ecdh => Encryption::RsaOaep256,
                Family::Rsa => Encryption::EcdhEs,
            };
            manage(&foreign(letter, family)?, chance)
        }
    }
}

/// Somebody else's key for the registered algorithm.
fn stranger(letter: &Letter<'_>) -> Option<Recipient> {
    foreign(letter, letter.to.first()?.alg)
}

fn foreign(letter: &Letter<'_>, alg: Encryption) -> Option<Recipient> {
    let key = match Family::of(alg) {
        Family::Ecdh => {
            let key = p256::SecretKey::from_slice(&noise(letter.pen.seed, STRANGER, 32)).ok()?;
            Public::P256(key.public_key().to_sec1_point(false).as_bytes().to_vec())
        }
        Family::Rsa => {
            let key = rsa_pair(letter.pen.seed, STRANGER, 2048)?;
            Public::Rsa(big(key.n()), big(key.e()))
        }
    };
    Some(Recipient { alg, kid: STRANGER.to_owned(), key })
}

fn big(number: &BoxedUint) -> BigUint {
    BigUint::from_bytes_be(&number.to_be_bytes())
}

/// `cek` under RSAES-PKCS1-v1_5 (RFC 8017 §7.2.1), if `to` is an RSA key.
fn pkcs1(cek: &[u8], to: &Recipient, chance: &mut Chance) -> Option<Vec<u8>> {
    let Public::Rsa(n, e) = &to.key else { return None };
    let padding = size(n)?.checked_sub(cek.len() + 3)?;
    let random: Vec<u8> =
        std::iter::repeat_with(|| chance.bytes::<1>()).flatten().filter(|b| *b != 0).take(padding).collect();
    Some(rsa(&[&[0, 2], random.as_slice(), &[0], cek].concat(), n, e))
}

/// `key` under AES Key Wrap (RFC 3394 §2.2.1).
pub(super) fn key_wrap(
    kek: &impl BlockCipherEncrypt<BlockSize = aes_gcm::aead::consts::U16>,
    key: &[u8],
) -> Vec<u8> {
    let mut check = [0xa6; 8];
    let mut words: Vec<Vec<u8>> = key.chunks(8).map(<[u8]>::to_vec).collect();
    let mut step = 0_u64;
    for _ in 0..6 {
        for word in &mut words {
            step += 1;
            let mut block = Block::default();
            block.iter_mut().zip(check.iter().chain(word.iter())).for_each(|(to, from)| *to = *from);
            kek.encrypt_block(&mut block);
            let (first, last) = block.split_at(8);
            check.iter_mut().zip(first.iter().zip(step.to_be_bytes())).for_each(|(to, (a, b))| *to = a ^ b);
            *word = last.to_vec();
        }
    }
    [check.to_vec(), words.concat()].concat()
}

/// The content key agreed on with `z` and wrapped, as `alg` has it (RFC 7518 §4.6).
pub(super) fn agreed_and_wrapped(alg: &str, z: &[u8], cek: &[u8]) -> Option<Vec<u8>> {
    Some(if alg.ends_with("A256KW") {
        key_wrap(&Aes256::new_from_slice(&concat_kdf(z, alg, b"", b"", 32)).ok()?, cek)
    } else {
        key_wrap(&Aes128::new_from_slice(&concat_kdf(z, alg, b"", b"", 16)).ok()?, cek)
    })
}

/// Gives the header member `name` of `managed` another value.
pub(super) fn set(managed: &mut Managed, name: &'static str, value: Value) {
    managed.members.retain(|(known, _)| *known != name);
    managed.members.push((name, value));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_wrap_is_that_of_the_specification() {
        // RFC 3394 §4.6.
        let kek: Vec<u8> = (0..32).collect();
        let key: Vec<u8> = (0..16).map(|n| n * 0x11).chain(0..16).collect();
        let wrapped = key_wrap(&Aes256::new_from_slice(&kek).unwrap(), &key);
        let expected = "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21";
        assert_eq!(crate::emulator::citizen::hex(&wrapped), expected);
    }
}
