//! The logout: which hints are believed, and where it leads.

use super::{AFTER, ISSUER, NOW, authorize, emulator, form, json_of, page_code, parameter, token};
use crate::emulator::plus::{self, Plus};
use franceconnect_edge::emulator::{Emulator, Encryption, Reply, Request, Visitor};

/// A browser that has logged in, and its ID Token.
fn logged_in(emulator: &mut Emulator) -> (Visitor, String) {
    let mut browser = Visitor::new();
    let back = browser.log_in(emulator, NOW, &authorize(&[]), "test");
    let code = parameter(&back, "code").unwrap();
    let answer = json_of(&token(emulator, NOW, &[("code", &code)]));
    (browser, answer["id_token"].as_str().unwrap().to_owned())
}

fn end(emulator: &mut Emulator, browser: &mut Visitor, minutes: i64, pairs: &[(&str, &str)]) -> Reply {
    browser.open(emulator, NOW.plus(minutes * 60), &format!("{ISSUER}/session/end?{}", form(pairs))).1
}

#[test]
fn it_ends_the_session_and_comes_back() {
    let mut emulator = emulator();
    let (mut browser, hint) = logged_in(&mut emulator);
    // The hint has long expired, which is no reason to stay logged in.
    let pairs = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", AFTER), ("state", "é&=")];
    let reply = end(&mut emulator, &mut browser, 20, &pairs);
    assert_eq!(reply.status, 303);
    assert!(reply.get("location").unwrap().starts_with(AFTER));
    assert_eq!(parameter(&reply, "state").as_deref(), Some("é&="));
    assert!(reply.get("set-cookie").unwrap().contains("Max-Age=0"));
    let (path, _) = browser.open(&mut emulator, NOW.plus(20 * 60), &authorize(&[]));
    assert!(!path.ends_with("/information"), "nobody is known any more");
    let again = end(&mut emulator, &mut browser, 20, &pairs);
    assert_eq!((page_code(&again), again.status), (Some("Y100019"), 400));
}

#[test]
fn without_an_address_it_says_so() {
    let mut emulator = emulator();
    let (mut browser, hint) = logged_in(&mut emulator);
    let reply = end(&mut emulator, &mut browser, 0, &[("id_token_hint", &hint), ("client_id", "client")]);
    assert!(reply.status == 200 && reply.text().contains("Vous êtes déconnecté"));
}

#[test]
fn refusals_leave_the_session() {
    let mut emulator = emulator();
    let (mut browser, hint) = logged_in(&mut emulator);
    let (head, signature) = hint.rsplit_once('.').unwrap();
    let mut seed_of_another = super::emulator().settings().clone();
    seed_of_another.seed = [8; 32];
    let foreign = logged_in(&mut Emulator::new(seed_of_another)).1;
    let mut unknown_client = super::emulator().settings().clone();
    unknown_client.clients.retain(|client| client.client_id != "client");
    let encrypted = format!("{hint}.a.b");
    let hint_only = |hint: &str| vec![("id_token_hint", hint.to_owned())];
    let with =
        |name: &'static str, value: &str| vec![("id_token_hint", hint.clone()), (name, value.to_owned())];
    for (pairs, code) in [
        (vec![], "Y000400"),
        (hint_only(""), "Y000400"),
        (with("id_token_hint", &hint), "Y000400"),
        (with("logout_uri", "x"), "Y000400"),
        (hint_only("pas-un-jeton"), "Y04FEDB9"),
        (hint_only("a.b.c"), "Y04FEDB9"),
        (hint_only(&encrypted), "Y04FEDB9"),
        (hint_only(&format!("{head}.{}", signature.to_lowercase())), "Y045AFAE"),
        (hint_only(&foreign), "Y045AFAE"),
        (with("client_id", "autre"), "Y0467882"),
        (with("post_logout_redirect_uri", "http://localhost:3000/auth/logged-out/"), "Y04CFAEF"),
        (with("post_logout_redirect_uri", "http://localhost:3000/auth/callback"), "Y04CFAEF"),
        (with("post_logout_redirect_uri", ""), "Y000400"),
        (with("post_logout_redirect_uri", "deconnecte"), "Y000400"),
        (with("post_logout_redirect_uri", "javascript:alert(1)"), "Y000400"),
    ] {
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let reply = end(&mut emulator, &mut browser, 0, &pairs);
        assert_eq!((page_code(&reply), reply.status), (Some(code), 400), "{pairs:?}");
    }
    let mut unknown = Emulator::new(unknown_client);
    let stranger = end(&mut unknown, &mut browser, 0, &[("id_token_hint", &hint)]);
    assert_eq!(page_code(&stranger), Some("Y0429C91"));
    let other = end(&mut unknown, &mut browser, 0, &[("id_token_hint", &hint), ("client_id", "autre")]);
    assert_eq!(page_code(&other), Some("Y0467882"), "whose it is said to be comes first");
    let (path, _) = browser.open(&mut emulator, NOW, &authorize(&[]));
    assert!(path.ends_with("/information"), "still known");
}

#[test]
fn france_connect_plus_takes_the_token_inside_and_not_the_encrypted_one() {
    let mut plus = Plus::new(Encryption::EcdhEs);
    let mut browser = Visitor::new();
    let back = plus.log_in(&mut browser, NOW, &plus::authorize(&[]), "test");
    let code = parameter(&back, "code").unwrap();
    let jwe = json_of(&plus.token(NOW, &[("code", &code)]))["id_token"].as_str().unwrap().to_owned();
    let inner = plus.keys.open(&jwe, plus.alg).unwrap();
    let mut end = |hint: &str| {
        let query = form(&[("id_token_hint", hint), ("post_logout_redirect_uri", AFTER), ("state", "s")]);
        browser.open(&mut plus.emulator, NOW, &format!("{}/session/end?{query}", plus::ISSUER)).1
    };
    let refused = end(&jwe);
    assert_eq!((page_code(&refused), refused.status), (Some("Y04FEDB9"), 400));
    let reply = end(&inner);
    assert_eq!(reply.status, 303);
    assert!(reply.get("location").unwrap().starts_with(AFTER));
    assert!(reply.get("set-cookie").unwrap().starts_with("fc_plus_session_id=;"));
}

#[test]
fn the_steps_in_between_lead_nowhere_by_themselves() {
    let mut emulator = emulator();
    let url = |path: &str| format!("{ISSUER}/session/end/{path}");
    for (request, code, status) in [
        (Request::post(&url("confirm"), "xsrf=a&logout=yes"), Some("Y047B9D9"), 400),
        (Request::get(&url("success?client_id=inconnu")), Some("Y04FE3C9"), 400),
        (Request::get(&url("success?client_id=client")), None, 200),
        (Request::get(&url("success")), None, 200),
    ] {
        let reply = emulator.handle(NOW, &request);
        assert_eq!((page_code(&reply), reply.status), (code, status), "{} {}", request.path, request.query);
    }
}

#[test]
fn strict_addresses_are_strict_after_a_logout_too() {
    let mut settings = super::emulator().settings().clone();
    let hint = logged_in(&mut Emulator::new(settings.clone())).1;
    settings.strict_urls = true;
    let pairs = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", AFTER)];
    let page = end(&mut Emulator::new(settings), &mut Visitor::new(), 0, &pairs);
    assert_eq!((page_code(&page), page.status), (Some("Y000400"), 400));
}

#[test]
fn every_answer_forbids_caches() {
    let mut emulator = emulator();
    let (mut browser, hint) = logged_in(&mut emulator);
    let pairs = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", AFTER)];
    for _ in 0..2 {
        let reply = end(&mut emulator, &mut browser, 0, &pairs);
        assert_eq!(reply.get("cache-control"), Some("no-store"), "{}", reply.status);
    }
}

#[test]
fn a_token_of_earlier_keys_still_ends_the_session() {
    let mut emulator = super::Emulator::new(franceconnect_edge::emulator::Settings {
        clients: vec![super::client("client")],
        control: true,
        ..Default::default()
    });
    let (mut browser, hint) = logged_in(&mut emulator);
    let rotate = Request::new("POST", "/_emulateur/api/keys/rotation").with("host", "127.0.0.1:8788");
    for _ in 0..200 {
        assert_eq!(emulator.handle(NOW, &rotate).status, 204);
    }
    let pairs = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", AFTER)];
    assert_eq!(end(&mut emulator, &mut browser, 1, &pairs).status, 303);
}
