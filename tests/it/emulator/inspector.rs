//! The inspector: what was wrong in a service's request is told with its remedy, logins are kept whole and apart,
//! secrets are not, and a lie gets its verdict.

use super::{AFTER, NONCE, NOW, REDIRECT, SECRET, STATE, authorize, client, form, json_of, parameter};
use franceconnect_edge::emulator::{Client, Emulator, Fault, Reply, Request, Settings, Visitor};
use franceconnect_edge::time::Timestamp;
use serde_json::Value;

const BASE: &str = "http://127.0.0.1:8788/api/v2";

fn emulator() -> Emulator {
    let narrow = Client { scopes: Some(vec!["profile".into()]), amr: false, ..client("etroit") };
    let clients = vec![Client { amr: true, ..client("client") }, narrow];
    Emulator::new(Settings { clients, control: true, ..Settings::default() })
}

fn api(emulator: &mut Emulator, what: &str) -> Value {
    let url = format!("/_emulateur/api/{what}");
    json_of(&emulator.handle(NOW, &Request::get(&url).with("host", "127.0.0.1:8788")))
}

/// Every remark of every login, the latest login first.
fn all_remarks(emulator: &mut Emulator) -> Vec<String> {
    let logins = api(emulator, "logins");
    let numbers = logins.as_array().unwrap().iter().map(|login| login["number"].to_string());
    let mut all = Vec::new();
    for number in numbers {
        let login = api(emulator, &format!("logins/{number}"));
        let notes = login["exchanges"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|exchange| exchange["notes"].as_array().unwrap());
        all.extend(notes.map(|note| note["en"].as_str().unwrap().to_owned()));
    }
    all
}

/// The remarks about `request`.
fn remarks(emulator: &mut Emulator, now: Timestamp, request: &Request) -> (Reply, Vec<String>) {
    let before = all_remarks(emulator);
    let reply = emulator.handle(now, request);
    let mut told = all_remarks(emulator);
    for old in before {
        let at = told.iter().position(|told| *told == old).unwrap();
        told.remove(at);
    }
    (reply, told)
}

fn code(emulator: &mut Emulator, now: Timestamp) -> String {
    parameter(&Visitor::new().log_in(emulator, now, &authorize(&[]), "test"), "code").unwrap()
}

fn token(code: &str, changes: &[(&str, &str)]) -> Request {
    let usual = [
        ("grant_type", "authorization_code"),
        ("redirect_uri", REDIRECT),
        ("client_id", "client"),
        ("client_secret", SECRET),
        ("code", code),
    ];
    let kept = usual.iter().filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    let pairs: Vec<(&str, &str)> = kept.chain(changes).copied().collect();
    Request::post(&format!("{BASE}/token"), &form(&pairs))
}

#[test]
fn what_is_wrong_with_an_authorization_request_is_told_with_its_remedy() {
    for (changes, words) in [
        (&[("code_challenge", "x"), ("code_challenge_method", "S256")][..], "PKCE is not taken"),
        (&[("response_mode", "form_post")], "response_mode is not one of the eleven"),
        (
            &[("tracking", "x")],
            "tracking is not one of the eleven parameters that FranceConnect takes: leave it out",
        ),
        (&[("-acr_values", "")], "acr_values is missing"),
        (&[("-state", "")], "state is missing"),
        (&[("nonce", "court")], "nonce has less than 22"),
        (&[("prompt", "none")], "no silent login"),
        (&[("prompt", "select_account")], "prompt takes login and consent only"),
        (&[("response_type", "code id_token")], "response_type must be code"),
        (
            &[("client_id", "autre")],
            "client_id is registered nowhere here. FranceConnect knows: client, etroit",
        ),
        (&[("redirect_uri", "http://localhost:3000/auth/callback/")], "the difference is the trailing slash"),
        (&[("redirect_uri", "http://127.0.0.1:3000/auth/callback")], "localhost and 127.0.0.1"),
        (&[("client_id", "etroit"), ("scope", "openid email")], "does not open the scope email"),
        (&[("scope", "profile")], "scope must contain openid"),
        (&[("acr_values", "eidas2")], "FranceConnect gives eidas1 only"),
        (&[("idp_hint", "inconnu")], "idp_hint names no identity provider"),
        (
            &[("client_id", "etroit"), ("scope", "openid"), ("claims", r#"{"id_token":{"amr":{}}}"#)],
            "claims asks for amr",
        ),
    ] {
        let mut emulator = emulator();
        let (reply, told) = remarks(&mut emulator, NOW, &Request::get(&authorize(changes)));
        assert!(
            reply.status == 400 || reply.get("location").is_some_and(|to| to.contains("error=")),
            "{changes:?}"
        );
        assert!(told.iter().any(|told| told.contains(words)), "{changes:?}: {told:?}");
    }
}

#[test]
fn advice_is_given_for_what_is_taken_and_nothing_is_said_of_what_is_right() {
    let mut emulator = emulator();
    let request = Request::get(&authorize(&[]));
    assert_eq!(remarks(&mut emulator, NOW, &request).1, [""; 0]);
    assert!(remarks(&mut emulator, NOW, &request).1[0].starts_with("nonce was used before"));
    let changes = [("state", "court"), ("nonce", "vingt-deux-caracteres-"), ("scope", "openid phone")];
    let (reply, told) = remarks(&mut emulator, NOW, &Request::get(&authorize(&changes)));
    assert_eq!(reply.status, 303);
    let told = told.join("\n");
    for words in ["The scope phone does not exist", "state has less than 32", "nonce has less than 32"] {
        assert!(told.contains(words), "{words}: {told}");
    }
}

#[test]
fn what_is_wrong_with_a_token_request_is_told_with_its_remedy() {
    for (changes, later, words) in [
        (&[("client_secret", "faux")][..], 0, "client_secret is not the service's"),
        (
            &[("client_secret", "secret-de-trente-deux-caracteres-au-moins\n")],
            0,
            "a space or a line break around it",
        ),
        (&[("code", "inconnu")], 0, "was not given here"),
        (&[], 31, "exchanged 31 s after it was given, it lives 30"),
        (&[("redirect_uri", "http://localhost:3000/auth/callback/")], 0, "the trailing slash"),
        (&[("client_id", "etroit")], 0, "given to another client"),
        (&[("code", "")], 0, "code is missing"),
        (&[("code_verifier", "x")], 0, "code_verifier has no effect"),
    ] {
        let mut emulator = emulator();
        let code = code(&mut emulator, NOW);
        let (_, told) = remarks(&mut emulator, NOW.plus(later), &token(&code, changes));
        assert!(told.iter().any(|told| told.contains(words)), "{changes:?} {later}: {told:?}");
    }
    let mut emulator = emulator();
    let code = code(&mut emulator, NOW);
    assert_eq!(remarks(&mut emulator, NOW, &token(&code, &[])).1, [""; 0]);
    assert!(remarks(&mut emulator, NOW, &token(&code, &[])).1[0].contains("exchanged before"));
    let basic = Request::post(&format!("{BASE}/token"), "grant_type=authorization_code")
        .with("authorization", "Basic x");
    assert!(remarks(&mut emulator, NOW, &basic).1[0].contains("client_secret_basic"));
    let mut posted = Request::new("POST", &format!("{BASE}/token")).with("content-type", "application/json");
    posted.body = b"{}".to_vec();
    let told = remarks(&mut emulator, NOW, &posted.with("origin", "https://demarche.example")).1.join("\n");
    assert!(told.contains("not JSON") && told.contains("no CORS header"), "{told}");
}

#[test]
fn what_is_wrong_with_later_calls_is_told_with_its_remedy() {
    let mut emulator = emulator();
    let code = code(&mut emulator, NOW);
    let answer = json_of(&emulator.handle(NOW, &token(&code, &[])));
    let (access, hint) = (answer["access_token"].as_str().unwrap(), answer["id_token"].as_str().unwrap());
    let userinfo = |query: &str| Request::get(&format!("{BASE}/userinfo{query}"));
    let end = |query: &[(&str, &str)]| Request::get(&format!("{BASE}/session/end?{}", form(query)));
    let five = format!("{hint}.x.y");
    let revoke = |pairs: &[(&str, &str)]| Request::post(&format!("{BASE}/token/revocation"), &form(pairs));
    for (request, words) in [
        (userinfo(""), "header Authorization: Bearer"),
        (userinfo("?access_token=x"), "in the address, which every log keeps"),
        (userinfo("").with("authorization", "Bearer inconnu"), "unknown, revoked or expired"),
        (
            userinfo("")
                .with("authorization", &format!("Bearer {access}"))
                .with("accept", "application/json"),
            "always answers a JWT",
        ),
        (end(&[]), "id_token_hint is missing"),
        (end(&[("id_token_hint", &five)]), "send the JWS inside"),
        (end(&[("id_token_hint", "x")]), "is not an ID Token"),
        (
            end(&[("id_token_hint", hint), ("post_logout_redirect_uri", &format!("{AFTER}/"))]),
            "trailing slash",
        ),
        (
            end(&[("id_token_hint", hint), ("client_id", "etroit")]),
            "not the one that the ID Token was given to",
        ),
        (end(&[("id_token_hint", hint)]), "no FranceConnect session in this browser"),
        (end(&[("id_token_hint", hint), ("tracking", "x")]), "tracking is not a parameter of the logout"),
        (
            revoke(&[("token", access), ("token_type_hint", "x"), ("client_id", "client")]),
            "token_type_hint is not taken",
        ),
    ] {
        let (_, told) = remarks(&mut emulator, NOW, &request);
        assert!(told.iter().any(|told| told.contains(words)), "{request:?}: {told:?}");
    }
    let logins = api(&mut emulator, "logins");
    let of_it = |number: u64| logins.as_array().unwrap().iter().any(|login| login["number"] == number);
    assert!(of_it(1), "{logins}");
}

#[test]
fn a_login_is_kept_whole_apart_and_without_its_secrets() {
    let mut emulator = emulator();
    let first = code(&mut emulator, NOW);
    let other = authorize(&[
        ("client_id", "etroit"),
        ("scope", "openid"),
        ("nonce", "AutreNonce0123456789abcdefghijklm"),
    ]);
    emulator.handle(NOW, &Request::get(&other));
    let answer = json_of(&emulator.handle(NOW, &token(&first, &[])));
    let bearer = format!("Bearer {}", answer["access_token"].as_str().unwrap());
    emulator.handle(NOW, &Request::get(&format!("{BASE}/userinfo")).with("authorization", &bearer));
    let hint = form(&[("id_token_hint", answer["id_token"].as_str().unwrap()), ("state", STATE)]);
    emulator.handle(NOW, &Request::get(&format!("{BASE}/session/end?{hint}")));
    let login = api(&mut emulator, "logins/1");
    let endpoints: Vec<&str> = login["exchanges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|exchange| exchange["endpoint"].as_str().unwrap())
        .collect();
    assert_eq!(endpoints.first(), Some(&"authorize"));
    assert_eq!(endpoints[endpoints.len() - 3..], ["token", "userinfo", "end_session"]);
    let text = login.to_string();
    assert!(!text.contains(SECRET) && text.contains("••••"), "{text}");
    let exchanges = login["exchanges"].as_array().unwrap();
    let of = |name: &str| exchanges.iter().find(|exchange| exchange["endpoint"] == name).unwrap();
    assert_eq!(of("token")["tokens"][0]["claims"]["nonce"], NONCE);
    assert_eq!(of("userinfo")["tokens"][0]["claims"]["family_name"], "DUBOIS");
    assert_eq!((&of("token")["from"], &of("authorize")["from"]), (&"service".into(), &"browser".into()));
    assert_eq!(api(&mut emulator, "logins/2")["exchanges"].as_array().unwrap().len(), 1);
    assert_eq!(api(&mut emulator, "logins/3")["errors"].as_array().unwrap().len(), 1);
}

#[test]
fn only_the_last_logins_are_kept_and_of_each_not_without_end() {
    let mut emulator = emulator();
    for _ in 0..150 {
        emulator.handle(NOW, &Request::get(&authorize(&[])));
    }
    let logins = api(&mut emulator, "logins");
    assert_eq!((logins.as_array().unwrap().len(), &logins[0]["number"]), (100, &150.into()));
    for _ in 0..100 {
        emulator.handle(NOW, &Request::get(&format!("{BASE}/jwks")));
    }
    assert_eq!(api(&mut emulator, "logins/150")["exchanges"].as_array().unwrap().len(), 40);
    let huge = "x".repeat(200_000);
    emulator.handle(NOW, &Request::get(&authorize(&[("state", &huge)])));
    assert!(api(&mut emulator, "logins/151").to_string().len() < 40_000);
}

#[test]
fn nothing_is_kept_where_the_interface_is_closed() {
    let mut emulator = Emulator::new(Settings { clients: vec![client("client")], ..Settings::default() });
    emulator.handle(NOW, &Request::get(&authorize(&[])));
    let reply = emulator.handle(NOW, &Request::get("/_emulateur/api/logins").with("host", "127.0.0.1:8788"));
    assert_eq!(reply.status, 404);
}

#[test]
fn a_lie_gets_its_verdict() {
    for (fault, calls, verdict) in [
        ("id_token.nonce_other", "", "not_reached"),
        ("id_token.nonce_other", "token", "right"),
        ("id_token.nonce_other", "token userinfo", "believed"),
        ("callback.state_other", "", "right"),
        ("callback.state_other", "token", "believed"),
        ("jwks.empty_set", "jwks", "right"),
        ("jwks.empty_set", "jwks token", "believed"),
        ("token.token_type_lower", "token", "too_strict"),
        ("token.token_type_lower", "token userinfo", "right"),
        ("userinfo.sub_other", "token userinfo", "unseen"),
        ("token.status_201", "token", "unseen"),
    ] {
        let mut emulator = emulator();
        emulator.misbehave(Fault::from_name(fault));
        let back = Visitor::new().log_in(&mut emulator, NOW, &authorize(&[]), "test");
        let code = parameter(&back, "code").unwrap_or_default();
        let mut access = String::new();
        for call in calls.split_whitespace() {
            match call {
                "jwks" => drop(emulator.handle(NOW, &Request::get(&format!("{BASE}/jwks")))),
                "token" => {
                    let reply = emulator.handle(NOW, &token(&code, &[]));
                    access = json_of(&reply)["access_token"].as_str().unwrap_or_default().to_owned();
                }
                _ => {
                    let request = Request::get(&format!("{BASE}/userinfo"));
                    emulator.handle(NOW, &request.with("authorization", &format!("Bearer {access}")));
                }
            }
        }
        assert_eq!(api(&mut emulator, "logins")[0]["verdict"], verdict, "{fault} {calls}");
    }
}
