//! Relying parties with one fault each fail the points that it breaks, and no other.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use franceconnect_edge::emulator::Client;
use franceconnect_edge::journey::qualification::trace::Registration;
use franceconnect_edge::journey::qualification::{Verdict, gather, judge, run};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use url::Url;

use super::relying_party::{self, BROKEN, ELSEWHERE, Flaw, Way};
use super::{Door, client, failed, trip};

/// Qualifies a relying party with this fault: the points that fail, and what is said of them.
async fn qualified(flaw: Flaw) -> (Vec<&'static str>, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let door = Door::open();
    let site = relying_party::serve(listener, flaw, Way::Usual, door.issuer());
    let client = registered(flaw, client(&site, "/retour", "/sorti"));
    let sector = client.sector_identifier_uri.clone();
    let emulator = door.serve(&client);
    // Nobody waits a minute for keys that are never fetched again.
    let trip = trip(&client, emulator).keys_again_after(Duration::ZERO).attempting(24);
    let named = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    let here = named.resolve(ELSEWHERE, ([127, 0, 0, 1], Url::parse(&site).unwrap().port().unwrap()).into());
    let trip = trip.through(here.tls_certs_only([]).build().unwrap());
    let (login, logout) = (client.redirect_uris.clone(), client.post_logout_redirect_uris.clone());
    let registration = Registration::new(login, logout, sector);
    let observed = match run(trip, Some(registration), |_, _| ()).await {
        Ok(observed) => observed,
        Err(why) => return (Vec::new(), why.fr),
    };
    let findings = gather(judge::judge(&observed));
    let told = findings.iter().filter_map(|finding| match &finding.verdict {
        Verdict::Failed { seen, .. } => Some(format!("{}: {}", finding.item.id, seen.fr)),
        _ => None,
    });
    (failed(&findings), told.collect::<Vec<_>>().join("\n"))
}

/// What FranceConnect knows of it: all of it true, where the fault is not in that.
fn registered(flaw: Flaw, mut client: Client) -> Client {
    match flaw {
        Flaw::HostsWithoutSector => client.redirect_uris.push("https://autre.exemple.fr/retour".to_owned()),
        Flaw::SectorWithLogout | Flaw::SectorWithoutCallback | Flaw::SectorNoJson | Flaw::SectorBroken => {
            client.sector_identifier_uri = Some(format!("{}/secteur.json", client.site));
        }
        Flaw::SectorUnreachable => {
            client.sector_identifier_uri = Some("http://localhost:1/secteur.json".to_owned());
        }
        _ => {}
    }
    client
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_fault_fails_the_points_that_it_breaks_and_no_other() {
    // They wait most of the time, so many of them at once; but none so long that it seems slow.
    let (room, mut all) = (Arc::new(Semaphore::new(10)), JoinSet::new());
    for (flaw, broken) in BROKEN {
        let room = Arc::clone(&room);
        all.spawn(async move {
            let _place = room.acquire().await;
            let (failed, told) = qualified(*flaw).await;
            (failed != *broken).then(|| format!("{flaw:?}: {failed:?} and not {broken:?}\n{told}"))
        });
    }
    let wrong: Vec<String> = all.join_all().await.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
