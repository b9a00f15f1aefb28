//! The key set of a service of FranceConnect+: when it is fetched, how long it counts, and what becomes of everybody
//! when it is of no use.

use super::plus::{ISSUER, Plus, authorize};
use super::{NOW, client, json_of, page_code, parameter};
use crate::support::service_keys::{KID, ServiceKeys, key_set};
use crate::support::signer::b64;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use franceconnect_edge::emulator::{Client, Encryption, Request, ServiceDocument, Visitor};
use serde_json::{Value, json};

/// The set of one key, for `alg`, that `change` has spoilt.
fn one(alg: Encryption, change: impl FnOnce(&mut Value)) -> Option<ServiceDocument> {
    let mut key = ServiceKeys::new(5).jwk(alg);
    change(&mut key);
    Some(key_set(&[key]))
}

fn text(status: u16, body: &str) -> Option<ServiceDocument> {
    Some(ServiceDocument { status, body: body.into(), ..ServiceDocument::default() })
}

fn remove(name: &'static str) -> impl FnOnce(&mut Value) {
    move |key| drop(key.as_object_mut().unwrap().remove(name))
}

fn set(name: &'static str, value: Value) -> impl FnOnce(&mut Value) {
    move |key| key[name] = value
}

/// A byte of the first coordinate moved to the second: together they are as long as ever, and on the curve.
fn moved(key: &mut Value) {
    let number = |name: &str| URL_SAFE_NO_PAD.decode(key[name].as_str().unwrap()).unwrap();
    let (mut x, mut y) = (number("x"), number("y"));
    y.insert(0, x.pop().unwrap());
    key["x"] = json!(b64(&x));
    key["y"] = json!(b64(&y));
}

#[test]
fn a_set_of_no_use_stops_everybody_and_tells_the_service_why() {
    const REFRESH: &str = "client JSON Web Key Set failed to be refreshed";
    use Encryption::{EcdhEs, RsaOaep, RsaOaep256};
    let unreachable = ("Y044D511", format!("{REFRESH} (fetch failed)"));
    let status = |status: &str| {
        let told = "unexpected jwks_uri response status code, expected 200 OK, got";
        ("Y044D511", format!("{REFRESH} ({told} {status})"))
    };
    let invalid = |code| (code, "client JSON Web Key Set is invalid (undefined)".to_owned());
    let none = |alg: Encryption| {
        ("Y046B607", format!("no suitable encryption key found ({}) (undefined)", alg.name()))
    };
    let twins = json!({ "keys": [ServiceKeys::new(5).jwk(EcdhEs), ServiceKeys::new(6).jwk(EcdhEs)] });
    for (alg, answer, (code, description)) in [
        (EcdhEs, None, unreachable),
        (EcdhEs, text(404, "{}"), status("404 Not Found")),
        (EcdhEs, text(302, ""), status("302 Found")),
        (EcdhEs, text(200, "<html>"), ("Y044D511", format!("{REFRESH} (the answer is not valid JSON)"))),
        (EcdhEs, text(200, "[]"), invalid("Y0450142")),
        (EcdhEs, text(200, r#"{"keys":{}}"#), invalid("Y0450142")),
        (EcdhEs, text(200, r#"{"keys":["clef"]}"#), invalid("Y0450142")),
        (EcdhEs, one(EcdhEs, set("d", json!("AQ"))), invalid("Y046AAF6")),
        (RsaOaep, one(RsaOaep, set("qi", json!("AQ"))), invalid("Y046AAF6")),
        (EcdhEs, text(200, r#"{"keys":[{"kty":"oct","k":"AQ"}]}"#), invalid("Y046AAF6")),
        (EcdhEs, text(200, &twins.to_string()), invalid("Y046AAF6")),
        (EcdhEs, text(200, r#"{"keys":[]}"#), none(EcdhEs)),
        (EcdhEs, one(EcdhEs, remove("use")), none(EcdhEs)),
        (EcdhEs, one(EcdhEs, set("use", json!("sig"))), none(EcdhEs)),
        (EcdhEs, one(EcdhEs, remove("alg")), none(EcdhEs)),
        (EcdhEs, one(EcdhEs, set("alg", json!("ECDH-ES+A256KW"))), none(EcdhEs)),
        (EcdhEs, one(EcdhEs, remove("kid")), none(EcdhEs)),
        (EcdhEs, one(EcdhEs, set("kid", json!(12))), none(EcdhEs)),
        (EcdhEs, one(EcdhEs, set("crv", json!("P-384"))), none(EcdhEs)),
        (EcdhEs, one(EcdhEs, set("x", json!("AQ"))), none(EcdhEs)),
        (EcdhEs, one(EcdhEs, moved), none(EcdhEs)),
        (EcdhEs, one(EcdhEs, set("y", json!("A".repeat(43)))), none(EcdhEs)),
        (EcdhEs, one(RsaOaep256, |_| {}), none(EcdhEs)),
        (RsaOaep256, one(RsaOaep, |_| {}), none(RsaOaep256)),
        (RsaOaep256, one(RsaOaep256, set("e", json!("AQ"))), none(RsaOaep256)),
        (RsaOaep256, one(RsaOaep256, set("n", json!(format!("{}8", "_".repeat(170))))), none(RsaOaep256)),
    ] {
        let at = format!("{code} {:?}", answer.as_ref().map(|known| String::from_utf8_lossy(&known.body)));
        let mut plus = Plus::new(alg);
        let back = plus.log_in(&mut Visitor::new(), NOW, &authorize(&[]), "test");
        let codes = [(); 2].map(|()| parameter(&back, "code").unwrap());
        // It was good when the citizen left for the login, and no longer is.
        plus.set = answer;
        let late = NOW.plus(20);
        plus.emulator.learn(late, super::plus::JWKS, plus.set.clone());
        let refused = plus.token(late, &[("code", &codes[0])]);
        let body = json_of(&refused);
        assert_eq!(refused.status, 400, "{at}: {body}");
        assert_eq!(
            (body["error"].as_str(), body["error_description"].as_str()),
            (Some("invalid_client_metadata"), Some(description.as_str())),
            "{at}"
        );
        assert!(body["error_uri"].as_str().unwrap().contains(&format!("code={code}&")), "{at}: {body}");
        let page = plus.handle(late, &Request::get(&authorize(&[])));
        assert_eq!((page_code(&page), page.status), (Some(code), 400), "{at}");
        // Once it is mended the code is still good.
        plus.set = one(alg, |_| {});
        plus.emulator.learn(late, super::plus::JWKS, plus.set.clone());
        let answer = plus.token(late, &[("code", &codes[1])]);
        assert_eq!(answer.status, 200, "{at}: {}", answer.text());
    }
}

#[test]
fn what_helps_nobody_beside_a_good_key_does_no_harm() {
    let keys = ServiceKeys::new(5);
    let set = json!({ "keys": [
        { "kty": "EC", "use": "sig", "alg": "ES256", "crv": "P-256", "x": "AQ", "y": "AQ", "kid": "signature" },
        { "kty": "AKP", "use": "enc", "alg": "ML-KEM-768", "pub": "AA", "kid": "avenir" },
        { "kty": 1, "kid": [] },
        {},
        keys.jwk(Encryption::EcdhEs),
    ], "inconnu": true });
    let mut plus = Plus::new(Encryption::EcdhEs);
    plus.set = text(200, &set.to_string());
    let (id_token, _) = plus.tokens(&[], "test");
    assert_eq!(super::part(&id_token, 0)["kid"], KID);
}

#[test]
fn an_answer_counts_for_a_minute_or_longer_if_it_says_so() {
    // NOW is Mon, 24 Nov 2025 16:00:00 GMT.
    for (cache_control, expires, seconds) in [
        (None, None, 60),
        (Some("no-store"), None, 60),
        (Some("public, max-age=10"), None, 60),
        (Some("public, max-age=600"), None, 600),
        (Some("max-age=600, must-revalidate"), Some("Mon, 24 Nov 2025 17:00:00 GMT"), 3600),
        (None, Some("Mon, 24 Nov 2025 16:02:00 GMT"), 120),
        (None, Some("Mon, 24 Nov 2025 15:00:00 GMT"), 60),
        (Some("max-age=beaucoup"), Some("bientôt"), 60),
    ] {
        let mut plus = Plus::new(Encryption::EcdhEs);
        let known = plus.set.take().unwrap();
        let (cache_control, expires) = (cache_control.map(str::to_owned), expires.map(str::to_owned));
        plus.set = Some(ServiceDocument { cache_control: cache_control.clone(), expires, ..known });
        for (after, fetches) in [(0, 1), (seconds - 1, 1), (seconds, 2)] {
            plus.fetch(NOW.plus(after), &Request::get(&authorize(&[])));
            assert_eq!(plus.fetches, fetches, "{cache_control:?} {after}");
        }
    }
}

#[test]
fn who_could_not_be_reached_is_tried_again_at_once() {
    let mut plus = Plus::new(Encryption::EcdhEs);
    let known = plus.set.take();
    for _ in 0..3 {
        assert_eq!(page_code(&plus.handle(NOW, &Request::get(&authorize(&[])))), Some("Y044D511"));
    }
    assert_eq!(plus.fetches, 3);
    plus.set = known;
    assert_eq!(plus.handle(NOW, &Request::get(&authorize(&[]))).status, 303);
    // An answer that is wrong counts like any other: it is asked for again after a minute.
    let mut plus = Plus::new(Encryption::EcdhEs);
    plus.set = text(500, "");
    for (seconds, fetches) in [(0, 1), (59, 1), (60, 2)] {
        plus.handle(NOW.plus(seconds), &Request::get(&authorize(&[])));
        assert_eq!(plus.fetches, fetches, "{seconds}");
    }
}

#[test]
fn only_requests_that_need_it_want_it() {
    let mut plus = Plus::new(Encryption::EcdhEs);
    let back = plus.log_in(&mut Visitor::new(), NOW, &authorize(&[]), "test");
    let code = parameter(&back, "code").unwrap();
    let answer = json_of(&plus.token(NOW, &[("code", &code)]));
    let bearer = format!("Bearer {}", answer["access_token"].as_str().unwrap());
    let url = |path: &str| format!("{ISSUER}{path}");
    // The access token still lives when the keys have become stale.
    plus.emulator.learn(NOW.plus(-30), super::plus::JWKS, plus.set.clone());
    let now = NOW.plus(31);
    let with = |request: Request| request.with("authorization", &bearer);
    let query = authorize(&[]).split_once('?').unwrap().1.to_owned();
    for (request, wanted) in [
        (Request::get(&authorize(&[])), true),
        (Request::post(&url("/authorize"), &query), true),
        (Request::get(&authorize(&[("client_id", "inconnu")])), false),
        (Request::post(&url("/token"), "client_id=client"), true),
        (Request::post(&url("/token"), "client_id=inconnu"), false),
        (Request::post(&url("/token"), ""), false),
        (with(Request::get(&url("/userinfo"))), true),
        (Request::get(&url("/userinfo")), false),
        (Request::get(&url("/userinfo")).with("authorization", "Bearer inconnu"), false),
        (Request::get(&url("/jwks")), false),
        (Request::get(&url("/.well-known/openid-configuration")), false),
        (Request::get(&url("/session/end?client_id=client")), false),
        (Request::get("/api/v2/authorize?client_id=client"), false),
    ] {
        let wants = plus.emulator.wants(now, &request);
        assert_eq!(wants.first().map(String::as_str), wanted.then_some(super::plus::JWKS), "{request:?}");
    }
    let mut standard = super::emulator();
    let wanted = standard.wants(NOW, &Request::get(&super::authorize(&[])));
    assert!(wanted.is_empty(), "FranceConnect needs no keys");
}

#[test]
fn a_registration_without_an_address_is_incomplete() {
    let mut plus = Plus::with(Encryption::EcdhEs, |client| client.jwks_uri = None);
    let page = plus.handle(NOW, &Request::get(&authorize(&[])));
    assert_eq!((page_code(&page), page.status), (Some("Y043310B"), 400));
    // Nobody is registered without encryption; a test may be, for a relying party must refuse what it then gets.
    let mut plus = Plus::with(Encryption::EcdhEs, |known| *known = Client { ..client(&known.client_id) });
    let (id_token, userinfo) = plus.tokens(&[], "test");
    assert_eq!((id_token.split('.').count(), userinfo.split('.').count(), plus.fetches), (3, 3, 0));
}
