//! Decides the userinfo answer: a signed JWT, on FranceConnect+ an encrypted one, never plain JSON (OpenID Connect
//! Core §5.3.2).

use super::Emulator;
use super::fault::{ClaimsFacts, Fault, Sealed, UserInfo};
use super::http::{Reply, Request};
use super::oauth_error::{NO_TOKEN, OAuthError};
use super::state::{Access, GRANT_LIFE, Grant, TOKEN_LIFE};
use super::token::id_token::Unsigned;
use crate::time::Timestamp;
use serde_json::{Map, Value, json};

impl Emulator {
    /// `/userinfo`.
    pub(super) fn userinfo(&mut self, now: Timestamp, request: &Request) -> Reply {
        let (issued, grant) = match self.identified_by(now, request) {
            Ok(access) => (access.issued, access.grant.clone()),
            Err(refusal) => return self.oauth_error(&refusal.challenging("Bearer")),
        };
        let mut claims = self.userinfo_claims(now, &grant);
        // It does not outlive the access token.
        claims.insert("exp".into(), json!(self.told(issued).plus(TOKEN_LIFE).unix()));
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

    /// The access that a request proves, checked in the engine's order.
    fn identified_by(&self, now: Timestamp, request: &Request) -> Result<&Access, OAuthError> {
        let refuse = |detail, code| Err(OAuthError::token("invalid token provided", detail, code));
        let Some(access) = self.state.tokens.get(presented(request)?.as_str()) else {
            return refuse("access token not found", "Y040001");
        };
        let asked = request.query_params();
        let scopes = asked.filled("scope").unwrap_or_default().split(' ').filter(|scope| !scope.is_empty());
        let missing: Vec<&str> =
            scopes.filter(|scope| !access.grant.request.scopes.iter().any(|known| known == scope)).collect();
        if !missing.is_empty() {
            let text = "access token missing requested scope";
            return Err(OAuthError::new(403, "insufficient_scope", text, None, "Y04CE9C8"));
        }
        let Some(client) = self.settings.client(&access.grant.request.client_id) else {
            return refuse("associated client not found", "Y040001");
        };
        self.load(client).map_err(|trouble| trouble.refusal())?;
        if now.since(access.grant.since) >= GRANT_LIFE {
            return refuse("grant not found", "Y0489D15");
        }
        Ok(access)
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
            let (issuer, client_id) = (&self.settings.issuer, &*grant.request.client_id);
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
        claims.insert("aud".into(), json!(&*grant.request.client_id));
        claims.insert("iat".into(), json!(now.unix()));
        claims.insert("exp".into(), json!(now.plus(TOKEN_LIFE).unix()));
        claims
    }
}

/// The token that a request brings: in its header (RFC 6750 §2.1) or, which FranceConnect takes but nobody should do
/// since addresses are written down on the way, in its query (§2.3).
pub(super) fn presented(request: &Request) -> Result<String, OAuthError> {
    let query = request.query_params();
    let twice = query.repeated_of(&["scope", "access_token"]);
    if !twice.is_empty() {
        return Err(OAuthError::twice(&twice));
    }
    let header = request.header("authorization").filter(|header| !header.is_empty());
    let token = match (header, query.filled("access_token")) {
        (None, None) => {
            let text = "no access token provided";
            return Err(OAuthError::token(text, text, NO_TOKEN));
        }
        (None, Some(token)) => token,
        (Some(_), Some(_)) => {
            let text = "access token must only be provided using one mechanism";
            return Err(OAuthError::request(text, "Y04514E0"));
        }
        (Some(header), None) => {
            let parts: Vec<&str> = header.split(' ').collect();
            let [scheme, token] = *parts else {
                let text = "invalid authorization header value format";
                return Err(OAuthError::request(text, "Y04B729E"));
            };
            if !scheme.eq_ignore_ascii_case("bearer") {
                let text = "authorization header scheme must be `Bearer`";
                return Err(OAuthError::request(text, "Y043D61A"));
            }
            token
        }
    };
    Ok(token.to_owned())
}
