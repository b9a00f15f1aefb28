//! Which redirects are part of an answer, and what is said of a login that does not begin.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::response::Response;
use franceconnect_edge::journey::Words;
use franceconnect_edge::journey::probe::Prober;
use franceconnect_edge::journey::reach::{Place, Remark, What, authorize, look};
use tokio::runtime::Runtime;

use super::configuration;
use super::loopback::Loopback;

fn french(remarks: &[Remark]) -> Vec<String> {
    remarks.iter().map(|remark| format!("{} {}", remark.is_wrong(), remark.words().fr)).collect()
}

#[test]
fn a_text_is_followed_anywhere_a_page_on_its_host_and_nothing_that_is_declared() {
    let server = Loopback::start(None, |request| {
        let port = request.headers()["host"].to_str().unwrap().rsplit_once(':').unwrap().1.to_owned();
        let (status, to) = match request.uri().path() {
            "/away" => (302, format!("http://127.0.0.1:{port}/end")),
            "/near" => (301, "/end".to_owned()),
            "/end" => (200, String::new()),
            _ => (307, "/round".to_owned()),
        };
        let answer = Response::builder().status(status).header("content-type", "text/html");
        answer.header("location", to).body("page".into()).unwrap()
    });
    let cases = [
        (What::Law, "/away", "false", "répond (200) après redirection vers http://127.0.0.1:"),
        (What::Reference, "/away", "false", "répond (200) après redirection"),
        (What::Law, "/round", "true", "répond 307 et redirige vers"),
        (What::Page, "/near", "false", "répond (200) après redirection vers http://localhost:"),
        (What::Page, "/away", "true", "répond 302 et redirige vers http://127.0.0.1:"),
        (What::Callback, "/near", "true", "répond 301 et redirige vers http://localhost:"),
        (What::LogoutCallback, "/near", "true", "servir cette adresse elle-même"),
        (What::Logout, "/near", "true", "servir cette adresse elle-même"),
    ];
    let places = cases.iter().map(|(what, path, ..)| Place::new(*what, server.url("http", path))).collect();
    let prober = Prober::new().unwrap();
    let told = french(&Runtime::new().unwrap().block_on(look(&prober, places, None)).remarks);
    for ((what, path, wrong, words), told) in cases.iter().zip(&told) {
        assert!(told.starts_with(wrong) && told.contains(words), "{what:?} {path}: {told}");
    }
    assert_eq!(told.len(), cases.len());

    // A site that is tried may ask for a password, which its relative redirects keep.
    let mut url = server.url("http", "/near");
    url.set_username("moi").unwrap();
    url.set_password(Some("mot-de-passe")).unwrap();
    let places = [What::Page, What::Callback].map(|what| Place::new(what, url.clone())).into();
    let looked = Runtime::new().unwrap().block_on(look(&prober, places, None));
    assert!(format!("{looked:?}").contains("/end"), "{looked:?}");
    assert!(!format!("{looked:?}").contains("mot-de-passe"), "{looked:?}");
}

/// However often it sends one on, and however slowly.
#[test]
fn a_slow_way_ends_in_time() {
    let server = Loopback::start(None, |_| {
        std::thread::sleep(Duration::from_millis(200));
        Response::builder().status(302).header("location", "/on").body("".into()).unwrap()
    });
    let prober = Prober::new().unwrap().patient(Duration::from_millis(500));
    let places = vec![Place::new(What::Law, server.url("http", "/"))];
    let told = french(&Runtime::new().unwrap().block_on(look(&prober, places, None)).remarks);
    assert!(told[0].contains("pas de réponse en 0.5 s"), "{told:?}");
}

#[test]
fn a_login_that_does_not_leave_for_franceconnect_is_told_and_nothing_is_asked_there() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let server = Loopback::start(None, move |request| {
        count.fetch_add(1, Ordering::Relaxed);
        let to = if request.uri().path() == "/here" { "/there" } else { "" };
        let status = if to.is_empty() { 500 } else { 303 };
        Response::builder().status(status).header("location", to).body("".into()).unwrap()
    });
    let (prober, runtime) = (Prober::new().unwrap(), Runtime::new().unwrap());
    let without = || Err(Words::new("sans client", "no client"));
    let login = server.url("http", "/here");
    let told =
        french(&runtime.block_on(authorize::dry(&prober, &login, &configuration(&[]), without())).remarks);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("true Début de connexion") && told[0].contains("répond 500"), "{told:?}");
    assert!(told[1].starts_with("false Demande de connexion") && told[1].contains("sans client"), "{told:?}");
    assert_eq!(asked.load(Ordering::Relaxed), 2);

    // What is not there has been said of its other addresses.
    let closed = "http://127.0.0.1:9/login".parse().unwrap();
    let told =
        french(&runtime.block_on(authorize::dry(&prober, &closed, &configuration(&[]), without())).remarks);
    assert_eq!(told.len(), 1, "{told:?}");
}
