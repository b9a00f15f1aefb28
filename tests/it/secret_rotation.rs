//! A change of the client's secret: no login fails, no session ends, and no second try is made for another reason.

use franceconnect_edge::emulator::{Alg, Fault};

use crate::support::conversation::{Browser, SECRET, World, both_variables, configure, variables};

const NEW: &str = "n3w-5ecret-of-the-test-client-0123456789abc";

/// A deployment with these secrets, in the place of the one there is.
fn deploy(world: &mut World, secret: &str, next: &str) {
    let mut variables = variables();
    variables.insert("FC_CLIENT_SECRET", secret.to_owned());
    variables.insert("FC_CLIENT_SECRET_NEXT", next.to_owned());
    world.config = configure(&variables);
}

fn codes(world: &World) -> Vec<&'static str> {
    world.events.iter().map(|event| event.code).collect()
}

#[test]
fn three_deployments_change_the_secret_and_nobody_notices() {
    let (mut world, mut early) = (World::new(), Browser::new());
    early.log_in(&mut world, "test");
    deploy(&mut world, SECRET, NEW);
    let mut flying = Browser::new();
    let callback = flying.authorize(&mut world, "test", "/prive/");
    world.take_calls();
    world.emulator.change_secret(NEW);
    assert_eq!(
        flying.get(&mut world, &callback).get("location"),
        Some("/prive/"),
        "begun before, ended after"
    );
    assert_eq!(world.take_calls(), ["token", "token", "userinfo"]);
    let told = codes(&world);
    assert_eq!(told[told.len() - 2..], ["token.next_secret", "login.succeeded"]);
    // Platforms set one secret at a time, so that for a while both are the new one.
    for (secret, next) in [(NEW, NEW), (NEW, "")] {
        deploy(&mut world, secret, next);
        world.take_calls();
        let mut late = Browser::new();
        assert_eq!(late.log_in(&mut world, "test").status, 303);
        assert_eq!(world.take_calls(), ["token", "userinfo"]);
        for browser in [&mut early, &mut flying, &mut late] {
            assert!(browser.is_logged_in(&mut world), "sessions know nothing of secrets");
        }
    }
}

#[test]
fn before_the_switch_the_next_secret_is_not_shown() {
    let mut world = World::new();
    deploy(&mut world, SECRET, NEW);
    assert_eq!(Browser::new().log_in(&mut world, "test").status, 303);
    assert!(!world.sent.iter().any(|body| body.contains(NEW)));
    assert!(!codes(&world).contains(&"token.next_secret"));
}

#[test]
fn the_second_client_has_a_next_secret_of_its_own() {
    let mut variables = both_variables();
    variables.insert("FC_PLUS_CLIENT_SECRET_NEXT", NEW.to_owned());
    let mut world = World::with(&variables, Alg::Es256);
    world.plus.as_mut().unwrap().change_secret(NEW);
    let landed = Browser::new().log_in_for(&mut world, "test", "/prive/sante");
    assert_eq!((landed.status, world.last_code()), (303, "login.succeeded"));
    world.emulator.change_secret(NEW);
    let failed = Browser::new().log_in(&mut world, "test");
    assert_eq!((failed.status, world.last_code()), (500, "token.invalid_client"));
}

#[test]
fn it_is_tried_once_and_for_no_other_reason() {
    let mut world = World::new();
    deploy(&mut world, SECRET, NEW);
    world.emulator.change_secret("neither-of-the-two-0123456789abcdef");
    let failed = Browser::new().log_in(&mut world, "test");
    assert_eq!((failed.status, world.last_code()), (500, "token.invalid_client"));
    assert_eq!(world.take_calls(), ["jwks", "token", "token"]);
    assert!(!codes(&world).contains(&"token.next_secret"), "nothing can move: neither was taken");
    world.emulator.change_secret(SECRET);
    let other = Fault::ALL.iter().filter(|fault| fault.name().starts_with("token."));
    for fault in other.filter(|fault| !fault.name().contains("client")) {
        let mut browser = Browser::new();
        let callback = browser.authorize(&mut world, "test", "/prive/");
        world.emulator.misbehave(Some(*fault));
        world.take_calls();
        browser.get(&mut world, &callback);
        let calls = world.take_calls();
        assert_eq!(calls.iter().filter(|call| **call == "token").count(), 1, "{}: {calls:?}", fault.name());
        world.emulator.misbehave(None);
    }
}
