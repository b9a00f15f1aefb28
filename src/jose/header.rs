//! Decides which JOSE headers are acceptable (RFC 7515 §4, RFC 8725 §3): judged by our own type, before any
//! cryptography, because `jwt-compact` lets more through than OpenID Connect wants.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::json::not_null;
use super::{Algorithm, Untrusted, object};

/// Longest `kid` that is looked at, in bytes.
const KID_LIMIT: usize = 256;

/// A header that names the expected algorithm and asks for nothing we do not do.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) kid: Option<String>,
}

/// `jwk`, `jku`, `x5u` and `x5c` have no member here: a key that a token brings along is never seen.
#[derive(Deserialize)]
struct Raw {
    alg: String,
    #[serde(default, deserialize_with = "not_null")]
    kid: Option<String>,
    #[serde(default, deserialize_with = "not_null")]
    typ: Option<String>,
    #[serde(default, deserialize_with = "not_null")]
    cty: Option<IgnoredAny>,
    #[serde(default, deserialize_with = "not_null")]
    crit: Option<IgnoredAny>,
    #[serde(default, deserialize_with = "not_null")]
    b64: Option<IgnoredAny>,
    #[serde(default, deserialize_with = "not_null")]
    zip: Option<IgnoredAny>,
    #[serde(default, deserialize_with = "not_null")]
    enc: Option<IgnoredAny>,
}

impl Header {
    /// Reads the decoded header of a token that must be signed with `expected`.
    pub(super) fn judge(bytes: &[u8], expected: Algorithm) -> Result<Self, Untrusted> {
        let raw: Raw = object(bytes).map_err(|_| Untrusted::Header)?;
        if raw.alg != expected.name() {
            return Err(Untrusted::Algorithm);
        }
        // Extensions we must understand (none), unencoded payloads, nesting, compression, encryption.
        if raw.crit.is_some()
            || raw.b64.is_some()
            || raw.cty.is_some()
            || raw.zip.is_some()
            || raw.enc.is_some()
        {
            return Err(Untrusted::Header);
        }
        // Absent or `JWT`: a `logout+jwt` or `at+jwt` was made for another purpose (RFC 8725 §3.11).
        if raw.typ.is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT")) {
            return Err(Untrusted::Type);
        }
        if raw.kid.as_ref().is_some_and(|kid| kid.len() > KID_LIMIT) {
            return Err(Untrusted::Header);
        }
        Ok(Self { kid: raw.kid })
    }
}
