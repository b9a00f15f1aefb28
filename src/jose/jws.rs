//! Decides whether a compact JWS is authentic (RFC 7515 §5.2). [`Verified`] is the proof, made only here.

use super::header::Header;
use super::{Algorithm, KeySet, Object};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Longest token that is looked at, in bytes.
pub const TOKEN_LIMIT: usize = 32 * 1024;

/// Why a token is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Untrusted {
    /// Not the parts of a compact token in strict base64url, or longer than [`TOKEN_LIMIT`].
    Encoding,
    /// The header is not an acceptable object.
    Header,
    /// The header names another algorithm than the caller.
    Algorithm,
    /// The header says that the token was made for another purpose.
    Type,
    /// No key of the set fits the header; fresher keys may.
    UnknownKey,
    /// No fitting key verifies the signature. FranceConnect's key ids are names of places in its hardware,
    /// so a new key may come under an old id.
    Signature,
    /// Not the five parts of a JWE, where one is registered.
    NotEncrypted,
    /// The JWE's header or the size of a part is not what was registered; nothing was decrypted.
    Envelope,
    /// The JWE does not open with any key of ours.
    Decryption,
    /// The signature holds, but the payload is not an object with every member once.
    Payload,
}

impl Untrusted {
    /// Whether keys fetched afresh could change the verdict.
    pub fn may_be_rotation(self) -> bool {
        matches!(self, Self::UnknownKey | Self::Signature)
    }
}

/// Claims whose signature was verified under the caller's algorithm and keys.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified(Object);

impl Verified {
    /// The claims; that they are authentic does not make them true for this login.
    pub fn into_claims(self) -> Object {
        self.0
    }
}

/// Verifies `token` under `algorithm` with a fitting key of `keys`, then reads its payload.
///
/// # Errors
/// See [`Untrusted`]. The payload is not looked at before the signature holds.
pub fn verify(token: &str, algorithm: Algorithm, keys: &KeySet) -> Result<Verified, Untrusted> {
    if token.len() > TOKEN_LIMIT {
        return Err(Untrusted::Encoding);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(Untrusted::Encoding)?;
    let (header, payload) = signed.split_once('.').ok_or(Untrusted::Encoding)?;
    // The alphabet of base64url has no dot, so further parts fail to decode.
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| Untrusted::Encoding);
    let (header, payload, signature) = (decode(header)?, decode(payload)?, decode(signature)?);
    let header = Header::judge(&header, algorithm)?;
    let candidates = keys.candidates(algorithm, header.kid.as_deref());
    if candidates.is_empty() {
        return Err(Untrusted::UnknownKey);
    }
    if !candidates.iter().any(|key| key.verifies(signed.as_bytes(), &signature)) {
        return Err(Untrusted::Signature);
    }
    Object::parse(&payload).map(Verified).map_err(|_| Untrusted::Payload)
}
