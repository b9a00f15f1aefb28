//! Decides which client a request is about, what must be fetched before it can be answered, and whether the client can
//! be loaded at all: one that cannot stops every citizen.
//!
//! The fetching itself is done outside: [`Emulator::wants`] names the addresses, [`Emulator::learn`] takes the answers.

use super::auth::basic;
use super::key_sets::subject;
use crate::emulator::client::Client;
use crate::emulator::http::Request;
use crate::emulator::oauth_error::OAuthError;
use crate::emulator::userinfo::presented;
use crate::emulator::{Emulator, Endpoint, Settings};
use crate::time::Timestamp;
use axum::http::StatusCode;

/// What came from an address of a service: that of its key set, or of its sector identifier document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServiceDocument {
    /// Three-digit status.
    pub status: u16,
    /// The header `Cache-Control`.
    pub cache_control: Option<String>,
    /// The header `Expires`.
    pub expires: Option<String>,
    /// The body, 64 KiB at most.
    pub body: Vec<u8>,
}

/// Why a client cannot be loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::emulator) struct Trouble {
    /// The code of the page.
    pub(in crate::emulator) code: &'static str,
    text: String,
    detail: Option<String>,
}

impl Trouble {
    pub(super) fn new(code: &'static str, text: &str, detail: Option<&str>) -> Self {
        Self { code, text: text.to_owned(), detail: detail.map(str::to_owned) }
    }

    /// The same for an endpoint that services call.
    pub(in crate::emulator) fn refusal(&self) -> OAuthError {
        OAuthError::new(400, "invalid_client_metadata", &self.text, self.detail.as_deref(), self.code)
    }
}

impl Settings {
    /// The client that is registered under `client_id` and active.
    pub(in crate::emulator) fn client(&self, client_id: &str) -> Option<&Client> {
        self.clients.iter().find(|client| client.active && client.client_id == client_id)
    }
}

impl Emulator {
    /// The addresses that must be fetched, and given to [`Emulator::learn`], before this request is handled.
    pub fn wants(&mut self, now: Timestamp, request: &Request) -> Vec<String> {
        let Some(client) = self.caller(now, request) else { return Vec::new() };
        let wanted = [self.wanted_sector(now, client), self.wanted_keys(now, client)];
        wanted.into_iter().flatten().map(str::to_owned).collect()
    }

    /// Takes what `url` answered; nothing when it could not be reached.
    pub fn learn(&mut self, now: Timestamp, url: &str, answer: Option<ServiceDocument>) {
        let lists = |client: &Client| client.sector_identifier_uri.as_deref() == Some(url);
        if self.settings.clients.iter().any(lists) {
            self.learn_sector(now, url, answer.as_ref());
        }
        self.learn_keys(now, url, answer.as_ref());
    }

    /// Whether `client` can be loaded: what it registered must be fetched is there and right.
    pub(in crate::emulator) fn load(&self, client: &Client) -> Result<(), Trouble> {
        self.covers_callbacks(client)?;
        self.has_keys(client)
    }

    /// Whom a request comes from or is about, as far as it says so itself.
    fn caller(&self, now: Timestamp, request: &Request) -> Option<&Client> {
        let path = request.path.strip_prefix(&self.base)?;
        let client_id = match Endpoint::of(path) {
            Endpoint::Authorize if request.method == "POST" => {
                request.form_params().get("client_id")?.to_owned()
            }
            Endpoint::Authorize => request.query_params().get("client_id")?.to_owned(),
            Endpoint::Token | Endpoint::Revocation => named(request)?,
            Endpoint::UserInfo => {
                let access = self.state.tokens.get(presented(request).ok()?.as_str())?;
                access.lives(now).then(|| access.grant.request.client_id.to_string())?
            }
            _ => return None,
        };
        self.settings.client(&client_id)
    }
}

/// The client that a service's call names, in its header, its form or its assertion; unverified.
pub(in crate::emulator) fn named(request: &Request) -> Option<String> {
    let form = request.form_params();
    let header = request.header("authorization").and_then(|header| basic(header).ok()).map(|(id, _)| id);
    header
        .or_else(|| form.filled("client_id").map(str::to_owned))
        .or_else(|| subject(form.get("client_assertion")?))
}

/// A status with its reason, `404 Not Found`.
pub(super) fn status_line(status: u16) -> String {
    let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    format!("{status} {}", reason.unwrap_or("undefined"))
}
