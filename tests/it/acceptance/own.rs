//! Our own site passes every point that logins and probes can judge.

use std::path::Path;
use std::time::{Duration, Instant};

use franceconnect_edge::journey::qualification::{Evidence, Verdict, judge, run};

use super::{CLIENT_ID, Door, SECRET, client, failed, trip};
use crate::native_support::Server;

#[test]
fn it_passes_every_point_and_no_evidence_holds_a_secret() {
    let door = Door::open();
    let issuer = door.issuer();
    let site = Server::start(
        Path::new("site"),
        &[
            ("FC_ISSUER", &issuer),
            ("FC_CLIENT_ID", CLIENT_ID),
            ("FC_CLIENT_SECRET", SECRET),
            ("FC_PROTECTED_PATHS", "/prive"),
            ("FC_SCOPES", "openid identite_pivot preferred_username email"),
        ],
    );
    let url = format!("http://localhost:{}", site.address.port());
    let client = client(&url, "/auth/callback", "/auth/logout/callback");
    let began = Instant::now();
    let observed = tokio::runtime::Runtime::new().unwrap().block_on(async {
        let emulator = door.serve(&client);
        // What is registered the emulator tells.
        run(trip(&client, emulator), None, |_, _| ()).await.unwrap()
    });
    assert!(began.elapsed() < Duration::from_secs(170), "{:?}", began.elapsed());

    let findings = judge::judge(&observed);
    assert_eq!(failed(&findings), [""; 0], "{findings:#?}");
    let passed = findings.iter().filter(|finding| finding.verdict == Verdict::Passed);
    let passed: Vec<&str> = passed.map(|finding| finding.item.id).collect();
    // Its pages show nothing of the account: whether that is found by sub is left to a person.
    let expected = ["O6", "O7", "O8", "15", "18", "23", "26", "27", "28", "29", "30"];
    assert_eq!(passed, expected);
    assert_eq!(observed.attempts.len(), 100);
    assert_eq!(observed.registration.map(|known| known.redirect_uris), Some(client.redirect_uris));
    assert!(observed.attempts.iter().all(|attempt| attempt.scope.contains("email")));

    let texts = findings.iter().flat_map(|finding| &finding.evidence).map(|evidence| match evidence {
        Evidence::Text { text, .. } => text.as_str(),
        Evidence::Picture { .. } => "",
    });
    let all = texts.chain(observed.honest.trail.iter().map(String::as_str)).collect::<Vec<_>>().join("\n");
    for kept in [SECRET, "eyJ", &observed.attempts[0].state] {
        assert!(!all.contains(kept), "{kept}");
    }
    assert!(all.contains("[code, state, iss]") || all.contains("code"), "{all}");
}
