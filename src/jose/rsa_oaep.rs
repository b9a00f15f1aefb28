//! `RSA-OAEP-256` (RFC 7518 §4.3): the content key out of an encrypted one, without telling whether there was
//! one.

use std::convert::Infallible;

use rsa::PrivateKey;
use rsa::rand_core::{TryCryptoRng, TryRng};
use rsa::traits::PrivateKeyParts;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::jwe::CEK;
use crate::secret::Chance;

/// The content key, or one that nobody knows: a token whose key does not decrypt goes the same way, and fails
/// where a token with a wrong tag fails (RFC 7516 §11.5). What stands in for the key is the same for the
/// same token, so that asking again teaches nothing either.
pub(super) fn content_key(key: &PrivateKey, encrypted: &[u8], chance: &mut Chance) -> Zeroizing<[u8; CEK]> {
    let mut stand_in = Sha256::new();
    let exponent = Zeroizing::new(key.d().to_be_bytes());
    for part in [&b"franceconnect-edge implicit rejection"[..], &exponent, encrypted] {
        stand_in.update(part);
    }
    let mut cek = Zeroizing::new([0; CEK]);
    cek.copy_from_slice(&stand_in.finalize());
    // Blinded: the time of the private operation says nothing of a ciphertext the sender chose.
    let decrypted = key.oaep_decrypt_with_rng::<Sha256, _>(&mut Blinding(chance), encrypted);
    if let Ok(decrypted) = decrypted.map(Zeroizing::new)
        && decrypted.len() == CEK
    {
        cek.copy_from_slice(&decrypted);
    }
    cek
}

/// The randomness of the visit, as the `rsa` crate takes it.
struct Blinding<'a>(&'a mut Chance);

impl TryRng for Blinding<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(self.0.bytes()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(self.0.bytes()))
    }

    fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(to);
        Ok(())
    }
}

impl TryCryptoRng for Blinding<'_> {}
