//! Stores that are slow, failing, full, stale, forgetful or lying, behind the real hosts: who gets in, who stays in, and
//! what each visitor is told. One table for the three platforms, which prepare a mood as each can.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use franceconnect_edge::emulator::Product;
use franceconnect_edge::secret::Secret;
use franceconnect_edge::session::KeyRing;
use franceconnect_edge::session::revocation::{Target, revoke};
use franceconnect_edge::time::Timestamp;
use serde_json::{Map, json};

use crate::browser::Browser;
use crate::disk::Disk;
use crate::http::Answer;
use crate::platform::{NATIVE_STORE, Platform, STORE};
use crate::process::free_port;
use crate::provider::{CLIENT, Emulator, Registration};
use crate::store::{Mood, Store};
use crate::world::{SESSION_KEY, World, variables};

/// What visitors meet while the store is in a mood, as statuses.
struct Row {
    mood: Mood,
    /// A login that ends: its session is to be in the cookie; in the store.
    login: [u16; 2],
    /// A protected page with a valid session: in the cookie; in the store, where the list of revocations was read a
    /// moment ago; in the store, where it never was.
    page: [u16; 3],
    /// What a script is told of the same three.
    told: [u16; 3],
    /// A logout of every browser: in the cookie, in the store.
    everywhere: [u16; 2],
    /// A protected page with a session that another isolate ended a moment ago, of which this one has not heard: in the
    /// cookie, in the store.
    ended: [u16; 2],
}

/// The slow one late: while it is lived through, the lists of those before it cease to be fresh.
const TABLE: [Row; 7] = [
    Row {
        mood: Mood::Stale,
        login: [303, 303],
        page: [200, 200, 200],
        told: [200, 200, 200],
        everywhere: [303, 303],
        ended: [200, 200],
    },
    Row {
        mood: Mood::Forgetful,
        login: [303, 303],
        page: [200, 200, 200],
        told: [200, 503, 503],
        everywhere: [303, 303],
        ended: [200, 200],
    },
    Row {
        mood: Mood::Lying,
        login: [303, 303],
        page: [200, 200, 200],
        told: [200, 503, 503],
        everywhere: [303, 303],
        ended: [200, 200],
    },
    Row {
        mood: Mood::Endless,
        login: [303, 303],
        page: [200, 200, 503],
        told: [200, 200, 503],
        everywhere: [303, 303],
        ended: [200, 503],
    },
    Row {
        mood: Mood::Failing,
        login: [303, 503],
        page: [200, 200, 503],
        told: [200, 503, 503],
        everywhere: [503, 503],
        ended: [200, 503],
    },
    Row {
        mood: Mood::Slow,
        login: [303, 503],
        page: [200, 200, 503],
        told: [200, 503, 503],
        everywhere: [503, 503],
        ended: [200, 503],
    },
    Row {
        mood: Mood::Full,
        login: [303, 503],
        page: [200, 200, 200],
        told: [200, 200, 200],
        everywhere: [503, 503],
        ended: [303, 303],
    },
];

/// `FC_REVOCATION_FRESHNESS` and the wait after a failure, in seconds: the latest at which a store that is well again
/// is believed.
const FRESHNESS: u64 = 10;

/// Where the entries are, and how their keeper comes to be in a mood.
enum Keeper {
    Server(Store),
    File(Disk),
}

/// Not every platform can have every mood: natively a file is as slow as the machine, and that it is given a second
/// is a test of `src/host/native/disk.rs`; only Workers KV lists page by page.
fn can(mood: Mood, platform: Platform) -> bool {
    match mood {
        Mood::Slow => platform != Platform::Native,
        Mood::Endless => platform == Platform::Cloudflare,
        _ => true,
    }
}

impl Keeper {
    /// `ended` is what another isolate writes at that moment; `before` happens while all is well.
    fn enter(&self, world: &mut World, mood: Mood, ended: &[String], before: impl FnOnce()) {
        match self {
            Self::Server(store) => {
                before();
                store.turn(mood);
                ended.iter().for_each(|name| store.put(name, "-"));
            }
            Self::File(disk) => disk.turn(world, mood, ended, before),
        }
    }

    fn leave(&self, world: &mut World) {
        match self {
            Self::Server(store) => store.turn(Mood::Well),
            Self::File(disk) => disk.recover(world),
        }
    }
}

/// The three services of a mood, and who is there before it comes.
struct Sites {
    row: &'static Row,
    /// Sessions in the cookie; in the store; in the store of a service whose list nobody reads before.
    urls: [String; 3],
    ended: [Browser; 2],
    stays: Vec<Browser>,
    leaves: Vec<Browser>,
}

fn status(browser: &mut Browser, path: &str) -> u16 {
    browser.get(path).status
}

pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp::from_unix(i64::try_from(since.as_secs()).unwrap())
}

/// What ends all sessions of the service at `site` that began by `before`.
pub fn everybody(site: &str, issuer: &str, before: Timestamp) -> String {
    let audience = format!("{site}\n{issuer}\n{CLIENT}");
    let ring = KeyRing::parse(&Secret::new(SESSION_KEY), &audience).unwrap();
    revoke(&ring, Target::Everybody, before)[0].key().as_str().to_owned()
}

fn logged_in(site: &str, login: &str) -> Browser {
    let mut browser = Browser::new(site);
    assert_eq!(browser.log_in(login).status, 303, "{site}");
    browser
}

pub fn bad_ones_let_nobody_in_and_throw_nobody_out(platform: Platform) {
    let (keeper, at) = match platform {
        Platform::Native => {
            let disk = Disk::new("moods");
            let at = (NATIVE_STORE, disk.path());
            (Keeper::File(disk), at)
        }
        _ => {
            let store = Store::open();
            let at = (STORE, store.address.to_string());
            (Keeper::Server(store), at)
        }
    };
    let rows: Vec<&'static Row> = TABLE.iter().filter(|row| can(row.mood, platform)).collect();
    let port = free_port();
    let name =
        |row: &Row, kind: &str| format!("http://{:?}-{kind}.localhost:{port}", row.mood).to_lowercase();
    let urls = |row: &Row| ["cookie", "kept", "late"].map(|kind| name(row, kind));
    let all: Vec<String> = rows.iter().flat_map(|row| urls(row)).collect();
    let emulator =
        Emulator::start(platform.name(), &all.join(" "), Product::Standard, Registration::default());
    let issuer = emulator.issuer.clone();
    let services: Map<_, _> = all
        .iter()
        .map(|url| {
            let store = if url.contains("-cookie.") { "cookie" } else { "kv" };
            (url.replace("http://", ""), json!({ "FC_SESSION_STORE": store }))
        })
        .collect();
    let defaults = json!({ "FC_ENVIRONMENT": "emulator", "FC_ISSUER": issuer });
    let mut variables = variables(&all[0]);
    variables.insert("FC_ISSUER", issuer.clone());
    variables.insert("FC_REVOCATION_FRESHNESS", FRESHNESS.to_string());
    variables.insert("FC_SERVICES", json!({ "defaults": defaults, "services": services }).to_string());
    variables.insert(at.0, at.1);
    let mut world = World::serve(platform, all[0].clone(), Some(emulator), &variables);

    let ended: Vec<_> = rows.iter().map(|row| [0, 2].map(|at| logged_in(&urls(row)[at], "test"))).collect();
    let until = now();
    // What ends them ends nobody who comes in a later second.
    std::thread::sleep(Duration::from_millis(1_100));
    let mut sites: Vec<Sites> = rows
        .iter()
        .zip(ended)
        .map(|(row, ended)| {
            let urls = urls(row);
            let stays = urls.iter().map(|url| logged_in(url, "avec_nom_dusage")).collect();
            let leaves = urls[..2].iter().map(|url| logged_in(url, "test")).collect();
            Sites { row, urls, ended, stays, leaves }
        })
        .collect();
    for sites in &mut sites {
        let names = [0, 2].map(|at| everybody(&sites.urls[at], &issuer, until));
        let mut fresh = sites.stays[1].clone();
        keeper.enter(&mut world, sites.row.mood, &names, || {
            assert_eq!(fresh.get("/prive/").status, 200);
        });
        sites.live_through(&keeper, &world);
        keeper.leave(&mut world);
    }
    let start = Instant::now();
    for sites in &mut sites {
        sites.recover(start);
    }
}

impl Sites {
    fn live_through(&mut self, keeper: &Keeper, world: &World) {
        let Row { mood, login, page, told, everywhere, ended } = self.row;
        // Strangers get nothing, and no store hears of them; what was written after an earlier answer may still come.
        let quiet = (0..10).any(|_| {
            let asked = |keeper: &Keeper| match keeper {
                Keeper::Server(store) => store.take_asked(),
                Keeper::File(_) => 0,
            };
            asked(keeper);
            for url in &self.urls {
                let mut stranger = Browser::new(url);
                assert_eq!(status(&mut stranger, "/prive/"), 303, "{mood:?}");
                stranger.cookies().insert("fc_session".to_owned(), "1.aaaaaaaa.bbbb".to_owned());
                assert_eq!(status(&mut stranger, "/prive/"), 303, "{mood:?}");
            }
            asked(keeper) == 0
        });
        assert!(quiet, "{mood:?}: the store is asked about strangers");
        let mut new = Vec::new();
        for (url, expected) in self.urls.iter().zip(login) {
            let mut browser = Browser::new(url);
            let answer = in_time(*mood, || browser.log_in("test"));
            assert_eq!(answer.status, *expected, "{mood:?}: a login at {url}: {}", answer.text());
            if answer.status == 303 {
                new.push(browser);
            } else {
                assert!(!browser.cookies().contains_key("fc_session"), "{mood:?}: no session");
                named(world, &answer, "host.save");
            }
        }
        for (at, browser) in self.stays.iter_mut().enumerate() {
            let answer = in_time(*mood, || browser.get("/prive/"));
            assert_eq!(answer.status, page[at], "{mood:?}: a page at {}", self.urls[at]);
            let answer = in_time(*mood, || browser.fetch("/auth/session"));
            assert_eq!(answer.status, told[at], "{mood:?}: {} {}", self.urls[at], answer.text());
            if answer.status == 200 {
                assert_eq!(answer.json()["preferred_username"], "DUBOIS", "{mood:?}: somebody else");
            } else if at == 1 && matches!(mood, Mood::Slow | Mood::Failing) {
                named(world, &answer, "host.load");
            }
        }
        for (browser, expected) in self.ended.iter_mut().zip(ended) {
            assert_eq!(status(browser, "/prive/"), *expected, "{mood:?}: ended elsewhere");
        }
        // A logout is one in every mood: in this browser, and here for copies of its cookie.
        for browser in &mut new {
            let mut copy = browser.clone();
            assert_eq!(browser.post("/auth/logout", "").status, 303, "{mood:?}");
            assert_eq!((status(browser, "/prive/"), status(&mut copy, "/prive/")), (303, 303), "{mood:?}");
        }
        for (browser, expected) in self.leaves.iter_mut().zip(everywhere) {
            let mut copy = browser.clone();
            let answer = in_time(*mood, || browser.post("/auth/logout/everywhere", ""));
            assert_eq!(answer.status, *expected, "{mood:?}: everywhere: {}", answer.text());
            // Who was told that nothing was done is still here, and who was told that it was is not.
            let (done, here) = (answer.status == 303, status(&mut copy, "/prive/"));
            assert_eq!(here, if done { 303 } else { 200 }, "{mood:?}: after it");
            if !done {
                named(world, &answer, "host.save");
            }
        }
    }

    /// The store is well again: who was here is, who was ended elsewhere is not.
    fn recover(&mut self, start: Instant) {
        let mood = self.row.mood;
        for browser in &mut self.ended {
            while status(browser, "/prive/") != 303 {
                let patience = Duration::from_secs(FRESHNESS + 3);
                assert!(start.elapsed() < patience, "{mood:?}: in after {:?}", start.elapsed());
                std::thread::sleep(Duration::from_millis(100));
            }
        }
        for browser in &mut self.stays {
            // A list that could not be read is asked for again after ten seconds.
            while status(browser, "/prive/") == 503 && start.elapsed() < Duration::from_secs(FRESHNESS + 3) {
                std::thread::sleep(Duration::from_millis(100));
            }
            assert_eq!(browser.told()["preferred_username"], "DUBOIS", "{mood:?}: thrown out");
            assert_eq!(status(browser, "/prive/"), 200, "{mood:?}: thrown out");
        }
    }
}

/// A store that never answers is given a second, at most three times in these visits; the rest is for a busy machine.
fn in_time(mood: Mood, visit: impl FnOnce() -> Answer) -> Answer {
    let start = Instant::now();
    let answer = visit();
    if mood == Mood::Slow {
        assert!(start.elapsed() < Duration::from_secs(6), "{:?}", start.elapsed());
    }
    answer
}

/// What the platform says of its trouble is told of the visit whose page has this name.
fn named(world: &World, answer: &Answer, code: &str) {
    let line = world.line_with_both(answer.get("x-request-id").unwrap(), &format!("\"{code}\""));
    assert_eq!(line["code"], code, "{line:?}");
}
