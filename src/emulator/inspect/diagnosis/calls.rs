//! Decides what to say of a service's own calls: token, userinfo, revocation.

use super::Note;
use super::authorize::unregistered;
use crate::emulator::Emulator;
use crate::emulator::client::ClientAuth;
use crate::emulator::http::{Reply, Request};
use crate::emulator::inspect::{EXCHANGES, Record};
use crate::emulator::state::{CODE_LIFE, TOKEN_LIFE};
use crate::secret::fingerprint;
use crate::time::Timestamp;

impl Emulator {
    pub(super) fn diagnose_token(&self, now: Timestamp, request: &Request, reply: &Reply) -> Vec<Note> {
        let form = request.form_params();
        let mut notes = Vec::new();
        if !request.is_form() {
            notes.push(Note::wrong(
                "Le corps doit être un formulaire (application/x-www-form-urlencoded), pas du JSON.",
                "The body must be a form (application/x-www-form-urlencoded), not JSON.",
            ));
        }
        if request
            .header("authorization")
            .is_some_and(|value| value.to_ascii_lowercase().starts_with("basic"))
        {
            notes.push(Note::wrong(
                "Le client s’authentifie par l’en-tête Authorization : Basic (client_secret_basic). FranceConnect annonce \
                 client_secret_post : envoyez client_id et client_secret dans le formulaire.",
                "The client authenticates with the header Authorization: Basic (client_secret_basic). FranceConnect \
                 offers client_secret_post: send client_id and client_secret in the form.",
            ));
        }
        let client = self
            .settings
            .clients
            .iter()
            .find(|client| Some(client.client_id.as_str()) == form.get("client_id"));
        match reply.code.as_str() {
            "Y0434A7B" => notes.push(self.wrong_secret(form.get("client_secret").unwrap_or_default())),
            "Y044D82C" if client.is_some_and(|client| client.auth == ClientAuth::PrivateKeyJwt) => {
                notes.push(Note::wrong(
                    "Le service est enregistré pour private_key_jwt : envoyez client_assertion, pas de secret.",
                    "The service is registered for private_key_jwt: send client_assertion and no secret.",
                ));
            }
            "Y049E20B" => notes.push(self.unknown_code(now, form.get("code").unwrap_or_default())),
            "Y0416228" => notes.push(Note::wrong(
                "Ce code a déjà été échangé : un rechargement de la page de retour, ou deux traitements à la fois ? Le jeton \
                 du premier échange vient d’être révoqué.",
                "This code was exchanged before: was the callback page reloaded, or handled twice at once? The token of \
                 the first exchange has just been revoked.",
            )),
            "Y04F8199" => {
                let code = form.get("code").unwrap_or_default();
                let asked = self.state.codes.get(code).map(|code| code.grant.request.redirect_uri.to_string());
                let sent = form.get("redirect_uri").unwrap_or_default();
                notes.extend(asked.and_then(|asked| unregistered("redirect_uri", sent, &[asked])));
            }
            "Y047A2EA" => notes.push(Note::wrong(
                "Ce code a été donné à un autre client.",
                "This code was given to another client.",
            )),
            "Y048017B" => {
                for name in ["grant_type", "code", "redirect_uri"] {
                    if form.filled(name).is_none() {
                        notes.push(Note::wrong(format!("{name} manque."), format!("{name} is missing.")));
                    }
                }
            }
            _ => {}
        }
        if form.get("code_verifier").is_some() {
            notes.push(Note::advice(
                "code_verifier n’a pas d’effet : FranceConnect n’admet pas PKCE.",
                "code_verifier has no effect: FranceConnect does not take PKCE.",
            ));
        }
        notes
    }

    /// Says what may be said of a wrong secret without showing the right one.
    fn wrong_secret(&self, sent: &str) -> Note {
        let clients = &self.settings.clients;
        if sent.trim() != sent && clients.iter().any(|client| client.client_secret == sent.trim()) {
            return Note::wrong(
                "client_secret est juste, mais suivi ou précédé d’une espace ou d’un retour à la ligne.",
                "client_secret is right, but has a space or a line break around it.",
            );
        }
        if !sent.is_empty() && clients.iter().any(|client| client.client_secret == sent) {
            return Note::wrong(
                "client_secret est celui d’un autre client.",
                "client_secret is that of another client.",
            );
        }
        Note::wrong("client_secret n’est pas celui du service.", "client_secret is not the service's.")
    }

    fn unknown_code(&self, now: Timestamp, code: &str) -> Note {
        let mark = fingerprint::<16>(code.as_bytes());
        let given = self.records.iter().find(|record| record.marks.contains(&mark));
        match given.and_then(|record| given_at(record, code)) {
            Some(at) => {
                let age = now.since(at);
                Note::wrong(
                    format!(
                        "Ce code a expiré : échangé {age} s après avoir été donné, il en vit {CODE_LIFE}."
                    ),
                    format!(
                        "This code has expired: exchanged {age} s after it was given, it lives {CODE_LIFE}."
                    ),
                )
            }
            None => Note::wrong(
                "Ce code n’a pas été donné ici : vient-il d’un autre environnement, ou a-t-il été décodé deux fois ?",
                "This code was not given here: does it come from another environment, or was it decoded twice?",
            ),
        }
    }

    pub(super) fn diagnose_userinfo(&self, request: &Request, reply: &Reply) -> Vec<Note> {
        let mut notes = Vec::new();
        if request.query_params().get("access_token").is_some() {
            notes.push(Note::wrong(
                "Le jeton d’accès est dans l’adresse, que gardent tous les journaux : envoyez l’en-tête Authorization: Bearer.",
                "The access token is in the address, which every log keeps: send the header Authorization: Bearer.",
            ));
        }
        match reply.code.as_str() {
            "Y04146A2" => notes.push(Note::wrong(
                "Il manque l’en-tête Authorization: Bearer, suivi du jeton d’accès.",
                "The header Authorization: Bearer with the access token is missing.",
            )),
            "Y040001" | "Y0489D15" | "Y0446BD3" => notes.push(Note::wrong(
                format!(
                    "Ce jeton d’accès est inconnu, révoqué ou expiré : il vit {TOKEN_LIFE} s, et FranceConnect peut \
                     l’oublier avant. Appelez userinfo aussitôt après l’échange du code, jamais plus tard."
                ),
                format!(
                    "This access token is unknown, revoked or expired: it lives {TOKEN_LIFE} s, and FranceConnect may \
                     forget it before. Call userinfo right after the code's exchange, never later."
                ),
            )),
            _ => {}
        }
        if reply.status == 200
            && request.header("accept").is_some_and(|accept| accept.trim() == "application/json")
        {
            notes.push(Note::advice(
                "Le service demande du JSON ; userinfo répond toujours un JWT (application/jwt).",
                "The service asks for JSON; userinfo always answers a JWT (application/jwt).",
            ));
        }
        notes
    }
}

/// When `code` was given out in `record`.
fn given_at(record: &Record, code: &str) -> Option<Timestamp> {
    let gives = |location: &String| {
        let url = url::Url::parse(location).ok()?;
        url.query_pairs().find(|(name, value)| name == "code" && value == code).map(|_| ())
    };
    let mut exchanges = record.exchanges.iter().take(EXCHANGES);
    exchanges
        .find(|exchange| exchange.location.as_ref().and_then(gives).is_some())
        .map(|exchange| exchange.at)
}

pub(super) fn revocation(request: &Request, reply: &Reply) -> Vec<Note> {
    let form = request.form_params();
    let mut notes = Vec::new();
    if reply.code == "Y000400" {
        for (name, _) in
            form.iter().filter(|(name, _)| !["token", "client_id", "client_secret"].contains(name))
        {
            let shown: String = name.chars().take(64).collect();
            notes.push(Note::wrong(
                format!("{shown} n’est pas admis ici : token, client_id et client_secret seulement."),
                format!("{shown} is not taken here: token, client_id and client_secret only."),
            ));
        }
        if form.get("token").is_none_or(|token| token.chars().count() < 43) {
            notes.push(Note::wrong("token a moins de 43 caractères.", "token has less than 43 characters."));
        }
        if form.get("client_secret").is_none_or(|secret| secret.len() < 32) {
            notes.push(Note::wrong(
                "client_secret a moins de 32 caractères.",
                "client_secret has less than 32 characters.",
            ));
        }
    }
    notes
}
