//! Whom an emulator lies to: everybody, one client, one login; how late it is, what is out of order, what its clock
//! says; and who may tell it so.

use super::{Emulator, NOW, REDIRECT, SECRET, authorize, client, form, json_of, parameter, part, userinfo};
use franceconnect_edge::emulator::{Behaviour, Fault, Reply, Request, Settings, Visitor};
use franceconnect_edge::time::Timestamp;
use serde_json::{Value, json};
use std::time::Duration;

const API: &str = "/_emulateur/api";

fn emulator() -> Emulator {
    let clients = vec![client("client"), client("autre")];
    Emulator::new(Settings { clients, control: true, ..Settings::default() })
}

fn control(emulator: &mut Emulator, method: &str, what: &str, body: &str) -> Reply {
    let mut request = Request::new(method, &format!("{API}/{what}")).with("host", "127.0.0.1:8788");
    request.body = body.as_bytes().to_vec();
    emulator.handle(NOW, &request)
}

/// The token answer of a login of `client_id`, whose authorization request has these headers.
fn token_of(emulator: &mut Emulator, now: Timestamp, client_id: &str, headers: &[(&str, &str)]) -> Reply {
    let mut visitor = Visitor::new();
    let mut request = Request::get(&authorize(&[("client_id", client_id)])).with("host", "127.0.0.1:8788");
    for (name, value) in headers {
        request = request.with(name, value);
    }
    let sent = visitor.send(emulator, now, request);
    let location = sent.get("location").map(str::to_owned).unwrap_or_else(|| panic!("{}", sent.text()));
    let back = visitor.log_in(emulator, now, &location, "test");
    let code = parameter(&back, "code").unwrap();
    let pairs = [
        ("grant_type", "authorization_code"),
        ("redirect_uri", REDIRECT),
        ("client_id", client_id),
        ("client_secret", SECRET),
        ("code", &code),
    ];
    let url = "http://127.0.0.1:8788/api/v2/token";
    emulator.handle(now, &Request::post(url, &form(&pairs)))
}

fn nonce(reply: &Reply) -> Option<String> {
    let token = json_of(reply)["id_token"].as_str()?.to_owned();
    part(&token, 1)["nonce"].as_str().map(str::to_owned)
}

const HONEST: Option<&str> = Some(super::NONCE);

#[test]
fn one_client_is_lied_to_and_the_others_are_not() {
    let mut emulator = emulator();
    let set =
        control(&mut emulator, "PUT", "clients/autre/behaviour", r#"{"fault": "id_token.nonce_missing"}"#);
    assert_eq!(set.status, 204);
    assert_eq!(nonce(&token_of(&mut emulator, NOW, "client", &[])).as_deref(), HONEST);
    assert_eq!(nonce(&token_of(&mut emulator, NOW, "autre", &[])), None);
    let told = json_of(&control(&mut emulator, "GET", "behaviour", ""));
    assert_eq!(told["clients"]["autre"]["fault"], "id_token.nonce_missing");
    assert_eq!(told["everybody"]["fault"], Value::Null);
    control(&mut emulator, "DELETE", "clients/autre/behaviour", "");
    assert_eq!(nonce(&token_of(&mut emulator, NOW, "autre", &[])).as_deref(), HONEST);
}

#[test]
fn what_is_registered_of_a_client_is_told_without_its_secret() {
    let told = control(&mut emulator(), "GET", "clients", "");
    assert!(!told.text().contains(SECRET), "{}", told.text());
    let clients = json_of(&told);
    assert_eq!(clients.as_array().unwrap().len(), 2);
    let known = client("autre");
    assert_eq!(clients[1]["client_id"], "autre");
    assert_eq!(clients[1]["redirect_uris"], json!(known.redirect_uris));
    assert_eq!(clients[1]["post_logout_redirect_uris"], json!(known.post_logout_redirect_uris));
    assert_eq!(clients[1]["token_endpoint_auth_method"], "client_secret_post");
    assert_eq!(clients[1]["id_token_signed_response_alg"], "ES256");
}

#[test]
fn one_login_is_lied_to_by_its_own_header() {
    let mut emulator = emulator();
    emulator.misbehave(Fault::from_name("token.status_500"));
    let header = ("emulator-behaviour", "oidcc-client-test-nonce-invalid");
    let lied = token_of(&mut emulator, NOW, "client", &[header]);
    let told = nonce(&lied);
    assert!(
        lied.status == 200 && told.is_some() && told.as_deref() != HONEST,
        "a login's own way comes first"
    );
    let honest = token_of(&mut emulator, NOW, "client", &[("emulator-behaviour", "{}")]);
    assert_eq!(nonce(&honest).as_deref(), HONEST, "an honest login among lies");
    assert_eq!(token_of(&mut emulator, NOW, "client", &[]).status, 500);
    let request =
        Request::get(&authorize(&[])).with("host", "localhost").with("emulator-behaviour", "inconnue");
    assert_eq!(emulator.handle(NOW, &request).status, 422);
}

#[test]
fn without_the_control_interface_the_header_says_nothing() {
    let mut emulator = Emulator::new(Settings { clients: vec![client("client")], ..Settings::default() });
    let header = ("emulator-behaviour", "token.status_500");
    assert_eq!(token_of(&mut emulator, NOW, "client", &[header]).status, 200);
}

#[test]
fn the_next_login_is_one() {
    let mut emulator = emulator();
    control(&mut emulator, "PUT", "next-login/behaviour", "id_token.nonce_missing");
    assert_eq!(nonce(&token_of(&mut emulator, NOW, "client", &[])), None);
    assert_eq!(nonce(&token_of(&mut emulator, NOW, "client", &[])).as_deref(), HONEST);
}

#[test]
fn who_asks_without_a_name_is_told_what_the_last_login_was_promised() {
    let mut emulator = emulator();
    control(&mut emulator, "PUT", "clients/autre/behaviour", "jwks.empty_set");
    let keys = |emulator: &mut Emulator, now| {
        let reply = emulator.handle(now, &Request::get("/api/v2/jwks"));
        json_of(&reply)["keys"].as_array().unwrap().len()
    };
    token_of(&mut emulator, NOW, "client", &[]);
    assert_eq!(keys(&mut emulator, NOW), 1);
    token_of(&mut emulator, NOW, "autre", &[]);
    assert_eq!(keys(&mut emulator, NOW), 0);
    assert_eq!(keys(&mut emulator, NOW.plus(600)), 1, "nobody can still be on the way");
}

#[test]
fn answers_come_late_or_not_at_all_and_by_another_clock() {
    let mut emulator = emulator();
    let body = r#"{"latency_ms": 1500, "outage": ["userinfo", "end_session"], "clock_skew_s": -90}"#;
    assert_eq!(control(&mut emulator, "PUT", "behaviour", body).status, 204);
    let reply = token_of(&mut emulator, NOW, "client", &[]);
    assert_eq!(reply.delay, Duration::from_millis(1500));
    let answer = json_of(&reply);
    let claims = part(answer["id_token"].as_str().unwrap(), 1);
    assert_eq!(claims["iat"], NOW.unix() - 90);
    assert_eq!(
        (claims["exp"].as_i64(), claims["auth_time"].as_i64()),
        (Some(NOW.unix() - 30), Some(NOW.unix() - 90))
    );
    let out = userinfo(&mut emulator, NOW, answer["access_token"].as_str().unwrap());
    assert_eq!((out.status, out.get("retry-after")), (503, Some("120")));
    control(&mut emulator, "DELETE", "behaviour", "");
    assert_eq!(userinfo(&mut emulator, NOW, answer["access_token"].as_str().unwrap()).status, 200);
}

#[test]
fn keys_rotate_in_the_middle_of_a_login() {
    let mut emulator = emulator();
    let kid = |reply: &Reply| part(json_of(reply)["id_token"].as_str().unwrap(), 0)["kid"].clone();
    let before = kid(&token_of(&mut emulator, NOW, "client", &[]));
    assert_eq!(control(&mut emulator, "POST", "keys/rotation", "").status, 204);
    assert_ne!(kid(&token_of(&mut emulator, NOW, "client", &[])), before);
}

#[test]
fn what_is_wrong_with_a_behaviour_is_told_at_once() {
    let body = r#"{"fault": "x", "latency_ms": 60001, "outage": ["moon"], "clock_skew_s": 1e9, "typo": 1}"#;
    let reply = control(&mut emulator(), "PUT", "behaviour", body);
    assert_eq!(reply.status, 422);
    assert_eq!(json_of(&reply)["errors"].as_array().unwrap().len(), 5, "{}", reply.text());
    assert!(Behaviour::parse("[1]").is_err() && Behaviour::parse("{").is_err());
    assert_eq!(Behaviour::parse(" ").unwrap(), Behaviour::default());
    let whole =
        Behaviour::parse(r#"{"fault":"jwks.cut","latency_ms":5,"outage":["token"],"clock_skew_s":7}"#)
            .unwrap();
    assert_eq!(Behaviour::parse(&whole.to_json().to_string()).unwrap(), whole);
}

#[test]
fn only_this_machine_and_its_own_pages_control_it() {
    for (headers, status) in [
        (&[("host", "127.0.0.1:8788")][..], 200),
        (&[("host", "[::1]:8788")], 200),
        (&[("host", "fc.localhost:8788"), ("origin", "http://fc.localhost:8788")], 200),
        (&[("host", "localhost:8788"), ("sec-fetch-site", "same-origin")], 200),
        (&[("host", "localhost:8788"), ("sec-fetch-site", "cross-site")], 403),
        (&[("host", "localhost:8788"), ("origin", "http://localhost:3000")], 403),
        (&[("host", "localhost:8788"), ("origin", "null")], 403),
        (&[("host", "rebound.example:8788")], 403),
        (&[("host", "192.0.2.1:8788")], 403),
        (&[], 403),
    ] {
        let request = Request::get(&format!("{API}/faults"));
        let request = headers.iter().fold(request, |request, (name, value)| request.with(name, value));
        assert_eq!(emulator().handle(NOW, &request).status, status, "{headers:?}");
    }
}

#[test]
fn every_fault_that_can_be_told_is_listed_with_the_suites_name() {
    let faults = json_of(&control(&mut emulator(), "GET", "faults", ""));
    let names: Vec<&str> = faults.as_array().unwrap().iter().filter_map(|row| row["name"].as_str()).collect();
    assert!(names.len() > 200 && !names.iter().any(|name| name.contains("jwe")), "{}", names.len());
    let row = faults.as_array().unwrap().iter().find(|row| row["name"] == "id_token.sub_missing").unwrap();
    assert_eq!(row["suite"], json!(["oidcc-client-test-missing-sub"]));
    assert_eq!((&row["what"], &row["fr"]), (&json!("no `sub`"), &json!("pas de `sub`")));
    assert_eq!((&row["stage"], &row["login"]), (&json!("id_token"), &json!("stops")));
}

#[test]
fn a_logout_is_lied_to_by_its_own_header_where_the_control_interface_is_open() {
    for (control, status) in [(true, 503), (false, 400)] {
        let mut emulator = Emulator::new(Settings { control, ..Settings::default() });
        let request = Request::get("/api/v2/session/end").with("host", "127.0.0.1:8788");
        let spoilt = request.with("emulator-behaviour", r#"{"outage": ["end_session"]}"#);
        assert_eq!(emulator.handle(NOW, &spoilt).status, status);
    }
}
