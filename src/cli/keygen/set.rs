//! Decides how a set of private keys is read, changed and written: judged before and after, as the configuration
//! judges it.

use std::io::{self, Read};
use std::path::Path;

use serde_json::{Value, json};

use crate::config::{self, Faults};
use crate::secret::Secret;

/// The text of the file, or of standard input where the name is `-`.
pub(super) fn text(path: &Path) -> io::Result<Secret> {
    let mut text = String::new();
    if path.as_os_str() == "-" {
        io::stdin().read_to_string(&mut text)?;
    } else {
        text = std::fs::read_to_string(path)?;
    }
    Ok(Secret::new(text))
}

/// The keys of a set in which nothing is wrong, in its order.
pub(super) fn read(text: &Secret) -> Result<Vec<Value>, Faults> {
    config::private_keys(text)?;
    // What the configuration can read is an object with an array of keys.
    let set: Value = serde_json::from_str(text.expose()).unwrap_or_default();
    Ok(set.get("keys").and_then(Value::as_array).cloned().unwrap_or_default())
}

/// The set in one line, as a secret is given.
pub(super) fn line(keys: &[Value]) -> String {
    json!({ "keys": keys }).to_string()
}

/// The name of a key.
pub(super) fn kid(key: &Value) -> &str {
    key.get("kid").and_then(Value::as_str).unwrap_or_default()
}

/// Takes the key of this name out.
pub(super) fn take(keys: &mut Vec<Value>, name: &str) -> Option<Value> {
    let place = keys.iter().position(|key| kid(key) == name)?;
    Some(keys.remove(place))
}
