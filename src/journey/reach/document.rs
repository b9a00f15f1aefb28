//! Decides whether a document that FranceConnect fetches from us says what the configuration says: the callbacks that
//! share a client, our public keys. What is wrong there, every user meets as an error page of FranceConnect's.

use super::State;
use super::status::seen;
use crate::config::Config;
use crate::journey::Words;
use crate::journey::keys::{KeySet, name};
use crate::journey::probe::{Answer, Trouble, printable};
use serde_json::{Map, Value};

/// What users of the service see at FranceConnect meanwhile.
fn costs(mend: Words, code: &str) -> Words {
    let Words { fr, en } = mend;
    Words::new(
        format!("{fr} (sinon chaque usager voit l’erreur {code} de FranceConnect)"),
        format!("{en} (else every user sees FranceConnect’s error {code})"),
    )
}

/// The JSON of an answer, or why there is none; the codes are FranceConnect's for no answer, another status, no JSON.
fn json(answer: &Result<Answer, Trouble>, codes: [&str; 3]) -> Result<Value, State> {
    let [silent, status, shape] = codes;
    let wrong = |seen, fr: &str, en: &str, code| State::Wrong(seen, costs(Words::new(fr, en), code));
    let answer = match answer {
        Ok(answer) => answer,
        Err(trouble) => return Err(State::Wrong(trouble.words(), costs(trouble.mend(), silent))),
    };
    if answer.status != 200 {
        return Err(wrong(
            seen(answer),
            "servir là, en 200 et à qui n’est pas connecté, le document de ce service",
            "serve the document of this service there, with 200 and to whoever is not logged in",
            status,
        ));
    }
    let body = answer.all().map_err(|trouble| State::Wrong(trouble.words(), costs(trouble.mend(), shape)))?;
    serde_json::from_slice(body).map_err(|_| {
        wrong(
            Words::new(
                "répond 200 par autre chose que du JSON",
                "answers 200 with something that is not JSON",
            ),
            "amener cette adresse au service",
            "lead that address to the service",
            shape,
        )
    })
}

/// The sector identifier document (OpenID Connect Registration §5): every callback, and nothing else.
pub(super) fn sector(answer: &Result<Answer, Trouble>, callbacks: &[String]) -> Vec<State> {
    const INCOMPLETE: &str = "Y04639D8";
    let json = match json(answer, ["Y04ED062", "Y04A8220", "Y049E35D"]) {
        Ok(json) => json,
        Err(state) => return vec![state],
    };
    let Ok(listed) = serde_json::from_value::<Vec<String>>(json) else {
        return vec![State::Wrong(
            Words::new("n’est pas une liste d’adresses", "is no list of addresses"),
            costs(
                Words::new("amener cette adresse au service", "lead that address to the service"),
                INCOMPLETE,
            ),
        )];
    };
    let absent = callbacks.iter().filter(|callback| !listed.contains(callback)).map(|callback| {
        State::Wrong(
            Words::new(format!("il y manque {callback}"), format!("{callback} is not in it")),
            costs(
                Words::new(
                    "déployer la configuration qui nomme cette adresse (FC_SECTOR_REDIRECT_URIS)",
                    "deploy the configuration that names that address (FC_SECTOR_REDIRECT_URIS)",
                ),
                INCOMPLETE,
            ),
        )
    });
    let foreign = listed.iter().filter(|listed| !callbacks.contains(listed)).take(10).map(|listed| {
        let listed = printable(listed);
        State::wrong(
            Words::new(
                format!("{listed} y est et n’est pas dans la configuration"),
                format!("{listed} is in it and not in the configuration"),
            ),
            "l’ajouter à FC_SECTOR_REDIRECT_URIS, ou déployer la configuration ; une adresse de déconnexion n’y va pas",
            "add it to FC_SECTOR_REDIRECT_URIS, or deploy the configuration; a logout address does not belong there",
        )
    });
    let mut states: Vec<State> = absent.chain(foreign).collect();
    if states.is_empty() {
        let count = callbacks.len();
        states.push(State::sound(
            format!("donne les {count} adresses de connexion de la configuration (200)"),
            format!("gives the {count} login callbacks of the configuration (200)"),
        ));
    }
    states
}

/// The public key set (RFC 7517 §5), and what of it is to be shown. `known`: the configuration's own keys are seen from
/// here, and not something that stands for them.
pub(super) fn keys(
    answer: &Result<Answer, Trouble>,
    encryption: Option<&str>,
    config: &Config,
    known: bool,
) -> (Vec<State>, Option<String>) {
    let json = match json(answer, ["Y044D511"; 3]) {
        Ok(json) => json,
        Err(state) => return (vec![state], None),
    };
    let Some(set) = KeySet::read(&json) else {
        let state = State::Wrong(
            Words::new("n’est pas un JWK Set {\"keys\":[…]}", "is no JWK Set {\"keys\":[…]}"),
            costs(
                Words::new("amener cette adresse au service", "lead that address to the service"),
                "Y0450142",
            ),
        );
        return (vec![state], None);
    };
    let mut states = sound(&set, encryption);
    let ours = config.jwks.as_ref().and_then(|text| serde_json::from_str(text).ok());
    if let Some(ours) = ours.filter(|_| known).and_then(|json| KeySet::read(&json)) {
        states.extend(differs(&set, &ours));
    }
    // Those of the configuration are on the sheet already.
    let text = (!known || !states.is_empty()).then(|| set.text());
    if states.is_empty() {
        let names = set.names();
        states.push(if known {
            State::sound(
                format!("publie les clés de la configuration : {names}"),
                format!("publishes the keys of the configuration: {names}"),
            )
        } else {
            State::sound(format!("publie {names}"), format!("publishes {names}"))
        });
    }
    (states, text)
}

/// Whether FranceConnect+ can encrypt for these keys.
fn sound(set: &KeySet, encryption: Option<&str>) -> Vec<State> {
    let mut states = Vec::new();
    let mut wrong = |seen: (String, String), mend: (&str, &str), code: &str| {
        states.push(State::Wrong(Words::new(seen.0, seen.1), costs(Words::new(mend.0, mend.1), code)));
    };
    if set.private {
        wrong(
            ("publie des clés PRIVÉES".to_owned(), "publishes PRIVATE keys".to_owned()),
            (
                "retirer ce document, tirer d’autres clés (keygen jwks) et ne publier que leur partie publique",
                "take that document away, draw other keys (keygen jwks) and publish their public part only",
            ),
            "Y046AAF6",
        );
    }
    for (at, key) in set.keys.iter().enumerate() {
        let kid = key.get("kid");
        if kid.is_some() && set.keys.iter().take(at).any(|earlier| earlier.get("kid") == kid) {
            let kid = name(key);
            wrong(
                (format!("le kid {kid} y est deux fois"), format!("the kid {kid} is there twice")),
                ("retirer l’une des deux clés", "take one of the two keys away"),
                "Y046AAF6",
            );
        }
    }
    let is = |key: &Map<String, Value>, member: &str, word: &str| {
        key.get(member).and_then(Value::as_str) == Some(word)
    };
    if let Some(alg) = encryption
        && !set.keys.iter().any(|key| is(key, "use", "enc") && is(key, "alg", alg))
    {
        wrong(
            (
                format!("n’a aucune clé use=enc alg={alg}, l’algorithme de la configuration"),
                format!("has no key use=enc alg={alg}, the algorithm of the configuration"),
            ),
            (
                "déployer FC_PRIVATE_KEYS avec une telle clé, ou corriger FC_ENCRYPTION_ALG",
                "deploy FC_PRIVATE_KEYS with such a key, or mend FC_ENCRYPTION_ALG",
            ),
            "Y046B607",
        );
    }
    states.extend(set.keys.iter().zip(1..).filter_map(|(key, place)| incomplete(key, place)));
    states
}

/// A key without what tells it from others.
fn incomplete(key: &Map<String, Value>, place: usize) -> Option<State> {
    let lacking: Vec<&str> =
        ["kid", "use", "alg"].into_iter().filter(|member| !key.contains_key(*member)).collect();
    let lacking = Some(lacking.join(", ")).filter(|lacking| !lacking.is_empty())?;
    Some(State::wrong(
        Words::new(format!("la clé {place} n’a pas de {lacking}"), format!("key {place} has no {lacking}")),
        "publier des clés de keygen jwks",
        "publish keys of keygen jwks",
    ))
}

/// What is published and not configured, and the reverse.
fn differs(set: &KeySet, ours: &KeySet) -> Vec<State> {
    let names = |some: &KeySet, others: &KeySet| {
        let only: Vec<String> = some.keys.iter().filter(|key| !others.keys.contains(key)).map(name).collect();
        only.join(", ")
    };
    let (more, less) = (names(set, ours), names(ours, set));
    let mut states = Vec::new();
    if !less.is_empty() {
        states.push(State::wrong(
            Words::new(format!("il y manque la clé {less}"), format!("the key {less} is not in it")),
            "déployer le FC_PRIVATE_KEYS qui se voit d’ici, ou regarder avec celui qui est déployé",
            "deploy the FC_PRIVATE_KEYS that is seen from here, or look with the one that is deployed",
        ));
    }
    if !more.is_empty() {
        states.push(State::wrong(
            Words::new(
                format!("la clé {more} y est et n’est pas dans la configuration"),
                format!("the key {more} is in it and not in the configuration"),
            ),
            "ce qui serait chiffré pour elle ne pourrait être lu : déployer le FC_PRIVATE_KEYS qui la contient, ou ne plus la publier",
            "what is encrypted for it could not be read: deploy the FC_PRIVATE_KEYS that holds it, or publish it no longer",
        ));
    }
    states
}
