//! Decides what the emulator sees of a request and what its answers are made of; no socket here.
//!
//! Its request is not that of the relying party: a provider reads `Authorization`, sees every parameter
//! as often as it was sent, and is called with any method.

use crate::html::fill;
use std::collections::BTreeSet;
use std::time::Duration;

/// One request, as text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// The method's token, as it was sent.
    pub method: String,
    /// The path, undecoded, beginning with `/`.
    pub path: String,
    /// What follows the first `?`, undecoded; empty when there is none.
    pub query: String,
    /// Names and values in the order they were sent.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// A request without body or headers for `target`: a path with its query, or a whole URL, whose
    /// origin is dropped.
    pub fn new(method: &str, target: &str) -> Self {
        let local = match target.split_once("://") {
            Some((_, rest)) => rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/"),
            None => target,
        };
        let local = local.split('#').next().unwrap_or_default();
        let (path, query) = local.split_once('?').unwrap_or((local, ""));
        Self { method: method.to_owned(), path: path.to_owned(), query: query.to_owned(), ..Self::default() }
    }

    /// A `GET` for `target`.
    pub fn get(target: &str) -> Self {
        Self::new("GET", target)
    }

    /// A `POST` of a form to `target`; `form` is already encoded.
    pub fn post(target: &str, form: &str) -> Self {
        let mut request = Self::new("POST", target).with("content-type", "application/x-www-form-urlencoded");
        request.body = form.as_bytes().to_vec();
        request
    }

    /// The request with one more header.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The first value of the header `name`, whatever its case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The value of the cookie `name`; the first, as servers usually take it.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let lines = self.headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case("cookie"));
        let mut pairs = lines.flat_map(|(_, line)| line.split(';')).filter_map(|pair| pair.split_once('='));
        pairs.find(|(n, _)| n.trim() == name).map(|(_, value)| value.trim())
    }

    /// Whether the body calls itself a form.
    pub fn is_form(&self) -> bool {
        let essence = self.header("content-type").and_then(|value| value.split(';').next());
        essence.is_some_and(|e| e.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"))
    }

    /// Whether the body, as its content type has it, is in UTF-8.
    pub fn is_utf8(&self) -> bool {
        let parameters = self.header("content-type").unwrap_or_default().split(';').skip(1);
        let mut pairs = parameters.filter_map(|parameter| parameter.split_once('='));
        let charset = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"));
        let utf8 = |name: &str| ["utf-8", "utf8"].iter().any(|known| name.eq_ignore_ascii_case(known));
        charset.is_none_or(|(_, name)| utf8(name.trim().trim_matches('"')))
    }

    /// The parameters of the query.
    pub fn query_params(&self) -> Params {
        Params::parse(self.query.as_bytes())
    }

    /// The parameters of the body; none when it is not a form.
    pub fn form_params(&self) -> Params {
        if self.is_form() { Params::parse(&self.body) } else { Params::default() }
    }
}

/// Decoded parameters, each as often as it was sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// Decodes a query or form the way browsers encode it.
    pub fn parse(text: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(text).into_owned().collect())
    }

    /// The first value of `name`; present but empty is `Some("")`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The first value of `name`, if it says something.
    pub fn filled(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// Every name with its value, as they were sent.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The same, to be kept.
    pub(super) fn into_pairs(self) -> Vec<(String, String)> {
        self.0
    }

    /// The first name that occurs twice.
    pub fn repeated(&self) -> Option<&str> {
        let mut seen = BTreeSet::new();
        self.0.iter().map(|(name, _)| name.as_str()).find(|name| !seen.insert(*name))
    }

    /// Those of `names` that occur twice.
    pub fn repeated_of<'a>(&self, names: &[&'a str]) -> Vec<&'a str> {
        let often = |name: &str| self.0.iter().filter(|(known, _)| known == name).count();
        names.iter().copied().filter(|name| often(name) > 1).collect()
    }

    /// The first name that is none of `known`.
    pub fn foreign(&self, known: &[&str]) -> Option<&str> {
        self.0.iter().map(|(name, _)| name.as_str()).find(|name| !known.contains(name))
    }
}

/// One answer, and how badly it is to be delivered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    /// Three-digit status.
    pub status: u16,
    /// Lower-case names with their values; a name may repeat.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// FranceConnect's code of the error that it tells; empty when it tells none.
    pub code: String,
    /// How long the server waits before it answers.
    pub delay: Duration,
    /// Whether the wait is spread over the body: the head comes at once.
    pub drips: bool,
    /// Whether the server drops the connection in the middle of the body.
    pub cut: bool,
}

impl Reply {
    /// An empty answer.
    pub fn new(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    /// An answer with a body.
    pub fn with_body(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let mut reply = Self::new(status).header("content-type", content_type);
        reply.body = body.into();
        reply
    }

    /// A JSON answer that no cache keeps.
    pub fn json(status: u16, value: &serde_json::Value) -> Self {
        Self::with_body(status, "application/json; charset=utf-8", value.to_string())
            .header("cache-control", "no-store")
    }

    /// 303 to `location`, as FranceConnect's engine redirects.
    pub fn see_other(location: &str) -> Self {
        let body = fill("Redirecting to <a href=\"{}\">{}</a>.", &[&location, &location]);
        Self::with_body(303, "text/html; charset=utf-8", body.into_bytes())
            .header("location", location)
            .header("cache-control", "no-store")
    }

    /// The answer with one more header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The answer to a `HEAD`: everything but the body (RFC 9110 §9.3.2).
    pub(super) fn without_body(mut self) -> Self {
        let length = std::mem::take(&mut self.body).len();
        self.cut = false;
        self.header("content-length", length.to_string())
    }

    /// Gives the header `name` another value.
    pub(super) fn replace(&mut self, name: &str, value: &str) {
        for (_, old) in self.headers.iter_mut().filter(|(known, _)| *known == name) {
            value.clone_into(old);
        }
    }

    /// The first value of the header `name`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| *n == name).map(|(_, value)| value.as_str())
    }

    /// The body as text; empty if it is not UTF-8.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap_or_default()
    }
}
