//! Services that cannot be qualified: the answer is clear, and comes.

use std::net::TcpListener;
use std::time::Duration;

use franceconnect_edge::journey::qualification::run;

use super::{Door, client, look, trip};

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
    assert!(refused(&format!("http://{gone}")).await.starts_with("pas de réponse ("));
}

#[tokio::test]
async fn a_service_without_a_button_elsewhere_or_in_a_circle_is_said_to_be_so() {
    let page = stub(Some("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n\r\nBonjour"));
    assert!(refused(&page).await.starts_with("aucun bouton FranceConnect sur / (statut 200)"));
    let circle =
        stub(Some("HTTP/1.1 302 Found\r\nlocation: /\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"));
    assert_eq!(refused(&circle).await, "plus de 20 redirections de suite");
    let real = "HTTP/1.1 302 Found\r\nlocation: https://oidc.franceconnect.gouv.fr/api/v2/authorize?a=b\r\n\
                connection: close\r\ncontent-length: 0\r\n\r\n";
    let real = refused(&stub(Some(real))).await;
    assert_eq!(
        real,
        "une redirection vers oidc.franceconnect.gouv.fr, qui n’est ni le service ni l’émulateur"
    );
}

#[tokio::test]
async fn a_service_that_never_answers_is_not_waited_for_long() {
    let client = client(&stub(None), "/retour", "/sorti");
    let emulator = Door::open().serve(&client);
    let trip = trip(&client, emulator).patient(Duration::from_secs(1));
    assert_eq!(run(trip, None, |_, _| ()).await.unwrap_err().fr, "pas de réponse en 1 secondes");
}

#[tokio::test]
async fn a_page_without_end_is_read_as_far_as_is_needed() {
    // Announced longer than it is ever sent: what came is kept, or the connection's end is told.
    let endless =
        stub(Some("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 99999999\r\n\r\n<p>"));
    let told = refused(&endless).await;
    assert!(told.starts_with("pas de réponse") || told.starts_with("aucun bouton"), "{told}");
}
