//! `RSA-OAEP-256` (RFC 7518 §4.3): the content key out of an encrypted one, without telling whether there was
//! one.

use rsa::rand_core::{CryptoRng, Error, RngCore};
use rsa::traits::PrivateKeyParts;
use rsa::{Oaep, RsaPrivateKey};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::jwe::CEK;
use crate::secret::Chance;

/// The content key, or one that nobody knows: a token whose key does not decrypt goes the same way, and fails
/// where a token with a wrong tag fails (RFC 7516 §11.5). What stands in for the key is the same for the
/// same token, so that asking again teaches nothing either.
pub(super) fn content_key(
    key: &RsaPrivateKey,
    encrypted: &[u8],
    chance: &mut Chance,
) -> Zeroizing<[u8; CEK]> {
    let mut stand_in = Sha256::new();
    let exponent = Zeroizing::new(key.d().to_bytes_be());
    for part in [&b"franceconnect-edge implicit rejection"[..], &exponent, encrypted] {
        stand_in.update(part);
    }
    let mut cek = Zeroizing::new([0; CEK]);
    cek.copy_from_slice(&stand_in.finalize());
    // Blinded: the time of the private operation says nothing of a ciphertext the sender chose.
    let decrypted = key.decrypt_blinded(&mut Blinding(chance), Oaep::new::<Sha256>(), encrypted);
    if let Ok(decrypted) = decrypted.map(Zeroizing::new)
        && decrypted.len() == CEK
    {
        cek.copy_from_slice(&decrypted);
    }
    cek
}

/// The randomness of the visit, as the `rsa` crate takes it.
struct Blinding<'a>(&'a mut Chance);

impl RngCore for Blinding<'_> {
    fn next_u32(&mut self) -> u32 {
        u32::from_le_bytes(self.0.bytes())
    }

    fn next_u64(&mut self) -> u64 {
        u64::from_le_bytes(self.0.bytes())
    }

    fn fill_bytes(&mut self, to: &mut [u8]) {
        for byte in to {
            [*byte] = self.0.bytes();
        }
    }

    fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(to);
        Ok(())
    }
}

impl CryptoRng for Blinding<'_> {}
