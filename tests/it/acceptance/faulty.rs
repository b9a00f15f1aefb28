//! Relying parties with one fault each fail the points that it breaks, and no other.

use std::net::TcpListener;
use std::time::Duration;

use franceconnect_edge::journey::qualification::trace::Registration;
use franceconnect_edge::journey::qualification::{Verdict, judge, run};
use tokio::task::JoinSet;

use super::relying_party::{self, Flaw};
use super::{Door, client, failed, trip};

/// Each fault, and the points it breaks.
const BROKEN: &[(Flaw, &[&str])] = &[
    (Flaw::Nothing, &[]),
    (Flaw::StateUnchecked, &["O6", "26"]),
    (Flaw::StateOfAnyBrowser, &["O6", "26"]),
    (Flaw::StateKept, &["26"]),
    (Flaw::StateShort, &["O6"]),
    (Flaw::StateRepeated, &["O6"]),
    (Flaw::NonceUnchecked, &["O6", "26", "27"]),
    (Flaw::SignatureUnchecked, &["27"]),
    (Flaw::IssuerUnchecked, &["27"]),
    (Flaw::AudienceUnchecked, &["27"]),
    (Flaw::ExpiryUnchecked, &["27"]),
    (Flaw::LevelUnchecked, &["27"]),
    (Flaw::SubjectUncompared, &["27"]),
    (Flaw::PlainUserInfo, &["27"]),
    (Flaw::KeysForEver, &["27"]),
    (Flaw::JsonErrors, &["O7", "23"]),
    (Flaw::StackTraces, &["23"]),
    (Flaw::DeadEnds, &["23"]),
    (Flaw::SilentErrors, &["O7"]),
    (Flaw::ErrorsWithStatus200, &["23"]),
    (Flaw::ErrorsUnescaped, &["23"]),
    (Flaw::LocalLogout, &["O8", "15"]),
    (Flaw::LogoutAfterwards, &["15"]),
    (Flaw::NoLogout, &["O8", "15"]),
    (Flaw::EmailAsKey, &["O3", "17", "20"]),
    (Flaw::UsageNameNeeded, &["18"]),
    (Flaw::AccessTokenShown, &["30"]),
    (Flaw::SecretShown, &["28"]),
    (Flaw::UserInfoLate, &["30"]),
];

/// Qualifies a relying party with this fault: the points that fail, and what is said of them.
async fn qualified(flaw: Flaw) -> (Vec<&'static str>, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let door = Door::open();
    let site = relying_party::serve(listener, flaw, door.issuer());
    let client = client(&site, "/retour", "/sorti");
    let emulator = door.serve(&client);
    // Nobody waits a minute for keys that are never fetched again.
    let trip = trip(&client, emulator).keys_again_after(Duration::ZERO);
    let registration =
        Registration::new(client.redirect_uris.clone(), client.post_logout_redirect_uris.clone(), None);
    let findings = judge::judge(&run(trip, Some(registration), |_, _| ()).await.unwrap());
    let told = findings.iter().filter_map(|finding| match &finding.verdict {
        Verdict::Failed { seen, .. } => Some(format!("{}: {}", finding.item.id, seen.fr)),
        _ => None,
    });
    (failed(&findings), told.collect::<Vec<_>>().join("\n"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_fault_fails_the_points_that_it_breaks_and_no_other() {
    // They wait most of the time, so all of them at once.
    let mut all = JoinSet::new();
    for (flaw, broken) in BROKEN {
        all.spawn(async move {
            let (failed, told) = qualified(*flaw).await;
            (failed != *broken).then(|| format!("{flaw:?}: {failed:?} and not {broken:?}\n{told}"))
        });
    }
    let wrong: Vec<String> = all.join_all().await.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
