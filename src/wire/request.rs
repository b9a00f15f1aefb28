//! Decides what of a browser's request the core may see: method, path, query, named headers, a small body.

/// Longest request target (path and query) that is looked at, in bytes.
pub const TARGET_LIMIT: usize = 16 * 1024;

/// The methods that mean something to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// `GET`
    Get,
    /// `HEAD`
    Head,
    /// `POST`
    Post,
    /// `TRACE`, which shows a request's headers to whoever asks, and `CONNECT`, which asks for a tunnel.
    Trace,
    /// Any other word.
    Other,
}

impl Method {
    /// Reads the method's token, which is case-sensitive (RFC 9110 §9.1).
    pub fn parse(token: &str) -> Self {
        match token {
            "GET" => Self::Get,
            "HEAD" => Self::Head,
            "POST" => Self::Post,
            _ if ["TRACE", "TRACK", "CONNECT"].iter().any(|word| token.eq_ignore_ascii_case(word)) => {
                Self::Trace
            }
            _ => Self::Other,
        }
    }

    /// Whether the method only reads (`GET`, `HEAD`).
    pub fn is_read(self) -> bool {
        matches!(self, Self::Get | Self::Head)
    }
}

macro_rules! headers {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// The request headers that the core reads; a host asks its platform for these and no others.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Header { $($(#[$doc])* $variant,)* }

        impl Header {
            /// Every header there is to read, with its lower-case name.
            pub const ALL: &'static [(Header, &'static str)] = &[$((Header::$variant, $name),)*];
        }
    };
}

headers! {
    /// What the browser holds of ours. Several lines are joined with `; ` (RFC 9113 §8.2.3).
    Cookie = "cookie",
    /// The name the visitor used; trusted for nothing but sending loopback visitors to `PUBLIC_URL`.
    Host = "host",
    /// The key of an operator; of nobody else.
    Authorization = "authorization",
    /// Who posts a form.
    Origin = "origin",
    /// Where the request comes from, as the browser says.
    SecFetchSite = "sec-fetch-site",
    /// `navigate`, `cors`, …
    SecFetchMode = "sec-fetch-mode",
    /// `document`, `iframe`, `image`, …
    SecFetchDest = "sec-fetch-dest",
    /// `prefetch` when nobody clicked yet.
    SecPurpose = "sec-purpose",
    /// Page or data?
    Accept = "accept",
    /// French or English?
    AcceptLanguage = "accept-language",
    /// Form posts.
    ContentType = "content-type",
    /// Validator (RFC 9110 §13.1.2).
    IfNoneMatch = "if-none-match",
    /// Validator (RFC 9110 §13.1.3).
    IfModifiedSince = "if-modified-since",
    /// Part of a file (RFC 9110 §14.2).
    Range = "range",
    /// Makes `Range` conditional (RFC 9110 §13.1.5).
    IfRange = "if-range",
    /// Which headers are of this connection only (RFC 9110 §7.6.1).
    Connection = "connection",
    /// Another protocol is asked for, such as a WebSocket (RFC 9110 §7.8).
    Upgrade = "upgrade",
}

/// The values of the named headers of one request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers([Option<String>; Header::ALL.len()]);

impl Headers {
    /// Reads each named header once through `read`, which returns the joined value or nothing.
    pub fn read(mut read: impl FnMut(&'static str) -> Option<String>) -> Self {
        let mut headers = Self::default();
        for &(header, name) in Header::ALL {
            headers.set(header, read(name));
        }
        headers
    }

    /// The value of `header`, if it was sent.
    pub fn get(&self, header: Header) -> Option<&str> {
        self.0.get(header as usize).and_then(Option::as_deref)
    }

    /// Replaces the value of `header`.
    pub fn set(&mut self, header: Header, value: Option<String>) {
        if let Some(slot) = self.0.get_mut(header as usize) {
            *slot = value;
        }
    }
}

/// One request of a browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What is to be done.
    pub method: Method,
    /// The path as it was sent, percent-encoding and all, beginning with `/`.
    pub path: String,
    /// What follows the first `?`, undecoded; empty and absent are the same.
    pub query: String,
    /// The headers the core names.
    pub headers: Headers,
    /// The body of a form, cut by the host at [`Request::BODY_LIMIT`]; empty for reads.
    pub body: Vec<u8>,
}

impl Request {
    /// Longest request body that a host reads for the core, in bytes.
    pub const BODY_LIMIT: usize = 8 * 1024;

    /// A request for `target` (path and query, undecoded).
    pub fn new(method: Method, target: &str, headers: Headers) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self { method, path: path.to_owned(), query: query.to_owned(), headers, body: Vec::new() }
    }

    /// The value of a header.
    pub fn header(&self, header: Header) -> Option<&str> {
        self.headers.get(header)
    }

    /// Path and query as they were sent.
    pub fn target(&self) -> String {
        if self.query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, self.query) }
    }
}
