//! Decides whether a compact JWE opens (RFC 7516 §5.2), under the key management that the caller names and
//! `A256GCM`. What is wrong with the form is refused before any key is touched; whatever goes wrong after
//! that is one error, in one time, so that nobody learns how far a forged token came.

use aes_gcm::Aes256Gcm;
use aes_gcm::aead::{Aead, KeyInit, Payload};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::ecdh_es::Agreement;
use super::header::kid;
use super::private_key::{Material, PrivateKey};
use super::{Object, PrivateKeySet, TOKEN_LIMIT, Untrusted, rsa_oaep};
use crate::secret::{Chance, Secret};

/// How the content key reaches us (RFC 7518 §4); the ones that are not here cannot be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyManagement {
    /// Agreed with an ephemeral P-256 key of the sender's, used directly.
    EcdhEs,
    /// Encrypted to our RSA key with OAEP and SHA-256.
    RsaOaep256,
}

/// The one content encryption (RFC 7518 §5.3).
pub const CONTENT_ENCRYPTION: &str = "A256GCM";
/// Bytes of its key.
pub(super) const CEK: usize = 32;
/// Bytes of its initialization vector.
const IV: usize = 12;
/// Bytes of its authentication tag.
const TAG: usize = 16;

/// What we cannot honour: extensions we must understand, compression, passwords, wrapped keys.
const FOREIGN: [&str; 7] = ["crit", "b64", "zip", "p2s", "p2c", "iv", "tag"];

impl KeyManagement {
    /// The name in `alg` members (RFC 7518 §4.1).
    pub fn name(self) -> &'static str {
        match self {
            Self::EcdhEs => "ECDH-ES",
            Self::RsaOaep256 => "RSA-OAEP-256",
        }
    }

    /// The one of exactly this name; case counts.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::EcdhEs, Self::RsaOaep256].into_iter().find(|management| management.name() == name)
    }
}

/// What a JWE held: encryption proves nothing about who wrote it (RFC 8725 §3.3).
#[derive(Debug)]
pub struct Decrypted {
    /// The text inside, which should be a JWS.
    pub text: Secret,
    /// The header, whose copies of claims must be those of the claims (RFC 7519 §5.3).
    pub header: Object,
}

/// The parts of a JWE whose form is right.
struct Parts<'a> {
    /// As it was sent: it is authenticated with the content.
    protected: &'a str,
    header: Object,
    kid: Option<String>,
    encrypted_key: Vec<u8>,
    iv: [u8; IV],
    /// The ciphertext, and the tag behind it.
    sealed: Vec<u8>,
}

/// Opens `token` with a fitting key of `keys`; `chance` blinds RSA operations.
///
/// # Errors
/// [`Untrusted::NotEncrypted`] for what has not the five parts of a JWE, [`Untrusted::Encoding`] for parts that are
/// no strict base64url or too long in all, [`Untrusted::Envelope`] for a form that is refused before any work,
/// [`Untrusted::Decryption`] for everything else.
pub fn decrypt(
    token: &str,
    management: KeyManagement,
    keys: &PrivateKeySet,
    chance: &mut Chance,
) -> Result<Decrypted, Untrusted> {
    let parts = Parts::judge(token, management)?;
    let agreement = match management {
        KeyManagement::EcdhEs => Some(Agreement::judge(&parts.header).ok_or(Untrusted::Envelope)?),
        KeyManagement::RsaOaep256 => None,
    };
    let direct = parts.encrypted_key.is_empty();
    if direct != agreement.is_some() {
        return Err(Untrusted::Envelope);
    }
    let candidates = keys.candidates(management, parts.kid.as_deref());
    let opened = candidates.into_iter().find_map(|key| {
        let cek = content_key(key, agreement.as_ref(), &parts.encrypted_key, chance)?;
        parts.open(&cek)
    });
    let text = opened.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or(Untrusted::Decryption)?;
    Ok(Decrypted { text: Secret::new(text), header: parts.header })
}

fn content_key(
    key: &PrivateKey,
    agreement: Option<&Agreement>,
    encrypted_key: &[u8],
    chance: &mut Chance,
) -> Option<Zeroizing<[u8; CEK]>> {
    match (&key.material, agreement) {
        (Material::Agreement(secret), Some(agreement)) => Some(agreement.content_key(secret)),
        (Material::Transport(secret), None) => Some(rsa_oaep::content_key(secret, encrypted_key, chance)),
        _ => None,
    }
}

impl<'a> Parts<'a> {
    fn judge(token: &'a str, management: KeyManagement) -> Result<Self, Untrusted> {
        if token.len() > TOKEN_LIMIT {
            return Err(Untrusted::Encoding);
        }
        let parts: Vec<&str> = token.splitn(6, '.').collect();
        let [protected, encrypted_key, iv, ciphertext, tag] = parts[..] else {
            return Err(Untrusted::NotEncrypted);
        };
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| Untrusted::Encoding);
        let header = Object::parse(&decode(protected)?).map_err(|_| Untrusted::Envelope)?;
        let kid = judge(&header, management)?;
        let encrypted_key = decode(encrypted_key)?;
        let (iv, mut sealed, tag) = (decode(iv)?, decode(ciphertext)?, decode(tag)?);
        if sealed.is_empty() || tag.len() != TAG {
            return Err(Untrusted::Envelope);
        }
        sealed.extend(tag);
        let iv = iv.try_into().map_err(|_| Untrusted::Envelope)?;
        Ok(Self { protected, header, kid, encrypted_key, iv, sealed })
    }

    fn open(&self, cek: &[u8; CEK]) -> Option<Vec<u8>> {
        let sealed = Payload { msg: &self.sealed, aad: self.protected.as_bytes() };
        Aes256Gcm::new(cek.into()).decrypt(&self.iv.into(), sealed).ok()
    }
}

/// The header of an encrypted, signed token; answers its `kid`.
fn judge(header: &Object, management: KeyManagement) -> Result<Option<String>, Untrusted> {
    let text = |name| header.optional_text(name).map_err(|_| Untrusted::Envelope);
    let says = |name, expected| Ok(text(name)?.as_deref() == Some(expected));
    let nested = text("cty")?.is_some_and(|cty| cty.eq_ignore_ascii_case("JWT"));
    let typed = text("typ")?.is_none_or(|typ| typ.eq_ignore_ascii_case("JWT"));
    let foreign = FOREIGN.iter().any(|name| header.get(name).is_some());
    if !says("alg", management.name())? || !says("enc", CONTENT_ENCRYPTION)? || !nested || !typed || foreign {
        return Err(Untrusted::Envelope);
    }
    kid(header).map_err(|_| Untrusted::Envelope)
}
