//! What the origin learns with a request that passes: who is here from us alone, whatever a client says.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use franceconnect_edge::emulator::Alg;
use franceconnect_edge::site::Forward;
use franceconnect_edge::time::Timestamp;
use franceconnect_edge::web::Content;
use franceconnect_edge::wire::{Header, Method, Request};
use serde_json::Value;

use crate::assertion::signing;
use crate::support::conversation::{Browser, World, configure, variables};

const ORIGIN: &str = "http://app.internal:3000";

fn settings(more: &[(&'static str, &str)]) -> BTreeMap<&'static str, String> {
    let mut all = variables();
    all.insert("FC_ASSERTION_KEYS", signing(&[21]));
    let usual = [
        ("FC_ORIGIN", ORIGIN),
        ("FC_PROTECTED_PATHS", "/"),
        ("FC_OPTIONAL_PATHS", "/accueil"),
        ("FC_PUBLIC_PATHS", "/aide, /deconnecte.html"),
        ("FC_IDENTITY_HEADERS", "X-User: sub, X-Family-Name: family_name"),
    ];
    all.extend(usual.iter().chain(more).map(|(name, value)| (*name, (*value).to_owned())));
    all
}

fn pass(world: &mut World, browser: &Browser, method: Method, path: &str) -> Box<Forward> {
    match world.visit(Request::new(method, path, browser.headers())) {
        Content::Forward(forward) => forward,
        other => panic!("{path}: {other:?}"),
    }
}

/// What the origin hears of identity, when a client sends `given`.
fn heard(forward: &Forward, given: &[(&str, &str)]) -> Vec<(String, String)> {
    let lines = forward.request_headers(given.iter().copied());
    let told = |name: &str| {
        // As the laxest reader takes it: PHP makes one variable of `X.User` and `X-User`.
        let name = name.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        name.starts_with("fc-") || ["x-user", "x-family-name"].contains(&name.as_str())
    };
    lines.into_iter().filter(|(name, _)| told(name)).collect()
}

fn claims(jwt: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(jwt.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

/// The cookies that come with an answer.
fn cookies(forward: &Forward, now: Timestamp) -> Vec<(String, String)> {
    let pair = |line: &str| {
        let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
        (name.to_owned(), value.to_owned())
    };
    let lines = forward.response_headers([], now);
    lines.iter().filter(|(name, _)| name == "set-cookie").map(|(_, value)| pair(value)).collect()
}

/// What a client may say of itself to look like somebody.
const LIES: [(&str, &str); 13] = [
    ("FC-Assertion", "eyJhbGciOiJub25lIn0.e30."),
    ("fc_assertion", "eyJhbGciOiJub25lIn0.e30."),
    ("Fc_Assertion", "x"),
    ("FC-User", "x"),
    ("X-User", "admin"),
    ("x_user", "admin"),
    ("X_USER", "admin"),
    ("X.User", "admin"),
    ("X~User", "admin"),
    ("FC.Assertion", "admin"),
    ("X-Family_Name", "ADMIN"),
    ("x-family-name", "ADMIN"),
    ("x_family_name", "ADMIN"),
];

#[test]
fn a_session_is_told_where_it_is_asked_for_and_lies_never_arrive() {
    let mut world = World::with(&settings(&[]), Alg::Es256);
    let (nobody, mut somebody) = (Browser::new(), Browser::new());
    somebody.log_in(&mut world, "test");
    for method in [Method::Get, Method::Head, Method::Post, Method::Other] {
        for path in ["/prive/", "/accueil", "/Accueil/x"] {
            let forward = pass(&mut world, &somebody, method, path);
            let told = heard(&forward, &LIES);
            let names: Vec<&str> = told.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(names, ["x-user", "x-family-name", "fc-assertion"], "{method:?} {path}");
            assert!(told[0].1.ends_with("v1") && told[1].1 == "DUBOIS", "{told:?}");
            let claims = claims(&told[2].1);
            assert_eq!((claims["aud"].as_str(), &claims["sub"]), (Some(ORIGIN), &told[0].1.clone().into()));
        }
        for (browser, path) in
            [(&nobody, "/accueil"), (&nobody, "/aide"), (&somebody, "/aide"), (&somebody, "/aide/x")]
        {
            let forward = pass(&mut world, browser, method, path);
            assert_eq!(heard(&forward, &LIES), [], "{method:?} {path}");
            let answer = forward.response_headers([("content-type", "text/html")], world.now);
            assert!(!answer.iter().any(|(name, _)| name == "set-cookie"), "{method:?} {path}: {answer:?}");
        }
    }
}

/// Below the level that the service asks of everybody since, nobody is here on an optional path, either: neither the
/// origin hears of them, nor does their session go on.
#[test]
fn a_session_below_the_level_of_the_service_is_nobodys_on_optional_paths() {
    let mut world = World::with(&settings(&[]), Alg::Es256);
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    world.now = world.now.plus(600);
    let higher = [("FC_ENVIRONMENT", "other"), ("FC_ACR_VALUES", "eidas3")];
    let files = [("FC_ORIGIN", ""), ("FC_ASSERTION_KEYS", ""), ("FC_IDENTITY_HEADERS", "")];
    for (more, here) in [(&[][..], true), (&higher, false)] {
        world.config = configure(&settings(more));
        let forward = pass(&mut world, &browser, Method::Get, "/accueil");
        assert_eq!(!heard(&forward, &LIES).is_empty(), here, "{more:?}");
        assert_eq!(!cookies(&forward, world.now).is_empty(), here, "{more:?}");
        world.config = configure(&settings(&[more, &files].concat()));
        let page = browser.clone().get(&mut world, "/accueil");
        assert_eq!((page.status, page.get("set-cookie").is_some()), (200, here), "a file, {more:?}");
    }
}

#[test]
fn the_assertion_comes_back_with_the_browser_and_goes_no_further() {
    let mut world = World::with(&settings(&[]), Alg::Es256);
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    let forward = pass(&mut world, &browser, Method::Get, "/prive/");
    let first = heard(&forward, &[]);
    let answer = forward
        .response_headers([("x-user", "other"), ("fc-assertion", "other"), ("etag", "\"a\"")], world.now);
    assert!(!answer.iter().any(|(name, _)| name == "x-user" || name == "fc-assertion"), "{answer:?}");
    let set = cookies(&forward, world.now);
    assert!(matches!(&set[..], [(name, _)] if name == "fc_assertion"), "{set:?}");
    browser.cookies.extend(set);
    // Both cookies are renewed when both are due.
    for (seconds, names) in [(10, vec![]), (200, vec!["fc_session"]), (100, vec!["fc_assertion"])] {
        world.now = world.now.plus(seconds);
        let forward = pass(&mut world, &browser, Method::Get, "/prive/");
        assert_eq!(heard(&forward, &[]) == first, !names.contains(&"fc_assertion"), "{seconds}");
        let jar = browser.headers().get(franceconnect_edge::wire::Header::Cookie).unwrap().to_owned();
        let lines = forward.request_headers([("cookie", jar.as_str()), ("cookie", "app=1; fc_assertion=x")]);
        let jars: Vec<&String> =
            lines.iter().filter(|(name, _)| name == "cookie").map(|(_, value)| value).collect();
        assert_eq!(jars, ["app=1"]);
        let set = cookies(&forward, world.now);
        assert_eq!(set.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), names, "{seconds}");
        browser.cookies.extend(set);
    }
}

#[test]
fn the_audience_is_the_origin_by_whatever_name_it_has() {
    for (more, audience) in [
        (vec![], ORIGIN),
        (vec![("FC_ORIGIN", "service:APP")], "service:APP"),
        (vec![("FC_ORIGIN", "https://app.example.fr/")], "https://app.example.fr/"),
        (vec![("FC_ASSERTION_AUDIENCE", "my-app")], "my-app"),
    ] {
        let mut world = World::with(&settings(&more), Alg::Es256);
        let mut browser = Browser::new();
        browser.log_in(&mut world, "test");
        let forward = pass(&mut world, &browser, Method::Get, "/prive/");
        assert_eq!(claims(&heard(&forward, &[])[2].1)["aud"], audience);
        // What was carried for one origin is not handed to another.
        browser.cookies.extend(cookies(&forward, world.now));
        world.config = configure(&settings(&[("FC_ASSERTION_AUDIENCE", "another")]));
        let forward = pass(&mut world, &browser, Method::Get, "/prive/");
        assert_eq!(claims(&heard(&forward, &[])[2].1)["aud"], "another");
    }
}

#[test]
fn without_keys_or_names_nothing_is_told() {
    let mut world =
        World::with(&settings(&[("FC_ASSERTION_KEYS", ""), ("FC_IDENTITY_HEADERS", "")]), Alg::Es256);
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    let forward = pass(&mut world, &browser, Method::Get, "/prive/");
    // Names that this service gives no sense to are the client's affair; ours never are.
    let told = heard(&forward, &[("X-User", "me"), ("FC-Assertion", "x")]);
    assert_eq!(told, [("x-user".to_owned(), "me".to_owned())]);
}

#[test]
fn a_session_in_the_store_is_read_only_to_sign() {
    let kept = [("FC_SESSION_STORE", "kv"), ("FC_IDENTITY_HEADERS", "")];
    let mut world = World::with(&settings(&kept), Alg::Es256);
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    world.asked.clear();
    let forward = pass(&mut world, &browser, Method::Get, "/prive/");
    let told = heard(&forward, &[]);
    assert!(claims(&told[0].1)["sub"].as_str().unwrap().ends_with("v1"));
    assert!(world.asked.contains(&"load"), "{:?}", world.asked);
    browser.cookies.extend(cookies(&forward, world.now));
    world.asked.clear();
    let forward = pass(&mut world, &browser, Method::Get, "/prive/");
    assert_eq!(heard(&forward, &[]), told);
    assert!(!world.asked.contains(&"load"), "{:?}", world.asked);
    // Of a session that is over nothing is told, whatever the browser still carries.
    browser.clone().post(&mut world, "/auth/logout");
    assert!(matches!(
        world.visit(Request::new(Method::Get, "/prive/", browser.headers())),
        Content::Respond(_)
    ));
}

#[test]
fn the_operators_password_is_not_for_the_origin() {
    let key = "2026-11-25.w3-Hk1pQzT0YdVbNf8sLmXaJcRgEuKiOoP5t7yZxC9A";
    let mut world = World::with(&settings(&[("FC_OPERATOR_KEY", key)]), Alg::Es256);
    for (password, passes) in [(key, false), ("another", true)] {
        let basic = format!("Basic {}", STANDARD.encode(format!("op:{password}")));
        let mut headers = Browser::new().headers();
        headers.set(Header::Authorization, Some(basic.clone()));
        let Content::Forward(forward) = world.visit(Request::new(Method::Get, "/aide", headers)) else {
            panic!("not forwarded")
        };
        let sent = forward.request_headers([("Authorization", basic.as_str())]);
        assert_eq!(sent.iter().any(|(name, _)| name == "authorization"), passes, "{password}");
    }
}
