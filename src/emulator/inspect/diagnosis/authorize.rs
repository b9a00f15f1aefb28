//! Decides what to say of an authorization request.

use super::Note;
use crate::emulator::client::Client;
use crate::emulator::http::{Params, Reply, Request};
use crate::emulator::inspect::{near, sent};
use crate::emulator::interaction::authorize::PARAMETERS;
use crate::emulator::{Emulator, Product};
use crate::secret::fingerprint;

/// Characters of a `state` or `nonce` that FranceConnect recommends.
const RECOMMENDED: usize = 32;

/// What must be there, and what it is for.
const REQUIRED: [(&str, &str, &str); 7] = [
    ("response_type", "toujours code", "always code"),
    ("client_id", "l’identifiant du service", "the service's identifier"),
    ("redirect_uri", "l’adresse de retour enregistrée", "the registered callback"),
    ("scope", "openid et les données voulues", "openid and the data wanted"),
    (
        "acr_values",
        "le niveau : eidas1, ou eidas2 ou eidas3 chez FranceConnect+",
        "the level: eidas1, or eidas2 or eidas3 at FranceConnect+",
    ),
    ("state", "aléatoire, vérifié au retour", "random, verified on return"),
    (
        "nonce",
        "aléatoire, au moins 22 caractères, vérifié dans l’ID Token",
        "random, at least 22 characters, verified in the ID Token",
    ),
];

/// Parameters that libraries add, and how to make them stop.
const FOREIGN: [(&str, &str, &str); 9] = [
    (
        "code_challenge",
        "PKCE n’est pas admis : désactivez-le dans la bibliothèque",
        "PKCE is not taken: switch it off in the library",
    ),
    (
        "code_challenge_method",
        "PKCE n’est pas admis : désactivez-le dans la bibliothèque",
        "PKCE is not taken: switch it off in the library",
    ),
    (
        "response_mode",
        "le retour se fait toujours dans l’adresse : retirez-le",
        "the return is always in the query: leave it out",
    ),
    (
        "login_hint",
        "FranceConnect ne préremplit rien : retirez-le",
        "FranceConnect fills nothing in: leave it out",
    ),
    (
        "max_age",
        "retirez-le ; prompt=login demande une nouvelle authentification",
        "leave it out; prompt=login asks for a new authentication",
    ),
    ("display", "retirez-le", "leave it out"),
    ("id_token_hint", "il ne sert qu’à la déconnexion", "it is for the logout only"),
    (
        "request",
        "les objets de requête ne sont pas admis : envoyez des paramètres",
        "request objects are not taken: send parameters",
    ),
    (
        "request_uri",
        "les objets de requête ne sont pas admis : envoyez des paramètres",
        "request objects are not taken: send parameters",
    ),
];

impl Emulator {
    pub(super) fn diagnose_authorize(&self, request: &Request, reply: &Reply) -> Vec<Note> {
        let params = sent(request);
        let mut notes = Vec::new();
        front_door(&params, &mut notes);
        let clients = &self.settings.clients;
        let named = params.filled("client_id");
        let client = named.and_then(|id| clients.iter().find(|client| client.client_id == id));
        match (named, client) {
            (Some(_), None) => notes.push(self.unknown_client()),
            (_, Some(client)) => self.of_client(client, &params, reply, &mut notes),
            (None, None) => {}
        }
        for name in ["state", "nonce"] {
            let Some(value) = params.filled(name) else { continue };
            let mark = fingerprint::<16>(value.as_bytes());
            if name == "nonce" && self.records.iter().any(|record| record.marks.contains(&mark)) {
                notes.push(Note::wrong(
                    "nonce a déjà servi : il doit être tiré au hasard pour chaque connexion.",
                    "nonce was used before: it must be drawn for each login.",
                ));
            } else if value.chars().count() < RECOMMENDED && (name == "state" || value.chars().count() >= 22)
            {
                notes.push(Note::advice(
                    format!("{name} a moins de {RECOMMENDED} caractères, que la documentation recommande."),
                    format!(
                        "{name} has less than {RECOMMENDED} characters, which the documentation recommends."
                    ),
                ));
            }
        }
        notes
    }

    fn unknown_client(&self) -> Note {
        let ids: Vec<&str> = self.settings.clients.iter().map(|client| client.client_id.as_str()).collect();
        let (ids, name) = (ids.join(", "), self.settings.product.name());
        Note::wrong(
            format!(
                "client_id n’est enregistré nulle part ici. {name} connaît : {ids}. Un identifiant ne vaut que chez un \
                 produit et dans un environnement."
            ),
            format!(
                "client_id is registered nowhere here. {name} knows: {ids}. An identifier counts at one product and in \
                 one environment."
            ),
        )
    }

    fn of_client(&self, client: &Client, params: &Params, reply: &Reply, notes: &mut Vec<Note>) {
        let product = self.settings.product;
        if let Some(uri) = params.filled("redirect_uri") {
            notes.extend(unregistered("redirect_uri", uri, &client.redirect_uris));
        }
        let asked: Vec<&str> = params.get("scope").unwrap_or_default().split_whitespace().collect();
        if params.get("scope").is_some() && !asked.contains(&"openid") {
            notes.push(Note::wrong("scope doit contenir openid.", "scope must contain openid."));
        }
        for scope in asked {
            if !product.has_scope(scope) {
                notes.push(Note::advice(
                    format!("Le scope {scope} n’existe pas chez {} : il est ignoré.", product.name()),
                    format!("The scope {scope} does not exist at {}: it is ignored.", product.name()),
                ));
            } else if !client.may_ask(scope) {
                notes.push(Note::wrong(
                    format!("L’habilitation du service n’ouvre pas le scope {scope}."),
                    format!("The service's habilitation does not open the scope {scope}."),
                ));
            }
        }
        if told(reply) == Some("invalid_acr") {
            notes.push(match product {
                Product::Standard => Note::wrong(
                    "acr_values : FranceConnect ne donne qu’eidas1 ; eidas2 et eidas3 sont ceux de FranceConnect+, qui a \
                     ses propres adresses et identifiants.",
                    "acr_values: FranceConnect gives eidas1 only; eidas2 and eidas3 are those of FranceConnect+, which \
                     has its own addresses and identifiers.",
                ),
                Product::Plus => Note::wrong(
                    "acr_values : FranceConnect+ donne eidas2 et eidas3 ; une liste qui contient eidas1 est refusée.",
                    "acr_values: FranceConnect+ gives eidas2 and eidas3; a list that holds eidas1 is refused.",
                ),
            });
        }
        if told(reply) == Some("invalid_idp_hint") {
            notes.push(Note::wrong(
                "idp_hint ne nomme aucun fournisseur d’identité ouvert à ce service ; FranceConnect l’ouvre sur demande.",
                "idp_hint names no identity provider opened to this service; FranceConnect opens it on request.",
            ));
        }
        if reply.code == "Y100009" {
            notes.push(Note::wrong(
                "claims demande amr, que l’enregistrement du service n’ouvre pas.",
                "claims asks for amr, which the service's registration does not open.",
            ));
        }
    }
}

fn front_door(params: &Params, notes: &mut Vec<Note>) {
    for (name, fr, en) in REQUIRED {
        let may_be_empty = matches!(name, "response_type" | "scope" | "state");
        let absent = if may_be_empty { params.get(name).is_none() } else { params.filled(name).is_none() };
        if absent {
            notes.push(Note::wrong(format!("{name} manque : {fr}."), format!("{name} is missing: {en}.")));
        }
    }
    let mut seen: Vec<&str> = Vec::new();
    for (name, _) in params.iter() {
        if seen.contains(&name) {
            continue;
        }
        seen.push(name);
        if !PARAMETERS.contains(&name) {
            let known = FOREIGN.iter().find(|(foreign, _, _)| *foreign == name);
            let (fr, en) = known.map_or(("retirez-le", "leave it out"), |(_, fr, en)| (fr, en));
            let shown: String = name.chars().take(64).collect();
            notes.push(Note::wrong(
                format!("{shown} n’est pas un des onze paramètres que FranceConnect admet : {fr}."),
                format!("{shown} is not one of the eleven parameters that FranceConnect takes: {en}."),
            ));
        }
    }
    if let Some(name) = params.repeated() {
        let shown: String = name.chars().take(64).collect();
        notes.push(Note::wrong(format!("{shown} est envoyé deux fois."), format!("{shown} is sent twice.")));
    }
    match params.get("prompt") {
        Some("none") => notes.push(Note::wrong(
            "prompt=none est refusé : il n’y a pas de connexion silencieuse avec FranceConnect.",
            "prompt=none is refused: there is no silent login with FranceConnect.",
        )),
        Some(prompt)
            if !prompt.split(' ').all(|word| matches!(word, "login" | "consent")) || prompt.is_empty() =>
        {
            notes.push(Note::wrong(
                "prompt n’admet que login et consent.",
                "prompt takes login and consent only.",
            ));
        }
        _ => {}
    }
    if params.filled("nonce").is_some_and(|nonce| nonce.chars().count() < 22) {
        notes.push(Note::wrong("nonce a moins de 22 caractères.", "nonce has less than 22 characters."));
    }
    match params.get("response_type") {
        None | Some("code") => {}
        Some(_) => notes.push(Note::wrong("response_type doit être code.", "response_type must be code.")),
    }
}

/// What to say of an address that is none of those registered.
pub(super) fn unregistered(name: &str, sent: &str, registered: &[String]) -> Option<Note> {
    if registered.iter().any(|known| known == sent) {
        return None;
    }
    Some(match near::near(sent, registered) {
        Some((known, fr, en)) => Note::wrong(
            format!(
                "{name} n’est pas l’adresse enregistrée {known} : la différence est {fr}. Elles sont comparées lettre à lettre."
            ),
            format!(
                "{name} is not the registered address {known}: the difference is {en}. They are compared letter by letter."
            ),
        ),
        None => Note::wrong(
            format!(
                "{name} n’est pas enregistrée pour ce service, et ne ressemble à aucune qui le soit : {}.",
                registered.join(", ")
            ),
            format!(
                "{name} is not registered for this service, and like none that is: {}.",
                registered.join(", ")
            ),
        ),
    })
}

/// The `error` that a redirect tells the service.
fn told(reply: &Reply) -> Option<&'static str> {
    let location = reply.get("location")?;
    ["invalid_acr", "invalid_idp_hint"]
        .into_iter()
        .find(|error| location.contains(&format!("error={error}&")))
}
