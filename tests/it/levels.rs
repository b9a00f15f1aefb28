//! Levels per path: who is sent where, step-up, and what becomes of the session.

use franceconnect_edge::emulator::{Alg, Fault};
use franceconnect_edge::wire::{Header, Method, Request};
use serde_json::{Value, json};

use crate::products::log_out;
use crate::support::conversation::{Browser, ISSUER, PLUS, World, configure, plus_variables};

pub fn level_of(browser: &mut Browser, world: &mut World) -> Value {
    let session = browser.session(world);
    json!([session["iss"], session["acr"]])
}

/// Where an authorization request of ours goes, and what it asks for.
pub fn asked(location: &str) -> (&str, Option<String>) {
    let (endpoint, query) = location.split_once('?').unwrap();
    let acr = url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "acr_values")
        .map(|(_, value)| value.into_owned());
    (endpoint.strip_suffix("/authorize").unwrap(), acr)
}

#[test]
fn a_path_that_needs_more_leads_to_the_product_that_gives_it() {
    let mut world = World::both();
    let mut browser = Browser::new();
    for (page, issuer, acr) in [
        ("/prive/", ISSUER, "eidas1"),
        ("/", ISSUER, "eidas1"),
        ("/prive/sante/", PLUS, "eidas2"),
        ("/prive/SANTE.html", PLUS, "eidas2"),
        ("/prive/notaire/actes?x=1", PLUS, "eidas3"),
    ] {
        let sent = browser.get(&mut world, &format!("/auth/login?return_to={page}"));
        assert_eq!(asked(sent.get("location").unwrap()), (issuer, Some(acr.to_owned())), "{page}");
    }
    // One login after the other, each in the place of the one before it.
    assert_eq!(browser.log_in_for(&mut world, "test", "/prive/").get("location"), Some("/prive/"));
    assert_eq!(level_of(&mut browser, &mut world), json!([ISSUER, "eidas1"]));
    let gate = browser.get(&mut world, "/prive/sante/");
    assert_eq!((gate.status, gate.get("location")), (303, Some("/auth/login?return_to=%2Fprive%2Fsante%2F")));
    assert_eq!(
        browser.log_in_for(&mut world, "test", "/prive/sante/").get("location"),
        Some("/prive/sante/")
    );
    assert_eq!(level_of(&mut browser, &mut world), json!([PLUS, "eidas2"]));
    assert_eq!(browser.get(&mut world, "/prive/sante/").status, 200);
    assert_eq!(browser.get(&mut world, "/prive/").status, 200, "more is enough");
    assert_eq!(browser.get(&mut world, "/prive/notaire/").status, 303);
    assert_eq!(browser.log_in_for(&mut world, "test", "/prive/notaire/").status, 303);
    assert_eq!(level_of(&mut browser, &mut world), json!([PLUS, "eidas3"]));
    assert_eq!(browser.get(&mut world, "/prive/notaire/").status, 200);
    let codes: Vec<_> = world.events.iter().map(|event| event.code).collect();
    assert!(codes.contains(&"session.replaced") && codes.contains(&"login.step_up"), "{codes:?}");
}

#[test]
fn scripts_are_told_which_level_is_missing() {
    let mut world = World::both();
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    for (path, expected) in [
        ("/prive/", None),
        ("/prive/sante/donnees.json", Some("eidas2")),
        ("/prive/notaire/", Some("eidas3")),
    ] {
        let mut headers = browser.headers();
        headers.set(Header::SecFetchMode, Some("cors".to_owned()));
        let answer = browser.send(&mut world, Request::new(Method::Get, path, headers));
        match expected {
            None => assert_eq!(answer.status, 200, "{path}"),
            Some(level) => {
                assert_eq!(answer.status, 401, "{path}");
                let body: Value = serde_json::from_slice(&answer.body).unwrap();
                assert_eq!(body["error"], "insufficient_user_authentication", "{path}");
                assert_eq!(body["acr_values"], level, "{path}");
                assert!(body["login"].as_str().unwrap().starts_with("/auth/login?return_to=%2Fprive%2F"));
            }
        }
    }
}

#[test]
fn whoever_gives_up_a_step_up_stays_logged_in() {
    let mut world = World::both();
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    let before = browser.cookies["fc_session"].clone();
    for (error, status, words) in [
        ("access_denied", 200, "Vous restez connecté"),
        ("login_required", 200, "Vous restez connecté"),
        ("server_error", 503, "FranceConnect ne répond pas"),
        ("invalid_acr", 500, "Ce site ne peut pas vous connecter"),
    ] {
        let sent = browser.get(&mut world, "/auth/login?return_to=/prive/sante/");
        let url = url::Url::parse(sent.get("location").unwrap()).unwrap();
        let state = url.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
        let back = format!("/auth/callback?error={error}&state={state}&iss={PLUS}");
        let page = browser.get(&mut world, &back);
        let text = String::from_utf8(page.body).unwrap();
        assert_eq!(page.status, status, "{error}");
        assert!(text.contains(words) && text.contains("fr-connect--plus"), "{error}: {text}");
        assert_eq!(browser.cookies["fc_session"], before, "{error}");
        assert_eq!(browser.get(&mut world, "/prive/").status, 200, "{error}");
        assert_eq!(browser.get(&mut world, "/prive/sante/").status, 303, "{error}");
    }
}

#[test]
fn no_lie_of_the_provider_raises_a_level_or_ends_a_session() {
    for name in ["id_token.acr_lower", "id_token.acr_missing", "id_token.acr_unknown", "id_token.nonce_other"]
    {
        let mut world = World::both();
        let mut browser = Browser::new();
        browser.log_in(&mut world, "test");
        world
            .plus
            .as_mut()
            .unwrap()
            .misbehave(Some(Fault::from_name(name).unwrap_or_else(|| panic!("{name}"))));
        let answer = browser.log_in_for(&mut world, "test", "/prive/sante/");
        assert_eq!(answer.status, 400, "{name}");
        assert_eq!(level_of(&mut browser, &mut world), json!([ISSUER, "eidas1"]), "{name}");
        assert_eq!(browser.get(&mut world, "/prive/sante/").status, 303, "{name}");
    }
}

#[test]
fn a_level_is_not_lost_with_an_address_too_long_to_come_back_to() {
    let mut world = World::both();
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    for (address, login) in [
        (format!("/prive/sante/?x={}", "y".repeat(1_100)), "/auth/login?return_to=%2Fprive%2Fsante%2F"),
        (format!("/prive/sante/{}", "y".repeat(1_100)), "/auth/login?return_to=%2F&acr_values=eidas2"),
    ] {
        let gate = browser.get(&mut world, &address);
        assert_eq!(gate.get("location"), Some(login));
        let sent = browser.get(&mut world, login);
        assert_eq!(asked(sent.get("location").unwrap()), (PLUS, Some("eidas2".to_owned())));
    }
}

#[test]
fn a_level_raised_since_leaves_nobody_here() {
    let mut variables = plus_variables();
    let mut world = World::with(&variables, Alg::Es256);
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    variables.insert("FC_ACR_VALUES", "eidas3".to_owned());
    world.config = configure(&variables);
    assert!(!browser.is_logged_in(&mut world));
    assert_eq!(browser.get(&mut world, "/auth/profile").status, 401);
    // What is left of the session still says who it must be.
    let callback = browser.authorize(&mut world, "avec_nom_dusage", "/prive/");
    browser.get(&mut world, &callback);
    assert_eq!(world.last_code(), "id_token.subject");
    assert_eq!(browser.log_in(&mut world, "test").status, 303);
    assert!(browser.is_logged_in(&mut world));
}

#[test]
fn a_step_up_ends_beside_the_person_who_began_it() {
    let mut world = World::both();
    let mut browser = Browser::new();
    browser.log_in_for(&mut world, "test", "/prive/sante/");
    let callback = browser.authorize(&mut world, "test", "/prive/notaire/");
    log_out(&mut browser, &mut world);
    browser.log_in_for(&mut world, "avec_nom_dusage", "/prive/sante/");
    let answer = browser.get(&mut world, &callback);
    assert_eq!((answer.status, world.last_code()), (403, "id_token.subject"));
    assert_eq!(level_of(&mut browser, &mut world), json!([PLUS, "eidas2"]));
}

#[test]
fn a_higher_level_of_the_same_provider_is_for_the_same_person() {
    let mut world = World::both();
    let mut browser = Browser::new();
    browser.log_in_for(&mut world, "test", "/prive/sante/");
    let before = browser.cookies["fc_session"].clone();
    // Somebody else at the keyboard, as FranceConnect+ always asks for eidas3.
    let callback = browser.authorize(&mut world, "avec_nom_dusage", "/prive/notaire/");
    let page = browser.get(&mut world, &callback);
    assert_eq!((page.status, world.last_code()), (403, "id_token.subject"));
    assert!(String::from_utf8(page.body).unwrap().contains("Une autre personne s’est identifiée"));
    assert_eq!(browser.cookies["fc_session"], before);
    assert_eq!(
        world.take_calls().iter().filter(|call| **call == "userinfo").count(),
        1,
        "no second identity"
    );
    assert_eq!(browser.log_in_for(&mut world, "test", "/prive/notaire/").status, 303);
    assert_eq!(level_of(&mut browser, &mut world), json!([PLUS, "eidas3"]));
}

#[test]
fn a_link_may_ask_for_more_than_the_page_and_never_for_less() {
    let mut world = World::both();
    for (query, expected) in [
        ("return_to=/&acr_values=eidas2", Some((PLUS, "eidas2"))),
        ("return_to=/prive/sante/&acr_values=eidas3", Some((PLUS, "eidas3"))),
        ("return_to=/prive/notaire/&acr_values=eidas1", Some((PLUS, "eidas3"))),
        ("acr_values=eidas1", Some((ISSUER, "eidas1"))),
        ("acr_values=eidas4", None),
        ("acr_values=eidas2+eidas3", None),
        ("acr_values=", None),
    ] {
        let answer = Browser::new().get(&mut world, &format!("/auth/login?{query}"));
        match expected {
            Some((issuer, acr)) => {
                let location = answer.get("location").unwrap_or_else(|| panic!("{query}"));
                assert_eq!(asked(location), (issuer, Some(acr.to_owned())), "{query}");
            }
            None => assert_eq!(answer.status, 400, "{query}"),
        }
    }
    let mut alone = World::new();
    assert_eq!(
        Browser::new().get(&mut alone, "/auth/login?acr_values=eidas2").status,
        400,
        "nobody gives it"
    );
}
