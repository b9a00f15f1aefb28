//! How long a browser is remembered, by which services, and what happens to a page that is refreshed, left or come back to.

use super::plus::{self, Plus};
use super::{NOW, REDIRECT, STATE, authorize, client, emulator, json_of, page_code, parameter, part, token};
use franceconnect_edge::emulator::{Emulator, Encryption, Product, Request, Settings, Visitor};

#[test]
fn another_service_reuses_the_session_and_shows_what_it_will_be_told() {
    let (mut emulator, mut browser) = (emulator(), Visitor::new());
    browser.log_in(&mut emulator, NOW, &authorize(&[]), "test");
    let (later, other) = (NOW.plus(25 * 60), ("client_id", "autre"));
    let (path, page) = browser.open(&mut emulator, later, &authorize(&[other]));
    assert!(
        path.ends_with("/information") && page.text().contains("DUBOIS"),
        "no identity provider is asked"
    );
    let back = browser.send(&mut emulator, later, Request::post(&path, ""));
    let code = parameter(&back, "code").unwrap();
    let answer = json_of(&token(&mut emulator, later, &[("code", &code), other]));
    let claims = part(answer["id_token"].as_str().unwrap(), 1);
    assert_eq!((claims["auth_time"].as_i64(), claims["aud"].as_str()), (Some(NOW.unix()), Some("autre")));
    // Not even when it asks for a login: FranceConnect asks for one and for consent whatever it is sent.
    let (path, _) = browser.open(&mut emulator, later, &authorize(&[other, ("prompt", "login")]));
    assert!(path.ends_with("/information"));
    let (path, _) = Visitor::new().open(&mut emulator, later, &authorize(&[other]));
    assert!(!path.ends_with("/information"), "another browser is somebody else’s");
}

#[test]
fn sessions_end_to_the_second() {
    const MINUTE: i64 = 60;
    for (used, asked, known) in [
        (&[][..], 30 * MINUTE - 1, true),
        (&[], 30 * MINUTE, false),
        (&[29 * MINUTE, 50 * MINUTE], 80 * MINUTE - 1, true),
        (&[29 * MINUTE, 50 * MINUTE], 80 * MINUTE, false),
    ] {
        let (mut emulator, mut browser) = (emulator(), Visitor::new());
        browser.log_in(&mut emulator, NOW, &authorize(&[]), "test");
        for &at in used {
            browser.open(&mut emulator, NOW.plus(at), &authorize(&[]));
        }
        let (path, _) = browser.open(&mut emulator, NOW.plus(asked), &authorize(&[]));
        assert_eq!(path.ends_with("/information"), known, "{used:?} {asked}");
    }
    // FranceConnect+ counts from the login, whatever happens meanwhile, and never remembers for the highest level.
    for (used, asked, level, known) in [
        (&[][..], 10 * MINUTE - 1, "eidas2", true),
        (&[], 10 * MINUTE, "eidas2", false),
        (&[5 * MINUTE, 9 * MINUTE], 10 * MINUTE, "eidas2", false),
        (&[], 1, "eidas3", false),
        (&[], 1, "eidas3 eidas2", true),
    ] {
        let (mut plus, mut browser) = (Plus::new(Encryption::EcdhEs), Visitor::new());
        plus.log_in(&mut browser, NOW, &plus::authorize(&[]), "test");
        for &at in used {
            browser.open(&mut plus.emulator, NOW.plus(at), &plus::authorize(&[]));
        }
        let url = plus::authorize(&[("acr_values", level)]);
        plus.fetch(NOW.plus(asked), &Request::get(&url));
        let (path, _) = browser.open(&mut plus.emulator, NOW.plus(asked), &url);
        assert_eq!(path.ends_with("/information"), known, "{used:?} {asked} {level}");
    }
}

#[test]
fn an_interaction_ends_to_the_second() {
    let (mut emulator, mut browser) = (emulator(), Visitor::new());
    let (path, _) = browser.open(&mut emulator, NOW, &authorize(&[]));
    browser.open(&mut emulator, NOW.plus(1000), &authorize(&[]));
    assert_eq!(browser.open(&mut emulator, NOW.plus(1799), &path).1.status, 200);
    let over = browser.open(&mut emulator, NOW.plus(1800), &path).1;
    assert_eq!((page_code(&over), over.status), (Some("Y04D5AB7"), 400));
    // The way back knows the service still, and lost what it sent.
    let back = browser.send(&mut emulator, NOW.plus(1801), Request::get(&format!("{path}/retour")));
    assert_eq!((back.status, back.get("content-type")), (302, Some("text/plain; charset=utf-8")));
    let location = back.get("location").unwrap();
    assert!(
        location.starts_with(REDIRECT) && location.contains("=user+authentication+aborted&"),
        "{location}"
    );
    assert_eq!(parameter(&back, "error").as_deref(), Some("access_denied"));
    assert_eq!(parameter(&back, "state").as_deref(), Some("undefined"));
    // A browser that FranceConnect does not know has nowhere to go back to.
    let lost = Visitor::new().send(&mut emulator, NOW, Request::get(&format!("{path}/retour")));
    assert_eq!((page_code(&lost), lost.status), (Some("Y030030"), 500));
}

#[test]
fn a_page_out_of_turn_leads_back_to_the_service() {
    let (mut emulator, mut browser) = (emulator(), Visitor::new());
    let (path, _) = browser.open(&mut emulator, NOW, &authorize(&[]));
    for request in [
        Request::get(&format!("{path}/information")),
        Request::post(&format!("{path}/information"), ""),
        Request::post(&format!("{path}/connexion"), "login=test&password=123"),
        Request::post(&format!("{path}/identite"), ""),
    ] {
        let page = browser.send(&mut emulator, NOW, request);
        assert_eq!((page_code(&page), page.status), (Some("Y190004"), 409));
        assert!(page.text().contains("Revenir sur Ma démarche"));
    }
    // A refresh is no end: the page before is still there.
    assert!(browser.open(&mut emulator, NOW, &path).1.text().contains("Choisissez"));
    let page = browser.send(&mut emulator, NOW, Request::get(&format!("{path}/information")));
    let link = page.text().split_once("class=\"bouton\" href=\"").unwrap().1.split('"').next().unwrap();
    let back = browser.send(&mut emulator, NOW, Request::get(link));
    assert_eq!(parameter(&back, "error_description").as_deref(), Some("user authentication aborted"));
    assert_eq!((back.status, parameter(&back, "state").as_deref()), (303, Some(STATE)));
    // No other word can be put into FranceConnect's mouth.
    let (path, _) = browser.open(&mut emulator, NOW, &authorize(&[]));
    let back = browser.send(&mut emulator, NOW, Request::get(&format!("{path}/retour?erreur=Y010011")));
    assert_eq!(parameter(&back, "error_description").as_deref(), Some("User auth aborted"));
}

#[test]
fn cookies_are_for_this_site_and_its_links() {
    for (product, issuer, secure) in [
        (Product::Standard, "http://127.0.0.1:8788/api/v2", false),
        (Product::Standard, "https://localhost:8789/api/v2", true),
        (Product::Plus, "https://localhost:8789/plus/api/v2", true),
    ] {
        let settings = Settings {
            product,
            issuer: issuer.into(),
            clients: vec![client("client")],
            ..Settings::default()
        };
        let mut emulator = Emulator::new(settings);
        let level = if product == Product::Plus { "eidas2" } else { "eidas1" };
        let url = authorize(&[("acr_values", level)]).replace(super::ISSUER, issuer);
        let reply = emulator.handle(NOW, &Request::get(&url));
        let cookie = reply.get("set-cookie").unwrap_or_else(|| panic!("{}", reply.text()));
        for part in ["; Path=/", "; HttpOnly", "; SameSite=Lax"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert_eq!(cookie.contains("; Secure"), secure, "{cookie}");
    }
}
