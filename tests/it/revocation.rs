//! Sessions that end before their time: what ends, what does not, and what a bad store can do about it.

use std::collections::BTreeMap;

use franceconnect_edge::emulator::Alg;
use franceconnect_edge::session::{Known, StoreDown};

use crate::support::conversation::{Browser, World, variables};

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
pub fn elsewhere(world: &mut World) {
    world.known = Known::default();
}

pub fn revoked(world: &World) -> Vec<String> {
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

/// A session at FranceConnect+ that took the place of one at FranceConnect belongs to the person whom either knows, and
/// each calls them otherwise.
#[test]
fn everywhere_is_at_both_products() {
    for who_leaves in ["both", "standard", "plus"] {
        let mut world = World::both();
        let mut browsers: BTreeMap<_, _> =
            ["both", "standard", "plus", "neighbour"].map(|name| (name, Browser::new())).into();
        for (name, login, page) in [
            ("both", "test", "/prive/"),
            ("both", "test", "/prive/sante"),
            ("both", "test", "/prive/notaire"),
            ("standard", "test", "/prive/"),
            ("plus", "test", "/prive/sante"),
            ("neighbour", "avec_nom_dusage", "/prive/"),
        ] {
            assert_eq!(browsers.get_mut(name).unwrap().log_in_for(&mut world, login, page).status, 303);
        }
        world.now = world.now.plus(400);
        let renewed = browsers.get_mut("both").unwrap().get(&mut world, "/prive/");
        assert!(renewed.get("set-cookie").is_some(), "what is renewed knows it, too");
        let leaves = browsers.get_mut(who_leaves).unwrap();
        assert_eq!(leaves.post(&mut world, "/auth/logout/everywhere").status, 303);
        elsewhere(&mut world);
        let here: Vec<_> = browsers
            .iter_mut()
            .filter_map(|(name, browser)| browser.is_logged_in(&mut world).then_some(*name))
            .collect();
        // Nothing tells that who is at one product only is the same person at the other.
        let stay: &[&str] = match who_leaves {
            "both" => &["neighbour"],
            "standard" => &["neighbour", "plus"],
            _ => &["neighbour", "standard"],
        };
        assert_eq!(here, stay, "{who_leaves}");
    }
}

/// Of two logins that were under way at once, the later may be somebody else's.
#[test]
fn whoever_takes_the_place_of_another_person_ends_nothing_of_theirs_elsewhere() {
    let mut world = World::both();
    let [mut shared, mut home, mut beside] = [(); 3].map(|()| Browser::new());
    home.log_in_for(&mut world, "test", "/prive/");
    let sent = shared.get(&mut world, "/auth/login?return_to=/prive/sante");
    let callback = beside.identify(&mut world, "avec_nom_dusage", sent.get("location").unwrap());
    shared.log_in_for(&mut world, "test", "/prive/");
    shared.log_in_for(&mut world, "test", "/prive/sante");
    assert_eq!(shared.get(&mut world, &callback).status, 303);
    assert!(shared.is_logged_in(&mut world));
    shared.post(&mut world, "/auth/logout/everywhere");
    elsewhere(&mut world);
    assert!(home.is_logged_in(&mut world));
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

/// While one visit fetches the list, those beside it go on with one that has just ceased to be fresh, and with no other.
#[test]
fn visits_beside_the_one_that_fetches_the_list_wait_for_nothing() {
    let (mut world, mut browser) = (World::new(), Browser::new());
    browser.log_in(&mut world, "test");
    assert!(browser.is_logged_in(&mut world));
    let (read, known) = (world.now, world.known.clone());
    // Seconds since the list was read, at which another visit went for it, and at which this one comes.
    for (claimed, comes, asks) in [
        (None, 60, true),
        (Some(60), 60, false),
        (Some(60), 61, false),
        (Some(60), 62, true),
        (Some(58), 60, true),
        (Some(59), 60, false),
        (Some(61), 62, true),
        (Some(90), 90, true),
        (Some(60), 59, false),
    ] {
        world.known = known.clone();
        if let Some(claimed) = claimed {
            world.known = world.known.claimed(read.plus(claimed));
        }
        world.now = read.plus(comes);
        world.asked.clear();
        assert!(browser.is_logged_in(&mut world));
        assert_eq!(!world.asked.is_empty(), asks, "{claimed:?}, {comes}: {:?}", world.asked);
    }
    // Who has none waits for one: a session that was ended must not pass because somebody else is asking.
    world.known = Known::default().claimed(world.now);
    world.asked.clear();
    assert!(browser.is_logged_in(&mut world));
    assert_eq!(world.asked, ["list"]);
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
