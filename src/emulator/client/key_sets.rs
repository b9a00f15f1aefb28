//! Decides what the emulator knows of a service's public keys: how long an answer counts, and what is wrong with one
//! that helps nobody (OpenID Connect Registration §2, `jwks_uri`).

use super::load::{ServiceDocument, Trouble, status_line};
use crate::emulator::client::recipient::Recipient;
use crate::emulator::client::{Client, ClientAuth, Encryption};
use crate::emulator::token::keys::decode;
use crate::emulator::{Emulator, Product};
use crate::time::Timestamp;
use serde_json::Value;
use std::time::SystemTime;

/// How long an answer counts at least, in seconds.
const SHORTEST: i64 = 60;

/// Members that make a key a secret one (RFC 7518 §6.2.2, §6.3.2, §6.4).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

impl Trouble {
    fn unreachable(detail: &str) -> Self {
        Self::new("Y044D511", "client JSON Web Key Set failed to be refreshed", Some(detail))
    }

    fn invalid(code: &'static str) -> Self {
        Self::new(code, "client JSON Web Key Set is invalid", None)
    }

    fn no_key(alg: Encryption) -> Self {
        Self::new("Y046B607", &format!("no suitable encryption key found ({})", alg.name()), None)
    }
}

/// The last answer of one address.
#[derive(Debug, Clone)]
pub(in crate::emulator) struct KeySet {
    fresh_until: Timestamp,
    keys: Result<Vec<Value>, Trouble>,
}

impl Emulator {
    /// Takes what the address of a key set answered.
    pub(super) fn learn_keys(&mut self, now: Timestamp, url: &str, answer: Option<&ServiceDocument>) {
        let known = match answer {
            // Tried again at the next request.
            None => KeySet { fresh_until: now, keys: Err(Trouble::unreachable("fetch failed")) },
            Some(answer) => KeySet { fresh_until: fresh_until(now, answer), keys: read(answer) },
        };
        self.state.key_sets.insert(url.to_owned(), known);
    }

    /// The address of the keys of `client`, if they must be fetched.
    pub(super) fn wanted_keys<'a>(&self, now: Timestamp, client: &'a Client) -> Option<&'a str> {
        let url = client.jwks_uri.as_deref().filter(|_| self.needs_keys(client))?;
        let fresh = self.state.key_sets.get(url).is_some_and(|known| known.fresh_until > now);
        (!fresh).then_some(url)
    }

    /// How the tokens of `client` are encrypted.
    pub(in crate::emulator) fn encryption(&self, client: &Client) -> Option<Encryption> {
        client.encryption.filter(|_| self.settings.product == Product::Plus)
    }

    fn needs_keys(&self, client: &Client) -> bool {
        self.encryption(client).is_some() || client.auth == ClientAuth::PrivateKeyJwt
    }

    /// Whether the keys that `client` needs are there.
    pub(super) fn has_keys(&self, client: &Client) -> Result<(), Trouble> {
        if self.needs_keys(client) {
            self.client_keys(client)?;
            self.recipients(client)?;
        }
        Ok(())
    }

    /// The public keys of `client`.
    pub(in crate::emulator) fn client_keys(&self, client: &Client) -> Result<&[Value], Trouble> {
        let mandatory = || Trouble::new("Y043310B", "jwks_uri is mandatory property", None);
        let url = client.jwks_uri.as_ref().ok_or_else(mandatory)?;
        let known = self.state.key_sets.get(url).ok_or_else(|| Trouble::unreachable("fetch failed"))?;
        known.keys.as_deref().map_err(Clone::clone)
    }

    /// The keys of `client` that its tokens may be encrypted to, the one that is used first; none if they are
    /// not encrypted.
    pub(in crate::emulator) fn recipients(&self, client: &Client) -> Result<Vec<Recipient>, Trouble> {
        let Some(alg) = self.encryption(client) else { return Ok(Vec::new()) };
        let keys = self.client_keys(client)?;
        let usable: Vec<Recipient> = keys.iter().filter_map(|key| Recipient::read(key, alg)).collect();
        if usable.is_empty() { Err(Trouble::no_key(alg)) } else { Ok(usable) }
    }
}

/// The `sub` that an assertion claims, unverified.
pub(in crate::emulator) fn subject(assertion: &str) -> Option<String> {
    let claims: Value = serde_json::from_slice(&decode(assertion.split('.').nth(1)?)?).ok()?;
    claims.get("sub")?.as_str().map(str::to_owned)
}

fn fresh_until(now: Timestamp, answer: &ServiceDocument) -> Timestamp {
    let max_age = answer.cache_control.as_deref().and_then(|value| {
        let digits = value.split_once("max-age=")?.1;
        digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    });
    let expires = answer.expires.as_deref().and_then(|date| {
        let at = httpdate::parse_http_date(date).ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        i64::try_from(at.as_secs()).ok().map(Timestamp::from_unix)
    });
    let shortest = now.plus(SHORTEST);
    shortest.max(max_age.map_or(shortest, |seconds| now.plus(seconds))).max(expires.unwrap_or(shortest))
}

fn read(answer: &ServiceDocument) -> Result<Vec<Value>, Trouble> {
    if answer.status != 200 {
        let got = status_line(answer.status);
        let told = format!("unexpected jwks_uri response status code, expected 200 OK, got {got}");
        return Err(Trouble::unreachable(&told));
    }
    let document: Value = serde_json::from_slice(&answer.body)
        .map_err(|_| Trouble::unreachable("the answer is not valid JSON"))?;
    let keys = document.get("keys").and_then(Value::as_array).ok_or(Trouble::invalid("Y0450142"))?;
    if !keys.iter().all(Value::is_object) {
        return Err(Trouble::invalid("Y0450142"));
    }
    let secret = |key: &Value| PRIVATE.iter().any(|name| key.get(name).is_some());
    let twice = |at: usize, key: &Value| {
        let kid = key.get("kid").filter(|kid| kid.is_string());
        kid.is_some() && keys.iter().take(at).any(|earlier| earlier.get("kid") == kid)
    };
    if keys.iter().enumerate().any(|(at, key)| secret(key) || twice(at, key)) {
        return Err(Trouble::invalid("Y046AAF6"));
    }
    Ok(keys.clone())
}
