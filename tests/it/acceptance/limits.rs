//! Services that cannot be qualified: the answer is clear, and comes. Services that take their time: nobody is blamed
//! for a wait that FranceConnect causes.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use franceconnect_edge::journey::qualification::{judge, run};
use tokio::sync::Mutex;

use super::relying_party::{Flaw, Way, router};
use super::{Door, client, failed, look, trip};

/// Answers every request with this head and body, or never.
fn stub(answer: Option<&'static str>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let site = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
    std::thread::spawn(move || {
        let mut kept = Vec::new();
        for mut stream in listener.incoming().flatten() {
            let Some(answer) = answer else {
                kept.push(stream);
                continue;
            };
            let mut head = [0; 4096];
            let _ = std::io::Read::read(&mut stream, &mut head);
            let _ = std::io::Write::write_all(&mut stream, answer.as_bytes());
        }
    });
    site
}

/// Why it cannot be qualified, in French.
async fn refused(site: &str) -> String {
    let client = client(site, "/retour", "/sorti");
    let emulator = Door::open().serve(&client);
    look(&client, emulator).await.unwrap_err().fr
}

#[tokio::test]
async fn an_unreachable_service_is_said_to_be_so() {
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let told = refused(&format!("http://{gone}")).await;
    assert!(told.starts_with(&format!("http://{gone}/ : pas de réponse (")), "{told}");
}

#[tokio::test]
async fn a_service_without_a_button_elsewhere_or_in_a_circle_is_said_to_be_so() {
    let page = stub(Some("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n\r\nBonjour"));
    let told = refused(&page).await;
    assert!(told.starts_with(&format!("aucun bouton FranceConnect sur {page}/ (statut 200)")), "{told}");
    let circle =
        stub(Some("HTTP/1.1 302 Found\r\nlocation: /\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"));
    let told = refused(&circle).await;
    assert!(told.starts_with(&format!("{circle}/ : plus de 20 redirections de suite ; donnez ")), "{told}");
    let real = "HTTP/1.1 302 Found\r\nlocation: https://oidc.franceconnect.gouv.fr/api/v2/authorize?a=b\r\n\
                connection: close\r\ncontent-length: 0\r\n\r\n";
    let told = refused(&stub(Some(real))).await;
    let away = " : une redirection vers https://oidc.franceconnect.gouv.fr, qui n’est ni le service ni l’émulateur ; ";
    assert!(told.contains(away) && told.ends_with("réglez-le sur l’émulateur"), "{told}");
}

#[tokio::test]
async fn a_service_that_never_answers_is_not_waited_for_long() {
    let client = client(&stub(None), "/retour", "/sorti");
    let emulator = Door::open().serve(&client);
    let trip = trip(&client, emulator).patient(Duration::from_secs(1));
    let told = run(trip, None, |_, _| ()).await.unwrap_err().fr;
    assert!(told.contains("/ : pas de réponse en 1 secondes ; démarrez le service"), "{told}");
}

#[tokio::test]
async fn a_page_without_end_is_read_as_far_as_is_needed() {
    // Announced longer than it is ever sent: what came is kept, or the connection's end is told.
    let endless =
        stub(Some("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 99999999\r\n\r\n<p>"));
    let told = refused(&endless).await;
    assert!(told.contains("/ : pas de réponse") || told.starts_with("aucun bouton"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_waits_for_a_late_franceconnect_and_does_one_thing_at_a_time_is_not_blamed() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let site = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    let door = Door::open();
    let (patience, longer) = (Duration::from_secs(10), Duration::from_secs(18));
    let alone = Arc::new(Mutex::new(()));
    let one_at_a_time = from_fn(move |request: Request, next: Next| {
        let alone = Arc::clone(&alone);
        async move {
            let _turn = alone.lock().await;
            next.run(request).await
        }
    });
    let router =
        router((Flaw::Nothing, Way::Usual), &site, &site, door.issuer(), longer).layer(one_at_a_time);
    tokio::spawn(async move { axum::serve(listener, router).await });
    let client = client(&site, "/retour", "/sorti");
    let trip = trip(&client, door.serve(&client)).patient(patience);
    let observed = run(trip, None, |_, _| ()).await.unwrap();
    let findings = judge::judge(&observed);
    assert_eq!(failed(&findings), [""; 0], "{findings:#?}");
    let untried: Vec<_> =
        observed.trials.iter().filter(|trial| trial.calls.is_empty()).map(|trial| trial.name().en).collect();
    assert_eq!(untried, [""; 0], "the wait kept no other login from being tried");
    let late = observed.trials.iter().find(|trial| trial.lie.fault == "token.slow").unwrap();
    let end = late.end.as_ref().unwrap();
    assert!(end.waited > longer, "it waited for FranceConnect: {:?}", end.waited);
}
