//! Returns from FranceConnect: replayed, to another browser, to several tabs, with an error, with nonsense.

use franceconnect_edge::wire::params::{Params, encode};

use crate::world::World;

/// The query of a callback's address, parsed.
fn query(callback: &str) -> Params {
    Params::parse(callback.split_once('?').unwrap().1).unwrap()
}

pub fn a_replay_makes_no_call_and_no_second_session(world: &World) {
    let mut browser = world.browser();
    let callback = browser.authorize("test", "/prive/");
    let before = browser.clone();
    assert_eq!(browser.get(&callback).status, 303);
    world.emulator().take_calls();
    let again = browser.get(&callback);
    assert_eq!((again.status, world.emulator().take_calls()), (200, vec![]), "told that all is well");
    assert!(again.get("set-cookie").is_none() && browser.is_logged_in(), "the session is untouched");
    // As if both had been sent at the same time: the provider refuses the code.
    let mut twin = before;
    assert_eq!(twin.get(&callback).status, 400);
    assert_eq!(world.emulator().take_calls(), ["token"]);
    assert!(!twin.is_logged_in());
}

/// A provider that is asked twice for one code may revoke what it gave the first time (RFC 6749 §4.1.2), so
/// there may be no winner.
pub fn of_two_at_the_same_time_one_at_most_gets_in(world: &World) {
    let mut browser = world.browser();
    let callback = browser.authorize("test", "/prive/");
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let both: Vec<_> = (0..2)
            .map(|_| {
                let (mut twin, callback) = (browser.clone(), callback.clone());
                scope.spawn(move || twin.get(&callback).status)
            })
            .collect();
        both.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let inside = statuses.iter().filter(|status| **status == 303).count();
    let refused = statuses.iter().filter(|status| **status == 400).count();
    assert!(inside <= 1 && inside + refused == 2, "{statuses:?}");
    assert_eq!(world.browser().log_in("test").status, 303, "and the next login works");
}

pub fn a_callback_belongs_to_the_browser_that_began(world: &World) {
    let (mut attacker, mut victim) = (world.browser(), world.browser());
    let callback = attacker.authorize("test", "/prive/");
    let own = victim.authorize("test", "/prive/");
    world.emulator().take_calls();
    assert_eq!(victim.get(&callback).status, 400);
    assert_eq!(world.emulator().take_calls(), [""; 0]);
    assert!(!victim.is_logged_in());
    // The attacker's code in the victim's login.
    let code = |url: &str| query(url).get("code").unwrap().to_owned();
    assert_eq!(victim.get(&own.replace(&code(&own), &code(&callback))).status, 400);
    assert!(!victim.is_logged_in());
    assert_eq!(world.emulator().take_calls(), ["token"], "its nonce is another");
    assert_eq!(victim.log_in("test").status, 303, "and the next login works");
}

pub fn tabs_do_not_disturb_each_other(world: &World) {
    let mut browser = world.browser();
    let callbacks: Vec<String> =
        (1..=3).map(|tab| browser.authorize("test", &format!("/prive/{tab}"))).collect();
    assert_eq!(browser.cookies().len(), 3);
    for (tab, callback) in (1_usize..).zip(&callbacks).take(3).collect::<Vec<_>>().into_iter().rev() {
        let landed = browser.get(callback);
        assert_eq!((landed.status, landed.location()), (303, format!("/prive/{tab}").as_str()));
    }
    assert_eq!(browser.cookies().len(), 1, "one session");
    // Beyond five the oldest gives way, so that the request's headers stay small.
    let mut browser = world.browser();
    for _ in 0..8 {
        browser.get("/auth/login");
    }
    assert_eq!(browser.cookies().len(), 5);
}

pub fn giving_up_is_no_error(world: &World) {
    for (language, lang) in [(None, "fr"), (Some("en-GB,en;q=0.9"), "en")] {
        let mut browser = world.browser();
        let sent = browser.get("/auth/login?return_to=/prive/");
        let back = browser.give_up(sent.location());
        browser.language = language;
        let answer = browser.get(&back);
        let page = answer.text();
        assert_eq!((answer.status, page.contains(&format!("<html lang=\"{lang}\">"))), (200, true), "{page}");
        assert!(
            page.contains("fr-connect__brand") && page.contains("value=\"/prive/\""),
            "a way to try again"
        );
        assert!(browser.cookies().is_empty() && !browser.is_logged_in());
        assert_eq!(browser.log_in("test").status, 303);
    }
}

pub fn every_error_of_franceconnect_is_a_page_in_both_languages(world: &World) {
    let known = franceconnect_edge::franceconnect::ERRORS.iter().map(|(word, _)| *word);
    for word in known.chain(["<script>alert(1)</script>"]) {
        for (language, lang) in [(None, "fr"), (Some("en"), "en")] {
            let mut browser = world.browser();
            browser.language = language;
            let sent = browser.get("/auth/login?return_to=/prive/");
            let state = query(sent.location()).get("state").unwrap().to_owned();
            let answer = browser.get(&format!(
                "/auth/callback?error={}&error_description=%3Cb%3Ehostile%3C%2Fb%3E&state={state}&iss={}",
                encode(word),
                encode(&world.emulator().issuer),
            ));
            let page = answer.text();
            assert!(matches!(answer.status, 200 | 400 | 500 | 503), "{word}: {}", answer.status);
            assert!(page.contains(&format!("<html lang=\"{lang}\">")), "{word} {lang}: {page}");
            assert!(page.contains("fr-connect__brand") && page.contains("value=\"/prive/\""), "{word}");
            assert!(!page.contains("hostile") && !page.contains("alert(1)"), "no text of a stranger");
            assert_eq!(answer.get("cache-control"), Some("private, no-store"), "{word}");
            assert!(browser.cookies().is_empty(), "{word}: one login, one callback");
        }
    }
}

pub fn queries_that_are_no_callback(world: &World) {
    let mut browser = world.browser();
    let callback = browser.authorize("test", "/prive/");
    let query = callback.split_once('?').unwrap().1;
    let state = Params::parse(query).unwrap().get("state").unwrap().to_owned();
    let without =
        |name: &str| query.split('&').filter(|pair| !pair.starts_with(name)).collect::<Vec<_>>().join("&");
    world.emulator().take_calls();
    for query in [
        String::new(),
        without("state"),
        query.replace(&state, "undefined"),
        query.replace(&state, ""),
        query.replace(&state, &state.to_lowercase()),
        format!("{query}&state={state}"),
        format!("{query}&code=other"),
        format!("{query}&iss=x"),
        format!("{query}&x=%"),
        format!("{query}&x=%00"),
        format!("{query}&x=%c0%af"),
        format!("{query}&x={}", "a".repeat(10_000)),
        format!("state={state}&iss=http%3A%2F%2Fevil.example"),
        without("iss"),
        without("code"),
        format!("{query}&error=access_denied"),
        format!("{}&code=", without("code")),
        "error=access_denied".to_owned(),
    ] {
        let mut browser = browser.clone();
        let answer = browser.get(&format!("/auth/callback?{query}"));
        let short = &query[..query.len().min(90)];
        assert_eq!(answer.status, 400, "{short}");
        assert!(answer.text().contains("fr-connect__brand"), "{short}: a way to try again");
        assert!(!browser.is_logged_in(), "{short}");
    }
    assert_eq!(world.emulator().take_calls(), [""; 0]);
    assert_eq!(browser.get(&callback).status, 303, "none of it spoiled the login");
}

pub fn a_prefetch_or_a_frame_spends_nothing(world: &World) {
    let mut browser = world.browser();
    let callback = browser.authorize("test", "/prive/");
    for target in ["/auth/login", callback.as_str()] {
        let ahead = browser.request("GET", target).with("sec-purpose", "prefetch;prerender");
        let answer = browser.send(ahead);
        assert_eq!((answer.status, answer.get("set-cookie")), (403, None), "{target}");
    }
    let answer = world.browser().fetch("/auth/login");
    assert_eq!((answer.status, answer.get("set-cookie")), (403, None), "a script");
    assert_eq!(browser.get(&callback).status, 303);
}
