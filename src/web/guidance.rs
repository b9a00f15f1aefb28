//! What to do about a code, in words for those who run a service: by the place where it happened, and apart where one
//! rule has a cause of its own.

use crate::web::Language;

/// What to do.
pub(super) fn of(language: Language, code: &str) -> &'static str {
    let place = code.split('.').next().unwrap_or_default();
    let found = GUIDANCE.iter().find(|(known, ..)| *known == code);
    let found = found.or_else(|| GUIDANCE.iter().find(|(known, ..)| *known == place));
    found.map_or("", |(_, fr, en)| language.pick(*fr, *en))
}

/// Codes first, then places.
const GUIDANCE: &[(&str, &str, &str)] = &[
    (
        "callback.no_login",
        "Retour en arrière, page rechargée, connexion de plus de quelques minutes ou cookies refusés : rien à faire si c’est rare.",
        "Going back, a reloaded page, a login of many minutes or refused cookies: nothing to do if it is rare.",
    ),
    (
        "token.invalid_client",
        "Comparer client_id et secret à ceux de l’espace partenaires, pour cet environnement.",
        "Compare client_id and secret with those of the partner portal, for this environment.",
    ),
    (
        "token.invalid_grant",
        "L’adresse redirect_uri ci-dessus doit être déclarée à l’identique ; sinon, connexion rejouée ou trop lente.",
        "The redirect_uri above must be declared letter by letter; otherwise a login replayed or too slow.",
    ),
    (
        "callback",
        "FranceConnect a renvoyé une erreur, ou le retour est altéré.",
        "FranceConnect sent an error back, or the return was bent.",
    ),
    (
        "discovery",
        "Le document de découverte est injoignable ou inacceptable : vérifier l’émetteur (FC_ISSUER) et les appels sortants.",
        "The discovery document cannot be had or accepted: check the issuer (FC_ISSUER) and outbound calls.",
    ),
    (
        "jwks",
        "Les clés du fournisseur sont injoignables ou inutilisables : regarder sa page d’état et les appels sortants.",
        "The provider’s keys cannot be had or used: look at its status page and outbound calls.",
    ),
    (
        "token",
        "Le point d’accès aux jetons est en panne ou répond mal : regarder la page d’état du fournisseur.",
        "The token endpoint is out of order or answers badly: look at the provider’s status page.",
    ),
    (
        "id_token",
        "Un ID Token a été refusé. Si cela dure : algorithme déclaré (FC_ID_TOKEN_ALG), horloge (FC_LEEWAY), clés.",
        "An ID Token was refused. If it lasts: the algorithm declared (FC_ID_TOKEN_ALG), the clock (FC_LEEWAY), keys.",
    ),
    (
        "userinfo",
        "Une identité a été refusée. Si cela dure : algorithme et chiffrement déclarés, horloge.",
        "An identity was refused. If it lasts: the algorithm and encryption declared, the clock.",
    ),
    (
        "identity",
        "Une donnée n’a pas la forme promise : le signaler au fournisseur.",
        "A claim has not the form that was promised: tell the provider.",
    ),
    (
        "session",
        "La session ne peut être gardée ou lue : voir le message.",
        "The session cannot be kept or read: see the message.",
    ),
    (
        "store",
        "Le magasin de la plateforme ne répond pas : regarder sa page d’état.",
        "The platform’s store does not answer: look at its status page.",
    ),
    (
        "origin",
        "L’origine ne répond pas : vérifier FC_ORIGIN et le service derrière.",
        "The origin does not answer: check FC_ORIGIN and the service behind.",
    ),
    (
        "logout",
        "La session d’ici est finie ; celle du fournisseur peut durer encore.",
        "The session here is over; the provider’s may last a while.",
    ),
    (
        "config",
        "Lancer `check` : il nomme chaque variable à corriger.",
        "Run `check`: it names every variable to mend.",
    ),
    ("keys", "Changer les clés de session (README).", "Change the session keys (README)."),
    (
        "login",
        "Une connexion n’a pu commencer : voir le message.",
        "A login could not begin: see the message.",
    ),
    (
        "operator",
        "Si ce n’est pas vous : la clé n’a pas été devinée, mais quelqu’un cherche.",
        "If it was not you: the key was not guessed, but somebody tries.",
    ),
];
