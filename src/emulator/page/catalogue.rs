//! Decides what each of FranceConnect's codes means: the status of its page, what the link back from there tells the
//! service, and the words for the person in front of it.

use super::engine;

/// `error` and `error_description` of a callback; the one error without a name has an empty one.
pub(in crate::emulator) type Told = (&'static str, &'static str);

const TECHNICAL: &str = "authentication aborted due to a technical error on the authorization server";
const ABORTED: Told = ("access_denied", "user authentication aborted");
const TROUBLE: Told = ("server_error", TECHNICAL);
const LATER: Told = ("temporarily_unavailable", TECHNICAL);

/// One code.
#[derive(Debug, Clone, Copy)]
pub(in crate::emulator) struct Entry {
    pub(in crate::emulator) code: &'static str,
    pub(in crate::emulator) status: u16,
    /// Nothing: the page has no link back.
    pub(in crate::emulator) told: Option<Told>,
    pub(in crate::emulator) fr: &'static str,
    pub(in crate::emulator) en: &'static str,
}

/// Codes that share everything else.
pub(super) type Row = (&'static [&'static str], u16, Option<Told>, &'static str, &'static str);

/// What `code` means, if it is one of FranceConnect's.
pub(in crate::emulator) fn entry(code: &str) -> Option<Entry> {
    let rows = ROWS.iter().chain(engine::ROWS);
    rows.filter_map(|&(codes, status, told, fr, en)| {
        let code = *codes.iter().find(|known| **known == code)?;
        Some(Entry { code, status, told, fr, en })
    })
    .next()
}

/// FranceConnect's own codes.
const ROWS: &[Row] = &[
    (
        &["Y000000", "Y010099", "Y030005", "Y030006", "Y030026", "Y030028", "Y190005", "Y190008"],
        500,
        Some(TROUBLE),
        "Une erreur technique est survenue. Réessayez plus tard.",
        "A technical error occurred. Try again later.",
    ),
    (
        &["Y000400"],
        400,
        None,
        "La demande adressée à FranceConnect est incorrecte.",
        "The request sent to FranceConnect is not valid.",
    ),
    (&["Y000404"], 404, None, "Cette page n’existe pas.", "This page does not exist."),
    (
        &["Y010004", "Y010006", "Y010007", "Y010008", "Y010009"],
        403,
        Some(ABORTED),
        "Votre identité n’a pas pu être vérifiée au répertoire des personnes.",
        "Your identity could not be checked against the register of persons.",
    ),
    (
        &["Y010011", "Y010012"],
        504,
        Some(LATER),
        "Le répertoire des personnes ne répond pas. Réessayez plus tard.",
        "The register of persons does not answer. Try again later.",
    ),
    (
        &["Y010013"],
        400,
        Some(TROUBLE),
        "Le répertoire des personnes n’a pas pu être interrogé.",
        "The register of persons could not be queried.",
    ),
    (
        &["Y010015"],
        403,
        Some(ABORTED),
        "La personne est signalée comme décédée au répertoire.",
        "The register has this person as deceased.",
    ),
    (
        &["Y020017", "Y020019", "Y020024"],
        500,
        Some(TROUBLE),
        "Ce fournisseur d’identité est désactivé ou inconnu. Choisissez un autre compte.",
        "This identity provider is disabled or unknown. Choose another account.",
    ),
    (
        &["Y100010"],
        400,
        Some(TROUBLE),
        "Ce fournisseur d’identité est introuvable. Choisissez un autre compte.",
        "This identity provider was not found. Choose another account.",
    ),
    (
        &["Y020021"],
        400,
        Some(("invalid_request", TECHNICAL)),
        "Le fournisseur d’identité vous a renvoyé sans dire à quelle connexion cela répond.",
        "The identity provider sent you back without saying which login it answers.",
    ),
    (
        &["Y020022"],
        403,
        Some(("invalid_request", "invalid state parameter")),
        "Le fournisseur d’identité a répondu à une autre connexion que la vôtre.",
        "The identity provider answered another login than yours.",
    ),
    (
        &["Y020023"],
        403,
        Some(("access_denied", TECHNICAL)),
        "Ce service n’accepte pas ce fournisseur d’identité. Choisissez un autre compte.",
        "This service does not take this identity provider. Choose another account.",
    ),
    (
        &["Y020025"],
        400,
        Some(TROUBLE),
        "Le fournisseur d’identité vous a renvoyé sans preuve de connexion.",
        "The identity provider sent you back without proof of a login.",
    ),
    (
        &["Y020026", "Y020027"],
        502,
        Some(TROUBLE),
        "Le fournisseur d’identité n’a pas transmis votre identité. Réessayez plus tard.",
        "The identity provider did not pass on your identity. Try again later.",
    ),
    (
        &["Y020028"],
        500,
        Some(TROUBLE),
        "La déconnexion du fournisseur d’identité est impossible pour le moment.",
        "The identity provider cannot log you out at the moment.",
    ),
    (
        &["Y020029", "Y020030"],
        500,
        Some(TROUBLE),
        "La réponse du fournisseur d’identité n’est pas utilisable. Réessayez plus tard.",
        "The identity provider’s answer is not usable. Try again later.",
    ),
    (
        &["Y030007"],
        400,
        None,
        "Un paramètre de la demande est absent, incorrect ou inconnu de FranceConnect.",
        "A parameter of the request is missing, not valid or unknown to FranceConnect.",
    ),
    (
        &["Y030025"],
        500,
        Some(TROUBLE),
        "Votre connexion n’a pas été retrouvée. Recommencez depuis le service.",
        "Your login was not found. Start again from the service.",
    ),
    (
        &["Y030027"],
        400,
        Some(("invalid_request", "invalid client_id parameter")),
        "Le service pour lequel vous vous connectiez a été perdu.",
        "The service you were logging in to was lost.",
    ),
    (&["Y030030"], 500, Some(ABORTED), "Votre connexion a été perdue.", "Your login was lost."),
    (
        &["Y050001", "Y050002", "Y050003", "Y050004"],
        500,
        None,
        "L’accès aux identités des autres pays européens est en panne. Réessayez plus tard.",
        "The access to the identities of other European countries is out of order. Try again later.",
    ),
    (
        &["Y060001", "Y060002", "Y070001", "Y070002"],
        504,
        Some(LATER),
        "L’autre pays européen ne répond pas. Réessayez plus tard.",
        "The other European country does not answer. Try again later.",
    ),
    (
        &["Y060003"],
        400,
        Some((
            "invalid_request",
            "Authentication aborted due to invalid \"in_response_id\" parameter in the eIDAS response",
        )),
        "L’autre pays européen a répondu à une autre demande que la vôtre.",
        "The other European country answered another request than yours.",
    ),
    (
        &["Y060004"],
        400,
        Some((
            "invalid_request",
            "Authentication aborted due to invalid \"relayState\" parameter in the eIDAS response",
        )),
        "L’autre pays européen a répondu à une autre demande que la vôtre.",
        "The other European country answered another request than yours.",
    ),
    (
        &["Y080001", "Y080002"],
        400,
        Some(ABORTED),
        "L’identité transmise n’est pas valide. Choisissez un autre compte.",
        "The identity that was passed on is not valid. Choose another account.",
    ),
    (
        &["Y100001"],
        500,
        Some(("", TECHNICAL)),
        "Le compte choisi n’offre pas le niveau de sécurité que demande le service. Choisissez-en un autre.",
        "The account chosen does not offer the level of security that the service asks for. Choose another one.",
    ),
    (
        &["Y100002"],
        400,
        Some(("invalid_request", "acr_values not supported")),
        "Le niveau de sécurité demandé ou obtenu est inconnu de FranceConnect.",
        "The level of security asked for or obtained is unknown to FranceConnect.",
    ),
    (
        &["Y100004"],
        403,
        Some(ABORTED),
        "Une étape de la connexion a été sautée. Recommencez depuis le service.",
        "A step of the login was skipped. Start again from the service.",
    ),
    (
        &["Y100009"],
        400,
        Some(TROUBLE),
        "Ce service n’a pas le droit de demander les moyens d’authentification.",
        "This service may not ask for the means of authentication.",
    ),
    (
        &["Y100011"],
        403,
        Some(ABORTED),
        "Vous avez bloqué ce fournisseur d’identité. Choisissez un autre compte.",
        "You have blocked this identity provider. Choose another account.",
    ),
    (
        &["Y100018"],
        400,
        Some(("invalid_request", "idp returned a not allowed acr value")),
        "Le fournisseur d’identité a annoncé un niveau de sécurité auquel il n’a pas droit.",
        "The identity provider claimed a level of security that it may not give.",
    ),
    (
        &["Y100019"],
        400,
        None,
        "Vous n’êtes pas connecté à FranceConnect : il n’y a rien à déconnecter.",
        "You are not logged in to FranceConnect: there is nothing to log out of.",
    ),
    (
        &["Y180001"],
        403,
        Some(ABORTED),
        "Vous avez désactivé l’accès de ce compte à FranceConnect.",
        "You have deactivated the access of this account to FranceConnect.",
    ),
    (
        &["Y180002"],
        500,
        Some(TROUBLE),
        "Ce compte est introuvable chez FranceConnect.",
        "This account is not found at FranceConnect.",
    ),
    (
        &["Y190001", "Y190009", "Y190012"],
        401,
        Some(ABORTED),
        "Votre session est absente ou terminée. Recommencez depuis le service.",
        "Your session is absent or over. Start again from the service.",
    ),
    (
        &["Y190002", "Y190003", "Y190013"],
        500,
        Some(ABORTED),
        "Votre session a été perdue. Recommencez depuis le service.",
        "Your session was lost. Start again from the service.",
    ),
    (
        &["Y190010"],
        401,
        Some(TROUBLE),
        "Cette fenêtre est restée ouverte trop longtemps. Recommencez depuis le service.",
        "This window was left open too long. Start again from the service.",
    ),
    (
        &["Y190004", "Y190011"],
        409,
        Some(ABORTED),
        "Votre session ne permet pas cette étape : la page a sans doute été actualisée.",
        "Your session does not allow this step: the page was probably refreshed.",
    ),
    (
        &["Y270001", "Y270002", "Y270003"],
        500,
        Some(TROUBLE),
        "Le courriel qui vous signale cette connexion n’a pas pu être envoyé.",
        "The e-mail that tells you of this login could not be sent.",
    ),
    (
        &["Y420001", "Y420002"],
        400,
        Some(ABORTED),
        "La navigation a été interrompue, par un retour en arrière peut-être. Recommencez depuis le service.",
        "The way through the pages was interrupted, by the back button perhaps. Start again from the service.",
    ),
    (
        &["Y470001", "Y470003", "Y470004"],
        401,
        Some(TROUBLE),
        "Le formulaire ne vient pas de cette page.",
        "The form does not come from this page.",
    ),
    (
        &["Y470002"],
        400,
        Some(TROUBLE),
        "Le formulaire ne dit pas de quelle page il vient.",
        "The form does not say which page it comes from.",
    ),
    (
        &["Y510001", "Y510002"],
        400,
        Some(("invalid_request", "required parameter missing or invalid")),
        "Le cookie qui reconnaît cet appareil est illisible.",
        "The cookie that recognises this device is unreadable.",
    ),
    (
        &["Y520001"],
        500,
        Some(TROUBLE),
        "Le niveau de votre connexion précédente est inconnu.",
        "The level of your earlier login is unknown.",
    ),
    (
        &["Y600006"],
        400,
        Some(TROUBLE),
        "L’identité transmise par le fournisseur d’identité est incomplète ou invalide.",
        "The identity that the identity provider passed on is incomplete or not valid.",
    ),
    (
        &["Y600007"],
        500,
        Some(TROUBLE),
        "Le service demande un consentement alors qu’aucune donnée n’est transmise.",
        "The service asks for consent although no data are passed on.",
    ),
    (
        &["Y600020"],
        400,
        Some(("access_denied", TECHNICAL)),
        "Le mandat Aidants Connect ne couvre pas ce service.",
        "The Aidants Connect mandate does not cover this service.",
    ),
];
