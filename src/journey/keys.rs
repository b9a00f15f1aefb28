//! Decides what is said of a set of public keys: which they are, and a text of them that holds nothing else.

use super::Sheet;
use super::configuration::{Configuration, address};
use super::probe::printable;
use crate::config::{Config, Registration};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// What may be published of a key (RFC 7517 §4, RFC 7518 §6).
const PUBLIC: [&str; 9] = ["kty", "use", "alg", "kid", "crv", "x", "y", "n", "e"];
/// What may not (RFC 7518 §6.2.2, §6.3.2, §6.4.1), and the private half of keys of kinds to come (`priv`).
const PRIVATE: [&str; 9] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];
/// What stands in the head of a private key that is written as text (RFC 7468 §10).
const TEXT: &str = "PRIVATE KEY";
/// Most keys that are shown.
const MOST: usize = 20;
/// Longest value: that of an RSA key of 8192 bits.
const LONGEST: usize = 1400;

/// A set of keys as somebody published it, private parts left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeySet {
    pub(super) keys: Vec<Map<String, Value>>,
    /// Whether private parts were there.
    pub(super) private: bool,
}

impl KeySet {
    /// Reads a JWK Set; nothing if it is none.
    pub(super) fn read(set: &Value) -> Option<Self> {
        let keys = set.get("keys")?.as_array()?;
        let keys: Vec<&Map<String, Value>> = keys.iter().map(Value::as_object).collect::<Option<_>>()?;
        let private = !private_parts(set).is_empty();
        let shown = |(name, value): (&String, &Value)| {
            let text = value.as_str().filter(|text| text.len() <= LONGEST)?;
            PUBLIC.contains(&name.as_str()).then(|| (name.clone(), Value::from(plain(text))))
        };
        let keys = keys.into_iter().take(MOST).map(|key| key.iter().filter_map(shown).collect()).collect();
        Some(Self { keys, private })
    }

    /// Each key by its name, its algorithm and its use.
    pub(super) fn names(&self) -> String {
        self.keys.iter().map(name).collect::<Vec<_>>().join(", ")
    }

    /// The set as it is declared.
    pub(super) fn text(&self) -> String {
        json!({ "keys": self.keys }).to_string()
    }
}

/// The names of the private parts in a document that is to be public, wherever they stand: a pair inside a key, a key
/// beside the set, a text in a member of its own.
pub(super) fn private_parts(document: &Value) -> BTreeSet<&'static str> {
    match document {
        Value::Object(members) => {
            let own = PRIVATE.into_iter().filter(|name| members.contains_key(*name));
            own.chain(members.values().flat_map(private_parts)).collect()
        }
        Value::Array(items) => items.iter().flat_map(private_parts).collect(),
        Value::String(text) if text.contains(TEXT) => BTreeSet::from(["PEM"]),
        _ => BTreeSet::new(),
    }
}

/// One line, of what a name or a number in base64url is made of.
fn plain(text: &str) -> String {
    if text.chars().all(|c| c.is_ascii_graphic()) { text.to_owned() } else { printable(text) }
}

/// A key by its name, its algorithm and its use.
pub(super) fn name(key: &Map<String, Value>) -> String {
    let said = |member: &str| printable(key.get(member).and_then(Value::as_str).unwrap_or("–"));
    format!("{} ({}, {})", said("kid"), said("alg"), said("use"))
}

/// What FranceConnect+ is told of our keys, and what it will find at their address.
pub(super) fn declare(
    sheet: &mut Sheet,
    configuration: &Configuration,
    config: &Config,
    registration: &Registration,
) {
    let Some(encryption) = registration.client.encryption else { return };
    let (url, alg) = (address(config, "jwks.json"), encryption.name());
    if config.public_url().is_loopback() {
        sheet.against(
            format!("{url} est une adresse de cette machine, où FranceConnect+ ne peut lire les clés : PUBLIC_URL."),
            format!("{url} is an address of this machine, where FranceConnect+ cannot read the keys: PUBLIC_URL."),
        );
    }
    let set = config.jwks.as_ref().and_then(|text| serde_json::from_str(text).ok());
    let set = set.filter(|_| configuration.keys_are_seen()).and_then(|set| KeySet::read(&set));
    let Some(set) = set else {
        sheet.note(
            format!("À cette adresse, un JWK Set où une clé au moins a use enc, alg {alg}, et un kid à elle seule. FC_PRIVATE_KEYS ne se voit pas d’ici : --probe montre ce qui est publié, et keygen jwks --from FICHIER --public ce qui le serait."),
            format!("At that address, a JWK Set in which at least one key has use enc, alg {alg}, and a kid of its own. FC_PRIVATE_KEYS is not seen from here: --probe shows what is published, and keygen jwks --from FILE --public what would be."),
        );
        return;
    };
    let names = set.names();
    sheet.note(
        format!("À cette adresse, les clés publiques de FC_PRIVATE_KEYS, prêtes à être déclarées : {names}."),
        format!("At that address, the public keys of FC_PRIVATE_KEYS, ready to be declared: {names}."),
    );
    sheet.letter(set.text());
}
