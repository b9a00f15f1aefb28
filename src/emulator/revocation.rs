//! Decides token revocation (RFC 7009), with FranceConnect's narrow form: three members and no other.

use super::Emulator;
use super::http::{Reply, Request};
use super::oauth_error::OAuthError;
use crate::time::Timestamp;

const KNOWN: [&str; 3] = ["token", "client_id", "client_secret"];

impl Emulator {
    /// `/token/revocation`.
    pub(super) fn revocation(&mut self, now: Timestamp, request: &Request) -> Reply {
        let form = request.form_params();
        let token = form.get("token").unwrap_or_default();
        let secret = form.get("client_secret").unwrap_or_default();
        let well_formed = form.foreign(&KNOWN).is_none()
            && form.repeated().is_none()
            && form.get("client_id").is_some()
            && token.chars().count() >= 43
            && !token.contains(|c: char| c.is_whitespace() || ".*?{}()|[]\\".contains(c))
            && secret.len() >= 32
            && secret.is_ascii();
        if !well_formed {
            return self.error("Y000400");
        }
        let client_id = match self.authenticate(now, request, &form) {
            Ok(client_id) => client_id,
            Err(refusal) => return self.oauth_error(&refusal),
        };
        if let Some(access) = self.state.tokens.get(token) {
            if *access.grant.request.client_id != *client_id {
                return self
                    .oauth_error(&OAuthError::request("this token does not belong to you", "Y0466776"));
            }
            // The grant goes, and with it the code: a replay of that is unknown from now on.
            let code = access.code;
            self.state.tokens.remove(token);
            self.state.codes.remove_marked(code);
        }
        Reply::with_body(200, "text/plain; charset=utf-8", "").header("cache-control", "no-store")
    }
}
