//! Decides where entries are kept: in the memory of the instance, and in Spin's default key-value store.

use std::future::Future;
use std::time::Duration;

use spin_sdk::key_value::{Error, Store};
use spin_sdk::wasip3::spawn;

use super::outbound::within;
use super::{log, now};
use crate::host::log::trouble;
use crate::host::memory::Memory;
use crate::session::{Key, ListAnswer, Names, STORE_TIMEOUT_MS, Save, StoreDown};
use crate::web::RequestId;

static MEMORY: Memory = Memory::new();

/// The entry under `key`.
pub(super) async fn load(key: &Key, fresh_for: i64, visit: RequestId) -> Result<Option<Vec<u8>>, StoreDown> {
    if let Some(entry) = MEMORY.find(key, fresh_for, now()) {
        return Ok(Some(entry));
    }
    let get = async { Store::open_default().await?.get(key.as_str()).await };
    let found = in_time(get, visit, "host.load", "the key-value store gave no answer").await?;
    if let Some(entry) = &found {
        MEMORY.keep(key, entry, now());
    }
    Ok(found)
}

/// The names that begin with `prefix`: Spin lists all there are, in no order.
pub(super) async fn list(prefix: &str, visit: RequestId) -> ListAnswer {
    let mut names = Names::new(prefix, now());
    let listing = async {
        let mut keys = Store::open_default().await?.get_keys().await;
        while let Some(name) = keys.next().await {
            names.note(name);
        }
        keys.result().await
    };
    let end = in_time(listing, visit, "host.list", "the key-value store listed nothing").await;
    names.answer(now(), end)
}

/// Writes before the answer goes: whoever waits must not be told what is not so.
pub(super) async fn store(entry: &Save, visit: RequestId) -> Result<(), StoreDown> {
    remember(entry);
    in_time(write(entry), visit, "host.save", "the key-value store took no entry").await
}

/// The entry under `key` as the store has it now, which people put there. A failure is told apart from nothing.
pub(super) async fn entry(key: &Key) -> Result<Option<Vec<u8>>, ()> {
    match load(key, 0, RequestId::default()).await {
        Ok(found) => Ok(found),
        Err(StoreDown::Absent) => Ok(None),
        Err(StoreDown::Failed) => Err(()),
    }
}

/// Remembers at once, and writes to the store after the answer has gone: nobody waits, no failure is theirs.
/// The store forgets nothing by itself; the core judges the age of what it loads.
pub(super) fn save(entry: Save, visit: RequestId) {
    remember(&entry);
    spawn(async move {
        if let Err(error) = write(&entry).await {
            down(visit, "host.save", "the key-value store took no entry", &error);
        }
    });
}

fn remember(entry: &Save) {
    match entry {
        Save::Put { key, value, .. } => MEMORY.keep(key, value, now()),
        Save::Delete(key) => MEMORY.forget(key),
    }
}

async fn write(entry: &Save) -> Result<(), Error> {
    let store = Store::open_default().await?;
    match entry {
        Save::Put { key, value, .. } => store.set(key.as_str(), value).await,
        Save::Delete(key) => store.delete(key.as_str()).await,
    }
}

async fn in_time<T>(
    work: impl Future<Output = Result<T, Error>>,
    visit: RequestId,
    code: &'static str,
    message: &'static str,
) -> Result<T, StoreDown> {
    match within(Duration::from_millis(STORE_TIMEOUT_MS), work).await {
        Some(done) => done.map_err(|error| down(visit, code, message, &error)),
        None => {
            log(&trouble(visit, code, message, "no answer within a second"));
            Err(StoreDown::Failed)
        }
    }
}

/// A manifest that grants no store has chosen to do without.
fn down(visit: RequestId, code: &'static str, message: &'static str, error: &Error) -> StoreDown {
    if matches!(error, Error::AccessDenied | Error::NoSuchStore) {
        return StoreDown::Absent;
    }
    log(&trouble(visit, code, message, &error.to_string()));
    StoreDown::Failed
}
