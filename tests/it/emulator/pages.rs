//! The pages in both languages: who chooses, what is kept, that no sentence stays behind.

use super::{NOW, authorize, emulator, page_code, parameter};
use franceconnect_edge::emulator::{Emulator, Product, Reply, Request, Visitor, accounts};

const ENGLISH: (&str, &str) = ("accept-language", "en-GB,en;q=0.9,fr;q=0.8");

/// The address of the link to the other language.
fn switch(page: &Reply) -> String {
    let (_, link) = page.text().split_once("<nav").unwrap().1.split_once("href=\"").unwrap();
    link.split('"').next().unwrap().replace("&amp;", "&")
}

fn lang(page: &Reply) -> &str {
    page.text().split_once("<html lang=\"").unwrap().1.split('"').next().unwrap()
}

fn cookie(reply: &Reply) -> String {
    reply.get("set-cookie").unwrap().split(';').next().unwrap().to_owned()
}

/// Every page of a login by a browser that prefers English, the last one that of an error.
fn english_pages(emulator: &mut Emulator) -> Vec<Reply> {
    let mut browser = Visitor::new();
    let mut send = |request: Request| browser.send(emulator, NOW, request.with(ENGLISH.0, ENGLISH.1));
    let sent = send(Request::get(&authorize(&[("ui_locales", "fr")])));
    let path = sent.get("location").unwrap().to_owned();
    let mut pages = vec![send(Request::get(&path))];
    send(Request::post(&format!("{path}/fournisseur"), "idp=demonstration-courriel"));
    pages.push(send(Request::get(&format!("{path}/connexion"))));
    pages.push(send(Request::post(&format!("{path}/connexion"), "login=test&password=faux")));
    send(Request::post(&format!("{path}/connexion"), "login=test&password=123"));
    pages.push(send(Request::get(&format!("{path}/information"))));
    pages.push(send(Request::get("/api/v2/nulle-part")));
    pages
}

#[test]
fn pages_speak_the_language_of_the_browser() {
    let pages = english_pages(&mut emulator());
    let expected = [
        "Choose an account to log in to Ma démarche",
        "Test accounts",
        "Unknown username or password",
        "Continue to Ma démarche",
        "An error occurred",
    ];
    for (page, words) in pages.iter().zip(expected) {
        assert!(lang(page) == "en" && page.text().contains(words), "{words}: {}", page.text());
        assert!(page.text().contains("lang=\"fr\">Émulateur</strong>"), "the mark stays");
        for french in
            ["Revenir", "Identifiant", "Comptes de test", "transmises", "Erreur", "fictives", "le service"]
        {
            assert!(!page.text().contains(french), "{french}: {}", page.text());
        }
    }
    let plain = emulator().handle(NOW, &Request::get("/api/v2/nulle-part"));
    assert_eq!(lang(&plain), "fr", "French for a browser that says nothing");
}

#[test]
fn a_language_once_chosen_is_kept() {
    let (mut emulator, mut browser) = (emulator(), Visitor::new());
    let (path, choice) = browser.open(&mut emulator, NOW, &authorize(&[]));
    let chosen = browser.send(&mut emulator, NOW, Request::get(&switch(&choice)));
    assert_eq!((chosen.status, chosen.get("location")), (303, Some(path.as_str())), "the same page again");
    let english = cookie(&chosen);
    assert_eq!(english, "emulateur_langue=en");
    assert!(chosen.get("set-cookie").unwrap().contains("; SameSite=Lax"));
    // Not even where the browser would rather have French; and the way back is there.
    let page = emulator.handle(
        NOW,
        &Request::get("/api/v2/x?y=1&z=2").with("cookie", &english).with("accept-language", "fr"),
    );
    assert_eq!(lang(&page), "en");
    let back = emulator.handle(NOW, &Request::get(&switch(&page)));
    assert_eq!(
        (back.get("location"), cookie(&back).as_str()),
        (Some("/api/v2/x?y=1&z=2"), "emulateur_langue=fr")
    );
    // A form that was answered with a page is not sent again.
    let posted = emulator.handle(NOW, &Request::post("/api/v2/x?secret=1", "a=b"));
    assert_eq!(emulator.handle(NOW, &Request::get(&switch(&posted))).get("location"), Some("/api/v2/x"));
    for wrong in
        ["vers=de&page=%2F", "vers=en", "vers=en&page=%2F%2Fexample.com", "vers=en&page=/%5Cexample.com"]
    {
        let refused = emulator.handle(NOW, &Request::get(&format!("/emulateur/langue?{wrong}")));
        assert_eq!(
            (refused.status, page_code(&refused), refused.get("location")),
            (400, Some("Y000400"), None)
        );
    }
}

#[test]
fn an_error_page_has_what_franceconnects_has() {
    let mut emulator = emulator();
    let french = emulator.handle(NOW, &Request::get("/api/v2/authorize"));
    let english = emulator.handle(NOW, &Request::get("/api/v2/authorize").with(ENGLISH.0, ENGLISH.1));
    for (page, title, heading, code) in [
        (
            &french,
            "<title>Erreur de connexion - FranceConnect</title>",
            "Une erreur s’est produite",
            "Erreur Y030007",
        ),
        (&english, "<title>Login error - FranceConnect</title>", "An error occurred", "Error Y030007"),
    ] {
        let text = page.text();
        for part in [title, &format!("<h1>{heading}</h1>"), code, "fs-technique-erreurs/?code=Y030007"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let id = text.split_once("<code>").unwrap().1.split('<').next().unwrap();
        assert!(id.len() == 36 && id.split('-').count() == 5, "{id}");
        assert!(!text.contains("/retour"), "nothing leads back to a service that is not known");
    }
}

#[test]
fn every_code_that_has_a_way_back_says_what_it_carries() {
    const TECHNICAL: &str = "authentication aborted due to a technical error on the authorization server";
    let (mut emulator, mut seen) = (emulator(), 0);
    for account in accounts().of(Product::Standard).filter(|account| account.error.is_some()) {
        let mut browser = Visitor::new();
        let page = browser.log_in(&mut emulator, NOW, &authorize(&[]), &account.login);
        let Some((_, link)) = page.text().split_once("class=\"bouton\" href=\"") else { continue };
        let back = browser.send(&mut emulator, NOW, Request::get(link.split('"').next().unwrap()));
        let heard = (parameter(&back, "error"), parameter(&back, "error_description").unwrap());
        let known = [
            (Some("access_denied"), "user authentication aborted"),
            (Some("access_denied"), TECHNICAL),
            (Some("server_error"), TECHNICAL),
            (Some("temporarily_unavailable"), TECHNICAL),
            (Some("invalid_request"), TECHNICAL),
            (Some("invalid_request"), "invalid state parameter"),
            (Some("invalid_request"), "acr_values not supported"),
            (Some("invalid_request"), "idp returned a not allowed acr value"),
            (None, TECHNICAL),
        ];
        assert!(known.contains(&(heard.0.as_deref(), heard.1.as_str())), "{} {heard:?}", account.login);
        seen += 1;
    }
    assert!(seen >= 15, "{seen}");
}

#[test]
fn every_account_says_in_both_languages_what_it_is_for() {
    for account in accounts().iter() {
        let (fr, en) = (&account.interest, &account.interest_en);
        assert!(!fr.is_empty() && !en.is_empty() && fr != en, "{}", account.login);
    }
}
