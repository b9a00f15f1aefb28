//! Decides how an honest answer is spoilt on its way: status, size, speed, encoding.

use super::Fault;
use super::table::{Facts, Outcome, Stage};
use crate::emulator::http::Reply;
use std::time::Duration;

/// The four answers that services call for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The metadata.
    Discovery,
    /// The key set.
    Keys,
    /// The token answer.
    Token,
    /// The userinfo answer.
    UserInfo,
}

macro_rules! deliveries {
    ($($variant:ident = $word:literal, $what:literal, $fr:literal;)*) => {
        /// How an answer is delivered.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Delivery { $(#[doc = $what] $variant,)* }

        /// Every delivery in every place.
        pub(super) const ALL: &[Fault] = &[
            $(Fault::Delivery(Place::Discovery, Delivery::$variant),)*
            $(Fault::Delivery(Place::Keys, Delivery::$variant),)*
            $(Fault::Delivery(Place::Token, Delivery::$variant),)*
            $(Fault::Delivery(Place::UserInfo, Delivery::$variant),)*
        ];

        impl Delivery {
            pub(super) fn facts(self, place: Place) -> Facts {
                let (what, fr) = match self {
                    $(Self::$variant => ($what, $fr),)*
                };
                let name = match (place, self) {
                    $((Place::Discovery, Self::$variant) => concat!("discovery.", $word),)*
                    $((Place::Keys, Self::$variant) => concat!("jwks.", $word),)*
                    $((Place::Token, Self::$variant) => concat!("token.", $word),)*
                    $((Place::UserInfo, Self::$variant) => concat!("userinfo.", $word),)*
                };
                let stage = match place {
                    Place::Discovery => Stage::Discovery,
                    Place::Keys => Stage::Keys,
                    Place::Token => Stage::Token,
                    Place::UserInfo => Stage::UserInfo,
                };
                Facts { name, stage, outcome: Outcome::Stops, what, fr }
            }
        }
    };
}

deliveries! {
    Status404 = "status_404", "404 with a page", "404 avec une page";
    Status500 = "status_500", "500 with a page", "500 avec une page";
    Status204 = "status_204", "204", "204, sans contenu";
    Unavailable = "unavailable", "503 with `Retry-After`", "503 avec `Retry-After`";
    Redirect = "redirect", "302 to an address that gives the honest answer",
        "302 vers une adresse qui donne la réponse honnête";
    Redirect307 = "redirect_307", "307, which repeats method and body elsewhere",
        "307, qui répète ailleurs la méthode et le corps";
    Html = "html", "200 with a page instead of the answer", "200 avec une page au lieu de la réponse";
    Empty = "empty", "200 with an empty body", "200 avec un corps vide";
    Huge = "huge", "ten megabytes of spaces after the honest answer",
        "dix mégaoctets d’espaces après la réponse honnête";
    Slow = "slow", "the honest answer, fifteen seconds late",
        "la réponse honnête, avec quinze secondes de retard";
    Cut = "cut", "the connection is dropped half-way through the body",
        "la connexion est coupée au milieu du corps";
    Truncated = "truncated", "half of the answer, as if it were all",
        "la moitié de la réponse, comme si elle était entière";
    Trailing = "trailing", "other text after the answer", "un autre texte après la réponse";
    Wrapped = "wrapped", "the answer inside a JSON array", "la réponse dans un tableau JSON";
    Bom = "bom", "a byte order mark before the answer", "une marque d’ordre des octets avant la réponse";
    Utf16 = "utf16", "the answer in UTF-16", "la réponse en UTF-16";
}

/// Bytes beyond any budget.
const HUGE: usize = 10 * 1024 * 1024;
/// Longer than anybody waits.
const SLOW: Duration = Duration::from_secs(15);

impl Delivery {
    /// The answer that is given without even looking at the request, if this is such a delivery.
    /// `elsewhere` gives the honest one.
    pub(in crate::emulator) fn instead(self, elsewhere: &str) -> Option<Reply> {
        match self {
            Self::Redirect => Some(Reply::new(302).header("location", elsewhere)),
            Self::Redirect307 => Some(Reply::new(307).header("location", elsewhere)),
            _ => None,
        }
    }

    /// Spoils `honest`.
    pub(in crate::emulator) fn spoil(self, mut honest: Reply) -> Reply {
        let page = |status| {
            let body = "<!DOCTYPE html><title>Maintenance</title><h1>Service indisponible</h1>";
            Reply::with_body(status, "text/html; charset=utf-8", body)
        };
        match self {
            Self::Redirect | Self::Redirect307 => {}
            Self::Status404 => return page(404),
            Self::Status500 => return page(500),
            Self::Status204 => return Reply::new(204),
            Self::Unavailable => return page(503).header("retry-after", "120"),
            Self::Html => return page(200),
            Self::Empty => honest.body.clear(),
            Self::Huge => honest.body.resize(honest.body.len() + HUGE, b' '),
            Self::Slow => honest.delay = SLOW,
            Self::Cut => honest.cut = true,
            Self::Truncated => honest.body.truncate(honest.body.len() / 2),
            Self::Trailing => honest.body.extend_from_slice(b"{}"),
            Self::Wrapped => honest.body = [b"[", honest.body.as_slice(), b"]"].concat(),
            Self::Bom => honest.body.splice(..0, *b"\xef\xbb\xbf").for_each(drop),
            Self::Utf16 => {
                honest.body = honest.text().encode_utf16().flat_map(u16::to_le_bytes).collect();
            }
        }
        honest
    }
}
