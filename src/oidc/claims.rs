//! The claims of tokens as types: who made it, for whom, when (RFC 7519 §4.1).

use serde_json::Value;

use crate::jose::{Invalid, Object};

/// `aud`: one string, or several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    /// The claim `aud`, if there is one.
    pub(super) fn of(claims: &Object) -> Result<Option<Self>, Invalid> {
        match claims.get("aud") {
            None => Ok(None),
            Some(Value::String(one)) => Ok(Some(Self::One(one.clone()))),
            Some(_) => Ok(claims.optional_texts("aud")?.map(Self::Many)),
        }
    }

    /// Whether the token is for `client_id` and for nobody else: another audience could use it too
    /// (OIDC Core §3.1.3.7, rules 3 to 5; no other audience is trusted).
    pub(super) fn is_only(&self, client_id: &str) -> bool {
        match self {
            Self::One(aud) => aud == client_id,
            Self::Many(all) => !all.is_empty() && all.iter().all(|aud| aud == client_id),
        }
    }
}
