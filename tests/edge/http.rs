//! Decides how a test speaks HTTP: one request on a socket of its own, with exactly the bytes the test wrote,
//! and the answer as it came. A client library would tidy up the paths that the tests are about.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Longer than a call to a provider that never answers, shorter than anybody's patience.
const PATIENCE: Duration = Duration::from_secs(30);

/// A request to `url`, which is sent as it is written.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: &'static str,
    pub url: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    pub fn new(method: &'static str, url: impl Into<String>) -> Self {
        Self { method, url: url.into(), headers: Vec::new(), body: Vec::new() }
    }

    /// Adds a header line; one that is there already stays.
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    pub fn has(&self, name: &str) -> bool {
        self.headers.iter().any(|(known, _)| known == name)
    }

    /// Sends it and reads the answer to its end.
    pub fn send(&self) -> Answer {
        let (authority, target) = split(&self.url);
        let mut head = format!("{} {target} HTTP/1.1\r\nconnection: close\r\n", self.method);
        let mut line = |name: &str, value: &str| head.push_str(&format!("{name}: {value}\r\n"));
        if !self.has("host") {
            line("host", authority);
        }
        self.headers.iter().for_each(|(name, value)| line(name, value));
        if self.method == "POST" && !self.has("content-length") && !self.has("transfer-encoding") {
            line("content-length", &self.body.len().to_string());
        }
        let bytes = [format!("{head}\r\n").as_bytes(), &self.body].concat();
        let said = exchange(authority, &bytes);
        Answer::parse(&said, self.method == "HEAD").unwrap_or_else(|| {
            let said = String::from_utf8_lossy(&said);
            panic!("no answer to {} {} but {said:?}", self.method, self.url)
        })
    }
}

/// Sends bytes that may be no request, and reads what comes until the end, which may be nothing.
pub fn exchange(authority: &str, bytes: &[u8]) -> Vec<u8> {
    let port = authority.rsplit(':').next().and_then(|port| port.parse::<u16>().ok());
    let port = port.unwrap_or_else(|| panic!("no port in {authority}"));
    let mut stream = TcpStream::connect(("127.0.0.1", port))
        .unwrap_or_else(|error| panic!("nobody listens on port {port}: {error}"));
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    let mut said = Vec::new();
    // A server may answer before it has read everything, and close; what it said is what counts.
    let _ = stream.write_all(bytes);
    let _ = stream.read_to_end(&mut said);
    said
}

/// Authority and target of an address, the target untouched.
fn split(url: &str) -> (&str, &str) {
    let rest = url.strip_prefix("http://").unwrap_or_else(|| panic!("not an http address: {url}"));
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, target) = rest.split_at(end);
    (authority, if target.is_empty() { "/" } else { target })
}

/// An answer as it came over the wire, chunks put together.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    fn parse(bytes: &[u8], head_only: bool) -> Option<Self> {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers = lines.filter_map(|line| line.split_once(':'));
        let headers: Vec<_> =
            headers.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned())).collect();
        let mut answer = Self { status, headers, body: bytes[end + 4..].to_vec() };
        if answer.all("transfer-encoding").iter().any(|coding| coding.eq_ignore_ascii_case("chunked")) {
            answer.body = if head_only { Vec::new() } else { dechunk(&answer.body)? };
        } else if let Some(length) = answer.get("content-length")
            && !head_only
            && status != 304
        {
            let promised: usize = length.parse().ok()?;
            assert_eq!(answer.body.len(), promised, "content-length of a {status}");
        }
        assert!(answer.body.is_empty() || !(head_only || status == 304), "a body where none may be");
        Some(answer)
    }

    /// All values of a header.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect()
    }

    /// The one value of a header.
    pub fn get(&self, name: &str) -> Option<&str> {
        let all = self.all(name);
        assert!(all.len() < 2, "{name} came {} times", all.len());
        all.first().copied()
    }

    pub fn location(&self) -> &str {
        self.get("location").unwrap_or_else(|| panic!("no redirect but {} {}", self.status, self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }
}

/// RFC 9112 §7.1; nothing when the last chunk never came.
fn dechunk(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|window| window == b"\r\n")?;
        let size = std::str::from_utf8(&rest[..end]).ok()?.split(';').next()?.trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        let chunk = rest.get(end + 2..end + 2 + size)?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(chunk);
        rest = rest.get(end + 2 + size + 2..)?;
    }
}
