//! Decides where entries are kept: in the memory of the isolate, and in KV, which isolates share.

use js_sys::{ArrayBuffer, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use worker::{Context, Env, console_error};

use super::{binding, text};
use crate::host::log::trouble;
use crate::host::memory::Memory;
use crate::session::{Key, Save};

static MEMORY: Memory = Memory::new();

/// The namespace; without it each isolate fetches the provider's keys for itself.
const KV: &str = "FC_KV";
/// The shortest life that KV gives an entry, in seconds.
const LEAST: i64 = 60;

/// The entry under `key`. A store that fails is one that has nothing.
pub(super) async fn load(env: &Env, key: &Key) -> Option<Vec<u8>> {
    if let Some(entry) = MEMORY.find(key) {
        return Some(entry);
    }
    let kv = binding::named(env, KV)?;
    match binding::call(&kv, "get", &[&key.as_str().into(), &"arrayBuffer".into()]).await {
        Ok(found) => {
            let entry = Uint8Array::new(found.dyn_ref::<ArrayBuffer>()?).to_vec();
            MEMORY.keep(key, &entry);
            Some(entry)
        }
        Err(error) => {
            console_error!("{}", trouble("host.load", "KV gave no answer", &text(&error)));
            None
        }
    }
}

/// The entry under `key` as KV has it now, which people put there. A failure is told apart from nothing.
pub(super) async fn entry(env: &Env, key: &Key) -> Result<Option<Vec<u8>>, ()> {
    let Some(kv) = binding::named(env, KV) else { return Ok(None) };
    match binding::call(&kv, "get", &[&key.as_str().into(), &"arrayBuffer".into()]).await {
        Ok(found) => Ok(found.dyn_ref::<ArrayBuffer>().map(|bytes| Uint8Array::new(bytes).to_vec())),
        Err(error) => {
            console_error!("{}", trouble("host.load", "KV gave no answer", &text(&error)));
            Err(())
        }
    }
}

/// Remembers at once, and writes to KV after the answer has gone: nobody waits, and no failure is theirs.
pub(super) fn save(env: &Env, context: &Context, entry: Save) {
    MEMORY.keep(&entry.key, &entry.value);
    let Some(kv) = binding::named(env, KV) else { return };
    context.wait_until(async move {
        if let Err(error) = put(&kv, &entry).await {
            console_error!("{}", trouble("host.save", "KV took no entry", &text(&error)));
        }
    });
}

async fn put(kv: &JsValue, entry: &Save) -> Result<(), JsValue> {
    let options = Object::new();
    // Seconds of our age are whole in a float.
    let life = entry.expires_in.max(LEAST) as f64;
    Reflect::set(&options, &"expirationTtl".into(), &life.into())?;
    let value = Uint8Array::from(entry.value.as_slice());
    binding::call(kv, "put", &[&entry.key.as_str().into(), &value, &options]).await.map(|_| ())
}
