//! Decides which request paths are looked at: decoded once, one meaning on every file system and host.

use percent_encoding::percent_decode_str;

use super::spelling::{is_ascii_in_disguise, is_unseen};

/// Why a path is refused before anything is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PathRefused;

/// A path of the site: decoded segments that cannot climb, hide or be read in two ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SitePath {
    segments: Vec<String>,
    directory: bool,
}

impl SitePath {
    /// Reads the undecoded path of a request.
    ///
    /// # Errors
    /// Anything two readers could read differently is refused, not repaired: a segment that is empty,
    /// `.` or `..`, begins with a dot (but `.well-known`), or ends with a dot or a space; an encoded
    /// slash or percent sign; a backslash, semicolon, colon, `?`, `#` or control character; a character
    /// that some readers take for one of ASCII, such as a wide letter or a number in a circle; bytes that are not UTF-8.
    pub fn parse(raw: &str) -> Result<Self, PathRefused> {
        let rest = raw.strip_prefix('/').ok_or(PathRefused)?;
        let (rest, directory) = match rest.strip_suffix('/') {
            Some(rest) => (rest, true),
            None => (rest, rest.is_empty()),
        };
        let mut segments = Vec::new();
        if !rest.is_empty() || raw.len() > 1 {
            for raw in rest.split('/') {
                segments.push(segment(raw).ok_or(PathRefused)?);
            }
        }
        Ok(Self { segments, directory })
    }

    /// The decoded segments with `/` between them.
    pub(super) fn joined(&self) -> String {
        self.segments.join("/")
    }

    /// The files that may answer, best first, as relative paths with `/` between decoded segments.
    ///
    /// `/a/` is `a/index.html`; `/a.txt` is itself; `/a` is `a`, then `a.html`.
    pub fn candidates(&self) -> Vec<String> {
        let joined = self.joined();
        if self.directory {
            let index =
                if joined.is_empty() { "index.html".to_owned() } else { format!("{joined}/index.html") };
            return vec![index];
        }
        let named = self.segments.last().is_some_and(|last| last.contains('.'));
        if named { vec![joined] } else { vec![format!("{joined}.html"), joined] }
    }

    /// Every file that the path may name.
    pub(super) fn files(&self) -> impl Iterator<Item = String> {
        self.candidates().into_iter().chain(self.index())
    }

    /// `/a` when `a/index.html` may exist: the relative path of that index.
    pub fn index(&self) -> Option<String> {
        let named = self.segments.last().is_some_and(|last| last.contains('.'));
        (!self.directory && !named).then(|| format!("{}/index.html", self.joined()))
    }
}

fn segment(raw: &str) -> Option<String> {
    let decoded = percent_decode_str(raw).decode_utf8().ok()?;
    let odd = |c: char| {
        c.is_control() || matches!(c, '/' | '\\' | '%' | ';' | ':' | '?' | '#') || is_ascii_in_disguise(c)
    };
    let seen = decoded.trim_matches(is_unseen);
    let hidden = seen.starts_with('.') && decoded != ".well-known";
    let trailing = seen.ends_with(['.', ' ']);
    (!decoded.is_empty() && !hidden && !trailing && !decoded.contains(odd)).then(|| decoded.into_owned())
}
