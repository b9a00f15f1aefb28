//! Decides what an isolate remembers between visits: the few entries last saved or loaded, sealed as they are.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::session::Key;
use crate::time::Timestamp;

/// Entries under their keys with the moments they came, oldest first. Values only: a future of one visit must never be
/// awaited in another.
pub(super) struct Memory(Mutex<VecDeque<(Key, Vec<u8>, Timestamp)>>);

impl Memory {
    /// Most entries that are remembered; each service of a deployment needs one or two. Few enough to be looked through
    /// one by one.
    const MOST: usize = 128;

    /// Nothing yet.
    pub(super) const fn new() -> Self {
        Self(Mutex::new(VecDeque::new()))
    }

    /// The entry under `key` if it came less than `fresh_for` seconds ago; whether it is too old is the core's to judge.
    pub(super) fn find(&self, key: &Key, fresh_for: i64, now: Timestamp) -> Option<Vec<u8>> {
        let entries = self.entries();
        let (_, value, at) = entries.iter().find(|(known, ..)| known == key)?;
        (now.since(*at) < fresh_for).then(|| value.clone())
    }

    /// Remembers `value` in the place of what was under `key`, forgetting the oldest entry if there are many. What
    /// concerns one session only is not remembered: it would push out what all need.
    pub(super) fn keep(&self, key: &Key, value: &[u8], now: Timestamp) {
        if !key.is_common() {
            return;
        }
        let mut entries = self.entries();
        entries.retain(|(known, ..)| known != key);
        if entries.len() >= Self::MOST {
            entries.pop_front();
        }
        entries.push_back((key.clone(), value.to_vec(), now));
    }

    /// Forgets what was under `key`.
    pub(super) fn forget(&self, key: &Key) {
        self.entries().retain(|(known, ..)| known != key);
    }

    /// No code runs under the lock that could leave the entries half changed.
    fn entries(&self) -> MutexGuard<'_, VecDeque<(Key, Vec<u8>, Timestamp)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
