//! `/health`: whether this deployment could serve a login, for machines that watch. Nobody else is asked: a provider
//! that is down is no reason to take the site down with it.

use crate::config::{Config, Faults};
use crate::web::Reply;
use crate::wire::{Request, Response};

/// The version of the program.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Whether `request` asks for it. Under every name: who watches rarely uses the public one.
pub(super) fn asked(config: &Config, request: &Request) -> bool {
    request.method.is_read() && request.path.strip_prefix(&config.prefix) == Some("/health")
}

/// The configuration is sound.
pub(super) fn sound() -> Reply {
    document(200, &serde_json::json!({ "status": "ok", "version": VERSION }))
}

/// It is not. Which prefix was meant is unknown then, so any will do.
pub(super) fn faulty(faults: &Faults, request: &Request) -> Option<Reply> {
    if !request.method.is_read() || !request.path.ends_with("/health") {
        return None;
    }
    let document_of = serde_json::json!({
        "status": "misconfigured",
        "version": VERSION,
        "faults": faults.iter().count(),
    });
    Some(document(503, &document_of))
}

fn document(status: u16, body: &serde_json::Value) -> Reply {
    let response = Response::with_body(status, "application/json", body.to_string())
        .header("cache-control", "no-store")
        .header("x-content-type-options", "nosniff");
    Reply::respond(response)
}
