//! What the log may say: stable codes and words of this program, so that no identity or secret can get in.

use crate::oidc::{Blame, Failure};

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
    /// An event.
    pub const fn new(level: Severity, code: &'static str, message: &'static str) -> Self {
        Self { level, code, message }
    }

    /// The event of a login that failed.
    pub const fn failed(failure: &Failure) -> Self {
        let level = match failure.blame {
            Blame::Denial => Severity::Info,
            Blame::Refusal | Blame::Unreachable => Severity::Warning,
            Blame::Fault => Severity::Error,
        };
        Self { level, code: failure.code, message: failure.meaning }
    }

    /// The line, one JSON object.
    pub fn to_json(&self) -> String {
        let level = match self.level {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        serde_json::json!({ "level": level, "code": self.code, "message": self.message }).to_string()
    }
}
