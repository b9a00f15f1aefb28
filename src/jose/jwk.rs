//! Decides which keys of a JWK Set may verify (RFC 7517): tolerant in reading, strict in choosing.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::algorithm::PublicKey;
use super::{Algorithm, Invalid, Object};

/// Most keys of a set that are kept.
const MOST_KEYS: usize = 32;
/// Most keys that are tried for one token.
const MOST_TRIED: usize = 4;

/// The public part of one signature key, of a kind that some [`Algorithm`] uses.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Jwk {
    kid: Option<String>,
    alg: Option<String>,
    material: Material,
}

/// Parameters in base64url, as they were published.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Material {
    P256 { x: String, y: String },
    Rsa { n: String, e: String },
}

/// The usable signature keys of a provider.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeySet {
    keys: Vec<Jwk>,
}

impl KeySet {
    /// Reads a JWK Set, leaving out every member that is no public ES256 or RS256 signature key: other
    /// `kty` or `crv`, `use` other than `sig`, `key_ops` without `verify`, private or symmetric parts,
    /// junk. An empty set is no error: it just verifies nothing.
    ///
    /// # Errors
    /// Not an object with an array `keys` (RFC 7517 §5).
    pub fn parse(bytes: &[u8]) -> Result<Self, Invalid> {
        Self::read(&Object::parse(bytes)?)
    }

    /// Reads a JWK Set that is parsed already, in the same way.
    ///
    /// # Errors
    /// No array `keys`.
    pub fn read(set: &Object) -> Result<Self, Invalid> {
        let keys = set.get("keys").and_then(Value::as_array).ok_or(Invalid)?;
        Ok(Self { keys: keys.iter().filter_map(Jwk::read).take(MOST_KEYS).collect() })
    }

    /// The member `keys` of a JWK Set of these keys.
    pub fn to_value(&self) -> Value {
        self.keys.iter().map(Jwk::to_value).collect()
    }

    /// Whether no key is usable.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The keys that may have signed with `algorithm`: with a `kid`, those of exactly that `kid`; without,
    /// all that fit. A few at most, so that no token makes us try many.
    pub(super) fn candidates(&self, algorithm: Algorithm, kid: Option<&str>) -> Vec<PublicKey> {
        self.keys
            .iter()
            .filter(|key| kid.is_none() || key.kid.as_deref() == kid)
            .filter_map(|key| key.public(algorithm))
            .take(MOST_TRIED)
            .collect()
    }
}

impl Jwk {
    fn read(value: &Value) -> Option<Self> {
        let text = |name: &str| value.get(name).map(|member| member.as_str().map(str::to_owned));
        let required = |name: &str| text(name).flatten();
        // A member of the wrong type makes the key unusable; an absent one does not.
        let optional = |name: &str| match text(name) {
            None => Some(None),
            Some(None) => None,
            Some(found) => Some(found),
        };
        let ops = value
            .get("key_ops")
            .map(|ops| ops.as_array().is_some_and(|ops| ops.iter().any(|op| op.as_str() == Some("verify"))));
        let private = ["d", "k", "p", "q"].iter().any(|name| value.get(name).is_some());
        if private || ops == Some(false) || optional("use")?.is_some_and(|purpose| purpose != "sig") {
            return None;
        }
        let material = match required("kty")?.as_str() {
            "EC" if required("crv")? == "P-256" => Material::P256 { x: required("x")?, y: required("y")? },
            "RSA" => Material::Rsa { n: required("n")?, e: required("e")? },
            _ => return None,
        };
        Some(Self { kid: optional("kid")?, alg: optional("alg")?, material })
    }

    fn to_value(&self) -> Value {
        let mut key = match &self.material {
            Material::P256 { x, y } => json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y }),
            Material::Rsa { n, e } => json!({ "kty": "RSA", "n": n, "e": e }),
        };
        for (name, text) in [("kid", &self.kid), ("alg", &self.alg)] {
            if let (Some(members), Some(text)) = (key.as_object_mut(), text) {
                members.insert(name.to_owned(), text.as_str().into());
            }
        }
        key
    }

    /// The key for `algorithm`, if its `alg` allows that, its kind fits and its numbers are sound.
    fn public(&self, algorithm: Algorithm) -> Option<PublicKey> {
        if self.alg.as_deref().is_some_and(|alg| alg != algorithm.name()) {
            return None;
        }
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).ok();
        match (algorithm, &self.material) {
            (Algorithm::Es256, Material::P256 { x, y }) => PublicKey::p256(&bytes(x)?, &bytes(y)?),
            (Algorithm::Rs256, Material::Rsa { n, e }) => PublicKey::rsa(&bytes(n)?, &bytes(e)?),
            _ => None,
        }
    }
}
