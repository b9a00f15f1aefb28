//! Decides what to say of a logout request.

use super::Note;
use super::authorize::unregistered;
use crate::emulator::Emulator;
use crate::emulator::end_session::KNOWN;
use crate::emulator::http::{Reply, Request};

impl Emulator {
    pub(super) fn diagnose_logout(&self, request: &Request, reply: &Reply) -> Vec<Note> {
        let params = request.query_params();
        let mut notes = Vec::new();
        if request.method != "GET" {
            notes.push(Note::wrong(
                "La déconnexion est une redirection du navigateur, par GET.",
                "The logout is a redirect of the browser, by GET.",
            ));
        }
        for (name, _) in params.iter().filter(|(name, _)| !KNOWN.contains(name)) {
            let shown: String = name.chars().take(64).collect();
            notes.push(Note::wrong(
                format!("{shown} n’est pas un paramètre de la déconnexion."),
                format!("{shown} is not a parameter of the logout."),
            ));
        }
        let hint = params.filled("id_token_hint");
        match hint.map(|hint| hint.split('.').count()) {
            None => notes.push(Note::wrong(
                "id_token_hint manque : l’ID Token reçu à la connexion.",
                "id_token_hint is missing: the ID Token received at the login.",
            )),
            Some(5) => notes.push(Note::wrong(
                "id_token_hint est le jeton chiffré (JWE, cinq parties) : envoyez le JWS qu’il contient, une fois déchiffré.",
                "id_token_hint is the encrypted token (JWE, five parts): send the JWS inside, once decrypted.",
            )),
            Some(3) => {}
            Some(_) => notes.push(Note::wrong(
                "id_token_hint n’est pas un ID Token.",
                "id_token_hint is not an ID Token.",
            )),
        }
        let audience = self.client_of(request, crate::emulator::Endpoint::EndSession);
        let client = self.settings.clients.iter().find(|client| Some(&client.client_id) == audience.as_ref());
        if let (Some(client), Some(uri)) = (client, params.filled("post_logout_redirect_uri")) {
            notes.extend(unregistered("post_logout_redirect_uri", uri, &client.post_logout_redirect_uris));
        }
        match reply.code.as_str() {
            "Y0467882" => notes.push(Note::wrong(
                "client_id n’est pas celui à qui l’ID Token a été donné.",
                "client_id is not the one that the ID Token was given to.",
            )),
            "Y0429C91" => notes.push(Note::wrong(
                "id_token_hint a été donné à un client qui n’est pas enregistré ici : est-il d’un autre environnement ?",
                "id_token_hint was given to a client that is not registered here: is it of another environment?",
            )),
            "Y045AFAE" => notes.push(Note::wrong(
                "id_token_hint n’a pas été signé ici : est-il d’un autre produit, d’un autre environnement, d’un démarrage \
                 précédent ?",
                "id_token_hint was not signed here: is it of another product, another environment, an earlier start?",
            )),
            "Y100019" => notes.push(Note::wrong(
                "Il n’y a plus de session FranceConnect dans ce navigateur. Déconnectez d’abord localement, puis \
                 redirigez : cette page n’empêchera rien.",
                "There is no FranceConnect session in this browser any more. Log out locally first, then redirect: this \
                 page will then prevent nothing.",
            )),
            _ => {}
        }
        if hint.is_some()
            && params.filled("state").is_none()
            && params.filled("post_logout_redirect_uri").is_some()
        {
            notes.push(Note::advice(
                "state n’est pas envoyé : sans lui le retour ne peut pas être reconnu comme celui de cette déconnexion.",
                "state is not sent: without it the return cannot be told to be that of this logout.",
            ));
        }
        notes
    }
}
