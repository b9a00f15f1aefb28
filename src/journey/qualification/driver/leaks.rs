//! Decides where secrets are looked for that must be nowhere: pages, their scripts, addresses, cookies as they are and
//! unpacked.

use super::service::Trip;
use super::visitor::{Landing, Visitor};
use crate::journey::qualification::trace::Leak;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

impl Trip {
    /// The page with the button, for nobody, and the scripts of all pages.
    pub(super) async fn what_pages_load(&self, visitor: &mut Visitor, pages: &[Landing]) -> Vec<Landing> {
        let at_emulator = |url: &url::Url| self.bounds.at_emulator(url);
        let mut found = Vec::new();
        found.extend(self.visitor("").open(&self.service.login, at_emulator).await);
        let mut scripts: Vec<url::Url> = Vec::new();
        for page in pages.iter().chain(&found).filter(|page| !at_emulator(&page.url)) {
            scripts.extend(page.page.scripts.iter().filter_map(|written| page.url.join(written).ok()));
        }
        scripts.sort();
        scripts.dedup();
        for script in scripts.iter().take(SCRIPTS) {
            found.extend(visitor.open(script, at_emulator).await);
        }
        found
    }

    pub(super) fn leaks(&self, pages: &[Landing], visitor: &Visitor, access_tokens: &[String]) -> Vec<Leak> {
        let mut leaks = Vec::new();
        let mut look = |text: &str, place: &str| {
            if self.service.secret.as_ref().is_some_and(|secret| secret.len() > 7 && text.contains(secret)) {
                leaks.push(Leak::Secret(place.to_owned()));
            }
            if access_tokens.iter().any(|token| text.contains(token)) {
                leaks.push(Leak::AccessToken(place.to_owned()));
            }
        };
        for page in pages.iter().filter(|page| !self.bounds.at_emulator(&page.url)) {
            look(&page.body, page.url.path());
            page.hops.iter().for_each(|hop| look(hop.url.as_str(), hop.url.path()));
        }
        visitor.cookies().for_each(|value| look(&unpacked(value), "cookie"));
        leaks
    }
}

/// Most scripts that are fetched.
const SCRIPTS: usize = 20;

/// A value, and what is packed in it: sessions that are signed and not sealed are text in base64.
fn unpacked(value: &str) -> String {
    let mut all = value.to_owned();
    let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '+' | '/');
    for part in value.split(|c: char| !letter(c)).filter(|part| part.len() > 7) {
        let bytes = URL_SAFE_NO_PAD.decode(part).or_else(|_| STANDARD_NO_PAD.decode(part));
        if let Ok(bytes) = bytes {
            all.push('\n');
            all.push_str(&String::from_utf8_lossy(&bytes));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_signed_session_carries_is_read() {
        let packed = URL_SAFE_NO_PAD.encode("{\"access_token\":\"jeton\"}");
        assert!(unpacked(&format!("s:{packed}.signature")).contains("\"jeton\""));
        assert!(unpacked("jeton en clair").starts_with("jeton en clair"));
    }
}
