//! Decides what of a request reaches the origin, and what of its answer reaches the visitor. Hosts only copy and
//! stream.

use std::time::Duration;

use url::{Position, Url};

use super::hygiene;
use crate::time::Timestamp;
use crate::wire::{HSTS, Header, Method, Request};

/// Where the origin is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Upstream {
    /// `scheme://host[:port]`.
    Url(String),
    /// A service that the platform binds to this name.
    Service(String),
}

/// A request that the gate lets pass to the origin.
///
/// A host sends it to [`Forward::url`] with the method and the body as they came and the headers of
/// [`Forward::request_headers`], follows no redirect, and answers with the origin's status, the headers of
/// [`Forward::response_headers`] and the origin's body, both bodies streamed. If no head of an answer comes, it asks
/// the core for a page.
#[derive(Debug, Clone)]
pub struct Forward {
    request: Request,
    passage: Passage,
}

/// How a request passes.
#[derive(Debug, Clone)]
pub struct Passage {
    /// Where to.
    pub upstream: Upstream,
    /// Scheme, host and port under which visitors know the site.
    pub public_origin: String,
    /// Whether the answer is one person's: the path is not a public one.
    pub private: bool,
    /// Header lines to add to the request, such as the visitor's identity.
    pub add: Vec<(String, String)>,
    /// Names of headers that nobody else may send, in any spelling, besides those that begin with `fc-`.
    pub strip: Vec<String>,
    /// Cookies to set with the answer.
    pub cookies: Vec<String>,
    /// The one that renews the session, and the last moment at which it may be set.
    pub renewal: Option<(String, Timestamp)>,
    /// Seconds that the visitor's session can still last, however much they do; nothing where nobody is here.
    pub lasts: Option<i64>,
    /// What is said of https where the origin says nothing of it.
    pub hsts: Option<String>,
}

impl Forward {
    /// How long the origin may take until the head of its answer is there, counted from the last byte of the
    /// request, in milliseconds.
    pub const PATIENCE_MS: u64 = 30_000;

    /// The request, judged. Its body is the host's.
    pub(crate) fn new(request: Request, passage: Passage) -> Self {
        Self { request, passage }
    }

    /// Whether every reader of addresses leaves this path as it is: those who follow the URL standard would encode
    /// the rest, and the origin would see another path than the gate.
    pub fn is_literal(path: &str) -> bool {
        path.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"#<>?^`{}\\".contains(&byte))
    }

    /// Where the origin is.
    pub fn upstream(&self) -> &Upstream {
        &self.passage.upstream
    }

    /// The whole address to ask: the judged path and the query, byte for byte. A bound service is asked for
    /// `PUBLIC_URL`.
    pub fn url(&self) -> String {
        let origin = match &self.passage.upstream {
            Upstream::Url(origin) => origin,
            Upstream::Service(_) => &self.passage.public_origin,
        };
        format!("{origin}{}", self.request.target())
    }

    /// What was asked.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// Whether a WebSocket is to be opened.
    pub fn is_websocket(&self) -> bool {
        asks_for_websocket(&self.request)
    }

    /// How long a WebSocket may stay open, where a host can end it: no longer than the session that opened it.
    pub fn lasts(&self) -> Option<Duration> {
        self.passage.lasts.map(|seconds| Duration::from_secs(seconds.unsigned_abs()))
    }

    /// The header lines of the request to the origin, from those that came. Values are texts of which each character
    /// is a byte ([`value_text`]).
    pub fn request_headers<'a>(
        &self,
        given: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Vec<(String, String)> {
        let connection = self.request.header(Header::Connection).unwrap_or_default();
        let mut lines: Vec<(String, String)> = given
            .into_iter()
            .filter_map(|(name, value)| {
                let normal = hygiene::normal(name);
                let stays = hygiene::of_one_hop(&normal, connection)
                    || hygiene::of_proxies(&normal)
                    || hygiene::of_ours(&normal, &self.passage.strip);
                let value = match normal.as_str() {
                    _ if stays => None,
                    "cookie" => hygiene::without_our_cookies(value),
                    _ => Some(value.to_owned()),
                };
                Some((name.to_ascii_lowercase(), value?))
            })
            .collect();
        let (scheme, authority) =
            self.passage.public_origin.split_once("://").unwrap_or(("https", &self.passage.public_origin));
        lines.push(("x-forwarded-host".to_owned(), authority.to_owned()));
        lines.push(("x-forwarded-proto".to_owned(), scheme.to_owned()));
        lines.extend(self.passage.add.iter().cloned());
        lines
    }

    /// The header lines of the answer to the visitor, from the origin's, which came at `now`.
    pub fn response_headers<'a>(
        &self,
        given: impl IntoIterator<Item = (&'a str, &'a str)>,
        now: Timestamp,
    ) -> Vec<(String, String)> {
        let given: Vec<(String, &str)> =
            given.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
        let all = |wanted: &str| -> String {
            let values = given.iter().filter(|(name, _)| name == wanted).map(|(_, value)| *value);
            values.collect::<Vec<_>>().join(", ")
        };
        let connection = all("connection");
        // One that is said to be of this hop only goes no further.
        let passes = !hygiene::of_one_hop("cache-control", &connection);
        let replaced = self.passage.private && !(passes && hygiene::is_private(&all("cache-control")));
        let mut lines: Vec<(String, String)> = given
            .iter()
            .filter_map(|(name, value)| {
                let normal = hygiene::normal(name);
                if hygiene::of_one_hop(&normal, &connection) || hygiene::of_ours(&normal, &self.passage.strip)
                {
                    return None;
                }
                let value = match name.as_str() {
                    "set-cookie" if hygiene::sets_our_cookie(value) => return None,
                    // It would end our session, or lead browsers past the gate.
                    "clear-site-data" | "alt-svc" => return None,
                    "cache-control" | "expires" | "pragma" if replaced => return None,
                    // They outrank Cache-Control where there are shared caches (RFC 9213).
                    _ if self.passage.private
                        && (name.ends_with("cdn-cache-control")
                            || ["surrogate-control", "edge-control", "x-accel-expires"]
                                .contains(&name.as_str())) =>
                    {
                        return None;
                    }
                    "location" => self.location(value),
                    _ => (*value).to_owned(),
                };
                Some((name.clone(), value))
            })
            .collect();
        if replaced {
            lines.push(("cache-control".to_owned(), "private, no-store".to_owned()));
        }
        if !lines.iter().any(|(name, _)| name == HSTS) {
            lines.extend(self.passage.hsts.clone().map(|value| (HSTS.to_owned(), value)));
        }
        let renewal = self.passage.renewal.as_ref().filter(|(_, until)| now <= *until);
        let cookies = self.passage.cookies.iter().chain(renewal.map(|(cookie, _)| cookie));
        lines.extend(cookies.map(|cookie| ("set-cookie".to_owned(), cookie.clone())));
        lines
    }

    /// An address of the origin is one of the site, for visitors.
    fn location(&self, value: &str) -> String {
        if let Upstream::Url(origin) = &self.passage.upstream
            && let Ok(base) = Url::parse(origin)
            && let Ok(target) = base.join(value)
            // What is relative stays so; only what names the origin is rewritten.
            && (Url::parse(value).is_ok() || value.starts_with("//"))
            && target.origin() == base.origin()
        {
            return format!("{}{}", self.passage.public_origin, &target[Position::BeforePath..]);
        }
        value.to_owned()
    }
}

/// Whether a WebSocket is asked for (RFC 6455 §4.1).
pub fn asks_for_websocket(request: &Request) -> bool {
    let upgrade = request.header(Header::Upgrade).unwrap_or_default();
    request.method == Method::Get
        && upgrade.split(',').any(|word| word.trim().eq_ignore_ascii_case("websocket"))
}

/// A header value as a text of which each character is a byte, as browsers have them.
pub fn value_text(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// The bytes of such a text; nothing if it is none.
pub fn value_bytes(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|c| u8::try_from(c).ok()).collect()
}
