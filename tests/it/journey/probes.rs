//! `journey --probe --json`: every address that a step asks, with what came of it, and what it did not ask, with the reason.

use serde_json::Value;

use super::cli::journey as quiet;
use super::network::{Team, journey};
use crate::native_support::Folder;

/// What lets one in at the page of a site that is tried.
const PASSWORD: &str = "mot-de-passe";

/// The probes of a folder, and the exit status.
fn probes(folder: &Folder) -> (i32, Vec<Value>) {
    let (status, printed) = journey(folder, &["--probe", "--json"], None);
    assert!(!printed.contains(PASSWORD), "{printed}");
    let json: Value = serde_json::from_str(&printed).unwrap();
    (status, json["probes"].as_array().unwrap().clone())
}

/// `callback ok` for each probe of a step.
fn outcomes(probes: &[Value], step: &str) -> Vec<String> {
    let of_step = probes.iter().filter(|probe| probe["step"] == step);
    of_step
        .map(|probe| format!("{} {}", probe["what"].as_str().unwrap(), probe["outcome"].as_str().unwrap()))
        .collect()
}

fn one<'a>(probes: &'a [Value], step: &str, what: &str) -> &'a Value {
    let mut found = probes.iter().filter(|probe| probe["step"] == step && probe["what"] == what);
    let first = found.next().unwrap();
    assert!(found.next().is_none(), "{what} is there twice");
    first
}

/// What is wrong with the form of a probe, whatever came of it.
fn assert_form(probe: &Value) {
    let both = |words: &Value| {
        let said = |lang: &str| words[lang].as_str().is_some_and(|text| !text.is_empty());
        assert!(said("fr") && said("en"), "{probe}");
    };
    both(&probe["name"]);
    let seen = probe["seen"].as_array().map(Vec::as_slice).unwrap_or_default();
    seen.iter().for_each(both);
    let mends: Vec<_> = seen.iter().filter_map(|seen| seen.get("mend")).collect();
    mends.iter().for_each(|mend| both(mend));
    let members = probe.as_object().unwrap().len();
    match probe["outcome"].as_str().unwrap() {
        "not-asked" => {
            both(&probe["why"]);
            assert!(probe["url"].is_null() && members == 6, "{probe}");
        }
        outcome => {
            assert!(probe["url"].as_str().unwrap().starts_with("http") && members == 6, "{probe}");
            assert!(!seen.is_empty() && mends.is_empty() != (outcome == "objection"), "{probe}");
        }
    }
}

const SOUND: [&str; 8] = [
    "page ok",
    "callback ok",
    "logout-callback ok",
    "logout ok",
    "sector not-asked",
    "keys not-asked",
    "login ok",
    "request ok",
];

/// What is sound but for some.
fn but(others: &[&str]) -> Vec<String> {
    let what = |text: &str| text.split(' ').next().unwrap().to_owned();
    let other = |sound: &&str| others.iter().find(|other| what(other) == what(sound)).copied();
    SOUND.iter().map(|sound| other(sound).unwrap_or(sound).to_owned()).collect()
}

#[test]
fn every_probe_is_told_what_is_well_too_and_what_was_not_asked() {
    let team = Team::new(None);
    let (status, all) = probes(&team.folder);
    assert_eq!(status, 1, "other things are missing");
    all.iter().for_each(assert_form);
    // Nothing leads out of this machine: for the text that the file names it answers, for a reference it does not.
    assert_eq!(outcomes(&all, "eligibility"), ["law objection", "reference unseen"]);
    assert_eq!(outcomes(&all, "habilitation"), ["law objection"]);
    assert_eq!(outcomes(&all, "sandbox"), SOUND);
    assert_eq!(outcomes(&all, "qualification"), [""; 0]);
    let production = [
        "page objection",
        "callback not-asked",
        "logout-callback not-asked",
        "logout not-asked",
        "sector not-asked",
        "keys not-asked",
        "login not-asked",
        "request not-asked",
    ];
    assert_eq!(outcomes(&all, "production"), production);
    let order: Vec<_> = all.iter().map(|probe| probe["step"].as_str().unwrap()).collect();
    assert!(order.is_sorted_by_key(|step| {
        ["eligibility", "habilitation", "sandbox", "production"].iter().position(|known| known == step)
    }));

    let callback = one(&all, "sandbox", "callback");
    assert_eq!(callback["url"], team.page() + "auth/callback");
    assert_eq!(callback["name"]["en"], "Login callback");
    let said = "answers with the service’s error page (400), as it must without a login under way";
    assert_eq!(callback["seen"][0]["en"], said);
    // State and nonce are of one request.
    let request = one(&all, "sandbox", "request")["url"].as_str().unwrap();
    assert!(request.ends_with("/api/v2/authorize"), "{request}");
    let why = |step, what| one(&all, step, what)["why"]["fr"].as_str().unwrap().to_owned();
    assert_eq!(why("production", "callback"), "production.configuration n’est pas renseigné");
    assert_eq!(why("sandbox", "sector"), "aucun autre site ne partage ce client (FC_SECTOR_REDIRECT_URIS)");
    assert_eq!(why("sandbox", "keys"), "rien n’est chiffré pour ce client");

    // Who did not ask for the network is told of none.
    let (_, printed, _) = quiet(&team.folder, &["--json"], "");
    let json: Value = serde_json::from_str(&printed).unwrap();
    assert!(json.get("probes").is_none() && json["steps"].is_array(), "{json}");
}

#[test]
fn what_stands_against_a_probe_is_told_at_that_probe() {
    let team = Team::new(Some(&["family_name"]));
    for (changes, expected, what, said) in [
        (&[][..], &["request objection"][..], "request", "invalid_scope"),
        (
            &[("FC_SCOPES", "openid email"), ("FC_CLIENT_ID", "another")],
            &["login objection", "request objection"],
            "login",
            "demande scope=openid given_name, et environment dit openid email",
        ),
        (
            &[("FC_CLIENT_ID", "")],
            &["login unseen", "request objection"],
            "login",
            "sans FC_CLIENT_ID, la configuration n’a rien à demander",
        ),
        // Told once to people, and of every address to programs.
        (
            &[("PUBLIC_URL", "http://localhost:9"), ("FC_SESSION_STORE", "kv")],
            &[
                "callback objection",
                "logout-callback objection",
                "logout objection",
                "login objection",
                "request objection",
            ],
            "logout",
            "personne ne répond sur localhost:9",
        ),
        (
            &[("PUBLIC_URL", "http://localhost:9"), ("FC_CLIENT_ID", "")],
            &[
                "callback objection",
                "logout-callback objection",
                "logout objection",
                "login objection",
                "request not-asked",
            ],
            "request",
            "sans FC_CLIENT_ID, la configuration n’a rien à demander",
        ),
        (
            &[("FC_SCOPES", "sans-openid")],
            &[
                "callback not-asked",
                "logout-callback not-asked",
                "logout not-asked",
                "login not-asked",
                "request not-asked",
            ],
            "sector",
            "environment a des erreurs : check les dit",
        ),
    ] {
        team.configure(changes);
        let (_, all) = probes(&team.folder);
        all.iter().for_each(assert_form);
        assert_eq!(outcomes(&all, "sandbox"), but(expected), "{changes:?}");
        let probe = one(&all, "sandbox", what);
        let told = format!("{} {}", probe["seen"], probe["why"]);
        assert!(told.contains(said), "{changes:?}: {told}\nand not {said}");
    }
}

#[test]
fn what_is_not_there_is_said_with_its_field_and_no_password_is_shown() {
    let team = Team::new(None);
    let page = team.page();
    let law = "url = \"https://www.legifrance.gouv.fr/loda/id/JORFTEXT000037611479\"";
    let secret = page.replace("//", &format!("//moi:{PASSWORD}@")) + "absent/";
    for (changes, step, what, said) in [
        (&[(law, "")][..], "habilitation", "law", "legal_basis.url n’est pas renseigné"),
        (
            &[(law, "document = \"deliberation.pdf\"")],
            "eligibility",
            "law",
            "le texte est un document (legal_basis.document)",
        ),
        (&[(page.as_str(), "")], "sandbox", "page", "sandbox.page n’est pas renseigné"),
        (
            &[("level = \"eidas1\"", "level = \"eidas2\"")],
            "sandbox",
            "request",
            "environment n’a pas de client de FranceConnect+",
        ),
        (&[(page.as_str(), secret.as_str())], "sandbox", "page", "répond 404"),
    ] {
        team.write(changes);
        let (_, all) = probes(&team.folder);
        all.iter().for_each(assert_form);
        let probe = one(&all, step, what);
        let told = format!("{} {}", probe["seen"], probe["why"]);
        assert!(told.contains(said), "{told}\nand not {said}");
    }
}
