//! `ECDH-ES` in direct mode (RFC 7518 §4.6): which ephemeral keys are acceptable, and the content key agreed
//! with one.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::EncodedPoint;
use p256::elliptic_curve::sec1::FromEncodedPoint;
use serde_json::Value;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::Object;
use super::jwe::{CEK, CONTENT_ENCRYPTION};

/// Longest `apu` and `apv`, in bytes.
const PARTY_LIMIT: usize = 256;

/// What the sender brings to the agreement: a point of the curve, and the names of both parties if it says.
pub(super) struct Agreement {
    ephemeral: p256::PublicKey,
    apu: Vec<u8>,
    apv: Vec<u8>,
}

impl Agreement {
    /// Reads `epk`, `apu` and `apv`. The point is one of P-256, in two coordinates of 32 bytes, and not the
    /// point at infinity: another one could make us tell our key (invalid curve attack).
    pub(super) fn judge(header: &Object) -> Option<Self> {
        let epk = header.object("epk")?;
        let coordinate = |name: &str| -> Option<[u8; 32]> {
            URL_SAFE_NO_PAD.decode(epk.text(name)?).ok()?.try_into().ok()
        };
        let (x, y) = (coordinate("x")?, coordinate("y")?);
        if epk.text("kty") != Some("EC") || epk.text("crv") != Some("P-256") || epk.get("d").is_some() {
            return None;
        }
        let point = EncodedPoint::from_affine_coordinates(&x.into(), &y.into(), false);
        let ephemeral = Option::from(p256::PublicKey::from_encoded_point(&point))?;
        let party = |name: &str| match header.get(name) {
            None => Some(Vec::new()),
            Some(Value::String(text)) => {
                URL_SAFE_NO_PAD.decode(text).ok().filter(|name| name.len() <= PARTY_LIMIT)
            }
            Some(_) => None,
        };
        Some(Self { ephemeral, apu: party("apu")?, apv: party("apv")? })
    }

    /// The content key that the sender agreed with us.
    pub(super) fn content_key(&self, secret: &p256::SecretKey) -> Option<Zeroizing<[u8; CEK]>> {
        let shared = p256::ecdh::diffie_hellman(secret.to_nonzero_scalar(), self.ephemeral.as_affine());
        derive(shared.raw_secret_bytes(), CONTENT_ENCRYPTION, &self.apu, &self.apv)
    }
}

/// The Concat KDF as RFC 7518 §4.6.2 feeds it. It cannot fail for the lengths there are here; if it did, there is
/// no key rather than one of zeros.
fn derive<const N: usize>(
    shared: &[u8],
    encryption: &str,
    apu: &[u8],
    apv: &[u8],
) -> Option<Zeroizing<[u8; N]>> {
    let mut info = Vec::new();
    for field in [encryption.as_bytes(), apu, apv] {
        info.extend_from_slice(&u32::try_from(field.len()).ok()?.to_be_bytes());
        info.extend_from_slice(field);
    }
    info.extend_from_slice(&u32::try_from(N * 8).ok()?.to_be_bytes());
    let mut key = Zeroizing::new([0; N]);
    concat_kdf::derive_key_into::<Sha256>(shared, &info, &mut *key).ok()?;
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7518 Appendix C; the shared secret is the one printed there.
    #[test]
    fn the_key_derivation_of_the_specification() {
        let shared = [
            158, 86, 217, 29, 129, 113, 53, 211, 114, 131, 66, 131, 191, 132, 38, 156, 251, 49, 110, 163,
            218, 128, 106, 72, 246, 218, 167, 121, 140, 254, 144, 196,
        ];
        let key = derive::<16>(&shared, "A128GCM", b"Alice", b"Bob").unwrap();
        assert_eq!(URL_SAFE_NO_PAD.encode(*key), "VqqN6vgjbSBcIijNcacQGg");
    }
}
