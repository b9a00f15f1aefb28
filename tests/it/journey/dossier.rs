//! `franceconnect.toml`: what it may say, every flaw with its line and field, and answers written into it.

use super::{dossier, example};
use franceconnect_edge::journey::dossier::*;

/// Line and field of every flaw.
fn flaws(text: &str) -> Vec<String> {
    let flaws = Dossier::read(text).err().unwrap_or_default();
    flaws.iter().map(|flaw| format!("{} {}", flaw.line, flaw.place)).collect()
}

#[test]
fn the_example_misses_only_what_is_granted_later() {
    let example = dossier(&[]);
    let missing = |step| example.missing(step).map(|field| field.path).collect::<Vec<_>>();
    assert_eq!(missing(Step::Eligibility), Vec::<&str>::new());
    assert_eq!(
        missing(Step::Habilitation),
        ["habilitation.number", "habilitation.granted_on", "habilitation.level", "habilitation.scopes"]
    );
    assert!(missing(Step::Sandbox).is_empty() && missing(Step::Production).is_empty());
    assert_eq!(example.day(SERVICE_LAUNCH).unwrap().day(), "2027-09-01");
    assert_eq!(
        example.claims(),
        ["given_name", "given_name_array", "family_name", "preferred_username"],
        "scopes are taken apart"
    );
}

#[test]
fn every_field_has_its_line_in_the_example() {
    let text = example();
    for field in FIELDS {
        let table = text.split(&format!("[{}]\n", field.table)).nth(1).expect(field.table);
        let table = table.split("\n[").next().unwrap();
        let named = |line: &str| line.trim_start_matches("# ").starts_with(&format!("{} = ", field.name));
        assert!(table.lines().any(named), "{} is not in franceconnect.example.toml", field.path);
    }
}

#[test]
fn every_flaw_is_told_at_once_with_its_line_and_field() {
    let broken = "\
[organisation]
name = 3
siret = \"13002526500014\"
body = \"commune\"
sirett = \"\"

[service]
level = \"eidas4\"
launch = \"2027-09-01\"

[[data]]
scope = \"given_name\"

[[data]]
scope = \"given_name\"

[personal_data]
retention_months = \"24\"

[technical_contact]
phone = \"01 23 45 67 89\"

[boxes]
terms_accepted = \"oui\"

[habilitation]
scopes = \"openid\"
number = \"12345678\"

[sandbox]
addresses = [\"192.0.2.1/33\"]

[[attestation]]
about = \"O11\"

[extra]
";
    assert_eq!(
        flaws(broken),
        [
            "2 organisation, name",
            "3 organisation, siret",
            "4 organisation, body",
            "5 organisation, sirett",
            "8 service, level",
            "9 service, launch",
            "15 data 2, scope",
            "18 personal_data, retention_months",
            "21 technical_contact, phone",
            "24 boxes, terms_accepted",
            "27 habilitation, scopes",
            "28 habilitation, number",
            "31 sandbox, addresses",
            "33 attestation 1, by",
            "33 attestation 1, on",
            "34 attestation 1, about",
            "36 extra",
        ]
    );
    assert_eq!(flaws("[organisation]\nname = \"\n"), ["2 "]);
}

#[test]
fn an_answer_becomes_one_line_and_the_others_stay() {
    let before = "# ours\n[organisation]\nname = \"\" # kept for later\n\n# of the next table\n[service] # two\nname = \"A\"\n";
    let named = filled(before, ORGANISATION_NAME, "Commune « d’à côté » \"\\");
    assert!(
        named.contains("# ours\n[organisation]\nname = \"Commune « d’à côté » \\\"\\\\\" # kept for later\n"),
        "{named}"
    );
    let more = filled(&named, ORGANISATION_SIRET, "13002526500013");
    assert!(
        more.contains("\nsiret = \"13002526500013\"\n\n# of the next table\n[service] # two\n"),
        "{more}"
    );
    let more = filled(&more, SERVICE_LAUNCH, "2027-09-01");
    assert!(more.ends_with("[service] # two\nname = \"A\"\nlaunch = 2027-09-01\n"), "{more}");
    let more = filled(&more, RETENTION, "24");
    let more = filled(&more, GRANTED_SCOPES, "openid given_name");
    let more = filled(&more, TERMS_ACCEPTED, "true");
    let read = Dossier::read(&more).unwrap_or_else(|flaws| panic!("{flaws:?}\n{more}"));
    assert_eq!(read.value(ORGANISATION_NAME), Some("Commune « d’à côté » \"\\"));
    assert_eq!(read.value(GRANTED_SCOPES), Some("openid given_name"));
    assert!(read.is_ticked(TERMS_ACCEPTED) && read.value(RETENTION) == Some("24"));
}

#[test]
fn the_lines_of_a_file_end_as_they_did() {
    let crlf = "[organisation]\r\nname = \"A\"\r\n[boxes]\r\ndpo_informed = false # still to tell\r\n";
    assert_eq!(
        filled(&filled(crlf, ORGANISATION_SIRET, "13002526500013"), DPO_INFORMED, "true"),
        "[organisation]\r\nname = \"A\"\r\nsiret = \"13002526500013\"\r\n[boxes]\r\ndpo_informed = true # still to tell\r\n"
    );
}

#[test]
fn nothing_that_moves_a_cursor_comes_out_of_a_file() {
    for text in [
        "[organisation]\n\"\\u001b[2J\" = 1\n",
        "[[data]]\nscope = \"email\"\npurpose = \"\\u001b[2J\"\n",
        "[[attestation]]\nabout = \"sandbox\"\nby = \"\\u001b[2J\"\non = 2026-11-25\n",
        "[service]\nname = \"\\u001b[2J\"\n",
    ] {
        let flaws = Dossier::read(text).unwrap_err();
        assert!(!format!("{}{}", flaws[0].place, flaws[0].fr).contains('\u{1b}'), "{flaws:?}");
    }
}
