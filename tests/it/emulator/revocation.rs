//! Token revocation: three members and no other.

use super::token::refused;
use super::userinfo::access;
use super::{ISSUER, NOW, SECRET, code, emulator, form, json_of, page_code, token, userinfo};
use franceconnect_edge::emulator::{Emulator, Reply, Request};

fn revoke(emulator: &mut Emulator, pairs: &[(&str, &str)]) -> Reply {
    emulator.handle(NOW, &Request::post(&format!("{ISSUER}/token/revocation"), &form(pairs)))
}

const ME: [(&str, &str); 2] = [("client_id", "client"), ("client_secret", SECRET)];

#[test]
fn it_takes_three_members_and_no_other() {
    let mut emulator = emulator();
    let token = access(&mut emulator);
    let long = "a".repeat(50);
    for odd in [".", "*", "?", "{", "}", "(", ")", "|", "[", "]", "\\", " ", "\n"] {
        let reply = revoke(&mut emulator, &[("token", &format!("{long}{odd}")), ME[0], ME[1]]);
        assert_eq!((page_code(&reply), reply.status), (Some("Y000400"), 400), "{odd:?}");
    }
    let me = |more: &[(&'static str, &'static str)]| {
        let token: &'static str = token.clone().leak();
        [&[("token", token), ME[0], ME[1]], more].concat()
    };
    for pairs in [
        vec![("token", "court"), ME[0], ME[1]],
        vec![ME[0], ME[1]],
        vec![("token", long.as_str()), ME[0]],
        vec![("token", long.as_str()), ME[1]],
        vec![("token", long.as_str()), ME[0], ("client_secret", "trop-court")],
        vec![("token", long.as_str()), ME[0], ("client_secret", "secret-accentué-de-trente-deux-caractères")],
        me(&[("token_type_hint", "access_token")]),
        me(&[("client_assertion", "a.b.c")]),
        me(&[("token", "")]),
        me(&[ME[0]]),
        vec![],
    ] {
        let reply = revoke(&mut emulator, &pairs);
        assert_eq!((page_code(&reply), reply.status), (Some("Y000400"), 400), "{pairs:?}");
    }
    assert_eq!(userinfo(&mut emulator, NOW, &token).status, 200, "nothing of that revoked anything");
}

#[test]
fn the_client_is_authenticated_and_the_token_is_its_own() {
    let mut emulator = emulator();
    let token = access(&mut emulator);
    let wrong = "faux".repeat(10);
    let reply = revoke(&mut emulator, &[("token", &token), ME[0], ("client_secret", &wrong)]);
    let failed = "client authentication failed (invalid secret provided)";
    refused(&reply, 401, "invalid_client", failed, "Y0434A7B", "secret");
    let reply = revoke(&mut emulator, &[("token", &token), ("client_id", "autre"), ME[1]]);
    let other = "this token does not belong to you (undefined)";
    refused(&reply, 400, "invalid_request", other, "Y0466776", "other");
    assert_eq!(revoke(&mut emulator, &[("token", &"a".repeat(43)), ME[0], ME[1]]).status, 200, "unknown");
    assert_eq!(userinfo(&mut emulator, NOW, &token).status, 200);
    let done = revoke(&mut emulator, &[("token", &token), ME[0], ME[1]]);
    assert_eq!((done.status, done.text(), done.get("set-cookie")), (200, "", None));
    let unknown = "invalid token provided (access token not found)";
    refused(&userinfo(&mut emulator, NOW, &token), 401, "invalid_token", unknown, "Y040001", "revoked");
    assert_eq!(revoke(&mut emulator, &[("token", &token), ME[0], ME[1]]).status, 200, "again");
}

#[test]
fn the_code_goes_with_the_token() {
    let mut emulator = emulator();
    let code = code(&mut emulator, NOW, &[], "test");
    let answer = json_of(&token(&mut emulator, NOW, &[("code", &code)]));
    revoke(&mut emulator, &[("token", answer["access_token"].as_str().unwrap()), ME[0], ME[1]]);
    let replay = token(&mut emulator, NOW, &[("code", &code)]);
    let gone = "grant request is invalid (authorization code not found)";
    refused(&replay, 400, "invalid_grant", gone, "Y049E20B", "replay");
}
