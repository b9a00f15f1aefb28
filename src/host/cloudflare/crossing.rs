//! Decides how much crosses between WebAssembly and JavaScript at once: every text that crosses alone costs
//! about a microsecond, and a page has twenty of them.

use js_sys::{Array, Function, JSON, Reflect};
use serde_json::{Map, Value, json};
use wasm_bindgen::{JsCast, JsValue};

/// Names of headers as a JavaScript array, made once in an isolate.
pub(super) fn names<'a>(names: impl IntoIterator<Item = &'a str>) -> Array {
    names.into_iter().map(JsValue::from_str).collect()
}

/// The values of the headers `names`, in that order: `names.map(headers.get)` in one go. A header that is
/// absent and one that is empty are the same.
pub(super) fn read(headers: &web_sys::Headers, names: &Array) -> Result<Vec<Option<String>>, JsValue> {
    let get = Reflect::get(headers, &"get".into())?;
    let map: Function = Reflect::get(names, &"map".into())?.dyn_into()?;
    let values: Array = map.call2(names, &get, headers)?.dyn_into()?;
    // No value holds a line break (RFC 9110 §5.5), so one text carries them all.
    let joined = String::from(values.join("\n"));
    Ok(joined.split('\n').map(|value| (!value.is_empty()).then(|| value.to_owned())).collect())
}

/// All header lines, in one go: as one text, too. No name holds a comma (RFC 9110 §5.1). (To read them as JSON would
/// take another reader than that of our documents: 11 kB of gzip, mostly messages about numbers.)
pub(super) fn all(headers: &web_sys::Headers) -> Vec<(String, String)> {
    let lines = String::from(Array::from(headers).join("\n"));
    let lines = lines.split('\n').filter_map(|line| line.split_once(','));
    lines.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// The same, to be read.
pub(super) fn pairs(lines: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    lines.iter().map(|(name, value)| (name.as_str(), value.as_str()))
}

/// What a response of `status` with `headers` is made from, in one go: it crosses as JSON.
pub(super) fn init<'a>(
    status: u16,
    headers: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<web_sys::ResponseInit, JsValue> {
    let init = json!({ "status": status, "headers": lines(headers) });
    Ok(JSON::parse(&init.to_string())?.unchecked_into())
}

/// Header lines as the runtime takes them: an object, which it reads in half the time of a list, where no name occurs
/// twice.
pub(super) fn lines<'a>(headers: impl IntoIterator<Item = (&'a str, &'a str)>) -> Value {
    let lines: Vec<(&str, &str)> = headers.into_iter().collect();
    let mut object = Map::new();
    for (name, value) in &lines {
        object.insert((*name).to_owned(), Value::from(*value));
    }
    if object.len() == lines.len() { Value::Object(object) } else { json!(lines) }
}
