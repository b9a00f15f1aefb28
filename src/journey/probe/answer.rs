//! Decides what is kept of an answer, and how it is read.

use super::Trouble;
use crate::time::Timestamp;
use std::time::{Duration, SystemTime};
use url::Url;

/// What came back. Its text is a stranger's: what is shown of it goes through `printable`.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The address that was asked.
    pub url: Url,
    /// The status.
    pub status: u16,
    /// Every header, names in lower case, in the order of the wire: `set-cookie` as often as it was sent.
    pub headers: Vec<(String, String)>,
    /// The body, up to [`LIMIT`](super::LIMIT).
    pub body: Vec<u8>,
    /// Whether that is all of it.
    pub whole: bool,
    /// The time until its head was there.
    pub took: Duration,
    /// The last moment of the certificate, on https.
    pub certificate_until: Option<Timestamp>,
}

impl Answer {
    /// The first value of a header, named in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Every value of a header, named in lower case.
    pub fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.headers.iter().filter(move |(known, _)| known == name);
        named.map(|(_, value)| value.as_str())
    }

    /// The content type, lower case, without parameters.
    pub fn kind(&self) -> String {
        let kind = self.header("content-type").unwrap_or_default();
        kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// Where it leads: its `location`, relative to where it was said (RFC 9110 §10.2.2).
    pub fn location(&self) -> Option<Url> {
        self.url.join(self.header("location")?).ok()
    }

    /// The clock of whoever answered (RFC 9110 §6.6.1).
    pub fn date(&self) -> Option<Timestamp> {
        let date = httpdate::parse_http_date(self.header("date")?).ok()?;
        let seconds = date.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs();
        i64::try_from(seconds).ok().map(Timestamp::from_unix)
    }

    /// All of the body, for whom the beginning is not enough.
    ///
    /// # Errors
    /// When it was longer than is read.
    pub fn all(&self) -> Result<&[u8], Trouble> {
        if self.whole { Ok(&self.body) } else { Err(Trouble::TooLong) }
    }
}
