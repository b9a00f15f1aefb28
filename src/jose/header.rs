//! Decides which JOSE headers are acceptable (RFC 7515 §4, RFC 8725 §3): judged by our own type, before any
//! cryptography.

use super::{Algorithm, Invalid, Object, Untrusted};

/// Longest `kid` that is looked at, in bytes.
const KID_LIMIT: usize = 256;

/// What we cannot honour: extensions we must understand, unencoded payloads, nesting, compression, encryption.
const FOREIGN: [&str; 5] = ["crit", "b64", "cty", "zip", "enc"];

/// A header that names the expected algorithm and asks for nothing we do not do.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) kid: Option<String>,
}

impl Header {
    /// Reads the decoded header of a token that must be signed with `expected`. `jwk`, `jku`, `x5u` and
    /// `x5c` are never looked at: a key that a token brings along does not exist for us.
    pub(super) fn judge(bytes: &[u8], expected: Algorithm) -> Result<Self, Untrusted> {
        let header = Object::parse(bytes).map_err(|_| Untrusted::Header)?;
        let text = |name| header.optional_text(name).map_err(|_| Untrusted::Header);
        match text("alg")? {
            None => return Err(Untrusted::Header),
            Some(alg) if alg != expected.name() => return Err(Untrusted::Algorithm),
            Some(_) => {}
        }
        if FOREIGN.iter().any(|name| header.get(name).is_some()) {
            return Err(Untrusted::Header);
        }
        // Absent or `JWT`: a `logout+jwt` or `at+jwt` was made for another purpose (RFC 8725 §3.11).
        if text("typ")?.is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT")) {
            return Err(Untrusted::Type);
        }
        let kid = kid(&header).map_err(|_| Untrusted::Header)?;
        Ok(Self { kid })
    }
}

/// The `kid` of a header, if there is one.
pub(super) fn kid(header: &Object) -> Result<Option<String>, Invalid> {
    let kid = header.optional_text("kid")?;
    if kid.as_ref().is_some_and(|kid| kid.len() > KID_LIMIT) { Err(Invalid) } else { Ok(kid) }
}
