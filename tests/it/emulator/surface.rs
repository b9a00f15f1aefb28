//! What every address shows: methods, types, caches, cookies, and nothing for other origins' scripts.

use super::plus::{self, Plus};
use super::userinfo::access;
use super::{ISSUER, NOW, authorize, client, emulator, form, json_of, names, page_code};
use franceconnect_edge::emulator::{Emulator, Encryption, Reply, Request, Settings, Visitor};
use serde_json::{Value, json};

const DISCOVERY: &str = "/.well-known/openid-configuration";

/// The document at `path` of both products, and that caches may keep it for ten minutes.
fn documents(path: &str, content_type: &str) -> [Value; 2] {
    let mut plus = Plus::new(Encryption::EcdhEs);
    let replies = [
        emulator().handle(NOW, &Request::get(&format!("{ISSUER}{path}"))),
        plus.handle(NOW, &Request::get(&format!("{}{path}", plus::ISSUER))),
    ];
    replies.map(|reply| {
        assert_eq!(reply.status, 200);
        assert!(reply.get("content-type").unwrap().starts_with(content_type), "{reply:?}");
        assert_eq!(reply.get("cache-control"), Some("public, max-age=600"));
        assert_eq!(reply.get("set-cookie"), None);
        json_of(&reply)
    })
}

#[test]
fn metadata_of_both_products() {
    let [standard, plus] = documents(DISCOVERY, "application/json");
    for (name, of_standard, of_plus) in [
        ("issuer", json!(ISSUER), json!(plus::ISSUER)),
        ("acr_values_supported", json!(["eidas1"]), json!(["eidas2", "eidas3"])),
        ("response_types_supported", json!(["code"]), json!(["code"])),
        ("grant_types_supported", json!(["authorization_code"]), json!(["authorization_code"])),
        (
            "response_modes_supported",
            json!(["form_post", "fragment", "query"]),
            json!(["form_post", "fragment", "query"]),
        ),
        ("subject_types_supported", json!(["pairwise"]), json!(["pairwise"])),
        ("id_token_signing_alg_values_supported", json!(["HS256", "ES256", "RS256"]), json!(["ES256"])),
        ("userinfo_signing_alg_values_supported", json!(["HS256", "ES256", "RS256"]), json!(["ES256"])),
        (
            "id_token_encryption_alg_values_supported",
            Value::Null,
            json!(["ECDH-ES", "RSA-OAEP", "RSA-OAEP-256"]),
        ),
        (
            "userinfo_encryption_alg_values_supported",
            Value::Null,
            json!(["ECDH-ES", "RSA-OAEP", "RSA-OAEP-256"]),
        ),
        ("id_token_encryption_enc_values_supported", Value::Null, json!(["A256GCM"])),
        ("userinfo_encryption_enc_values_supported", Value::Null, json!(["A256GCM"])),
        (
            "token_endpoint_auth_methods_supported",
            json!(["client_secret_post", "private_key_jwt"]),
            json!(["client_secret_post", "private_key_jwt"]),
        ),
        ("token_endpoint_auth_signing_alg_values_supported", json!(["ES256", "RS256"]), json!(["ES256"])),
        ("code_challenge_methods_supported", json!(["S256"]), json!(["S256"])),
        ("claims_parameter_supported", json!(true), json!(true)),
        ("request_parameter_supported", json!(false), json!(false)),
        ("request_uri_parameter_supported", json!(true), json!(true)),
        ("authorization_response_iss_parameter_supported", json!(true), json!(true)),
        ("backchannel_logout_supported", Value::Null, Value::Null),
        ("backchannel_logout_session_supported", Value::Null, Value::Null),
        ("frontchannel_logout_supported", Value::Null, Value::Null),
        ("introspection_endpoint", Value::Null, Value::Null),
        ("device_authorization_endpoint", Value::Null, Value::Null),
        ("registration_endpoint", Value::Null, Value::Null),
        ("check_session_iframe", Value::Null, Value::Null),
        ("pushed_authorization_request_endpoint", Value::Null, Value::Null),
    ] {
        assert_eq!((&standard[name], &plus[name]), (&of_standard, &of_plus), "{name}");
    }
    for (name, path) in [
        ("authorization_endpoint", "/authorize"),
        ("token_endpoint", "/token"),
        ("userinfo_endpoint", "/userinfo"),
        ("jwks_uri", "/jwks"),
        ("end_session_endpoint", "/session/end"),
        ("revocation_endpoint", "/token/revocation"),
    ] {
        assert_eq!(standard[name], format!("{ISSUER}{path}"));
        assert_eq!(plus[name], format!("{}{path}", plus::ISSUER));
    }
    for (document, known, unknown) in [
        (&standard, ["openid", "profile", "idp_birthdate"], ["offline_access", "address", "rnipp_birth"]),
        (&plus, ["openid", "profile", "rnipp_birth"], ["offline_access", "address", "idp_birthdate"]),
    ] {
        let scopes = document["scopes_supported"].as_array().unwrap();
        assert!(known.iter().all(|scope| scopes.contains(&json!(scope))), "{scopes:?}");
        assert!(!unknown.iter().any(|scope| scopes.contains(&json!(scope))), "{scopes:?}");
    }
}

#[test]
fn keys_of_both_products() {
    let [standard, plus] = documents("/jwks", "application/jwk-set+json");
    for (set, kid) in [(&standard, "pkcs11:ES256:hsm"), (&plus, "pkcs11:hsm")] {
        let keys = set["keys"].as_array().unwrap();
        assert_eq!(names(&keys[0]), ["alg", "crv", "kid", "kty", "use", "x", "y"], "no secret part");
        assert_eq!((&keys[0]["alg"], &keys[0]["use"]), (&json!("ES256"), &json!("sig")));
        assert!(keys[0]["kid"].as_str().unwrap().starts_with(kid), "{set}");
    }
}

#[test]
fn the_base_and_what_is_nowhere() {
    let mut emulator = emulator();
    for base in [ISSUER.to_owned(), format!("{ISSUER}/")] {
        let home = emulator.handle(NOW, &Request::get(&base));
        assert_eq!((home.status, home.get("location")), (301, Some("https://franceconnect.gouv.fr")));
        assert!(home.get("content-type").unwrap().starts_with("text/plain"));
    }
    for path in ["/api/v2/inconnu", "/inconnu", "/api/v1/token", "/api/v22/token", "/api/v2/Token"] {
        let reply = emulator.handle(NOW, &Request::get(path));
        assert_eq!((page_code(&reply), reply.status), (Some("Y000404"), 404), "{path}");
        assert!(reply.get("content-type").unwrap().starts_with("text/html"), "{path}");
    }
}

const PATHS: [&str; 19] = [
    "",
    DISCOVERY,
    "/jwks",
    "/authorize",
    "/token",
    "/userinfo",
    "/session/end",
    "/session/end/confirm",
    "/session/end/success",
    "/token/revocation",
    "/checktoken",
    "/interaction/inconnu",
    "/request",
    "/reg",
    "/device",
    "/device/auth",
    "/token/introspection",
    "/session/check",
    "/inconnu",
];

#[test]
fn each_address_has_its_methods_and_those_switched_off_have_none() {
    let mut emulator = emulator();
    for path in PATHS {
        let routed: &[&str] = match path {
            "" | DISCOVERY | "/jwks" | "/userinfo" | "/session/end" | "/session/end/success" => &["GET"],
            "/authorize" | "/interaction/inconnu" => &["GET", "POST"],
            "/token" | "/token/revocation" | "/checktoken" | "/session/end/confirm" => &["POST"],
            _ => &[],
        };
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PRI", "get"] {
            let reply = emulator.handle(NOW, &Request::new(method, &format!("{ISSUER}{path}")));
            let nowhere = (page_code(&reply), reply.status) == (Some("Y000404"), 404);
            assert_eq!(nowhere, !routed.contains(&method), "{method} {path}: {}", reply.status);
        }
        let get = emulator.handle(NOW, &Request::get(&format!("{ISSUER}{path}")));
        let head = emulator.handle(NOW, &Request::new("HEAD", &format!("{ISSUER}{path}")));
        assert_eq!((head.status, head.body.len()), (get.status, 0), "{path}");
        let length = |reply: &Reply| reply.get("content-length").map(str::to_owned);
        assert_eq!(length(&head), Some(get.body.len().to_string()), "{path}");
    }
    let resumed = emulator.handle(NOW, &Request::get(&format!("{ISSUER}/authorize/inconnu")));
    assert_eq!((page_code(&resumed), resumed.status), (Some("Y04D5AB7"), 400));
}

#[test]
fn nothing_is_opened_to_other_origins() {
    let mut emulator = emulator();
    let token = access(&mut emulator);
    let bearer = format!("Bearer {token}");
    for path in PATHS {
        for method in ["GET", "POST", "OPTIONS", "HEAD"] {
            let request = Request::new(method, &format!("{ISSUER}{path}"))
                .with("origin", "https://service.exemple.fr")
                .with("access-control-request-method", "POST")
                .with("authorization", &bearer);
            let reply = emulator.handle(NOW, &request);
            let cors = reply.headers.iter().find(|(name, _)| name.starts_with("access-control-"));
            assert_eq!(cors, None, "{method} {path}");
        }
    }
}

#[test]
fn redirects_are_303_and_no_cache_keeps_them() {
    let mut emulator = emulator();
    for (changes, to) in [
        (vec![], "/api/v2/interaction/"),
        (vec![("scope", "email")], "http://localhost:3000/auth/callback?error=invalid_request&"),
    ] {
        let reply = emulator.handle(NOW, &Request::get(&authorize(&changes)));
        assert_eq!((reply.status, reply.get("cache-control")), (303, Some("no-store")), "{to}");
        assert!(reply.get("location").unwrap().starts_with(to));
        assert!(reply.get("content-type").unwrap().starts_with("text/html"), "{to}");
    }
    let page = emulator.handle(NOW, &Request::get(&authorize(&[("nonce", "court")])));
    assert_eq!(page.get("cache-control"), Some("no-store"));
}

#[test]
fn cookies() {
    let set = |reply: &Reply| {
        let lines = reply.headers.iter().filter(|(name, _)| *name == "set-cookie");
        lines.map(|(_, value)| value.clone()).collect::<Vec<_>>()
    };
    let at = |issuer: &str| {
        let settings =
            Settings { issuer: issuer.into(), clients: vec![client("client")], ..Settings::default() };
        let reply = Emulator::new(settings).handle(NOW, &Request::get(&authorize(&[])));
        set(&reply)
    };
    for (issuer, attributes) in [
        (ISSUER, "; Path=/; Max-Age=1800; HttpOnly; SameSite=Lax"),
        ("https://localhost:8789/api/v2", "; Path=/; Max-Age=1800; HttpOnly; SameSite=Lax; Secure"),
    ] {
        let cookies = at(issuer);
        assert_eq!(cookies.len(), 1);
        let (pair, rest) = cookies[0].split_at(cookies[0].find(';').unwrap());
        assert_eq!((pair.starts_with("fc_session_id="), rest), (true, attributes), "{issuer}");
    }
    let mut plus = Plus::new(Encryption::EcdhEs);
    let cookies = set(&plus.handle(NOW, &Request::get(&plus::authorize(&[]))));
    let rest = "; Path=/; HttpOnly; SameSite=Lax";
    assert!(cookies.len() == 1 && cookies[0].ends_with(rest), "until the browser is closed: {cookies:?}");
    // A service's own calls carry none.
    let (mut emulator, mut browser) = (emulator(), Visitor::new());
    browser.log_in(&mut emulator, NOW, &authorize(&[]), "test");
    for request in [Request::get(&format!("{ISSUER}/jwks")), Request::post(&format!("{ISSUER}/token"), "")] {
        assert_eq!(set(&browser.send(&mut emulator, NOW, request)), Vec::<String>::new());
    }
}

#[test]
fn a_login_may_take_as_long_as_a_session() {
    let mut plus = Plus::new(Encryption::EcdhEs);
    plus.fetch(NOW, &Request::get(&plus::authorize(&[])));
    for (emulator, url, minutes) in
        [(&mut emulator(), authorize(&[]), 30), (&mut plus.emulator, plus::authorize(&[]), 10)]
    {
        let mut browser = Visitor::new();
        let (path, _) = browser.open(emulator, NOW, &url);
        for (seconds, status) in [(minutes * 60 - 1, 200), (minutes * 60, 400)] {
            let page = browser.send(&mut *emulator, NOW.plus(seconds), Request::get(&path));
            let over = page.status >= status;
            assert!(over && (status == 400 || page.status == 200), "{minutes} {seconds}: {}", page.status);
        }
    }
}

#[test]
fn nobody_is_a_data_provider() {
    let mut emulator = emulator();
    let token = access(&mut emulator);
    let all = [("token", token.as_str()), ("client_id", "client"), ("client_secret", super::SECRET)];
    let mut check = |pairs: &[(&str, &str)]| {
        let reply = emulator.handle(NOW, &Request::post(&format!("{ISSUER}/checktoken"), &form(pairs)));
        assert!(reply.get("content-type").unwrap().starts_with("application/json"));
        assert_eq!(reply.get("set-cookie"), None);
        (reply.status, json_of(&reply))
    };
    let missing = "Required parameter missing or invalid.";
    let missing = (400, json!({ "error": "invalid_request", "error_description": missing }));
    for absent in 0..3 {
        let some: Vec<(&str, &str)> =
            all.iter().enumerate().filter(|(at, _)| *at != absent).map(|(_, pair)| *pair).collect();
        assert_eq!(check(&some), missing);
    }
    assert_eq!(check(&[all[0], all[1], all[2], all[2]]), missing);
    let failed = json!({ "error": "invalid_client", "error_description": "Client authentication failed." });
    assert_eq!(check(&all), (401, failed));
}
