//! The signature algorithms there are, and the one function that verifies under them (RFC 7518 §3.3, §3.4).

use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};
use rsa::BoxedUint;
use sha2::Sha256;

/// An asymmetric signature algorithm. `none` and the symmetric ones have no value here, so no header,
/// key or configuration can lead to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
}

/// A public key that its algorithm can use: the point is on the curve, the modulus is of a fit size.
#[derive(Debug, Clone)]
pub(super) enum PublicKey {
    Es256(Box<VerifyingKey>),
    Rs256(Box<rsa::PublicKey>),
}

impl Algorithm {
    /// The name in `alg` members (RFC 7518 §3.1).
    pub fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
        }
    }

    /// The algorithm of exactly this name; case counts.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Es256, Self::Rs256].into_iter().find(|algorithm| algorithm.name() == name)
    }
}

impl PublicKey {
    /// A P-256 key from its coordinates, 32 bytes each (RFC 7518 §6.2.1).
    pub(super) fn p256(x: &[u8], y: &[u8]) -> Option<Self> {
        if x.len() != 32 || y.len() != 32 {
            return None;
        }
        let mut point = vec![4];
        point.extend_from_slice(x);
        point.extend_from_slice(y);
        Some(Self::Es256(Box::new(VerifyingKey::from_sec1_bytes(&point).ok()?)))
    }

    /// An RSA key (RFC 7518 §6.3.1).
    pub(super) fn rsa(n: &[u8], e: &[u8]) -> Option<Self> {
        if !sound_rsa(n, e) {
            return None;
        }
        let key = rsa::PublicKey::new(number(n)?, number(e)?);
        Some(Self::Rs256(Box::new(key.ok()?)))
    }

    /// Whether `signature` is this key's over `message`. The one place where a signature is judged, so
    /// that a host's own implementation could stand here.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Es256(key) => Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify(message, &signature).is_ok()),
            Self::Rs256(key) => key.pkcs1v15_verify::<Sha256>(message, signature).is_ok(),
        }
    }
}

/// Whether the public numbers of an RSA key are fit for use: 2048 to 4096 bits, odd modulus, odd exponent of at
/// least 65537, no leading zero.
pub(super) fn sound_rsa(n: &[u8], e: &[u8]) -> bool {
    let bits = n.len() * 8 - n.first().map_or(0, |top| top.leading_zeros() as usize);
    let exponent = e.iter().try_fold(0_u64, |all, &byte| all.checked_mul(256)?.checked_add(u64::from(byte)));
    let odd = |bytes: &[u8]| bytes.last().is_some_and(|low| low & 1 == 1);
    (2048..=4096).contains(&bits)
        && odd(n)
        && odd(e)
        && exponent.is_some_and(|exponent| exponent >= 65_537)
        && n.first() != Some(&0)
        && e.first() != Some(&0)
}

/// A number of an RSA key, as long as its bytes.
pub(super) fn number(bytes: &[u8]) -> Option<BoxedUint> {
    BoxedUint::from_be_slice(bytes, u32::try_from(bytes.len() * 8).ok()?).ok()
}
