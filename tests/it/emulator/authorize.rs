//! The authorization request: each of the eleven parameters, and the answer to each thing wrong with them.

use super::{ISSUER, NOW, REDIRECT, STATE, authorize, emulator, identity, page_code, parameter};
use franceconnect_edge::emulator::{Client, Emulator, Reply, Request, Visitor};
use serde_json::json;

/// What an authorization request leads to.
enum To {
    /// The first page of the citizen's way.
    Choice,
    /// A page with this code.
    Page(&'static str),
    /// The service, told this error with this description, in the query.
    Service(&'static str, &'static str),
    /// The same in the fragment.
    Fragment(&'static str, &'static str),
}

use To::{Choice, Fragment, Page, Service};

fn check(changes: &[(&str, &str)], to: &To) {
    let url = authorize(changes);
    let (at, query) = url.split_once('?').unwrap();
    for request in [Request::get(&url), Request::post(at, query)] {
        check_reply(&emulator().handle(NOW, &request), changes, to);
    }
}

fn check_reply(reply: &Reply, changes: &[(&str, &str)], to: &To) {
    let location = reply.get("location").unwrap_or_default();
    match to {
        Choice => {
            assert_eq!(reply.status, 303, "{changes:?}");
            assert!(location.starts_with("/api/v2/interaction/"), "{changes:?}: {location}");
        }
        Page(code) => {
            let status = if *code == "Y000404" { 404 } else { 400 };
            assert_eq!((page_code(reply), reply.status), (Some(*code), status), "{changes:?}: {location}");
            assert!(!reply.text().contains("Revenir sur"), "{changes:?}: no link back");
        }
        Service(error, description) | Fragment(error, description) => {
            assert_eq!(reply.status, 303, "{changes:?}: {:?}", page_code(reply));
            let mut url = url::Url::parse(location).unwrap();
            if matches!(to, Fragment(..)) {
                assert_eq!(url.query(), None, "{changes:?}");
                let fragment = url.fragment().unwrap().to_owned();
                url.set_query(Some(&fragment));
            }
            let told: Vec<(String, String)> = url.query_pairs().into_owned().collect();
            let expected =
                [("error", *error), ("error_description", description), ("state", STATE), ("iss", ISSUER)];
            assert_eq!(told, expected.map(|(name, value)| (name.into(), value.into())), "{changes:?}");
        }
    }
}

#[test]
fn the_front_door() {
    check(&[], &Choice);
    for name in ["response_type", "client_id", "redirect_uri", "scope", "acr_values", "state", "nonce"] {
        check(&[(&format!("-{name}"), "")], &Page("Y030007"));
        check(&[(name, "a"), (name, "b")], &Page("Y030007"));
    }
    for empty in ["client_id", "redirect_uri", "nonce", "prompt"] {
        check(&[(empty, "")], &Page("Y030007"));
    }
    for foreign in [
        "code_challenge",
        "code_challenge_method",
        "response_mode",
        "login_hint",
        "max_age",
        "display",
        "id_token_hint",
        "request",
        "request_uri",
        "registration",
        "resource",
        "utm_source",
    ] {
        check(&[(foreign, "1")], &Page("Y030007"));
    }
    check(&[("redirect_uri", "not-a-url")], &Page("Y030007"));
    check(&[("nonce", "abcdefghijklmnopqrstu")], &Page("Y030007"));
    check(&[("nonce", "@#&defghijklmnopqrstuv")], &Choice);
    check(&[("ui_locales", "fr"), ("claims", r#"{"id_token":{}}"#)], &Choice);
    for prompt in ["login", "consent", "login consent", "consent login", "login  consent", "login login"] {
        check(&[("prompt", prompt)], &Choice);
    }
    let long = "login ".repeat(11) + "login";
    for prompt in ["none", "select_account", "login none", "create", " login", "login ", "LOGIN", &long] {
        check(&[("prompt", prompt)], &Page("Y030007"));
    }
}

#[test]
fn the_client_and_its_addresses() {
    check(&[("client_id", "inconnu")], &Page("Y04EA6EF"));
    check(&[("redirect_uri", "http://localhost:3000/auth/callback/")], &Page("Y04C013C"));
    check(&[("redirect_uri", "https://autre.exemple.fr/")], &Page("Y04C013C"));
    // The engine tells nobody at an address it does not know.
    check(&[("redirect_uri", "https://autre.exemple.fr/"), ("scope", "profile")], &Page("Y040001"));
    check(&[("redirect_uri", "https://autre.exemple.fr/"), ("response_type", "token")], &Page("Y040001"));
}

#[test]
fn response_types_and_scopes() {
    let unsupported = "unsupported response_type requested";
    check(
        &[("response_type", "")],
        &Service("invalid_request", "missing required parameter 'response_type'"),
    );
    check(&[("response_type", "none")], &Service("unsupported_response_type", unsupported));
    for hybrid in ["token", "id_token", "id_token token", "code id_token", "code token", "tokens"] {
        check(&[("response_type", hybrid)], &Fragment("unsupported_response_type", unsupported));
    }
    let openid = "openid scope must be requested when using the acr_values parameter";
    check(&[("scope", "")], &Service("invalid_request", openid));
    check(&[("scope", "profile email")], &Service("invalid_request", openid));
    check(&[("scope", "openid inconnu offline_access")], &Choice);
    let narrow = ("client_id", "etroit");
    check(&[narrow, ("scope", "openid profile inconnu")], &Choice);
    check(&[narrow, ("scope", "openid email")], &Service("invalid_scope", "requested scope is not allowed"));
    check(
        &[narrow, ("scope", "openid dgfip_rfr")],
        &Service("invalid_scope", "requested scope is not allowed"),
    );
}

#[test]
fn levels() {
    let long = format!("{} eidas1", "inconnu".repeat(10));
    for accepted in ["eidas1", "eidas3 eidas1", "eidas1  eidas2", "inconnu", "EIDAS2", "", " ", &long] {
        check(&[("acr_values", accepted)], &Choice);
    }
    let expected = "acr_value is not valid, should be equal one of these values, expected eidas1, got eidas";
    for (asked, got) in [("eidas2", "2"), ("eidas3", "3"), ("eidas3 eidas2", "2"), ("inconnu eidas2", "2")] {
        let description: &'static str = format!("{expected}{got}").leak();
        check(&[("acr_values", asked)], &Service("invalid_acr", description));
    }
}

#[test]
fn claims_and_identity_provider_hints() {
    let asked = r#"{"id_token":{"amr":{"essential":true}}}"#;
    check(&[("claims", asked)], &Page("Y100009"));
    check(&[("claims", r#"{"userinfo":{"amr":null}}"#)], &Page("Y100009"));
    check(&[("claims", asked), ("client_id", "amr")], &Choice);
    check(&[("claims", "")], &Choice);
    for (claims, description) in [
        ("amr", "could not parse the claims parameter JSON"),
        ("[]", "claims parameter should be a JSON object"),
        (r#"{"autre":{}}"#, "claims parameter should have userinfo or id_token properties"),
        ("null", "claims parameter should be a JSON object"),
        (r#"{"userinfo":1}"#, "claims.userinfo should be an object"),
        (r#"{"userinfo":null,"id_token":{}}"#, "claims.userinfo should be an object"),
        (r#"{"id_token":[]}"#, "claims.id_token should be an object"),
    ] {
        check(&[("claims", claims)], &Service("invalid_request", description));
    }
    let refused = Service("invalid_idp_hint", "An idp_hint was provided but is not allowed");
    check(&[("idp_hint", "demonstration-courriel")], &refused);
    check(&[("client_id", "amr"), ("idp_hint", "autre")], &refused);
    check(&[("idp_hint", "")], &Choice);

    let mut emulator = emulator();
    let hinted = [("client_id", "amr"), ("idp_hint", "demonstration-courriel"), ("claims", asked)];
    let (path, page) = Visitor::new().open(&mut emulator, NOW, &authorize(&hinted));
    assert!(path.ends_with("/connexion") && page.status == 200, "no choice to make: {path}");
    let (id_token, userinfo) = identity(&mut emulator, &hinted, "test");
    assert_eq!(id_token["amr"], json!(["fc", "mail"]));
    assert_eq!(userinfo["email"], "courriel.wossewodda-3728@yopmail.com");
    let (id_token, _) = identity(&mut emulator, &[("client_id", "amr")], "test");
    assert_eq!(id_token.get("amr"), None, "granted, but not asked");
}

#[test]
fn without_a_list_of_its_own_a_client_may_name_who_is_on_the_selection_page() {
    let mut settings = emulator().settings().clone();
    settings.clients.push(Client { idp_hints: None, ..super::client("sans-liste") });
    let mut emulator = Emulator::new(settings);
    for (hint, step) in [("demonstration-courriel", Some("/connexion")), ("eidas-bridge", None)] {
        let url = authorize(&[("client_id", "sans-liste"), ("idp_hint", hint)]);
        let (path, reply) = Visitor::new().open(&mut emulator, NOW, &url);
        match step {
            Some(step) => assert!(path.ends_with(step), "{hint}: {path}"),
            None => assert_eq!(parameter(&reply, "error").as_deref(), Some("invalid_idp_hint"), "{hint}"),
        }
    }
}

#[test]
fn what_is_checked_first_is_told() {
    let nowhere = ("redirect_uri", "https://autre.exemple.fr/");
    let wrong = [
        (("nonce", "court"), Page("Y030007")),
        (("client_id", "inconnu"), Page("Y04EA6EF")),
        (
            ("response_type", "token"),
            Fragment("unsupported_response_type", "unsupported response_type requested"),
        ),
        (("client_id", "etroit"), Service("invalid_scope", "requested scope is not allowed")),
        (("claims", "x"), Service("invalid_request", "could not parse the claims parameter JSON")),
    ];
    // Each fault with all those below it; a client has one name only.
    for (at, (first, to)) in wrong.iter().enumerate() {
        let below = wrong.iter().skip(at + 1).map(|(pair, _)| *pair).filter(|(name, _)| *name != first.0);
        let changes: Vec<(&str, &str)> = std::iter::once(*first).chain(below).collect();
        check(&changes, to);
    }
    check(&[nowhere, ("claims", "x")], &Page("Y04C013C"));
    check(&[nowhere, ("client_id", "etroit")], &Page("Y040001"));
    check(&[nowhere, ("acr_values", "eidas2"), ("idp_hint", "autre")], &Page("Y04C013C"));
    let level = "acr_value is not valid, should be equal one of these values, expected eidas1, got eidas2";
    check(&[("acr_values", "eidas2"), ("idp_hint", "autre")], &Service("invalid_acr", level));
}

#[test]
fn an_empty_state_is_not_echoed_and_a_form_is_taken_too() {
    let mut emulator = emulator();
    let back = Visitor::new().log_in(&mut emulator, NOW, &authorize(&[("state", "")]), "test");
    assert_eq!((parameter(&back, "state"), parameter(&back, "code").is_some()), (None, true));
    let url = authorize(&[]);
    let form = url.split_once('?').unwrap().1;
    let reply = emulator.handle(NOW, &Request::post(&format!("{ISSUER}/authorize"), form));
    assert_eq!(reply.status, 303);
    assert!(!reply.get("location").unwrap().starts_with(REDIRECT));
}

#[test]
fn other_addresses_and_methods() {
    let mut emulator = emulator();
    for (method, path) in [
        ("GET", "/token"),
        ("POST", "/userinfo"),
        ("POST", "/session/end"),
        ("PUT", "/authorize"),
        ("GET", "/token/introspection"),
        ("GET", "/piege/inconnu"),
    ] {
        let reply = emulator.handle(NOW, &Request::new(method, &format!("{ISSUER}{path}")));
        assert_eq!((page_code(&reply), reply.status), (Some("Y000404"), 404), "{method} {path}");
    }
    let home = emulator.handle(NOW, &Request::get(ISSUER));
    assert_eq!((home.status, home.get("location")), (301, Some("https://franceconnect.gouv.fr")));
    assert_eq!(emulator.handle(NOW, &Request::get("/_emulateur/api/calls")).status, 404, "control is off");
}

#[test]
fn strict_addresses_have_a_top_level_domain() {
    for (uri, loose, strict) in [
        ("https://service.exemple.fr/retour", true, true),
        ("http://service.exemple.fr:8080/retour", true, true),
        ("http://localhost:3000/auth/callback", true, false),
        ("http://essai.localhost/retour", true, false),
        ("https://intranet/retour", true, false),
        ("http://127.0.0.1:3000/retour", true, false),
        ("http://[::1]:3000/retour", true, false),
        ("urn:exemple:retour", false, false),
    ] {
        for (strict_urls, taken) in [(false, loose), (true, strict)] {
            let mut settings = emulator().settings().clone();
            settings.strict_urls = strict_urls;
            settings.clients.iter_mut().for_each(|client| client.redirect_uris = vec![uri.into()]);
            let mut emulator = Emulator::new(settings);
            let reply = emulator.handle(NOW, &Request::get(&authorize(&[("redirect_uri", uri)])));
            let expected = if taken { (303, None) } else { (400, Some("Y030007")) };
            assert_eq!((reply.status, page_code(&reply)), expected, "{uri} {strict_urls}");
        }
    }
}
