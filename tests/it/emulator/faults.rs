//! Every fault makes a difference, only while it lasts, and leaves what a token must keep to be worth refusing.

use super::{
    AFTER, ISSUER, NOW, authorize, client, code, emulator, form, json_of, parameter, part, token, userinfo,
};
use franceconnect_edge::emulator::{
    Alg, Client, Emulator, Endpoint, Fault, Product, Reply, Request, Settings, Visitor,
};

/// All that one login and logout show of the emulator, in the order of the stages. Signatures are random and
/// their lengths are all that is compared.
fn shown(emulator: &mut Emulator) -> Vec<Reply> {
    let mut browser = Visitor::new();
    let get = |path: &str| Request::get(&format!("{ISSUER}{path}"));
    let mut shown = Vec::new();
    for path in ["/.well-known/openid-configuration", "/.well-known/openid-configuration", "/jwks"] {
        shown.push(emulator.handle(NOW, &get(path)));
    }
    let back = browser.log_in(emulator, NOW, &authorize(&[]), "test");
    let code = parameter(&back, "code").unwrap_or_default();
    shown.push(back);
    let tokens = token(emulator, NOW, &[("code", &code)]);
    let members: serde_json::Value = serde_json::from_slice(&tokens.body).unwrap_or_default();
    let (access, id_token) = (members["access_token"].as_str(), members["id_token"].as_str());
    shown.push(tokens.clone());
    shown.push(userinfo(emulator, NOW, access.unwrap_or_default()));
    let pairs = [
        ("id_token_hint", id_token.unwrap_or_default()),
        ("post_logout_redirect_uri", AFTER),
        ("state", "s"),
    ];
    shown.push(browser.open(emulator, NOW, &format!("{ISSUER}/session/end?{}", form(&pairs))).1);
    shown
}

/// What of a reply does not change from one run to the next.
fn constant(reply: &Reply) -> String {
    // The signature is the last 86 characters before a quotation mark or the end.
    let text = String::from_utf8_lossy(&reply.body).into_owned();
    let words = text.split('"').map(|word| match word.rsplit_once('.') {
        Some((head, tail)) if head.starts_with("ey") && tail.len() == 86 => format!("{head}.signature"),
        _ => word.to_owned(),
    });
    let words: Vec<String> = words.collect();
    format!("{} {:?} {:?} {} {}", reply.status, reply.headers, reply.delay, reply.cut, words.join("\""))
}

/// Faults that change nothing but a signature, which is another one each time anyway.
const SIGNATURES: [&str; 6] = [
    "id_token.signature_foreign",
    "userinfo.signature_foreign",
    "id_token.trailing_bits",
    "id_token.signature_zero",
    "id_token.signature_swapped",
    "id_token.signature_order",
];

#[test]
fn every_fault_shows_where_it_says_and_goes_away() {
    let honest: Vec<String> = shown(&mut emulator()).iter().map(constant).collect();
    let places = [
        Endpoint::Discovery,
        Endpoint::Discovery,
        Endpoint::Jwks,
        Endpoint::Interaction,
        Endpoint::Token,
        Endpoint::UserInfo,
        Endpoint::EndSession,
    ];
    for fault in Fault::ALL.iter().filter(|fault| fault.applies(Product::Standard, None)) {
        let name = fault.name();
        let mut emulator = emulator();
        emulator.misbehave(Some(*fault));
        let lying: Vec<String> = shown(&mut emulator).iter().map(constant).collect();
        let differs = |at: Endpoint| {
            let pairs = honest.iter().zip(&lying).zip(places);
            pairs.filter(|(_, place)| *place == at).any(|((honest, lying), _)| honest != lying)
        };
        assert!(differs(fault.endpoint()) || SIGNATURES.contains(&name), "{name} changes nothing");
        for earlier in places.into_iter().take_while(|place| *place != fault.endpoint()) {
            let key_for_it = earlier == Endpoint::Jwks && fault.endpoint() != Endpoint::Discovery;
            assert!(!differs(earlier) || key_for_it, "{name} shows too early, at {}", earlier.name());
        }
        emulator.misbehave(None);
        let after = code(&mut emulator, NOW, &[], "test");
        assert_eq!(token(&mut emulator, NOW, &[("code", &after)]).status, 200, "{name}: and then behaves");
    }
}

/// Whether `jwt` verifies with the key set as it is published, by its header's `kid`.
fn verifies(emulator: &mut Emulator, jwt: &str, alg: Alg) -> bool {
    let keys = emulator.handle(NOW, &Request::get(&format!("{ISSUER}/jwks")));
    let keys: serde_json::Value = serde_json::from_slice(&keys.body).unwrap();
    let Ok(header) = jsonwebtoken::decode_header(jwt) else { return false };
    let known =
        keys["keys"].as_array().unwrap().iter().find(|key| key["kid"] == header.kid.as_deref().unwrap_or(""));
    let Some(key) = known else { return false };
    let (registered, kty) = match alg {
        Alg::Es256 => (jsonwebtoken::Algorithm::ES256, "EC"),
        Alg::Rs256 => (jsonwebtoken::Algorithm::RS256, "RSA"),
    };
    if header.alg != registered || key["kty"] != kty {
        return false;
    }
    let key = jsonwebtoken::DecodingKey::from_jwk(&serde_json::from_value(key.clone()).unwrap()).unwrap();
    let (signed, signature) = jwt.rsplit_once('.').unwrap();
    jsonwebtoken::crypto::verify(signature, signed.as_bytes(), &key, registered).unwrap_or(false)
}

#[test]
fn lies_of_the_claims_are_well_signed_and_forgeries_are_not() {
    for alg in [Alg::Es256, Alg::Rs256] {
        for fault in Fault::ALL.iter().filter(|fault| fault.applies(Product::Standard, None)) {
            let expected = match fault {
                Fault::Claims(_) => true,
                Fault::Signature(_) => false,
                _ => continue,
            };
            let clients = vec![Client { signing_alg: alg, ..client("client") }];
            let settings = Settings {
                product: Product::Standard,
                issuer: ISSUER.into(),
                clients,
                seed: [7; 32],
                control: false,
                strict_urls: false,
                ..Settings::default()
            };
            let mut emulator = Emulator::new(settings);
            emulator.misbehave(Some(*fault));
            let code = code(&mut emulator, NOW, &[], "test");
            let answer = json_of(&token(&mut emulator, NOW, &[("code", &code)]));
            let jwt = answer["id_token"].as_str().unwrap();
            // A key published for encryption does sign: only its `use` says that it must not.
            let expected = expected || fault.name() == "id_token.kid_enc_key";
            assert_eq!(verifies(&mut emulator, jwt, alg), expected, "{} {}", fault.name(), alg.name());
        }
    }
}

#[test]
fn a_forged_header_leads_to_keys_that_would_verify() {
    let mut emulator = emulator();
    emulator.misbehave(Fault::from_name("id_token.jku"));
    let code = code(&mut emulator, NOW, &[], "test");
    let answer = json_of(&token(&mut emulator, NOW, &[("code", &code)]));
    let header = part(answer["id_token"].as_str().unwrap(), 0);
    emulator.take_calls();
    let keys = json_of(&emulator.handle(NOW, &Request::get(header["jku"].as_str().unwrap())));
    assert_eq!(keys["keys"][0]["kty"], "EC");
    assert_eq!(emulator.calls(), [Endpoint::Trap]);
}

#[test]
fn a_redirect_leads_to_the_honest_answer_and_is_seen() {
    for (name, path) in
        [("jwks.redirect", "/jwks"), ("discovery.redirect", "/.well-known/openid-configuration")]
    {
        let mut emulator = emulator();
        let honest = emulator.handle(NOW, &Request::get(&format!("{ISSUER}{path}")));
        emulator.misbehave(Fault::from_name(name));
        let sent = emulator.handle(NOW, &Request::get(&format!("{ISSUER}{path}")));
        assert_eq!(sent.status, 302);
        assert_eq!(emulator.handle(NOW, &Request::get(sent.get("location").unwrap())), honest, "{name}");
        assert_eq!(emulator.calls().last(), Some(&Endpoint::Trap));
    }
}

#[test]
fn keys_of_other_kinds_verify_what_they_signed() {
    for (name, alg) in
        [("jwks.p384", jsonwebtoken::Algorithm::ES384), ("jwks.ed25519", jsonwebtoken::Algorithm::EdDSA)]
    {
        let mut emulator = emulator();
        emulator.misbehave(Fault::from_name(name));
        let code = code(&mut emulator, NOW, &[], "test");
        let answer = json_of(&token(&mut emulator, NOW, &[("code", &code)]));
        let (signed, signature) = answer["id_token"].as_str().unwrap().rsplit_once('.').unwrap();
        let kid = part(signed, 0)["kid"].clone();
        let set = json_of(&emulator.handle(NOW, &Request::get(&format!("{ISSUER}/jwks"))));
        let key = set["keys"].as_array().unwrap().iter().find(|key| key["kid"] == kid).unwrap();
        let key = serde_json::from_value(key.clone()).unwrap();
        let key = jsonwebtoken::DecodingKey::from_jwk(&key).unwrap();
        let verified = jsonwebtoken::crypto::verify(signature, signed.as_bytes(), &key, alg);
        assert!(verified.unwrap(), "{name}");
    }
}

#[test]
fn keys_are_replaced_when_a_login_begins() {
    let mut emulator = emulator();
    emulator.misbehave(Fault::from_name("oidcc-client-test-signing-key-rotation"));
    let mut kids = Vec::new();
    for _ in 0..3 {
        let code = code(&mut emulator, NOW, &[], "test");
        let answer = json_of(&token(&mut emulator, NOW, &[("code", &code)]));
        let keys = json_of(&emulator.handle(NOW, &Request::get(&format!("{ISSUER}/jwks"))));
        let kid = part(answer["id_token"].as_str().unwrap(), 0)["kid"].clone();
        assert_eq!(keys["keys"][0]["kid"], kid);
        assert!(!kids.contains(&kid), "{kid} of an earlier login");
        kids.push(kid);
    }
}

#[test]
fn an_answer_that_drips_announces_its_wait() {
    let mut emulator = emulator();
    emulator.misbehave(Fault::from_name("jwks.drip"));
    let reply = emulator.handle(NOW, &Request::get(&format!("{ISSUER}/jwks")));
    assert!(reply.drips && reply.delay.as_secs() == 60 && !reply.body.is_empty());
}

#[test]
fn keys_that_were_replaced_stay_replaced() {
    let mut emulator = emulator();
    let kid = |emulator: &mut Emulator| {
        let keys = json_of(&emulator.handle(NOW, &Request::get(&format!("{ISSUER}/jwks"))));
        keys["keys"][0]["kid"].as_str().unwrap().to_owned()
    };
    let before = kid(&mut emulator);
    emulator.misbehave(Fault::from_name("jwks.rotated_before_signing"));
    assert_eq!(kid(&mut emulator), before, "until something is signed");
    let code = code(&mut emulator, NOW, &[], "test");
    let answer = json_of(&token(&mut emulator, NOW, &[("code", &code)]));
    emulator.misbehave(None);
    assert_ne!(kid(&mut emulator), before);
    assert_eq!(part(answer["id_token"].as_str().unwrap(), 0)["kid"], kid(&mut emulator));
}
