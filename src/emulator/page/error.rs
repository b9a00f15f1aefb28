//! Decides FranceConnect's own errors: the page with its `Y` code, and what its link back tells the service.

use crate::emulator::http::Reply;
use crate::emulator::page;
use crate::emulator::product::Product;
use crate::html::{Html, fill};

const TECHNICAL: &str = "authentication aborted due to a technical error on the authorization server";
const ABORTED: &str = "user authentication aborted";

/// `error` and `error_description` of a callback.
pub(in crate::emulator) type Told = (&'static str, &'static str);

/// What `error_uri` and the page refer to.
pub(in crate::emulator) const REFERENCE: &str =
    "https://docs.partenaires.franceconnect.gouv.fr/fs/fs-technique/fs-technique-erreurs/";

/// What a service is told when the citizen comes back from the page of `code`.
pub(in crate::emulator) fn told(code: &str) -> Told {
    match code {
        "Y010004" | "Y010006" | "Y010007" | "Y010008" | "Y010009" | "Y010015" | "Y180001" => {
            ("access_denied", ABORTED)
        }
        "Y030030" | "Y100004" | "Y190001" | "Y190004" => ("access_denied", ABORTED),
        "Y010011" | "Y010012" => ("temporarily_unavailable", TECHNICAL),
        _ => ("server_error", TECHNICAL),
    }
}

/// Every code that a page can show: its status and its words.
const CATALOGUE: &[(&str, u16, &str)] = &[
    ("Y000400", 400, "La demande adressée à FranceConnect est incorrecte."),
    ("Y000404", 404, "Cette page n’existe pas."),
    ("Y010011", 504, "Le répertoire des personnes ne répond pas. Réessayez plus tard."),
    ("Y010012", 504, "Le répertoire des personnes ne répond pas. Réessayez plus tard."),
    ("Y010013", 400, "Le répertoire des personnes n’a pas pu être interrogé."),
    ("Y010015", 403, "La personne est signalée comme décédée au répertoire."),
    ("Y010004", 403, "Votre identité n’a pas pu être vérifiée au répertoire des personnes."),
    ("Y010006", 403, "Votre identité n’a pas pu être vérifiée au répertoire des personnes."),
    ("Y010007", 403, "Votre identité n’a pas pu être vérifiée au répertoire des personnes."),
    ("Y010008", 403, "Votre identité n’a pas pu être vérifiée au répertoire des personnes."),
    ("Y010009", 403, "Votre identité n’a pas pu être vérifiée au répertoire des personnes."),
    ("Y030007", 400, "Un paramètre de la demande est absent, incorrect ou inconnu de FranceConnect."),
    ("Y030030", 500, "Votre connexion a été perdue."),
    ("Y04EA6EF", 400, "Le service demandeur est inconnu de FranceConnect ou désactivé."),
    ("Y04C013C", 400, "L’adresse de retour n’est pas enregistrée pour ce service."),
    ("Y040001", 400, "La demande du service est incorrecte."),
    ("Y04D5AB7", 400, "Votre connexion a expiré ou est déjà terminée."),
    ("Y04D7C28", 400, "Cette connexion a été commencée dans un autre navigateur."),
    ("Y043310B", 400, "L’enregistrement du service est incomplet : l’adresse de ses clés publiques manque."),
    ("Y044D511", 400, "Les clés publiques du service n’ont pas pu être obtenues."),
    ("Y0450142", 400, "Les clés publiques du service ne sont pas utilisables."),
    ("Y046AAF6", 400, "Les clés publiques du service ne sont pas utilisables."),
    ("Y046B607", 400, "Aucune clé publique du service ne convient au chiffrement enregistré."),
    ("Y0429C91", 400, "Le jeton de déconnexion est destiné à un service inconnu."),
    ("Y0467882", 400, "Le jeton de déconnexion est celui d’un autre service."),
    ("Y04CFAEF", 400, "L’adresse de retour après déconnexion n’est pas enregistrée."),
    ("Y04FEDB9", 400, "Le jeton de déconnexion est illisible ou invalide."),
    ("Y045AFAE", 400, "Le jeton de déconnexion est illisible ou invalide."),
    ("Y100009", 400, "Ce service n’a pas le droit de demander les moyens d’authentification."),
    ("Y100019", 400, "Vous n’êtes pas connecté à FranceConnect : il n’y a rien à déconnecter."),
    ("Y180001", 403, "Vous avez désactivé l’accès de ce compte à FranceConnect."),
    ("Y190001", 401, "Votre session est absente ou terminée."),
    ("Y190004", 409, "Votre session ne permet pas cette étape : la page a sans doute été actualisée."),
    ("Y470001", 401, "Le formulaire ne vient pas de cette page."),
    ("Y600006", 400, "L’identité transmise par le fournisseur d’identité est incomplète ou invalide."),
    ("Y000000", 500, TROUBLE),
    ("Y010099", 500, TROUBLE),
    ("Y190003", 500, TROUBLE),
];

const TROUBLE: &str = "Une erreur technique est survenue.";

/// The code as the catalogue has it.
pub(in crate::emulator) fn known(code: &str) -> Option<&'static str> {
    CATALOGUE.iter().map(|(known, _, _)| *known).find(|known| *known == code)
}

/// The status and the words of the page of `code`.
fn catalogue(code: &str) -> (u16, &'static str) {
    let entry = CATALOGUE.iter().find(|(known, _, _)| *known == code);
    entry.map_or((500, TROUBLE), |(_, status, words)| (*status, words))
}

/// The page of `code`. `id` is the error's uuid; `back` the service's name and the address that takes the
/// citizen back there, when FranceConnect knows them.
pub(in crate::emulator) fn page(product: Product, code: &str, id: &str, back: Option<(&str, &str)>) -> Reply {
    let (status, message) = catalogue(code);
    let back = match back {
        Some((name, address)) => {
            fill("<p><a class=\"bouton\" href=\"{}\">Revenir sur {}</a></p>", &[&address, &name])
        }
        None => Html::default(),
    };
    let body = fill(
        "<h1>Une erreur s’est produite</h1><p class=\"code\">Erreur {}</p><p>{}</p>\
         <p>Identifiant de l’erreur : <code>{}</code></p>{}\
         <p><a href=\"{}?code={}\">Signification des codes d’erreur</a></p>",
        &[&code, &message, &id, &back, &REFERENCE, &code],
    );
    let mut reply = page::page(product, status, "Erreur de connexion", &body, &[]);
    code.clone_into(&mut reply.code);
    reply
}
