//! Decides the token answer: an authenticated client, a code used once within 30 seconds, five
//! members (OpenID Connect Core §3.1.3).

pub(in crate::emulator) mod id_token;
pub(in crate::emulator) mod issue;
pub(in crate::emulator) mod jwe;
pub(in crate::emulator) mod keys;
pub(in crate::emulator) mod odd;

use crate::emulator::Emulator;
use crate::emulator::fault::{ClaimsFacts, Fault, Form, Keys, Sealed, Signature};
use crate::emulator::http::{Params, Reply, Request};
use crate::emulator::oauth_error::OAuthError;
use crate::emulator::shelf::mark;
use crate::emulator::state::{Access, Grant, TOKEN_LIFE};
use crate::time::Timestamp;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Longest form that the engine reads, in bytes.
const BODY_LIMIT: usize = 56 * 1024;

impl Emulator {
    /// `/token`.
    pub(in crate::emulator) fn token(&mut self, now: Timestamp, request: &Request) -> Reply {
        match self.exchange(now, request) {
            Ok((access_token, grant)) => self.token_answer(now, &access_token, &grant),
            Err(refusal) => self.oauth_error(&refusal),
        }
    }

    /// Takes the code for an access token, checking in the engine's order.
    fn exchange(&mut self, now: Timestamp, request: &Request) -> Result<(String, Arc<Grant>), OAuthError> {
        let form = self.posted(request)?;
        let client_id = self.authenticate(now, request, &form)?;
        let once = |names: &[&str]| match form.repeated_of(names) {
            twice if twice.is_empty() => Ok(()),
            twice => Err(OAuthError::twice(&twice)),
        };
        once(&["grant_type"])?;
        match form.filled("grant_type") {
            Some("authorization_code") => {}
            None => return Err(OAuthError::missing(&["grant_type"])),
            Some(_) => {
                let text = "unsupported grant_type requested";
                return Err(OAuthError::new(400, "unsupported_grant_type", text, None, "Y04C2044"));
            }
        }
        once(&["code", "code_verifier", "redirect_uri"])?;
        let (Some(code), Some(redirect_uri)) = (form.filled("code"), form.filled("redirect_uri")) else {
            let absent = |name: &&str| form.filled(name).is_none();
            let names: Vec<&str> = ["code", "redirect_uri"].into_iter().filter(absent).collect();
            return Err(OAuthError::missing(&names));
        };
        let access_token = self.random();
        let unknown = || OAuthError::grant("authorization code not found", "Y049E20B");
        let known = self.state.codes.get_mut(code).ok_or_else(unknown)?;
        if *known.grant.request.client_id != *client_id {
            return Err(OAuthError::grant("client mismatch", "Y047A2EA"));
        }
        if *known.grant.request.redirect_uri != *redirect_uri {
            return Err(OAuthError::grant("authorization code redirect_uri mismatch", "Y04F8199"));
        }
        if let Some(given) = known.consumed {
            // A code seen twice may be stolen: the grant and all it gave die with it (RFC 6749 §4.1.2).
            self.state.tokens.remove_marked(given);
            self.state.codes.remove(code);
            return Err(OAuthError::grant("authorization code already consumed", "Y0416228"));
        }
        known.consumed = Some(mark(&access_token));
        let grant = known.grant.clone();
        let access = Access { issued: now, code: mark(code), grant: grant.clone() };
        self.state.tokens.insert(&access_token, access);
        Ok((access_token, grant))
    }

    /// The parameters that a service posted: a form, or nothing at all.
    pub(in crate::emulator) fn posted(&self, request: &Request) -> Result<Params, OAuthError> {
        if request.header("content-type").is_none_or(str::is_empty) {
            return Ok(Params::default());
        }
        if !request.is_form() {
            let at = request.path.strip_prefix(&self.base).unwrap_or_default();
            let only = "only application/x-www-form-urlencoded content-type bodies are supported";
            return Err(OAuthError::request(&format!("{only} on POST {at}"), "Y043C322"));
        }
        if request.body.len() > BODY_LIMIT || !request.is_utf8() {
            return Err(OAuthError::request("failed to parse the request body", "Y04A25F2"));
        }
        Ok(request.form_params())
    }

    fn token_answer(&mut self, now: Timestamp, access_token: &str, grant: &Grant) -> Reply {
        if self.fault == Some(Fault::Keys(Keys::RotatedBeforeSigning)) {
            self.rotate();
        }
        let claims = self.id_token_claims(now, grant);
        let signed = self.id_token(now, access_token, grant);
        let Some(id_token) = signed.and_then(|token| self.seal(Sealed::IdToken, token, &claims, grant))
        else {
            return self.error("Y000000");
        };
        let mut members = Map::new();
        members.insert("access_token".into(), json!(access_token));
        members.insert("expires_in".into(), json!(TOKEN_LIFE));
        members.insert("id_token".into(), json!(id_token));
        members.insert("scope".into(), json!(grant.request.scopes.join(" ")));
        members.insert("token_type".into(), json!("Bearer"));
        match self.fault {
            Some(Fault::Token(lie)) => {
                let stranger = self.issue(&claims, grant, Some(Fault::Signature(Signature::Foreign)));
                let stranger = stranger.and_then(|token| self.seal(Sealed::IdToken, token, &claims, grant));
                lie.answer(members, &stranger.unwrap_or_default())
            }
            _ => Reply::json(200, &Value::Object(members)),
        }
    }

    /// The ID Token, honest or not, before it is encrypted.
    fn id_token(&mut self, now: Timestamp, access_token: &str, grant: &Grant) -> Option<String> {
        let mut claims = self.id_token_claims(now, grant);
        let client_id = &*grant.request.client_id;
        match self.fault {
            Some(Fault::Claims(lie)) => {
                let issuer = &self.settings.issuer;
                let nonce = &grant.request.nonce;
                lie.change(&mut claims, &ClaimsFacts { now, issuer, client_id, nonce, access_token });
            }
            Some(Fault::Form(Form::Replayed)) => {
                if let Some(earlier) = self.state.last_id_tokens.get(client_id) {
                    return Some(earlier.clone());
                }
                claims.insert("nonce".into(), json!(self.random()));
            }
            Some(Fault::Form(Form::OfUserInfo)) => claims = self.userinfo_claims(now, grant),
            _ => {}
        }
        let token = self.issue(&claims, grant, self.fault)?;
        if self.fault.is_none() {
            self.state.last_id_tokens.insert(client_id.to_owned(), token.clone());
        }
        Some(token)
    }
}
