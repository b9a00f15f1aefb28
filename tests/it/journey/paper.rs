//! The steps that are paper: who may ask, what DataPass and the sandbox's form get, what production wants, and every
//! rule of those forms.

use super::{GRANTED, RECORDED, configuration, dossier};
use franceconnect_edge::journey::dossier::{Dossier, Step};
use franceconnect_edge::journey::eligibility::{self, Outcome};
use franceconnect_edge::journey::habilitation::{self, Seen};
use franceconnect_edge::journey::{Configuration, Overview, Sheet, production, sandbox};
use franceconnect_edge::time::Timestamp;

const PDF: Seen = Seen { size: 1_000, pdf: true };
fn today() -> Timestamp {
    Timestamp::of_day("2026-11-25").unwrap()
}

fn french(sheet: &Sheet) -> String {
    sheet.text(|words| &words.fr)
}

fn objections(sheet: &Sheet) -> Vec<String> {
    sheet.objections().map(|words| words.fr.clone()).collect()
}

fn request(changes: &[(&str, &str)], configuration: &Configuration, seen: Option<Seen>) -> Sheet {
    habilitation::sheet(&dossier(changes), Some(configuration), |_| seen, today())
}

#[test]
fn who_may_ask_is_what_the_order_says() {
    for (body, ground, expected) in [
        ("public", "", Outcome::Eligible),
        ("delegate", "", Outcome::Eligible),
        ("private", "address_change", Outcome::Eligible),
        ("association", "identity_check", Outcome::Eligible),
        ("private", "none", Outcome::NotEligible),
        ("private", "", Outcome::Undecided),
        ("experiment", "", Outcome::ToAsk),
        ("", "", Outcome::Undecided),
    ] {
        let changes = [
            ("body = \"public\"", format!("body = \"{body}\"")),
            ("# ground = \"identity_check\"", format!("ground = \"{ground}\"")),
        ];
        let dossier = dossier(&changes.each_ref().map(|(old, new)| (*old, new.as_str())));
        let (outcome, _) = eligibility::outcome(&dossier);
        assert_eq!(outcome, expected, "{body} {ground}");
        let sheet = eligibility::sheet(&dossier);
        assert_eq!(
            objections(&sheet).is_empty(),
            expected == Outcome::Eligible,
            "{body}: {}",
            french(&sheet)
        );
        let letter = french(&sheet).contains("À envoyer à support.partenaires@franceconnect.gouv.fr");
        assert_eq!(letter, expected == Outcome::ToAsk, "{body}");
    }
}

#[test]
fn the_request_has_the_fields_of_datapass_in_its_order() {
    let sheet = request(&[], &configuration(&[]), Some(PDF));
    assert_eq!(objections(&sheet), Vec::<String>::new());
    let text = french(&sheet);
    let mut rest = text.as_str();
    for label in [
        "Nom du projet",
        "Description du projet",
        "Maquette du projet",
        "Date de mise en production prévue\n    2027-09-01",
        "Volumétrie approximative",
        "Destinataire des données",
        "Durée de conservation des données en mois\n    24",
        "nature et les références",
        "URL du texte relatif au traitement",
        "[x] FranceConnect : eIDAS 1",
        "[ ] FranceConnect + : eIDAS 2",
        "[x] Nom de naissance",
        "[x] Prénoms",
        "[ ] Date de naissance",
        "[x] Identifiant technique",
        "Responsable de traitement : Nom",
        "Délégué à la protection des données : Nom",
        "Contact technique : Téléphone\n    06 12 34 56 78",
        "[x] J’atteste",
        "[x] J’ai pris connaissance",
        "[x] Je confirme",
    ] {
        rest = rest.split_once(label).unwrap_or_else(|| panic!("{label} is not in its place in:\n{text}")).1;
    }
}

#[test]
fn data_of_the_register_are_asked_for_by_the_boxes_there_are() {
    let text = std::fs::read_to_string("tests/browser/sample/franceconnect-plus.toml").unwrap();
    let dossier = Dossier::read(&text).unwrap_or_else(|flaws| panic!("{flaws:?}"));
    let sheet = habilitation::sheet(&dossier, None, |_| Some(PDF), today());
    let (text, against) = (french(&sheet), objections(&sheet));
    for box_of in ["[x] Nom de naissance", "[x] Prénoms", "[x] Sexe"] {
        assert!(text.contains(box_of), "{box_of}: {text}");
    }
    assert!(text.contains("rnipp_given_name, rnipp_given_name_array, rnipp_family_name"), "{text}");
    assert!(text.contains("le dire dans la description de la demande"), "{text}");
    assert!(!against.iter().any(|words| words.contains("rnipp_")), "{against:?}");
}

#[test]
fn every_rule_of_the_request_is_told() {
    let sound = configuration(&[]);
    for (changes, seen, expected) in [
        (&[("launch = 2027-09-01", "launch = 2026-12-02")][..], Some(PDF), "service.launch"),
        (&[], None, "service.mockup : maquette.pdf est introuvable"),
        (&[], Some(Seen { pdf: false, ..PDF }), "service.mockup : maquette.pdf n’est pas un PDF"),
        (&[], Some(Seen { size: 10 << 20, ..PDF }), "service.mockup : maquette.pdf fait 10 Mo"),
        (
            &[("retention_months = 24", "retention_months = 37")],
            Some(PDF),
            "personal_data.retention_reason manque",
        ),
        (&[("phone = \"06 12 34 56 78\"", "")], Some(PDF), "technical_contact.phone manque"),
        (&[("dpo_informed = true", "dpo_informed = false")], Some(PDF), "boxes.dpo_informed manque"),
        (&[("purpose = \"Nommer", "# \"")], Some(PDF), "data, given_name : sans finalité"),
        (
            &[("scope = \"given_name\"", "scope = \"dgfip_rfr\"")],
            Some(PDF),
            "data, dgfip_rfr : ce formulaire n’a pas de case pour dgfip_rfr",
        ),
        (
            &[("scope = \"given_name\"", "scope = \"birth\"")],
            Some(PDF),
            "[[data]] demande birthplace, birthcountry, que wrangler.toml n’utilise pas",
        ),
        (
            &[("scope = \"given_name\"", "scope = \"openid\"")],
            Some(PDF),
            "wrangler.toml demande given_name, given_name_array, que [[data]] ne demande pas",
        ),
        (&GRANTED, Some(PDF), "wrangler.toml : y écrire FC_HABILITATION = \"eidas1 openid given_name"),
        (
            &[GRANTED[0], GRANTED[1], GRANTED[2], ("scopes = []", "scopes = [\"openid\", \"given_name\"]")],
            Some(PDF),
            "L’habilitation ne donne pas : family_name, preferred_username",
        ),
        (
            &[GRANTED[0], GRANTED[1], ("level = \"\"", "level = \"eidas2\""), GRANTED[3]],
            Some(PDF),
            "habilitation.level est de l’autre produit",
        ),
    ] {
        let found = objections(&request(changes, &sound, seen));
        assert!(found.iter().any(|words| words.starts_with(expected)), "{expected}: {found:?}");
    }
    // Six working days are enough, and nobody asks any more once it is granted.
    let near = [("launch = 2027-09-01", "launch = 2026-12-03")];
    assert!(objections(&request(&near, &sound, Some(PDF))).is_empty());
    let past = [GRANTED.as_slice(), &[("launch = 2027-09-01", "launch = 2026-01-01")]].concat();
    assert!(objections(&request(&past, &configuration(&[RECORDED]), Some(PDF))).is_empty());
}

#[test]
fn the_form_of_the_sandbox_gets_the_addresses_of_the_configuration() {
    let shared = configuration(&[("FC_SECTOR_REDIRECT_URIS", "https://autre.example.fr/callback")]);
    let sheet = sandbox::sheet(&dossier(&[]), Some(&shared));
    assert_eq!(objections(&sheet), Vec::<String>::new());
    let text = french(&sheet);
    for part in [
        "Nom de l'instance *\n    Espace famille",
        "URL du site\n    https://staging.my-service.fr/",
        "https://staging.my-service.fr/auth/callback",
        "https://autre.example.fr/callback",
        "URL d'identifiant de secteur\n    https://staging.my-service.fr/auth/sector-identifier.json",
        "URL(s) de redirection de déconnexion *\n    https://staging.my-service.fr/auth/logout/callback",
        "Algorithme de signature *\n    ES256",
    ] {
        assert!(text.contains(part), "{part} is missing from:\n{text}");
    }
    for (more, expected) in [
        (("FC_ENVIRONMENT", "production"), "wrangler.toml est de production"),
        (("FC_CLIENT_ID", ""), "wrangler.toml : FC_CLIENT_ID n’y est pas encore"),
        (("FC_SCOPES", "given_name"), "wrangler.toml : FC_SCOPES doit contenir openid"),
        (("FC_ENVIRONMENT", "plus-integration"), "wrangler.toml : FC_PRIVATE_KEYS"),
    ] {
        let found = objections(&sandbox::sheet(&dossier(&[]), Some(&configuration(&[more]))));
        assert!(found.iter().any(|words| words.starts_with(expected)), "{expected}: {found:?}");
    }
    let http = [("page = \"https://staging", "page = \"http://staging")];
    let found = objections(&sandbox::sheet(&dossier(&http), Some(&shared)));
    assert_eq!(
        found,
        ["sandbox.page doit être en https, en 1024 caractères au plus : « Veuillez saisir une url valide »."]
    );
}

#[test]
fn franceconnect_plus_has_its_own_form_and_keys() {
    let keys = crate::support::conversation::private_keys(&["ECDH-ES"]);
    let more = [("FC_ENVIRONMENT", "plus-integration"), ("FC_PRIVATE_KEYS", keys.as_str())];
    let plus = dossier(&[("level = \"eidas1\"", "level = \"eidas2\""), ("number = \"\"", "number = \"1\"")]);
    let sheet = sandbox::sheet(&plus, Some(&configuration(&more)));
    assert_eq!(objections(&sheet), Vec::<String>::new());
    let text = french(&sheet);
    assert!(text.contains("demande-creation-fs-fc") && text.contains("Bac à sable"), "{text}");
    assert!(text.contains("ECDH-ES, A256GCM") && text.contains("/auth/jwks.json"), "{text}");
    let found = objections(&sandbox::sheet(&plus, Some(&configuration(&[]))));
    assert_eq!(found, ["wrangler.toml n’a pas de client chez FranceConnect+."]);
}

#[test]
fn production_and_sandbox_share_nothing() {
    let test = configuration(&[RECORDED]);
    let qualified = (
        "# [[attestation]]\n# about = \"sandbox\"\n# by = \"Sacha Martin\"\n# on",
        "[[attestation]]\nabout = \"qualification\"\nby = \"Sacha Martin\"\non",
    );
    let ready = dossier(&[GRANTED.as_slice(), &[qualified]].concat());
    let live = |more: &[(&str, &str)]| {
        let usual = [
            ("PUBLIC_URL", "https://my-service.fr"),
            ("FC_ENVIRONMENT", "production"),
            ("FC_CLIENT_ID", "live"),
        ];
        configuration(&[&usual, more].concat())
    };
    let sheet = production::sheet(&ready, Some(&live(&[])), Some(&test));
    assert_eq!(objections(&sheet), Vec::<String>::new());
    assert!(french(&sheet).contains("l’environnement de PRODUCTION, à l’adresse https://my-service.fr"));
    for (more, expected) in [
        (("FC_CLIENT_ID", "client"), "wrangler.toml a le client_id de"),
        (("FC_CLIENT_ID", ""), "wrangler.toml : FC_CLIENT_ID n’y est pas encore"),
        (("FC_ENVIRONMENT", "sandbox"), "wrangler.toml n’est pas de production"),
        (("PUBLIC_URL", "https://staging.my-service.fr"), "wrangler.toml a l’adresse de"),
        (
            ("PUBLIC_URL", "http://localhost:3000"),
            "wrangler.toml : PUBLIC_URL est une adresse de cette machine",
        ),
    ] {
        let found = objections(&production::sheet(&ready, Some(&live(&[more])), Some(&test)));
        assert!(found.iter().any(|words| words.starts_with(expected)), "{expected}: {found:?}");
    }
    let unqualified = production::sheet(&dossier(&GRANTED), Some(&live(&[])), Some(&test));
    assert!(objections(&unqualified)[0].starts_with("La qualification n’est pas attestée"));
}

#[test]
fn the_overview_goes_from_one_step_to_the_next() {
    let test = configuration(&[RECORDED]);
    let next = |changes: &[(&str, &str)]| {
        let overview = Overview::of(&dossier(changes), Some(&test), None, |_| Some(PDF), today());
        overview.next().map(|stage| stage.step)
    };
    assert_eq!(next(&[("body = \"public\"", "")]), Some(Step::Eligibility));
    assert_eq!(next(&[]), Some(Step::Habilitation));
    assert_eq!(next(&GRANTED), Some(Step::Sandbox));
    let attested = (
        "# [[attestation]]\n# about = \"sandbox\"\n# by = \"Sacha Martin\"\n# on",
        "[[attestation]]\nabout = \"sandbox\"\nby = \"Sacha Martin\"\non",
    );
    assert_eq!(next(&[GRANTED.as_slice(), &[attested]].concat()), Some(Step::Qualification));
}
