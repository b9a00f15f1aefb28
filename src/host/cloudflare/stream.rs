//! Decides how much of a body is read: all of it, or nothing if it is larger than allowed.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Every byte of `body`, unless there are more than `limit`: the rest is then told not to come.
pub(super) async fn read(
    body: Option<web_sys::ReadableStream>,
    limit: usize,
) -> Result<Option<Vec<u8>>, JsValue> {
    let Some(body) = body else { return Ok(Some(Vec::new())) };
    let reader = web_sys::ReadableStreamDefaultReader::new(&body)?;
    let mut bytes = Vec::new();
    loop {
        let read = JsFuture::from(reader.read()).await?;
        if js_sys::Reflect::get(&read, &"done".into())?.is_truthy() {
            return Ok(Some(bytes));
        }
        let chunk: js_sys::Uint8Array = js_sys::Reflect::get(&read, &"value".into())?.dyn_into()?;
        // Counted before copying: a chunk can be larger than all that is allowed.
        let length = usize::try_from(chunk.length()).unwrap_or(usize::MAX);
        if bytes.len().saturating_add(length) > limit {
            // Nobody waits for the end of the cancellation.
            drop(reader.cancel());
            return Ok(None);
        }
        bytes.extend(chunk.to_vec());
    }
}
