//! Decides how a host's own troubles are told: one JSON line each, like the events of the core.

/// A line about a failure of the platform. `detail` is the platform's word for it: a code or an error text
/// about a connection or a store, never anything of the visitor's request.
pub(super) fn trouble(code: &'static str, message: &'static str, detail: &str) -> String {
    serde_json::json!({ "level": "error", "code": code, "message": message, "detail": detail }).to_string()
}
