//! Decides the userinfo answer: a signed JWT, on FranceConnect+ an encrypted one, never plain JSON (OpenID Connect Core §5.3.2).

use super::Emulator;
use super::fault::{ClaimsFacts, Fault, Sealed, UserInfo};
use super::http::{Reply, Request};
use super::oauth_error::OAuthError;
use super::state::{Grant, TOKEN_LIFE};
use super::token::id_token::Unsigned;
use crate::time::Timestamp;
use serde_json::{Map, Value, json};

impl Emulator {
    /// `/userinfo`. A token in the query is not looked at: FranceConnect would take it, but a service that
    /// does so shows it to every log on the way.
    pub(super) fn userinfo(&mut self, now: Timestamp, request: &Request) -> Reply {
        let grant = match bearer(request).and_then(|token| {
            let known = self.state.tokens.get(token).map(|access| access.grant.clone());
            known.ok_or_else(|| invalid("invalid token provided", "access token not found", "Y040001"))
        }) {
            Ok(grant) => grant,
            Err(refusal) => return self.oauth_error(&refusal),
        };
        if let Some(Err(trouble)) = self.client(&grant.request).map(|client| self.load(client)) {
            return self.oauth_error(&trouble.refusal());
        }
        let claims = self.userinfo_claims(now, &grant);
        let answer = match self.fault {
            Some(Fault::UserInfo(lie)) => self.lying_userinfo(now, &grant, claims, lie),
            _ => {
                let token = self.issue(&claims, &grant, None);
                let token = token.and_then(|token| self.seal(Sealed::UserInfo, token, &claims, &grant));
                let jwt = |token| Reply::with_body(200, "application/jwt", token);
                token.map(|token| jwt(token).header("cache-control", "no-store"))
            }
        };
        answer.unwrap_or_else(|| self.error("Y000000"))
    }

    fn lying_userinfo(
        &mut self,
        now: Timestamp,
        grant: &Grant,
        mut claims: Map<String, Value>,
        lie: UserInfo,
    ) -> Option<Reply> {
        lie.change(&mut claims);
        if let Some(Fault::Claims(like)) = lie.like() {
            let (issuer, client_id) = (&self.settings.issuer, &grant.request.client_id);
            like.change(&mut claims, &ClaimsFacts { now, issuer, client_id, nonce: "", access_token: "" });
        }
        let token = match lie.raw(&claims) {
            Some(raw) => {
                let pen = self.pen(grant, None)?;
                let mut unsigned = Unsigned::new(&pen.key, &claims);
                unsigned.payload = raw.into_bytes();
                unsigned.sign(&pen.key)?
            }
            None if lie == UserInfo::OfIdToken => {
                self.issue(&self.id_token_claims(now, grant), grant, None)?
            }
            None => self.issue(&claims, grant, lie.like())?,
        };
        let token = self.seal(Sealed::UserInfo, token, &claims, grant)?;
        Some(lie.answer(token, &claims))
    }

    /// The claims that the scopes of `grant` open, and the four of the token itself.
    pub(super) fn userinfo_claims(&self, now: Timestamp, grant: &Grant) -> Map<String, Value> {
        let (now, product) = (self.told(now), self.settings.product);
        let opened = product.claims(&grant.request.scopes);
        let identity = grant.login.account.claims(product, grant.login.idp);
        // No scope opens what a mandate is for.
        let told = |claim: &str| claim == "rep_scope" || opened.contains(&claim);
        let mut claims: Map<String, Value> = identity.into_iter().filter(|(claim, _)| told(claim)).collect();
        claims.insert("sub".into(), json!(self.sub(grant)));
        claims.insert("iss".into(), json!(self.settings.issuer));
        claims.insert("aud".into(), json!(grant.request.client_id));
        claims.insert("iat".into(), json!(now.unix()));
        claims.insert("exp".into(), json!(now.plus(TOKEN_LIFE).unix()));
        claims
    }
}

/// The token of the `Authorization` header (RFC 6750 §2.1).
fn bearer(request: &Request) -> Result<&str, OAuthError> {
    let absent = || invalid("no access token provided", "no access token provided", "Y04146A2");
    let header = request.header("authorization").ok_or_else(absent)?;
    let malformed = |text| OAuthError::request(text, "Y04B729E");
    let (scheme, token) =
        header.split_once(' ').ok_or_else(|| malformed("invalid authorization header value format"))?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(OAuthError::request("authorization header value must be a Bearer token", "Y043D61A"));
    }
    if token.is_empty() || token.contains(' ') {
        return Err(malformed("invalid authorization header value format"));
    }
    Ok(token)
}

fn invalid(text: &str, detail: &str, code: &'static str) -> OAuthError {
    OAuthError::new(401, "invalid_token", text, Some(detail), code)
}
