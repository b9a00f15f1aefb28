//! What a host is asked to fetch. Only this room makes a [`Call`], so a host can only call the provider.

use std::time::UNIX_EPOCH;

use crate::secret::Secret;
use crate::time::Timestamp;

/// The two methods of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallMethod {
    /// `GET`: discovery, keys, userinfo.
    Get,
    /// `POST`: token.
    Post,
}

/// One HTTP exchange with the provider. Its fields are read by hosts and cannot be made by them.
///
/// A host never follows a redirect, never retries, checks certificates, gives up after
/// [`Call::TIMEOUT_MS`] and after [`Call::MAX_BYTES`] of decompressed body.
#[derive(Debug, Clone)]
pub struct Call {
    method: CallMethod,
    url: String,
    headers: Vec<(&'static str, Secret)>,
    body: Secret,
}

impl Call {
    /// Milliseconds from start to last byte.
    pub const TIMEOUT_MS: u64 = 10_000;
    /// Bytes of body after decompression; one more and the answer is [`Unreachable::TooLarge`].
    pub const MAX_BYTES: usize = 64 * 1024;

    pub(super) fn get(url: &str) -> Self {
        Self { method: CallMethod::Get, url: url.to_owned(), headers: Vec::new(), body: Secret::new("") }
    }

    pub(super) fn post_form(url: &str, form: Secret) -> Self {
        Self { method: CallMethod::Post, url: url.to_owned(), headers: Vec::new(), body: form }
            .header("content-type", Secret::new("application/x-www-form-urlencoded"))
    }

    pub(super) fn header(mut self, name: &'static str, value: Secret) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Method to use.
    pub fn method(&self) -> CallMethod {
        self.method
    }

    /// Absolute address, http or https; it never holds a token or a secret.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Headers to send besides those of the host's HTTP client; values are secrets.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.headers.iter().map(|(name, value)| (*name, value.expose()))
    }

    /// Body to send, empty for `GET`. Its length goes out as `content-length`.
    pub fn body(&self) -> &str {
        self.body.expose()
    }
}

/// What came back, whatever the status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Three-digit status; redirects arrive here as 3xx.
    pub status: u16,
    /// The `content-type` header as sent.
    pub content_type: Option<String>,
    /// The body, decompressed, at most [`Call::MAX_BYTES`].
    pub body: Vec<u8>,
    /// The provider's clock, from its `date` header.
    pub date: Option<Timestamp>,
    /// Milliseconds from the call to the last byte, if the host measures them.
    pub took: Option<u32>,
}

impl Fetched {
    /// Reads a `date` header (RFC 9110 §5.6.7).
    pub fn date(header: &str) -> Option<Timestamp> {
        let at = httpdate::parse_http_date(header).ok()?.duration_since(UNIX_EPOCH).ok()?;
        i64::try_from(at.as_secs()).ok().map(Timestamp::from_unix)
    }
}

/// Why nothing came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreachable {
    /// [`Call::TIMEOUT_MS`] passed.
    Timeout,
    /// More than [`Call::MAX_BYTES`].
    TooLarge,
    /// DNS, connection, TLS, or the platform refused the call.
    Network,
}

/// A host's answer to a [`Call`], with the time it came.
#[derive(Debug, Clone)]
pub struct FetchAnswer {
    /// The clock when the answer was complete: token rules use this moment.
    pub now: Timestamp,
    /// What came back, or why nothing did.
    pub result: Result<Fetched, Unreachable>,
}
