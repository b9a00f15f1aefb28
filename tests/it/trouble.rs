//! A provider that does not lie but is in trouble: out of order in part, late, by another clock, with other keys in the
//! middle of a login. Each login ends as it must, and the inspector says what the service made of it.

use franceconnect_edge::emulator::{self, Behaviour, Emulator, Settings};
use serde_json::Value;

use crate::support::conversation::{Browser, World, variables};

/// A world whose emulator keeps its logins.
fn world() -> World {
    let mut world = World::new();
    world.emulator = Emulator::new(Settings { control: true, ..world.emulator.settings().clone() });
    world
}

fn api(world: &mut World, method: &str, what: &str) -> emulator::Reply {
    let request = emulator::Request::new(method, &format!("/_emulateur/api/{what}"));
    world.emulator.handle(world.now, &request.with("host", "127.0.0.1:8788"))
}

fn verdict(world: &mut World) -> Value {
    let logins: Value = serde_json::from_slice(&api(world, "GET", "logins").body).unwrap();
    logins[0]["verdict"].clone()
}

#[test]
fn a_login_in_trouble_ends_as_it_must_and_the_inspector_says_so() {
    for (warm, asked, ends, calls, said) in [
        (false, r#"{"outage": ["jwks"]}"#, "jwks.status", &["jwks"][..], "right"),
        (true, r#"{"outage": ["jwks"]}"#, "", &["token", "userinfo"], "right"),
        (true, r#"{"outage": ["token"]}"#, "token.status", &["token"], "right"),
        (true, r#"{"outage": ["userinfo"]}"#, "userinfo.status", &["token", "userinfo"], "unseen"),
        (true, r#"{"outage": ["token", "userinfo"]}"#, "token.status", &["token"], "right"),
        (false, r#"{"latency_ms": 9000}"#, "", &["jwks", "token", "userinfo"], ""),
        (false, r#"{"latency_ms": 11000}"#, "jwks.unreachable", &["jwks"], ""),
        (true, r#"{"latency_ms": 11000}"#, "token.unreachable", &["token"], ""),
        (true, r#"{"clock_skew_s": 10}"#, "", &["token", "userinfo"], "unseen"),
        (true, r#"{"clock_skew_s": -10}"#, "", &["token", "userinfo"], "unseen"),
        (true, r#"{"clock_skew_s": 300}"#, "id_token.iat", &["token"], "right"),
        (true, r#"{"clock_skew_s": -300}"#, "id_token.iat", &["token"], "right"),
        (true, r#"{"fault": "id_token.exp_past", "latency_ms": 500}"#, "id_token.exp", &["token"], "right"),
        (true, r#"{"fault": "id_token.azp_me"}"#, "", &["token", "userinfo"], "right"),
    ] {
        let at = format!("{asked}{}", if warm { "" } else { " with cold keys" });
        let mut world = world();
        if warm {
            assert_eq!(Browser::new().log_in(&mut world, "test").status, 303, "{at}");
        }
        let mut browser = Browser::new();
        let sent = browser.get(&mut world, "/auth/login?return_to=/prive/");
        world.emulator.behave(Behaviour::parse(asked).unwrap());
        let callback = browser.identify(&mut world, "test", sent.get("location").unwrap());
        world.take_calls();
        let answer = browser.get(&mut world, &callback);
        assert_eq!(world.take_calls(), calls, "{at}");
        if ends.is_empty() {
            assert_eq!((answer.status, answer.get("location")), (303, Some("/prive/")), "{at}");
        } else {
            let page = String::from_utf8(answer.body.clone()).unwrap();
            let status = if ends.starts_with("id_token") { 400 } else { 503 };
            assert_eq!((answer.status, world.last_code()), (status, ends), "{at}: {page}");
            assert!(
                page.contains("fr-connect__brand") && page.contains("value=\"/prive/\""),
                "{at}: another try"
            );
        }
        assert_eq!(browser.is_logged_in(&mut world), ends.is_empty(), "{at}");
        let told = verdict(&mut world);
        assert_eq!(told.as_str().unwrap_or_default(), said, "{at}");
        world.emulator.behave(Behaviour::default());
        assert_eq!(Browser::new().log_in(&mut world, "test").status, 303, "{at}: and the next one succeeds");
    }
}

#[test]
fn keys_that_change_in_the_middle_of_a_login_are_fetched_again() {
    for rotations in [1, 3] {
        let mut world = world();
        assert_eq!(Browser::new().log_in(&mut world, "test").status, 303);
        let mut browser = Browser::new();
        let sent = browser.get(&mut world, "/auth/login?return_to=/prive/");
        let callback = browser.identify(&mut world, "test", sent.get("location").unwrap());
        for _ in 0..rotations {
            assert_eq!(api(&mut world, "POST", "keys/rotation").status, 204);
        }
        world.take_calls();
        let answer = browser.get(&mut world, &callback);
        assert_eq!((answer.status, answer.get("location")), (303, Some("/prive/")), "{}", world.last_code());
        assert_eq!(world.take_calls(), ["token", "jwks", "userinfo"]);
        assert_eq!(verdict(&mut world), Value::Null, "nothing was wrong");
    }
}

#[test]
fn a_provider_that_is_out_of_order_before_a_login_or_after_it() {
    let mut other = variables();
    other.insert("FC_ENVIRONMENT", "other".to_owned());
    let mut found = World::with(&other, emulator::Alg::Es256);
    found.emulator.behave(Behaviour::parse(r#"{"outage": ["discovery"]}"#).unwrap());
    let answer = Browser::new().get(&mut found, "/auth/login");
    assert_eq!((answer.status, found.last_code()), (503, "discovery.status"));
    // A person is stopped at the provider's door; nothing comes back, and nothing is lost here.
    for endpoint in ["authorize", "interaction"] {
        let mut world = world();
        world.emulator.behave(Behaviour::parse(&format!(r#"{{"outage": ["{endpoint}"]}}"#)).unwrap());
        let mut browser = Browser::new();
        let sent = browser.get(&mut world, "/auth/login?return_to=/prive/");
        let now = world.now;
        let url = sent.get("location").unwrap().to_owned();
        let reply = browser.emulator.log_in(&mut world.emulator, now, &url, "test");
        assert_eq!((reply.status, reply.get("retry-after")), (503, Some("120")), "{endpoint}");
        world.emulator.behave(Behaviour::default());
        let callback = browser.identify(&mut world, "test", &url);
        assert_eq!(
            browser.get(&mut world, &callback).status,
            303,
            "{endpoint}: the same login, a little later"
        );
    }
    // Who leaves has left, whatever the provider makes of it.
    let mut world = world();
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    world.emulator.behave(Behaviour::parse(r#"{"outage": ["end_session", "revocation"]}"#).unwrap());
    let left = browser.post(&mut world, "/auth/logout");
    let url = left.get("location").unwrap().to_owned();
    let now = world.now;
    assert_eq!(browser.emulator.open(&mut world.emulator, now, &url).1.status, 503);
    assert!(!browser.is_logged_in(&mut world));
}
