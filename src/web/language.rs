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
                let primary = parts.next()?.split('-').next()?;
                let weight = parts.find_map(|part| part.strip_prefix("q="));
                primary.eq_ignore_ascii_case(language).then(|| weight.map_or(1000, thousandths))
            });
            named.max().unwrap_or(0)
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

/// A weight such as `0.8` (RFC 9110 §12.4.2) in thousandths; what is no weight counts nothing.
fn thousandths(weight: &str) -> u32 {
    let (whole, part) = weight.split_once('.').unwrap_or((weight, ""));
    let digits: String = part.chars().chain("000".chars()).take(3).collect();
    match (whole.parse::<u32>(), digits.parse::<u32>()) {
        (Ok(whole), Ok(part)) => (whole.min(1) * 1000 + part).min(1000),
        _ => 0,
    }
}
