//! Every way a provider can misbehave, one at a time: no session, no crash, a page that says so, and the next
//! login works. What a correct relying party makes of each is in the emulator's table.

use franceconnect_edge::emulator::{Fault, Outcome, Product, Stage};

use crate::http::Answer;
use crate::platform::Platform;
use crate::world::World;

/// Those that wait longer than we do cost ten seconds each: `outage` has one of a kind.
fn all() -> impl Iterator<Item = Fault> {
    let waits = |name: &str| name.ends_with(".slow") || name.ends_with(".drip");
    let told = move |fault: &Fault| fault.applies(Product::Standard, None) && !waits(fault.name());
    Fault::ALL.iter().copied().filter(told)
}

/// Whether keys that a fault leaves behind would spoil the logins after it: they are kept for ten minutes.
fn leaves_keys_behind(fault: Fault) -> bool {
    fault.name().starts_with("jwks.") && !(fault.stage() == Stage::Keys && fault.outcome() == Outcome::Stops)
}

/// One login under `fault`, from the citizen's way through the provider on.
pub fn log_in_under(world: &World, fault: Fault) {
    let name = fault.name();
    let mut browser = world.browser();
    let sent = browser.get("/auth/login?return_to=/prive/");
    assert_eq!(sent.status, 303, "{name}: {}", sent.text());
    world.emulator().misbehave(name);
    let callback = browser.walk(sent.location(), "test");
    world.emulator().take_calls();
    let answer = browser.get(&callback);
    let calls = world.emulator().take_calls();
    let logged_in = browser.is_logged_in();
    assert!(!calls.iter().any(|call| call == "trap"), "{name}: followed what must not be followed");
    match fault.outcome() {
        Outcome::Succeeds => assert!(logged_in, "{name}: {} {calls:?} {}", answer.status, answer.text()),
        Outcome::Stops => assert!(!logged_in, "{name}: logged in after {calls:?}"),
        Outcome::Either => {}
    }
    if logged_in {
        assert_eq!(answer.location(), "/prive/", "{name}");
        assert_eq!(browser.get("/auth/profile").status, 200, "{name}: whatever the provider called them");
    } else {
        assert_refused(&answer, name);
        assert!(calls.len() <= 4, "{name}: {calls:?}");
        if fault.stage() < Stage::UserInfo && fault.outcome() == Outcome::Stops {
            assert!(!calls.iter().any(|call| call == "userinfo"), "{name}: {calls:?}");
        }
        if fault.stage() == Stage::Callback {
            assert_eq!(calls, [""; 0], "{name}");
        }
    }
    world.emulator().misbehave("");
}

fn assert_refused(answer: &Answer, name: &str) {
    // An address beyond 16 KiB is refused before it is a callback.
    if answer.status == 414 {
        return;
    }
    assert!(matches!(answer.status, 200 | 400 | 500 | 503), "{name}: {}", answer.status);
    let page = answer.text();
    assert!(page.contains("fr-connect__brand"), "{name}: a way to try again: {page}");
    assert!(!page.contains("<b>") && !page.contains("<script"), "{name}: markup of a stranger");
    assert_eq!(answer.get("cache-control"), Some("private, no-store"), "{name}");
    assert!(!answer.all("set-cookie").iter().any(|cookie| cookie.starts_with("fc_session=")), "{name}");
}

pub fn the_next_login_works(world: &World, after: &str) {
    world.emulator().misbehave("");
    let answer = world.browser().log_in("test");
    assert_eq!(answer.status, 303, "after {after}: {}", answer.text());
}

/// With keys that are known already, as most logins have them.
fn warm(platform: Platform, stage: Stage) {
    let world = World::fresh(platform);
    the_next_login_works(&world, "nothing");
    for fault in all().filter(|fault| fault.stage() == stage && !fault.name().starts_with("jwks.")) {
        log_in_under(&world, fault);
        the_next_login_works(&world, fault.name());
    }
}

pub fn on_the_return(platform: Platform) {
    warm(platform, Stage::Callback);
}

pub fn of_the_token_answer(platform: Platform) {
    warm(platform, Stage::Token);
}

pub fn of_the_id_token(platform: Platform) {
    warm(platform, Stage::IdToken);
}

pub fn of_the_userinfo_answer(platform: Platform) {
    warm(platform, Stage::UserInfo);
}

/// A key set that is refused is not kept, so that all of them meet a relying party without keys.
pub fn of_a_key_set_that_is_refused(platform: Platform) {
    let world = World::fresh(platform);
    let refused = |fault: &Fault| fault.stage() == Stage::Keys && !leaves_keys_behind(*fault);
    for fault in all().filter(refused) {
        log_in_under(&world, fault);
    }
    the_next_login_works(&world, "refused key sets");
}

/// A key set that is taken, with keys that help nobody: a relying party of its own for each.
pub fn of_a_key_set_that_is_taken(platform: Platform) {
    for fault in all().filter(|fault| leaves_keys_behind(*fault)) {
        log_in_under(&World::fresh(platform), fault);
    }
}

/// Metadata are read where an issuer is not known beforehand. They offer PKCE, as FranceConnect's own do, and
/// the emulator refuses it, as FranceConnect does: so a login is followed to the provider's door, no further.
pub fn of_the_metadata(platform: Platform) {
    let fresh = || {
        World::with(platform, "ES256", |variables| {
            variables.insert("FC_ENVIRONMENT", "other".to_owned());
        })
    };
    let mut world = fresh();
    for fault in all().filter(|fault| fault.stage() == Stage::Discovery) {
        let name = fault.name();
        world.emulator().misbehave(name);
        let mut browser = world.browser();
        let sent = browser.get("/auth/login?return_to=/prive/");
        if sent.status != 303 {
            assert_ne!(fault.outcome(), Outcome::Succeeds, "{name}: {}", sent.text());
            assert_refused(&sent, name);
            assert!(browser.cookies().is_empty(), "{name}");
            continue;
        }
        assert_ne!(fault.outcome(), Outcome::Stops, "{name}: sent to {}", sent.location());
        assert_at_the_door(&world, &sent);
        // Metadata that were taken are kept: the next fault needs somebody without any.
        world = fresh();
    }
    world.emulator().misbehave("");
    assert_at_the_door(&world, &world.browser().get("/auth/login"));
}

fn assert_at_the_door(world: &World, sent: &Answer) {
    let door = format!("{}/authorize?", world.emulator().issuer);
    assert!(sent.status == 303 && sent.location().starts_with(&door), "{} {}", sent.status, sent.text());
}

/// Whatever the provider makes of a logout, nobody is logged in here any more.
pub fn of_the_logout(platform: Platform) {
    let world = World::fresh(platform);
    for fault in all().filter(|fault| fault.stage() == Stage::Logout) {
        let name = fault.name();
        let mut browser = world.browser();
        assert_eq!(browser.log_in("test").status, 303, "{name}");
        world.emulator().misbehave(name);
        let left = browser.post("/auth/logout", "");
        assert_eq!(left.status, 303, "{name}");
        let at_provider = browser.get(left.location());
        if let Some(back) = at_provider.get("location").filter(|back| back.starts_with(&world.site)) {
            let answer = browser.get(back);
            assert!(matches!(answer.status, 200 | 303 | 414), "{name}: {}", answer.status);
            assert!(!answer.text().contains("<script"), "{name}");
        }
        assert!(!browser.is_logged_in(), "{name}");
        the_next_login_works(&world, name);
    }
}
