//! Decides what the emulator knows of a service's public keys: which request needs them, how long an answer
//! counts, and what is wrong with one that helps nobody (OpenID Connect Registration §2, `jwks_uri`).
//!
//! The fetching itself is done outside: [`Emulator::wants`] names the address, [`Emulator::learn`] takes the answer.

use crate::emulator::client::recipient::Recipient;
use crate::emulator::client::{Client, ClientAuth, Encryption};
use crate::emulator::http::Request;
use crate::emulator::oauth_error::OAuthError;
use crate::emulator::token::keys::decode;
use crate::emulator::{Emulator, Endpoint, Product};
use crate::time::Timestamp;
use serde_json::Value;
use std::time::SystemTime;

/// How long an answer counts at least, in seconds.
const SHORTEST: i64 = 60;

/// Members that make a key a secret one (RFC 7518 §6.2.2, §6.3.2, §6.4).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// What came from the address of a key set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeySetAnswer {
    /// Three-digit status.
    pub status: u16,
    /// The header `Cache-Control`.
    pub cache_control: Option<String>,
    /// The header `Expires`.
    pub expires: Option<String>,
    /// The body, 64 KiB at most.
    pub body: Vec<u8>,
}

/// Why a service's keys are of no use. Every citizen is stopped by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::emulator) struct KeyTrouble {
    /// The code of the page.
    pub(in crate::emulator) code: &'static str,
    text: &'static str,
    detail: Option<String>,
}

impl KeyTrouble {
    fn unreachable(detail: &str) -> Self {
        let text = "client JSON Web Key Set failed to be refreshed";
        Self { code: "Y044D511", text, detail: Some(detail.to_owned()) }
    }

    fn invalid(code: &'static str) -> Self {
        Self { code, text: "client JSON Web Key Set is invalid", detail: None }
    }

    fn no_key(alg: Encryption) -> Self {
        let text = "no suitable encryption key found";
        Self { code: "Y046B607", text, detail: Some(alg.name().to_owned()) }
    }

    /// The same for an endpoint that services call.
    pub(in crate::emulator) fn refusal(&self) -> OAuthError {
        OAuthError::new(400, "invalid_client_metadata", self.text, self.detail.as_deref(), self.code)
    }
}

/// The last answer of one address.
#[derive(Debug, Clone)]
pub(in crate::emulator) struct KeySet {
    fresh_until: Timestamp,
    keys: Result<Vec<Value>, KeyTrouble>,
}

impl Emulator {
    /// The address that must be fetched, and given to [`Emulator::learn`], before this request is handled.
    pub fn wants(&mut self, now: Timestamp, request: &Request) -> Option<String> {
        let client = self.caller(now, request)?;
        let url = client.jwks_uri.clone().filter(|_| self.needs_keys(client))?;
        let fresh = self.state.key_sets.get(&url).is_some_and(|known| known.fresh_until > now);
        (!fresh).then_some(url)
    }

    /// Takes what `url` answered; nothing when it could not be reached.
    pub fn learn(&mut self, now: Timestamp, url: &str, answer: Option<KeySetAnswer>) {
        let known = match answer {
            // Tried again at the next request.
            None => KeySet { fresh_until: now, keys: Err(KeyTrouble::unreachable("fetch failed")) },
            Some(answer) => KeySet { fresh_until: fresh_until(now, &answer), keys: read(&answer) },
        };
        self.state.key_sets.insert(url.to_owned(), known);
    }

    /// How the tokens of `client` are encrypted.
    pub(in crate::emulator) fn encryption(&self, client: &Client) -> Option<Encryption> {
        client.encryption.filter(|_| self.settings.product == Product::Plus)
    }

    fn needs_keys(&self, client: &Client) -> bool {
        self.encryption(client).is_some() || client.auth == ClientAuth::PrivateKeyJwt
    }

    /// Whether `client` can be loaded: what it registered needs keys, and they are there.
    pub(in crate::emulator) fn load(&self, client: &Client) -> Result<(), KeyTrouble> {
        if self.needs_keys(client) {
            self.client_keys(client)?;
            self.recipients(client)?;
        }
        Ok(())
    }

    /// The public keys of `client`.
    pub(in crate::emulator) fn client_keys(&self, client: &Client) -> Result<&[Value], KeyTrouble> {
        let text = "jwks_uri is mandatory property";
        let mandatory = || KeyTrouble { code: "Y043310B", text, detail: None };
        let url = client.jwks_uri.as_ref().ok_or_else(mandatory)?;
        let known = self.state.key_sets.get(url).ok_or_else(|| KeyTrouble::unreachable("fetch failed"))?;
        known.keys.as_deref().map_err(Clone::clone)
    }

    /// The keys of `client` that its tokens may be encrypted to, the one that is used first; none if they are
    /// not encrypted.
    pub(in crate::emulator) fn recipients(&self, client: &Client) -> Result<Vec<Recipient>, KeyTrouble> {
        let Some(alg) = self.encryption(client) else { return Ok(Vec::new()) };
        let keys = self.client_keys(client)?;
        let usable: Vec<Recipient> = keys.iter().filter_map(|key| Recipient::read(key, alg)).collect();
        if usable.is_empty() { Err(KeyTrouble::no_key(alg)) } else { Ok(usable) }
    }

    /// Whom a request comes from or is about, as far as it says so itself.
    fn caller(&self, now: Timestamp, request: &Request) -> Option<&Client> {
        let path = request.path.strip_prefix(&self.base)?;
        let client_id = match Endpoint::of(path) {
            Endpoint::Authorize if request.method == "POST" => {
                request.form_params().get("client_id")?.to_owned()
            }
            Endpoint::Authorize => request.query_params().get("client_id")?.to_owned(),
            Endpoint::Token => {
                let form = request.form_params();
                let named = form.filled("client_id").map(str::to_owned);
                named.or_else(|| subject(form.get("client_assertion")?))?
            }
            Endpoint::UserInfo => {
                let (_, token) = request.header("authorization")?.split_once(' ')?;
                let access = self.state.tokens.get(token).filter(|access| access.lives(now))?;
                access.grant.request.client_id.clone()
            }
            _ => return None,
        };
        self.settings.clients.iter().find(|client| client.client_id == client_id)
    }
}

/// The `sub` that an assertion claims, unverified.
pub(in crate::emulator) fn subject(assertion: &str) -> Option<String> {
    let claims: Value = serde_json::from_slice(&decode(assertion.split('.').nth(1)?)?).ok()?;
    claims.get("sub")?.as_str().map(str::to_owned)
}

fn fresh_until(now: Timestamp, answer: &KeySetAnswer) -> Timestamp {
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

fn read(answer: &KeySetAnswer) -> Result<Vec<Value>, KeyTrouble> {
    if answer.status != 200 {
        let told =
            format!("unexpected jwks_uri response status code, expected 200 OK, got {}", answer.status);
        return Err(KeyTrouble::unreachable(&told));
    }
    let document: Value = serde_json::from_slice(&answer.body)
        .map_err(|_| KeyTrouble::unreachable("the answer is not valid JSON"))?;
    let keys = document.get("keys").and_then(Value::as_array).ok_or(KeyTrouble::invalid("Y0450142"))?;
    if !keys.iter().all(Value::is_object) {
        return Err(KeyTrouble::invalid("Y0450142"));
    }
    let secret = |key: &Value| PRIVATE.iter().any(|name| key.get(name).is_some());
    let twice = |at: usize, key: &Value| {
        let kid = key.get("kid").filter(|kid| kid.is_string());
        kid.is_some() && keys.iter().take(at).any(|earlier| earlier.get("kid") == kid)
    };
    if keys.iter().enumerate().any(|(at, key)| secret(key) || twice(at, key)) {
        return Err(KeyTrouble::invalid("Y046AAF6"));
    }
    Ok(keys.clone())
}
