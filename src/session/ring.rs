//! The key ring and the seal: XChaCha20-Poly1305 under one key per purpose, with the expiry inside.
//!
//! A sealed value is `1.KEY.BYTES`: the format's version, the id of the key, and base64url of a random
//! 192-bit nonce and the ciphertext. The first key of the ring seals; every key opens, found by its id.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::secret::{Chance, Secret, fingerprint};
use crate::time::Timestamp;

/// Bytes of a session key.
pub const KEY_LENGTH: usize = 32;
/// Seconds after which a key is to be replaced: 300 days. With 192 random bits in a nonce no number of seals wears a key
/// out; what grows with time is how many people, copies and logs may have seen it.
pub const KEY_AGE: i64 = 300 * 86_400;
/// Most keys of a ring.
pub const MOST_KEYS: usize = 8;
const NONCE_LENGTH: usize = 24;
/// Longest sealed text that is looked at, in bytes: a key set in the store is the longest.
const SEALED_LIMIT: usize = 128 * 1024;
/// The same for a document of services, of which ten thousand take some 5 MB.
const SERVICES_LIMIT: usize = 8 * 1024 * 1024;

/// What a sealed value is for. Each purpose has keys of its own, so a value never opens as another kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A login in flight.
    Flow,
    /// A session: since when.
    Session,
    /// A session: who.
    Identity,
    /// A logout in flight.
    Logout,
    /// An entry of the store.
    Store,
    /// What an origin is told, signed.
    Assertion,
    /// The document of the services of a deployment.
    Services,
    /// The names of revocations: nothing is sealed, a tag and a mac in the name prove who wrote it.
    Revocation,
}

impl Purpose {
    const SEALED: [Self; 7] = [
        Self::Flow,
        Self::Session,
        Self::Identity,
        Self::Logout,
        Self::Store,
        Self::Assertion,
        Self::Services,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Flow => "flow",
            Self::Session => "session",
            Self::Identity => "identity",
            Self::Logout => "logout",
            Self::Store => "store",
            Self::Assertion => "assertion",
            Self::Services => "services",
            Self::Revocation => "revocation",
        }
    }

    /// Longest sealed text that is looked at, in bytes.
    fn limit(self) -> usize {
        match self {
            Self::Services => SERVICES_LIMIT,
            _ => SEALED_LIMIT,
        }
    }
}

/// Why a list of keys is refused; it never shows the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RingFault {
    /// No key at all.
    Empty,
    /// The key at this place (from 1) is not 43 characters of base64url.
    Malformed(usize),
    /// What stands before the point of the key at this place is no date.
    Date(usize),
    /// The key at this place is too regular to be random.
    Weak(usize),
    /// The key at this place stands there twice.
    Repeated(usize),
    /// More than [`MOST_KEYS`].
    TooMany,
}

/// The keys of one deployment, for the clients of one site.
pub struct KeyRing {
    keys: Vec<RingKey>,
    /// The audience, for the names of entries of the store that are its own.
    scope: String,
    audience: [u8; 16],
}

struct RingKey {
    id: String,
    /// The day it was made, if it says so.
    made: Option<Timestamp>,
    ciphers: [XChaCha20Poly1305; 7],
    /// From which the tags are derived.
    tag: Zeroizing<[u8; KEY_LENGTH]>,
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeyRing({} keys)", self.keys.len())
    }
}

impl KeyRing {
    /// Reads a comma-separated list of keys, 32 bytes each in base64url, each after its date and a point if it has
    /// one (`2026-11-25.KEY`). `audience` names provider, client
    /// and site: what was sealed for one opens for no other, whatever keys they share.
    ///
    /// # Errors
    /// Every unusable key.
    pub fn parse(list: &Secret, audience: &str) -> Result<Self, Vec<RingFault>> {
        let mut faults = Vec::new();
        let mut ring: Vec<RingKey> = Vec::new();
        let entries = list.expose().split(',').map(str::trim).filter(|entry| !entry.is_empty());
        for (place, entry) in (1..).zip(entries) {
            let (date, entry) = entry.split_once('.').map_or((None, entry), |(date, key)| (Some(date), key));
            let made = date.and_then(Timestamp::of_day);
            if date.is_some() && made.is_none() {
                faults.push(RingFault::Date(place));
            }
            let Ok(bytes) = URL_SAFE_NO_PAD.decode(entry).map(Zeroizing::new) else {
                faults.push(RingFault::Malformed(place));
                continue;
            };
            let distinct = bytes
                .iter()
                .enumerate()
                .filter(|(at, byte)| !bytes.iter().take(*at).any(|b| b == *byte))
                .count();
            if bytes.len() != KEY_LENGTH {
                faults.push(RingFault::Malformed(place));
            } else if distinct < 16 {
                faults.push(RingFault::Weak(place));
            } else if ring.iter().any(|known| known.id == id(&bytes)) {
                faults.push(RingFault::Repeated(place));
            } else if ring.len() == MOST_KEYS {
                faults.push(RingFault::TooMany);
            } else {
                ring.push(RingKey {
                    id: id(&bytes),
                    made,
                    ciphers: Purpose::SEALED
                        .map(|purpose| XChaCha20Poly1305::new((&*derive(&bytes, purpose, audience)).into())),
                    tag: derive(&bytes, Purpose::Revocation, audience),
                });
            }
        }
        if ring.is_empty() && faults.is_empty() {
            faults.push(RingFault::Empty);
        }
        let (scope, audience) = (audience.to_owned(), fingerprint(audience.as_bytes()));
        if faults.is_empty() { Ok(Self { keys: ring, scope, audience }) } else { Err(faults) }
    }

    /// What tells entries of one audience from those of another, whatever keys they share.
    pub(super) fn scope(&self) -> &str {
        &self.scope
    }

    /// The same in few bytes, and no secret: hosts keep apart under it what they know of each service.
    pub fn audience(&self) -> [u8; 16] {
        self.audience
    }

    /// A name for `parts` under each key, in their order, that nobody without the key can make or read.
    pub(super) fn tags<const N: usize>(&self, parts: &[&[u8]]) -> impl Iterator<Item = [u8; N]> {
        self.keys.iter().map(|key| {
            let mut tag = [0; N];
            // One block of HKDF's expansion is HMAC-SHA256 of these parts (RFC 5869 §2.3). It cannot fail: the key
            // has the length of the hash, and N is less.
            if let Ok(prf) = Hkdf::<Sha256>::from_prk(&*key.tag) {
                let expanded = prf.expand_multi_info(parts, &mut tag);
                debug_assert!(expanded.is_ok());
            }
            tag
        })
    }

    /// The day each key was made, the one that seals first; none for a key that does not say.
    pub fn made(&self) -> impl Iterator<Item = Option<Timestamp>> {
        self.keys.iter().map(|key| key.made)
    }

    /// Whether a key is older than [`KEY_AGE`].
    pub fn is_old(&self, now: Timestamp) -> bool {
        self.made().flatten().any(|made| now.since(made) >= KEY_AGE)
    }

    /// Seals `payload` until `expires`. `context` (such as an entry's name) must be the same to open.
    pub fn seal(
        &self,
        purpose: Purpose,
        context: &str,
        expires: Timestamp,
        payload: &[u8],
        chance: &mut Chance,
    ) -> Option<String> {
        let key = self.keys.first()?;
        let nonce = chance.bytes::<NONCE_LENGTH>();
        let mut plain = Zeroizing::new(Vec::with_capacity(8 + payload.len()));
        plain.extend_from_slice(&expires.unix().to_be_bytes());
        plain.extend_from_slice(payload);
        let aad = key.aad(purpose, context);
        let sealed = Payload { msg: &plain, aad: &aad };
        let sealed = key.cipher(purpose)?.encrypt(&nonce.into(), sealed).ok()?;
        let bytes = URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat());
        Some(format!("1.{}.{bytes}", key.id))
    }

    /// Opens what [`KeyRing::seal`] made for the same purpose and context, unless it has expired.
    pub fn open(
        &self,
        purpose: Purpose,
        context: &str,
        now: Timestamp,
        sealed: &str,
    ) -> Option<Zeroizing<Vec<u8>>> {
        if sealed.len() > purpose.limit() {
            return None;
        }
        let (id, bytes) = sealed.strip_prefix("1.")?.split_once('.')?;
        let key = self.keys.iter().find(|key| key.id == id)?;
        let bytes = URL_SAFE_NO_PAD.decode(bytes).ok()?;
        let (nonce, bytes) = bytes.split_first_chunk::<NONCE_LENGTH>()?;
        let aad = key.aad(purpose, context);
        let plain =
            key.cipher(purpose)?.decrypt(&XNonce::from(*nonce), Payload { msg: bytes, aad: &aad }).ok()?;
        let mut plain = Zeroizing::new(plain);
        let (expires, _) = plain.split_first_chunk::<8>()?;
        if now >= Timestamp::from_unix(i64::from_be_bytes(*expires)) {
            return None;
        }
        plain.drain(..8);
        Some(plain)
    }
}

impl RingKey {
    fn cipher(&self, purpose: Purpose) -> Option<&XChaCha20Poly1305> {
        self.ciphers.get(purpose as usize)
    }

    fn aad(&self, purpose: Purpose, context: &str) -> Vec<u8> {
        format!("1\n{}\n{}\n{context}", self.id, purpose.name()).into_bytes()
    }
}

/// A short public name for a key: a hash, so that it tells nothing of it.
fn id(key: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(fingerprint::<6>(&[b"franceconnect-edge key id", key].concat()))
}

fn derive(key: &[u8], purpose: Purpose, audience: &str) -> Zeroizing<[u8; KEY_LENGTH]> {
    let mut derived = Zeroizing::new([0; KEY_LENGTH]);
    let info = [purpose.name().as_bytes(), &[0], audience.as_bytes()].concat();
    // HKDF-SHA256 yields up to 8,160 bytes; 32 cannot fail, and the key would be all zero if it did.
    let expanded = Hkdf::<Sha256>::new(Some(b"franceconnect-edge 1"), key).expand(&info, &mut *derived);
    debug_assert!(expanded.is_ok());
    derived
}
