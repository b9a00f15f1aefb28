//! Decides the JSON errors of the endpoints that services call (RFC 6749 §5.2, RFC 6750 §3.1), in
//! FranceConnect's words: `text (detail)`, with a link that carries the `Y` code.

use super::http::Reply;
use super::page::error::REFERENCE;
use serde_json::json;

/// One refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OAuthError {
    status: u16,
    error: &'static str,
    description: String,
    code: &'static str,
}

impl OAuthError {
    /// `detail` is literally `undefined` when FranceConnect has none.
    pub(super) fn new(
        status: u16,
        error: &'static str,
        text: &str,
        detail: Option<&str>,
        code: &'static str,
    ) -> Self {
        let description = format!("{text} ({})", detail.unwrap_or("undefined"));
        Self { status, error, description, code }
    }

    /// 400 `invalid_request`.
    pub(super) fn request(text: &str, code: &'static str) -> Self {
        Self::new(400, "invalid_request", text, None, code)
    }

    /// 401 `invalid_client`.
    pub(super) fn client(detail: &str, code: &'static str) -> Self {
        Self::new(401, "invalid_client", "client authentication failed", Some(detail), code)
    }

    /// 400 `invalid_grant`.
    pub(super) fn grant(detail: &str, code: &'static str) -> Self {
        Self::new(400, "invalid_grant", "grant request is invalid", Some(detail), code)
    }

    /// A parameter that is absent or empty.
    pub(super) fn missing(name: &str) -> Self {
        Self::request(&format!("missing required parameter '{name}'"), "Y048017B")
    }

    /// The answer; `id` is the error's uuid.
    pub(super) fn reply(&self, id: &str) -> Reply {
        let body = json!({
            "error": self.error,
            "error_description": self.description,
            "error_uri": format!("{REFERENCE}?code={}&id={id}", self.code),
        });
        let mut reply = Reply::json(self.status, &body);
        self.code.clone_into(&mut reply.code);
        if self.error == "invalid_token" {
            let challenge =
                format!("Bearer error=\"invalid_token\", error_description=\"{}\"", self.description);
            return reply.header("www-authenticate", challenge);
        }
        reply
    }
}
