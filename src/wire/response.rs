//! Decides what an answer is made of: a status, headers, and bytes that are all there.

/// The header that keeps browsers on https (RFC 6797 §6.1).
pub const HSTS: &str = "strict-transport-security";

/// One answer to a browser. Header values hold no control characters: see [`Response::header`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// Three-digit status.
    pub status: u16,
    /// Lower-case names with their values, in order; a name may repeat (`set-cookie`).
    pub headers: Vec<(&'static str, String)>,
    /// The body; empty for redirects.
    pub body: Vec<u8>,
}

impl Response {
    /// An empty answer.
    pub fn new(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    /// An answer with a body of the given content type.
    pub fn with_body(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let mut response = Self::new(status).header("content-type", content_type);
        response.body = body.into();
        response
    }

    /// 303 to `location` (RFC 9110 §15.4.4): the next request is a GET, whatever this one was.
    pub fn see_other(location: &str) -> Self {
        Self::new(303).header("location", location)
    }

    /// Adds a header. A value with a control character (header injection) is dropped as a whole:
    /// an absent header is safer than one an attacker wrote.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        let value = value.into();
        if !value.chars().any(char::is_control) {
            self.headers.push((name, value));
        }
        self
    }

    /// The first value of `name`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| *n == name).map(|(_, v)| v.as_str())
    }
}
