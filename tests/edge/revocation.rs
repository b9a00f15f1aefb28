//! Sessions that end before their time, on every platform: in cookies, and kept in the store.

use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

use crate::browser::Browser;
use crate::disk::Disk;
use crate::http::{Answer, Request};
use crate::platform::{NAMES, NATIVE_STORE, Platform, STORE};
use crate::store::Store;
use crate::world::{OTHER_KEY, World};
use crate::{forwarding, keys, stores};

fn until_the_next_second() {
    // A revocation ends what began in its second, too; platforms read the real clock.
    std::thread::sleep(std::time::Duration::from_millis(1_100));
}

fn ends_everywhere(world: &World) {
    let (mut here, mut there, mut neighbour) = (world.browser(), world.browser(), world.browser());
    here.log_in("test");
    there.log_in("test");
    neighbour.log_in("avec_nom_dusage");
    let mut copy = there.clone();
    assert!(here.is_logged_in() && there.is_logged_in() && neighbour.is_logged_in());
    assert_eq!(there.post("/auth/logout", "").status, 303);
    assert!(!copy.is_logged_in(), "a copy of what was logged out");
    there.log_in("test");
    assert!(there.is_logged_in());
    let page = here.get("/auth/profile").text();
    assert!(page.contains("action=\"/auth/logout/everywhere\""), "{page}");
    assert_eq!(here.post("/auth/logout/everywhere", "").status, 303);
    assert!(!there.is_logged_in() && !here.is_logged_in());
    assert_eq!(there.get("/prive/").status, 303);
    assert!(neighbour.is_logged_in());
    until_the_next_second();
    there.log_in("test");
    assert!(there.is_logged_in());
}

pub fn everywhere_is_every_browser(platform: Platform) {
    ends_everywhere(&World::fresh(platform));
}

pub fn and_of_sessions_in_the_store(platform: Platform) {
    let world = World::with(platform, "ES256", |variables| {
        variables.insert("FC_SESSION_STORE", "kv".to_owned());
    });
    ends_everywhere(&world);
    let mut browser = world.browser();
    browser.log_in("test");
    assert!(browser.session().len() < 200, "{}", browser.session());
    assert_eq!(browser.get("/prive/").status, 200);
}

/// The native program alone: what its `--store` holds is there after a restart, sessions and their ends alike.
pub fn a_store_on_disk_outlives_the_program() {
    let file = crate::process::logs().join("outlives.redb");
    std::fs::create_dir_all(crate::process::logs()).unwrap();
    let mut world = World::with(Platform::Native, "ES256", |variables| {
        variables.insert("FC_SESSION_STORE", "kv".to_owned());
        variables.insert(NATIVE_STORE, file.display().to_string());
    });
    let (mut stays, mut leaves) = (world.browser(), world.browser());
    stays.log_in("test");
    leaves.log_in("avec_nom_dusage");
    world.restart();
    assert_eq!(stays.fetch("/auth/session").json()["name"], "Angela DUBOIS");
    let mut copy = leaves.clone();
    assert!(copy.is_logged_in());
    assert_eq!(leaves.post("/auth/logout/everywhere", "").status, 303);
    world.restart();
    assert!(!copy.is_logged_in(), "what was ended before the restart");
    assert_eq!(copy.get("/prive/").status, 303);
    assert_eq!(stays.get("/prive/").status, 200);
}

/// Workers KV lists a thousand names at once; each store here is the platform's own.
/// Where a store forgets nothing by itself, the bodies of sessions that nobody logged out of go with a list that is read.
pub fn what_is_over_leaves_a_store_that_forgets_nothing() {
    let over = |at: usize| format!("session-{at:010x}-{}", "0".repeat(32));
    let names = (1..=3).map(over).chain(["other".to_owned()]).collect::<Vec<_>>();
    let visited = |platform: Platform, place: (&'static str, String)| {
        let world = World::with(platform, "ES256", |variables| {
            variables.extend([("FC_SESSION_STORE", "kv".to_owned()), place]);
        });
        let mut browser = world.browser();
        browser.log_in("test");
        assert!(browser.is_logged_in());
        world
    };
    let left = |names: Vec<String>| {
        let sessions: Vec<_> = names.iter().filter(|name| name.starts_with("session-")).collect();
        assert!(names.iter().any(|name| name.starts_with("other")), "{names:?}");
        sessions.len()
    };
    let disk = Disk::new("over");
    disk.put(&names.join(" "));
    drop(visited(Platform::Native, (NATIVE_STORE, disk.path())));
    assert_eq!(left(disk.names()), 1, "the one that lives");
    let store = Store::open();
    names.iter().for_each(|name| store.put(&**name, "-"));
    let _world = visited(Platform::Spin, (STORE, store.address.to_string()));
    // Spin writes after the answer.
    let end = Instant::now() + Duration::from_secs(10);
    while left(store.names()) > 1 && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(left(store.names()), 1, "{:?}", store.names());
}

pub fn one_on_the_second_page_counts(platform: Platform) {
    let disk = (platform == Platform::Native).then(|| Disk::new("pages"));
    let world = World::with(platform, "ES256", |variables| {
        // Of all who come within a minute, so that nothing needs to be written later.
        let soon = stores::now().plus(60);
        let ended = stores::everybody(&variables["PUBLIC_URL"], &variables["FC_ISSUER"], soon);
        let (prefix, _) = ended.split_once("-a-").unwrap();
        let before: Vec<String> = (0..1_000).map(|number| format!("{prefix}-0-{number:04}")).collect();
        let names = format!("{} {ended}", before.join(" "));
        match &disk {
            Some(disk) => {
                disk.put(&names);
                variables.insert(NATIVE_STORE, disk.path());
            }
            None => _ = variables.insert(NAMES, names),
        }
    });
    let mut browser = world.browser();
    assert_eq!(browser.log_in("test").status, 303);
    assert!(!browser.is_logged_in());
}

/// What the application behind the gate is told of who asks: the payload of the assertion.
fn told(browser: &mut Browser) -> Value {
    let answer = browser.get("/prive/");
    assert_eq!(answer.status, 200, "{}", answer.text());
    let head = answer.text();
    let assertion = head.lines().find_map(|line| line.strip_prefix("fc-assertion: ")).unwrap();
    let payload = assertion.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

/// Sessions in the store with an application behind the gate; the operator's forms end one, those of a person, all.
pub fn operators_end_sessions_in_front_of_an_application(platform: Platform) {
    let key = format!("2026-11-25.{OTHER_KEY}");
    let world = World::with(platform, "ES256", |variables| {
        variables.extend([
            ("FC_SESSION_STORE", "kv".to_owned()),
            ("FC_ORIGIN", forwarding::application()),
            ("FC_ASSERTION_KEYS", keys::set(&[("ES256", "assertion-2026")])),
            ("FC_OPERATOR_KEY", key.clone()),
        ]);
    });
    let order = |key: &str, from: &str, form: &str| -> Answer {
        let pair = STANDARD.encode(format!("anybody:{key}"));
        let request = Request::new("POST", format!("{}/auth/operator", world.site)).body(form);
        let request = request.with("authorization", format!("Basic {pair}")).with("sec-fetch-site", from);
        request.with("content-type", "application/x-www-form-urlencoded").send()
    };
    let mut browsers = [(); 4].map(|()| world.browser());
    for (browser, login) in browsers.iter_mut().zip(["test", "test", "test", "avec_nom_dusage"]) {
        assert_eq!(browser.log_in(login).status, 303);
        assert!(browser.session().len() < 200, "the head alone: {}", browser.session());
    }
    let mut who = browsers.iter_mut().map(told).collect::<Vec<_>>();
    let sid = |who: &Value| who["sid"].as_str().unwrap().to_owned();
    assert_eq!((&who[0]["sub"], who[0]["sub"] == who[3]["sub"]), (&who[1]["sub"], false));
    let one = format!("what=session&sid={}", sid(&who[0]));
    let person = |issuer: &str, who: &Value| {
        let mut form = url::form_urlencoded::Serializer::new("what=person".to_owned());
        form.append_pair("iss", issuer).append_pair("sub", who["sub"].as_str().unwrap()).finish()
    };
    let issuer = &world.emulator().issuer;
    let mut inside = |expected: [bool; 4]| {
        let seen = browsers.each_mut().map(|browser| match browser.get("/prive/").status {
            200 => true,
            303 => false,
            other => panic!("{other}"),
        });
        assert_eq!(seen, expected);
    };
    // Who may not, and what means nothing.
    for (status, key, from, form) in [
        (401, "nothing", "same-origin", &*one),
        (403, &key, "cross-site", &*one),
        (400, &key, "same-origin", "what=session&sid=0"),
        (400, &key, "same-origin", &person("https://elsewhere.example", &who[1])),
        (400, &key, "same-origin", "what=else"),
    ] {
        assert_eq!(order(key, from, form).status, status, "{form}");
    }
    inside([true; 4]);
    assert_eq!(order(&key, "same-origin", &one).status, 200);
    inside([false, true, true, true]);
    assert_eq!(order(&key, "same-origin", &person(issuer, &who.remove(1))).status, 200);
    inside([false, false, false, true]);
    assert_eq!(order(&key, "same-origin", "what=everybody").status, 200);
    inside([false; 4]);
    until_the_next_second();
    let mut again = world.browser();
    assert_eq!(again.log_in("test").status, 303);
    assert_ne!(sid(&told(&mut again)), sid(&who[0]));
}
