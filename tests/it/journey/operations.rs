//! From year to year: what is due on which day, what is late, and that nothing is before the service is in production.

use super::{configuration, dossier};
use franceconnect_edge::journey::dossier::*;
use franceconnect_edge::journey::{Overview, operations};
use franceconnect_edge::session::KEY_AGE;
use franceconnect_edge::time::Timestamp;

const SERVICE: (&str, &str) = (
    "# [[attestation]]\n# about = \"sandbox\"\n# by = \"Sacha Martin\"\n# on",
    "[[attestation]]\nabout = \"production\"\nby = \"Sacha Martin\"\non",
);
/// A service of the first of January.
const DATES: [(&str, &str); 4] = [
    ("# secret_since = 2027-08-20", "secret_since = 2027-01-01"),
    ("# session_keys_since = 2027-08-20", "session_keys_since = 2027-01-01"),
    ("# contacts_confirmed = 2027-09-01", "contacts_confirmed = 2027-01-01"),
    ("# domain_until = 2028-06-30", "domain_until = 2028-01-01"),
];

fn day(text: &str) -> Timestamp {
    Timestamp::of_day(text).unwrap()
}

/// The fields that are late on that day, each in its order.
fn late(changes: &[(&str, &str)], on: &str) -> Vec<String> {
    let found = operations::late(&dossier(&[&[SERVICE], changes].concat()), None, day(on));
    found.iter().map(|words| words.fr.split([' ', ':']).next().unwrap().to_owned()).collect()
}

#[test]
fn each_date_is_late_from_its_day_on_and_not_before() {
    assert_eq!(operations::KEY_DAYS * 86_400, KEY_AGE, "as check, the log and the operator's page count");
    for (on, expected) in [
        ("2027-01-01", &[][..]),
        ("2027-10-27", &[]),
        ("2027-10-28", &["operations.session_keys_since"]),
        ("2027-11-02", &["operations.session_keys_since", "operations.domain_until"]),
        ("2027-12-31", &["operations.session_keys_since", "operations.domain_until"]),
        (
            "2028-01-01",
            &[
                "operations.secret_since",
                "operations.session_keys_since",
                "operations.contacts_confirmed",
                "operations.domain_until",
            ],
        ),
    ] {
        assert_eq!(late(&DATES, on), expected, "{on}");
    }
    let until = [&DATES[..], &[("# until = 2027-12-01", "until = 2028-01-01")]].concat();
    assert_eq!(late(&until, "2027-07-02"), Vec::<String>::new());
    assert_eq!(late(&until, "2027-07-03"), ["habilitation.until"]);
    assert_eq!(late(&DATES, "2026-12-31").len(), 3, "a date to come is none since when something serves");
}

#[test]
fn what_is_not_known_is_asked_for_once_the_service_is_in_production() {
    let asked = ["operations.secret_since", "operations.session_keys_since", "operations.contacts_confirmed"];
    assert_eq!(late(&[], "2027-01-01"), asked);
    let plus = ("level = \"eidas1\"", "level = \"eidas2\"");
    assert_eq!(late(&[plus], "2027-01-01"), [asked[0], asked[1], "operations.private_keys_since", asked[2]]);
    let experiment = ("body = \"public\"", "body = \"experiment\"");
    assert_eq!(late(&[experiment], "2027-01-01").last().unwrap(), "habilitation.until");
    let before = dossier(&[]);
    assert!(operations::late(&before, None, day("2030-01-01")).is_empty());
    let dated = dossier(&DATES);
    assert!(operations::late(&dated, None, day("2030-01-01")).is_empty(), "dates alone are no service");
    assert_eq!(operations::sheet(&before, None, day("2030-01-01")).objections().count(), 0);
    assert!(before.missing(Step::Production).next().is_none(), "init asks for none of it yet");
}

#[test]
fn keys_that_are_seen_say_their_age_themselves() {
    let key = "9dy8pwbZg6lsvfRi5BEv8NaW41Z3hm49BVs78hfhoSA";
    let service = dossier(&[&[SERVICE], &DATES[..]].concat());
    for (made, count) in [("2027-01-02", 0), ("2026-12-01", 1)] {
        let keys = format!("{made}.{key}");
        let seen = configuration(&[("FC_SESSION_KEYS", &keys)]);
        let late = operations::late(&service, Some(&seen), day("2027-10-27"));
        assert_eq!(late.len(), count, "{late:?}");
        assert!(
            late.iter()
                .all(|words| words.fr.starts_with("FC_SESSION_KEYS, clé n° 1") && !words.fr.contains(key))
        );
    }
}

#[test]
fn the_sheet_says_when_what_how_and_to_whom() {
    let service = dossier(&[&[SERVICE, ("number = \"\"", "number = \"1234567\"")], &DATES[..]].concat());
    let text = operations::sheet(&service, None, day("2027-01-11")).text(|words| &words.fr);
    for part in [
        "2027-01-01 (10 jours) ; à refaire le 2028-01-01",
        "2027-01-01 (10 jours) ; à refaire le 2027-10-28",
        "2028-01-01 ; y penser dès le 2027-11-02",
        "06 12 34 56 78",
        "demande-modification-fs-fc",
        "Objet : FranceConnect, nouveau client_secret de production",
        "DataPass 1234567",
        "l’actuel date du 2027-01-01",
        "support.partenaires@franceconnect.gouv.fr",
        "journey enter --next",
    ] {
        assert!(text.contains(part), "{part} is missing from:\n{text}");
    }
    let english = operations::sheet(&service, None, day("2027-01-11")).text(|words| &words.en);
    assert!(
        english.contains("2027-01-01 (10 days); again on 2028-01-01")
            && english.contains("Calendar\n--------")
    );
}

#[test]
fn the_overview_tells_what_is_late() {
    let overview =
        |changes: &[(&str, &str)], on: &str| Overview::of(&dossier(changes), None, None, |_| None, day(on));
    assert!(overview(&[], "2030-01-01").late.is_empty());
    let found = overview(&[&[SERVICE], &DATES[..]].concat(), "2027-10-28");
    assert_eq!(found.late.len(), 1);
    assert_eq!(
        found.json()["late"][0]["en"].as_str().unwrap().split(' ').next(),
        Some("operations.session_keys_since")
    );
}
