//! The entries that end sessions: under which keys they are written, how long they stay, and what a stranger's are worth.

use franceconnect_edge::secret::Secret;
use franceconnect_edge::session::revocation::{self, Target};
use franceconnect_edge::session::{Key, KeyRing, LIST_MOST, Lifetime, Names, Save};
use franceconnect_edge::time::Timestamp;

use crate::revocation::{elsewhere, revoked};
use crate::support::conversation::{Browser, World, configure, variables};

const OLD: &str = "kTLrb6n3A1Zg8oYwVd5sXc0uJpQh7iMfN2tGxBvCyRE";
const NEW: &str = "w3-Hk1pQzT0YdVbNf8sLmXaJcRgEuKiOoP5t7yZxC9A";

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

/// Of more revocations than are read, those that reach most count, whatever the order in which a store tells them.
#[test]
fn of_too_many_those_of_single_sessions_are_lost() {
    let mut world = World::new();
    let (mut ended, mut stays) = (Browser::new(), Browser::new());
    ended.log_in(&mut world, "test");
    stays.log_in(&mut world, "avec_nom_dusage");
    let mut copy = stays.clone();
    stays.post(&mut world, "/auth/logout");
    ended.clone().post(&mut world, "/auth/logout/everywhere");
    let (mut person, session): (Vec<_>, Vec<_>) =
        revoked(&world).into_iter().partition(|name| name.contains("-p-"));
    let prefix = person[0].split_inclusive('-').take(2).collect::<String>();
    let many = (0..LIST_MOST).map(|at| format!("{prefix}s-0{at:031x}-{:010x}-{:016x}", world.now.unix(), 0));
    let mut names = Names::new(&prefix, world.now);
    for name in session.iter().cloned().chain(many).chain(person.clone()) {
        names.note(name);
    }
    let mut kept = names.answer(world.now, Ok(())).names.unwrap();
    kept.sort();
    assert_eq!((kept.len(), &kept[..1]), (LIST_MOST, &person[..]));
    world.store = kept.into_iter().map(|name| (Key::listed(&name), b"-".to_vec())).collect();
    elsewhere(&mut world);
    assert!(!ended.is_logged_in(&mut world));
    assert_eq!(world.last_code(), "revocation.too_many");
    // In a store in order the first that is of no use is the last to be looked at.
    person.sort();
    let mut names = Names::new(&prefix, world.now);
    assert!((0..LIST_MOST).all(|at| names.note(format!("{prefix}a{at:09}"))));
    assert!(!names.note(format!("{prefix}p")) && names.note(format!("{prefix}a")));
    // The cookie of a session that is lost is gone from its browser; only a copy would be believed.
    assert!(copy.is_logged_in(&mut world) && !stays.is_logged_in(&mut world));
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
