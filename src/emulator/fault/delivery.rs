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
    Challenge = "challenge", "401 that asks for a password", "401 qui demande un mot de passe";
    Forbidden = "forbidden", "403 with a page, as firewalls answer",
        "403 avec une page, comme répond un pare-feu";
    TooMany = "too_many", "429 with `Retry-After`", "429 avec `Retry-After`";
    Redirect = "redirect", "302 to an address that gives the honest answer",
        "302 vers une adresse qui donne la réponse honnête";
    Redirect307 = "redirect_307", "307, which repeats method and body elsewhere",
        "307, qui répète ailleurs la méthode et le corps";
    Redirect301 = "redirect_301", "301, a redirect to be remembered", "301, une redirection à retenir";
    Redirect308 = "redirect_308", "308, which repeats method and body and is to be remembered",
        "308, qui répète la méthode et le corps et qui est à retenir";
    Html = "html", "200 with a page instead of the answer", "200 avec une page au lieu de la réponse";
    Empty = "empty", "200 with an empty body", "200 avec un corps vide";
    Huge = "huge", "ten megabytes of spaces after the honest answer",
        "dix mégaoctets d’espaces après la réponse honnête";
    Slow = "slow", "the honest answer, a minute late",
        "la réponse honnête, avec une minute de retard";
    Drip = "drip", "the honest answer, a few bytes each second",
        "la réponse honnête, quelques octets chaque seconde";
    Cut = "cut", "the connection is dropped half-way through the body",
        "la connexion est coupée au milieu du corps";
    Truncated = "truncated", "half of the answer, as if it were all",
        "la moitié de la réponse, comme si elle était entière";
    Trailing = "trailing", "other text after the answer", "un autre texte après la réponse";
    Wrapped = "wrapped", "the answer inside a JSON array", "la réponse dans un tableau JSON";
    Bom = "bom", "a byte order mark before the answer", "une marque d’ordre des octets avant la réponse";
    Utf16 = "utf16", "the answer in UTF-16", "la réponse en UTF-16";
    NotUtf8 = "not_utf8", "bytes in the answer that are no UTF-8",
        "dans la réponse, des octets qui ne sont pas de l’UTF-8";
}

/// Bytes beyond any budget.
const HUGE: usize = 10 * 1024 * 1024;
/// Longer than anybody waits.
const SLOW: Duration = Duration::from_secs(60);

impl Delivery {
    /// How much later than an honest answer it ends.
    pub(super) fn lateness(self) -> Duration {
        if matches!(self, Self::Slow | Self::Drip) { SLOW } else { Duration::ZERO }
    }

    /// The answer that is given without even looking at the request, if this is such a delivery.
    /// `elsewhere` gives the honest one.
    pub(in crate::emulator) fn instead(self, elsewhere: &str) -> Option<Reply> {
        let status = match self {
            Self::Redirect => Some(302),
            Self::Redirect301 => Some(301),
            Self::Redirect307 => Some(307),
            Self::Redirect308 => Some(308),
            _ => None,
        };
        status.map(|status| Reply::new(status).header("location", elsewhere))
    }

    /// Spoils `honest`.
    pub(in crate::emulator) fn spoil(self, mut honest: Reply) -> Reply {
        let page = |status| {
            let body = "<!DOCTYPE html><title>Maintenance</title><h1>Service indisponible</h1>";
            Reply::with_body(status, "text/html; charset=utf-8", body)
        };
        match self {
            Self::Redirect | Self::Redirect301 | Self::Redirect307 | Self::Redirect308 => {}
            Self::Status404 => return page(404),
            Self::Status500 => return page(500),
            Self::Status204 => return Reply::new(204),
            Self::Unavailable => return page(503).header("retry-after", "120"),
            Self::Challenge => return page(401).header("www-authenticate", "Basic realm=\"FranceConnect\""),
            Self::Forbidden => return page(403),
            Self::TooMany => return page(429).header("retry-after", "120"),
            Self::Html => return page(200),
            Self::Empty => honest.body.clear(),
            Self::Huge => honest.body.resize(honest.body.len() + HUGE, b' '),
            Self::Slow => honest.delay = self.lateness(),
            Self::Drip => (honest.delay, honest.drips) = (self.lateness(), true),
            Self::Cut => honest.cut = true,
            Self::Truncated => honest.body.truncate(honest.body.len() / 2),
            Self::Trailing => honest.body.extend_from_slice(b"{}"),
            Self::Wrapped => honest.body = [b"[", honest.body.as_slice(), b"]"].concat(),
            Self::Bom => honest.body.splice(..0, *b"\xef\xbb\xbf").for_each(drop),
            // Inside an object where there is one, in a member that nobody needs.
            Self::NotUtf8 => {
                let object = honest.body.starts_with(b"{");
                let bytes = if object { b"\"x\":\"\xff\xc0\xaf\",".as_slice() } else { b"\xff" };
                honest.body.splice(usize::from(object)..usize::from(object), bytes.to_vec()).for_each(drop);
            }
            Self::Utf16 => {
                honest.body = honest.text().encode_utf16().flat_map(u16::to_le_bytes).collect();
            }
        }
        honest
    }
}
