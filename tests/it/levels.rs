//! FranceConnect+ beside FranceConnect: levels per path, step-up, sessions that never mix, logout of both.

use franceconnect_edge::emulator::{self, Alg, Fault};
use franceconnect_edge::wire::{Header, Method, Request};
use serde_json::{Value, json};

use crate::support::conversation::{
    Browser, ISSUER, PLUS, World, both_variables, configure, plus_variables, private_keys,
};

fn level_of(browser: &mut Browser, world: &mut World) -> Value {
    let session = browser.session(world);
    json!([session["iss"], session["acr"]])
}

/// Where an authorization request of ours goes, and what it asks for.
fn asked(location: &str) -> (&str, Option<String>) {
    let (endpoint, query) = location.split_once('?').unwrap();
    let acr = url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "acr_values")
        .map(|(_, value)| value.into_owned());
    (endpoint.strip_suffix("/authorize").unwrap(), acr)
}

#[test]
fn one_variable_is_the_other_product() {
    let mut world = World::with(&plus_variables(), Alg::Es256);
    let mut browser = Browser::new();
    let sent = browser.get(&mut world, "/auth/login?return_to=/prive/");
    assert_eq!(asked(sent.get("location").unwrap()), (PLUS, Some("eidas2".to_owned())));
    assert_eq!(browser.log_in(&mut world, "test").status, 303);
    assert_eq!(level_of(&mut browser, &mut world), json!([PLUS, "eidas2"]));
    assert_eq!(browser.get(&mut world, "/prive/").status, 200);
    assert_eq!(world.take_calls(), ["jwks", "token", "userinfo"]);
}

#[test]
fn every_way_in_to_franceconnect_plus() {
    for (changes, keys) in [
        (vec![], vec!["ECDH-ES"]),
        (vec![("FC_ENCRYPTION_ALG", "RSA-OAEP-256")], vec!["RSA-OAEP-256", "ECDH-ES"]),
        (vec![("FC_CLIENT_AUTH", "private_key_jwt"), ("FC_CLIENT_SECRET", "")], vec!["ES256", "ECDH-ES"]),
        (vec![("FC_ACR_VALUES", "eidas3")], vec!["ECDH-ES"]),
        (vec![("FC_AMR", "true")], vec!["ECDH-ES"]),
        (vec![("FC_SCOPES", "openid rnipp_identite_pivot email amr")], vec!["ECDH-ES"]),
    ] {
        let mut variables = plus_variables();
        variables.insert("FC_PRIVATE_KEYS", private_keys(&keys));
        variables.extend(changes.iter().map(|(name, value)| (*name, (*value).to_owned())));
        let mut world = World::with(&variables, Alg::Es256);
        let mut browser = Browser::new();
        assert_eq!(browser.log_in(&mut world, "test").status, 303, "{changes:?} {}", world.last_code());
        let session = browser.session(&mut world);
        let expected = variables.get("FC_ACR_VALUES").map_or("eidas2", String::as_str);
        assert_eq!(session["acr"], expected, "{changes:?}");
        let amr =
            if variables.contains_key("FC_AMR") { json!(["fc", "pop", "mfa", "pin"]) } else { json!([]) };
        assert_eq!(session["amr"], amr, "{changes:?}");
    }
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

/// FranceConnect's word is worth `eidas1`, whatever its token says.
#[test]
fn a_provider_vouches_for_no_more_than_its_product() {
    let mut world = World::both();
    world.emulator.misbehave(Some(Fault::from_name("id_token.acr_higher").unwrap()));
    let mut browser = Browser::new();
    assert_eq!(browser.log_in(&mut world, "test").status, 303, "more is no fault");
    assert_eq!(level_of(&mut browser, &mut world), json!([ISSUER, "eidas1"]));
    assert_eq!(browser.get(&mut world, "/prive/sante/").status, 303);
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
fn what_the_envelope_repeats_of_the_token_must_be_true() {
    for row in ["outer_iss", "outer_aud", "outer_sub"] {
        for (token, code) in [("id_token_jwe", "id_token.envelope"), ("userinfo_jwe", "userinfo.envelope")] {
            let name = format!("{token}.{row}");
            let mut world = World::with(&plus_variables(), Alg::Es256);
            world.emulator.misbehave(Some(Fault::from_name(&name).unwrap_or_else(|| panic!("{name}"))));
            let mut browser = Browser::new();
            assert_eq!((browser.log_in(&mut world, "test").status, world.last_code()), (400, code), "{name}");
            assert!(!browser.is_logged_in(&mut world), "{name}");
        }
    }
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

#[test]
fn logins_at_both_products_run_side_by_side() {
    let mut world = World::both();
    let mut browser = Browser::new();
    let low = browser.authorize(&mut world, "test", "/prive/");
    let high = browser.authorize(&mut world, "test", "/prive/sante/");
    assert_eq!(browser.get(&mut world, &high).get("location"), Some("/prive/sante/"));
    assert_eq!(browser.get(&mut world, &low).get("location"), Some("/prive/"));
    assert_eq!(level_of(&mut browser, &mut world), json!([ISSUER, "eidas1"]), "the last login counts, whole");
}

#[test]
fn the_answer_of_one_provider_is_not_taken_for_the_other() {
    let mut world = World::both();
    let mut browser = Browser::new();
    let high = browser.authorize(&mut world, "test", "/prive/sante/");
    world.take_calls();
    let mixed = high.replace(&format!("iss={}", encoded(PLUS)), &format!("iss={}", encoded(ISSUER)));
    assert_ne!(mixed, high);
    assert_eq!(browser.get(&mut world, &mixed).status, 400);
    assert_eq!((world.last_code(), world.take_calls().len()), ("callback.iss", 0));
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// Follows a logout from our form to the page where it ends; answers the providers that were asked, in order,
/// and how the hint of each was written.
fn log_out(browser: &mut Browser, world: &mut World) -> Vec<(String, usize)> {
    let mut asked = Vec::new();
    let mut answer = browser.post(world, "/auth/logout");
    for _ in 0..4 {
        let location = answer.get("location").unwrap().to_owned();
        if !location.starts_with("http://127.0.0.1") {
            assert_eq!(location, "/deconnecte.html");
            break;
        }
        let url = url::Url::parse(&location).unwrap();
        let hint = url.query_pairs().find(|(name, _)| name == "id_token_hint").unwrap().1.into_owned();
        let issuer = if location.starts_with(PLUS) { PLUS } else { ISSUER };
        asked.push((issuer.to_owned(), hint.split('.').count()));
        let now = world.now;
        let request = emulator::Request::get(&location);
        let second = issuer == PLUS;
        let provider = world.provider(&request, &location);
        let visitor = if second { &mut browser.plus } else { &mut browser.emulator };
        let (_, back) = visitor.open(provider, now, &location);
        let back = back.get("location").unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(&back.body)));
        answer = browser.get(world, back);
    }
    asked
}

#[test]
fn one_logout_ends_what_both_products_began() {
    let mut world = World::both();
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    browser.log_in_for(&mut world, "test", "/prive/sante/");
    // A second one at the same provider takes the place of the first: each is logged out once.
    browser.log_in_for(&mut world, "test", "/prive/notaire/");
    assert_eq!(log_out(&mut browser, &mut world), [(ISSUER.to_owned(), 3), (PLUS.to_owned(), 3)]);
    assert!(!browser.is_logged_in(&mut world));
    assert!(browser.cookies.is_empty(), "{:?}", browser.cookies.keys());
    assert_eq!(world.last_code(), "logout.finished");
}

/// FranceConnect+ forgets a citizen after ten minutes, and may show an error page then: FranceConnect, which would
/// let the next person at this browser in, is logged out before that.
#[test]
fn the_provider_that_still_remembers_is_logged_out_first() {
    let mut world = World::both();
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    world.now = world.now.plus(60);
    browser.log_in_for(&mut world, "test", "/prive/sante/");
    world.now = world.now.plus(700);
    let location = browser.post(&mut world, "/auth/logout").get("location").unwrap().to_owned();
    assert!(location.starts_with(ISSUER));
    let now = world.now;
    let (_, back) = browser.emulator.open(&mut world.emulator, now, &location);
    let second = browser.get(&mut world, back.get("location").unwrap());
    assert!(second.get("location").unwrap().starts_with(PLUS));
    // Nobody is remembered: the next login asks who it is.
    let sent = browser.get(&mut world, "/auth/login?return_to=/prive/");
    let (path, _) = browser.emulator.open(&mut world.emulator, now, sent.get("location").unwrap());
    assert!(!path.ends_with("information"), "{path}");
}

#[test]
fn a_provider_that_has_forgotten_the_citizen_is_not_asked() {
    let mut world = World::both();
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    world.now = world.now.plus(1_500);
    browser.log_in_for(&mut world, "test", "/prive/sante/");
    world.now = world.now.plus(301);
    assert_eq!(browser.get(&mut world, "/prive/").status, 200);
    let location = browser.post(&mut world, "/auth/logout").get("location").unwrap().to_owned();
    assert!(location.starts_with(PLUS));
    let state = url::Url::parse(&location).unwrap();
    let state = state.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let landed = browser.get(&mut world, &format!("/auth/logout/callback?state={state}"));
    assert_eq!(landed.get("location"), Some("/deconnecte.html"));
}

#[test]
fn sessions_of_both_products_fit_into_one_cookie() {
    for account in ["test", "identité_maximale", "nom_50+_caractères"] {
        let mut world = World::both();
        let mut browser = Browser::new();
        browser.log_in(&mut world, account);
        assert_eq!(browser.log_in_for(&mut world, account, "/prive/sante/").status, 303, "{account}");
        let bytes = browser.cookies["fc_session"].len();
        assert!(bytes < 3_900, "{account}: {bytes} bytes");
        println!("{account}: {bytes} bytes of session cookie");
    }
}

#[test]
fn what_franceconnect_fetches_from_us() {
    let mut world = World::both();
    let set = Browser::new().get(&mut world, "/auth/jwks.json");
    assert_eq!((set.status, set.get("content-type")), (200, Some("application/jwk-set+json")));
    assert_eq!(set.get("cache-control"), Some("public, max-age=300"));
    assert!(set.get("set-cookie").is_none());
    let body: Value = serde_json::from_slice(&set.body).unwrap();
    let members: Vec<&str> = body["keys"][0].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, ["alg", "crv", "kid", "kty", "use", "x", "y"]);
    assert_eq!(Browser::new().get(&mut World::new(), "/auth/jwks.json").status, 404);
    assert_eq!(Browser::new().get(&mut world, "/auth/sector-identifier.json").status, 404);
    let mut variables = both_variables();
    let others =
        "https://b.example/auth/callback, https://c.example/fc/retour,https://b.example/auth/callback";
    variables.insert("FC_SECTOR_REDIRECT_URIS", others.to_owned());
    world.config = configure(&variables);
    let sector = Browser::new().get(&mut world, "/auth/sector-identifier.json");
    let body: Value = serde_json::from_slice(&sector.body).unwrap();
    let own = "http://localhost:8787/auth/callback";
    assert_eq!(body, json!([own, "https://b.example/auth/callback", "https://c.example/fc/retour"]));
    assert_eq!(sector.get("content-type"), Some("application/json"));
}

#[test]
fn keys_are_rotated_without_a_login_lost() {
    // Append, promote, drop: FranceConnect+ may have fetched any of the sets up to five minutes ago.
    let steps = [&["ECDH-ES"][..], &["ECDH-ES", "ECDH-ES"]].map(private_keys);
    let reversed = {
        let set: Value = serde_json::from_str(&steps[1]).unwrap();
        let mut keys = set["keys"].as_array().unwrap().clone();
        keys.reverse();
        json!({ "keys": keys }).to_string()
    };
    let last = {
        let set: Value = serde_json::from_str(&reversed).unwrap();
        json!({ "keys": [set["keys"][0]] }).to_string()
    };
    let mut variables = plus_variables();
    variables.insert("FC_PRIVATE_KEYS", steps[0].clone());
    let mut world = World::with(&variables, Alg::Es256);
    for keys in [&steps[0], &steps[1], &reversed, &last] {
        variables.insert("FC_PRIVATE_KEYS", keys.clone());
        world.config = configure(&variables);
        // At once, with the set that FranceConnect+ still keeps, and when it has fetched the new one.
        for pause in [0, 301] {
            world.now = world.now.plus(pause);
            let at = format!("{pause} s after {} characters", keys.len());
            assert_eq!(Browser::new().log_in(&mut world, "test").status, 303, "{at}: {}", world.last_code());
        }
    }
}
