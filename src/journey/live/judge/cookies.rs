//! Decides whether the cookies of a login stay where they belong and show nothing. What the hosting sets is its own
//! affair.

use super::{Problems, skipped};
use crate::journey::Words;
use crate::journey::live::check::Case;
use crate::journey::live::cookie::Cookie;
use crate::journey::live::seen::Way;
use crate::journey::probe::printable;
use crate::journey::qualification::Verdict;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde_json::Value;
use std::collections::BTreeSet;

/// Longest cookie, in bytes, its name and attributes included: browsers drop longer ones.
const LONGEST: usize = 4096;
/// What nobody may read in a cookie.
const PRIVATE: [&str; 10] = [
    "given_name",
    "family_name",
    "birthdate",
    "email",
    "preferred_username",
    "sub",
    "id_token",
    "access_token",
    "client_secret",
    "birthplace",
];

/// The cookies set on the way of a login and of a callback, each name once, with the line that set it.
fn own<'a>(case: &Case<'a>) -> Vec<(Cookie<'a>, &'a str)> {
    let seen = case.seen;
    // The second login has the same ones, maybe under names of its own.
    let [login, _] = &seen.logins;
    let ways = [Some(login), seen.callback.as_ref(), seen.forged.as_ref(), seen.denied.as_ref()];
    let answers = ways.into_iter().flatten().flat_map(Way::answers);
    let lines = answers.flat_map(|answer| answer.headers("set-cookie"));
    let mut own: Vec<(Cookie<'a>, &'a str)> = Vec::new();
    for line in lines {
        let Some(cookie) = Cookie::read(line).filter(|cookie| !cookie.removes() && !cookie.is_hosting())
        else {
            continue;
        };
        // Of one name there may be several, not all of them as careful as the first.
        own.push((cookie, line));
    }
    own
}

fn none() -> Verdict {
    skipped("la connexion ne pose aucun cookie", "a login sets no cookie")
}

pub(in crate::journey::live) fn attributes(case: &Case<'_>) -> Verdict {
    let own = own(case);
    if own.is_empty() {
        return none();
    }
    let mut problems = Problems::default();
    for (cookie, _) in &own {
        let lax = cookie.attribute("samesite");
        let kept = lax.is_some_and(|site| ["lax", "strict"].contains(&site.to_ascii_lowercase().as_str()));
        let whole = cookie.attribute("path") == Some("/") && cookie.attribute("domain").is_none();
        let host = cookie.name.starts_with("__Host-");
        let lacks: Vec<&str> = [
            (cookie.attribute("secure").is_none(), "Secure"),
            (cookie.attribute("httponly").is_none() && !cookie.is_for_scripts(), "HttpOnly"),
            (!kept, "SameSite=Lax"),
            (host && !whole, "Path=/"),
            (!host && case.known.live.is_some(), "__Host-"),
        ]
        .into_iter()
        .filter_map(|(lacks, name)| lacks.then_some(name))
        .collect();
        if !lacks.is_empty() {
            let (name, lacks) = (printable(cookie.name), lacks.join(", "));
            problems.add(
                Words::new(
                    format!("Le cookie {name} n’a pas : {lacks}."),
                    format!("The cookie {name} lacks: {lacks}."),
                ),
                Words::new(
                    "Poser ces attributs ; un autre site ou un script n’a pas à l’envoyer ni à le lire.",
                    "Set these attributes; no other site has to send it, and no script to read it.",
                ),
            );
        }
    }
    problems.verdict().unwrap_or(Verdict::Passed)
}

pub(in crate::journey::live) fn content(case: &Case<'_>) -> Verdict {
    let own = own(case);
    if own.is_empty() {
        return none();
    }
    let mut problems = Problems::default();
    for (cookie, line) in &own {
        let name = printable(cookie.name);
        let bytes = line.len();
        if bytes > LONGEST {
            problems.add(
                Words::new(
                    format!("Le cookie {name} fait {bytes} octets."),
                    format!("The cookie {name} has {bytes} bytes."),
                ),
                Words::new(
                    format!("Rester sous {LONGEST} : les navigateurs oublient les plus longs."),
                    format!("Stay below {LONGEST}: browsers drop longer ones."),
                ),
            );
        }
        if let Some(shown) = shows(cookie.value) {
            problems.add(
                Words::new(
                    format!("Le cookie {name} laisse lire {shown}."),
                    format!("The cookie {name} lets {shown} be read."),
                ),
                Words::new(
                    "Le chiffrer, ou ne garder dans le navigateur qu’un identifiant tiré au hasard.",
                    "Encrypt it, or keep only an identifier drawn at random in the browser.",
                ),
            );
        }
    }
    problems.verdict().unwrap_or(Verdict::Passed)
}

/// What of an identity or a token a value shows to whoever decodes it.
fn shows(value: &str) -> Option<&'static str> {
    let plain = percent_encoding::percent_decode_str(value).decode_utf8_lossy();
    let plain = plain.trim_matches('"').trim_start_matches("s:").trim_start_matches("j:");
    let whole = std::iter::once(plain.as_bytes().to_vec());
    let parts = plain.split(['.', '~', '|']).filter_map(|part| {
        let part = part.trim_end_matches('=');
        URL_SAFE_NO_PAD.decode(part).or_else(|_| STANDARD_NO_PAD.decode(part)).ok()
    });
    whole.chain(parts).find_map(|bytes| named(&serde_json::from_slice(&bytes).ok()?))
}

/// The first private name in a document.
fn named(value: &Value) -> Option<&'static str> {
    match value {
        Value::Object(members) => {
            let own = PRIVATE.into_iter().find(|name| members.contains_key(*name));
            own.or_else(|| members.values().find_map(named))
        }
        Value::Array(items) => items.iter().find_map(named),
        _ => None,
    }
}

/// A name that binds a cookie to its host is advice, not a rule, for services of others.
pub(in crate::journey::live) fn prefixes(case: &Case<'_>) -> Option<Words> {
    let own = own(case);
    let bare: Vec<String> = own
        .iter()
        .map(|(cookie, _)| cookie.name)
        .filter(|name| !name.starts_with("__Host-"))
        .map(printable)
        .collect();
    let bare: Vec<String> = BTreeSet::from_iter(bare).into_iter().collect();
    if bare.is_empty() || case.known.live.is_some() {
        return None;
    }
    let names = bare.join(", ");
    Some(Words::new(
        format!("Nommer les cookies avec __Host- les lierait à ce seul hôte : {names}."),
        format!("Names that begin with __Host- would bind these cookies to this host alone: {names}."),
    ))
}
