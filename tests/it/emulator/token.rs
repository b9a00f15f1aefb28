//! The endpoints that services call: token, userinfo, revocation, with FranceConnect's very words.

use super::{ISSUER, NOW, SECRET, code, emulator, form, json_of, page_code, token, userinfo};
use franceconnect_edge::emulator::{Emulator, Reply, Request};

/// Checks a JSON error: status, `error`, `error_description`, and the code in `error_uri`.
fn check(reply: &Reply, status: u16, error: &str, description: &str, y: &str, at: &str) {
    let body = json_of(reply);
    assert_eq!(reply.status, status, "{at}: {body}");
    assert_eq!(super::names(&body), ["error", "error_description", "error_uri"], "{at}");
    assert_eq!(
        (body["error"].as_str(), body["error_description"].as_str()),
        (Some(error), Some(description)),
        "{at}"
    );
    let uri = body["error_uri"].as_str().unwrap();
    let start = format!(
        "https://docs.partenaires.franceconnect.gouv.fr/fs/fs-technique/fs-technique-erreurs/?code={y}&id="
    );
    assert_eq!(uri.strip_prefix(&start).map(str::len), Some(36), "{at}: {uri}");
    assert!(reply.get("set-cookie").is_none(), "{at}");
}

#[test]
fn what_is_wrong_with_a_token_request() {
    const FAILED: &str = "client authentication failed";
    const GRANT: &str = "grant request is invalid";
    let elsewhere = "http://localhost:3000/auth/callback/";
    for (changes, status, error, description, y) in [
        (
            vec![("client_secret", "faux")],
            401,
            "invalid_client",
            format!("{FAILED} (invalid secret provided)"),
            "Y0434A7B",
        ),
        (
            vec![("client_id", "inconnu")],
            401,
            "invalid_client",
            format!("{FAILED} (client not found)"),
            "Y0479FCE",
        ),
        (
            vec![("code", "")],
            400,
            "invalid_request",
            "missing required parameter 'code' (undefined)".into(),
            "Y048017B",
        ),
        (
            vec![("-code", "")],
            400,
            "invalid_request",
            "missing required parameter 'code' (undefined)".into(),
            "Y048017B",
        ),
        (
            vec![("-redirect_uri", "")],
            400,
            "invalid_request",
            "missing required parameter 'redirect_uri' (undefined)".into(),
            "Y048017B",
        ),
        (
            vec![("-grant_type", "")],
            400,
            "invalid_request",
            "missing required parameter 'grant_type' (undefined)".into(),
            "Y048017B",
        ),
        (
            vec![("grant_type", "refresh_token")],
            400,
            "unsupported_grant_type",
            "unsupported grant_type requested (undefined)".into(),
            "Y04C2044",
        ),
        (
            vec![("code", "inconnu")],
            400,
            "invalid_grant",
            format!("{GRANT} (authorization code not found)"),
            "Y049E20B",
        ),
        (
            vec![("client_id", "autre")],
            400,
            "invalid_grant",
            format!("{GRANT} (client mismatch)"),
            "Y047A2EA",
        ),
        (
            vec![("redirect_uri", elsewhere)],
            400,
            "invalid_grant",
            format!("{GRANT} (authorization code redirect_uri mismatch)"),
            "Y04F8199",
        ),
        (
            vec![("scope", "a"), ("scope", "b")],
            400,
            "invalid_request",
            "'scope' parameter must not be provided twice (undefined)".into(),
            "Y0496E4A",
        ),
        (
            vec![("-client_id", ""), ("-client_secret", "")],
            400,
            "invalid_request",
            "no client authentication mechanism provided (undefined)".into(),
            "Y044FEB3",
        ),
    ] {
        let mut emulator = emulator();
        let code = code(&mut emulator, NOW, &[], "test");
        let mut sent = changes.clone();
        if !changes.iter().any(|(name, _)| name.ends_with("code")) {
            sent.push(("code", &code));
        }
        let reply = token(&mut emulator, NOW, &sent);
        check(&reply, status, error, &description, y, &format!("{changes:?}"));
    }
}

#[test]
fn secrets_are_posted() {
    let mut emulator = emulator();
    let url = format!("{ISSUER}/token");
    let basic =
        Request::post(&url, "grant_type=authorization_code").with("authorization", "Basic Y2xpZW50OnM=");
    assert_eq!(json_of(&emulator.handle(NOW, &basic))["error"], "invalid_client");
    let both = Request::post(&url, &form(&[("client_id", "client"), ("client_secret", SECRET)]));
    let both = emulator.handle(NOW, &both.with("authorization", "Basic Y2xpZW50OnM="));
    assert!(json_of(&both)["error_uri"].as_str().unwrap().contains("Y047E9E5"));
    let mut json = Request::new("POST", &url).with("content-type", "application/json");
    json.body = b"{}".to_vec();
    assert!(json_of(&emulator.handle(NOW, &json))["error_uri"].as_str().unwrap().contains("Y043C322"));
}

#[test]
fn a_code_lives_30_seconds_and_once() {
    let mut emulator = emulator();
    let late = code(&mut emulator, NOW, &[], "test");
    let reply = token(&mut emulator, NOW.plus(30), &[("code", &late)]);
    let description = "grant request is invalid (authorization code not found)";
    check(&reply, 400, "invalid_grant", description, "Y049E20B", "late");

    let once = code(&mut emulator, NOW, &[], "test");
    let first = token(&mut emulator, NOW.plus(29), &[("code", &once)]);
    assert_eq!((first.status, first.get("cache-control")), (200, Some("no-store")));
    let access = json_of(&first)["access_token"].as_str().unwrap().to_owned();
    assert_eq!(userinfo(&mut emulator, NOW.plus(29), &access).status, 200);
    let second = token(&mut emulator, NOW.plus(29), &[("code", &once)]);
    let description = "grant request is invalid (authorization code already consumed)";
    check(&second, 400, "invalid_grant", description, "Y0416228", "twice");
    assert_eq!(userinfo(&mut emulator, NOW.plus(29), &access).status, 401, "what it gave died with it");
}

/// A fresh access token.
fn access(emulator: &mut Emulator) -> String {
    let code = code(emulator, NOW, &[], "test");
    json_of(&token(emulator, NOW, &[("code", &code)]))["access_token"].as_str().unwrap().to_owned()
}

#[test]
fn userinfo_takes_one_bearer_token_for_60_seconds() {
    const UNKNOWN: &str = "invalid token provided (access token not found)";
    let mut emulator = emulator();
    let token = access(&mut emulator);
    for seconds in [0, 1, 59] {
        assert_eq!(userinfo(&mut emulator, NOW.plus(seconds), &token).status, 200, "{seconds}");
    }
    let expired = userinfo(&mut emulator, NOW.plus(60), &token);
    check(&expired, 401, "invalid_token", UNKNOWN, "Y040001", "expired");
    assert!(expired.get("www-authenticate").unwrap().starts_with("Bearer "));
    check(&userinfo(&mut emulator, NOW, "inconnu"), 401, "invalid_token", UNKNOWN, "Y040001", "unknown");
    let url = format!("{ISSUER}/userinfo");
    let none = "no access token provided (no access token provided)";
    check(&emulator.handle(NOW, &Request::get(&url)), 401, "invalid_token", none, "Y04146A2", "none");
    let token = access(&mut emulator);
    let query = emulator.handle(NOW, &Request::get(&format!("{url}?access_token={token}")));
    check(&query, 401, "invalid_token", none, "Y04146A2", "in the query");
    for header in ["Bearer", "Bearer a b", "Basic YTpi"] {
        let reply = emulator.handle(NOW, &Request::get(&url).with("authorization", header));
        assert_eq!((reply.status, &json_of(&reply)["error"]), (400, &"invalid_request".into()), "{header}");
    }
}

#[test]
fn revocation_takes_three_members_and_no_other() {
    let mut emulator = emulator();
    let revoke = |emulator: &mut Emulator, pairs: &[(&str, &str)]| {
        emulator.handle(NOW, &Request::post(&format!("{ISSUER}/token/revocation"), &form(pairs)))
    };
    let token = access(&mut emulator);
    let me = [("client_id", "client"), ("client_secret", SECRET)];
    for (name, value) in [("token", "court"), ("token", &format!("{}.*", "a".repeat(50)))] {
        let reply = revoke(&mut emulator, &[(name, value), me[0], me[1]]);
        assert_eq!(page_code(&reply), Some("Y000400"), "{value}");
    }
    let hint = revoke(&mut emulator, &[("token", &token), me[0], me[1], ("token_type_hint", "access_token")]);
    assert_eq!((page_code(&hint), hint.status), (Some("Y000400"), 400));
    let other = revoke(&mut emulator, &[("token", &token), ("client_id", "autre"), me[1]]);
    assert!(json_of(&other)["error_uri"].as_str().unwrap().contains("Y0466776"));
    assert_eq!(revoke(&mut emulator, &[("token", &"a".repeat(43)), me[0], me[1]]).status, 200, "unknown");
    assert_eq!(userinfo(&mut emulator, NOW, &token).status, 200);
    assert_eq!(revoke(&mut emulator, &[("token", &token), me[0], me[1]]).status, 200);
    assert_eq!(userinfo(&mut emulator, NOW, &token).status, 401);
}
