//! Logout: here first, by nobody else, and whatever the provider says.

use franceconnect_edge::wire::{Header, Method, Request};

use crate::support::conversation::{Browser, World};

#[test]
fn another_site_cannot_log_anybody_out() {
    let mut world = World::new();
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    let rows: [(Method, Option<&str>, Option<&str>, bool); 8] = [
        (Method::Get, Some("same-origin"), None, false),
        (Method::Get, Some("cross-site"), None, false),
        (Method::Post, Some("cross-site"), Some("https://evil.example"), false),
        (Method::Post, Some("same-site"), Some("http://other.localhost:8787"), false),
        (Method::Post, None, Some("https://evil.example"), false),
        (Method::Post, None, Some("null"), false),
        (Method::Post, None, None, false),
        (Method::Post, None, Some("http://localhost:8787"), true),
    ];
    for (method, site, origin, allowed) in rows {
        let mut browser = browser.clone();
        let mut headers = browser.headers();
        headers.set(Header::SecFetchSite, site.map(str::to_owned));
        headers.set(Header::Origin, origin.map(str::to_owned));
        let answer = browser.send(&mut world, Request::new(method, "/auth/logout", headers));
        assert_eq!(answer.status == 303, allowed, "{method:?} {site:?} {origin:?}");
        assert_eq!(browser.is_logged_in(&mut world), !allowed);
        if !allowed {
            let page = String::from_utf8(answer.body).unwrap();
            assert!(page.contains("method=\"post\""), "a page that asks");
        }
    }
}

#[test]
fn a_return_that_nobody_began_changes_nothing() {
    let mut world = World::new();
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    for query in ["", "?state=x", "?state=", "?state=a&state=a"] {
        let answer = browser.get(&mut world, &format!("/auth/logout/callback{query}"));
        assert_eq!((answer.status, world.last_code()), (200, "logout.state"), "{query}");
        assert!(browser.is_logged_in(&mut world));
    }
    assert_eq!(Browser::new().get(&mut world, "/auth/logout/callback").status, 200);
}

#[test]
fn it_holds_when_franceconnect_fails() {
    for fault in ["logout.error_page", "logout.other_state", "logout.no_state"] {
        let mut world = World::new();
        let mut browser = Browser::new();
        browser.log_in(&mut world, "test");
        world.emulator.misbehave(franceconnect_edge::emulator::Fault::from_name(fault));
        let left = browser.post(&mut world, "/auth/logout");
        let (_, back) = browser.emulator.open(&mut world.emulator, world.now, left.get("location").unwrap());
        if let Some(location) = back.get("location") {
            let answer = browser.get(&mut world, location);
            assert_eq!((answer.status, world.last_code()), (200, "logout.state"), "{fault}");
        }
        assert!(!browser.is_logged_in(&mut world), "{fault}");
        world.emulator.misbehave(None);
        assert_eq!(browser.log_in(&mut world, "test").status, 303, "{fault}: and the next login works");
    }
}

#[test]
fn a_state_is_good_once_and_for_its_browser() {
    let mut world = World::new();
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    let left = browser.post(&mut world, "/auth/logout");
    let (_, back) = browser.emulator.open(&mut world.emulator, world.now, left.get("location").unwrap());
    let callback = back.get("location").unwrap();
    assert_eq!(Browser::new().get(&mut world, callback).status, 200, "another browser");
    assert_eq!(browser.get(&mut world, callback).status, 303);
    assert_eq!(browser.get(&mut world, callback).status, 200, "again");
}

#[test]
fn without_a_session_it_lands_on_the_sites_page() {
    let mut world = World::new();
    let answer = Browser::new().post(&mut world, "/auth/logout");
    assert_eq!((answer.status, answer.get("location")), (303, Some("/deconnecte.html")));
}

#[test]
fn where_every_page_needs_a_login_it_lands_on_a_page_of_ours() {
    for (protected, page) in [("/", "/"), ("/", "/deconnecte.html"), ("/prive", "/prive/adieu")] {
        let mut world = World::new();
        let mut variables = crate::support::conversation::variables();
        variables.extend([("FC_PROTECTED_PATHS", protected.to_owned()), ("FC_LOGOUT_PAGE", page.to_owned())]);
        world.config = crate::support::conversation::configure(&variables);
        let mut browser = Browser::new();
        browser.log_in(&mut world, "test");
        let left = browser.post(&mut world, "/auth/logout");
        let (_, back) = browser.emulator.open(&mut world.emulator, world.now, left.get("location").unwrap());
        let answer = browser.get(&mut world, back.get("location").unwrap());
        assert_eq!((answer.status, world.last_code()), (200, "logout.finished"), "{protected} {page}");
        assert!(String::from_utf8(answer.body).unwrap().contains("Vous êtes déconnecté"));
        assert!(browser.cookies.is_empty());
    }
}
