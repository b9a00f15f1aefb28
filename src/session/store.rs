//! What is asked of KV: entries under names without personal data, values sealed by the caller. A store that fails is
//! not a store that has nothing: what follows from either is decided here in the core.

use std::collections::BinaryHeap;

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

    /// The body of the session that `subject` stands for. Its end comes first in the name: stores that forget nothing by
    /// themselves are rid of it by that ([`Names`]), and those in order have the ended ones in front.
    pub(crate) fn of_session(subject: &str, ends: Timestamp) -> Self {
        Self::new(&format!("{SESSION}{:010x}", ends.unix()), subject)
    }

    /// The document of the services of a deployment, which people put there.
    pub(crate) fn services() -> Self {
        Self("services".to_owned())
    }

    /// A name that a store listed.
    pub fn listed(name: &str) -> Self {
        Self(name.to_owned())
    }

    /// A name that its maker put together from the letters that are allowed.
    pub(crate) fn named(name: String) -> Self {
        Self(name)
    }

    /// Whether a host keeps it in the memory of its isolate: what many visits need, not what concerns one session, nor
    /// what people change behind our back.
    pub fn is_common(&self) -> bool {
        !self.0.starts_with(SESSION) && !self.0.starts_with("revoked-") && self.0 != "services"
    }

    /// The name as the store wants it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What the names of sessions' bodies begin with.
pub const SESSION: &str = "session-";

/// A load that takes an entry of any age from the memory of the isolate.
pub const ANY_AGE: i64 = i64::MAX;

/// Names that one listing returns at most: ten pages of Workers KV.
pub const LIST_MOST: usize = 10_000;

/// Most entries that one visit removes.
pub(super) const SWEEP: usize = 64;

/// Milliseconds that a host gives its store for one answer.
pub const STORE_TIMEOUT_MS: u64 = 1_000;

/// An entry to write, or one to remove.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Save {
    /// To keep.
    Put {
        /// Where.
        key: Key,
        /// What, sealed.
        value: Vec<u8>,
        /// Seconds until the store may forget it; stores with a floor (Workers KV: 60) round up.
        expires_in: i64,
    },
    /// To forget.
    Delete(Key),
}

/// Why a store gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreDown {
    /// This deployment has none.
    Absent,
    /// It failed, or was too slow.
    Failed,
}

/// A host's answer to a listing.
#[derive(Debug, Clone)]
pub struct ListAnswer {
    /// The clock now.
    pub now: Timestamp,
    /// The names that begin as was asked, at most [`LIST_MOST`], those that are first in their order.
    pub names: Result<Vec<String>, StoreDown>,
    /// Names met on the way whose entries are over, where a store forgets nothing by itself.
    pub ended: Vec<String>,
}

/// Gathers the answer to a listing from a store that tells its names one by one.
#[derive(Debug)]
pub struct Names {
    prefix: String,
    now: Timestamp,
    first: BinaryHeap<String>,
    ended: Vec<String>,
}

impl Names {
    /// A listing of what begins with `prefix`.
    pub fn new(prefix: &str, now: Timestamp) -> Self {
        Self { prefix: prefix.to_owned(), now, first: BinaryHeap::new(), ended: Vec::new() }
    }

    /// Notes a name, of whatever entry. Says whether it was of use: of a store in order, what follows under the same
    /// prefix is not, either, once one was not.
    pub fn note(&mut self, name: String) -> bool {
        if name.starts_with(&self.prefix) {
            let full = self.first.len() >= LIST_MOST;
            if full && self.first.peek().is_some_and(|last| *last <= name) {
                return false;
            }
            if full {
                self.first.pop();
            }
            self.first.push(name);
            return true;
        }
        let ended = self.ended.len() < SWEEP && is_over(&name, self.now);
        if ended {
            self.ended.push(name);
        }
        ended
    }

    /// The answer; what is over is known also of a listing that came to no end.
    pub fn answer(self, now: Timestamp, end: Result<(), StoreDown>) -> ListAnswer {
        ListAnswer { now, names: end.map(|()| self.first.into_vec()), ended: self.ended }
    }
}

/// Whether the name says that its entry is over. It must be one of ours to the letter: others may keep sessions in the
/// same store, and theirs are not to be removed.
fn is_over(name: &str, now: Timestamp) -> bool {
    let hex = |text: &str, length: usize| {
        text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let parts = name.strip_prefix(SESSION).and_then(|rest| rest.split_once('-'));
    let parts = parts.filter(|(ends, hash)| hex(ends, 10) && hex(hash, 32));
    let ends = parts.and_then(|(ends, _)| i64::from_str_radix(ends, 16).ok());
    ends.is_some_and(|ends| Timestamp::from_unix(ends) <= now)
}

/// A host's answer to a write that was waited for.
#[derive(Debug, Clone)]
pub struct StoreAnswer {
    /// The clock now.
    pub now: Timestamp,
    /// Whether the store took it.
    pub result: Result<(), StoreDown>,
}

/// A host's answer to a load.
#[derive(Debug, Clone)]
pub struct LoadAnswer {
    /// The clock now.
    pub now: Timestamp,
    /// The bytes last saved, if any were found; the core judges their age and their seal.
    pub entry: Result<Option<Vec<u8>>, StoreDown>,
}

impl Save {
    /// What it is about.
    pub fn key(&self) -> &Key {
        match self {
            Self::Put { key, .. } | Self::Delete(key) => key,
        }
    }

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
        Some(Self::Put { key, value: sealed.into_bytes(), expires_in })
    }
}

impl LoadAnswer {
    /// Opens the entry if it is ours, of this name, and not expired.
    pub(crate) fn open(&self, ring: &KeyRing, key: &Key) -> Option<Object> {
        let sealed = std::str::from_utf8(self.entry.as_ref().ok()?.as_deref()?).ok()?;
        let payload = ring.open(Purpose::Store, key.as_str(), self.now, sealed)?;
        Object::parse(&payload).ok()
    }
}
