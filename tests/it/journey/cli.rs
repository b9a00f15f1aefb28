//! `journey` on the command line: the overview, its JSON, the sheets, questions that can be taken up again, statuses.

use std::io::Write;
use std::process::Stdio;

use super::{GRANTED, example};
use crate::cli::{program, text};
use crate::native_support::Folder;

/// Runs `journey` with `answers` on its standard input; its status, what it printed, and on standard error.
pub fn journey(folder: &Folder, words: &[&str], answers: impl AsRef<[u8]>) -> (i32, String, String) {
    let mut command = program(folder.path());
    command.arg("journey").args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that asks nothing may have closed it already.
    let _ = child.stdin.take().unwrap().write_all(answers.as_ref());
    let output = child.wait_with_output().unwrap();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

fn team() -> Folder {
    let folder = Folder::new();
    folder.write("franceconnect.toml", example()).write("maquette.pdf", "%PDF-1.7");
    folder.write("wrangler.toml", std::fs::read("wrangler.toml").unwrap());
    folder
}

#[test]
fn the_overview_tells_what_is_done_and_what_comes_next() {
    let folder = team();
    let (status, printed, _) = journey(&folder, &[], "");
    assert_eq!(status, 1);
    for part in [
        "  1. Éligibilité : fait",
        "> 2. Habilitation : 1 à faire",
        "remplir [habilitation]",
        "journey sheet habilitation",
    ] {
        assert!(printed.contains(part), "{part} is missing from:\n{printed}");
    }
    let (_, english, _) = journey(&folder, &["--lang", "en"], "");
    assert!(
        english.contains("1. Eligibility: done") || english.contains("1. Eligibility : done"),
        "{english}"
    );
    let (status, json, _) = journey(&folder, &["--json"], "");
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((status, &json["next"]), (1, &"habilitation".into()));
    let done: Vec<_> = json["steps"].as_array().unwrap().iter().map(|step| step["done"] == true).collect();
    assert_eq!(done, [true, false, false, false, false]);
}

/// The file of a team that has logged in in the sandbox, and a configuration to go with it.
fn before_qualification() -> Folder {
    let attested = (
        "# [[attestation]]\n# about = \"sandbox\"\n# by = \"Sacha Martin\"\n# on",
        "[[attestation]]\nabout = \"sandbox\"\nby = \"Sacha Martin\"\non",
    );
    let folder = team();
    let text =
        GRANTED.iter().chain([&attested]).fold(example(), |text, (old, new)| text.replacen(old, new, 1));
    folder.write("franceconnect.toml", text).write("wrangler.toml", WRANGLER);
    folder
}

const WRANGLER: &str = r#"
[env.staging.vars]
PUBLIC_URL = "https://staging.my-service.fr"
FC_ENVIRONMENT = "sandbox"
FC_CLIENT_ID = "test"
FC_SCOPES = "openid given_name family_name preferred_username"
FC_HABILITATION = "eidas1 openid given_name family_name preferred_username"

[env.production.vars]
PUBLIC_URL = "https://my-service.fr"
FC_ENVIRONMENT = "production"
FC_CLIENT_ID = "live"
FC_SCOPES = "openid given_name family_name preferred_username"
FC_HABILITATION = "eidas1 openid given_name family_name preferred_username"
"#;

#[test]
fn what_comes_next_is_a_command() {
    let (_, printed, _) = journey(&team(), &[], "");
    assert!(printed.contains("Ensuite : journey init") && !printed.contains("qualify"), "{printed}");
    let (_, printed, _) = journey(&before_qualification(), &[], "");
    assert!(printed.contains("> 4. Qualification : 1 à faire"), "{printed}");
    assert!(printed.contains("Ensuite : journey qualify --url"), "{printed}");
}

#[test]
fn the_last_acceptance_is_remembered() {
    let folder = before_qualification();
    let text = std::fs::read_to_string(folder.path().join("franceconnect.toml")).unwrap();
    folder.write("franceconnect.toml", text.replace("# report =", "report ="));
    let report = |product: &str, counts: [u64; 4]| {
        let [passed, failed, attest, skipped] = counts;
        let counts =
            serde_json::json!({ "passed": passed, "failed": failed, "attest": attest, "skipped": skipped });
        serde_json::json!({ "at": 1_795_622_700, "product": product, "counts": counts }).to_string()
    };
    let line = "Recette du 2026-11-25 :";
    for (written, expected, told) in [
        (None, "Aucune recette interne n’est enregistrée dans recette.json", false),
        (Some("[]".to_owned()), "recette.json n’est pas un rapport", false),
        (Some(report("FranceConnect", [30, 2, 8, 2])), "La recette du 2026-11-25 a 2 points en échec.", true),
        (Some(report("FranceConnect", [2, 0, 0, 0])), "ne porte que sur 2 points", true),
        (Some(report("\u{1b}[31m", [32, 0, 8, 2])), "n’est pas celle de FranceConnect.", true),
    ] {
        if let Some(written) = written {
            folder.write("recette.json", written);
        }
        let (_, printed, _) = journey(&folder, &[], "");
        assert!(
            printed.contains("> 4. Qualification : 2 à faire") && printed.contains(expected),
            "{printed}"
        );
        assert!(printed.contains(line) == told && !printed.contains('\u{1b}'), "{printed}");
    }
    folder.write("recette.json", report("FranceConnect", [32, 0, 8, 2]));
    let (_, printed, _) = journey(&folder, &[], "");
    let expected = "> 4. Qualification : 1 à faire\n     Recette du 2026-11-25 : 32 réussis, 0 en échec, 8 à attester, 2 non jugés.\n     - La qualification n’est pas attestée";
    assert!(printed.contains(expected), "{printed}");
    let (_, json, _) = journey(&folder, &["--json"], "");
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        json["steps"][3]["known"]["en"],
        "Acceptance of 2026-11-25: 32 passed, 0 failed, 8 to attest, 2 not judged."
    );
    assert_eq!(json["steps"][2]["known"], serde_json::Value::Null);
}

#[test]
fn an_acceptance_that_could_not_be_kept_does_not_begin() {
    let folder = before_qualification();
    let text = std::fs::read_to_string(folder.path().join("franceconnect.toml")).unwrap();
    folder.write("franceconnect.toml", text.replace("# report = \"", "report = \"ci/"));
    let nowhere = ["qualify", "--url", "http://127.0.0.1:9", "--emulator", "http://127.0.0.1:9"];
    let (status, printed, told) = journey(&folder, &nowhere, "");
    assert_eq!((status, printed.as_str()), (2, ""));
    assert!(told.contains("ci/recette.json : impossible à écrire") && !told.contains(":9"), "{told}");
    // Of some points only it is not kept.
    let (_, _, told) = journey(&folder, &[&nowhere[..], &["--only", "23"]].concat(), "");
    assert!(!told.contains("recette.json") && told.contains(":9"), "{told}");
}

#[test]
fn sheets_are_plain_text_with_a_status() {
    let folder = team();
    let (status, printed, told) = journey(&folder, &["sheet", "eligibility"], "");
    assert_eq!((status, told.as_str()), (0, ""), "{printed}");
    let (status, printed, _) = journey(&folder, &["sheet", "habilitation"], "");
    assert_eq!(status, 0, "{printed}");
    folder.write("maquette.pdf", "GIF89a");
    let (status, printed, _) = journey(&folder, &["sheet", "habilitation"], "");
    assert!(
        status == 1 && printed.contains("! service.mockup : maquette.pdf n’est pas un PDF."),
        "{printed}"
    );
    let (status, printed, told) = journey(&folder, &["sheet", "sandbox"], "");
    assert_eq!(status, 1);
    assert!(
        printed.contains("https://staging.my-service.fr/auth/callback") && told.contains("1 (lignes"),
        "{told}"
    );
    let (status, printed, _) = journey(&folder, &["sheet", "production"], "");
    assert!(status == 1 && printed.contains("https://my-service.fr/auth/logout/callback"), "{printed}");
}

#[test]
fn a_broken_file_is_told_whole_and_a_missing_one_by_its_name() {
    let folder = Folder::new();
    let (status, _, told) = journey(&folder, &[], "");
    assert!(status == 2 && told.contains("franceconnect.toml") && told.contains("journey init"), "{told}");
    folder.write("other.toml", "[organisation]\nsiret = \"1\"\nbody = 3\n");
    for words in [
        &["--file", "other.toml"][..],
        &["sheet", "production", "--file", "other.toml"],
        &["init", "--file", "other.toml"],
    ] {
        let (status, _, told) = journey(&folder, words, "");
        assert_eq!(status, 2, "{told}");
        assert!(
            told.contains("other.toml:2 organisation, siret")
                && told.contains("other.toml:3 organisation, body"),
            "{told}"
        );
    }
    folder.write("franceconnect.toml", "[sandbox]\nconfiguration = \"absent.toml\"\n");
    let (status, _, told) = journey(&folder, &[], "");
    assert!(status == 2 && told.contains("nomme absent.toml (sandbox.configuration)"), "{told}");
}

#[test]
fn questions_can_be_stopped_and_taken_up_again() {
    let folder = Folder::new();
    let read = || std::fs::read_to_string(folder.path().join("franceconnect.toml")).unwrap();
    let (status, printed, _) = journey(&folder, &["init"], "Commune d’Exemple\n1\n13002526500013\n");
    assert_eq!(status, 1);
    assert!(printed.contains("n’est pas un SIRET") && printed.contains("organisation.body ?"), "{printed}");
    assert!(
        read().contains("[organisation]\nname = \"Commune d’Exemple\"\nsiret = \"13002526500013\"\n"),
        "{}",
        read()
    );

    // Body, signatory, text, its address, the conditions; then name and description of the service, and the end.
    let (_, printed, _) = journey(
        &folder,
        &["init", "--lang", "en"],
        "public\nCamille\nArrêté\nhttps://www.legifrance.gouv.fr/loda/id/JORFTEXT000037611479\ny\nFamilles\n",
    );
    assert!(!printed.contains("organisation.name") && printed.contains("What it is"), "{printed}");
    assert!(printed.contains("> 2. Habilitation"), "{printed}");

    // The rest is left empty but for two data; what was granted is not asked for yet.
    let answers = "\n\n\n\n\nFaire un courrier\nNommer\n";
    let (_, printed, _) = journey(&folder, &["init"], format!("{answers}{}", "\n".repeat(60)));
    assert!(
        printed.contains("boxes.dpo_informed (o/n) ?") && !printed.contains("habilitation.number ?"),
        "{printed}"
    );
    assert!(read().ends_with("[[data]]\nscope = \"given_name\"\npurpose = \"Nommer\"\n"), "{}", read());
    assert!(read().contains("terms_accepted = true"), "{}", read());
}

#[test]
fn without_a_terminal_a_file_alone_is_enough() {
    let folder = team();
    let (status, printed, _) = journey(&folder, &["init"], "");
    assert!(status == 1 && printed.contains("> 2. Habilitation"), "{printed}");
    assert_eq!(std::fs::read_to_string(folder.path().join("franceconnect.toml")).unwrap(), example());
}

#[test]
fn what_is_late_of_a_service_in_production_is_told_every_time() {
    let folder = team();
    for (step, part) in [("operations", "Calendrier"), ("outage", "Prévenir FranceConnect")] {
        let (status, printed, _) = journey(&folder, &["sheet", step], "");
        assert!(status == 0 && printed.contains(part), "{printed}");
    }
    let (_, printed, _) = journey(&folder, &[], "");
    assert!(!printed.contains("En service"), "{printed}");
    let attested = "\n[[attestation]]\nabout = \"production\"\nby = \"Sacha Martin\"\non = 2026-12-10\n";
    let text =
        example().replace("# session_keys_since", "session_keys_since").replace("2027-08-20", "2020-01-01");
    folder.write("franceconnect.toml", text + attested);
    let (status, printed, _) = journey(&folder, &[], "");
    assert_eq!(status, 1);
    for part in [
        "En service : 3 à faire",
        "- operations.session_keys_since (2020-01-01) : échu depuis le 2020-10-27",
        "- operations.secret_since manque",
        "journey sheet operations",
    ] {
        assert!(printed.contains(part), "{part} is missing from:\n{printed}");
    }
    let (status, printed, told) = journey(&folder, &["sheet", "operations"], "");
    assert!(status == 1 && told.contains("3 (lignes"), "{printed}{told}");
}
