//! Decides how a host's own troubles are told: one JSON line each, like the events of the core.

use std::collections::BTreeMap;

use crate::web::RequestId;

/// A line about a failure of the platform during `request`, where the visit had its name already. `detail` is the
/// platform's word for it: a code or an error text about a connection or a store, never anything of what the visitor
/// sent.
pub(super) fn trouble(request: RequestId, code: &'static str, message: &'static str, detail: &str) -> String {
    let said = [("level", "error"), ("code", code), ("message", message), ("detail", detail)];
    let request = request.text();
    let request = request.as_deref().map(|text| ("request", text));
    let line: BTreeMap<_, _> = said.into_iter().chain(request).collect();
    serde_json::json!(line).to_string()
}
