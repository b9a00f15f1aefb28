//! The emulator answers as FranceConnect is known to: what every test of it needs, and whole logins.

mod accounts;
mod authorize;
mod behaviour;
mod bounds;
mod citizen;
mod client_auth;
mod errors;
mod facts;
mod faults;
mod files;
mod guide;
mod hostile;
mod information;
mod inspector;
mod jwe_faults;
mod key_sets;
mod logout;
mod one_login;
mod pages;
mod panel;
mod plus;
mod revocation;
mod scopes;
mod sector;
mod server;
mod sessions;
mod strangers;
mod surface;
mod token;
mod typed;
mod userinfo;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use franceconnect_edge::emulator::{
    Alg, Client, Emulator, Endpoint, Product, Reply, Request, Settings, Visitor,
};
use franceconnect_edge::time::Timestamp;
use serde_json::{Value, json};

const ISSUER: &str = "http://127.0.0.1:8788/api/v2";
const SECRET: &str = "secret-de-trente-deux-caracteres-au-moins";
const NOW: Timestamp = Timestamp::from_unix(1_764_000_000);
const NONCE: &str = "Nonce0123456789abcdefghijklmnopqr";
const STATE: &str = "State0123456789abcdefghijklmnopqr";
const REDIRECT: &str = "http://localhost:3000/auth/callback";
const AFTER: &str = "http://localhost:3000/auth/logged-out";

fn client(id: &str) -> Client {
    Client {
        client_id: id.into(),
        client_secret: SECRET.into(),
        name: "Ma démarche".into(),
        site: "http://localhost:3000".into(),
        redirect_uris: vec![REDIRECT.into()],
        post_logout_redirect_uris: vec![AFTER.into()],
        signing_alg: Alg::Es256,
        amr: false,
        idp_hints: Some(Vec::new()),
        ..Client::default()
    }
}

fn emulator() -> Emulator {
    let hints = Some(vec!["demonstration-courriel".into()]);
    let amr = Client { amr: true, idp_hints: hints, ..client("amr") };
    let narrow = Client { scopes: Some(vec!["profile".into()]), ..client("etroit") };
    let clients = vec![client("client"), client("autre"), amr, narrow];
    Emulator::new(Settings {
        product: Product::Standard,
        issuer: ISSUER.into(),
        clients,
        seed: [7; 32],
        ..Settings::default()
    })
}

/// An authorization request: the usual parameters, `changes` replacing or adding some, `-name` removing.
fn authorize(changes: &[(&str, &str)]) -> String {
    let usual = [
        ("response_type", "code"),
        ("client_id", "client"),
        ("redirect_uri", REDIRECT),
        ("scope", "openid profile birth email idp_birthdate"),
        ("acr_values", "eidas1"),
        ("state", STATE),
        ("nonce", NONCE),
    ];
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in usual {
        if !changes.iter().any(|(changed, _)| changed.trim_start_matches('-') == name) {
            query.append_pair(name, value);
        }
    }
    query.extend_pairs(changes.iter().filter(|(name, _)| !name.starts_with('-')));
    format!("{ISSUER}/authorize?{}", query.finish())
}

fn form(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

fn token(emulator: &mut Emulator, now: Timestamp, changes: &[(&str, &str)]) -> Reply {
    let usual = [
        ("grant_type", "authorization_code"),
        ("redirect_uri", REDIRECT),
        ("client_id", "client"),
        ("client_secret", SECRET),
    ];
    let kept =
        usual.iter().filter(|(name, _)| !changes.iter().any(|(c, _)| c.trim_start_matches('-') == *name));
    let added = changes.iter().filter(|(name, _)| !name.starts_with('-'));
    let pairs: Vec<(&str, &str)> = kept.chain(added).copied().collect();
    emulator.handle(now, &Request::post(&format!("{ISSUER}/token"), &form(&pairs)))
}

fn userinfo(emulator: &mut Emulator, now: Timestamp, access_token: &str) -> Reply {
    let request = Request::get(&format!("{ISSUER}/userinfo"));
    emulator.handle(now, &request.with("authorization", &format!("Bearer {access_token}")))
}

fn json_of(reply: &Reply) -> Value {
    serde_json::from_slice(&reply.body).expect("JSON")
}

fn parameter(reply: &Reply, name: &str) -> Option<String> {
    let url = url::Url::parse(reply.get("location")?).expect("a URL");
    url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

fn part(token: &str, at: usize) -> Value {
    let part = token.split('.').nth(at).expect("a part");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
}

fn names(value: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = value.as_object().expect("an object").keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

/// A login of `account` by a fresh browser: the code.
fn code(emulator: &mut Emulator, now: Timestamp, changes: &[(&str, &str)], account: &str) -> String {
    let back = Visitor::new().log_in(emulator, now, &authorize(changes), account);
    parameter(&back, "code").unwrap_or_else(|| panic!("{account}: {}", back.text()))
}

/// A login of `account` by a fresh browser: ID Token claims and userinfo claims.
fn identity(emulator: &mut Emulator, changes: &[(&str, &str)], account: &str) -> (Value, Value) {
    let code = code(emulator, NOW, changes, account);
    let client = changes.iter().find(|(name, _)| *name == "client_id").map_or("client", |(_, id)| id);
    let answer = json_of(&token(emulator, NOW, &[("code", &code), ("client_id", client)]));
    let info = userinfo(emulator, NOW, answer["access_token"].as_str().unwrap());
    (part(answer["id_token"].as_str().unwrap(), 1), part(info.text(), 1))
}

/// The `Y` code of an error page.
fn page_code(reply: &Reply) -> Option<&str> {
    reply.text().split_once("Erreur Y").map(|(before, rest)| {
        let at = before.len() + "Erreur ".len();
        &reply.text()[at..=at + rest.find('<').unwrap()]
    })
}

#[test]
fn a_whole_login() {
    let (mut emulator, mut browser) = (emulator(), Visitor::new());
    let back = browser.log_in(&mut emulator, NOW, &authorize(&[]), "test");
    assert_eq!(back.status, 303);
    assert!(back.get("location").unwrap().starts_with(REDIRECT));
    assert_eq!(parameter(&back, "state").as_deref(), Some(STATE));
    assert_eq!(parameter(&back, "iss").as_deref(), Some(ISSUER));
    let code = parameter(&back, "code").unwrap();

    let answer = json_of(&token(&mut emulator, NOW, &[("code", &code)]));
    assert_eq!(names(&answer), ["access_token", "expires_in", "id_token", "scope", "token_type"]);
    let id_token = answer["id_token"].as_str().unwrap();
    let header = part(id_token, 0);
    assert_eq!((names(&header), &header["alg"]), (vec!["alg", "kid"], &json!("ES256")));
    let claims = part(id_token, 1);
    assert_eq!(names(&claims), ["acr", "aud", "auth_time", "exp", "iat", "iss", "nonce", "sub"]);
    assert_eq!(claims["nonce"], NONCE);
    assert_eq!(claims["exp"], NOW.unix() + 60);

    let info = userinfo(&mut emulator, NOW, answer["access_token"].as_str().unwrap());
    assert!(info.get("content-type").unwrap().starts_with("application/jwt"));
    let identity = part(info.text(), 1);
    assert_eq!(names(&identity).len(), 15);
    assert_eq!(identity["sub"], claims["sub"]);
    assert_eq!(identity["family_name"], "DUBOIS");

    let called = emulator.take_calls();
    assert_eq!(called.first(), Some(&Endpoint::Authorize));
    assert_eq!(
        called.iter().rev().take(2).rev().collect::<Vec<_>>(),
        [&Endpoint::Token, &Endpoint::UserInfo]
    );
}
