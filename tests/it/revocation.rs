//! Sessions that end before their time: what ends, what does not, and what a bad store can do about it.

use std::collections::BTreeMap;

use franceconnect_edge::emulator::Alg;
use franceconnect_edge::secret::Secret;
use franceconnect_edge::session::revocation::{self, Target};
use franceconnect_edge::session::{Key, KeyRing, Lifetime, Save, StoreDown};
use franceconnect_edge::time::Timestamp;

use crate::support::conversation::{Browser, World, configure, variables};

const OLD: &str = "kTLrb6n3A1Zg8oYwVd5sXc0uJpQh7iMfN2tGxBvCyRE";
const NEW: &str = "w3-Hk1pQzT0YdVbNf8sLmXaJcRgEuKiOoP5t7yZxC9A";

/// A service that keeps its sessions in the store.
pub fn kept() -> BTreeMap<&'static str, String> {
    let mut variables = variables();
    variables.insert("FC_SESSION_STORE", "kv".to_owned());
    variables
}

fn worlds() -> [World; 2] {
    [World::new(), World::with(&kept(), Alg::Es256)]
}

/// Another isolate at the same store.
fn elsewhere(world: &mut World) {
    world.known = franceconnect_edge::session::Known::default();
}

fn revoked(world: &World) -> Vec<String> {
    let names = world.store.keys().map(|key| key.as_str().to_owned());
    names.filter(|name| name.starts_with("revoked-")).collect()
}

#[test]
fn a_copy_of_the_cookie_ends_with_the_logout() {
    for mut world in worlds() {
        let mut browser = Browser::new();
        browser.log_in(&mut world, "test");
        let mut copy = browser.clone();
        assert!(copy.is_logged_in(&mut world));
        assert_eq!(browser.post(&mut world, "/auth/logout").status, 303);
        let (mut late, mut stolen) = (copy.clone(), copy.clone());
        assert!(!copy.is_logged_in(&mut world), "where it was");
        // An isolate that has not heard yet would send the browser back for ever.
        let away = late.get(&mut world, "/prive/");
        let cleared = away.headers.iter().any(|(name, value)| {
            *name == "set-cookie" && value.starts_with("fc_session=;") && value.contains("Max-Age=0")
        });
        assert!(away.status == 303 && cleared, "{away:?}");
        elsewhere(&mut world);
        assert_eq!(stolen.get(&mut world, "/prive/").status, 303, "and elsewhere");
        // Nobody else is concerned, not even the same person in another browser.
        let mut other = Browser::new();
        other.log_in(&mut world, "test");
        assert!(other.is_logged_in(&mut world));
    }
}

#[test]
fn everywhere_is_every_browser_of_this_person_and_nobody_else() {
    for mut world in worlds() {
        let (mut here, mut there, mut neighbour) = (Browser::new(), Browser::new(), Browser::new());
        here.log_in(&mut world, "test");
        there.log_in(&mut world, "test");
        neighbour.log_in(&mut world, "avec_nom_dusage");
        world.now = world.now.plus(1);
        let page = String::from_utf8(here.get(&mut world, "/auth/profile").body).unwrap();
        assert!(page.contains("action=\"/auth/logout/everywhere\""), "{page}");
        assert_eq!(here.get(&mut world, "/auth/logout/everywhere").status, 200, "it asks first");
        assert!(there.is_logged_in(&mut world));
        let left = here.post(&mut world, "/auth/logout/everywhere");
        assert_eq!(left.status, 303);
        assert!(world.events.iter().any(|event| event.code == "logout.everywhere"));
        // An isolate that read the list just before believes it for a minute and no longer.
        assert!(!there.is_logged_in(&mut world) && !here.is_logged_in(&mut world));
        elsewhere(&mut world);
        assert!(!there.is_logged_in(&mut world) && !here.is_logged_in(&mut world));
        assert_eq!(there.get(&mut world, "/prive/").status, 303);
        assert!(neighbour.is_logged_in(&mut world));
        // And who logs in again is in.
        world.now = world.now.plus(1);
        there.log_in(&mut world, "test");
        assert!(there.is_logged_in(&mut world));
    }
}

#[test]
fn another_site_ends_nobodys_sessions() {
    let mut world = World::new();
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    let mut headers = browser.headers();
    headers.set(franceconnect_edge::wire::Header::SecFetchSite, Some("cross-site".to_owned()));
    let method = franceconnect_edge::wire::Method::Post;
    let request = franceconnect_edge::wire::Request::new(method, "/auth/logout/everywhere", headers);
    assert_eq!(browser.send(&mut world, request).status, 403);
    assert!(browser.is_logged_in(&mut world) && revoked(&world).is_empty());
}

#[test]
fn the_list_is_read_once_a_minute_and_for_sessions_only() {
    for mut world in worlds() {
        let mut browser = Browser::new();
        browser.log_in(&mut world, "test");
        world.asked.clear();
        // Strangers cost the store nothing.
        let mut stranger = Browser::new();
        stranger.cookies.insert("fc_session".to_owned(), "1.aaaaaaaa.bbbb".to_owned());
        stranger.get(&mut world, "/prive/");
        browser.get(&mut world, "/");
        assert!(world.asked.is_empty(), "{:?}", world.asked);
        for (seconds, asked) in [(0, 1), (59, 1), (60, 2), (61, 2), (119, 2), (120, 3)] {
            let mut at = world.now;
            at = at.plus(seconds);
            let now = std::mem::replace(&mut world.now, at);
            assert_eq!(browser.get(&mut world, "/prive/").status, 200);
            world.now = now;
            assert_eq!(world.asked, vec!["list"; asked], "after {seconds} seconds");
        }
    }
}

#[test]
fn an_isolate_with_a_fresh_list_learns_of_a_revocation_within_a_minute() {
    let mut world = World::new();
    let (mut here, mut there) = (Browser::new(), Browser::new());
    here.log_in(&mut world, "test");
    there.log_in(&mut world, "test");
    assert!(there.is_logged_in(&mut world));
    // What the other isolate knows.
    let other = world.known.clone();
    world.now = world.now.plus(1);
    here.post(&mut world, "/auth/logout/everywhere");
    world.known = other;
    assert!(there.is_logged_in(&mut world), "what eventual consistency allows");
    world.now = world.now.plus(58);
    assert!(there.is_logged_in(&mut world));
    world.now = world.now.plus(1);
    assert!(!there.is_logged_in(&mut world));
}

#[test]
fn a_store_that_fails_ends_no_session_in_a_cookie_and_brings_none_back() {
    let mut world = World::new();
    let (mut here, mut there) = (Browser::new(), Browser::new());
    here.log_in(&mut world, "test");
    there.log_in(&mut world, "test");
    world.down = Some(StoreDown::Failed);
    assert!(here.is_logged_in(&mut world));
    assert_eq!(world.last_code(), "store.unavailable");
    let events = world.events.len();
    world.now = world.now.plus(9);
    assert!(here.is_logged_in(&mut world));
    assert_eq!(world.events.len(), events, "asked again after ten seconds, not before");
    world.now = world.now.plus(1);
    assert!(here.is_logged_in(&mut world));
    assert_eq!(world.events.len(), events + 1);
    // Who wants to end all must not believe that it worked.
    let answer = here.post(&mut world, "/auth/logout/everywhere");
    assert_eq!((answer.status, world.last_code()), (503, "logout.not_everywhere"));
    assert!(here.is_logged_in(&mut world) && there.is_logged_in(&mut world));
    world.down = None;
    assert_eq!(here.post(&mut world, "/auth/logout/everywhere").status, 303);
    assert!(!there.is_logged_in(&mut world));
    // A store that forgets, or that fails from now on, brings nobody back where it is known.
    world.store.clear();
    world.now = world.now.plus(61);
    assert!(!there.is_logged_in(&mut world));
    world.down = Some(StoreDown::Failed);
    world.now = world.now.plus(61);
    assert!(!there.is_logged_in(&mut world));
}

#[test]
fn a_logout_without_a_store_is_a_logout() {
    for down in [StoreDown::Failed, StoreDown::Absent] {
        let mut world = World::new();
        let mut browser = Browser::new();
        browser.log_in(&mut world, "test");
        world.down = Some(down);
        assert_eq!(browser.post(&mut world, "/auth/logout").status, 303);
        assert!(!browser.is_logged_in(&mut world));
    }
}

fn ring(keys: &str, audience: &str) -> KeyRing {
    KeyRing::parse(&Secret::new(keys), audience).unwrap()
}

/// Puts the entries of a ring into a world's store.
fn revoke(world: &mut World, ring: &KeyRing, target: Target, now: Timestamp) {
    for save in revocation::revoke(ring, target, now) {
        if let Save::Put { key, value, .. } = save {
            world.store.insert(key, value);
        }
    }
}

/// The ring of the site of the tests with these keys.
fn own_ring(_: &World, keys: &str) -> KeyRing {
    let variables = variables();
    let (site, issuer, client) =
        (&variables["PUBLIC_URL"], &variables["FC_ISSUER"], &variables["FC_CLIENT_ID"]);
    ring(keys, &format!("{site}\n{issuer}\n{client}"))
}

#[test]
fn rotation_brings_nobody_back() {
    for order in [[OLD, NEW], [NEW, OLD]] {
        let mut world = World::new();
        let mut browser = Browser::new();
        browser.log_in(&mut world, "test");
        let mut changed = variables();
        changed.insert("FC_SESSION_KEYS", order.join(","));
        world.config = configure(&changed);
        let mut copy = browser.clone();
        world.now = world.now.plus(1);
        browser.post(&mut world, "/auth/logout/everywhere");
        assert_eq!(revoked(&world).iter().filter(|name| name.contains("-p-")).count(), 2);
        for keys in [format!("{OLD},{NEW}"), format!("{NEW},{OLD}"), OLD.to_owned()] {
            changed.insert("FC_SESSION_KEYS", keys);
            world.config = configure(&changed);
            elsewhere(&mut world);
            assert!(!copy.is_logged_in(&mut world));
        }
    }
}

#[test]
fn entries_that_we_did_not_write_end_nothing() {
    let mut world = World::new();
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    let now = world.now.plus(1);
    world.now = now;
    let stranger = own_ring(&world, NEW);
    revoke(&mut world, &stranger, Target::Everybody, now);
    let ours = own_ring(&world, OLD);
    let prefix = "revoked-";
    let good: Vec<String> = revocation::revoke(&ours, Target::Everybody, now.plus(-100))
        .iter()
        .map(|save| save.key().as_str().to_owned())
        .collect();
    // A moment bent, a kind bent, a tag bent, a MAC bent, cut, long, and no name at all.
    let good = &good[0];
    let parts: Vec<&str> = good.split('-').collect();
    let later = format!("{:010x}", now.unix());
    for name in [
        [parts[0], parts[1], parts[2], parts[3], &later, parts[5]].join("-"),
        [parts[0], parts[1], "s", parts[3], &later, parts[5]].join("-"),
        [parts[0], parts[1], "a", &"0".repeat(32), &later, &"0".repeat(16)].join("-"),
        [parts[0], parts[1], "a", parts[3], &later, ""].join("-"),
        format!("{good}-x"),
        good[..good.len() - 1].to_owned(),
        format!("{prefix}{}-é", parts[1]),
        format!("{prefix}{}-", parts[1]),
    ] {
        world.store.insert(Key::listed(&name), b"-".to_vec());
    }
    elsewhere(&mut world);
    assert!(browser.is_logged_in(&mut world));
    // The same ring for another service: the prefix and the MAC are others.
    revoke(&mut world, &ring(OLD, "them"), Target::Everybody, now);
    elsewhere(&mut world);
    assert!(browser.is_logged_in(&mut world));
    // And ours do.
    revoke(&mut world, &ours, Target::Everybody, now);
    elsewhere(&mut world);
    assert!(!browser.is_logged_in(&mut world));
}

#[test]
fn operators_end_one_session_one_person_or_all() {
    let mut world = World::new();
    let (mut one, mut two) = (Browser::new(), Browser::new());
    one.log_in(&mut world, "test");
    world.now = world.now.plus(10);
    two.log_in(&mut world, "avec_nom_dusage");
    let ring = own_ring(&world, OLD);
    let now = world.now;
    revoke(&mut world, &ring, Target::Everybody, now.plus(-1));
    elsewhere(&mut world);
    assert!(!one.is_logged_in(&mut world), "who began before");
    assert!(two.is_logged_in(&mut world), "who began after");
    // An operator does not know when a session ends: the entry stays as long as any can live.
    let sid = "00112233445566778899aabbccddeeff";
    let lives = |target| match &revocation::revoke(&ring, target, now)[..] {
        [Save::Put { expires_in, .. }] => *expires_in,
        other => panic!("{other:?}"),
    };
    assert_eq!(lives(Target::session(sid, now).unwrap()), Lifetime::LONGEST);
    assert_eq!(lives(Target::Everybody), Lifetime::LONGEST);
    assert_eq!(lives(Target::Session([1; 16], now.plus(5))), 5, "who knows writes no longer than that");
    assert!(revocation::revoke(&ring, Target::Session([1; 16], now), now).is_empty());
    for text in ["", "00", "00112233445566778899aabbccddeefg", "00112233445566778899AABBCCDDEEFF"] {
        assert!(Target::session(text, now).is_none(), "{text}");
    }
}

#[test]
fn obsolete_entries_are_removed_when_they_are_seen() {
    let mut world = World::new();
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    browser.post(&mut world, "/auth/logout");
    assert_eq!(revoked(&world).len(), 1);
    world.now = world.now.plus(28_800);
    elsewhere(&mut world);
    browser.log_in(&mut world, "test");
    assert!(browser.is_logged_in(&mut world));
    assert!(revoked(&world).is_empty());
}

/// For a while the longest session is shorter: what was revoked then must not come back with the longer ones.
#[test]
fn a_life_that_is_shortened_and_lengthened_again_brings_nobody_back() {
    let mut short = variables();
    short.extend([("FC_SESSION_IDLE", "600".to_owned()), ("FC_SESSION_MAX", "900".to_owned())]);
    for leave in ["/auth/logout", "/auth/logout/everywhere"] {
        let (mut world, mut browser, mut other) = (World::new(), Browser::new(), Browser::new());
        browser.log_in(&mut world, "test");
        let mut copy = browser.clone();
        if leave.ends_with("everywhere") {
            // The same person's, and not the one that the logout itself ends.
            copy = Browser::new();
            copy.log_in(&mut world, "test");
        }
        world.now = world.now.plus(100);
        world.config = configure(&short);
        assert_eq!(browser.post(&mut world, leave).status, 303);
        world.now = world.now.plus(1_000);
        elsewhere(&mut world);
        other.log_in(&mut world, "avec_nom_dusage");
        assert!(other.is_logged_in(&mut world), "who has the list read, and swept");
        let (known, there) = (world.known.clone(), revoked(&world));
        world.config = configure(&variables());
        assert!(!copy.is_logged_in(&mut world), "{leave}: where it was known");
        elsewhere(&mut world);
        assert!(!copy.is_logged_in(&mut world), "{leave}: where it is read");
        world.known = known;
        world.now = world.now.plus(Lifetime::LONGEST);
        other.log_in(&mut world, "avec_nom_dusage");
        assert!(other.is_logged_in(&mut world));
        assert!(!there.is_empty() && revoked(&world).is_empty(), "and then it is gone");
    }
}

#[test]
fn a_login_in_the_place_of_a_session_ends_its_copies_at_once() {
    let mut world = World::both();
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    let mut copy = browser.clone();
    assert!(copy.is_logged_in(&mut world), "and the list is fresh");
    assert_eq!(browser.log_in_for(&mut world, "test", "/prive/sante").status, 303);
    assert!(browser.is_logged_in(&mut world) && !copy.is_logged_in(&mut world));
}

#[test]
fn a_name_says_nothing_of_a_person() {
    let mut world = World::new();
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    browser.post(&mut world, "/auth/logout/everywhere");
    let names = revoked(&world);
    assert_eq!(names.len(), 2, "the person, and this session: {names:?}");
    assert!(names.iter().all(|name| name.len() <= 128 && name.is_ascii()));
    // Another key gives other names for the same.
    let (ours, theirs) = (own_ring(&world, OLD), own_ring(&world, NEW));
    let target = Target::person("https://op.example", "sub");
    let name = |ring: &KeyRing| revocation::revoke(ring, target, world.now)[0].key().clone();
    let tag = |key: &Key| key.as_str().split('-').nth(3).unwrap().to_owned();
    assert_ne!(tag(&name(&ours)), tag(&name(&theirs)));
}
