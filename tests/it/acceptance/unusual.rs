//! Relying parties that are right in ways of their own pass all that the usual one passes.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use franceconnect_edge::journey::qualification::driver::{Service, Trip};
use franceconnect_edge::journey::qualification::trace::Registration;
use franceconnect_edge::journey::qualification::{Verdict, gather, judge, run};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use url::Url;

use super::relying_party::{self, Flaw, Way};
use super::{Door, client};

/// Each way, and the points that are left to a person beside those that always are.
const WAYS: &[(Way, &[&str])] = &[
    (Way::Usual, &[]),
    (Way::LinkAsButton, &[]),
    (Way::LoginElsewhere, &[]),
    (Way::English, &[]),
    (Way::CapitalsWithoutAccents, &[]),
    (Way::NamedOnProfile, &[]),
    // No login without scripts reads what a script writes.
    (Way::Scripted, &["O7", "23"]),
    (Way::ErrorsAsMessages, &[]),
    (Way::ErrorsElsewhere, &[]),
    (Way::PressedErrors, &[]),
    (Way::ConfirmedLogout, &[]),
    (Way::LogoutWithToken, &[]),
    (Way::RefreshAfterwards, &[]),
    (Way::FormInBetween, &[]),
    (Way::PartitionedCookie, &[]),
    (Way::Broker, &[]),
];

/// What a service of this kind on this machine passes.
const PASSED: [&str; 15] =
    ["O4", "O6", "O7", "O8", "15", "17", "18", "20", "21", "23", "26", "27", "28", "29", "30"];

/// What is wrong about the verdicts on a service of this way, if anything is.
async fn wrong(way: Way, asked: &[&str]) -> Option<String> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let (door, port) = (Door::open(), listener.local_addr().unwrap().port());
    let site = relying_party::serve(listener, Flaw::Nothing, way, door.issuer());
    let mut client = client(&site, "/retour", "/sorti");
    if way == Way::Broker {
        client.redirect_uris = vec![format!("http://127.0.0.1:{port}/retour")];
        client.post_logout_redirect_uris = vec![format!("http://127.0.0.1:{port}/sorti")];
    }
    let emulator = door.serve(&client);
    let url = Url::parse(&site).unwrap();
    let at = |path: &str| url.join(path).unwrap();
    let scripted = way == Way::Scripted;
    let service = Service {
        login: if scripted { at("/entrer") } else { url.clone() },
        profile: scripted.then(|| at("/api/moi")),
        logout: scripted.then(|| at("/api/sortir")),
        secret: Some(client.client_secret.clone()),
        url: url.clone(),
    };
    let trip = Trip::new(service, emulator, vec!["127.0.0.1".to_owned()]).unwrap();
    let (login, logout) = (client.redirect_uris.clone(), client.post_logout_redirect_uris.clone());
    let known = Registration::new(login, logout, None);
    let observed =
        match run(trip.keys_again_after(Duration::ZERO).attempting(24), Some(known), |_, _| ()).await {
            Ok(observed) => observed,
            Err(why) => return Some(format!("{way:?}: {}", why.fr)),
        };
    let findings = gather(judge::judge(&observed));
    let told = findings.iter().filter_map(|finding| match &finding.verdict {
        _ if !PASSED.contains(&finding.item.id) => None,
        Verdict::Passed if !asked.contains(&finding.item.id) => None,
        Verdict::Attest { .. } if asked.contains(&finding.item.id) => None,
        verdict => Some(format!("{way:?}: {} {verdict:?}", finding.item.id)),
    });
    let told: Vec<String> = told.collect();
    (!told.is_empty()).then(|| told.join("\n"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_right_in_another_way_passes() {
    let (room, mut all) = (Arc::new(Semaphore::new(8)), JoinSet::new());
    for (way, asked) in WAYS {
        let room = Arc::clone(&room);
        all.spawn(async move {
            let _place = room.acquire().await;
            wrong(*way, asked).await
        });
    }
    let wrong: Vec<String> = all.join_all().await.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
