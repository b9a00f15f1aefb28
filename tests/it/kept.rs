//! Sessions in the store: a cookie that holds only their key, and what a bad store can do about it.

use franceconnect_edge::emulator::Alg;
use franceconnect_edge::session::{Key, Known, Names, StoreDown};
use franceconnect_edge::time::Timestamp;

use crate::revocation::kept;
use crate::support::conversation::{Browser, World, configure, variables};

fn log_in(world: &mut World) -> Browser {
    let mut browser = Browser::new();
    assert_eq!(browser.log_in(world, "test").status, 303, "{}", world.last_code());
    browser
}

#[test]
fn the_cookie_holds_no_body_and_the_store_no_words() {
    let mut world = World::with(&kept(), Alg::Es256);
    let mut browser = log_in(&mut world);
    assert!(browser.cookies["fc_session"].len() < 200, "{}", browser.cookies["fc_session"]);
    assert!(browser.is_logged_in(&mut world));
    assert_eq!(browser.session(&mut world)["authenticated"], true);
    assert_eq!(browser.get(&mut world, "/auth/profile").status, 200);
    let before = browser.cookies["fc_session"].clone();
    world.now = world.now.plus(400);
    assert_eq!(browser.get(&mut world, "/prive/").status, 200);
    assert_ne!(browser.cookies["fc_session"], before, "renewed");
    assert!(browser.is_logged_in(&mut world));
    assert_eq!(browser.post(&mut world, "/auth/logout").status, 303);
    assert!(!world.store.keys().any(|key| key.as_str().starts_with("session-")), "gone with the logout");
}

#[test]
fn a_login_that_cannot_be_kept_is_none() {
    for down in [StoreDown::Failed, StoreDown::Absent] {
        let mut world = World::with(&kept(), Alg::Es256);
        let mut browser = Browser::new();
        let callback = browser.authorize(&mut world, "test", "/prive/");
        world.down = Some(down);
        let answer = browser.get(&mut world, &callback);
        assert_eq!((answer.status, world.last_code()), (503, "session.not_stored"));
        assert!(browser.cookies.is_empty(), "{:?}", browser.cookies);
    }
}

#[test]
fn a_body_that_is_not_there_yet_is_waited_for_and_later_nobody() {
    let mut world = World::with(&kept(), Alg::Es256);
    let mut browser = log_in(&mut world);
    let key = world.store.keys().find(|key| key.as_str().starts_with("session-")).unwrap().clone();
    let body = world.store.remove(&key).unwrap();
    for target in ["/auth/profile", "/auth/session", "/auth/login"] {
        let answer = browser.get(&mut world, target);
        assert_eq!((answer.status, answer.get("retry-after")), (503, Some("10")), "{target}");
        assert_eq!(world.last_code(), "session.unsettled");
    }
    world.store.insert(key.clone(), body.clone());
    assert!(browser.is_logged_in(&mut world));
    world.store.remove(&key);
    world.now = world.now.plus(60);
    assert!(!browser.is_logged_in(&mut world));
    assert_eq!(world.last_code(), "session.gone");
    // What is not ours is as good as nothing: bent, cut, or another session's.
    let mut bent = body.clone();
    bent[60] ^= 1;
    for lie in [bent, body[..50].to_vec(), b"1.a.b".to_vec(), vec![255; 40]] {
        world.store.insert(key.clone(), lie);
        assert!(!browser.is_logged_in(&mut world));
    }
    let mut other = log_in(&mut world);
    let theirs = world.store.iter().find(|(at, _)| at.as_str().starts_with("session-") && **at != key);
    let theirs = theirs.unwrap().1.clone();
    world.store.insert(key.clone(), theirs);
    assert!(!browser.is_logged_in(&mut world), "another's body under its name");
    assert!(other.is_logged_in(&mut world));
    world.store.insert(key, body);
    assert!(browser.is_logged_in(&mut world));
}

#[test]
fn a_store_that_is_down_loses_no_session() {
    let mut world = World::with(&kept(), Alg::Es256);
    let mut browser = log_in(&mut world);
    assert_eq!(browser.get(&mut world, "/prive/").status, 200);
    world.down = Some(StoreDown::Failed);
    assert_eq!(browser.get(&mut world, "/auth/session").status, 503);
    assert_eq!(browser.get(&mut world, "/auth/profile").status, 503);
    // The gate needs the head and a list that is not too old.
    for (seconds, status) in [(1, 200), (659, 200), (660, 503)] {
        let now = world.now;
        world.now = now.plus(seconds);
        assert_eq!(browser.clone().get(&mut world, "/prive/").status, status, "after {seconds}");
        world.now = now;
    }
    // Who has never read it believes nobody, and who leaves may leave.
    world.known = Known::default();
    assert_eq!(browser.get(&mut world, "/prive/").status, 503);
    world.down = None;
    world.now = world.now.plus(11);
    assert_eq!(browser.get(&mut world, "/prive/").status, 200);
    world.down = Some(StoreDown::Failed);
    assert_eq!(browser.clone().post(&mut world, "/auth/logout").status, 303);
}

/// The grace of a store that is down begins when the list has ceased to be fresh, however long that is.
#[test]
fn the_longest_freshness_leaves_as_much_grace_as_any() {
    for freshness in [10, 60, 600] {
        let mut variables = kept();
        variables.insert("FC_REVOCATION_FRESHNESS", freshness.to_string());
        let mut world = World::with(&variables, Alg::Es256);
        let mut browser = log_in(&mut world);
        assert_eq!(browser.get(&mut world, "/prive/").status, 200);
        world.down = Some(StoreDown::Failed);
        world.now = world.now.plus(freshness);
        for (seconds, status) in [(0, 200), (599, 200), (600, 503)] {
            let now = world.now;
            world.now = now.plus(seconds);
            assert_eq!(browser.clone().get(&mut world, "/prive/").status, status, "{freshness}: {seconds}");
            world.now = now;
        }
    }
}

fn bodies(world: &World) -> usize {
    world.store.keys().filter(|key| key.as_str().starts_with("session-")).count()
}

/// Of sessions that nobody logged out of: a store that forgets nothing by itself would keep them for ever.
#[test]
fn bodies_that_are_over_leave_the_store_a_few_with_each_list() {
    let mut world = World::with(&kept(), Alg::Es256);
    (0..70).for_each(|_| _ = log_in(&mut world));
    world.now = world.now.plus(1);
    log_in(&mut world);
    world.now = world.now.plus(28_799);
    let mut browser = log_in(&mut world);
    assert_eq!(bodies(&world), 72);
    assert!(browser.is_logged_in(&mut world));
    assert_eq!(bodies(&world), 72 - 64, "bounded");
    assert!(browser.is_logged_in(&mut world));
    assert_eq!(bodies(&world), 72 - 64, "with the list, and not with each request");
    world.now = world.now.plus(-1);
    world.known = Known::default();
    assert!(browser.is_logged_in(&mut world));
    assert_eq!(bodies(&world), 72 - 64, "a second early");
    world.now = world.now.plus(1);
    world.known = Known::default();
    assert!(browser.is_logged_in(&mut world));
    assert_eq!(bodies(&world), 2, "who came a second later stays");
    world.now = world.now.plus(61);
    assert!(browser.is_logged_in(&mut world));
    assert_eq!(bodies(&world), 1);
}

/// A store so full that it cannot be listed in time gets rid of what made it so.
#[test]
fn a_list_that_comes_to_no_end_still_tells_what_is_over() {
    let now = Timestamp::from_unix(1_800_000_000);
    let mut names = Names::new("revoked-x-", now);
    for (name, of_use) in [
        ("revoked-x-a", true),
        ("revoked-y-a", false),
        ("session-006b49d200-0123456789abcdef0123456789abcdef", true),
        ("session-006b49d201-0123456789abcdef0123456789abcdef", false),
        ("session-006b49d200", false),
        ("session-x-0123456789abcdef0123456789abcdef", false),
        ("session--0123456789abcdef0123456789abcdef", false),
        // Of another application of the same Redis.
        ("session-550e8400-e29b-41d4-a716-446655440000", false),
        ("session-550e8400-0123456789abcdef0123456789abcdef", false),
        ("session-006b49d200-a", false),
        ("session-00+b49d200-0123456789abcdef0123456789abcdef", false),
        ("services", false),
    ] {
        assert_eq!(names.note(name.to_owned()), of_use, "{name}");
    }
    let answer = names.answer(now, Err(StoreDown::Failed));
    assert_eq!(answer.names, Err(StoreDown::Failed));
    assert_eq!(answer.ended, ["session-006b49d200-0123456789abcdef0123456789abcdef"]);
    let mut world = World::with(&kept(), Alg::Es256);
    let mut browser = log_in(&mut world);
    world.cut = true;
    world.store.insert(Key::listed(&answer.ended[0]), Vec::new());
    browser.get(&mut world, "/prive/");
    assert_eq!((world.last_code(), bodies(&world)), ("store.unavailable", 1));
}

#[test]
fn going_over_to_the_store_or_back_logs_nobody_out() {
    let mut world = World::new();
    let mut carried = log_in(&mut world);
    world.config = configure(&kept());
    let mut stored = log_in(&mut world);
    assert!(carried.is_logged_in(&mut world) && stored.is_logged_in(&mut world));
    world.config = configure(&variables());
    assert!(carried.is_logged_in(&mut world) && stored.is_logged_in(&mut world));
}
