//! Decides how what `wrangler.toml` binds to a name is found and called: as plain JavaScript.
//!
//! The crate `worker` has types for it, which bring a JSON serializer and much else of the platform along.

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use worker::Env;

/// A variable, a secret, a store or the assets; nothing where nothing is bound to the name.
pub(super) fn named(env: &Env, name: &str) -> Option<JsValue> {
    let found = Reflect::get(env, &name.into()).ok()?;
    (!found.is_undefined() && !found.is_null()).then_some(found)
}

/// What `binding.method(arguments)` comes to.
pub(super) async fn call(
    binding: &JsValue,
    method: &str,
    arguments: &[&JsValue],
) -> Result<JsValue, JsValue> {
    let function: Function = Reflect::get(binding, &method.into())?.dyn_into()?;
    let arguments: Array = arguments.iter().copied().collect();
    let answer = function.apply(binding, &arguments)?;
    JsFuture::from(Promise::resolve(&answer)).await
}
