//! Decides where a visitor may be sent after login: a path of this site, outside our own routes.

use url::Url;

use super::SitePath;

/// Longest return path, in bytes: it travels in the flow cookie.
const LIMIT: usize = 1024;

/// A path of the site with its query, safe in a `Location`: one leading slash, ASCII, same origin after
/// the parsing that browsers do (WHATWG URL).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnPath(String);

impl ReturnPath {
    /// Reads what `return_to` asked for. `own` is the prefix of our routes: going back there would loop,
    /// the profile page apart.
    pub fn parse(asked: &str, own: &str) -> Option<Self> {
        let odd = |c: char| c == '\\' || c.is_control() || c.is_whitespace();
        if asked.len() > LIMIT || !asked.starts_with('/') || asked.starts_with("//") || asked.contains(odd) {
            return None;
        }
        let base = Url::parse("https://site.invalid/").ok()?;
        let mut url = base.join(asked).ok()?;
        url.set_fragment(None);
        // `/..//evil` comes out as `//evil`: what is sent is judged, not what was asked.
        SitePath::parse(url.path()).ok()?;
        let same = url.origin() == base.origin() && !url.path().starts_with("//");
        let path = url.path().to_ascii_lowercase();
        let ours = path == own || path.strip_prefix(own).is_some_and(|rest| rest.starts_with('/'));
        if !same || (ours && url.path() != format!("{own}/profile")) {
            return None;
        }
        let query = url.query().map_or(String::new(), |query| format!("?{query}"));
        let path = format!("{}{query}", url.path());
        (path.len() <= LIMIT).then_some(Self(path))
    }

    /// The front page.
    pub fn front() -> Self {
        Self("/".to_owned())
    }

    /// The path and query.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path and query, kept.
    pub fn into_string(self) -> String {
        self.0
    }
}
