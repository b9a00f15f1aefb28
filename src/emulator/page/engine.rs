//! Decides what the codes of the engine below FranceConnect mean (`Y04` and five digits): pages from which nothing leads
//! back to the service.

use super::catalogue::Row;

/// The codes that a page can show.
pub(super) const ROWS: &[Row] = &[
    (&["Y040001"], 400, None, "La demande du service est incorrecte.", "The service’s request is not valid."),
    (
        &["Y04EA6EF", "Y04FE3C9"],
        400,
        None,
        "Le service demandeur est inconnu de FranceConnect ou désactivé.",
        "The service is unknown to FranceConnect or deactivated.",
    ),
    (
        &["Y04C013C"],
        400,
        None,
        "L’adresse de retour n’est pas enregistrée pour ce service.",
        "The return address is not registered for this service.",
    ),
    (
        &["Y044EFEA", "Y044F260", "Y048192C", "Y04CAB72", "Y04D5AB7"],
        400,
        None,
        "Votre connexion a expiré ou est déjà terminée. Recommencez depuis le service.",
        "Your login has expired or is over already. Start again from the service.",
    ),
    (
        &["Y042BB27", "Y045253A", "Y04D7C28"],
        400,
        None,
        "Cette connexion a été commencée dans un autre navigateur.",
        "This login was begun in another browser.",
    ),
    (
        &["Y043310B"],
        400,
        None,
        "L’enregistrement du service est incomplet : l’adresse de ses clés publiques manque.",
        "The service’s registration is incomplete: the address of its public keys is missing.",
    ),
    (
        &["Y044D511"],
        400,
        None,
        "Les clés publiques du service n’ont pas pu être obtenues.",
        "The service’s public keys could not be fetched.",
    ),
    (
        &["Y0450142", "Y046AAF6"],
        400,
        None,
        "Les clés publiques du service ne sont pas utilisables.",
        "The service’s public keys are not usable.",
    ),
    (
        &["Y046B607"],
        400,
        None,
        "Aucune clé publique du service ne convient au chiffrement enregistré.",
        "None of the service’s public keys suits the encryption registered.",
    ),
    (
        &["Y04639D8", "Y049E35D", "Y04A8220", "Y04ED062"],
        400,
        None,
        "Le document « sector_identifier_uri » du service ne répond pas ou n’est pas utilisable.",
        "The service’s sector_identifier_uri document does not answer or is not usable.",
    ),
    (
        &["Y047B9D9", "Y04976CE"],
        400,
        None,
        "La déconnexion n’a pas pu être confirmée.",
        "The logout could not be confirmed.",
    ),
    (
        &["Y0429C91"],
        400,
        None,
        "Le jeton de déconnexion est destiné à un service inconnu.",
        "The logout token is meant for an unknown service.",
    ),
    (
        &["Y0467882"],
        400,
        None,
        "Le jeton de déconnexion est celui d’un autre service.",
        "The logout token is that of another service.",
    ),
    (
        &["Y04CFAEF"],
        400,
        None,
        "L’adresse de retour après déconnexion n’est pas enregistrée.",
        "The return address after logout is not registered.",
    ),
    (
        &["Y04FEDB9", "Y045AFAE"],
        400,
        None,
        "Le jeton de déconnexion est illisible ou invalide.",
        "The logout token is unreadable or not valid.",
    ),
];
