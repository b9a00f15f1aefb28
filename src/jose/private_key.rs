//! Decides which private keys a relying party may use, and what it publishes of them (RFC 7517, RFC 7518 §6):
//! every fault of a set is named, because FranceConnect+ would not say which key it could not use.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::SigningKey;
use p256::elliptic_curve::sec1::ToSec1Point;
use rsa::BoxedUint;
use serde_json::{Value, json};
use zeroize::{Zeroize, Zeroizing};

use super::algorithm::{number, sound_rsa};
use super::{Algorithm, KeyManagement, Object};
use crate::secret::Secret;

/// Most keys of a set: what must be tried for a token that names none.
pub const MOST_PRIVATE_KEYS: usize = 4;
/// Longest `kid`, in bytes.
const KID_LIMIT: usize = 128;

/// The private keys of one relying party, the newest first. Nothing prints them.
pub struct PrivateKeySet(Vec<PrivateKey>);

/// One key pair that FranceConnect+ can use.
pub(super) struct PrivateKey {
    pub(super) kid: String,
    pub(super) material: Material,
    public: Value,
}

/// What a key is for, with the numbers for it.
pub(super) enum Material {
    /// Opens tokens by `ECDH-ES`.
    Agreement(Box<p256::SecretKey>),
    /// Opens tokens by `RSA-OAEP-256`.
    Transport(Box<rsa::PrivateKey>),
    /// Signs `private_key_jwt`.
    Signature(Box<SigningKey>),
}

/// What is wrong with a key, without the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyFault {
    /// The text is no JWK Set, or an object in it has a member twice.
    NotASet,
    /// The set is empty.
    Empty,
    /// The set holds more than [`MOST_PRIVATE_KEYS`].
    TooMany,
    /// The entry at this place (from 1) is no JSON object.
    NotAKey(usize),
    /// Its `kid` is absent or unusual.
    Kid(usize),
    /// Another key has its `kid`.
    RepeatedKid(usize),
    /// Another entry is the same key: one key is for one purpose.
    Repeated(usize),
    /// Its `use` and `alg` are no pair that is needed here.
    Use(usize),
    /// Its `kty` or `crv` does not fit `alg`.
    Kind(usize),
    /// It has no private part: it is a public key.
    Public(usize),
    /// Its numbers are not those of one sound key pair.
    Numbers(usize),
}

impl PrivateKeySet {
    /// A set without keys.
    pub fn none() -> Self {
        Self(Vec::new())
    }

    /// Reads a JWK Set of private keys, each with `kid`, `use` and `alg`: `enc` with `ECDH-ES` (P-256) or
    /// `RSA-OAEP-256` (2048 to 4096 bits), `sig` with `ES256`. Other members are not looked at.
    ///
    /// # Errors
    /// What is wrong with the set, and with every unusable key of the first [`MOST_PRIVATE_KEYS`].
    pub fn parse(text: &Secret) -> Result<Self, Vec<KeyFault>> {
        let set = Object::parse(text.expose().as_bytes()).map_err(|_| vec![KeyFault::NotASet])?;
        let Some(Value::Array(mut entries)) = set.into_members().remove("keys") else {
            return Err(vec![KeyFault::NotASet]);
        };
        let read = Self::read(&entries);
        entries.iter_mut().for_each(wipe);
        read
    }

    fn read(entries: &[Value]) -> Result<Self, Vec<KeyFault>> {
        let mut faults = Vec::new();
        if entries.is_empty() {
            faults.push(KeyFault::Empty);
        }
        if entries.len() > MOST_PRIVATE_KEYS {
            faults.push(KeyFault::TooMany);
        }
        let mut keys = Vec::new();
        let mut kids = Vec::new();
        for (place, entry) in (1..).zip(entries.iter().take(MOST_PRIVATE_KEYS)) {
            match kid(entry) {
                Some(kid) if kids.contains(&kid) => faults.push(KeyFault::RepeatedKid(place)),
                Some(kid) => kids.push(kid),
                None if entry.is_object() => faults.push(KeyFault::Kid(place)),
                None => {}
            }
            match PrivateKey::read(entry, place) {
                Ok(key) if keys.iter().any(|known: &PrivateKey| known.is_same(&key)) => {
                    faults.push(KeyFault::Repeated(place));
                }
                Ok(key) => keys.push(key),
                Err(fault) => faults.push(fault),
            }
        }
        if faults.is_empty() { Ok(Self(keys)) } else { Err(faults) }
    }

    /// The public JWK Set, as FranceConnect+ fetches it; nothing if there is no key.
    pub fn published(&self) -> Option<String> {
        self.published_with(&Self::none())
    }

    /// The public JWK Set of both, ours for the provider first; nothing if there is no key.
    pub fn published_with(&self, others: &Self) -> Option<String> {
        let keys: Vec<&Value> = self.0.iter().chain(&others.0).map(|key| &key.public).collect();
        (!keys.is_empty()).then(|| json!({ "keys": keys }).to_string())
    }

    /// The places (from 1) of the keys that do not sign.
    pub fn not_signing(&self) -> Vec<usize> {
        self.places(|key| !matches!(key.material, Material::Signature(_)))
    }

    /// The places (from 1) of the keys that are a key of `others`, or are called as one.
    pub fn shared_with(&self, others: &Self) -> Vec<usize> {
        self.places(|key| others.0.iter().any(|other| key.is_same(other) || key.kid == other.kid))
    }

    fn places(&self, has: impl Fn(&PrivateKey) -> bool) -> Vec<usize> {
        (1..).zip(&self.0).filter(|(_, key)| has(key)).map(|(place, _)| place).collect()
    }

    /// The `kid` of the newest key that signs.
    pub fn signing_kid(&self) -> Option<&str> {
        self.signing_key().map(|(kid, _)| kid)
    }

    /// Whether a key opens tokens encrypted with `management`.
    pub fn decrypts(&self, management: KeyManagement) -> bool {
        self.0.iter().any(|key| key.management() == Some(management))
    }

    /// Whether a key signs.
    pub fn signs(&self) -> bool {
        self.signing_key().is_some()
    }

    /// The newest key that signs, with its `kid`.
    pub(super) fn signing_key(&self) -> Option<(&str, &SigningKey)> {
        self.0.iter().find_map(|key| match &key.material {
            Material::Signature(signing) => Some((key.kid.as_str(), &**signing)),
            _ => None,
        })
    }

    /// The keys that may open a token encrypted with `management` for `kid`: that key, or all if none has
    /// that name, since the name is only a hint (RFC 7516 §4.1.6).
    pub(super) fn candidates(&self, management: KeyManagement, kid: Option<&str>) -> Vec<&PrivateKey> {
        let fitting = || self.0.iter().filter(|key| key.management() == Some(management));
        let named: Vec<_> = fitting().filter(|key| Some(key.kid.as_str()) == kid).collect();
        if named.is_empty() { fitting().collect() } else { named }
    }
}

impl std::fmt::Debug for PrivateKeySet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PrivateKeySet({} keys)", self.0.len())
    }
}

/// The name of a key, if it is one that a header or a person can repeat.
fn kid(entry: &Value) -> Option<&str> {
    entry.get("kid").and_then(Value::as_str).filter(|kid| {
        !kid.is_empty() && kid.len() <= KID_LIMIT && kid.bytes().all(|byte| byte.is_ascii_graphic())
    })
}

/// The numbers of a private key do not stay behind in what the parser made.
fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(members) => members.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

impl PrivateKey {
    /// Reads one key, whose `kid` is judged elsewhere.
    fn read(entry: &Value, place: usize) -> Result<Self, KeyFault> {
        if !entry.is_object() {
            return Err(KeyFault::NotAKey(place));
        }
        let text = |name: &str| entry.get(name).and_then(Value::as_str);
        let bytes = |name: &str| {
            let found = text(name).ok_or(KeyFault::Numbers(place))?;
            URL_SAFE_NO_PAD.decode(found).map(Zeroizing::new).map_err(|_| KeyFault::Numbers(place))
        };
        let pair = (text("use").unwrap_or_default(), text("alg").unwrap_or_default());
        let rsa = match pair {
            ("enc", "ECDH-ES") | ("sig", "ES256") => false,
            ("enc", "RSA-OAEP-256") => true,
            _ => return Err(KeyFault::Use(place)),
        };
        let fits = match text("kty") {
            Some("EC") => !rsa && text("crv") == Some("P-256"),
            Some("RSA") => rsa,
            _ => false,
        };
        if !fits {
            return Err(KeyFault::Kind(place));
        }
        if entry.get("d").is_none() {
            return Err(KeyFault::Public(place));
        }
        let kid = kid(entry).unwrap_or_default();
        let mut public = json!({ "kty": text("kty"), "use": pair.0, "alg": pair.1, "kid": kid });
        let names: &[&str] = if rsa { &["n", "e"] } else { &["crv", "x", "y"] };
        for name in names {
            if let (Some(members), Some(value)) = (public.as_object_mut(), entry.get(*name)) {
                members.insert((*name).to_owned(), value.clone());
            }
        }
        let material = if rsa {
            let numbers = [bytes("n")?, bytes("e")?, bytes("d")?, bytes("p")?, bytes("q")?];
            transport(&numbers).ok_or(KeyFault::Numbers(place))?
        } else {
            let (x, y, d) = (bytes("x")?, bytes("y")?, bytes("d")?);
            agreement(&x, &y, &d, pair.1 == Algorithm::Es256.name()).ok_or(KeyFault::Numbers(place))?
        };
        Ok(Self { kid: kid.to_owned(), material, public })
    }

    /// Whether both are one key pair, whatever they are called.
    fn is_same(&self, other: &Self) -> bool {
        ["x", "n"].iter().any(|name| {
            let number = self.public.get(*name);
            number.is_some() && number == other.public.get(*name)
        })
    }

    fn management(&self) -> Option<KeyManagement> {
        match self.material {
            Material::Agreement(_) => Some(KeyManagement::EcdhEs),
            Material::Transport(_) => Some(KeyManagement::RsaOaep256),
            Material::Signature(_) => None,
        }
    }
}

/// A P-256 key whose published point is its own.
fn agreement(x: &[u8], y: &[u8], d: &[u8], signs: bool) -> Option<Material> {
    let secret = p256::SecretKey::from_bytes(d.try_into().ok().map(<&[u8; 32]>::into)?).ok()?;
    let point = secret.public_key().to_sec1_point(false);
    if point.x().map(|own| &**own) != Some(x) || point.y().map(|own| &**own) != Some(y) {
        return None;
    }
    Some(if signs {
        Material::Signature(Box::new(SigningKey::from(secret)))
    } else {
        Material::Agreement(Box::new(secret))
    })
}

/// An RSA key whose numbers belong together; `d`, `p` and `q` are enough, the rest follows from them.
fn transport([n, e, d, p, q]: &[Zeroizing<Vec<u8>>; 5]) -> Option<Material> {
    sound_rsa(n, e).then_some(())?;
    let (n, p, q) = (number(n)?, number(p)?, number(q)?);
    // A small factor is found by anybody, and its arithmetic may take forever; a square has another order.
    let balanced = |prime: &BoxedUint| prime.bit_width_vartime() * 5 >= n.bit_width_vartime() * 2;
    if !balanced(&p) || !balanced(&q) || p == q {
        return None;
    }
    let key = rsa::PrivateKey::from_components(n, number(e)?, number(d)?, vec![p, q]);
    Some(Material::Transport(Box::new(key.ok()?)))
}
