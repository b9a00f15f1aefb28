//! French or English: which language a page is in (RFC 9110 §12.5.4).

use crate::wire::{Header, Request};

/// The two languages we speak; French comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// `fr`
    French,
    /// `en`
    English,
}

impl Language {
    /// English if the browser likes it strictly better than French, French otherwise.
    pub fn of(request: &Request) -> Self {
        let accepted = request.header(Header::AcceptLanguage).unwrap_or_default();
        let weight = |language: &str| {
            let named = accepted.split(',').filter_map(|range| {
                let mut parts = range.split(';').map(str::trim);
                let tag = parts.next()?;
                let primary = tag.split('-').next()?;
                let weight = parts
                    .find_map(|part| part.strip_prefix("q="))
                    .map_or(Some(1.0), |q| q.parse::<f32>().ok())?;
                primary.eq_ignore_ascii_case(language).then_some(weight)
            });
            named.fold(0.0, f32::max)
        };
        if weight("en") > weight("fr") { Self::English } else { Self::French }
    }

    /// The tag for `lang` attributes.
    pub fn tag(self) -> &'static str {
        self.pick("fr", "en")
    }

    /// The text of this language.
    pub fn pick<T>(self, french: T, english: T) -> T {
        match self {
            Self::French => french,
            Self::English => english,
        }
    }
}
