//! Logins and logouts, all the way; the calls they cost.

use crate::platform::Platform;
use crate::world::World;

pub fn from_the_gate_to_the_page_and_out_again(world: &World) {
    let mut browser = world.browser();
    let gate = browser.get("/prive/?page=2");
    assert_eq!((gate.status, gate.location()), (303, "/auth/login?return_to=%2Fprive%2F%3Fpage%3D2"));
    let callback = browser.authorize("test", "%2Fprive%2F%3Fpage%3D2");
    let landed = browser.get(&callback);
    assert_eq!((landed.status, landed.location()), (303, "/prive/?page=2"), "{}", landed.text());
    assert_eq!(browser.cookies().len(), 1, "the flow cookie is gone, the session is there");
    let page = browser.get("/prive/?page=2");
    assert_eq!((page.status, page.get("cache-control")), (200, Some("private, no-store")));
    assert_eq!(page.body, crate::site("prive/index.html"));

    let left = browser.post("/auth/logout", "");
    assert_eq!(left.status, 303);
    assert!(left.location().starts_with(&format!("{}/session/end?", world.emulator().issuer)));
    assert!(!browser.is_logged_in(), "here first");
    let back = browser.walk(left.location(), "");
    let returned = browser.get(&back);
    assert_eq!((returned.status, returned.location()), (303, "/deconnecte"));
    assert!(browser.cookies().is_empty());
    assert_eq!(browser.get("/deconnecte").body, crate::site("deconnecte.html"));
    assert_eq!(browser.get("/prive/").status, 303, "a login is needed again");
}

pub fn a_person_sees_who_they_are_and_a_script_the_little_it_needs(world: &World) {
    let mut browser = world.browser();
    let nobody = browser.fetch("/auth/session");
    assert_eq!((nobody.status, nobody.json()["authenticated"].as_bool()), (401, Some(false)));
    assert_eq!(browser.get("/auth/profile").status, 401);
    browser.log_in("test");
    let session = browser.fetch("/auth/session");
    assert_eq!((session.status, session.get("content-type")), (200, Some("application/json")));
    assert_eq!(session.get("cache-control"), Some("private, no-store"));
    assert_eq!(session.get("access-control-allow-origin"), None);
    let session = session.json();
    assert_eq!((session["name"].as_str(), session["acr"].as_str()), (Some("Angela DUBOIS"), Some("eidas1")));
    assert!(session["expires_in"].as_i64().is_some_and(|seconds| (1700..=1800).contains(&seconds)));
    let told: Vec<&String> = session.as_object().unwrap().keys().collect();
    assert!(!told.iter().any(|name| ["sub", "birthdate", "email"].contains(&name.as_str())), "{told:?}");

    let profile = browser.get("/auth/profile");
    assert_eq!((profile.status, profile.get("content-type")), (200, Some("text/html; charset=utf-8")));
    let policy = profile.get("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("form-action 'self' https: http:;"));
    let page = profile.text();
    for shown in ["Nom de naissance", "DUBOIS", "Angela Claire Louise", "24 août 1962", "75107", "Féminin"]
    {
        assert!(page.contains(shown), "{shown}");
    }
    assert_eq!(page.matches(">Se déconnecter<").count(), 1);
    browser.language = Some("en");
    assert!(browser.get("/auth/profile").text().contains("<html lang=\"en\">"));
}

pub fn three_calls_when_cold_and_two_when_warm(platform: Platform) {
    for alg in ["ES256", "RS256"] {
        let world = World::with(platform, alg, |_| {});
        assert_eq!(world.emulator().take_calls(), [""; 0], "nothing is called before it is needed");
        assert_eq!(world.browser().log_in("test").status, 303, "{alg}");
        assert_eq!(world.emulator().take_calls(), ["jwks", "token", "userinfo"], "{alg}: cold");
        for login in ["test", "avec_nom_dusage"] {
            let mut browser = world.browser();
            browser.log_in(login);
            assert!(browser.is_logged_in(), "{alg}");
            assert_eq!(world.emulator().take_calls(), ["token", "userinfo"], "{alg}: warm");
        }
    }
}

/// Nobody promises a visitor the same instance twice: Spin ends one after 128 requests, Workers when they like.
pub fn keys_outlive_an_instance(platform: Platform) {
    let world = World::fresh(platform);
    world.browser().log_in("test");
    for _ in 0..130 {
        assert_eq!(world.browser().get("/auth/style.css").status, 200);
    }
    world.emulator().take_calls();
    assert_eq!(world.browser().log_in("test").status, 303);
    assert_eq!(world.emulator().take_calls(), ["token", "userinfo"]);
}

pub fn a_login_begins_here_and_ends_there(platform: Platform) {
    let mut world = World::fresh(platform);
    let (mut on_the_way, mut inside) = (world.browser(), world.browser());
    assert_eq!(inside.log_in("test").status, 303);
    let callback = on_the_way.authorize("test", "/prive/");
    world.restart();
    assert!(inside.is_logged_in(), "the session is in the browser");
    assert_eq!(on_the_way.get(&callback).status, 303, "and so is the login");
    assert!(on_the_way.is_logged_in());
}

pub fn a_logged_in_browser_is_not_sent_away_again(world: &World) {
    let mut browser = world.browser();
    browser.log_in("test");
    let answer = browser.get("/auth/login?return_to=%2Fprive%2F");
    assert_eq!((answer.status, answer.location()), (303, "/prive/"));
}

pub fn another_site_can_log_nobody_out(world: &World) {
    let mut browser = world.browser();
    browser.log_in("test");
    for (site, origin) in [
        (Some("cross-site"), Some("https://evil.example")),
        (Some("same-site"), Some("http://other.localhost")),
        (None, Some("https://evil.example")),
        (None, Some("null")),
        (None, None),
    ] {
        let mut request = browser.request("POST", "/auth/logout");
        for (name, value) in [("sec-fetch-site", site), ("origin", origin)] {
            if let Some(value) = value {
                request = request.with(name, value);
            }
        }
        let answer = browser.send(request);
        assert_eq!(answer.status, 403, "{site:?} {origin:?}");
        assert!(answer.text().contains("method=\"post\""), "a page that asks");
        assert!(browser.is_logged_in());
    }
    let asked = browser.get("/auth/logout");
    assert!(asked.status == 200 && browser.is_logged_in(), "a link only asks");
}

pub fn a_return_from_logout_that_nobody_began_changes_nothing(world: &World) {
    let mut browser = world.browser();
    browser.log_in("test");
    for query in ["", "?state=x", "?state=", "?state=a&state=a"] {
        assert_eq!(browser.get(&format!("/auth/logout/callback{query}")).status, 200, "{query}");
        assert!(browser.is_logged_in(), "{query}");
    }
    let left = browser.post("/auth/logout", "");
    let back = browser.walk(left.location(), "");
    assert_eq!(world.browser().get(&back).status, 200, "another browser");
    assert_eq!(browser.get(&back).status, 303);
    assert_eq!(browser.get(&back).status, 200, "again");
}
