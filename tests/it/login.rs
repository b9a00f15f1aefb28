//! Logins as conversations: the whole way, the calls it makes, several tabs, replays, other browsers.

use franceconnect_edge::emulator::{Alg, Fault};
use franceconnect_edge::wire::params::Params;
use franceconnect_edge::wire::{Header, Method, Request};

use crate::support::conversation::{Browser, ISSUER, SITE, World, variables};

#[test]
fn a_login_from_the_gate_to_the_page_and_out_again() {
    let (mut world, mut browser) = (World::new(), Browser::new());
    let gate = browser.get(&mut world, "/prive/?page=2");
    assert_eq!(
        (gate.status, gate.get("location")),
        (303, Some("/auth/login?return_to=%2Fprive%2F%3Fpage%3D2"))
    );
    let callback = browser.authorize(&mut world, "test", "%2Fprive%2F%3Fpage%3D2");
    world.take_calls();
    let landed = browser.get(&mut world, &callback);
    assert_eq!((landed.status, landed.get("location")), (303, Some("/prive/?page=2")));
    assert_eq!(world.take_calls(), ["jwks", "token", "userinfo"], "three calls when cold");
    assert_eq!(browser.cookies.len(), 1, "the flow cookie is gone, the session is there");
    let page = browser.get(&mut world, "/prive/?page=2");
    assert_eq!((page.status, page.get("cache-control")), (200, Some("private, no-store")));
    let session: serde_json::Value =
        serde_json::from_slice(&browser.get(&mut world, "/auth/session").body).unwrap();
    assert_eq!(session["name"], "Angela DUBOIS");
    assert_eq!(session["acr"], "eidas1");
    let profile = String::from_utf8(browser.get(&mut world, "/auth/profile").body).unwrap();
    for shown in ["Nom de naissance", "DUBOIS", "Angela Claire Louise", "24 août 1962", "75107", "Féminin"]
    {
        assert!(profile.contains(shown), "{shown}");
    }
    assert_eq!(profile.matches(">Se déconnecter<").count(), 1);
    assert_eq!(profile.matches(">Se déconnecter partout<").count(), 1);

    let left = browser.post(&mut world, "/auth/logout");
    let end_session = left.get("location").unwrap().to_owned();
    assert!(end_session.starts_with(&format!("{ISSUER}/session/end?id_token_hint=")), "{end_session}");
    assert!(!browser.is_logged_in(&mut world), "here first");
    let (_, back) = browser.emulator.open(&mut world.emulator, world.now, &end_session);
    let returned = browser.get(&mut world, back.get("location").unwrap());
    assert_eq!((returned.status, returned.get("location")), (303, Some("/deconnecte.html")));
    assert!(browser.cookies.is_empty());
    assert_eq!(world.last_code(), "logout.finished");
}

#[test]
fn two_calls_when_warm_with_either_algorithm() {
    for (name, alg) in [("ES256", Alg::Es256), ("RS256", Alg::Rs256)] {
        let mut variables = variables();
        variables.insert("FC_ID_TOKEN_ALG", name.to_owned());
        let mut world = World::with(&variables, alg);
        assert_eq!(Browser::new().log_in(&mut world, "test").status, 303, "{:?}", world.events.last());
        world.take_calls();
        for _ in 0..3 {
            let mut browser = Browser::new();
            browser.log_in(&mut world, "avec_nom_dusage");
            assert!(browser.is_logged_in(&mut world));
            assert_eq!(world.take_calls(), ["token", "userinfo"], "{name}");
        }
        world.now = world.now.plus(600);
        Browser::new().log_in(&mut world, "test");
        assert_eq!(world.take_calls(), ["jwks", "token", "userinfo"], "keys live 600 seconds");
    }
}

#[test]
fn the_authorization_request_has_franceconnects_parameters_and_no_others() {
    let mut variables = variables();
    for (name, value) in
        [("FC_AMR", "true"), ("FC_PROMPT", "login"), ("FC_IDP_HINT", "idp-1"), ("FC_UI_LOCALES", "fr")]
    {
        variables.insert(name, value.to_owned());
    }
    let mut world = World::with(&variables, Alg::Es256);
    let mut seen = Vec::new();
    for _ in 0..50 {
        let sent = Browser::new().get(&mut world, "/auth/login?state=chosen&nonce=chosen&return_to=/prive/");
        let url = sent.get("location").unwrap();
        let query = Params::parse(url.split_once('?').unwrap().1).unwrap();
        let mut names: Vec<&str> = query.names().collect();
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "acr_values",
                "claims",
                "client_id",
                "idp_hint",
                "nonce",
                "prompt",
                "redirect_uri",
                "response_type",
                "scope",
                "state",
                "ui_locales"
            ]
        );
        assert_eq!(query.get("redirect_uri"), Some("http://localhost:8787/auth/callback"));
        assert_eq!(query.get("claims"), Some(r#"{"id_token":{"amr":{"essential":true}}}"#));
        for name in ["state", "nonce"] {
            let value = query.get(name).unwrap().to_owned();
            assert!(value.len() >= 32 && value.chars().all(|c| c.is_ascii_alphanumeric()), "{value}");
            for class in [char::is_lowercase, char::is_uppercase, char::is_numeric] {
                assert!(value.contains(class), "{value}");
            }
            assert!(!seen.contains(&value), "drawn twice");
            seen.push(value);
        }
    }
}

#[test]
fn tabs_do_not_disturb_each_other() {
    let (mut world, mut browser) = (World::new(), Browser::new());
    let mut callbacks = Vec::new();
    for tab in 1..=7 {
        world.now = world.now.plus(1);
        callbacks.push(browser.authorize(&mut world, "test", &format!("/prive/{tab}")));
    }
    assert_eq!(browser.cookies.len(), 5, "the oldest gave way");
    // The two that gave way end on a page; every tab that is left lands where it was going, in any order.
    for (tab, callback) in (1..=7).zip(&callbacks) {
        let answer = browser.get(&mut world, callback);
        let expected = if tab <= 2 { (400, None) } else { (303, Some(format!("/prive/{tab}"))) };
        assert_eq!((answer.status, answer.get("location").map(str::to_owned)), expected, "tab {tab}");
    }
    assert_eq!(browser.get(&mut world, &callbacks[0]).status, 200, "somebody who is logged in is told so");
    assert_eq!(browser.cookies.len(), 1);
}

#[test]
fn a_replay_makes_no_call_and_no_second_session() {
    let (mut world, mut browser) = (World::new(), Browser::new());
    let callback = browser.authorize(&mut world, "test", "/prive/");
    let before = browser.clone();
    assert_eq!(browser.get(&mut world, &callback).status, 303);
    world.take_calls();
    let again = browser.get(&mut world, &callback);
    assert_eq!((again.status, world.take_calls()), (200, vec![]), "told that all is well");
    assert!(
        again.get("set-cookie").is_none() && browser.is_logged_in(&mut world),
        "the session is untouched"
    );
    // Two concurrent ones: the provider refuses the code the second time, and the loser gets a page.
    let mut twin = before;
    let lost = twin.get(&mut world, &callback);
    assert_eq!(
        (lost.status, world.take_calls(), world.last_code()),
        (400, vec!["token"], "token.invalid_grant")
    );
    assert!(!twin.is_logged_in(&mut world));
}

#[test]
fn a_callback_belongs_to_the_browser_that_began() {
    let mut world = World::new();
    let (mut attacker, mut victim) = (Browser::new(), Browser::new());
    let callback = attacker.authorize(&mut world, "test", "/prive/");
    victim.authorize(&mut world, "test", "/prive/");
    world.take_calls();
    let forced = victim.get(&mut world, &callback);
    assert_eq!((forced.status, world.take_calls(), world.last_code()), (400, vec![], "callback.no_login"));
    assert!(!victim.is_logged_in(&mut world));
    assert_eq!(victim.cookies.len(), 1, "the victim's own login stays usable");
    // The attacker's code in the victim's login.
    let own = victim.authorize(&mut world, "test", "/prive/");
    let code =
        |url: &str| Params::parse(url.split_once('?').unwrap().1).unwrap().get("code").unwrap().to_owned();
    let mixed = own.replace(&code(&own), &code(&callback));
    let answer = victim.get(&mut world, &mixed);
    assert_eq!((answer.status, world.last_code()), (400, "id_token.nonce"));
    assert!(!victim.is_logged_in(&mut world));
}

#[test]
fn queries_that_are_no_callback() {
    let (mut world, mut browser) = (World::new(), Browser::new());
    let callback = browser.authorize(&mut world, "test", "/prive/");
    let (path, query) = callback.split_once('?').unwrap();
    let path = path.trim_start_matches(world.config.public_url().origin()).to_owned();
    let state = Params::parse(query).unwrap().get("state").unwrap().to_owned();
    let without =
        |name: &str| query.split('&').filter(|pair| !pair.starts_with(name)).collect::<Vec<_>>().join("&");
    world.take_calls();
    let rows: Vec<(String, &str)> = vec![
        (String::new(), "callback.no_login"),
        (without("state"), "callback.no_login"),
        (query.replace(&state, "undefined"), "callback.no_login"),
        (query.replace(&state, ""), "callback.no_login"),
        (query.replace(&state, &state.to_lowercase()), "callback.no_login"),
        (format!("{query}&state={state}"), "callback.malformed"),
        (format!("{query}&code=other"), "callback.malformed"),
        (format!("{query}&iss=x"), "callback.malformed"),
        (format!("{query}&x=%"), "callback.malformed"),
        (format!("{query}&x=%00"), "callback.malformed"),
        (format!("{query}&x=%c0%af"), "callback.malformed"),
        (format!("{query}&x={}", "a".repeat(100_000)), "callback.malformed"),
        (format!("state={state}&iss=http%3A%2F%2Fevil.example"), "callback.iss"),
        (without("iss"), "callback.iss"),
        (without("code"), "callback.code"),
        (format!("{query}&error=access_denied"), "callback.code"),
        (format!("{}&code=", without("code")), "callback.code"),
        (format!("{}&code={}", without("code"), "c".repeat(5000)), "callback.code"),
        ("error=access_denied".to_owned(), "callback.no_login"),
        (format!("error=access_denied&state={}", "Z9z".repeat(12)), "callback.no_login"),
    ];
    for (query, code) in rows {
        let mut browser = browser.clone();
        let answer = browser.get(&mut world, &format!("{path}?{query}"));
        let short = &query[..query.len().min(90)];
        assert_eq!((answer.status, world.last_code()), (400, code), "{short}");
        assert_eq!(world.take_calls(), Vec::<&str>::new(), "{short}");
        assert!(!browser.is_logged_in(&mut world), "{short}");
        assert!(String::from_utf8(answer.body).unwrap().contains("fr-connect__brand"), "a way to try again");
    }
    assert_eq!(browser.get(&mut world, &callback).status, 303, "none of it spoiled the login");
}

#[test]
fn a_prefetch_spends_nothing() {
    let (mut world, mut browser) = (World::new(), Browser::new());
    let callback = browser.authorize(&mut world, "test", "/prive/");
    for target in ["/auth/login?return_to=/", callback.trim_start_matches("http://localhost:8787")] {
        let mut headers = browser.headers();
        headers.set(Header::SecPurpose, Some("prefetch;prerender".to_owned()));
        let answer = browser.send(&mut world, Request::new(Method::Get, target, headers));
        assert_eq!((answer.status, answer.get("set-cookie")), (403, None), "{target}");
    }
    assert_eq!(browser.get(&mut world, &callback).status, 303);
}

#[test]
fn a_login_may_not_start_in_a_frame_or_script() {
    let mut world = World::new();
    for (mode, dest, status) in [
        ("navigate", "document", 303),
        ("navigate", "iframe", 403),
        ("navigate", "embed", 403),
        ("cors", "empty", 403),
        ("no-cors", "image", 403),
    ] {
        let mut headers = Browser::new().headers();
        headers.set(Header::SecFetchMode, Some(mode.to_owned()));
        headers.set(Header::SecFetchDest, Some(dest.to_owned()));
        let answer = Browser::new().send(&mut world, Request::new(Method::Get, "/auth/login", headers));
        assert_eq!(answer.status, status, "{mode} {dest}");
    }
}

#[test]
fn every_error_of_franceconnect_is_a_page_in_both_languages() {
    for (word, failure) in franceconnect_edge::franceconnect::ERRORS.iter().copied().chain([(
        "<script>alert(1)</script>",
        franceconnect_edge::franceconnect::callback_error("unheard-of"),
    )]) {
        for (language, lang) in [(None, "fr"), (Some("en-GB,en;q=0.9,fr;q=0.5"), "en")] {
            let (mut world, mut browser) = (World::new(), Browser::new());
            browser.language = language.map(str::to_owned);
            let callback = browser.authorize(&mut world, "test", "/prive/");
            let query = Params::parse(callback.split_once('?').unwrap().1).unwrap();
            let iss = franceconnect_edge::wire::params::encode(ISSUER);
            let target = format!(
                "/auth/callback?error={}&error_description=%3Cb%3Ehostile%3C%2Fb%3E&state={}&iss={iss}",
                franceconnect_edge::wire::params::encode(word),
                query.get("state").unwrap()
            );
            world.take_calls();
            let answer = browser.get(&mut world, &target);
            let page = String::from_utf8(answer.body.clone()).unwrap();
            assert_eq!(world.last_code(), failure.code, "{word}");
            assert!(page.contains(&format!("<html lang=\"{lang}\">")), "{word} {lang}");
            assert!(
                page.contains("fr-connect__brand") && page.contains("value=\"/prive/\""),
                "a way to try again"
            );
            assert!(!page.contains("hostile") && !page.contains("alert(1)"), "no text of a stranger");
            assert_eq!(answer.get("cache-control"), Some("private, no-store"));
            assert_eq!(world.take_calls(), Vec::<&str>::new());
            assert!(browser.cookies.is_empty(), "one login, one callback");
            let calm = word == "access_denied";
            assert_eq!(
                answer.status == 200,
                calm || answer.status == 200 && word.ends_with("_required"),
                "{word}"
            );
        }
    }
}

#[test]
fn on_https_every_cookie_is_a_host_cookie() {
    let mut variables = variables();
    variables.insert("PUBLIC_URL", SITE.to_owned());
    variables.insert("FC_ENVIRONMENT", "sandbox".to_owned());
    variables.remove("FC_ISSUER");
    let mut world = World::with(&variables, Alg::Es256);
    let mut browser = Browser::new();
    let sent = browser.get(&mut world, "/auth/login");
    let cookie = sent.get("set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-fc_flow_"), "{cookie}");
    for attribute in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure", "; Max-Age=1800"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(
        sent.get("location")
            .unwrap()
            .starts_with("https://fcp-low.sbx.dev-franceconnect.fr/api/v2/authorize?")
    );
    browser.log_in(&mut world, "test");
    assert!(browser.cookies.keys().all(|name| name.starts_with("__Host-")));
    assert!(browser.is_logged_in(&mut world));
}

#[test]
fn keys_change_in_the_middle_of_a_login() {
    let (mut world, mut browser) = (World::new(), Browser::new());
    browser.log_in(&mut world, "test");
    let fault = Fault::from_name("jwks.rotated_before_signing").unwrap();
    world.emulator.misbehave(Some(fault));
    let mut other = Browser::new();
    world.take_calls();
    assert_eq!(other.log_in(&mut world, "test").status, 303, "{:?}", world.events.last());
    assert!(world.take_calls().iter().filter(|call| **call == "jwks").count() <= 2);
}

#[test]
fn a_token_from_before_the_login_belongs_to_another() {
    for (seconds, status) in [(9, 303), (40, 400)] {
        let (mut world, mut browser) = (World::new(), Browser::new());
        let sent = browser.get(&mut world, "/auth/login");
        // The provider's clock, and ours with it, stands earlier than when the login began.
        world.now = world.now.plus(-seconds);
        let url = sent.get("location").unwrap().to_owned();
        let reply = browser.emulator.log_in(&mut world.emulator, world.now, &url, "test");
        let callback = reply.get("location").unwrap().to_owned();
        let answer = browser.get(&mut world, &callback);
        assert_eq!(answer.status, status, "{seconds}: {}", world.last_code());
        assert_eq!(world.last_code() == "id_token.iat", status == 400, "{seconds}");
    }
}
