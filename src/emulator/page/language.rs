//! Decides in which language a page speaks, and the link to the other one: what the reader chose by such a link, else
//! what the browser prefers, else French. `ui_locales` does not count, at FranceConnect neither.

use crate::emulator::http::{Reply, Request};

/// Path of the language links, from the root as the style sheet's.
pub(in crate::emulator) const PATH: &str = "/emulateur/langue";

const COOKIE: &str = "emulateur_langue";

/// How long the choice is kept, in seconds: a year.
const LIFE: u32 = 365 * 24 * 3600;

/// The language of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::emulator) enum Lang {
    #[default]
    Fr,
    En,
}

impl Lang {
    /// The word of this language.
    pub(in crate::emulator) fn pick<T>(self, fr: T, en: T) -> T {
        match self {
            Self::Fr => fr,
            Self::En => en,
        }
    }

    /// The language tag (RFC 5646).
    pub(in crate::emulator) fn tag(self) -> &'static str {
        self.pick("fr", "en")
    }

    /// The one that a page is not in.
    pub(in crate::emulator) fn other(self) -> Self {
        self.pick(Self::En, Self::Fr)
    }

    fn from_tag(tag: &str) -> Option<Self> {
        [Self::Fr, Self::En].into_iter().find(|lang| lang.tag() == tag)
    }

    /// What the browser prefers (RFC 9110 §12.5.4): of the languages that we have, the one with the greatest weight,
    /// the first of equals.
    fn preferred(accepted: &str) -> Option<Self> {
        let mut best: Option<(f32, Self)> = None;
        for range in accepted.split(',') {
            let (tag, weight) = range.split_once(';').unwrap_or((range, "q=1"));
            let primary = tag.trim().split('-').next().unwrap_or_default().to_ascii_lowercase();
            let weight = weight.trim().strip_prefix("q=").and_then(|q| q.parse().ok()).unwrap_or(0.0);
            if let Some(lang) = Self::from_tag(&primary)
                && weight > best.map_or(0.0, |(most, _)| most)
            {
                best = Some((weight, lang));
            }
        }
        best.map(|(_, lang)| lang)
    }
}

/// Who reads the answer to a request: in which language, and at which address.
#[derive(Debug, Clone, Default)]
pub(in crate::emulator) struct Reader {
    pub(in crate::emulator) lang: Lang,
    /// The page's address from the root, where the other language is asked for again.
    here: String,
    /// The panel's address, if the reader may open it.
    pub(in crate::emulator) panel: Option<String>,
    /// The number of the login whose page this is, where logins are kept.
    pub(in crate::emulator) login: Option<u64>,
}

impl Reader {
    /// The reader who sent `request`. What a form was sent to has a page of the same address.
    pub(in crate::emulator) fn of(request: &Request) -> Self {
        let chosen = request.cookie(COOKIE).and_then(Lang::from_tag);
        let lang = chosen.or_else(|| Lang::preferred(request.header("accept-language")?)).unwrap_or_default();
        let here = match request.query.as_str() {
            query if request.method == "GET" && !query.is_empty() => format!("{}?{query}", request.path),
            _ => request.path.clone(),
        };
        Self { lang, here, panel: None, login: None }
    }

    /// The address of the link to the other language.
    pub(in crate::emulator) fn switch(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("vers", self.lang.other().tag()).append_pair("page", &self.here);
        format!("{PATH}?{}", query.finish())
    }
}

/// A language link was followed: the choice is kept and the page shown again. Nothing when it is not one of ours.
pub(in crate::emulator) fn switched(request: &Request) -> Option<Reply> {
    let params = request.query_params();
    let lang = Lang::from_tag(params.get("vers")?)?;
    let page = params.get("page").filter(|page| is_local(page))?;
    let cookie = format!("{COOKIE}={}; Path=/; Max-Age={LIFE}; HttpOnly; SameSite=Lax", lang.tag());
    Some(Reply::see_other(page).header("set-cookie", cookie))
}

/// Whether a browser takes `page` for an address on the same host, whatever it drops or turns around.
fn is_local(page: &str) -> bool {
    page.starts_with('/')
        && !page.starts_with("//")
        && page.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_preference_counts_by_weight() {
        for (accepted, lang) in [
            ("fr", Some(Lang::Fr)),
            ("en-GB,en;q=0.9,fr;q=0.8", Some(Lang::En)),
            ("en;q=0.5, FR-fr;q=0.9", Some(Lang::Fr)),
            ("de, en;q=0.7", Some(Lang::En)),
            ("en;q=0, fr;q=0", None),
            ("de,*", None),
            ("fr;q=,;;q=1,=,", None),
            ("", None),
        ] {
            assert_eq!(Lang::preferred(accepted), lang, "{accepted}");
        }
    }

    #[test]
    fn a_language_link_leads_to_no_other_site() {
        for (page, local) in [
            ("/api/v2/interaction/x?y=z", true),
            ("//example.com/", false),
            ("/\\example.com/", false),
            ("/\t/example.com/", false),
            ("https://example.com/", false),
            ("/a\r\nset-cookie: b", false),
            ("", false),
        ] {
            assert_eq!(is_local(page), local, "{page:?}");
        }
    }
}
