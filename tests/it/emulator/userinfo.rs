//! The identity: how it is asked for, for how long, and what is refused.

use super::token::refused;
use super::{ISSUER, NOW, code, emulator, json_of, part, token, userinfo};
use franceconnect_edge::emulator::{Emulator, Request};

/// A fresh access token.
pub fn access(emulator: &mut Emulator) -> String {
    let code = code(emulator, NOW, &[], "test");
    json_of(&token(emulator, NOW, &[("code", &code)]))["access_token"].as_str().unwrap().to_owned()
}

#[test]
fn it_is_a_signed_token_and_never_json() {
    let mut emulator = emulator();
    let token = access(&mut emulator);
    for seconds in [0, 7] {
        let reply = userinfo(&mut emulator, NOW.plus(seconds), &token);
        assert_eq!((reply.status, reply.get("content-type")), (200, Some("application/jwt")));
        assert_eq!((reply.get("cache-control"), reply.get("set-cookie")), (Some("no-store"), None));
        let claims = part(reply.text(), 1);
        assert_eq!(claims["iat"], NOW.unix() + seconds);
        assert_eq!(claims["exp"], NOW.unix() + 60, "it does not outlive the access token");
        assert_eq!((&claims["iss"], &claims["aud"]), (&ISSUER.into(), &"client".into()));
    }
}

#[test]
fn the_grant_dies_30_seconds_after_consent_before_the_token() {
    const UNKNOWN: &str = "invalid token provided (access token not found)";
    const GRANT: &str = "invalid token provided (grant not found)";
    let mut emulator = emulator();
    let token = access(&mut emulator);
    for seconds in [0, 1, 29] {
        assert_eq!(userinfo(&mut emulator, NOW.plus(seconds), &token).status, 200, "{seconds}");
    }
    for seconds in [30, 59] {
        let late = userinfo(&mut emulator, NOW.plus(seconds), &token);
        refused(&late, 401, "invalid_token", GRANT, "Y0489D15", "grant");
    }
    let expired = userinfo(&mut emulator, NOW.plus(60), &token);
    refused(&expired, 401, "invalid_token", UNKNOWN, "Y040001", "expired");
    refused(&userinfo(&mut emulator, NOW, "inconnu"), 401, "invalid_token", UNKNOWN, "Y040001", "unknown");
    // The grant began with the citizen's consent, not with the token.
    let code = code(&mut emulator, NOW, &[], "test");
    let answer = json_of(&super::token(&mut emulator, NOW.plus(29), &[("code", &code)]));
    let token = answer["access_token"].as_str().unwrap();
    assert_eq!(userinfo(&mut emulator, NOW.plus(29), token).status, 200);
    refused(&userinfo(&mut emulator, NOW.plus(30), token), 401, "invalid_token", GRANT, "Y0489D15", "late");
}

#[test]
fn one_token_in_one_place() {
    let mut emulator = emulator();
    let token = access(&mut emulator);
    let url = format!("{ISSUER}/userinfo");
    let bearer = format!("Bearer {token}");
    let format = "invalid authorization header value format (undefined)";
    let scheme = "authorization header scheme must be `Bearer` (undefined)";
    let one = "access token must only be provided using one mechanism (undefined)";
    let twice = "'access_token' parameter must not be provided twice (undefined)";
    for (query, header, description, y) in [
        ("", Some("Bearer"), format, "Y04B729E"),
        ("", Some("Bearer a b"), format, "Y04B729E"),
        ("", Some("Bearer  a"), format, "Y04B729E"),
        ("", Some("Basic YTpi"), scheme, "Y043D61A"),
        ("?access_token=a", Some(bearer.as_str()), one, "Y04514E0"),
        ("?access_token=a&access_token=b", None, twice, "Y0496E4A"),
    ] {
        let mut request = Request::get(&format!("{url}{query}"));
        request.headers.extend(header.map(|value| ("authorization".to_owned(), value.to_owned())));
        let reply = emulator.handle(NOW, &request);
        refused(&reply, 400, "invalid_request", description, y, &format!("{query} {header:?}"));
        let challenge = reply.get("www-authenticate").unwrap();
        let realm = format!("Bearer realm=\"{ISSUER}\", error=\"invalid_request\", error_description=\"");
        assert!(challenge.starts_with(&realm), "{challenge}");
    }
    let none = "no access token provided (no access token provided)";
    for request in [Request::get(&url), Request::get(&url).with("authorization", "")] {
        let reply = emulator.handle(NOW, &request);
        refused(&reply, 401, "invalid_token", none, "Y04146A2", "none");
        let realm = format!("Bearer realm=\"{ISSUER}\"");
        assert_eq!(reply.get("www-authenticate"), Some(realm.as_str()), "nothing was wrong with the token");
    }
    assert_eq!(emulator.handle(NOW, &Request::get(&url).with("authorization", &bearer)).status, 200);
    let lower = bearer.replace("Bearer", "bearer");
    assert_eq!(emulator.handle(NOW, &Request::get(&url).with("authorization", &lower)).status, 200);
    let query = format!("{url}?access_token={token}");
    assert_eq!(emulator.handle(NOW, &Request::get(&query)).status, 200, "FranceConnect takes it");
}

#[test]
fn scopes_may_be_named_if_they_were_granted() {
    let mut emulator = emulator();
    let bearer = format!("Bearer {}", access(&mut emulator));
    let ask = |emulator: &mut Emulator, scope: &str| {
        let request = Request::get(&format!("{ISSUER}/userinfo?scope={scope}"));
        emulator.handle(NOW, &request.with("authorization", &bearer))
    };
    assert_eq!(ask(&mut emulator, "openid+email").status, 200);
    let reply = ask(&mut emulator, "openid+gender");
    let text = "access token missing requested scope (undefined)";
    refused(&reply, 403, "insufficient_scope", text, "Y04CE9C8", "gender");
}

#[test]
fn it_is_repeatable_after_another_login_began() {
    let mut emulator = emulator();
    let first = access(&mut emulator);
    let second = access(&mut emulator);
    for token in [&first, &second, &first] {
        assert_eq!(userinfo(&mut emulator, NOW, token).status, 200);
    }
}
