//! What the log may say: stable codes and words of this program, so that no identity or secret can get in.

use std::collections::BTreeMap;

use crate::oidc::{Blame, Failure};
use crate::web::RequestId;

/// Whom an event concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Ordinary life: logins, logouts, cancellations.
    Info,
    /// A refusal: an attack, a broken provider, an expired login.
    Warning,
    /// Operators must act: configuration, secret, clock.
    Error,
}

impl Severity {
    /// The word in the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One line of the log. All its text is `'static`: nothing of a request, token or identity fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Whom it concerns.
    pub level: Severity,
    /// Stable code such as `login.started` or `id_token.nonce`.
    pub code: &'static str,
    /// What happened and what to do about it, in English.
    pub message: &'static str,
}

impl Event {
    /// A secret is being changed, and the provider has gone over to the new one.
    pub(super) const NEXT_SECRET: Self = Self::new(
        Severity::Info,
        "token.next_secret",
        "the provider takes the next secret only: it can move from FC_CLIENT_SECRET_NEXT to FC_CLIENT_SECRET (FC_PLUS_…)",
    );

    /// An event.
    pub const fn new(level: Severity, code: &'static str, message: &'static str) -> Self {
        Self { level, code, message }
    }

    /// What is to be said once for each service that an instance serves.
    pub(super) const KEYS_OLD: Self = Self::new(
        Severity::Warning,
        "keys.old",
        "a key of FC_SESSION_KEYS is more than 300 days old: the README says how to change it, logging nobody out",
    );

    /// The event of a login that failed.
    pub const fn failed(failure: &Failure) -> Self {
        let level = match failure.blame {
            Blame::Denial => Severity::Info,
            Blame::Refusal | Blame::Unreachable => Severity::Warning,
            Blame::Fault => Severity::Error,
        };
        Self { level, code: failure.code, message: failure.meaning }
    }

    /// The line, one JSON object. `request` and `service` say which visit, and of which site: the one is drawn by
    /// us, the other comes from the configuration.
    pub fn line(&self, request: RequestId, service: &str) -> String {
        let said = [("level", self.level.name()), ("code", self.code), ("message", self.message)];
        let said = said.map(|(name, text)| (name.to_owned(), text.to_owned()));
        let request = request.text().map(|text| ("request".to_owned(), text));
        let service = (!service.is_empty()).then(|| ("service".to_owned(), service.to_owned()));
        let line: BTreeMap<_, _> = said.into_iter().chain(request).chain(service).collect();
        serde_json::json!(line).to_string()
    }
}
