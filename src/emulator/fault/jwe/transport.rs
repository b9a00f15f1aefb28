//! Decides the lies about a key that is encrypted with RSA: its length, its padding, what else stands in its place
//! (RFC 7518 §4.3, RFC 8017 §7.1).

use super::{Jwe, Letter};
use crate::emulator::client::Encryption;
use crate::emulator::token::jwe::{CEK, Managed, Oaep, rsa};
use crate::emulator::token::keys::noise;
use crate::secret::Chance;
use num_bigint::BigUint;
use serde_json::json;

impl Jwe {
    /// How a content key travels to the holder of this RSA key.
    pub(super) fn transport(
        self,
        registered: Encryption,
        n: &BigUint,
        e: &BigUint,
        letter: &Letter<'_>,
        chance: &mut Chance,
    ) -> Option<Managed> {
        let other = match registered {
            Encryption::RsaOaep => Encryption::RsaOaep256,
            _ => Encryption::RsaOaep,
        };
        let hashes = |alg: Encryption| if alg == Encryption::RsaOaep { Oaep::SHA1 } else { Oaep::SHA256 };
        let (alg, oaep) = match self {
            Self::AlgOaepOther => (other, hashes(other)),
            Self::OaepLabel => (registered, Oaep { label: b"FranceConnect", ..hashes(registered) }),
            Self::OaepMask => (registered, Oaep { mask: hashes(other).mask, ..hashes(registered) }),
            _ => (registered, hashes(registered)),
        };
        let length = match self {
            Self::CekSixteen => 16,
            Self::CekShort => CEK - 1,
            Self::CekLong => 2 * CEK,
            Self::CekEmpty => 0,
            _ => self.cipher().1,
        };
        let random = chance.bytes::<{ 2 * CEK }>();
        let cek = random.get(..length)?.to_vec();
        let honest = rsa(&oaep.pad(&cek, n, chance)?, n, e);
        let encrypted_key = match self {
            Self::KeyEmpty => Vec::new(),
            Self::KeyShort => honest.split_last()?.1.to_vec(),
            Self::KeyLong => [[0].as_slice(), &honest].concat(),
            Self::KeyGarbage => rsa(&noise(letter.pen.seed, "bruit", honest.len() - 1), n, e),
            Self::KeyBeyondModulus => vec![0xff; honest.len()],
            Self::KeyZero => vec![0; honest.len()],
            _ => honest,
        };
        Some(Managed { members: vec![("alg", json!(alg.name()))], cek, encrypted_key })
    }
}
