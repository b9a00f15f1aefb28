//! Decides what each refusal of an authorization request means for whoever set the service up, and what to mend: the
//! error words at the callback, the codes on FranceConnect's own page.

use super::State;
use crate::journey::Words;
use crate::journey::eligibility::SUPPORT;
use crate::journey::probe::printable;
use url::Url;

/// Where FranceConnect says what its codes mean.
const REFERENCE: &str =
    "https://docs.partenaires.franceconnect.gouv.fr/fs/fs-technique/fs-technique-erreurs/";

/// A meaning and a remedy, each in both languages.
type Told = [&'static str; 4];

const SECTOR: (&str, &str) = (
    "servir la liste des adresses à l’URL d’identifiant de secteur déclarée, ou la retirer du formulaire",
    "serve the list of callbacks at the sector identifier that is declared, or take it off the form",
);
const KEYS: (&str, &str) = (
    "servir les clés publiques à l’adresse déclarée (jwks_uri), en 200 et en https, avec l’algorithme déclaré",
    "serve the public keys at the address that is declared (jwks_uri), with 200, on https, of the algorithm declared",
);

/// Refusals by the words and codes that say them.
const REFUSALS: &[(&[&str], Told)] = &[
    (
        &["Y030007"],
        [
            "un paramètre manque, est mal formé ou n’est pas admis",
            "a parameter is missing, malformed or not taken",
            "donner à PUBLIC_URL une adresse publique, que FranceConnect+ exige ; puis regarder FC_PROMPT",
            "give PUBLIC_URL a public address, which FranceConnect+ demands; then look at FC_PROMPT",
        ],
    ),
    (
        &["Y04EA6EF", "unauthorized_client"],
        [
            "ce client_id n’existe pas dans cet environnement, ou il est désactivé",
            "that client_id does not exist in that environment, or is deactivated",
            "recopier FC_CLIENT_ID et regarder FC_ENVIRONMENT : un client ne vaut que chez un produit et dans un environnement",
            "copy FC_CLIENT_ID again and look at FC_ENVIRONMENT: a client counts at one product and in one environment",
        ],
    ),
    (
        &["Y04C013C"],
        [
            "l’adresse de retour n’est pas enregistrée pour ce client",
            "the callback is not registered for that client",
            "la déclarer lettre à lettre (URL(s) de redirection de connexion), ou corriger PUBLIC_URL ou FC_PREFIX",
            "declare it letter by letter (URL(s) de redirection de connexion), or mend PUBLIC_URL or FC_PREFIX",
        ],
    ),
    (
        &["Y040001"],
        [
            "un scope n’est pas ouvert, ou le type de réponse n’est pas admis, et l’adresse de retour n’est pas enregistrée",
            "a scope is not opened, or the response type is not taken, and the callback is not registered",
            "déclarer l’adresse lettre à lettre, puis ne demander dans FC_SCOPES que ce qui est accordé",
            "declare the address letter by letter, then ask in FC_SCOPES for no more than what was granted",
        ],
    ),
    (
        &["invalid_scope", "Y044D706"],
        [
            "un scope n’est pas ouvert à ce client",
            "a scope is not opened for that client",
            "ne demander dans FC_SCOPES que ce que l’habilitation donne (FC_HABILITATION), ou demander davantage",
            "ask in FC_SCOPES for no more than the habilitation grants (FC_HABILITATION), or request more",
        ],
    ),
    (
        &["invalid_acr"],
        [
            "le niveau demandé est de l’autre produit",
            "the level asked for is of the other product",
            "FC_ACR_VALUES : eidas1 chez FranceConnect, eidas2 ou eidas3 chez FranceConnect+",
            "FC_ACR_VALUES: eidas1 at FranceConnect, eidas2 or eidas3 at FranceConnect+",
        ],
    ),
    (
        &["invalid_idp_hint", "Y030032"],
        [
            "FC_IDP_HINT nomme un fournisseur d’identité qui n’est pas ouvert à ce client",
            "FC_IDP_HINT names an identity provider that is not opened for that client",
            "le faire ouvrir par FranceConnect, ou laisser FC_IDP_HINT vide",
            "have FranceConnect open it, or leave FC_IDP_HINT empty",
        ],
    ),
    (
        &["invalid_request", "unsupported_response_type", "Y048017B", "Y0411646", "Y04EE963"],
        [
            "la demande n’est pas celle que FranceConnect attend",
            "the request is not the one that FranceConnect expects",
            "regarder si un mandataire change la demande ; sinon signaler ce défaut",
            "look whether a proxy changes the request; otherwise report this fault",
        ],
    ),
    (
        &["Y100009"],
        [
            "la méthode d’authentification (amr) n’est pas ouverte à ce client",
            "the way of authentication (amr) is not opened for that client",
            "FC_AMR=false, ou la faire ouvrir par FranceConnect",
            "FC_AMR=false, or have FranceConnect open it",
        ],
    ),
    (
        &["Y04ED062"],
        [
            "l’URL d’identifiant de secteur ne répond pas à FranceConnect",
            "the sector identifier does not answer FranceConnect",
            SECTOR.0,
            SECTOR.1,
        ],
    ),
    (
        &["Y04A8220"],
        [
            "l’URL d’identifiant de secteur ne répond pas 200",
            "the sector identifier does not answer 200",
            SECTOR.0,
            SECTOR.1,
        ],
    ),
    (
        &["Y049E35D"],
        [
            "le document d’identifiant de secteur n’est pas du JSON",
            "the sector identifier document is not JSON",
            SECTOR.0,
            SECTOR.1,
        ],
    ),
    (
        &["Y04639D8", "Y04DB11F", "Y046696C"],
        [
            "le document d’identifiant de secteur n’est pas une liste, ou il y manque une adresse de retour déclarée",
            "the sector identifier document is no list, or lacks a callback that is declared",
            SECTOR.0,
            SECTOR.1,
        ],
    ),
    (
        &["Y044D511", "Y04C6357"],
        [
            "FranceConnect+ n’atteint pas nos clés publiques",
            "FranceConnect+ does not reach our public keys",
            KEYS.0,
            KEYS.1,
        ],
    ),
    (
        &["Y0450142", "Y046AAF6"],
        [
            "FranceConnect+ ne peut lire nos clés publiques",
            "FranceConnect+ cannot read our public keys",
            KEYS.0,
            KEYS.1,
        ],
    ),
    (
        &["Y046B607"],
        [
            "aucune de nos clés publiques n’a l’algorithme de chiffrement déclaré",
            "none of our public keys has the encryption algorithm that is declared",
            KEYS.0,
            KEYS.1,
        ],
    ),
    (
        &["Y000404"],
        [
            "cette adresse n’existe pas chez FranceConnect",
            "that address does not exist at FranceConnect",
            "regarder FC_ENVIRONMENT et FC_ISSUER",
            "look at FC_ENVIRONMENT and FC_ISSUER",
        ],
    ),
];

/// The code of FranceConnect's error page: `Y`, two characters for the family, four or five of hexadecimal; one that is
/// known before any other.
pub(super) fn on_page(page: &str) -> Option<String> {
    let words = page.split(|c: char| !c.is_ascii_alphanumeric());
    let hex = |word: &&str| {
        let digits = word.strip_prefix('Y').unwrap_or_default().as_bytes();
        matches!(digits.len(), 6 | 7)
            && digits.iter().all(|byte| byte.is_ascii_digit() || (b'A'..=b'F').contains(byte))
    };
    let codes: Vec<&str> = words.filter(hex).take(100).collect();
    let known = codes.iter().find(|code| meaning(code).is_some());
    known.or(codes.first()).map(|code| (*code).to_owned())
}

fn meaning(word: &str) -> Option<&'static Told> {
    REFUSALS.iter().find(|(words, _)| words.contains(&word)).map(|(_, told)| told)
}

/// FranceConnect refuses `request` by this word or code.
pub(super) fn refused(word: &str, request: &Url) -> State {
    let shown = printable(word);
    let Some([fr, en, mend, remedy]) = meaning(word) else {
        return State::wrong(
            Words::new(format!("FranceConnect refuse : {shown}"), format!("FranceConnect refuses: {shown}")),
            format!("chercher ce code dans {REFERENCE}, ou écrire à {SUPPORT}"),
            format!("look for that code in {REFERENCE}, or write to {SUPPORT}"),
        );
    };
    let asked = about(word).and_then(|name| {
        let (_, value) = request.query_pairs().find(|(known, _)| known == name)?;
        Some(format!(" ({name}={})", printable(&value)))
    });
    let asked = asked.unwrap_or_default();
    State::wrong(
        Words::new(
            format!("FranceConnect refuse, {shown} : {fr}{asked}"),
            format!("FranceConnect refuses, {shown}: {en}{asked}"),
        ),
        *mend,
        *remedy,
    )
}

/// The parameter that a refusal is about.
fn about(word: &str) -> Option<&'static str> {
    match word {
        "Y04EA6EF" | "unauthorized_client" => Some("client_id"),
        "Y04C013C" | "Y030007" => Some("redirect_uri"),
        "invalid_scope" | "Y044D706" => Some("scope"),
        "invalid_acr" => Some("acr_values"),
        "invalid_idp_hint" | "Y030032" => Some("idp_hint"),
        _ => None,
    }
}
