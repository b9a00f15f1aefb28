//! Sessions and their seal: purposes, expiry, rotation, tampering, size.

use franceconnect_edge::emulator::{Alg, Product, accounts};
use franceconnect_edge::franceconnect::Identity;
use franceconnect_edge::secret::{Chance, Secret};
use franceconnect_edge::session::{Citizen, CookieNames, KeyRing, Lifetime, Purpose, RingFault, Session};
use franceconnect_edge::time::Timestamp;
use franceconnect_edge::wire::{Header, Method, Request};

use crate::support::conversation::{Browser, KEY, OTHER_KEY, World, configure, variables};

const NOW: Timestamp = Timestamp::from_unix(1_800_000_000);
const PURPOSES: [Purpose; 6] =
    [Purpose::Flow, Purpose::Session, Purpose::Identity, Purpose::Logout, Purpose::Store, Purpose::Assertion];
const GOOD: &str = "kTLrb6n3A1Zg8oYwVd5sXc0uJpQh7iMfN2tGxBvCyRE";

fn ring(keys: &str, audience: &str) -> KeyRing {
    KeyRing::parse(&Secret::new(keys), audience).unwrap()
}

#[test]
fn a_seal_opens_for_its_purpose_context_audience_and_time_only() {
    let mut chance = Chance::new(&[1; 64]);
    let (ours, theirs) = (ring(GOOD, "us"), ring(GOOD, "them"));
    for sealing in PURPOSES {
        let sealed = ours.seal(sealing, "context", NOW.plus(10), b"payload", &mut chance).unwrap();
        for opening in PURPOSES {
            let opened = ours.open(opening, "context", NOW, &sealed);
            assert_eq!(opened.is_some(), opening as u8 == sealing as u8, "{sealing:?} as {opening:?}");
        }
        assert!(ours.open(sealing, "other", NOW, &sealed).is_none());
        assert!(theirs.open(sealing, "context", NOW, &sealed).is_none());
        assert!(ours.open(sealing, "context", NOW.plus(9), &sealed).is_some());
        assert!(ours.open(sealing, "context", NOW.plus(10), &sealed).is_none(), "expired");
    }
}

#[test]
fn every_bent_character_is_noticed() {
    let ring = ring(GOOD, "us");
    let sealed =
        ring.seal(Purpose::Session, "", NOW.plus(10), b"payload", &mut Chance::new(&[1; 64])).unwrap();
    for at in 0..sealed.len() {
        for other in [b'A', b'B', b'.', b'=', b' ', b'1'] {
            let mut bent = sealed.clone().into_bytes();
            if bent[at] == other {
                continue;
            }
            bent[at] = other;
            let bent = String::from_utf8(bent).unwrap();
            assert!(ring.open(Purpose::Session, "", NOW, &bent).is_none(), "at {at}: {bent}");
        }
        assert!(ring.open(Purpose::Session, "", NOW, &sealed[..at]).is_none(), "cut at {at}");
    }
    for text in ["", "1", "1.", "1..", "2.x.y", "é", &"1.".repeat(100_000)] {
        assert!(ring.open(Purpose::Session, "", NOW, text).is_none());
    }
}

#[test]
fn keys_rotate_without_logging_anybody_out() {
    let new = "w3-Hk1pQzT0YdVbNf8sLmXaJcRgEuKiOoP5t7yZxC9A";
    let mut world = World::new();
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    // Append, promote, drop: three deploys.
    for (keys, here) in
        [(format!("{GOOD},{new}"), true), (format!("{new},{GOOD}"), true), (new.to_owned(), true)]
    {
        let mut variables = variables();
        variables.insert("FC_SESSION_KEYS", keys);
        world.config = configure(&variables);
        // Renewal under the first key: what the next deploy relies on.
        world.now = world.now.plus(400);
        assert_eq!(browser.get(&mut world, "/prive/").status == 200, here);
    }
    let mut variables = variables();
    variables.insert("FC_SESSION_KEYS", GOOD.to_owned());
    world.config = configure(&variables);
    assert!(!browser.is_logged_in(&mut world), "the dropped key opens nothing that the new one sealed");
}

#[test]
fn unusable_keys() {
    let fault = |keys: &str| KeyRing::parse(&Secret::new(keys), "us").map(drop);
    assert_eq!(fault(""), Err(vec![RingFault::Empty]));
    assert_eq!(fault(" , "), Err(vec![RingFault::Empty]));
    assert_eq!(fault("changeme"), Err(vec![RingFault::Malformed(1)]));
    assert_eq!(fault(&format!("{GOOD},{GOOD}=")), Err(vec![RingFault::Malformed(2)]));
    assert_eq!(fault(&"A".repeat(43)), Err(vec![RingFault::Weak(1)]));
    assert_eq!(fault(KEY), Err(vec![RingFault::Weak(1)]), "eight bytes four times");
    assert_eq!(
        fault(&format!("{GOOD},x,{GOOD}")),
        Err(vec![RingFault::Malformed(2), RingFault::Repeated(3)])
    );
    assert_eq!(fault(&format!("{GOOD},{OTHER_KEY}")), Ok(()));
}

#[test]
fn idle_and_absolute_life() {
    let mut world = World::new();
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    let planted = browser.clone();
    world.now = world.now.plus(1799);
    assert!(browser.clone().is_logged_in(&mut world));
    world.now = world.now.plus(1);
    assert!(!planted.clone().is_logged_in(&mut world), "idle, whatever Max-Age a thief writes");
    // Kept alive, it ends after eight hours all the same.
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    let started = world.now;
    while world.now.since(started) + 600 < 28_800 {
        world.now = world.now.plus(600);
        assert_eq!(browser.get(&mut world, "/prive/").status, 200);
    }
    world.now = started.plus(28_800);
    assert_eq!(browser.get(&mut world, "/prive/").status, 303);
}

#[test]
fn a_renewal_is_not_sent_with_every_answer() {
    let mut world = World::new();
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    for (seconds, renewed) in [(0, false), (60, false), (119, false), (1, true), (10, false)] {
        world.now = world.now.plus(seconds);
        assert_eq!(browser.get(&mut world, "/prive/").get("set-cookie").is_some(), renewed, "{seconds}");
    }
}

#[test]
fn one_kind_of_cookie_is_not_another() {
    let mut world = World::new();
    let mut browser = Browser::new();
    browser.get(&mut world, "/auth/login");
    let flow = browser.cookies.values().next().unwrap().clone();
    browser.log_in(&mut world, "test");
    let mut stays = Browser::new();
    stays.log_in(&mut world, "test");
    let session = stays.cookies["fc_session"].clone();
    let logout = browser.post(&mut world, "/auth/logout");
    assert_eq!(logout.status, 303);
    for value in [flow, browser.cookies["fc_logout"].clone(), "1.a.b".to_owned(), String::new()] {
        let mut thief = Browser::new();
        thief.cookies.insert("fc_session".to_owned(), value);
        assert!(!thief.is_logged_in(&mut world));
        assert_eq!(thief.get(&mut world, "/prive/").status, 303);
        assert_eq!(thief.log_in(&mut world, "test").status, 303, "and the next login works");
    }
    let mut same = Browser::new();
    same.cookies.insert("fc_session".to_owned(), session);
    assert!(same.is_logged_in(&mut world));
}

#[test]
fn two_session_cookies_are_nobody_and_no_loop() {
    let mut world = World::new();
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    let session = &browser.cookies["fc_session"];
    for jar in [format!("fc_session={session}; fc_session=x"), format!("fc_session=x; fc_session={session}")]
    {
        for target in ["/prive/", "/auth/login", "/auth/profile"] {
            let mut headers = browser.headers();
            headers.set(Header::Cookie, Some(jar.clone()));
            let answer = Browser::new().send(&mut world, Request::new(Method::Get, target, headers));
            assert_eq!((answer.status, answer.get("location")), (400, None), "{target}");
        }
    }
}

#[test]
fn every_identity_fits_into_one_cookie() {
    for alg in [Alg::Es256, Alg::Rs256] {
        let mut variables = variables();
        variables.insert("FC_ID_TOKEN_ALG", if alg == Alg::Es256 { "ES256" } else { "RS256" }.to_owned());
        variables.insert("PUBLIC_URL", "https://localhost".to_owned());
        variables.insert("FC_SCOPES", "openid profile birth email idp_birthdate idp_id".to_owned());
        variables.insert("FC_AMR", "true".to_owned());
        let mut world = World::with(&variables, alg);
        let mut largest = 0;
        for account in accounts().of(Product::Standard).filter(|account| account.error.is_none()) {
            let mut browser = Browser::new();
            let answer = browser.log_in(&mut world, &account.login);
            assert_eq!(answer.status, 303, "{}: {}", account.login, world.last_code());
            let cookie = answer.get("set-cookie").unwrap();
            assert!(cookie.len() < 4_000, "{}: {}", account.login, cookie.len());
            largest = largest.max(cookie.len());
        }
        println!("{alg:?}: the largest session cookie has {largest} bytes");
    }
}

#[test]
fn shorter_lives_end_older_sessions_and_higher_levels_open_nothing_to_them() {
    let mut world = World::new();
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    world.now = world.now.plus(1_000);
    let mut shorter = variables();
    shorter.extend([("FC_SESSION_IDLE", "600".to_owned()), ("FC_SESSION_MAX", "900".to_owned())]);
    world.config = configure(&shorter);
    assert!(!browser.clone().is_logged_in(&mut world));
    let mut level = variables();
    level.extend([("FC_ENVIRONMENT", "other".to_owned()), ("FC_ACR_VALUES", "eidas3".to_owned())]);
    world.config = configure(&level);
    assert_eq!(browser.clone().get(&mut world, "/prive/").status, 303);
    world.config = configure(&variables());
    assert_eq!(browser.clone().get(&mut world, "/prive/").status, 200);
    assert!(browser.is_logged_in(&mut world));
}

/// A feature of each crate, which a change of versions can lose without a word.
#[test]
fn keys_are_wiped_when_they_are_dropped() {
    fn wiped<T: zeroize::ZeroizeOnDrop>() {}
    wiped::<chacha20poly1305::XChaCha20Poly1305>();
    wiped::<aes_gcm::Aes256Gcm>();
    wiped::<p256::SecretKey>();
    wiped::<rsa::PrivateKey>();
}

/// The gate reads only the head of a cookie: it must not open to a body that is over.
#[test]
fn a_head_does_not_outlive_its_body() {
    let mut short = variables();
    short.extend([("FC_SESSION_IDLE", "1800".to_owned()), ("FC_SESSION_MAX", "1800".to_owned())]);
    let mut world = World::with(&short, Alg::Es256);
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    world.config = configure(&variables());
    world.now = world.now.plus(1_700);
    assert_eq!(browser.get(&mut world, "/prive/").status, 200);
    world.now = world.now.plus(200);
    assert_eq!(browser.get(&mut world, "/prive/").status, 303);
    assert!(!browser.is_logged_in(&mut world));
}

#[test]
fn asking_who_is_here_keeps_nobody_here() {
    let mut world = World::new();
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    for _ in 0..6 {
        world.now = world.now.plus(299);
        assert!(browser.is_logged_in(&mut world));
    }
    world.now = world.now.plus(6);
    assert!(!browser.is_logged_in(&mut world), "idle, although a script asked all the time");
}

#[test]
fn flows_never_fill_the_headers() {
    let mut world = World::new();
    let mut browser = Browser::new();
    for at in 0..8 {
        world.now = world.now.plus(1);
        browser.get(&mut world, &format!("/auth/login?return_to=/{}{at}", "a".repeat(1_000)));
        let bytes: usize = browser.cookies.iter().map(|(name, value)| name.len() + value.len() + 3).sum();
        assert!(bytes < 4_400, "{bytes} bytes of cookies");
        assert!(!browser.cookies.is_empty());
    }
}

#[test]
fn a_session_is_whole_or_nothing() {
    let mut world = World::new();
    let (mut one, mut two) = (Browser::new(), Browser::new());
    one.log_in(&mut world, "test");
    two.log_in(&mut world, "avec_nom_dusage");
    let cookies = [one.cookies["fc_session"].clone(), two.cookies["fc_session"].clone()];
    let halves: Vec<(&str, &str)> = cookies.iter().map(|cookie| cookie.split_once('~').unwrap()).collect();
    let body = halves[0].1;
    let mut bent = body.to_owned();
    bent.replace_range(60..61, if &body[60..61] == "A" { "B" } else { "A" });
    for value in [
        format!("{}~{}", halves[0].0, halves[1].1),
        format!("{}~{}", halves[1].0, halves[0].1),
        format!("{}~{bent}", halves[0].0),
        format!("{}~{}", halves[0].0, &body[..body.len() - 1]),
        format!("{}~{body}~", halves[0].0),
        format!("{}~", halves[0].0),
        halves[0].0.to_owned(),
        format!("{body}~{body}"),
    ] {
        let mut thief = Browser::new();
        thief.cookies.insert("fc_session".to_owned(), value.clone());
        assert_eq!(thief.get(&mut world, "/prive/").status, 303, "{value}");
        assert!(!thief.is_logged_in(&mut world));
    }
}

#[test]
fn a_session_that_does_not_fit_into_one_cookie_is_refused() {
    let (ring, names) = (ring(GOOD, "us"), CookieNames::new(true));
    let life = Lifetime { idle: 1_800, absolute: 28_800 };
    let mut fits = Vec::new();
    for length in [600, 2_000, 2_600, 2_800, 4_000, 20_000] {
        let mut chance = Chance::new(&[1; 64]);
        let token = Secret::new("a".repeat(length));
        let citizen = Citizen {
            issuer: "https://op.example".to_owned(),
            sub: "sub".to_owned(),
            level: None,
            amr: Vec::new(),
            identity: Identity::default(),
        };
        let session = Session::new(&mut chance, citizen, &token);
        match session.cookie(&ring, names, life, NOW, &mut chance) {
            Ok(cookie) => {
                assert!(cookie.len() < 4_000, "{length}: {} bytes", cookie.len());
                fits.push(length);
            }
            Err(failure) => assert_eq!(failure.code, "session.too_large", "{length}"),
        }
    }
    assert_eq!(fits, [600, 2_000, 2_600]);
}
