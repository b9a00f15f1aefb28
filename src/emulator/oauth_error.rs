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
    text: String,
    /// Literally `undefined` when FranceConnect has none.
    detail: Option<String>,
    code: &'static str,
    /// The scheme that is asked for in `WWW-Authenticate`.
    challenge: Option<&'static str>,
}

impl OAuthError {
    /// Any refusal.
    pub(super) fn new(
        status: u16,
        error: &'static str,
        text: &str,
        detail: Option<&str>,
        code: &'static str,
    ) -> Self {
        let (text, detail) = (text.to_owned(), detail.map(str::to_owned));
        Self { status, error, text, detail, code, challenge: None }
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

    /// 401 `invalid_token`.
    pub(super) fn token(text: &str, detail: &str, code: &'static str) -> Self {
        Self::new(401, "invalid_token", text, Some(detail), code)
    }

    /// Parameters that are absent or empty.
    pub(super) fn missing(names: &[&str]) -> Self {
        let text = format!("missing required {} {}", parameters(names), listed(names));
        Self::request(&text, "Y048017B")
    }

    /// Parameters that were sent more than once.
    pub(super) fn twice(names: &[&str]) -> Self {
        let text = format!("{} {} must not be provided twice", listed(names), parameters(names));
        Self::request(&text, "Y0496E4A")
    }

    /// The same, asking for `scheme`.
    #[must_use]
    pub(super) fn challenging(mut self, scheme: &'static str) -> Self {
        self.challenge = Some(scheme);
        self
    }

    /// Whether the caller could not be authenticated.
    pub(super) fn is_unauthorized(&self) -> bool {
        self.status == 401
    }

    /// The answer; `id` is the error's uuid, `issuer` the realm.
    pub(super) fn reply(&self, id: &str, issuer: &str) -> Reply {
        let body = json!({
            "error": self.error,
            "error_description": format!("{} ({})", self.text, self.detail.as_deref().unwrap_or("undefined")),
            "error_uri": format!("{REFERENCE}?code={}&id={id}", self.code),
        });
        let mut reply = Reply::json(self.status, &body);
        self.code.clone_into(&mut reply.code);
        let Some(scheme) = self.challenge else { return reply };
        // Who sent no token at all is told the realm only (RFC 6750 §3.1).
        let challenge = if self.code == NO_TOKEN {
            format!("{scheme} realm=\"{issuer}\"")
        } else {
            let text = self.text.replace('\\', "\\\\").replace('"', "\\\"");
            format!("{scheme} realm=\"{issuer}\", error=\"{}\", error_description=\"{text}\"", self.error)
        };
        reply.header("www-authenticate", challenge)
    }
}

/// The code of a call without a token.
pub(super) const NO_TOKEN: &str = "Y04146A2";

fn parameters(names: &[&str]) -> &'static str {
    if names.len() == 1 { "parameter" } else { "parameters" }
}

/// `'a'`, `'a' and 'b'`, `'a', 'b', and 'c'`.
fn listed(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
    match quoted.as_slice() {
        [first, second] => format!("{first} and {second}"),
        [others @ .., last] if !others.is_empty() => format!("{}, and {last}", others.join(", ")),
        one => one.concat(),
    }
}
