//! Reads what an origin is told of a visitor: the keys, the audience and the claims of the assertion, and the plain
//! headers.

use super::Faults;
use super::keys::key_faults;
use super::reader::Reader;
use super::registration::Draft;
use super::variables::*;
use crate::jose::PrivateKeySet;
use crate::secret::Secret;
use crate::session::Assertions;
use crate::session::assertion::{SESSION_CLAIMS, TOKEN_CLAIMS};

/// Most plain headers.
const MOST_HEADERS: usize = 32;
/// Longest name of one.
const NAME_LIMIT: usize = 64;

/// What an origin is told of a session.
#[derive(Debug, Default)]
pub(crate) struct ToldOrigin {
    /// The signed assertion, if there are keys for it and somebody to tell.
    pub(crate) assertions: Option<Assertions>,
    /// Plain headers: a name, and the claim it tells.
    pub(crate) headers: Vec<(String, String)>,
}

/// The keys of the assertion, which are for nothing else. Those of FC_PRIVATE_KEYS are `others`.
pub(super) fn keys(reader: &mut Reader<'_>, others: &PrivateKeySet) -> PrivateKeySet {
    let Some(text) = reader.given(FC_ASSERTION_KEYS) else { return PrivateKeySet::none() };
    let keys = PrivateKeySet::parse(&Secret::new(text)).unwrap_or_else(|found| {
        let mut faults = Faults::default();
        key_faults(&mut faults, FC_ASSERTION_KEYS, found);
        reader.faults.extend(faults);
        PrivateKeySet::none()
    });
    for place in keys.not_signing() {
        reader.faults.add(
            FC_ASSERTION_KEYS,
            format!("clé n° {place} : use et alg doivent être sig et ES256 (keygen jwks --alg ES256)."),
            format!("key {place}: use and alg must be sig and ES256 (keygen jwks --alg ES256)."),
        );
    }
    for place in keys.shared_with(others) {
        reader.faults.add(
            FC_ASSERTION_KEYS,
            format!("clé n° {place} : elle, ou son kid, est aussi dans FC_PRIVATE_KEYS : une clé, un usage."),
            format!("key {place}: it, or its kid, is in FC_PRIVATE_KEYS, too: one key, one purpose."),
        );
    }
    keys
}

/// What is told, by `keys`, in the name of `issuer`.
pub(super) fn read(
    reader: &mut Reader<'_>,
    keys: PrivateKeySet,
    issuer: &str,
    drafts: &[&Draft],
) -> ToldOrigin {
    let life = reader.number(FC_ASSERTION_LIFE, 30, 3600);
    let claims = claims(reader, drafts);
    let headers = headers(reader, drafts);
    let audience = audience(reader);
    // Missing rather than out of place: a secret may be set where `check` cannot see it.
    let named = [FC_ASSERTION_AUDIENCE, FC_ASSERTION_CLAIMS].iter().any(|name| reader.given(name).is_some());
    if named && reader.given(FC_ASSERTION_KEYS).is_none() {
        reader.faults.missing(FC_ASSERTION_KEYS);
    }
    let assertions = match (audience, life) {
        (Some(audience), Some(life)) if keys.signs() => {
            Some(Assertions::new(keys, issuer, &audience, life, claims))
        }
        _ => None,
    };
    ToldOrigin { assertions, headers }
}

/// For whom the assertion is: the origin, by the name it has here or another. Keys may be published before there is
/// anybody to tell.
fn audience(reader: &mut Reader<'_>) -> Option<String> {
    let Some(audience) = reader.given(FC_ASSERTION_AUDIENCE) else { return reader.given(FC_ORIGIN) };
    if audience.len() > 256 || !audience.bytes().all(|byte| byte.is_ascii_graphic()) {
        reader.faults.add(
            FC_ASSERTION_AUDIENCE,
            "contient un blanc ou un caractère non ASCII, ou dépasse 256 caractères.",
            "holds a blank or a character that is not ASCII, or is longer than 256 characters.",
        );
    }
    Some(audience)
}

/// Whether a registration's scopes open the claim; if they have faults of their own, nobody can tell.
fn opened(drafts: &[&Draft], claim: &str) -> bool {
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:/".contains(&byte);
    if claim.is_empty() || !claim.bytes().all(letters) {
        return false;
    }
    drafts.iter().any(|draft| draft.scopes.as_ref().is_none_or(|scopes| scopes.claims().contains(&claim)))
}

fn claims(reader: &mut Reader<'_>, drafts: &[&Draft]) -> Vec<String> {
    let list = reader.value(FC_ASSERTION_CLAIMS);
    let words = list.split([',', ' ']).map(str::trim).filter(|word| !word.is_empty());
    let mut claims: Vec<String> = Vec::new();
    for claim in words {
        if SESSION_CLAIMS.contains(&claim) || TOKEN_CLAIMS.contains(&claim) {
            reader.faults.add(
                FC_ASSERTION_CLAIMS,
                "nomme ce que l’assertion dit toujours : n’y mettre que des données d’identité.",
                "names what the assertion always says: list claims of the identity only.",
            );
        } else if !opened(drafts, claim) {
            reader.faults.add(FC_ASSERTION_CLAIMS, NOT_OPENED.0, NOT_OPENED.1);
        } else if !claims.iter().any(|known| known == claim) {
            claims.push(claim.to_owned());
        }
    }
    claims
}

const NOT_OPENED: (&str, &str) = (
    "nomme une donnée qu’aucun scope de FC_SCOPES n’ouvre.",
    "names a claim that no scope of FC_SCOPES opens.",
);

fn headers(reader: &mut Reader<'_>, drafts: &[&Draft]) -> Vec<(String, String)> {
    let list = reader.value(FC_IDENTITY_HEADERS);
    let mut headers: Vec<(String, String)> = Vec::new();
    for entry in list.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
        let Some((name, claim)) = entry.split_once(':') else {
            reader.faults.add(
                FC_IDENTITY_HEADERS,
                "doit lister des paires comme X-User: sub, séparées par des virgules.",
                "must list pairs such as X-User: sub, separated by commas.",
            );
            continue;
        };
        let (name, claim) = (name.trim(), claim.trim());
        let lower = name.to_ascii_lowercase();
        if !is_name(&lower) {
            reader.faults.add(
                FC_IDENTITY_HEADERS,
                "contient un nom qui n’est pas fait de lettres, de chiffres et de tirets (jusqu’à 64).",
                "holds a name that is not made of letters, digits and hyphens (up to 64).",
            );
        } else if is_taken(&lower) {
            reader.faults.add(
                FC_IDENTITY_HEADERS,
                "contient un nom qui a déjà un sens dans HTTP ou pour ce programme : choisir par exemple X-User.",
                "holds a name that means something in HTTP or to this program already: choose X-User, for example.",
            );
        } else if headers.iter().any(|(known, _)| *known == lower) {
            reader.faults.add(
                FC_IDENTITY_HEADERS,
                "contient deux fois le même nom.",
                "holds the same name twice.",
            );
        } else if !SESSION_CLAIMS.contains(&claim)
            && (TOKEN_CLAIMS.contains(&claim) || !opened(drafts, claim))
        {
            reader.faults.add(FC_IDENTITY_HEADERS, NOT_OPENED.0, NOT_OPENED.1);
        } else {
            headers.push((lower, claim.to_owned()));
        }
    }
    if headers.len() > MOST_HEADERS {
        reader.faults.add(FC_IDENTITY_HEADERS, "contient plus de 32 paires.", "holds more than 32 pairs.");
    }
    headers
}

/// No underscore: what reads `X_User` as `X-User` and what drops it would both be surprised.
fn is_name(lower: &str) -> bool {
    let letters = lower.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    letters && !lower.is_empty() && lower.len() <= NAME_LIMIT && !lower.starts_with('-')
}

/// Names that frame the message, that browsers and proxies give a sense to, or that are ours.
fn is_taken(lower: &str) -> bool {
    const PREFIXES: [&str; 12] = [
        "content-",
        "proxy-",
        "sec-",
        "fc-",
        "x-forwarded-",
        "x-original-",
        "x-rewrite-",
        "spin-",
        "cf-",
        "accept",
        "if-",
        "access-control-",
    ];
    const NAMES: [&str; 22] = [
        "connection",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "http2-settings",
        "cookie",
        "set-cookie",
        "authorization",
        "host",
        "forwarded",
        "x-real-ip",
        "via",
        "expect",
        "range",
        "origin",
        "referer",
        "user-agent",
        "date",
        "cache-control",
        "pragma",
    ];
    NAMES.contains(&lower) || PREFIXES.iter().any(|prefix| lower.starts_with(prefix))
}
