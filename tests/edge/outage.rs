//! FranceConnect down, slow, or answering what nobody asked for; a service that is not configured.

use std::time::{Duration, Instant};

use franceconnect_edge::config::VARIABLES;

use crate::platform::{Platform, Variables};
use crate::process::{free_port, signal};
use crate::world::World;

pub fn a_provider_that_is_down_is_a_page_with_another_try(platform: Platform) {
    let mut world = World::fresh(platform);
    let mut browser = world.browser();
    assert_eq!(browser.log_in("test").status, 303);
    let mut late = world.browser();
    let callback = late.authorize("test", "/prive/");
    // Its keys are known, so the code would be sent: to nobody.
    world.emulator = None;
    let answer = late.get(&callback);
    let page = answer.text();
    assert_eq!(answer.status, 503, "{page}");
    assert!(page.contains("fr-connect__brand") && page.contains("value=\"/prive/\""), "another try");
    assert!(!late.is_logged_in());
    // Who is here stays, and can leave.
    assert!(browser.is_logged_in());
    assert_eq!(browser.get("/prive/").status, 200);
    assert_eq!(browser.post("/auth/logout", "").status, 303);
    assert!(!browser.is_logged_in());
}

pub fn a_provider_that_was_never_there_costs_no_code(platform: Platform) {
    let mut world = World::fresh(platform);
    let mut browser = world.browser();
    let callback = browser.authorize("test", "/prive/");
    world.emulator = None;
    assert_eq!(browser.get(&callback).status, 503, "no keys");
    assert!(!browser.is_logged_in());
    assert_eq!(world.browser().get("/").status, 200, "the public site is there");
}

pub fn a_provider_that_does_not_answer_is_given_ten_seconds(platform: Platform) {
    let world = World::fresh(platform);
    // Nothing at all, or a few bytes each second.
    for fault in ["token.slow", "token.drip"] {
        let mut browser = world.browser();
        let callback = browser.authorize("test", "/prive/");
        world.emulator().misbehave(fault);
        let start = Instant::now();
        let answer = browser.get(&callback);
        let took = start.elapsed();
        assert_eq!(answer.status, 503, "{fault}: {}", answer.text());
        // The answer would be there after a minute; a busy machine adds seconds of its own to the ten.
        assert!(Duration::from_secs(9) < took && took < Duration::from_secs(40), "{fault}: {took:?}");
        assert!(!browser.is_logged_in());
        assert_eq!(world.browser().get("/").status, 200);
        world.emulator().misbehave("");
    }
}

/// The native program alone, as a laptop that sleeps: what it was itself not there for is not the provider's delay. The
/// code is spent by then, and nobody gives another.
pub fn a_machine_that_stood_still_gives_up_no_login() {
    let world = World::fresh(Platform::Native);
    // So that the keys are known, and the first call takes the code.
    assert_eq!(world.browser().log_in("test").status, 303);
    let mut browser = world.browser();
    let callback = browser.authorize("test", "/prive/");
    let (provider, ours) = (world.emulator().id(), world.id());
    signal("-STOP", &[provider]);
    let answer = std::thread::scope(|scope| {
        let answer = scope.spawn(|| browser.get(&callback));
        // It is in the midst of a call.
        std::thread::sleep(Duration::from_secs(1));
        signal("-STOP", &[ours]);
        std::thread::sleep(Duration::from_secs(12));
        signal("-CONT", &[provider, ours]);
        answer.join().unwrap()
    });
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert!(browser.is_logged_in());
}

/// Late, out of order in part, by another clock, with other keys in the middle: what the provider does without a lie.
pub fn a_login_in_trouble_ends_as_it_must(platform: Platform) {
    let world = World::fresh(platform);
    assert_eq!(world.browser().log_in("test").status, 303);
    for (asked, status, verdict) in [
        (r#"{"latency_ms": 700}"#, 303, ""),
        (r#"{"outage": ["token"]}"#, 503, "right"),
        (r#"{"outage": ["userinfo"]}"#, 503, "unseen"),
        (r#"{"clock_skew_s": 300}"#, 400, "right"),
        (r#"{"clock_skew_s": -300}"#, 400, "right"),
    ] {
        let mut browser = world.browser();
        let sent = browser.get("/auth/login?return_to=/prive/");
        world.emulator().misbehave(asked);
        let callback = browser.walk(sent.location(), "test");
        let answer = browser.get(&callback);
        assert_eq!(answer.status, status, "{asked}: {}", answer.text());
        assert_eq!(browser.is_logged_in(), status == 303, "{asked}");
        assert!(status == 303 || answer.text().contains("value=\"/prive/\""), "{asked}: another try");
        assert_eq!(world.emulator().verdict(), verdict, "{asked}");
        world.emulator().misbehave("");
    }
    let mut browser = world.browser();
    let callback = browser.authorize("test", "/prive/");
    world.emulator().rotate_keys();
    world.emulator().take_calls();
    assert_eq!(browser.get(&callback).status, 303, "the keys are fetched again");
    assert_eq!(world.emulator().take_calls(), ["token", "jwks", "userinfo"]);
    assert!(browser.is_logged_in());
}

pub fn without_secrets_every_page_names_all_that_is_missing(platform: Platform) {
    let site = format!("http://localhost:{}", free_port());
    let variables = Variables::from([("PUBLIC_URL", site.clone()), ("FC_SCOPES", "email".to_owned())]);
    let world = World::serve(platform, site, None, &variables);
    for path in ["/", "/prive/", "/auth/login", "/auth/session", "/absent"] {
        for (language, lang) in [(None, "fr"), (Some("en"), "en")] {
            let mut browser = world.browser();
            browser.language = language;
            let answer = browser.get(path);
            let page = answer.text();
            assert_eq!(
                (answer.status, answer.get("cache-control")),
                (503, Some("private, no-store")),
                "{path}"
            );
            assert!(page.contains(&format!("<html lang=\"{lang}\">")), "{path}");
            for name in ["FC_CLIENT_ID", "FC_CLIENT_SECRET", "FC_SESSION_KEYS", "FC_SCOPES"] {
                assert!(page.contains(name), "{path}: {name} is not named");
            }
            let named = VARIABLES.iter().filter(|variable| page.contains(variable.name)).count();
            assert_eq!(named, 4, "{path}: what is right is not named: {page}");
        }
    }
}
