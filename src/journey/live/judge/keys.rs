//! Decides whether the key set that FranceConnect+ fetches can be used, is public, and is that of production.

use super::{Problems, skipped};
use crate::franceconnect::Product;
use crate::journey::Words;
use crate::journey::keys::private_parts;
use crate::journey::live::check::{Case, shown};
use crate::journey::live::seen::Way;
use crate::journey::probe::printable;
use crate::journey::qualification::Verdict;
use serde_json::Value;
use std::collections::BTreeSet;

/// Those that make a key the one that it is.
const PUBLIC: [&str; 6] = ["kty", "crv", "x", "y", "n", "e"];
/// What FranceConnect+ encrypts with.
const ENCRYPTIONS: [&str; 3] = ["ECDH-ES", "RSA-OAEP-256", "RSA-OAEP"];

/// The keys of a set.
fn keys_of(bytes: &[u8]) -> Option<Vec<Value>> {
    match serde_json::from_slice::<Value>(bytes).ok()?.get_mut("keys")?.take() {
        Value::Array(keys) => Some(keys),
        _ => None,
    }
}

fn published(way: &Way) -> Option<Vec<Value>> {
    keys_of(&way.document().filter(|answer| answer.status == 200)?.body)
}

fn text<'a>(key: &'a Value, name: &str) -> &'a str {
    key.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// What tells a key from others, whatever it is called.
fn material(key: &Value) -> String {
    PUBLIC.map(|name| text(key, name)).join(" ")
}

fn unseen(case: &Case<'_>) -> Verdict {
    let none = case.known.live.as_ref().is_some_and(|live| !live.publishes);
    match case.product() {
        _ if none => skipped("ce service n’a pas de clés à publier", "this service has no keys to publish"),
        Some(Product::Plus) => skipped(
            "l’adresse des clés n’est pas connue d’ici : --jwks",
            "the address of the keys is not known here: --jwks",
        ),
        _ => skipped(
            "FranceConnect ne demande pas de clés à un service",
            "FranceConnect asks a service for no keys",
        ),
    }
}

pub(in crate::journey::live) fn public(case: &Case<'_>) -> Verdict {
    let Some(way) = &case.seen.keys else { return unseen(case) };
    let Some(keys) = published(way) else {
        let why = match (way.lost(), way.last().map(|hop| &hop.answer)) {
            (Some(why), _) => why,
            (None, Some(answer)) if answer.status != 200 => {
                let (address, status) = (shown(&answer.url), answer.status);
                Words::new(format!("{address} répond {status}"), format!("{address} answers {status}"))
            }
            _ => Words::new("ce n’est pas un JWK Set", "it is no JWK Set"),
        };
        return Verdict::Failed {
            seen: Words::new(format!("{}.", why.fr), format!("{}.", why.en)),
            mend: Words::new(
                "Y servir les clés publiques (200, JSON) : FranceConnect+ les lit pour chiffrer.",
                "Serve the public keys there (200, JSON): FranceConnect+ reads them to encrypt.",
            ),
        };
    };
    let mut problems = Problems::default();
    let whole = way.document().and_then(|answer| serde_json::from_slice(&answer.body).ok());
    let exposed = whole.as_ref().map(private_parts).unwrap_or_default();
    if !exposed.is_empty() {
        let names = exposed.into_iter().collect::<Vec<_>>().join(", ");
        problems.add(
            Words::new(
                format!("Une clé privée est publiée ({names})."),
                format!("A private key is published ({names})."),
            ),
            Words::new(
                "La retirer tout de suite, en faire une autre, et déclarer l’incident.",
                "Take it away at once, make another, and report the incident.",
            ),
        );
    }
    let mut names = BTreeSet::new();
    for key in &keys {
        let kid = text(key, "kid");
        if kid.is_empty() || !names.insert(kid) {
            let kid = printable(kid);
            problems.add(
                Words::new(
                    format!("Le kid « {kid} » est vide ou sert deux fois."),
                    format!("The kid \"{kid}\" is empty or stands twice."),
                ),
                Words::new("Donner à chaque clé un nom à elle.", "Give each key a name of its own."),
            );
        }
    }
    let configured = case.known.live.as_ref().and_then(|live| live.encryption);
    let suits = |key: &Value| {
        let alg = text(key, "alg");
        text(key, "use") == "enc"
            && configured.map_or(ENCRYPTIONS.contains(&alg), |configured| configured == alg)
    };
    let encrypted = configured.is_some() || case.product() == Some(Product::Plus);
    if encrypted && !keys.iter().any(suits) {
        let alg = configured.unwrap_or("ECDH-ES, RSA-OAEP-256");
        problems.add(
            Words::new(
                format!("Aucune clé n’est pour le chiffrement déclaré (use enc, alg {alg})."),
                format!("No key is for the encryption that is declared (use enc, alg {alg})."),
            ),
            Words::new(
                format!("Publier une clé use enc, alg {alg}."),
                format!("Publish a key with use enc, alg {alg}."),
            ),
        );
    }
    problems.verdict().unwrap_or(Verdict::Passed)
}

pub(in crate::journey::live) fn own(case: &Case<'_>) -> Verdict {
    let Some(way) = &case.seen.keys else { return unseen(case) };
    let Some(keys) = published(way) else {
        return skipped("aucune clé n’a été lue", "no keys were read");
    };
    let here: BTreeSet<String> = keys.iter().map(material).collect();
    let of = |text: &String| Some(keys_of(text.as_bytes())?.iter().map(material).collect::<BTreeSet<_>>());
    let configured = case.known.live.as_ref().and_then(|live| live.keys.as_ref()).and_then(of);
    let tested = case.known.test.as_ref().and_then(|test| test.keys.as_ref()).and_then(of);
    let there = case.seen.test_keys.as_ref().and_then(published);
    let test: BTreeSet<String> =
        there.iter().flatten().map(material).chain(tested.into_iter().flatten()).collect();
    if here.intersection(&test).next().is_some() {
        return Verdict::Failed {
            seen: Words::new(
                "Une clé de production est aussi celle du bac à sable.",
                "A key of production is that of the sandbox, too.",
            ),
            mend: Words::new(
                "Faire des clés de production (keygen jwks), et les déclarer avant de les mettre en service.",
                "Make keys of production (keygen jwks), and declare them before they are put to use.",
            ),
        };
    }
    match configured {
        Some(configured) if configured != here => Verdict::Failed {
            seen: Words::new(
                "Ce ne sont pas les clés de la configuration.",
                "They are not the keys of the configuration.",
            ),
            mend: Words::new(
                "Déployer la configuration, ou regarder ce qui sert cette adresse.",
                "Deploy the configuration, or look at what serves that address.",
            ),
        },
        None if test.is_empty() => skipped(
            "ni les clés de la configuration (secrètes) ni celles du bac à sable ne se voient d’ici",
            "neither the keys of the configuration (secret) nor those of the sandbox are seen from here",
        ),
        _ => Verdict::Passed,
    }
}
