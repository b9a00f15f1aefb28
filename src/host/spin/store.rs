//! Decides where entries are kept: in the memory of the instance, and in Spin's default key-value store.

use spin_sdk::key_value::{Error, Store};
use spin_sdk::wasip3::spawn;

use super::log;
use crate::host::log::trouble;
use crate::host::memory::Memory;
use crate::session::{Key, Save};

static MEMORY: Memory = Memory::new();

/// The entry under `key`. A store that fails is one that has nothing.
pub(super) async fn load(key: &Key) -> Option<Vec<u8>> {
    if let Some(entry) = MEMORY.find(key) {
        return Some(entry);
    }
    let found = match Store::open_default().await {
        Ok(store) => store.get(key.as_str()).await,
        Err(error) => Err(error),
    };
    let entry = found.unwrap_or_else(|error| {
        complain("host.load", "the key-value store gave no answer", &error);
        None
    })?;
    MEMORY.keep(key, &entry);
    Some(entry)
}

/// The entry under `key` as the store has it now, which people put there. A failure is told apart from nothing.
pub(super) async fn entry(key: &Key) -> Result<Option<Vec<u8>>, ()> {
    let found = match Store::open_default().await {
        Ok(store) => store.get(key.as_str()).await,
        Err(error) => Err(error),
    };
    found.map_err(|error| complain("host.load", "the key-value store gave no answer", &error))
}

/// Remembers at once, and writes to the store after the answer has gone: nobody waits, no failure is theirs.
/// The store forgets nothing by itself; the core judges the age of what it loads.
pub(super) fn save(entry: Save) {
    MEMORY.keep(&entry.key, &entry.value);
    spawn(async move {
        let written = match Store::open_default().await {
            Ok(store) => store.set(entry.key.as_str(), &entry.value).await,
            Err(error) => Err(error),
        };
        if let Err(error) = written {
            complain("host.save", "the key-value store took no entry", &error);
        }
    });
}

/// A manifest that grants no store has chosen to do without.
fn complain(code: &'static str, message: &'static str, error: &Error) {
    if !matches!(error, Error::AccessDenied | Error::NoSuchStore) {
        log(&trouble(code, message, &error.to_string()));
    }
}
