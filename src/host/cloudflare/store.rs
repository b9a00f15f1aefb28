//! Decides where entries are kept: in the memory of the isolate, and in KV, which isolates share.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use js_sys::{Array, ArrayBuffer, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use worker::{Context, Delay, Env, console_error};

use super::{binding, now, text};
use crate::host::log::trouble;
use crate::host::memory::Memory;
use crate::session::{Key, LIST_MOST, STORE_TIMEOUT_MS, Save, StoreDown};
use crate::web::RequestId;

static MEMORY: Memory = Memory::new();

/// The namespace; without it each isolate fetches the provider's keys for itself.
const KV: &str = "FC_KV";
/// The shortest life that KV gives an entry, in seconds.
const LEAST: i64 = 60;

/// Pages of at most 1,000 names that are read: twice what [`LIST_MOST`] takes, as KV may send short ones.
const PAGES: usize = 20;

/// The entry under `key`.
pub(super) async fn load(
    env: &Env,
    key: &Key,
    fresh_for: i64,
    visit: RequestId,
) -> Result<Option<Vec<u8>>, StoreDown> {
    if let Some(entry) = MEMORY.find(key, fresh_for, now()) {
        return Ok(Some(entry));
    }
    let kv = binding::named(env, KV).ok_or(StoreDown::Absent)?;
    let (name, kind) = (key.as_str().into(), "arrayBuffer".into());
    let arguments = [&name, &kind];
    let found = within(binding::call(&kv, "get", &arguments)).await;
    let found = found.map_err(|error| failed(visit, "host.load", "KV gave no answer", &error))?;
    let Some(found) = found.dyn_ref::<ArrayBuffer>() else { return Ok(None) };
    let entry = Uint8Array::new(found).to_vec();
    MEMORY.keep(key, &entry, now());
    Ok(Some(entry))
}

/// The names that begin with `prefix`, page by page, a second for each.
pub(super) async fn list(env: &Env, prefix: &str, visit: RequestId) -> Result<Vec<String>, StoreDown> {
    let kv = binding::named(env, KV).ok_or(StoreDown::Absent)?;
    pages(&kv, prefix).await.map_err(|error| failed(visit, "host.list", "KV listed nothing", &error))
}

async fn pages(kv: &JsValue, prefix: &str) -> Result<Vec<String>, JsValue> {
    let options = Object::new();
    Reflect::set(&options, &"prefix".into(), &prefix.into())?;
    let mut names = Vec::new();
    for _ in 0..PAGES {
        let arguments: [&JsValue; 1] = [&options];
        let page = within(binding::call(kv, "list", &arguments)).await?;
        let keys: Array = Reflect::get(&page, &"keys".into())?.dyn_into()?;
        for key in keys.iter() {
            names.extend(Reflect::get(&key, &"name".into())?.as_string());
        }
        let complete = Reflect::get(&page, &"list_complete".into())?.is_truthy();
        let cursor = Reflect::get(&page, &"cursor".into())?;
        if complete || !cursor.is_string() || names.len() >= LIST_MOST {
            return Ok(names);
        }
        Reflect::set(&options, &"cursor".into(), &cursor)?;
    }
    Err(JsValue::from("a list without an end"))
}

/// The entry under `key` as KV has it now, which people put there. A failure is told apart from nothing.
pub(super) async fn entry(env: &Env, key: &Key) -> Result<Option<Vec<u8>>, ()> {
    match load(env, key, 0, RequestId::default()).await {
        Ok(found) => Ok(found),
        Err(StoreDown::Absent) => Ok(None),
        Err(StoreDown::Failed) => Err(()),
    }
}

/// Writes before the answer goes: whoever waits must not be told what is not so.
pub(super) async fn store(env: &Env, entry: &Save, visit: RequestId) -> Result<(), StoreDown> {
    remember(entry);
    let kv = binding::named(env, KV).ok_or(StoreDown::Absent)?;
    within(write(&kv, entry)).await.map_err(|error| failed(visit, "host.save", "KV took no entry", &error))
}

/// Remembers at once, and writes to KV after the answer has gone: nobody waits, and no failure is theirs.
pub(super) fn save(env: &Env, context: &Context, entry: Save, visit: RequestId) {
    remember(&entry);
    let Some(kv) = binding::named(env, KV) else { return };
    context.wait_until(async move {
        if let Err(error) = write(&kv, &entry).await {
            failed(visit, "host.save", "KV took no entry", &error);
        }
    });
}

fn remember(entry: &Save) {
    match entry {
        Save::Put { key, value, .. } => MEMORY.keep(key, value, now()),
        Save::Delete(key) => MEMORY.forget(key),
    }
}

async fn write(kv: &JsValue, entry: &Save) -> Result<(), JsValue> {
    match entry {
        Save::Put { key, value, expires_in } => {
            let options = Object::new();
            // Seconds of our age are whole in a float.
            let life = (*expires_in).max(LEAST) as f64;
            Reflect::set(&options, &"expirationTtl".into(), &life.into())?;
            let value = Uint8Array::from(value.as_slice());
            binding::call(kv, "put", &[&key.as_str().into(), &value, &options]).await.map(drop)
        }
        Save::Delete(key) => binding::call(kv, "delete", &[&key.as_str().into()]).await.map(drop),
    }
}

/// What `work` comes to, or an error when the store has taken too long; the work is then given up.
async fn within<T>(work: impl Future<Output = Result<T, JsValue>>) -> Result<T, JsValue> {
    let limit = Delay::from(Duration::from_millis(STORE_TIMEOUT_MS));
    let (mut work, mut limit) = (pin!(work), pin!(limit));
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(done),
        Poll::Pending => {
            limit.as_mut().poll(context).map(|()| Err(JsValue::from("no answer within a second")))
        }
    })
    .await
}

fn failed(visit: RequestId, code: &'static str, message: &'static str, error: &JsValue) -> StoreDown {
    console_error!("{}", trouble(visit, code, message, &text(error)));
    StoreDown::Failed
}
