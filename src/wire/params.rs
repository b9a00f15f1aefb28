//! Decides how a query or form is read: a name once, valid UTF-8, bounded (RFC 6749 §3.1, Appendix B).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Longest query or form that is read, in bytes.
pub const LIMIT: usize = 8 * 1024;
/// Most parameters that are read.
pub const MOST: usize = 64;

/// What is wrong with a query or form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Malformed {
    /// More than [`LIMIT`] bytes or [`MOST`] parameters.
    TooLarge,
    /// A name occurs twice, which OAuth forbids and which two readers could read differently.
    Repeated,
    /// Not percent-encoded UTF-8, or a control character in it.
    Encoding,
}

/// Decoded names and values, each name once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// Reads `application/x-www-form-urlencoded` text.
    ///
    /// # Errors
    /// See [`Malformed`]; nothing is repaired.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        if text.len() > LIMIT {
            return Err(Malformed::TooLarge);
        }
        let mut pairs: Vec<(String, String)> = Vec::new();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decode(name)?, decode(value)?);
            if pairs.iter().any(|(known, _)| *known == name) {
                return Err(Malformed::Repeated);
            }
            if pairs.len() == MOST {
                return Err(Malformed::TooLarge);
            }
            pairs.push((name, value));
        }
        Ok(Self(pairs))
    }

    /// The value of `name`; present but empty is `Some("")`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// All names in the order they were sent.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }
}

fn decode(text: &str) -> Result<String, Malformed> {
    // A stray `%` would pass through percent-decoding unchanged, and then two readers could disagree.
    let bytes = text.as_bytes();
    let stray = bytes.iter().enumerate().any(|(at, &byte)| {
        let hex = |i: usize| bytes.get(i).is_some_and(u8::is_ascii_hexdigit);
        byte == b'%' && !(hex(at + 1) && hex(at + 2))
    });
    if stray {
        return Err(Malformed::Encoding);
    }
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8().map_err(|_| Malformed::Encoding)?;
    if decoded.chars().any(char::is_control) {
        return Err(Malformed::Encoding);
    }
    Ok(decoded.into_owned())
}

/// Everything but the unreserved characters of RFC 3986 §2.3 is encoded, spaces as `%20`.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// One value, percent-encoded for a query or form.
pub fn encode(value: &str) -> String {
    utf8_percent_encode(value, RESERVED).to_string()
}

/// One segment of a path, encoded as `encodeURIComponent` does (ECMA-262 §19.2.6): platforms compare with that.
pub fn encode_segment(segment: &str) -> String {
    const SEGMENT: &AsciiSet = &RESERVED.remove(b'!').remove(b'\'').remove(b'(').remove(b')').remove(b'*');
    utf8_percent_encode(segment, SEGMENT).to_string()
}

/// `name=value&…`, percent-encoded, in the order given.
pub fn join<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let pairs: Vec<String> =
        pairs.into_iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    pairs.join("&")
}
