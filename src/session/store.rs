//! What is asked of KV: entries under names without personal data, values sealed by the caller.

use crate::time::Timestamp;

/// The name of an entry: ASCII letters, digits, `-`, `.`, at most 128 bytes; valid on every store.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key(String);

impl Key {
    /// A name from parts of the program and fingerprints, never from a visitor's text.
    pub(crate) fn new(name: String) -> Self {
        Self(name)
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
