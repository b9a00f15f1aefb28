//! What is asked of KV: entries under names without personal data, values sealed by the caller.

use serde_json::Value;

use super::{KeyRing, Purpose};
use crate::jose::Object;
use crate::secret::{Chance, fingerprint};
use crate::time::Timestamp;

/// The name of an entry: ASCII letters, digits, `-`, `.`, at most 128 bytes; valid on every store.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key(String);

impl Key {
    /// The entry of `kind` (a word of the program) about `subject` (such as an issuer), which is hashed.
    pub(crate) fn new(kind: &str, subject: &str) -> Self {
        let hash: String =
            fingerprint::<16>(subject.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        Self(format!("{kind}-{hash}"))
    }

    /// The same for one audience alone: services of one store and one isolate have each their own, and do not
    /// overwrite what another cannot open.
    pub(crate) fn of(ring: &KeyRing, kind: &str, subject: &str) -> Self {
        Self::new(kind, &format!("{}\n{subject}", ring.scope()))
    }

    /// The document of the services of a deployment, which people put there.
    pub(crate) fn services() -> Self {
        Self("services".to_owned())
    }

    /// The name as the store wants it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An entry to keep: in the memory of the isolate at once, then in KV. A failure is no error of the visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Save {
    /// Where.
    pub key: Key,
    /// What, sealed.
    pub value: Vec<u8>,
    /// Seconds until the store may forget it; stores with a floor (Workers KV: 60) round up.
    pub expires_in: i64,
}

/// A host's answer to a load.
#[derive(Debug, Clone)]
pub struct LoadAnswer {
    /// The clock now.
    pub now: Timestamp,
    /// The bytes last saved, if any were found; the core judges their age and their seal.
    pub entry: Option<Vec<u8>>,
}

impl Save {
    /// Seals `value` under `key` for `expires_in` seconds. A shared store is writable by others, so an
    /// entry proves by its seal that we wrote it, and under which name.
    pub(crate) fn seal(
        ring: &KeyRing,
        key: Key,
        value: &Value,
        expires_in: i64,
        now: Timestamp,
        chance: &mut Chance,
    ) -> Option<Self> {
        let sealed = ring.seal(
            Purpose::Store,
            key.as_str(),
            now.plus(expires_in),
            value.to_string().as_bytes(),
            chance,
        )?;
        Some(Self { key, value: sealed.into_bytes(), expires_in })
    }
}

impl LoadAnswer {
    /// Opens the entry if it is ours, of this name, and not expired.
    pub(crate) fn open(&self, ring: &KeyRing, key: &Key) -> Option<Object> {
        let sealed = std::str::from_utf8(self.entry.as_deref()?).ok()?;
        let payload = ring.open(Purpose::Store, key.as_str(), self.now, sealed)?;
        Object::parse(&payload).ok()
    }
}
