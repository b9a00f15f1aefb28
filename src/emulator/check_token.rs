//! Decides what `/checktoken` answers, where data providers have access tokens checked: the emulator registers none, so
//! that nobody proves to be one.

use super::http::{Reply, Request};
use serde_json::json;

/// `/checktoken`.
pub(super) fn answer(request: &Request) -> Reply {
    let form = request.form_params();
    let whole = ["token", "client_id", "client_secret"].into_iter().all(|name| form.filled(name).is_some());
    let (status, error, description) = if whole && form.repeated().is_none() {
        (401, "invalid_client", "Client authentication failed.")
    } else {
        (400, "invalid_request", "Required parameter missing or invalid.")
    };
    Reply::json(status, &json!({ "error": error, "error_description": description }))
}
