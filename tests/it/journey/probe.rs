//! One look at an address: everything that may come back, and every reason why nothing does, told apart.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use franceconnect_edge::emulator::{Authority, Presented};
use franceconnect_edge::journey::probe::{Answer, LIMIT, Prober, Refusal, Trouble};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tokio::runtime::Builder;
use url::Url;

use super::loopback::{Loopback, socket};
use crate::native_support::Folder;

fn ask(prober: &Prober, url: &Url, headers: &[(&str, &str)]) -> Result<Answer, Trouble> {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(prober.get_with(url, headers))
}

fn answered(request: &Request) -> Response {
    let said = |name: &str| request.headers().get(name).map_or("–", |value| value.to_str().unwrap());
    let body = format!("{} {} {}", said("accept"), said("origin"), said("cookie"));
    let long = request.uri().path().strip_prefix("/long/").and_then(|length| length.parse().ok());
    Response::builder()
        .status(if request.uri().path() == "/away" { 303 } else { 200 })
        .header("location", "/there")
        .header("date", "Mon, 30 Nov 2026 00:00:01 GMT")
        .header("content-type", "Text/Plain; charset=utf-8")
        .header("set-cookie", "a=1")
        .header("set-cookie", "b=2")
        .body(long.map_or_else(|| Body::from(body), |length| Body::from(vec![b'x'; length])))
        .unwrap()
}

#[test]
fn an_answer_is_kept_whole_and_no_redirect_is_followed() {
    let server = Loopback::start(None, answered);
    let prober = Prober::new().unwrap();
    let headers = [("accept", "text/html"), ("origin", "https://example.org"), ("cookie", "c=3")];
    let answer = ask(&prober, &server.url("http", "/away"), &headers).unwrap();
    assert_eq!((answer.status, answer.url.path()), (303, "/away"));
    assert_eq!(answer.location().unwrap(), server.url("http", "/there"));
    assert_eq!(answer.headers("set-cookie").collect::<Vec<_>>(), ["a=1", "b=2"]);
    assert_eq!((answer.header("set-cookie"), answer.header("etag")), (Some("a=1"), None));
    assert_eq!(answer.kind(), "text/plain");
    assert_eq!(answer.date().unwrap().unix(), 1_795_996_801);
    assert_eq!(answer.all().unwrap(), b"text/html https://example.org c=3");
    // No cookie of one answer goes into the next request.
    let again = ask(&prober, &server.url("http", "/"), &[]).unwrap();
    assert_eq!(again.body, "*/* – –".as_bytes());
}

#[test]
fn a_body_is_read_up_to_its_limit() {
    let server = Loopback::start(None, answered);
    let prober = Prober::new().unwrap();
    for (length, whole) in [(LIMIT, true), (LIMIT + 1, false), (LIMIT * 20, false)] {
        let answer = ask(&prober, &server.url("http", &format!("/long/{length}")), &[]).unwrap();
        assert_eq!((answer.body.len(), answer.whole), (LIMIT, whole), "{length}");
        assert_eq!(answer.all().is_ok(), whole);
    }
}

#[test]
fn a_certificate_is_refused_for_what_is_wrong_with_it() {
    let folder = Folder::new();
    let authority = Authority::at(folder.path()).unwrap();
    let known = CertificateDer::from_pem_file(authority.path()).unwrap();
    let knowing = Prober::knowing(&[&known]).unwrap();
    for (presented, prober, expected, words) in [
        (Presented::Right, &knowing, None, ""),
        (Presented::Right, &Prober::new().unwrap(), Some(Refusal::UnknownAuthority), "autorité inconnue"),
        (Presented::UnknownAuthority, &knowing, Some(Refusal::UnknownAuthority), "autorité inconnue"),
        (Presented::Expired, &knowing, Some(Refusal::Expired(None)), "périmé depuis le 20"),
        (
            Presented::OtherName,
            &knowing,
            Some(Refusal::OtherName(vec!["autre.localhost".to_owned()])),
            "pour un autre nom (autre.localhost)",
        ),
    ] {
        let server = Loopback::start(Some(authority.server(presented).unwrap()), answered);
        let seen = ask(prober, &server.url("https", "/"), &[]);
        match (seen, expected) {
            (Ok(answer), None) => assert_eq!(answer.status, 200),
            (Err(trouble), Some(expected)) => {
                assert!(trouble.words().fr.contains(words), "{presented:?}: {}", trouble.words().fr);
                // Its day is of when the test runs.
                let day = |refusal| {
                    if let Refusal::Expired(_) = refusal { Refusal::Expired(None) } else { refusal }
                };
                let Trouble::Certificate(refusal) = trouble else { panic!("{presented:?}: {trouble:?}") };
                assert_eq!(day(refusal), expected);
            }
            (seen, expected) => panic!("{presented:?}: {seen:?} and not {expected:?}"),
        }
    }
}

fn send(mut stream: TcpStream, text: &str) {
    let _ = stream.write_all(text.as_bytes());
}

#[test]
fn every_reason_for_no_answer_is_told_apart() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let silent = |stream: TcpStream| {
        thread::sleep(Duration::from_secs(3));
        drop(stream);
    };
    // Longer than a label may be (RFC 1035 §2.3.4): no resolver asks anybody for it.
    let nowhere = format!("http://{}.invalid/", "a".repeat(70));
    let cases: [(Url, &str, &str); 8] = [
        (nowhere.parse().unwrap(), "Unresolved", "ne mène nulle part (DNS)"),
        (format!("http://{closed}/").parse().unwrap(), "Closed", "personne ne répond sur 127.0.0.1:"),
        ("ftp://localhost/".parse().unwrap(), "NotHttp", "ftp n’est ni http ni https"),
        (socket("https", |stream| send(stream, "HTTP/1.1 400 Bad\r\n\r\n")), "NotTls", "ne parle pas https"),
        (socket("http", silent), "Late", "pas de réponse en 0.5 s"),
        (
            socket("http", |stream| {
                send(stream.try_clone().unwrap(), "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf");
                thread::sleep(Duration::from_secs(3));
            }),
            "Late",
            "pas de réponse",
        ),
        (
            socket("http", |stream| send(stream, "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf")),
            "Broken",
            "la connexion a échoué",
        ),
        (socket("http", |stream| send(stream, "\x1b[31mhello")), "Broken", "la connexion a échoué"),
    ];
    let prober = Prober::new().unwrap().patient(Duration::from_millis(500));
    for (url, kind, words) in cases {
        let trouble = ask(&prober, &url, &[]).unwrap_err();
        let (told, mend) = (trouble.words(), trouble.mend());
        assert!(format!("{trouble:?}").starts_with(kind), "{url}: {trouble:?}");
        assert!(told.fr.contains(words), "{url}: {}", told.fr);
        for words in [&told.fr, &told.en, &mend.fr, &mend.en] {
            assert!(!words.is_empty() && !words.contains('\x1b') && !words.ends_with('.'), "{words}");
        }
    }
}
