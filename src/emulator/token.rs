//! Decides the token answer: client authentication by POST, a code used once within 30 seconds, five
//! members (OpenID Connect Core §3.1.3).

use super::Emulator;
use super::client::Client;
use super::http::{Params, Reply, Request};
use super::id_token::Unsigned;
use super::oauth_error::OAuthError;
use super::state::{Access, Grant, TOKEN_LIFE};
use crate::secret::same;
use crate::time::Timestamp;
use serde_json::{Map, Value, json};

impl Emulator {
    /// `/token`.
    pub(super) fn token(&mut self, now: Timestamp, request: &Request) -> Reply {
        match self.exchange(now, request) {
            Ok((access_token, grant)) => self.token_answer(now, &access_token, &grant),
            Err(refusal) => self.oauth_error(&refusal),
        }
    }

    /// Takes the code for an access token.
    fn exchange(&mut self, now: Timestamp, request: &Request) -> Result<(String, Grant), OAuthError> {
        if !request.is_form() {
            let text = "only application/x-www-form-urlencoded content-type bodies are supported";
            return Err(OAuthError::request(text, "Y043C322"));
        }
        let form = request.form_params();
        let client_id = authenticate(&self.settings.clients, request, &form)?.client_id.clone();
        match form.filled("grant_type") {
            Some("authorization_code") => {}
            None => return Err(OAuthError::missing("grant_type")),
            Some(_) => {
                let text = "unsupported grant_type requested";
                return Err(OAuthError::new(400, "unsupported_grant_type", text, None, "Y04C2044"));
            }
        }
        let code = form.filled("code").ok_or_else(|| OAuthError::missing("code"))?;
        let redirect_uri = form.filled("redirect_uri").ok_or_else(|| OAuthError::missing("redirect_uri"))?;
        let access_token = self.random();
        let unknown = || OAuthError::grant("authorization code not found", "Y049E20B");
        let code = self.state.codes.get_mut(code).ok_or_else(unknown)?;
        if code.grant.request.client_id != client_id {
            return Err(OAuthError::grant("client mismatch", "Y047A2EA"));
        }
        if code.grant.request.redirect_uri != redirect_uri {
            return Err(OAuthError::grant("authorization code redirect_uri mismatch", "Y04F8199"));
        }
        if let Some(revoked) = &code.consumed {
            // A code seen twice may be stolen: what the first exchange gave dies with it (RFC 6749 §4.1.2).
            self.state.tokens.remove(revoked);
            return Err(OAuthError::grant("authorization code already consumed", "Y0416228"));
        }
        code.consumed = Some(access_token.clone());
        let grant = code.grant.clone();
        self.state.tokens.insert(access_token.clone(), Access { issued: now, grant: grant.clone() });
        Ok((access_token, grant))
    }

    fn token_answer(&mut self, now: Timestamp, access_token: &str, grant: &Grant) -> Reply {
        let claims = self.id_token_claims(now, grant);
        let key = self.client(&grant.request).map(|client| client.signing_alg).and_then(|alg| self.key(alg));
        let Some(id_token) = key.and_then(|key| Unsigned::new(&key, &claims).sign(&key)) else {
            return self.error("Y000000");
        };
        let mut members = Map::new();
        members.insert("access_token".into(), json!(access_token));
        members.insert("expires_in".into(), json!(TOKEN_LIFE));
        members.insert("id_token".into(), json!(id_token));
        members.insert("scope".into(), json!(grant.request.scopes.join(" ")));
        members.insert("token_type".into(), json!("Bearer"));
        Reply::json(200, &Value::Object(members))
    }
}

/// The client that proves itself by `client_secret_post`, the only way FranceConnect registers.
pub(super) fn authenticate<'a>(
    clients: &'a [Client],
    request: &Request,
    form: &Params,
) -> Result<&'a Client, OAuthError> {
    if let Some(name) = form.repeated() {
        return Err(OAuthError::request(
            &format!("'{name}' parameter must not be provided twice"),
            "Y0496E4A",
        ));
    }
    if request.header("authorization").is_some() {
        if form.get("client_secret").is_some() {
            let text = "client authentication must only be provided using one mechanism";
            return Err(OAuthError::request(text, "Y047E9E5"));
        }
        return Err(other_method());
    }
    let none = || OAuthError::request("no client authentication mechanism provided", "Y044FEB3");
    let client_id = form.filled("client_id").ok_or_else(none)?;
    let unknown = || OAuthError::client("client not found", "Y0479FCE");
    let client = clients.iter().find(|client| client.client_id == client_id).ok_or_else(unknown)?;
    let secret = form.filled("client_secret").ok_or_else(other_method)?;
    if !same(secret, &client.client_secret) {
        return Err(OAuthError::client("invalid secret provided", "Y0434A7B"));
    }
    Ok(client)
}

fn other_method() -> OAuthError {
    let detail =
        "the provided authentication mechanism does not match the registered client authentication method";
    OAuthError::client(detail, "Y044D82C")
}
