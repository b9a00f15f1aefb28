//! Decides how a file is answered: status, validators, part (RFC 9110 §13, §14). Hosts only open and stream.

use std::time::{Duration, UNIX_EPOCH};

use super::{SitePath, media_type};
use crate::time::Timestamp;
use crate::wire::{HSTS, Header, Method, Request, Response};

/// A file of the site that the gate lets this request have, if it exists.
///
/// A host looks for [`SiteFile::candidates`] in order and answers with [`SiteFile::found`] for the first
/// that is a regular file below the site's folder; else it looks for [`SiteFile::index`] and, if that is
/// one, answers [`SiteFile::add_slash`]; else [`SiteFile::not_found`] (with `404.html` as body, if there is
/// one). A host whose platform answers files by itself adds [`SiteFile::headers`] to what it answers.
#[derive(Debug, Clone)]
pub struct SiteFile {
    request: Request,
    path: SitePath,
    private: bool,
    cookies: Vec<String>,
    hsts: Option<String>,
}

/// What a host knows of a file before reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileMeta {
    /// Length in bytes.
    pub size: u64,
    /// Last modification, where the file system knows it.
    pub modified: Option<Timestamp>,
}

/// A head to send, and which bytes of the file follow it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileAnswer {
    /// Status and headers, `content-length` included; the body is empty unless the answer needs no file.
    pub head: Response,
    /// First byte and number of bytes to stream; nothing for `HEAD`, 304 and 416.
    pub part: Option<(u64, u64)>,
}

impl SiteFile {
    /// The file at `path` for `request`; `private` if a session was needed, with cookies to set and what is said of https.
    pub(crate) fn new(
        request: Request,
        path: SitePath,
        private: bool,
        cookies: Vec<String>,
        hsts: Option<String>,
    ) -> Self {
        Self { request, path, private, cookies, hsts }
    }

    /// Relative paths to try, best first.
    pub fn candidates(&self) -> Vec<String> {
        self.path.candidates()
    }

    /// The index of a folder that was asked for without its slash.
    pub fn index(&self) -> Option<String> {
        self.path.index()
    }

    /// The method, `Get` or `Head`.
    pub fn method(&self) -> Method {
        self.request.method
    }

    /// A request header that matters to a platform which answers files itself.
    pub fn request_header(&self, header: Header) -> Option<&str> {
        self.request.header(header)
    }

    /// Headers that every answer for this file carries, whoever makes it; they replace those of a
    /// platform (`set-cookie` apart, which is added).
    pub fn headers(&self) -> Vec<(&'static str, String)> {
        let cache = if self.private || !self.cookies.is_empty() {
            "private, no-store"
        } else {
            "public, max-age=0, must-revalidate"
        };
        let mut headers =
            vec![("cache-control", cache.to_owned()), ("x-content-type-options", "nosniff".to_owned())];
        if self.private {
            // Not for pages of sibling domains, to which our cookies go as well.
            headers.push(("cross-origin-resource-policy", "same-origin".to_owned()));
            headers.push(("content-security-policy", "frame-ancestors 'self'".to_owned()));
        }
        headers.extend(self.hsts.clone().map(|value| (HSTS, value)));
        headers.extend(self.cookies.iter().map(|cookie| ("set-cookie", cookie.clone())));
        headers
    }

    /// The answer when the file `name` (one of the candidates) is there.
    pub fn found(&self, name: &str, meta: FileMeta) -> FileAnswer {
        let etag = format!("\"{:x}-{:x}\"", meta.modified.map_or(0, Timestamp::unix), meta.size);
        let modified = meta.modified.and_then(http_date);
        let mut head = self.head(200).header("etag", &*etag).header("accept-ranges", "bytes");
        if let Some(modified) = &modified {
            head = head.header("last-modified", modified);
        }
        if self.fresh(&etag, meta.modified) {
            head.status = 304;
            return FileAnswer { head, part: None };
        }
        let whole = (0, meta.size);
        let part = match self.range(&etag, modified.as_deref(), meta.size) {
            Range::Whole => whole,
            Range::Part(first, length) => {
                head.status = 206;
                let last = first.saturating_add(length).saturating_sub(1);
                head = head.header("content-range", format!("bytes {first}-{last}/{}", meta.size));
                (first, length)
            }
            Range::Unsatisfiable => {
                head.status = 416;
                head = head.header("content-range", format!("bytes */{}", meta.size));
                return FileAnswer { head: head.header("content-length", "0"), part: None };
            }
        };
        let head = head.header("content-type", media_type(name)).header("content-length", part.1.to_string());
        let part = (self.request.method == Method::Get).then_some(part);
        FileAnswer { head, part }
    }

    /// The answer when the path is a folder without its slash: there.
    pub fn add_slash(&self) -> Response {
        let query =
            if self.request.query.is_empty() { String::new() } else { format!("?{}", self.request.query) };
        self.head(308).header("location", format!("{}/{query}", self.request.path))
    }

    /// The head for a path where nothing is; the body is the site's `404.html` or a line of ours.
    pub fn not_found(&self) -> Response {
        let mut head = self.head(404).header("content-type", "text/html; charset=utf-8");
        if self.request.method == Method::Get {
            head.body =
                "<!doctype html><html lang=\"fr\"><meta charset=\"utf-8\"><title>Page introuvable</title>\
                         <h1>Page introuvable</h1><p>Rien ne se trouve à cette adresse.</p>\
                         <p lang=\"en\">Nothing is at this address.</p></html>"
                    .as_bytes()
                    .to_vec();
        }
        head
    }

    fn head(&self, status: u16) -> Response {
        self.headers().into_iter().fold(Response::new(status), |head, (name, value)| head.header(name, value))
    }

    /// RFC 9110 §13.2.2: `If-None-Match` decides alone when it is there.
    fn fresh(&self, etag: &str, modified: Option<Timestamp>) -> bool {
        if let Some(tags) = self.request.header(Header::IfNoneMatch) {
            return tags
                .split(',')
                .map(str::trim)
                .any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag);
        }
        let since = self
            .request
            .header(Header::IfModifiedSince)
            .and_then(|date| httpdate::parse_http_date(date).ok());
        let since = since.and_then(|date| date.duration_since(UNIX_EPOCH).ok());
        match (since, modified) {
            (Some(since), Some(modified)) => {
                i64::try_from(since.as_secs()).is_ok_and(|since| modified.unix() <= since)
            }
            _ => false,
        }
    }

    fn range(&self, etag: &str, modified: Option<&str>, size: u64) -> Range {
        let Some(range) = self.request.header(Header::Range) else { return Range::Whole };
        if let Some(condition) = self.request.header(Header::IfRange)
            && condition != etag
            && Some(condition) != modified
        {
            return Range::Whole;
        }
        Range::parse(range, size)
    }
}

enum Range {
    Whole,
    Part(u64, u64),
    Unsatisfiable,
}

impl Range {
    /// One range of bytes; several, or what cannot be read, is answered by the whole file, as
    /// RFC 9110 §14.2 allows.
    fn parse(text: &str, size: u64) -> Self {
        let Some((first, last)) = text.strip_prefix("bytes=").and_then(|spec| spec.trim().split_once('-'))
        else {
            return Self::Whole;
        };
        let (start, end) = match (first.parse::<u64>(), last.parse::<u64>()) {
            (Ok(first), Ok(last)) if first <= last => (first, last.saturating_add(1).min(size)),
            (Ok(first), _) if last.is_empty() => (first, size),
            (_, Ok(suffix)) if first.is_empty() => (size.saturating_sub(suffix), size),
            _ => return Self::Whole,
        };
        if start >= end { Self::Unsatisfiable } else { Self::Part(start, end - start) }
    }
}

fn http_date(at: Timestamp) -> Option<String> {
    let seconds = u64::try_from(at.unix()).ok()?;
    Some(httpdate::fmt_http_date(UNIX_EPOCH.checked_add(Duration::from_secs(seconds))?))
}
