//! The report: the same bytes for the same run, everything in one file, nothing of a page becoming markup; and what the
//! command answers when it cannot run.

use std::process::Command;

use franceconnect_edge::journey::Words;
use franceconnect_edge::journey::qualification::report::Report;
use franceconnect_edge::journey::qualification::{Evidence, Finding, Item, Verdict, gather};
use franceconnect_edge::time::Timestamp;
use serde_json::Value;

const HOSTILE: &str = "</pre><script>alert(1)</script>\nla suite";

fn report() -> Report {
    let words = Words::new(HOSTILE, "seen");
    let evidence = vec![
        Evidence::Text { title: words.clone(), text: HOSTILE.to_owned() },
        Evidence::Picture { title: words.clone(), png: b"\x89PNG".to_vec() },
    ];
    let failed = Verdict::Failed { seen: words.clone(), mend: words };
    let finding = Finding { item: Item::named("O7").unwrap(), verdict: failed, evidence };
    Report {
        at: Timestamp::from_unix(1_795_622_700),
        url: "https://service.exemple.fr/?a=<b>".to_owned(),
        product: "FranceConnect",
        fingerprint: Report::fingerprint_of(["client", "https://service.exemple.fr/retour"]),
        findings: gather(vec![finding]),
    }
}

#[test]
fn it_is_one_dated_file_without_script_and_the_same_each_time() {
    let page = report().to_html();
    assert_eq!(page, report().to_html());
    assert!(page.contains("<html lang=\"fr\">") && page.contains("25 novembre 2026 à 16 h 05 (UTC)"));
    assert!(page.contains("La page officielle de qualification de FranceConnect prévaut sur ce rapport"));
    assert!(!page.contains("<script") && page.contains("&lt;script&gt;alert(1)"));
    for outside in ["http-equiv", "<link", "url(", "src=\"http"] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(page.contains("src=\"data:image/png;base64,iVBORw") || page.contains("data:image/png;base64,"));
    assert!(page.contains("Un point est en échec : le corriger avant de demander la qualification."));
    // Each point once, the failed one before all others.
    assert_eq!(page.matches("<article id=\"point-").count(), 42);
    assert!(page.find("id=\"point-O7\"").unwrap() < page.find("id=\"point-O1\"").unwrap());
    assert_ne!(Report::fingerprint_of(["ab", "c"]), Report::fingerprint_of(["a", "bc"]));
}

#[test]
fn programs_read_each_point_and_the_counts() {
    let told: Value = serde_json::from_str(&report().to_json()).unwrap();
    // What a pipeline may rely on; both guides list it.
    let members = |of: &Value| of.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(
        members(&told),
        "at configuration counts day format points product url version",
        "another form has another number"
    );
    assert_eq!((&told["format"], &told["day"]), (&1.into(), &"2026-11-25".into()));
    assert_eq!(members(&told["counts"]), "attest failed passed skipped");
    assert_eq!(told["counts"]["failed"], 1);
    let points = told["points"].as_array().unwrap();
    assert_eq!(points.len(), 42);
    let failed = points.iter().find(|point| point["id"] == "O7").unwrap();
    assert_eq!((&failed["verdict"], &failed["seen"]["fr"]), (&"failed".into(), &HOSTILE.into()));
    assert_eq!(members(failed), "evidence id mend requirement seen verdict");
    assert_eq!(members(&failed["evidence"][0]), "text title", "no picture");
    let others = points.iter().filter(|point| point["id"] != "O7");
    for point in others {
        let told = if point["verdict"] == "attest" { "question" } else { "why" };
        assert_eq!(point[told].as_object().map(serde_json::Map::len), Some(2), "{point}");
    }
}

#[test]
fn a_service_that_is_not_there_is_an_exit_status_of_its_own() {
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_franceconnect-edge"));
    command.args(["--lang", "fr", "journey", "qualify", "--listen", "127.0.0.1:0"]);
    let told = command.args(["--url", &format!("http://{gone}/")]).output().unwrap();
    assert_eq!(told.status.code(), Some(2));
    let error = String::from_utf8_lossy(&told.stderr);
    let named = format!("La recette n’a pas pu avoir lieu : http://{gone}/ : pas de réponse (");
    assert!(error.contains(&named) && error.contains("démarrez le service"), "{error}");
}
