//! Decides what an isolate remembers between visits: the few entries last saved or loaded, sealed as they are.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::session::Key;

/// Entries under their keys, oldest first. Values only: a future of one visit must never be awaited in another.
pub(super) struct Memory(Mutex<VecDeque<(Key, Vec<u8>)>>);

impl Memory {
    /// Most entries that are remembered; each service of a deployment needs one or two. Few enough to be looked through
    /// one by one.
    const MOST: usize = 128;

    /// Nothing yet.
    pub(super) const fn new() -> Self {
        Self(Mutex::new(VecDeque::new()))
    }

    /// The entry under `key`; whether it is too old is the core's to judge.
    pub(super) fn find(&self, key: &Key) -> Option<Vec<u8>> {
        self.entries().iter().find(|(known, _)| known == key).map(|(_, value)| value.clone())
    }

    /// Remembers `value` in the place of what was under `key`, forgetting the oldest entry if there are many.
    pub(super) fn keep(&self, key: &Key, value: &[u8]) {
        let mut entries = self.entries();
        entries.retain(|(known, _)| known != key);
        if entries.len() >= Self::MOST {
            entries.pop_front();
        }
        entries.push_back((key.clone(), value.to_vec()));
    }

    /// No code runs under the lock that could leave the entries half changed.
    fn entries(&self) -> MutexGuard<'_, VecDeque<(Key, Vec<u8>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
