//! The two forms that make a client: every field of each under its label and in its order, and every rule of each.

use super::{configuration, dossier};
use franceconnect_edge::journey::{Sheet, production, sandbox};

const SECTOR: (&str, &str) = ("FC_SECTOR_REDIRECT_URIS", "https://autre.example.fr/retour");

/// Labels with the first line of their values, in order.
fn fields(sheet: &Sheet) -> Vec<(String, String)> {
    let text = sheet.text(|words| &words.fr);
    let lines: Vec<&str> = text.lines().collect();
    let pairs = lines.windows(2).filter(|pair| pair[1].starts_with("    ") && !pair[0].starts_with(' '));
    pairs.map(|pair| (pair[0].to_owned(), pair[1].trim().to_owned())).collect()
}

fn objections(sheet: &Sheet) -> Vec<String> {
    sheet.objections().map(|words| words.fr.clone()).collect()
}

#[test]
fn the_portal_has_its_fields_in_its_order() {
    let changes = [
        ("addresses = []", "addresses = [\"192.0.2.1\", \"198.51.100.0/28\"]"),
        ("# entity_id = \"\"", "entity_id = \"0123456789abcdef0123456789abcdef\""),
        ("number = \"\"", "number = \"1234567\""),
    ];
    let sheet = sandbox::sheet(&dossier(&changes), Some(&configuration(&[SECTOR])));
    let expected = [
        ("Choix de l'environnement *", "FranceConnect"),
        ("Nom de l'instance *", "Espace famille de Villeneuve-sur-Exemple"),
        ("Numéro de la demande datapass", "1234567"),
        ("URL du site", "https://staging.my-service.fr/"),
        ("URL(s) de redirection de connexion *", "https://staging.my-service.fr/auth/callback"),
        ("URL d'identifiant de secteur", "https://staging.my-service.fr/auth/sector-identifier.json"),
        ("URL(s) de redirection de déconnexion *", "https://staging.my-service.fr/auth/logout/callback"),
        ("Adresse IP", "192.0.2.1"),
        ("Algorithme de signature *", "ES256"),
        ("Client ID à réutiliser pour générer les subs", "0123456789abcdef0123456789abcdef"),
    ];
    assert_eq!(fields(&sheet), expected.map(|(label, value)| (label.to_owned(), value.to_owned())));
    assert_eq!(objections(&sheet), Vec::<String>::new());
}

#[test]
fn the_creation_form_has_its_fields_in_its_order() {
    let keys = crate::support::conversation::private_keys(&["ECDH-ES"]);
    let more = [("FC_ENVIRONMENT", "plus-integration"), ("FC_PRIVATE_KEYS", keys.as_str()), SECTOR];
    let plus = dossier(&[("level = \"eidas1\"", "level = \"eidas2\""), ("number = \"\"", "number = \"7\"")]);
    let sheet = sandbox::sheet(&plus, Some(&configuration(&more)));
    let labels: Vec<String> = fields(&sheet).into_iter().map(|(label, _)| label).collect();
    let expected = [
        "Nom du service",
        "URL du site",
        "Environnement",
        "Numéro de la demande datapass",
        "URL(s) de redirection de connexion *",
        "URL d'identifiant de secteur",
        "URL(s) de redirection de déconnexion *",
        "Adresse IP",
        "Algorithme de signature *",
        "Algorithme de chiffrement (id token, userinfo)",
        "Client keys url (jwks_uri)",
    ];
    assert_eq!(labels, expected);
    // Production of FranceConnect, whose tokens are not encrypted.
    let live = configuration(&[("FC_ENVIRONMENT", "production")]);
    let sheet = production::sheet(&dossier(&[]), Some(&live), None);
    let labels: Vec<String> = fields(&sheet).into_iter().map(|(label, _)| label).collect();
    assert_eq!(labels[..9], expected[..9]);
    assert!(!labels.iter().any(|label| label.contains("chiffrement")));
}

#[test]
fn every_rule_of_the_forms_is_told_with_the_words_of_the_form() {
    let keys = crate::support::conversation::private_keys(&["ECDH-ES"]);
    let long_name = format!("name = \"{}\"", "é".repeat(257));
    let long_page = format!("page = \"https://staging.my-service.fr/{}\"", "a".repeat(1024));
    let long_callback = format!("https://autre.example.fr/{}", "a".repeat(1024));
    let local = [
        ("PUBLIC_URL", "http://localhost:3000"),
        ("FC_SECTOR_REDIRECT_URIS", "http://localhost:4000/retour"),
    ];
    let plus_local = [
        ("PUBLIC_URL", "http://localhost:3000"),
        ("FC_ENVIRONMENT", "plus-integration"),
        ("FC_PRIVATE_KEYS", keys.as_str()),
    ];
    let plus_public = [plus_local[1], plus_local[2]];
    let name = "name = \"Espace famille de Villeneuve-sur-Exemple\"";
    let page = "page = \"https://staging.my-service.fr/\"";
    let plus = [("level = \"eidas1\"", "level = \"eidas2\"")];
    let long = [("FC_SECTOR_REDIRECT_URIS", long_callback.as_str())];
    for (changes, more, expected) in [
        (
            &[(name, long_name.as_str())][..],
            &[][..],
            "service.name dépasse 256 caractères : « Veuillez saisir le nom",
        ),
        (
            &[(page, long_page.as_str())],
            &[],
            "sandbox.page doit être en https, en 1024 caractères au plus : « Veuillez",
        ),
        (&[(page, "page = \"http://staging.my-service.fr/\"")], &[], "sandbox.page doit être en https"),
        (&[(page, "page = \"\"")], &[], "sandbox.page manque"),
        (&[], &long, "https://autre.example.fr/aaa"),
        (&[], &local, "PUBLIC_URL : l’identifiant de secteur doit être en https"),
        (
            &plus,
            &plus_local,
            "wrangler.toml : PUBLIC_URL est une adresse de cette machine, que FranceConnect+",
        ),
        (&plus, &plus_public, "habilitation.number manque"),
    ] {
        let found = objections(&sandbox::sheet(&dossier(changes), Some(&configuration(more))));
        assert!(found.iter().any(|words| words.starts_with(expected)), "{expected}: {found:?}");
    }
    // What stands at the limits may stand, and a service on this machine is welcome at FranceConnect's sandbox.
    let at_most = format!("name = \"{}\"", "é".repeat(256));
    let sheet = sandbox::sheet(&dossier(&[(name, at_most.as_str())]), Some(&configuration(&[local[0]])));
    assert_eq!(objections(&sheet), Vec::<String>::new());
}
