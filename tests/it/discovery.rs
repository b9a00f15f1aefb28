//! Issuers that are named: their document is believed only if it names them, and kept for ten minutes.

use franceconnect_edge::emulator::{Alg, Fault, Outcome, Stage};
use franceconnect_edge::wire::params::Params;

use crate::support::conversation::{Browser, World, variables};

/// A site whose endpoints come from the emulator's discovery document.
fn world(changes: &[(&'static str, &str)]) -> World {
    let mut variables = variables();
    variables.insert("FC_ENVIRONMENT", "other".to_owned());
    variables.extend(changes.iter().map(|(name, value)| (*name, (*value).to_owned())));
    World::with(&variables, Alg::Es256)
}

#[test]
fn a_document_is_fetched_once_and_kept() {
    let mut world = world(&[]);
    for (seconds, calls) in
        [(0, vec!["discovery"]), (0, vec![]), (599, vec![]), (1, vec!["discovery"]), (10, vec![])]
    {
        world.now = world.now.plus(seconds);
        let sent = Browser::new().get(&mut world, "/auth/login");
        let url = sent.get("location").unwrap();
        assert!(url.starts_with("http://127.0.0.1:8788/api/v2/authorize?"), "{url}");
        let query = Params::parse(url.split_once('?').unwrap().1).unwrap();
        assert_eq!(query.get("code_challenge_method"), Some("S256"), "offered, so used");
        assert_eq!(query.get("code_challenge").unwrap().len(), 43);
        assert_eq!(world.take_calls(), calls, "after {seconds} seconds more");
    }
}

#[test]
fn every_fault_of_a_document_stops_the_login_before_it_starts() {
    for fault in Fault::ALL.iter().filter(|fault| fault.stage() == Stage::Discovery) {
        let mut world = world(&[]);
        world.emulator.misbehave(Some(*fault));
        let mut browser = Browser::new();
        let answer = browser.get(&mut world, "/auth/login?return_to=/prive/");
        let calls = world.take_calls();
        let name = fault.name();
        assert_eq!(calls.first(), Some(&"discovery"), "{name}");
        assert!(calls.len() == 1, "{name}: {calls:?}");
        match fault.outcome() {
            Outcome::Succeeds => assert_eq!(answer.status, 303, "{name}: {}", world.last_code()),
            Outcome::Stops => assert!(matches!(answer.status, 400 | 500 | 503), "{name}: {}", answer.status),
            Outcome::Either => {}
        }
        if answer.status != 303 {
            assert!(world.last_code().starts_with("discovery."), "{name}: {}", world.last_code());
            assert!(browser.cookies.is_empty(), "{name}");
            world.emulator.misbehave(None);
            assert_eq!(browser.get(&mut world, "/auth/login").status, 303, "{name}: and the next one starts");
        }
    }
}

#[test]
fn the_issuer_is_compared_byte_for_byte() {
    for issuer in
        ["http://127.0.0.1:8788/api/v2/", "http://127.0.0.1:8788/api/V2", "http://localhost:8788/api/v2"]
    {
        let mut variables = variables();
        variables.extend([("FC_ENVIRONMENT", "other".to_owned()), ("FC_ISSUER", issuer.to_owned())]);
        let mut world = world(&[]);
        world.config = crate::support::conversation::configure(&variables);
        let answer = Browser::new().get(&mut world, "/auth/login");
        assert!(answer.status != 303, "{issuer}");
        assert!(world.last_code().starts_with("discovery."), "{issuer}: {}", world.last_code());
    }
}

#[test]
fn what_the_provider_does_not_offer_is_our_fault() {
    let mut world = world(&[("FC_CLIENT_AUTH", "client_secret_basic")]);
    let answer = Browser::new().get(&mut world, "/auth/login");
    assert_eq!((answer.status, world.last_code()), (500, "discovery.client_auth"));
}

#[test]
fn a_logout_survives_a_provider_that_is_gone() {
    let mut world = World::new();
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    // The same deployment, whose provider is found by discovery from now on.
    let mut variables = variables();
    variables.insert("FC_ENVIRONMENT", "other".to_owned());
    world.config = crate::support::conversation::configure(&variables);
    world.emulator.misbehave(Fault::from_name("discovery.status_500"));
    let answer = browser.post(&mut world, "/auth/logout");
    assert_eq!((answer.status, answer.get("location")), (303, Some("/deconnecte.html")));
    assert!(world.events.iter().any(|event| event.code == "logout.local_only"));
    assert!(!browser.is_logged_in(&mut world));
}
