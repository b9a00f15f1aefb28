//! Decides the logout (OpenID Connect RP-Initiated Logout §2, §3): which hints are believed, and where the
//! citizen is sent afterwards.
//!
//! FranceConnect goes through self-submitting forms in between; here the redirect is direct, which also
//! works without JavaScript.

use super::Emulator;
use super::fault::{Fault, Logout};
use super::http::{Params, Reply, Request};
use super::interaction::authorize::is_address;
use super::interaction::callback::join;
use super::page;
use super::token::keys::decode;
use crate::html::Html;
use crate::time::Timestamp;
use serde_json::Value;

/// The only names allowed.
pub(super) const KNOWN: [&str; 6] =
    ["id_token_hint", "post_logout_redirect_uri", "state", "client_id", "logout_hint", "ui_locales"];

impl Emulator {
    /// `/session/end`, and the two addresses that FranceConnect's own steps lead through.
    pub(super) fn end_session(
        &mut self,
        now: Timestamp,
        request: &Request,
        method: &str,
        path: &str,
    ) -> Reply {
        match (method, path) {
            ("GET", "/session/end") => self.log_out(now, request),
            ("POST", "/session/end/confirm") => self.error("Y047B9D9"),
            ("GET", "/session/end/success") => self.logged_out(&request.query_params()),
            _ => self.error("Y000404"),
        }
    }

    fn logged_out(&mut self, params: &Params) -> Reply {
        if params.filled("client_id").is_some_and(|id| self.settings.client(id).is_none()) {
            return self.error("Y04FE3C9");
        }
        let lang = self.reader.lang;
        let main = Html::literal(lang.pick(
            "<h1>Vous êtes déconnecté</h1><p>Vous pouvez fermer cette page.</p>",
            "<h1>You are logged out</h1><p>You may close this page.</p>",
        ));
        let title = lang.pick("Déconnexion", "Logout");
        page::page(&self.reader, self.settings.product, 200, title, &main, &[])
    }

    fn log_out(&mut self, now: Timestamp, request: &Request) -> Reply {
        let params = request.query_params();
        let cookie = self.settings.product.cookie();
        let id = request.cookie(cookie);
        let verdict = self.judge_logout(&params).and_then(|()| {
            let session = self.state.session(id, now, self.settings.product);
            let login = session.and_then(|session| session.login.as_ref()).ok_or("Y100019")?;
            login.account.logout_error().map_or(Ok(()), Err)
        });
        if let Err(code) = verdict {
            return self.error(code);
        }
        self.state.sessions.remove(id.unwrap_or_default());
        let reply = match params.filled("post_logout_redirect_uri") {
            Some(uri) => self.send_back(uri, params.filled("state")),
            None => self.logged_out(&Params::default()),
        };
        reply.header("set-cookie", format!("{cookie}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"))
    }

    fn send_back(&mut self, uri: &str, state: Option<&str>) -> Reply {
        let told = match self.fault {
            Some(Fault::Logout(Logout::ErrorPage)) => return self.error("Y190003"),
            Some(Fault::Logout(Logout::Unavailable)) => return Reply::new(503).header("retry-after", "120"),
            Some(Fault::Logout(lie)) => lie.told(state, &self.random()),
            _ => state.map(|state| ("state", state.to_owned())).into_iter().collect(),
        };
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(told).finish();
        Reply::see_other(&join(uri, &query, false))
    }

    /// The hint may have expired, but must be ours, for a client we know, and for no other.
    fn judge_logout(&self, params: &Params) -> Result<(), &'static str> {
        let address = |uri: &str| is_address(uri, self.settings.strict_urls);
        let well_formed = params.repeated().is_none()
            && params.foreign(&KNOWN).is_none()
            && params.get("post_logout_redirect_uri").is_none_or(address);
        if !well_formed {
            return Err("Y000400");
        }
        let hint = params.filled("id_token_hint").ok_or("Y000400")?;
        let parts: Vec<&str> = hint.split('.').collect();
        let [header, payload, signature] = *parts else {
            return Err("Y04FEDB9");
        };
        let (header, claims) = (object(header).ok_or("Y04FEDB9")?, object(payload).ok_or("Y04FEDB9")?);
        let audience = claims.get("aud").and_then(Value::as_str).unwrap_or_default();
        if params.filled("client_id").is_some_and(|id| id != audience) {
            return Err("Y0467882");
        }
        let client = self.settings.client(audience).ok_or("Y0429C91")?;
        let input = hint.strip_suffix(signature).and_then(|rest| rest.strip_suffix('.')).unwrap_or_default();
        let alg = self.alg(client);
        let right_alg = header.get("alg").and_then(Value::as_str) == Some(alg.name());
        let kid = header.get("kid").and_then(Value::as_str);
        let signed = self.keys_ever(alg, kid).any(|key| key.verifies(input.as_bytes(), signature));
        let issued_here = claims.get("iss").and_then(Value::as_str) == Some(&self.settings.issuer);
        if !(right_alg && signed && issued_here) {
            return Err("Y045AFAE");
        }
        let registered = |uri: &str| client.post_logout_redirect_uris.iter().any(|known| known == uri);
        if !params.get("post_logout_redirect_uri").is_none_or(registered) {
            return Err("Y04CFAEF");
        }
        Ok(())
    }
}

fn object(part: &str) -> Option<Value> {
    let value: Value = serde_json::from_slice(&decode(part)?).ok()?;
    value.is_object().then_some(value)
}
