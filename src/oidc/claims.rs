//! The claims of tokens as types: who made it, for whom, when (RFC 7519 §4.1).

use serde::{Deserialize, Deserializer};

/// `aud`: one string, or several.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(super) enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    /// Whether the token is for `client_id` and for nobody else: another audience could use it too
    /// (OIDC Core §3.1.3.7, rules 3 to 5; no other audience is trusted).
    pub(super) fn is_only(&self, client_id: &str) -> bool {
        match self {
            Self::One(aud) => aud == client_id,
            Self::Many(all) => !all.is_empty() && all.iter().all(|aud| aud == client_id),
        }
    }
}

/// Reads a `NumericDate`: seconds, fractions dropped, within what a float holds exactly.
pub(super) fn numeric_date<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let number = serde_json::Number::deserialize(from)?;
    if let Some(whole) = number.as_i64() {
        return Ok(Some(whole));
    }
    match number.as_f64() {
        // In range, so the cast only drops the fraction.
        #[allow(clippy::cast_possible_truncation)]
        Some(value) if value.abs() < EXACT => Ok(Some(value.floor() as i64)),
        _ => Err(serde::de::Error::custom("no date")),
    }
}
