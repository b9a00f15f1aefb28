//! The operator's page: for whoever has its key, without a secret or a person on it.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use franceconnect_edge::config;
use franceconnect_edge::emulator::{Alg, Fault};
use franceconnect_edge::web::{Event, Severity};
use franceconnect_edge::wire::params::encode;
use franceconnect_edge::wire::{Header, Method, Request, Response};

use crate::support::conversation::{Browser, ISSUER, OTHER_KEY, SECRET, World, both_variables, variables};

const SESSION_KEY: &str = "kTLrb6n3A1Zg8oYwVd5sXc0uJpQh7iMfN2tGxBvCyRE";

fn key() -> String {
    format!("2026-11-25.{OTHER_KEY}")
}

fn world() -> World {
    let mut variables = both_variables();
    variables.insert("FC_OPERATOR_KEY", key());
    variables.insert("FC_SESSION_KEYS", format!("2026-01-01.{SESSION_KEY}"));
    variables.insert("FC_CLIENT_SECRET_NEXT", "n3xt-5ecret-of-the-client-0123456789".to_owned());
    World::with(&variables, Alg::Es256)
}

fn ask(world: &mut World, browser: &Browser, password: Option<&str>) -> Response {
    let mut headers = browser.headers();
    let basic = password.map(|word| format!("Basic {}", STANDARD.encode(format!("anybody:{word}"))));
    headers.set(Header::Authorization, basic);
    browser.clone().send(world, Request::new(Method::Get, "/auth/operator", headers))
}

fn page(response: &Response) -> String {
    String::from_utf8(response.body.clone()).unwrap()
}

#[test]
fn without_the_variable_there_is_nothing_and_without_the_key_there_is_no_page() {
    let browser = Browser::new();
    let mut without = World::new();
    assert_eq!(ask(&mut without, &browser, Some(&key())).status, 404);
    let mut world = world();
    let answer = ask(&mut world, &browser, None);
    assert_eq!(answer.status, 401);
    assert_eq!(answer.get("www-authenticate"), Some("Basic realm=\"operator\", charset=\"UTF-8\""));
    let lines = world.lines.iter().filter(|line| !line.contains("keys.old"));
    assert_eq!(lines.count(), 0, "a browser asks without it first");
    for wrong in ["", OTHER_KEY, SESSION_KEY, &key()[1..], &format!("{}x", key())] {
        assert_eq!(ask(&mut world, &browser, Some(wrong)).status, 401, "{wrong}");
        assert_eq!(world.last_code(), "operator.refused");
    }
    let log = world.lines.concat();
    assert!(![OTHER_KEY, SESSION_KEY].iter().any(|key| log.contains(key)), "{log}");
    assert!(world.called.is_empty(), "strangers make us call nobody");
}

#[test]
fn it_asks_every_provider_and_shows_no_secret_and_nobody() {
    let (mut world, mut browser) = (world(), Browser::new());
    browser.log_in(&mut world, "test");
    Browser::new().get(&mut world, "/auth/callback?state=x");
    world.ahead = 37;
    world.take_calls();
    let answer = ask(&mut world, &browser, Some(&key()));
    assert_eq!((answer.status, answer.get("cache-control")), (200, Some("private, no-store")));
    assert_eq!(answer.get("set-cookie"), None);
    assert_eq!(world.take_calls(), ["jwks", "jwks"]);
    let shown = page(&answer);
    for text in [
        "FranceConnect (clés)</dt><dd><strong>répond</strong>, 12 ms, écart d’horloge, trop grand : +37 s",
        "FranceConnect+ (clés)</dt><dd><strong>répond</strong>",
        "plus-client-of-the-test",
        "en cours de changement",
        "http://localhost:8787/auth/callback",
        "http://localhost:8787/auth/jwks.json",
        "2026-01-01 (",
        "<code>login.succeeded</code>",
        "<code>callback.no_login</code>",
        "rien à faire si c’est rare",
    ] {
        assert!(shown.contains(text), "{text} is missing: {shown}");
    }
    for secret in [SECRET, SESSION_KEY, OTHER_KEY, "n3xt-5ecret", "DUBOIS", "Angela"] {
        assert!(!shown.contains(secret), "{secret}");
    }
    browser.language = Some("en".to_owned());
    let english = page(&ask(&mut world, &browser, Some(&key())));
    assert!(english.contains("<strong>answers</strong>") && english.contains("nothing to do if it is rare"));
}

#[test]
fn a_provider_that_fails_is_told_with_what_to_do() {
    let (mut world, browser) = (world(), Browser::new());
    world.emulator.misbehave(Fault::from_name("jwks.status_500"));
    let shown = page(&ask(&mut world, &browser, Some(&key())));
    assert!(
        shown.contains("FranceConnect (clés)</dt><dd><strong>échec</strong> <code>jwks.status</code>"),
        "{shown}"
    );
    assert!(
        shown.contains("FranceConnect+ (clés)</dt><dd><strong>répond</strong>"),
        "the other is asked all the same"
    );
}

/// Codes stand in the sources as literals; each says what to do.
#[test]
fn every_code_has_its_advice() {
    let (mut world, browser) = (world(), Browser::new());
    let mut codes = Vec::new();
    for room in ["oidc", "web", "franceconnect"] {
        let files = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(room)).unwrap();
        for file in files {
            // A folder is none.
            let Ok(text) = std::fs::read_to_string(file.unwrap().path()) else { continue };
            for kind in ["refusal(", "denial(", "unreachable(", "fault("] {
                for rest in text.split(&format!("Failure::{kind}")).skip(1) {
                    let Some(code) = rest.trim_start().strip_prefix('"') else { continue };
                    codes.push(code.split('"').next().unwrap().to_owned());
                }
            }
        }
    }
    assert!(codes.len() > 40, "{codes:?}");
    let codes: Vec<&'static str> = codes.into_iter().map(|code| &*code.leak()).collect();
    world.events = codes.iter().map(|code| Event::new(Severity::Warning, code, "what")).collect();
    let shown = page(&ask(&mut world, &browser, Some(&key())));
    for code in codes {
        let row = shown.split(&format!("<dt><code>{code}</code></dt><dd>")).nth(1).unwrap();
        let advice = row.split("<br>").nth(2).unwrap().split("</dd>").next().unwrap();
        assert!(!advice.is_empty(), "{code}");
    }
}

#[test]
fn the_key_is_one_of_its_own() {
    for wrong in
        ["changeme", SESSION_KEY, &format!("2026-11-25.{SESSION_KEY}"), &format!("{OTHER_KEY},{SESSION_KEY}")]
    {
        let mut variables = variables();
        variables.insert("FC_OPERATOR_KEY", wrong.to_owned());
        let faults = config::read(|name| variables.get(name).cloned()).unwrap_err();
        assert_eq!(
            faults.iter().map(|fault| fault.variable).collect::<Vec<_>>(),
            ["FC_OPERATOR_KEY"],
            "{wrong}"
        );
    }
}

/// Posts a form of the page, from a page of `from`.
fn order(world: &mut World, form: &str, from: &str, password: &str) -> Response {
    let mut headers = Browser::new().headers();
    headers.set(Header::SecFetchSite, Some(from.to_owned()));
    headers.set(Header::Authorization, Some(format!("Basic {}", STANDARD.encode(format!("op:{password}")))));
    let mut request = Request::new(Method::Post, "/auth/operator", headers);
    request.body = form.as_bytes().to_vec();
    Browser::new().send(world, request)
}

#[test]
fn an_operator_ends_the_sessions_of_a_person_or_of_all() {
    let (mut world, mut one, mut other) = (world(), Browser::new(), Browser::new());
    one.log_in(&mut world, "test");
    other.log_in(&mut world, "avec_nom_dusage");
    for (from, password, form, status) in [
        ("cross-site", &*key(), "what=everybody", 403),
        ("same-origin", OTHER_KEY, "what=everybody", 401),
        ("same-origin", &*key(), "what=person&iss=&sub=x", 400),
        ("same-origin", &*key(), "what=person&iss=https%3A%2F%2Fop.example&sub=x", 400),
        ("same-origin", &*key(), "what=session&sid=nonsense", 400),
        ("same-origin", &*key(), "", 400),
    ] {
        assert_eq!(order(&mut world, form, from, password).status, status, "{form} {from}");
    }
    let stranger = format!("what=person&iss={}&sub=quelquun", encode(ISSUER));
    assert_eq!(order(&mut world, &stranger, "same-origin", &key()).status, 200);
    assert_eq!(world.last_code(), "operator.revoked");
    assert!(one.is_logged_in(&mut world) && other.is_logged_in(&mut world), "somebody else was named");
    assert!(!world.lines.concat().contains("quelquun"), "whom is in no line");
    world.now = world.now.plus(1);
    assert_eq!(order(&mut world, "what=everybody", "same-origin", &key()).status, 200);
    assert!(!one.is_logged_in(&mut world) && !other.is_logged_in(&mut world));
    world.now = world.now.plus(1);
    one.log_in(&mut world, "test");
    assert!(one.is_logged_in(&mut world), "who comes after may stay");
}
