//! Every way a provider can misbehave, one at a time, between two logins that succeed.

use franceconnect_edge::emulator::{Alg, Encryption, Fault, Outcome, Product, Stage};

use crate::support::conversation::{Browser, World, plus_variables, private_keys, variables};

/// What the relying party may have called after the callback came, at most.
fn most_calls(stage: Stage) -> &'static [&'static str] {
    match stage {
        Stage::Discovery | Stage::Callback => &[],
        Stage::Keys => &["jwks"],
        // A key that nobody knows may be a new one: one fetch more.
        Stage::Token | Stage::IdToken => &["jwks", "token", "jwks"],
        Stage::UserInfo => &["jwks", "token", "userinfo", "jwks"],
        Stage::Logout => &["jwks", "token", "userinfo"],
    }
}

fn check(fault: Fault, alg: Alg, warm: bool) {
    let mut variables = variables();
    variables.insert("FC_ID_TOKEN_ALG", if alg == Alg::Es256 { "ES256" } else { "RS256" }.to_owned());
    check_in(World::with(&variables, alg), fault, &format!("{alg:?}"), warm);
}

fn check_in(mut world: World, fault: Fault, with: &str, warm: bool) {
    let at = format!("{} {with} {}", fault.name(), if warm { "warm" } else { "cold" });
    assert_eq!(Browser::new().log_in(&mut world, "test").status, 303, "{at}: before");
    if !warm {
        world.store.clear();
    }
    let mut browser = Browser::new();
    let sent = browser.get(&mut world, "/auth/login?return_to=/prive/");
    let url = sent.get("location").unwrap().to_owned();
    world.emulator.misbehave(Some(fault));
    let callback = browser.identify(&mut world, "test", &url);
    world.take_calls();
    let answer = browser.get(&mut world, &callback);
    let calls = world.take_calls();
    let kept = warm && fault.name().starts_with("jwks.");
    let in_time = kept || matches!(fault.stage(), Stage::Discovery | Stage::Logout);
    let logged_in = browser.is_logged_in(&mut world);
    match fault.outcome() {
        // Keys that are kept need no fetch, built-in endpoints no discovery, a login no logout.
        _ if in_time && logged_in => {}
        Outcome::Succeeds => assert!(logged_in, "{at}: {} {calls:?}", world.last_code()),
        Outcome::Stops => assert!(!logged_in, "{at}: logged in"),
        Outcome::Either => {}
    }
    if !logged_in {
        assert!(matches!(answer.status, 200 | 400 | 500 | 503), "{at}: {}", answer.status);
        let page = String::from_utf8(answer.body.clone()).unwrap();
        assert!(page.contains("fr-connect__brand"), "{at}: a way to try again");
        assert_eq!(answer.get("cache-control"), Some("private, no-store"), "{at}");
        assert!(!browser.cookies.contains_key("fc_session"), "{at}");
        if matches!(fault.outcome(), Outcome::Stops) {
            let most = most_calls(fault.stage());
            assert!(
                calls.len() <= most.len() && calls.iter().all(|call| most.contains(call)),
                "{at}: {calls:?}"
            );
        }
        assert!(!calls.contains(&"trap"), "{at}: followed what must not be followed");
        let log: String = world.lines.concat();
        assert!(!log.contains("DUBOIS") && !log.contains(crate::support::conversation::SECRET), "{at}");
    }
    world.emulator.misbehave(None);
    // A pause that lets a throttled refetch pass: keys that were made up may stay for a minute.
    world.now = world.now.plus(700);
    assert_eq!(Browser::new().log_in(&mut world, "test").status, 303, "{at}: after, {}", world.last_code());
}

/// Those that FranceConnect can tell.
fn standard() -> impl Iterator<Item = Fault> {
    Fault::ALL.iter().copied().filter(|fault| fault.applies(Product::Standard, None))
}

#[test]
fn every_fault_with_cold_keys() {
    standard().for_each(|fault| check(fault, Alg::Es256, false));
}

#[test]
fn every_fault_with_warm_keys() {
    standard().for_each(|fault| check(fault, Alg::Es256, true));
}

#[test]
fn every_fault_with_rs256() {
    standard().for_each(|fault| check(fault, Alg::Rs256, false));
}

/// FranceConnect+ tells the same lies inside the encrypted token, and those of encryption besides.
fn plus(encryption: Encryption, share: usize) {
    let mut variables = plus_variables();
    variables.insert("FC_ENCRYPTION_ALG", encryption.name().to_owned());
    variables.insert("FC_PRIVATE_KEYS", private_keys(&[encryption.name()]));
    let told = |fault: &Fault| fault.applies(Product::Plus, Some(encryption));
    for (at, fault) in Fault::ALL.iter().copied().filter(told).enumerate() {
        // Of lies that have nothing to do with encryption a share is enough where decryption is slow.
        if at % share == 0 || fault.name().contains("jwe") {
            check_in(World::with(&variables, Alg::Es256), fault, encryption.name(), at % 2 == 0);
        }
    }
}

#[test]
fn every_fault_inside_and_around_an_agreed_envelope() {
    plus(Encryption::EcdhEs, 1);
}

#[test]
fn every_fault_inside_and_around_a_transported_envelope() {
    plus(Encryption::RsaOaep256, 16);
}

#[test]
fn keys_that_nobody_publishes_do_not_make_us_hammer_the_provider() {
    let mut world = World::new();
    Browser::new().log_in(&mut world, "test");
    world.emulator.misbehave(Some(Fault::from_name("jwks.unknown_kid").unwrap()));
    world.take_calls();
    for _ in 0..20 {
        Browser::new().log_in(&mut world, "test");
        world.now = world.now.plus(2);
    }
    let fetches = world.take_calls().iter().filter(|call| **call == "jwks").count();
    assert!(fetches <= 1, "{fetches} fetches in 40 seconds");
}
