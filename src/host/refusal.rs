//! Decides what is said to a request that is too large to be looked at.

use crate::wire::Response;

/// 414: the address is longer than [`TARGET_LIMIT`](crate::wire::TARGET_LIMIT).
pub(super) fn address_too_long() -> Response {
    refusal(414, "Adresse trop longue.\nAddress too long.\n")
}

/// 413: the body is larger than [`BODY_LIMIT`](crate::wire::Request::BODY_LIMIT).
pub(super) fn form_too_large() -> Response {
    refusal(413, "Formulaire trop grand.\nForm too large.\n")
}

fn refusal(status: u16, text: &'static str) -> Response {
    Response::with_body(status, "text/plain; charset=utf-8", text)
        .header("cache-control", "no-store")
        .header("x-content-type-options", "nosniff")
}
