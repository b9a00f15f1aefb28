//! The panel and the inspector's pages: what a form changes, what a page shows and escapes, in both languages.

use super::{NOW, authorize, client, form};
use franceconnect_edge::emulator::{Emulator, Reply, Request, Settings, Visitor};

const PANEL: &str = "/_emulateur/";

fn emulator() -> Emulator {
    Emulator::new(Settings {
        clients: vec![client("client"), client("<b>\"autre\"")],
        control: true,
        ..Settings::default()
    })
}

fn open(emulator: &mut Emulator, path: &str, lang: &str) -> Reply {
    let request = Request::get(path).with("host", "127.0.0.1:8788").with("accept-language", lang);
    emulator.handle(NOW, &request)
}

fn post(emulator: &mut Emulator, fields: &[(&str, &str)]) -> Reply {
    emulator.handle(NOW, &Request::post(PANEL, &form(fields)).with("host", "127.0.0.1:8788"))
}

#[test]
fn a_form_makes_the_emulator_misbehave_and_the_page_says_so() {
    let mut emulator = emulator();
    assert!(open(&mut emulator, PANEL, "fr").text().contains("<dt>tout le monde</dt><dd>honnête</dd>"));
    let fields = [
        ("whom", "*"),
        ("fault", "id_token.nonce_missing"),
        ("latency_ms", "200"),
        ("clock_skew_s", "-5"),
        ("outage", "token"),
        ("outage", "userinfo"),
    ];
    let sent = post(&mut emulator, &fields);
    assert_eq!((sent.status, sent.get("location")), (303, Some(PANEL)));
    let page = open(&mut emulator, PANEL, "en").text().to_owned();
    let words = "<dt>everybody</dt><dd>id_token.nonce_missing ; late by 200 ms ; out of order: token, userinfo ; clock -5 s</dd>";
    assert!(page.contains(words), "{page}");
    post(&mut emulator, &[("whom", "<b>\"autre\""), ("fault", "jwks.cut")]);
    post(&mut emulator, &[("whom", "+"), ("fault", "token.status_500")]);
    let page = open(&mut emulator, PANEL, "fr").text().to_owned();
    assert!(page.contains("<dt>&lt;b&gt;&quot;autre&quot;</dt><dd>jwks.cut</dd>"), "{page}");
    assert!(page.contains("<dt>la prochaine connexion</dt><dd>token.status_500</dd>"), "{page}");
    assert!(page.contains("id_token.exp_past : `exp` il y a cinq minutes (à refuser)"), "{page}");
    let english = open(&mut emulator, PANEL, "en").text().to_owned();
    assert!(english.contains("id_token.exp_past : `exp` five minutes ago (to be refused)"), "{english}");
    post(&mut emulator, &[("action", "reset")]);
    let page = open(&mut emulator, PANEL, "fr").text().to_owned();
    assert!(page.contains("<dd>honnête</dd>") && !page.contains("<dd>jwks.cut</dd>"), "{page}");
}

#[test]
fn what_a_form_gets_wrong_is_told_and_changes_nothing() {
    let mut emulator = emulator();
    let fields = [("whom", "*"), ("fault", "x"), ("latency_ms", "beaucoup"), ("clock_skew_s", "1e99")];
    let page = post(&mut emulator, &fields);
    let text = page.text().to_owned();
    assert_eq!(page.status, 422);
    assert_eq!(text.matches("<li>").count(), 3, "{text}");
    assert!(text.contains("<title>Erreur : ") && text.contains("<dd>honnête</dd>"), "{text}");
    assert_eq!(post(&mut emulator, &[("whom", "personne"), ("fault", "")]).status, 422);
}

#[test]
fn a_login_is_shown_with_its_diagram_its_tokens_and_what_to_mend() {
    let mut emulator = emulator();
    emulator.handle(NOW, &Request::get(&authorize(&[("code_challenge", "<script>")])));
    Visitor::new().log_in(&mut emulator, NOW, &authorize(&[]), "test");
    let page = open(&mut emulator, "/_emulateur/connexions/1", "fr").text().to_owned();
    assert!(page.contains("PKCE n’est pas admis") && page.contains("400 Y030007"), "{page}");
    assert!(page.contains("&lt;script&gt;") && !page.contains("<script"), "{page}");
    let page = open(&mut emulator, "/_emulateur/connexions/2", "en").text().to_owned();
    for words in
        ["Browser → FranceConnect : ", "Browser → Service : ", "code, state, iss", "/interaction/…/connexion"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(page.contains("nothing") || page.contains("nonce was used before"), "{page}");
    assert_eq!(open(&mut emulator, "/_emulateur/connexions/9", "fr").status, 404);
    let list = open(&mut emulator, PANEL, "fr").text().to_owned();
    assert!(list.contains("href=\"/_emulateur/connexions/1\""), "{list}");
    post(&mut emulator, &[("action", "forget")]);
    assert!(open(&mut emulator, PANEL, "fr").text().contains("Aucune pour l’instant."));
}

#[test]
fn a_lie_is_named_in_the_readers_language() {
    let mut emulator = emulator();
    post(&mut emulator, &[("whom", "*"), ("fault", "id_token.exp_past")]);
    Visitor::new().log_in(&mut emulator, NOW, &authorize(&[]), "test");
    for (lang, words) in [
        ("fr", "<code>id_token.exp_past</code> (`exp` il y a cinq minutes)."),
        ("en", "<code>id_token.exp_past</code> (`exp` five minutes ago)."),
    ] {
        let page = open(&mut emulator, "/_emulateur/connexions/1", lang).text().to_owned();
        assert!(page.contains(words), "{words}: {page}");
    }
}

#[test]
fn every_page_leads_to_the_inspector_where_it_is_open() {
    let page = emulator().handle(NOW, &Request::get(&authorize(&[("prompt", "none")]))).text().to_owned();
    assert!(page.contains("<a href=\"/_emulateur/\">Inspecteur et fautes</a>"), "{page}");
    let mut closed = Emulator::new(Settings { clients: vec![client("client")], ..Settings::default() });
    let page = closed.handle(NOW, &Request::get(&authorize(&[("prompt", "none")]))).text().to_owned();
    assert!(!page.contains("_emulateur/\""), "{page}");
    assert_eq!(open(&mut closed, PANEL, "fr").status, 404);
}
