//! Configurations of what an origin is told: what is fine, each fault alone, and what is published.

use std::collections::BTreeMap;

use franceconnect_edge::config::{self, Config, Faults};
use serde_json::{Value, json};

use crate::assertion::signing;
use crate::support::conversation::{Browser, World, private_keys, variables};
use crate::support::service_keys::ServiceKeys;

type Changes<'a> = &'a [(&'static str, &'a str)];

/// Changes, the variable that has a fault, and what is told of it.
type Row<'a> = (Vec<(&'static str, &'a str)>, &'static str, &'a str);

fn all(changes: Changes<'_>) -> BTreeMap<&'static str, String> {
    let mut all = variables();
    all.insert("FC_ASSERTION_KEYS", signing(&[21]));
    all.insert("FC_ASSERTION_AUDIENCE", "https://origin.example".to_owned());
    all.extend(changes.iter().map(|(name, value)| (*name, (*value).to_owned())));
    all
}

fn read(changes: Changes<'_>) -> Result<Config, Faults> {
    let all = all(changes);
    config::read(|name| all.get(name).cloned())
}

/// The variables with faults, and the first fault in English.
fn faults(changes: Changes<'_>) -> (Vec<&'static str>, String) {
    let Err(faults) = read(changes) else { return (Vec::new(), String::new()) };
    for fault in faults.iter() {
        for (_, value) in changes.iter().filter(|(_, value)| value.len() > 12) {
            assert!(!fault.fr.contains(value) && !fault.en.contains(value), "{fault:?} repeats a value");
        }
    }
    let first = faults.iter().next().unwrap().en.clone();
    (faults.iter().map(|fault| fault.variable).collect(), first)
}

#[test]
fn what_is_fine() {
    let several = signing(&[21, 22, 23, 24]);
    let beside = private_keys(&["ECDH-ES", "ES256"]);
    let rows: Vec<Vec<(&'static str, &str)>> = vec![
        vec![],
        // Published before there is anybody to tell.
        vec![("FC_ASSERTION_AUDIENCE", "")],
        vec![("FC_ASSERTION_KEYS", &several), ("FC_PRIVATE_KEYS", &beside)],
        vec![
            ("FC_ASSERTION_KEYS", ""),
            ("FC_ASSERTION_AUDIENCE", ""),
            ("FC_IDENTITY_HEADERS", "X-User: sub"),
        ],
        // The default, as a manifest may set it.
        vec![("FC_ASSERTION_KEYS", ""), ("FC_ASSERTION_AUDIENCE", ""), ("FC_ASSERTION_LIFE", "300")],
        vec![("FC_ASSERTION_AUDIENCE", "service:app"), ("FC_ASSERTION_LIFE", "30")],
        vec![("FC_ASSERTION_CLAIMS", "email,family_name  email"), ("FC_ASSERTION_LIFE", "3600")],
        vec![("FC_IDENTITY_HEADERS", "X-User:sub,X-Amr: amr, X-Sid:sid , X-Mail: email,")],
        // Other providers' claims are those of the scopes' names.
        vec![
            ("FC_ENVIRONMENT", "other"),
            ("FC_SCOPES", "openid siren"),
            ("FC_ASSERTION_CLAIMS", "siren"),
            ("FC_IDENTITY_HEADERS", "X-Siren: siren"),
        ],
    ];
    for changes in rows {
        assert_eq!(faults(&changes), (vec![], String::new()), "{changes:?}");
    }
}

#[test]
fn each_fault_alone_and_once() {
    let with =
        |key: Value| json!({ "keys": [ServiceKeys::new(21).private_jwk("ES256", "a"), key] }).to_string();
    let encrypting = with(ServiceKeys::new(22).private_jwk("ECDH-ES", "b"));
    let named = with(ServiceKeys::new(22).private_jwk("ES256", "cle-5"));
    let (shared_key, shared_name) = (with(ServiceKeys::new(5).private_jwk("ES256", "b")), named);
    let five = signing(&[21, 22, 23, 24, 25]);
    let beside = private_keys(&["ES256"]);
    let crowd = (0..33).map(|at| format!("X-{at}: sub")).collect::<Vec<_>>().join(",");
    let long = format!("X-{}: sub", "a".repeat(63));
    let rows: Vec<Row<'_>> = vec![
        (vec![("FC_ASSERTION_KEYS", "changeme")], "FC_ASSERTION_KEYS", "is no JWK Set"),
        (vec![("FC_ASSERTION_KEYS", "{\"keys\":[]}")], "FC_ASSERTION_KEYS", "holds no key"),
        (vec![("FC_ASSERTION_KEYS", &five)], "FC_ASSERTION_KEYS", "holds more than 4"),
        (vec![("FC_ASSERTION_KEYS", &encrypting)], "FC_ASSERTION_KEYS", "key 2: use and alg must be sig"),
        (
            vec![("FC_ASSERTION_KEYS", &shared_key), ("FC_PRIVATE_KEYS", &beside)],
            "FC_ASSERTION_KEYS",
            "key 2: it, or its kid, is in FC_PRIVATE_KEYS",
        ),
        (
            vec![("FC_ASSERTION_KEYS", &shared_name), ("FC_PRIVATE_KEYS", &beside)],
            "FC_ASSERTION_KEYS",
            "key 2: it, or its kid, is in FC_PRIVATE_KEYS",
        ),
        (vec![("FC_ASSERTION_KEYS", "")], "FC_ASSERTION_KEYS", "is not set"),
        (
            vec![("FC_ASSERTION_KEYS", ""), ("FC_ASSERTION_AUDIENCE", ""), ("FC_ASSERTION_CLAIMS", "email")],
            "FC_ASSERTION_KEYS",
            "is not set",
        ),
        (vec![("FC_ASSERTION_AUDIENCE", "two words")], "FC_ASSERTION_AUDIENCE", "holds a blank"),
        (vec![("FC_ASSERTION_AUDIENCE", "https://é.example")], "FC_ASSERTION_AUDIENCE", "holds a blank"),
        (vec![("FC_ASSERTION_LIFE", "29")], "FC_ASSERTION_LIFE", "is not a whole number from 30"),
        (vec![("FC_ASSERTION_LIFE", "3601")], "FC_ASSERTION_LIFE", "is not a whole number from 30"),
        (vec![("FC_ASSERTION_CLAIMS", "sub")], "FC_ASSERTION_CLAIMS", "names what the assertion always"),
        (vec![("FC_ASSERTION_CLAIMS", "exp")], "FC_ASSERTION_CLAIMS", "names what the assertion always"),
        (vec![("FC_ASSERTION_CLAIMS", "email idp_id")], "FC_ASSERTION_CLAIMS", "names a claim that no scope"),
        (vec![("FC_ASSERTION_CLAIMS", "id_token")], "FC_ASSERTION_CLAIMS", "names a claim that no scope"),
        (vec![("FC_IDENTITY_HEADERS", "X-User")], "FC_IDENTITY_HEADERS", "must list pairs"),
        (vec![("FC_IDENTITY_HEADERS", "X-User: iss")], "FC_IDENTITY_HEADERS", "names a claim that no scope"),
        (vec![("FC_IDENTITY_HEADERS", "X-User:")], "FC_IDENTITY_HEADERS", "names a claim that no scope"),
        (
            vec![("FC_IDENTITY_HEADERS", "X_User: sub")],
            "FC_IDENTITY_HEADERS",
            "holds a name that is not made",
        ),
        (vec![("FC_IDENTITY_HEADERS", ": sub")], "FC_IDENTITY_HEADERS", "holds a name that is not made"),
        (
            vec![("FC_IDENTITY_HEADERS", "X User: sub")],
            "FC_IDENTITY_HEADERS",
            "holds a name that is not made",
        ),
        (vec![("FC_IDENTITY_HEADERS", &long)], "FC_IDENTITY_HEADERS", "holds a name that is not made"),
        (vec![("FC_IDENTITY_HEADERS", "X-A: sub, x-a: acr")], "FC_IDENTITY_HEADERS", "holds the same name"),
        (vec![("FC_IDENTITY_HEADERS", &crowd)], "FC_IDENTITY_HEADERS", "holds more than 32"),
    ];
    for (changes, variable, text) in rows {
        let (variables, told) = faults(&changes);
        assert_eq!(variables, [variable], "{changes:?}");
        assert!(told.contains(text), "{changes:?}: {told}");
    }
    for name in [
        "Connection",
        "Keep-Alive",
        "TE",
        "Transfer-Encoding",
        "Proxy-Authorization",
        "Upgrade",
        "Cookie",
        "Set-Cookie",
        "Authorization",
        "Host",
        "Content-Length",
        "content-type",
        "FC-Assertion",
        "Fc-User",
        "X-Forwarded-For",
        "Forwarded",
        "Spin-Path-Info",
        "Sec-Fetch-Site",
    ] {
        let (variables, told) = faults(&[("FC_IDENTITY_HEADERS", &format!("{name}: sub"))]);
        assert_eq!(variables, ["FC_IDENTITY_HEADERS"], "{name}");
        assert!(told.starts_with("holds a name that means something"), "{name}: {told}");
    }
    // A list of scopes that is wrong is one fault.
    let broken = [("FC_SCOPES", "given_name"), ("FC_ASSERTION_CLAIMS", "given_name")];
    assert_eq!(faults(&broken).0, ["FC_SCOPES"]);
}

#[test]
fn all_keys_are_published_and_none_is_printed() {
    let beside = private_keys(&["ECDH-ES", "ES256"]);
    let changes = [("FC_ASSERTION_KEYS", &*signing(&[21, 22])), ("FC_PRIVATE_KEYS", &beside)];
    let mut world = World::new();
    world.config = read(&changes).unwrap();
    let answer = Browser::new().get(&mut world, "/auth/jwks.json");
    assert_eq!((answer.status, answer.get("content-type")), (200, Some("application/jwk-set+json")));
    let text = String::from_utf8(answer.body).unwrap();
    let set: Value = serde_json::from_str(&text).unwrap();
    let keys = set["keys"].as_array().unwrap();
    let named: Vec<[&str; 3]> =
        keys.iter().map(|key| ["kid", "use", "alg"].map(|name| key[name].as_str().unwrap())).collect();
    assert_eq!(
        named,
        [
            ["cle-5", "enc", "ECDH-ES"],
            ["cle-6", "sig", "ES256"],
            ["assertion-21", "sig", "ES256"],
            ["assertion-22", "sig", "ES256"],
        ]
    );
    let printed = format!("{:?}", world.config);
    for seed in [5, 6, 21, 22] {
        let key = ServiceKeys::new(seed).private_jwk("ES256", "k");
        let secret = key["d"].as_str().unwrap();
        assert!(!text.contains(secret) && !printed.contains(secret), "{seed}");
    }
    world.config = read(&[]).unwrap();
    assert_eq!(Browser::new().get(&mut world, "/auth/jwks.json").status, 200, "without FC_PRIVATE_KEYS, too");
}
