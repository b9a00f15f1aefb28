//! One login that is under way is spoilt from its first page, or by a program: it alone, and only while it is here.

use super::{NOW, authorize, client, code, form, json_of, part, token};
use franceconnect_edge::emulator::{Emulator, Reply, Request, Settings, Visitor};

const PANEL: &str = "/_emulateur/";

fn emulator(control: bool) -> Emulator {
    Emulator::new(Settings { clients: vec![client("client")], control, ..Settings::default() })
}

fn send(emulator: &mut Emulator, method: &str, url: &str, body: &str) -> Reply {
    let mut request = Request::new(method, url).with("host", "127.0.0.1:8788");
    request.body = body.as_bytes().to_vec();
    emulator.handle(NOW, &request.with("content-type", "application/x-www-form-urlencoded"))
}

/// What the choice of identity provider links to as this login's lie, and the path of that page.
fn link(emulator: &mut Emulator, visitor: &mut Visitor) -> (Option<String>, String) {
    let (path, page) = visitor.open(emulator, NOW, &authorize(&[]));
    let text = page.text();
    let found =
        text.split("href=\"").find(|rest| rest.contains("Faire mentir l’émulateur pour cette connexion"));
    (found.and_then(|rest| rest.split('"').next()).map(str::to_owned), path)
}

fn nonce_of(emulator: &mut Emulator, reply: &Reply) -> Option<String> {
    let code = super::parameter(reply, "code").unwrap();
    let answer = json_of(&token(emulator, NOW, &[("code", &code)]));
    part(answer["id_token"].as_str()?, 1)["nonce"].as_str().map(str::to_owned)
}

#[test]
fn a_link_on_the_first_page_spoils_this_login_and_leads_back_to_it() {
    let mut emulator = emulator(true);
    let (mut spoilt, mut other) = (Visitor::new(), Visitor::new());
    let (to, path) = link(&mut emulator, &mut spoilt);
    link(&mut emulator, &mut other);
    let to = to.unwrap();
    assert_eq!(to, "/_emulateur/?connexion=1#mentir");
    let page = send(&mut emulator, "GET", &to.replace("#mentir", ""), "").text().to_owned();
    assert!(page.contains("<input type=\"hidden\" name=\"connexion\" value=\"1\">"), "{page}");
    assert!(page.contains("Pour cette seule connexion, n° 1") && !page.contains("name=\"whom\""), "{page}");
    let wrong = form(&[("connexion", "1"), ("fault", "inconnue")]);
    let page = send(&mut emulator, "POST", PANEL, &wrong);
    assert!(page.status == 422 && page.text().contains("name=\"connexion\" value=\"1\""), "still about it");
    let asked = form(&[("connexion", "1"), ("fault", "id_token.nonce_missing")]);
    let back = send(&mut emulator, "POST", PANEL, &asked);
    assert_eq!((back.status, back.get("location")), (303, Some(path.as_str())));
    let honest = other.log_in(&mut emulator, NOW, &authorize(&[]), "test");
    assert_eq!(nonce_of(&mut emulator, &honest).as_deref(), Some(super::NONCE), "the login beside it");
    let lied = spoilt.log_in(&mut emulator, NOW, &path, "test");
    assert_eq!(nonce_of(&mut emulator, &lied), None);
    let login = json_of(&send(&mut emulator, "GET", "/_emulateur/api/logins/1", ""));
    assert_eq!((&login["fault"], &login["verdict"]), (&"id_token.nonce_missing".into(), &"right".into()));
    let late = send(&mut emulator, "POST", PANEL, &asked);
    assert!(late.status == 422 && late.text().contains("at no page of the emulator any more"), "it is over");
}

#[test]
fn a_program_spoils_one_login_before_client_and_everybody() {
    let mut emulator = emulator(true);
    send(&mut emulator, "PUT", "/_emulateur/api/behaviour", "token.status_500");
    send(&mut emulator, "PUT", "/_emulateur/api/clients/client/behaviour", "token.status_404");
    let mut visitor = Visitor::new();
    let (_, path) = link(&mut emulator, &mut visitor);
    let api = "/_emulateur/api/logins/1/behaviour";
    assert_eq!(send(&mut emulator, "PUT", api, "inconnue").status, 422);
    assert_eq!(send(&mut emulator, "PUT", api, "jwks.empty_set").status, 204);
    let keys = json_of(&emulator.handle(NOW, &Request::get("/api/v2/jwks")));
    assert_eq!(keys["keys"].as_array().unwrap().len(), 0, "who asks without a name is told the same");
    let back = visitor.log_in(&mut emulator, NOW, &path, "test");
    assert_eq!(nonce_of(&mut emulator, &back).as_deref(), Some(super::NONCE), "not what its client gets");
    for url in [api, "/_emulateur/api/logins/2/behaviour", "/_emulateur/api/logins/x/behaviour"] {
        assert_eq!(send(&mut emulator, "PUT", url, "{}").status, 404, "{url}");
    }
    let (_, path) = link(&mut emulator, &mut visitor);
    let api = "/_emulateur/api/logins/2/behaviour";
    send(&mut emulator, "PUT", api, "{}");
    assert_eq!(send(&mut emulator, "DELETE", api, "").status, 204);
    let back = visitor.log_in(&mut emulator, NOW, &path, "test");
    let code = super::parameter(&back, "code").unwrap();
    assert_eq!(token(&mut emulator, NOW, &[("code", &code)]).status, 404, "its client's again");
}

#[test]
fn keys_change_when_a_login_under_way_is_told_so() {
    let mut emulator = emulator(true);
    let kid = |emulator: &mut Emulator| {
        json_of(&emulator.handle(NOW, &Request::get("/api/v2/jwks")))["keys"][0]["kid"].clone()
    };
    let before = kid(&mut emulator);
    link(&mut emulator, &mut Visitor::new());
    send(
        &mut emulator,
        "PUT",
        "/_emulateur/api/logins/1/behaviour",
        "oidcc-client-test-signing-key-rotation",
    );
    assert_ne!(kid(&mut emulator), before);
}

#[test]
fn no_page_has_the_link_where_the_panel_is_closed() {
    let mut emulator = emulator(false);
    assert_eq!(link(&mut emulator, &mut Visitor::new()).0, None);
    code(&mut emulator, NOW, &[], "test");
}
