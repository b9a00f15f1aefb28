//! The citizen's way: pages, sessions, accounts, errors and the links back.

use super::{NOW, REDIRECT, authorize, emulator, identity, page_code, parameter};
use franceconnect_edge::emulator::{Account, Emulator, Product, Reply, Request, Visitor, accounts};

/// Logs in as `login` up to wherever that leads, without agreeing to anything after an error.
fn reach(emulator: &mut Emulator, browser: &mut Visitor, login: &str) -> (String, Reply) {
    let (path, _) = browser.open(emulator, NOW, &authorize(&[]));
    let choice = Request::post(&format!("{path}/fournisseur"), "idp=demonstration-eidas-faible");
    assert_eq!(browser.send(emulator, NOW, choice).status, 303);
    let form = super::form(&[("login", login), ("password", Account::PASSWORD)]);
    let reply = browser.send(emulator, NOW, Request::post(&format!("{path}/connexion"), &form));
    (path, reply)
}

#[test]
fn pages_are_forms_without_script() {
    let (mut emulator, mut browser) = (emulator(), Visitor::new());
    let (path, choice) = browser.open(&mut emulator, NOW, &authorize(&[]));
    assert!(choice.text().contains("Démonstration eIDAS faible"));
    assert!(choice.text().contains("Revenir sur Ma démarche"));
    browser.send(
        &mut emulator,
        NOW,
        Request::post(&format!("{path}/fournisseur"), "idp=demonstration-courriel"),
    );
    let (_, login) = browser.open(&mut emulator, NOW, &format!("{path}/connexion"));
    for shown in ["<label for=\"login\">", "name=\"login\" value=\"test\"", ">Valider<", "nom_composé"] {
        assert!(login.text().contains(shown), "{shown}");
    }
    let wrong = Request::post(&format!("{path}/connexion"), "login=test&password=faux");
    let wrong = browser.send(&mut emulator, NOW, wrong);
    assert!(wrong.status == 403 && wrong.text().contains("role=\"alert\""));
    let right = Request::post(&format!("{path}/connexion"), "login=test&password=123");
    browser.send(&mut emulator, NOW, right);
    let (_, information) = browser.open(&mut emulator, NOW, &path);
    for shown in ["Nom de naissance", "DUBOIS", "1962-08-24", "Continuer sur Ma démarche"] {
        assert!(information.text().contains(shown), "{shown}");
    }
    for page in [choice, login, wrong, information] {
        let policy = page.get("content-security-policy").unwrap();
        assert!(policy.contains("form-action 'self' http://localhost:3000;"), "{policy}");
        assert!(page.text().contains("Émulateur") && page.text().contains("lang=\"fr\""));
        assert!(!page.text().contains("<script") && !page.text().contains("style=\""));
        assert_eq!(page.get("cache-control"), Some("no-store"));
    }
    let style = emulator.handle(NOW, &Request::get("/emulateur.css"));
    assert_eq!((style.status, style.get("content-type")), (200, Some("text/css; charset=utf-8")));
}

#[test]
fn an_anonymous_login_lists_nothing() {
    let (mut emulator, mut browser) = (emulator(), Visitor::new());
    browser.log_in(&mut emulator, NOW, &authorize(&[]), "test");
    let (path, page) = browser.open(&mut emulator, NOW, &authorize(&[("scope", "openid")]));
    assert!(path.ends_with("/information"), "who is known needs no second login");
    assert!(page.text().contains("anonyme") && !page.text().contains("<dl>"));
    let (_, userinfo) = identity(&mut emulator, &[("scope", "openid")], "test");
    assert_eq!(super::names(&userinfo), ["aud", "exp", "iat", "iss", "sub"]);
}

#[test]
fn a_session_slides_and_ends() {
    let (mut emulator, mut browser) = (emulator(), Visitor::new());
    browser.log_in(&mut emulator, NOW, &authorize(&[]), "test");
    for minutes in [29, 58] {
        let (path, _) = browser.open(&mut emulator, NOW.plus(minutes * 60), &authorize(&[]));
        assert!(path.ends_with("/information"), "{minutes}");
    }
    let (path, _) = browser.open(&mut emulator, NOW.plus(88 * 60), &authorize(&[]));
    assert!(!path.ends_with("/information"));
}

#[test]
fn a_login_renews_the_session_and_stays_in_its_browser() {
    let (mut emulator, mut browser) = (emulator(), Visitor::new());
    let planted = browser.clone();
    let (path, _) = browser.open(&mut emulator, NOW, &authorize(&[]));
    let nobody = planted.clone().open(&mut emulator, NOW, &path).1;
    assert_eq!((page_code(&nobody), nobody.status), (Some("Y190001"), 401), "no cookie");
    let mut stranger = Visitor::new();
    stranger.open(&mut emulator, NOW, &authorize(&[]));
    assert_eq!(page_code(&stranger.open(&mut emulator, NOW, &path).1), Some("Y04D7C28"));
    let planted = browser.clone();
    reach(&mut emulator, &mut browser, "test");
    let (_, reply) = planted.clone().open(&mut emulator, NOW, &authorize(&[]));
    assert!(reply.text().contains("Choisissez"), "the id from before the login knows nobody");
    let skipped = browser.send(&mut emulator, NOW, Request::post(&format!("{path}/inconnue"), ""));
    assert_eq!(skipped.status, 404);
    let cross = Request::post(&format!("{path}/information"), "").with("sec-fetch-site", "cross-site");
    assert_eq!(page_code(&browser.send(&mut emulator, NOW, cross)), Some("Y470001"));
}

#[test]
fn steps_cannot_be_skipped_or_taken_twice() {
    let (mut emulator, mut browser) = (emulator(), Visitor::new());
    let (path, _) = browser.open(&mut emulator, NOW, &authorize(&[]));
    let agree = || Request::post(&format!("{path}/information"), "");
    let early = browser.send(&mut emulator, NOW, agree());
    assert_eq!((page_code(&early), early.status), (Some("Y190004"), 409));
    browser.send(
        &mut emulator,
        NOW,
        Request::post(&format!("{path}/fournisseur"), "idp=demonstration-courriel"),
    );
    browser.send(&mut emulator, NOW, Request::post(&format!("{path}/connexion"), "login=test&password=123"));
    assert!(browser.send(&mut emulator, NOW, agree()).get("location").unwrap().starts_with(REDIRECT));
    assert_eq!(page_code(&browser.send(&mut emulator, NOW, agree())), Some("Y04D5AB7"), "the back button");
}

#[test]
fn going_back_tells_the_service() {
    let (mut emulator, mut browser) = (emulator(), Visitor::new());
    let (path, _) = browser.open(&mut emulator, NOW, &authorize(&[]));
    let back = browser.send(&mut emulator, NOW, Request::get(&format!("{path}/retour")));
    let description = parameter(&back, "error_description");
    assert_eq!(description.as_deref(), Some("User auth aborted"));
    assert_eq!((back.status, parameter(&back, "error").as_deref()), (303, Some("access_denied")));
    let again = browser.send(&mut emulator, NOW, Request::get(&format!("{path}/retour")));
    assert_eq!((page_code(&again), again.status), (Some("Y030030"), 500));

    // The engine forgets after half an hour; FranceConnect then redirects by itself, without the state.
    let (path, _) = browser.open(&mut emulator, NOW, &authorize(&[]));
    browser.open(&mut emulator, NOW.plus(20 * 60), &authorize(&[]));
    let late = NOW.plus(31 * 60);
    assert_eq!(page_code(&browser.open(&mut emulator, late, &path).1), Some("Y04D5AB7"));
    let lost = browser.send(&mut emulator, late, Request::get(&format!("{path}/retour")));
    assert_eq!((lost.status, lost.get("content-type")), (302, Some("text/plain; charset=utf-8")));
    assert!(lost.get("location").unwrap().contains("error_description=user+authentication+aborted"));
    assert_eq!(parameter(&lost, "state").as_deref(), Some("undefined"));
}

#[test]
fn accounts_that_fail_tell_the_service_why() {
    const TECHNICAL: &str = "authentication aborted due to a technical error on the authorization server";
    let aborted = ("access_denied", "user authentication aborted");
    for (login, code, status, told) in [
        ("E010004", "Y010004", 403, aborted),
        ("E010008", "Y010008", 403, aborted),
        ("E010015", "Y010015", 403, aborted),
        ("Désactivé", "Y180001", 403, aborted),
        ("E010011", "Y010011", 504, ("temporarily_unavailable", TECHNICAL)),
        ("E010012", "Y010012", 504, ("temporarily_unavailable", TECHNICAL)),
        ("E010013", "Y010013", 400, ("server_error", TECHNICAL)),
        ("E010099", "Y010099", 500, ("server_error", TECHNICAL)),
        ("sans_mail", "Y600006", 400, ("server_error", TECHNICAL)),
    ] {
        let (mut emulator, mut browser) = (emulator(), Visitor::new());
        let (path, page) = reach(&mut emulator, &mut browser, login);
        assert_eq!((page_code(&page), page.status), (Some(code), status), "{login}");
        let link = format!("{path}/retour");
        assert!(page.text().contains(&format!("href=\"{link}\">Revenir sur Ma démarche")), "{login}");
        let back = browser.send(&mut emulator, NOW, Request::get(&link));
        let heard = (parameter(&back, "error").unwrap(), parameter(&back, "error_description").unwrap());
        assert_eq!((heard.0.as_str(), heard.1.as_str()), told, "{login}");
    }
}

#[test]
fn every_account_logs_in_or_fails_as_it_says() {
    for account in accounts().of(Product::Standard) {
        let mut emulator = emulator();
        // This one fails when it logs out.
        match account.error.filter(|code| *code != "Y020028") {
            None => {
                let (id_token, userinfo) = identity(&mut emulator, &[], &account.login);
                assert_eq!(id_token["sub"], userinfo["sub"], "{}", &account.login);
                let date = userinfo["birthdate"].as_str().unwrap();
                assert!(date.len() == 10 && !date.contains("-00"), "the register completes dates: {date}");
            }
            Some(code) => {
                let page = Visitor::new().log_in(&mut emulator, NOW, &authorize(&[]), &account.login);
                assert_eq!(page_code(&page), Some(code), "{}", &account.login);
            }
        }
    }
}

#[test]
fn identities_have_every_shape() {
    let mut emulator = emulator();
    let mut shape = |login: &str| identity(&mut emulator, &[], login).1;
    assert_eq!(shape("nom_50+_caractères")["family_name"].as_str().unwrap().chars().count(), 52);
    assert_eq!(shape("naissance_Algérie")["birthplace"], "");
    assert_eq!(shape("étranger_présumé_né_jour_et_mois")["idp_birthdate"], "1992-00-00");
    assert_eq!(shape("étranger_présumé_né_jour")["birthdate"], "1992-11-01");
    assert_eq!(shape("sans_nom_dusage").get("preferred_username"), None);
    assert_eq!(shape("test")["preferred_username"], "");
    assert_eq!(shape("sans_prenom").get("given_name"), None);
    assert_eq!(shape("genre_indéfini")["gender"], "unspecified");
    assert_eq!(shape("test_CORSE_2A")["birthplace"], "2A004");
    let space = shape("prénom_composé_avec_espace");
    assert_eq!(space["given_name_array"], serde_json::json!(["Marie Claire", "Louise"]));
    let largest = shape("identité_maximale").to_string().len();
    assert!(largest > 950, "{largest}");
}

#[test]
fn a_subject_is_one_persons_at_one_service() {
    let mut emulator = emulator();
    let sub = |emulator: &mut Emulator, changes: &[(&str, &str)], login: &str| {
        let sub = identity(emulator, changes, login).0["sub"].as_str().unwrap().to_owned();
        let hex = sub.strip_suffix("v1").unwrap();
        assert!(hex.len() == 64 && hex.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f')), "{sub}");
        sub
    };
    let here = sub(&mut emulator, &[], "test");
    assert_eq!(here, sub(&mut super::emulator(), &[], "test"), "from one start to the next");
    assert_ne!(here, sub(&mut emulator, &[("client_id", "autre")], "test"), "pairwise");
    assert_ne!(here, sub(&mut emulator, &[], "moins_18_ans"), "another civil status");
    assert_eq!(here, sub(&mut emulator, &[], "sans_nom_dusage"), "usage names do not count");
    let hinted = [("client_id", "amr"), ("idp_hint", "demonstration-courriel")];
    let by_mail = sub(&mut emulator, &hinted, "test");
    assert_eq!(by_mail, sub(&mut emulator, &[("client_id", "amr")], "test"), "whatever the provider");
}
