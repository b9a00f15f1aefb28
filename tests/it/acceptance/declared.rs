//! What the team wrote down is judged with what was asked for: each fault of a configuration or of the dossier fails its
//! point and no other, and what is not written down is asked for and never passed.

use franceconnect_edge::journey::Configuration;
use franceconnect_edge::journey::dossier::Dossier;
use franceconnect_edge::journey::qualification::judge::{self, Declared, declared};
use franceconnect_edge::journey::qualification::trace::Observed;
use franceconnect_edge::journey::qualification::{Evidence, Finding, Verdict, attested, gather};

use super::failed;
use super::judges::sound;
use crate::journey::{GRANTED, RECORDED, configuration, dossier};

type Pairs = &'static [(&'static str, &'static str)];

/// The configuration of production.
fn live(more: &[(&str, &str)]) -> Configuration {
    let usual = [
        RECORDED,
        ("PUBLIC_URL", "https://my-service.fr"),
        ("FC_ENVIRONMENT", "production"),
        ("FC_CLIENT_ID", "live"),
    ];
    configuration(&[&usual, more].concat())
}

/// A dossier whose request was granted.
fn kept(changes: &[(&str, &str)]) -> Option<Dossier> {
    Some(dossier(&[&GRANTED, changes].concat()))
}

fn verdict(findings: &[Finding], id: &str) -> Option<Verdict> {
    findings.iter().find(|finding| finding.item.id == id).map(|finding| finding.verdict.clone())
}

/// What a point that nobody could judge asks for, in French.
fn wanted(findings: &[Finding], id: &str) -> String {
    match verdict(findings, id) {
        Some(Verdict::Attest { question }) => question.fr,
        Some(Verdict::Skipped { why }) => why.fr,
        other => panic!("{id}: {other:?}"),
    }
}

#[test]
fn a_team_in_order_passes_every_point_of_its_files() {
    let files = Declared { dossier: kept(&[]), test: Some(configuration(&[])), live: Some(live(&[])) };
    let findings = declared(&files, &sound());
    let said: Vec<_> = findings.iter().map(|finding| (finding.item.id, finding.verdict.clone())).collect();
    assert_eq!(said, ["O9", "22", "25", "32"].map(|id| (id, Verdict::Passed)));
    let all = gather(findings.into_iter().chain(judge::judge(&sound())).collect());
    for id in ["O9", "22", "25", "28", "29", "32"] {
        assert_eq!(verdict(&all, id), Some(Verdict::Passed), "{id}");
    }
}

const NONE: Pairs = &[];
const WITH_EMAIL: Pairs =
    &[("[[data]]\nscope", "[[data]]\nscope = \"email\"\npurpose = \"Répondre\"\n\n[[data]]\nscope")];
type Change = fn(&mut Observed);
/// Each fault: its point, and what is otherwise in the dossier, the sandbox, production, what was seen.
pub const FAULTS: [(&str, Pairs, Pairs, Pairs, Change); 15] = [
    ("O9", &[(", \"preferred_username\"]", "]")], NONE, NONE, |_| ()),
    ("O9", WITH_EMAIL, &[("FC_SCOPES", "openid email")], NONE, |_| ()),
    ("O9", WITH_EMAIL, NONE, &[("FC_SCOPES", "openid email"), ("FC_HABILITATION", "")], |_| ()),
    ("O9", WITH_EMAIL, NONE, NONE, |seen| "openid email".clone_into(&mut seen.attempts[3].scope)),
    ("O9", NONE, NONE, NONE, |seen| "eidas2".clone_into(&mut seen.attempts[3].acr_values)),
    ("22", &[("purpose = \"Nommer", "# \"")], NONE, NONE, |_| ()),
    ("22", &[("scope = \"family_name\"", "scope = \"openid\"")], NONE, NONE, |_| ()),
    ("25", &[("page = \"https://my-service", "page = \"http://my-service")], NONE, NONE, |_| ()),
    ("25", &[("page = \"https://staging", "page = \"http://staging")], NONE, NONE, |_| ()),
    ("25", NONE, NONE, &[("PUBLIC_URL", "http://localhost:8787")], |_| ()),
    ("32", NONE, NONE, &[("FC_CLIENT_ID", "client")], |_| ()),
    ("32", NONE, &[("FC_CLIENT_ID", "live")], NONE, |_| ()),
    ("32", NONE, NONE, &[("PUBLIC_URL", "https://staging.my-service.fr")], |_| ()),
    ("32", NONE, NONE, &[("FC_ENVIRONMENT", "sandbox")], |_| ()),
    ("32", NONE, &[("FC_ENVIRONMENT", "production")], NONE, |_| ()),
];

#[test]
fn each_fault_of_the_files_fails_its_point_and_no_other() {
    for (at, (id, changes, test, more, change)) in FAULTS.iter().enumerate() {
        let mut observed = sound();
        change(&mut observed);
        let files =
            Declared { dossier: kept(changes), test: Some(configuration(test)), live: Some(live(more)) };
        let findings = declared(&files, &observed);
        assert_eq!(failed(&findings), [*id], "fault {at}: {findings:#?}");
    }
    // What FranceConnect does not know hides nothing else.
    let mut observed = sound();
    "openid offline_access email".clone_into(&mut observed.attempts[0].scope);
    let files = Declared { dossier: kept(&[]), test: Some(configuration(&[])), live: Some(live(&[])) };
    let findings = declared(&files, &observed);
    assert_eq!(failed(&findings), ["O9", "22"]);
    assert!(format!("{findings:?}").contains("email, offline_access"), "{findings:#?}");
    let in_clear = vec!["FC_CLIENT_SECRET".to_owned()];
    let test = Some(Configuration { in_clear, ..configuration(&[]) });
    let findings = declared(&Declared { dossier: kept(&[]), test, live: Some(live(&[])) }, &sound());
    assert_eq!(failed(&findings), ["28"]);
}

#[test]
fn what_is_not_written_down_passes_nothing_and_says_what_to_give() {
    let nothing = declared(&Declared::default(), &sound());
    for id in ["O9", "22", "32"] {
        assert!(wanted(&nothing, id).contains("--file"), "{id}: {}", wanted(&nothing, id));
    }
    assert!(wanted(&nothing, "22").contains("family_name, given_name, given_name_array"), "{nothing:?}");
    assert_eq!((verdict(&nothing, "25"), verdict(&nothing, "28")), (None, None));

    let (test, production) = (|| Some(configuration(&[])), || Some(live(&[])));
    let unset = || Some(live(&[("FC_CLIENT_ID", "")]));
    let faulty = || Some(live(&[("FC_SCOPES", "given_name")]));
    for (id, files, expected) in [
        ("O9", Declared { dossier: Some(dossier(&[])), test: test(), live: production() }, "[habilitation]"),
        ("O9", Declared { dossier: kept(&[]), test: test(), live: None }, "production.configuration"),
        ("O9", Declared { dossier: kept(&[]), test: test(), live: faulty() }, "check"),
        ("32", Declared { dossier: kept(&[]), test: None, live: production() }, "sandbox.configuration"),
        ("32", Declared { dossier: kept(&[]), test: test(), live: unset() }, "FC_CLIENT_ID"),
    ] {
        let findings = declared(&files, &sound());
        let wanted = wanted(&findings, id);
        assert!(wanted.contains(expected) && failed(&findings).is_empty(), "{expected}: {wanted}");
    }
    // One of FranceConnect says nothing of a service that asks FranceConnect+.
    let files = Declared { dossier: kept(&[]), test: test(), live: production() };
    let plus = declared(&files, &Observed { plus: true, ..sound() });
    for id in ["O9", "22", "32"] {
        assert!(wanted(&plus, id).contains("franceconnect.toml est pour FranceConnect"), "{id}");
    }
}

#[test]
fn a_question_that_somebody_answered_is_asked_no_more_and_nobody_is_named() {
    let attestation = (
        "# [[attestation]]\n# about = \"sandbox\"\n# by = \"Sacha Martin\"\n# on",
        "[[attestation]]\nabout = \"24\"\nby = \"Sacha Martin\"\non",
    );
    let before = gather(judge::judge(&sound()));
    assert!(matches!(verdict(&before, "24"), Some(Verdict::Attest { .. })));
    let after = attested(before.clone(), &dossier(&[attestation]));
    assert_eq!(verdict(&after, "24"), Some(Verdict::Passed));
    assert_eq!(verdict(&after, "31"), verdict(&before, "31"));
    let of_24 = after.iter().find(|finding| finding.item.id == "24").unwrap();
    let Some(Evidence::Text { title, text }) = of_24.evidence.last() else { panic!("{of_24:?}") };
    assert_eq!(title.fr, "Attesté le 2026-12-10 (franceconnect.toml)");
    assert!(!format!("{title:?}{text}").contains("Sacha"));
    // Nobody can vouch for what a machine saw fail.
    let mut failing = sound();
    failing.url = "http://service.exemple.fr/".to_owned();
    let about_25 = (attestation.0, "[[attestation]]\nabout = \"25\"\nby = \"Sacha Martin\"\non");
    let findings = attested(gather(judge::judge(&failing)), &dossier(&[about_25]));
    assert_eq!(failed(&findings), ["25"]);
}
