//! `private_key_jwt`: which assertions prove who calls, and the very words for those that do not.

use super::plus::{ISSUER, Plus, authorize};
use super::{NOW, SECRET, json_of, parameter};
use crate::support::service_keys::{ServiceKeys, key_set};
use crate::support::signer::Signer;
use franceconnect_edge::emulator::{Client, ClientAuth, Emulator, Encryption, Reply, Visitor};
use franceconnect_edge::time::Timestamp;
use rsa::pkcs1::EncodeRsaPrivateKey;
use serde_json::{Value, json};

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const NO_KEY: &str = "no applicable key found in the JSON Web Key Set";
const UNSIGNED: &str = "signature verification failed";
const HEADER: &str = r#"{"alg":"ES256","kid":"signature"}"#;

/// FranceConnect+ with a service that proves itself by assertions, and a code for it.
fn service() -> (Plus, String) {
    let mut plus = Plus::with(Encryption::EcdhEs, |client| client.auth = ClientAuth::PrivateKeyJwt);
    let sig = Signer::new(9).jwk(&json!({ "use": "sig", "alg": "ES256", "kid": "signature" }));
    let other = Signer::new(10).jwk(&json!({ "use": "enc", "alg": "ECDH-ES+A256KW", "kid": "autre" }));
    plus.set = Some(key_set(&[plus.keys.jwk(Encryption::EcdhEs), other, sig]));
    let back = plus.log_in(&mut Visitor::new(), NOW, &authorize(&[]), "test");
    (plus, parameter(&back, "code").unwrap())
}

fn claims(changes: &[(&str, Value)]) -> Value {
    let mut claims = json!({
        "iss": "client", "sub": "client", "aud": ISSUER, "jti": "une-fois", "iat": NOW.unix(),
        "exp": NOW.unix() + 60,
    });
    for (name, value) in changes {
        match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(*name)),
            value => claims[*name] = value.clone(),
        }
    }
    claims
}

fn signed(changes: &[(&str, Value)]) -> String {
    Signer::new(9).sign(HEADER, claims(changes).to_string().as_bytes())
}

fn exchange(plus: &mut Plus, now: Timestamp, code: &str, more: &[(&str, &str)]) -> Reply {
    let mut pairs = vec![("code", code), ("-client_secret", ""), ("-client_id", "")];
    pairs.extend_from_slice(more);
    plus.token(now, &pairs)
}

fn prove(plus: &mut Plus, code: &str, assertion: &str) -> Reply {
    exchange(plus, NOW, code, &[("client_assertion_type", TYPE), ("client_assertion", assertion)])
}

#[test]
fn a_good_assertion_is_enough() {
    let token = format!("{ISSUER}/token");
    for changes in [
        vec![],
        vec![("aud", json!(token))],
        vec![("aud", json!([ISSUER]))],
        vec![("aud", json!(["https://autre.exemple.fr", token]))],
        vec![("iat", Value::Null)],
        vec![("nbf", json!(NOW.unix() + 15))],
        vec![("exp", json!(NOW.unix() - 14))],
        vec![("iat", json!(NOW.unix() + 3600))],
    ] {
        let (mut plus, code) = service();
        let answer = prove(&mut plus, &code, &signed(&changes));
        assert_eq!(answer.status, 200, "{changes:?}: {}", answer.text());
        plus.open(json_of(&answer)["id_token"].as_str().unwrap());
    }
    let (mut plus, code) = service();
    let assertion = signed(&[]);
    let pairs = [("client_id", "client"), ("client_assertion_type", TYPE), ("client_assertion", &assertion)];
    assert_eq!(exchange(&mut plus, NOW, &code, &pairs).status, 200, "the id may be said once more");
    let (mut plus, code) = service();
    let nameless = Signer::new(9).sign(r#"{"alg":"ES256"}"#, claims(&[]).to_string().as_bytes());
    assert_eq!(prove(&mut plus, &code, &nameless).status, 200, "without `kid` every key is tried");
}

#[test]
fn what_is_wrong_with_an_assertion() {
    let late = NOW.unix() - 15;
    let with = |name: &'static str, value: Value| signed(&[(name, value)]);
    let sign = |seed: u8, header: &str| Signer::new(seed).sign(header, claims(&[]).to_string().as_bytes());
    let good = signed(&[]);
    let unsigned = format!("{}.", good.rsplit_once('.').unwrap().0);
    for (assertion, code, detail) in [
        (with("exp", Value::Null), "Y0480889", "expiration must be specified in the client_assertion JWT"),
        (
            with("jti", Value::Null),
            "Y04C5ACB",
            "unique jti (JWT ID) must be provided in the client_assertion JWT",
        ),
        (
            with("iss", Value::Null),
            "Y04AC0DD",
            "iss (JWT issuer) must be provided in the client_assertion JWT",
        ),
        (with("iss", json!("autre")), "Y0421A2A", "iss (JWT issuer) must be the client_id"),
        (
            with("sub", Value::Null),
            "Y044B38D",
            "sub (JWT subject) must be provided in the client_assertion JWT",
        ),
        (with("sub", json!("inconnu")), "Y0479FCE", "client not found"),
        (
            with("aud", Value::Null),
            "Y0464868",
            "aud (JWT audience) must be provided in the client_assertion JWT",
        ),
        (
            with("aud", json!(format!("{ISSUER}/"))),
            "Y04C17F5",
            "audience (aud) must equal the endpoint url, issuer identifier or token endpoint url",
        ),
        (
            with("aud", json!(["https://autre.exemple.fr"])),
            "Y045642B",
            "list of audience (aud) must include the endpoint url, issuer identifier or token endpoint url",
        ),
        (sign(9, r#"{"alg":"HS256","kid":"signature"}"#), "Y046737D", "alg mismatch"),
        (sign(9, r#"{"alg":"none"}"#), "Y046737D", "alg mismatch"),
        (sign(9, r#"{"kid":"signature"}"#), "Y046737D", "alg mismatch"),
        (with("exp", json!(late)), "Y04F7688", "jwt expired"),
        (with("exp", json!("demain")), "Y04F7688", "invalid exp value"),
        (with("iat", json!("hier")), "Y04F7688", "invalid iat value"),
        (with("nbf", json!(NOW.unix() + 16)), "Y04F7688", "jwt not active yet"),
        (with("jti", json!(12)), "Y04F7688", "invalid jti value"),
        (sign(8, HEADER), "Y04F7688", UNSIGNED),
        (sign(10, r#"{"alg":"ES256","kid":"autre"}"#), "Y04F7688", NO_KEY),
        (sign(9, r#"{"alg":"ES256","kid":"inconnue"}"#), "Y04F7688", NO_KEY),
        (sign(9, r#"{"alg":"RS256","kid":"signature"}"#), "Y046737D", "alg mismatch"),
        (unsigned, "Y04F7688", UNSIGNED),
    ] {
        let (mut plus, authorization) = service();
        let reply = prove(&mut plus, &authorization, &assertion);
        let body = json_of(&reply);
        let description = format!("client authentication failed ({detail})");
        assert_eq!((reply.status, body["error"].as_str()), (401, Some("invalid_client")), "{code}: {body}");
        assert_eq!(body["error_description"].as_str(), Some(description.as_str()), "{code}");
        assert!(body["error_uri"].as_str().unwrap().contains(&format!("code={code}&")), "{code}: {body}");
        assert_eq!(prove(&mut plus, &authorization, &good).status, 200, "{code}: the code is not spent");
    }
}

#[test]
fn what_is_wrong_with_the_form() {
    let good = signed(&[]);
    let (assertion, kind) = (("client_assertion", good.as_str()), ("client_assertion_type", TYPE));
    let post = [("client_id", "client"), ("client_secret", SECRET)];
    for (pairs, status, code) in [
        (vec![assertion], 400, "Y04AF36C"),
        (vec![assertion, ("client_assertion_type", "jwt")], 400, "Y04EA12E"),
        (vec![kind, ("client_assertion", "abc")], 400, "Y04E1CFF"),
        (vec![kind, ("client_assertion", "a.b.c")], 400, "Y04E1CFF"),
        (vec![kind, ("client_assertion", &format!("{good}.x"))], 400, "Y04E1CFF"),
        (vec![assertion, ("client_id", "amr")], 400, "Y048454B"),
        (vec![kind, assertion, ("client_id", "amr")], 400, "Y048454B"),
        (vec![kind, assertion, post[1]], 400, "Y047E9E5"),
        (vec![kind], 400, "Y044FEB3"),
        (post.to_vec(), 401, "Y044D82C"),
        (vec![post[0]], 401, "Y044D82C"),
    ] {
        let (mut plus, authorization) = service();
        let reply = exchange(&mut plus, NOW, &authorization, &pairs);
        let body = json_of(&reply);
        assert_eq!(reply.status, status, "{code}: {body}");
        assert!(body["error_uri"].as_str().unwrap().contains(&format!("code={code}&")), "{code}: {body}");
    }
    // Who posts a secret cannot prove itself by an assertion.
    let mut plus = Plus::new(Encryption::EcdhEs);
    let reply = prove(&mut plus, "code", &good);
    assert!(json_of(&reply)["error_uri"].as_str().unwrap().contains("code=Y044D82C&"), "{}", reply.text());
}

#[test]
fn an_assertion_serves_once() {
    let (mut plus, code) = service();
    let assertion = signed(&[]);
    assert_eq!(prove(&mut plus, &code, &assertion).status, 200);
    let again = prove(&mut plus, &code, &assertion);
    assert!(json_of(&again)["error_uri"].as_str().unwrap().contains("code=Y0486328&"), "{}", again.text());
    let fresh = prove(&mut plus, &code, &signed(&[("jti", json!("une-autre-fois"))]));
    assert!(json_of(&fresh)["error_uri"].as_str().unwrap().contains("code=Y0416228&"), "the code is spent");
}

#[test]
fn franceconnect_takes_rs256_too() {
    const KEYS: &str = "http://localhost:3000/auth/jwks.json";
    let rsa = ServiceKeys::new(5);
    let mut jwk = rsa.jwk(Encryption::RsaOaep256);
    for (name, value) in [("use", "sig"), ("alg", "RS256"), ("kid", "signature")] {
        jwk[name] = json!(value);
    }
    let der = rsa.rsa.to_pkcs1_der().unwrap();
    let key = jsonwebtoken::EncodingKey::from_rsa_der(der.as_bytes());
    let mut header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::RS256);
    (header.kid, header.typ) = (Some("signature".into()), None);
    let mut settings = super::emulator().settings().clone();
    settings.clients.push(Client {
        auth: ClientAuth::PrivateKeyJwt,
        jwks_uri: Some(KEYS.into()),
        ..super::client("assertions")
    });
    let mut emulator = Emulator::new(settings);
    let es256 = Signer::new(9).jwk(&json!({ "use": "sig", "alg": "ES256", "kid": "autre" }));
    emulator.learn(NOW, KEYS, Some(key_set(&[es256, jwk])));
    for (iss, code) in [("assertions", "Y049E20B"), ("autre", "Y0421A2A")] {
        let said = [("iss", json!(iss)), ("sub", json!("assertions")), ("aud", json!(super::ISSUER))];
        let assertion = jsonwebtoken::encode(&header, &claims(&said), &key).unwrap();
        let pairs = [
            ("-client_id", ""),
            ("-client_secret", ""),
            ("code", "inconnu"),
            ("client_assertion_type", TYPE),
            ("client_assertion", &assertion),
        ];
        let reply = super::token(&mut emulator, NOW, &pairs);
        let uri = json_of(&reply)["error_uri"].as_str().unwrap().to_owned();
        assert!(uri.contains(&format!("code={code}&")), "{iss}: {}", reply.text());
    }
}
