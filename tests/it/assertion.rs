//! What an origin is told: the claims, who signed them, for how long, and that no assertion is another session's.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use franceconnect_edge::emulator::Alg;
use franceconnect_edge::web::Content;
use franceconnect_edge::wire::{Method, Request};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};

use crate::support::conversation::{Browser, World, both_variables, configure, variables};
use crate::support::service_keys::ServiceKeys;

const SITE: &str = "http://localhost:8787";
const AUDIENCE: &str = "https://origin.example";

/// A set of the keys with these seeds, which are their names, too.
pub fn signing(seeds: &[u8]) -> String {
    let key = |seed: &u8| ServiceKeys::new(*seed).private_jwk("ES256", &format!("assertion-{seed}"));
    json!({ "keys": seeds.iter().map(key).collect::<Vec<_>>() }).to_string()
}

fn told(more: &[(&'static str, &str)]) -> BTreeMap<&'static str, String> {
    let mut all = variables();
    all.insert("FC_ASSERTION_KEYS", signing(&[21]));
    all.insert("FC_ASSERTION_AUDIENCE", AUDIENCE.to_owned());
    all.insert("FC_ORIGIN", "http://app.internal".to_owned());
    // The rest stays files.
    all.insert("FC_ORIGIN_PATHS", "/prive/app".to_owned());
    all.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
    all
}

/// What goes to the origin and, as `cookies`, back to the browser.
#[derive(Debug)]
struct Identified {
    headers: Vec<(String, String)>,
    cookies: Vec<String>,
}

/// What the origin is told of the browser, which keeps the cookie that it is given for it.
fn ask(world: &mut World, browser: &mut Browser) -> Option<Identified> {
    let Content::Forward(forward) = world.visit(Request::new(Method::Get, "/prive/app", browser.headers()))
    else {
        return None;
    };
    let mut headers = forward.request_headers([]);
    headers.retain(|(name, _)| !name.starts_with("x-forwarded-"));
    let lines = forward.response_headers([], world.now).into_iter().filter(|(name, _)| name == "set-cookie");
    let cookies: Vec<String> =
        lines.map(|(_, line)| line).filter(|line| line.starts_with("fc_assertion=")).collect();
    for cookie in &cookies {
        let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
        browser.cookies.insert(name.to_owned(), value.to_owned());
    }
    Some(Identified { headers, cookies })
}

fn assertion(identified: &Identified) -> String {
    let (name, value) = identified.headers.last().unwrap();
    assert_eq!(name, "fc-assertion");
    value.clone()
}

/// The header and the claims, with nothing checked.
fn parts(jwt: &str) -> [Value; 2] {
    let parts: Vec<&str> = jwt.split('.').collect();
    assert_eq!(parts.len(), 3);
    [parts[0], parts[1]].map(|part| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap())
}

fn claims(world: &mut World, browser: &mut Browser) -> Value {
    let [_, claims] = parts(&assertion(&ask(world, browser).unwrap()));
    claims
}

/// Whether the key that `/auth/jwks.json` has under the name in the header made the signature.
fn verified(world: &mut World, jwt: &str) -> bool {
    let answer = Browser::new().get(world, "/auth/jwks.json");
    let set: Value = serde_json::from_slice(&answer.body).unwrap();
    let [header, _] = parts(jwt);
    let Some(key) = set["keys"].as_array().unwrap().iter().find(|key| key["kid"] == header["kid"]) else {
        return false;
    };
    let text = |name: &str| key[name].as_str().unwrap();
    let key = DecodingKey::from_ec_components(text("x"), text("y")).unwrap();
    let mut validation = Validation::new(Algorithm::ES256);
    // The clock is the test's.
    validation.validate_exp = false;
    validation.set_audience(&[AUDIENCE]);
    validation.set_issuer(&[SITE]);
    jsonwebtoken::decode::<Value>(jwt, &key, &validation).is_ok()
}

#[test]
fn the_claims_and_who_signed_them() {
    let mut world = World::with(&told(&[]), Alg::Es256);
    let mut browser = Browser::new();
    assert!(ask(&mut world, &mut browser).is_none(), "of nobody, nothing is told");
    browser.log_in(&mut world, "test");
    let started = world.now.unix();
    world.now = world.now.plus(100);
    let now = world.now.unix();
    let jwt = assertion(&ask(&mut world, &mut browser).unwrap());
    let [header, claims] = parts(&jwt);
    assert_eq!(header, json!({ "alg": "ES256", "typ": "JWT", "kid": "assertion-21" }));
    let text = |name: &str| claims[name].as_str().unwrap().to_owned();
    assert_eq!(
        claims,
        json!({
            "iss": SITE, "aud": AUDIENCE, "sub": text("sub"), "acr": "eidas1", "auth_time": started,
            "idp": world.config.issuer(), "sid": text("sid"), "iat": now, "exp": now + 300,
        })
    );
    assert!(text("sub").ends_with("v1") && text("sid").len() == 32);
    assert!(!browser.cookies["fc_session"].contains(&text("sid")));
    assert!(verified(&mut world, &jwt));
}

#[test]
fn identity_is_told_only_where_it_was_asked_for() {
    let named = [
        ("FC_ASSERTION_CLAIMS", "family_name, given_name_array email preferred_username"),
        ("FC_ASSERTION_LIFE", "3600"),
        ("FC_AMR", "true"),
    ];
    let mut world = World::with(&told(&named), Alg::Es256);
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    let claims = claims(&mut world, &mut browser);
    assert_eq!(claims["exp"], world.now.unix() + 3_600);
    assert_eq!(claims["given_name_array"], json!(["Angela", "Claire", "Louise"]));
    assert!(claims["family_name"].is_string() && claims["email"].is_string() && claims["amr"].is_array());
    for absent in ["preferred_username", "given_name", "birthdate", "id_token", "before"] {
        assert_eq!(claims.get(absent), None, "{absent}");
    }
}

#[test]
fn an_assertion_is_signed_once_and_carried_until_a_minute_before_its_end() {
    let mut world = World::with(&told(&[]), Alg::Es256);
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    let first = ask(&mut world, &mut browser).unwrap();
    let [cookie] = &first.cookies[..] else { panic!("{first:?}") };
    assert!(cookie.starts_with("fc_assertion=1."), "{cookie}");
    assert!(cookie.ends_with("; Path=/; Max-Age=240; HttpOnly; SameSite=Lax"), "{cookie}");
    assert!(cookie.len() < 1_000, "{} bytes", cookie.len());
    for (seconds, new) in [(0, false), (100, false), (139, false), (1, true), (0, false)] {
        world.now = world.now.plus(seconds);
        let next = ask(&mut world, &mut browser).unwrap();
        assert_eq!(
            (assertion(&next) != assertion(&first), !next.cookies.is_empty()),
            (new || seconds == 0 && world.now.unix() >= 1_800_000_240, new),
            "{seconds}"
        );
    }
    // A life of a minute leaves nothing to carry.
    world.config = configure(&told(&[("FC_ASSERTION_LIFE", "60")]));
    for _ in 0..2 {
        let next = ask(&mut world, &mut browser).unwrap();
        assert_eq!(
            (parts(&assertion(&next))[1]["exp"].as_i64(), next.cookies.len()),
            (Some(world.now.unix() + 60), 0)
        );
    }
}

#[test]
fn an_assertion_does_not_outlive_its_session() {
    let life = [("FC_SESSION_IDLE", "200"), ("FC_SESSION_MAX", "400")];
    let mut world = World::with(&told(&life), Alg::Es256);
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    let end = world.now.unix() + 400;
    world.now = world.now.plus(190);
    browser.get(&mut world, "/prive/");
    let identified = ask(&mut world, &mut browser).unwrap();
    assert_eq!(parts(&assertion(&identified))[1]["exp"], end);
    assert!(identified.cookies[0].contains("Max-Age=150;"), "{identified:?}");
    world.now = world.now.plus(170);
    browser.get(&mut world, "/prive/");
    let identified = ask(&mut world, &mut browser).unwrap();
    assert_eq!((parts(&assertion(&identified))[1]["exp"].as_i64(), identified.cookies.len()), (Some(end), 0));
}

#[test]
fn what_is_carried_belongs_to_one_session_one_level_one_host_and_one_set_of_rules() {
    let mut world = World::with(&told(&[]), Alg::Es256);
    let (mut one, mut two) = (Browser::new(), Browser::new());
    one.log_in(&mut world, "test");
    two.log_in(&mut world, "avec_nom_dusage");
    let (own, other) = (claims(&mut world, &mut one), claims(&mut world, &mut two));
    assert!(own["sub"] != other["sub"] && own["sid"] != other["sid"]);
    // Another's, a bent one, one of another kind, two at once: signed again for who is here.
    let planted = one.cookies["fc_assertion"].clone();
    let mut bent = planted.clone();
    bent.pop();
    let session = two.cookies["fc_session"].clone();
    let halves: Vec<&str> = session.split('~').collect();
    for value in [planted.as_str(), &bent, halves[0], halves[1], "", "1.a.b"] {
        let mut victim = two.clone();
        victim.cookies.insert("fc_assertion".to_owned(), value.to_owned());
        let identified = ask(&mut world, &mut victim).unwrap();
        assert_eq!(
            (&parts(&assertion(&identified))[1]["sub"], identified.cookies.len()),
            (&other["sub"], 1),
            "{value}"
        );
    }
    // The same person logs in again: another session.
    let carried = one.cookies["fc_assertion"].clone();
    one = Browser::new();
    one.log_in(&mut world, "test");
    one.cookies.insert("fc_assertion".to_owned(), carried);
    assert_ne!(claims(&mut world, &mut one)["sid"], own["sid"]);
    // Another key, audience, life or list of claims: what was signed before is not handed out.
    for change in [
        ("FC_ASSERTION_KEYS", signing(&[22, 21])),
        ("FC_ASSERTION_AUDIENCE", "https://other.example".to_owned()),
        ("FC_ASSERTION_LIFE", "200".to_owned()),
        ("FC_ASSERTION_CLAIMS", "email".to_owned()),
    ] {
        world.config = configure(&told(&[]));
        assert!(ask(&mut world, &mut one.clone()).unwrap().cookies.is_empty());
        world.config = configure(&told(&[(change.0, &change.1)]));
        assert_eq!(ask(&mut world, &mut one.clone()).unwrap().cookies.len(), 1, "{}", change.0);
    }
    // The last key signs no more, but what it signed is verified until it goes.
    world.config = configure(&told(&[("FC_ASSERTION_KEYS", &signing(&[21, 22]))]));
    let jwt = assertion(&ask(&mut world, &mut one).unwrap());
    world.config = configure(&told(&[("FC_ASSERTION_KEYS", &signing(&[22, 21]))]));
    assert!(verified(&mut world, &jwt));
    world.config = configure(&told(&[("FC_ASSERTION_KEYS", &signing(&[22]))]));
    assert!(!verified(&mut world, &jwt));
    // Another host with the same keys.
    world.config = configure(&told(&[("PUBLIC_URL", "http://127.0.0.1:8787")]));
    assert!(ask(&mut world, &mut one).is_none());
}

#[test]
fn a_step_up_is_told_at_once() {
    let mut variables = both_variables();
    variables.extend(
        told(&[])
            .into_iter()
            .filter(|(name, _)| name.starts_with("FC_ASSERTION") || name.starts_with("FC_ORIGIN")),
    );
    let mut world = World::with(&variables, Alg::Es256);
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    let before = claims(&mut world, &mut browser);
    assert_eq!(before["acr"], "eidas1");
    browser.log_in_for(&mut world, "test", "/prive/sante/");
    assert!(browser.cookies.contains_key("fc_assertion"), "it is still there, and of no use");
    let after = claims(&mut world, &mut browser);
    assert_eq!(after["acr"], "eidas2");
    assert!(after["idp"] != before["idp"] && after["sid"] != before["sid"]);
}

#[test]
fn bent_claims_are_refused() {
    let mut world = World::with(&told(&[]), Alg::Es256);
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    let jwt = assertion(&ask(&mut world, &mut browser).unwrap());
    let [_, claims] = parts(&jwt);
    let pieces: Vec<&str> = jwt.split('.').collect();
    for name in claims.as_object().unwrap().keys().filter(|name| !["iss", "aud"].contains(&name.as_str())) {
        let mut bent = claims.clone();
        bent[name] = json!("bent");
        let payload = URL_SAFE_NO_PAD.encode(bent.to_string());
        assert!(!verified(&mut world, &format!("{}.{payload}.{}", pieces[0], pieces[2])), "{name}");
    }
}

#[test]
fn plain_headers_tell_what_they_are_asked_to() {
    let headers = "X-User: sub, x-family-name:family_name, X-Names: given_name_array, X-Level : acr, X-Usage: preferred_username, X-Since: auth_time";
    let named = [("FC_IDENTITY_HEADERS", headers)];
    let mut world = World::with(&told(&named), Alg::Es256);
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    // With the assertion new and with the one that is carried.
    for carried in [false, true] {
        let identified = ask(&mut world, &mut browser).unwrap();
        assert_eq!(identified.cookies.is_empty(), carried);
        let get = |name: &str| {
            identified.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
        };
        assert!(get("x-user").unwrap().ends_with("v1"));
        assert_eq!(get("x-names"), Some(r#"["Angela","Claire","Louise"]"#));
        assert_eq!((get("x-level"), get("x-usage")), (Some("eidas1"), None));
        assert_eq!(get("x-since"), Some("1800000000"));
        assert_eq!(identified.headers.len(), 6, "{identified:?}");
    }
    // Without keys they are all there is.
    let none = [("FC_ASSERTION_KEYS", ""), ("FC_ASSERTION_AUDIENCE", "")];
    let alone = told(&[&none[..], &[("FC_IDENTITY_HEADERS", "X-User: sub")]].concat());
    world.config = configure(&alone);
    let identified = ask(&mut world, &mut browser).unwrap();
    assert_eq!((identified.headers.len(), identified.cookies.len()), (1, 0));
    // And without both there is nothing to tell.
    world.config = configure(&told(&none));
    assert!(ask(&mut world, &mut browser).unwrap().headers.is_empty());
}

#[test]
fn a_logout_takes_the_assertion_along() {
    let mut world = World::with(&told(&[]), Alg::Es256);
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    ask(&mut world, &mut browser).unwrap();
    browser.post(&mut world, "/auth/logout");
    assert!(!browser.cookies.contains_key("fc_assertion"), "{:?}", browser.cookies.keys());
    assert!(ask(&mut world, &mut browser).is_none());
}
