//! Configurations with FranceConnect+, private keys and several sites: what is fine, each fault alone and once.

use std::collections::BTreeMap;

use franceconnect_edge::config::{self, Config, Faults};
use serde_json::{Value, json};

use crate::support::conversation::{ISSUER, SITE, variables};
use crate::support::envelope::{Agreeing, with};
use crate::support::fixture;

const PLUS_ISSUER: &str = "http://127.0.0.1:8788/plus/api/v2";

type Changes<'a> = Vec<(&'static str, &'a str)>;

/// FranceConnect+ alone, its emulator, and FranceConnect+ beside FranceConnect.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Base {
    Plain,
    Plus,
    PlusEmulator,
    Second,
    SecondEmulator,
}

fn set(keys: &[Value]) -> String {
    json!({ "keys": keys }).to_string()
}

fn ec() -> Value {
    Agreeing::new(1).private("ec")
}

fn signing() -> Value {
    with(Agreeing::new(2).private("sig"), &json!({ "use": "sig", "alg": "ES256" }))
}

fn read(base: Base, changes: &[(&'static str, &str)]) -> Result<Config, Faults> {
    let keys = set(&[ec()]);
    let client = [("FC_PLUS_CLIENT_ID", "plus-client"), ("FC_PLUS_CLIENT_SECRET", "plus-secret")];
    let more: Changes = match base {
        Base::Plain => vec![],
        Base::Plus => {
            vec![("PUBLIC_URL", SITE), ("FC_ENVIRONMENT", "plus-integration"), ("FC_ISSUER", "")]
        }
        Base::PlusEmulator => vec![("FC_ENVIRONMENT", "plus-emulator")],
        Base::Second => vec![("PUBLIC_URL", SITE), ("FC_ENVIRONMENT", "integration"), ("FC_ISSUER", "")],
        Base::SecondEmulator => vec![("FC_PLUS_ISSUER", PLUS_ISSUER)],
    };
    let mut all: BTreeMap<&'static str, String> = variables();
    all.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
    if base != Base::Plain {
        all.insert("FC_PRIVATE_KEYS", keys);
    }
    if matches!(base, Base::Second | Base::SecondEmulator) {
        all.extend(client.iter().map(|(name, value)| (*name, (*value).to_owned())));
    }
    all.extend(changes.iter().map(|(name, value)| (*name, (*value).to_owned())));
    config::read(|name| all.get(name).cloned())
}

fn faults(base: Base, changes: &[(&'static str, &str)]) -> Vec<&'static str> {
    let Err(faults) = read(base, changes) else { return Vec::new() };
    for fault in faults.iter() {
        for (_, value) in changes.iter().filter(|(_, value)| value.len() > 12) {
            assert!(!fault.fr.contains(value) && !fault.en.contains(value), "{fault:?} repeats a value");
        }
    }
    faults.iter().map(|fault| fault.variable).collect()
}

/// The texts of the faults of one variable.
fn told(base: Base, changes: &[(&'static str, &str)]) -> Vec<String> {
    read(base, changes).unwrap_err().iter().map(|fault| fault.en.clone()).collect()
}

#[test]
fn what_is_fine() {
    let (rsa, all) = (set(&[fixture::rsa_key(0, "r")]), set(&[signing(), fixture::rsa_key(0, "r"), ec()]));
    let (both, sign_only) = (set(&[ec(), signing()]), set(&[signing()]));
    let rows: Vec<(Base, Changes)> = vec![
        (Base::Plain, vec![]),
        // Keys may be published before anything uses them.
        (Base::Plain, vec![("FC_PRIVATE_KEYS", &all)]),
        (Base::Plain, vec![("FC_PRIVATE_KEYS", " ")]),
        (
            Base::Plain,
            vec![
                ("FC_CLIENT_AUTH", "private_key_jwt"),
                ("FC_PRIVATE_KEYS", &sign_only),
                ("FC_CLIENT_SECRET", ""),
            ],
        ),
        (Base::Plain, vec![("FC_SECTOR_REDIRECT_URIS", "http://localhost:9/auth/callback,")]),
        (Base::Plain, vec![("FC_SECTOR_REDIRECT_URIS", "https://other.example/auth/callback?a=b")]),
        // What the manifests set by default means nothing.
        (
            Base::Plain,
            vec![
                ("FC_PLUS_CLIENT_AUTH", "client_secret_post"),
                ("FC_PLUS_AMR", "false"),
                ("FC_PLUS_ISSUER", ""),
            ],
        ),
        (
            Base::Plain,
            vec![("FC_ENVIRONMENT", "other"), ("FC_ENCRYPTION_ALG", "ECDH-ES"), ("FC_PRIVATE_KEYS", &both)],
        ),
        (Base::Plus, vec![]),
        (Base::Plus, vec![("FC_ENVIRONMENT", "plus-production")]),
        (Base::Plus, vec![("FC_ENCRYPTION_ALG", "ECDH-ES"), ("FC_ACR_VALUES", "eidas3")]),
        (Base::Plus, vec![("FC_ENCRYPTION_ALG", "RSA-OAEP-256"), ("FC_PRIVATE_KEYS", &rsa)]),
        (
            Base::Plus,
            vec![("FC_CLIENT_AUTH", "private_key_jwt"), ("FC_PRIVATE_KEYS", &both), ("FC_CLIENT_SECRET", "")],
        ),
        (
            Base::Plus,
            vec![("FC_SCOPES", "openid rnipp_birth"), ("FC_PROTECTED_PATHS", "/a eidas3,/b eidas1")],
        ),
        (Base::PlusEmulator, vec![]),
        (Base::Second, vec![]),
        (Base::Second, vec![("FC_ENVIRONMENT", "sandbox")]),
        (Base::Second, vec![("FC_ENVIRONMENT", "production"), ("FC_ID_TOKEN_ALG", "RS256")]),
        (Base::Second, vec![("FC_PROTECTED_PATHS", "/a, /b eidas2, /c eidas3")]),
        (
            Base::Second,
            vec![("FC_SCOPES", "openid given_name_array"), ("FC_PLUS_SCOPES", "openid rnipp_birth")],
        ),
        (
            Base::Second,
            vec![
                ("FC_PLUS_CLIENT_AUTH", "private_key_jwt"),
                ("FC_PRIVATE_KEYS", &both),
                ("FC_PLUS_CLIENT_SECRET", ""),
            ],
        ),
        (Base::Second, vec![("FC_PLUS_AMR", "true"), ("FC_PLUS_IDP_HINT", "idp-1")]),
        (Base::SecondEmulator, vec![]),
    ];
    for (base, changes) in rows {
        assert_eq!(faults(base, &changes), Vec::<&str>::new(), "{base:?} {changes:?}");
    }
}

#[test]
fn each_fault_alone_and_once() {
    let keys = |keys: &[Value]| set(keys);
    let (rsa, sign_only, empty) = (keys(&[fixture::rsa_key(0, "r")]), keys(&[signing()]), keys(&[]));
    let five = keys(&(1..6).map(|seed| Agreeing::new(seed).private(&seed.to_string())).collect::<Vec<_>>());
    let public = keys(&[with(ec(), &json!({ "d": null }))]);
    let broken = format!("{}x", keys(&[ec()]));
    let crowd: Vec<String> = (0..100).map(|at| format!("https://s{at}.example/auth/callback")).collect();
    let crowd = crowd.join(",");
    let rows: Vec<(Base, Changes, &'static str)> = vec![
        (Base::Plus, vec![("FC_PRIVATE_KEYS", "")], "FC_PRIVATE_KEYS"),
        (Base::Plus, vec![("FC_PRIVATE_KEYS", "[]")], "FC_PRIVATE_KEYS"),
        (Base::Plus, vec![("FC_PRIVATE_KEYS", &broken)], "FC_PRIVATE_KEYS"),
        (Base::Plus, vec![("FC_PRIVATE_KEYS", &empty)], "FC_PRIVATE_KEYS"),
        (Base::Plus, vec![("FC_PRIVATE_KEYS", &five)], "FC_PRIVATE_KEYS"),
        (Base::Plus, vec![("FC_PRIVATE_KEYS", &public)], "FC_PRIVATE_KEYS"),
        (Base::Plain, vec![("FC_PRIVATE_KEYS", &public)], "FC_PRIVATE_KEYS"),
        // A good set without the key that is needed.
        (Base::Plus, vec![("FC_PRIVATE_KEYS", &sign_only)], "FC_PRIVATE_KEYS"),
        (Base::Plus, vec![("FC_PRIVATE_KEYS", &rsa)], "FC_PRIVATE_KEYS"),
        (Base::Plus, vec![("FC_ENCRYPTION_ALG", "RSA-OAEP-256")], "FC_PRIVATE_KEYS"),
        (Base::Plus, vec![("FC_CLIENT_AUTH", "private_key_jwt")], "FC_PRIVATE_KEYS"),
        (Base::Plain, vec![("FC_CLIENT_AUTH", "private_key_jwt")], "FC_PRIVATE_KEYS"),
        (Base::Second, vec![("FC_PRIVATE_KEYS", "")], "FC_PRIVATE_KEYS"),
        (Base::Second, vec![("FC_PRIVATE_KEYS", &rsa)], "FC_PRIVATE_KEYS"),
        (Base::Second, vec![("FC_PLUS_CLIENT_AUTH", "private_key_jwt")], "FC_PRIVATE_KEYS"),
        (Base::Plain, vec![("FC_ENVIRONMENT", "other"), ("FC_ENCRYPTION_ALG", "ECDH-ES")], "FC_PRIVATE_KEYS"),
        (Base::Plus, vec![("FC_ENCRYPTION_ALG", "RSA-OAEP")], "FC_ENCRYPTION_ALG"),
        (Base::Plus, vec![("FC_ENCRYPTION_ALG", "ecdh-es")], "FC_ENCRYPTION_ALG"),
        (Base::Plus, vec![("FC_ENCRYPTION_ALG", "none")], "FC_ENCRYPTION_ALG"),
        (Base::Plus, vec![("FC_ENCRYPTION_ALG", "A256GCM")], "FC_ENCRYPTION_ALG"),
        (Base::Plain, vec![("FC_ENCRYPTION_ALG", "ECDH-ES")], "FC_ENCRYPTION_ALG"),
        (Base::Plain, vec![("FC_ENCRYPTION_ALG", "none")], "FC_ENCRYPTION_ALG"),
        (Base::Second, vec![("FC_ENCRYPTION_ALG", "dir")], "FC_ENCRYPTION_ALG"),
        // One misspelt word is one fault, whatever the rest would mean elsewhere.
        (Base::Plus, vec![("FC_ENVIRONMENT", "plus")], "FC_ENVIRONMENT"),
        (Base::Plus, vec![("FC_ENVIRONMENT", "plus-sandbox")], "FC_ENVIRONMENT"),
        (
            Base::Plus,
            vec![
                ("FC_ENVIRONMENT", "plus-prod"),
                ("FC_ENCRYPTION_ALG", "ECDH-ES"),
                ("FC_ACR_VALUES", "eidas3"),
                ("FC_SCOPES", "openid rnipp_birth"),
                ("FC_PROTECTED_PATHS", "/a eidas2"),
            ],
            "FC_ENVIRONMENT",
        ),
        (
            Base::Second,
            vec![("FC_ENVIRONMENT", "prod"), ("FC_PLUS_SCOPES", "openid rnipp_birth")],
            "FC_ENVIRONMENT",
        ),
        (Base::SecondEmulator, vec![("FC_ENVIRONMENT", "emulated")], "FC_ENVIRONMENT"),
        (
            Base::Plain,
            vec![
                ("FC_ENVIRONMENT", "others"),
                ("FC_ALLOWED_ORIGINS", "https://a.example"),
                ("FC_USERINFO", "json"),
            ],
            "FC_ENVIRONMENT",
        ),
        (
            Base::PlusEmulator,
            vec![("PUBLIC_URL", SITE), ("FC_ISSUER", "https://op.example")],
            "FC_ENVIRONMENT",
        ),
        (Base::Plus, vec![("FC_ISSUER", "https://op.example")], "FC_ISSUER"),
        (Base::PlusEmulator, vec![("FC_ISSUER", "")], "FC_ISSUER"),
        (Base::Plus, vec![("FC_ACR_VALUES", "eidas1")], "FC_ACR_VALUES"),
        (Base::Plus, vec![("FC_ACR_VALUES", "none")], "FC_ACR_VALUES"),
        (Base::Second, vec![("FC_ACR_VALUES", "eidas2")], "FC_ACR_VALUES"),
        (Base::Plus, vec![("FC_ID_TOKEN_ALG", "RS256")], "FC_ID_TOKEN_ALG"),
        (Base::Plus, vec![("FC_USERINFO", "json")], "FC_USERINFO"),
        (Base::Second, vec![("FC_USERINFO", "json")], "FC_USERINFO"),
        (Base::Plus, vec![("FC_SCOPES", "openid given_name_array")], "FC_SCOPES"),
        (Base::Plain, vec![("FC_SCOPES", "openid rnipp_birth")], "FC_SCOPES"),
        (Base::Plus, vec![("FC_CLIENT_AUTH", "client_secret_basic")], "FC_CLIENT_AUTH"),
        (Base::Plain, vec![("FC_PROTECTED_PATHS", "/a eidas3")], "FC_PROTECTED_PATHS"),
        // Of two registrations that share a variable, or a list, the fault is told once.
        (Base::Second, vec![("FC_LEEWAY", "61")], "FC_LEEWAY"),
        (Base::Second, vec![("FC_PROMPT", "none")], "FC_PROMPT"),
        (Base::Second, vec![("FC_UI_LOCALES", "fr;q=1")], "FC_UI_LOCALES"),
        (Base::Second, vec![("FC_USERINFO", "xml")], "FC_USERINFO"),
        (
            Base::Second,
            vec![("FC_ALLOWED_ORIGINS", "https://a.example, https://b.example")],
            "FC_ALLOWED_ORIGINS",
        ),
        (Base::Second, vec![("FC_SCOPES", "given_name")], "FC_SCOPES"),
        (Base::Second, vec![("FC_SCOPES", "openid offline_access")], "FC_SCOPES"),
        (Base::Second, vec![("FC_SCOPES", "openid idp_id")], "FC_SCOPES"),
        (Base::Second, vec![("FC_PLUS_SCOPES", "openid idp_id")], "FC_PLUS_SCOPES"),
        (Base::Second, vec![("FC_PLUS_SCOPES", "given_name")], "FC_PLUS_SCOPES"),
        (Base::Second, vec![("FC_PLUS_CLIENT_ID", "with blank")], "FC_PLUS_CLIENT_ID"),
        (Base::Second, vec![("FC_PLUS_CLIENT_SECRET", "")], "FC_PLUS_CLIENT_SECRET"),
        (Base::Second, vec![("FC_PLUS_CLIENT_SECRET", "line\nbreak")], "FC_PLUS_CLIENT_SECRET"),
        (Base::Second, vec![("FC_PLUS_CLIENT_AUTH", "client_secret_basic")], "FC_PLUS_CLIENT_AUTH"),
        (Base::Second, vec![("FC_PLUS_CLIENT_AUTH", "client_secret_jwt")], "FC_PLUS_CLIENT_AUTH"),
        (Base::Second, vec![("FC_PLUS_AMR", "yes")], "FC_PLUS_AMR"),
        (Base::Second, vec![("FC_PLUS_IDP_HINT", "a&b=c")], "FC_PLUS_IDP_HINT"),
        (Base::Second, vec![("FC_PLUS_ISSUER", PLUS_ISSUER)], "FC_PLUS_ISSUER"),
        (Base::SecondEmulator, vec![("FC_PLUS_ISSUER", "")], "FC_PLUS_ISSUER"),
        (Base::SecondEmulator, vec![("FC_PLUS_ISSUER", ISSUER)], "FC_PLUS_ISSUER"),
        (Base::SecondEmulator, vec![("FC_PLUS_ISSUER", "http://127.0.0.1:8788/plus/")], "FC_PLUS_ISSUER"),
        (Base::SecondEmulator, vec![("FC_PLUS_ISSUER", "http://op.example")], "FC_PLUS_ISSUER"),
        // FranceConnect+ sends nobody back to the developer's own machine.
        (Base::Plus, vec![("PUBLIC_URL", "http://localhost:8787")], "PUBLIC_URL"),
        (Base::Second, vec![("PUBLIC_URL", "https://127.0.0.1:8787")], "PUBLIC_URL"),
        // A second client where the first is none of FranceConnect's.
        (Base::Second, vec![("FC_ENVIRONMENT", "plus-production")], "FC_PLUS_CLIENT_ID"),
        (
            Base::Second,
            vec![("FC_ENVIRONMENT", "other"), ("FC_ISSUER", "https://op.example")],
            "FC_PLUS_CLIENT_ID",
        ),
        (Base::Plain, vec![("FC_SECTOR_REDIRECT_URIS", "second-site.example")], "FC_SECTOR_REDIRECT_URIS"),
        (
            Base::Plain,
            vec![("FC_SECTOR_REDIRECT_URIS", "https://second-site.example")],
            "FC_SECTOR_REDIRECT_URIS",
        ),
        (
            Base::Plain,
            vec![("FC_SECTOR_REDIRECT_URIS", "http://other.example/cb")],
            "FC_SECTOR_REDIRECT_URIS",
        ),
        (Base::Plus, vec![("FC_SECTOR_REDIRECT_URIS", "http://localhost/cb")], "FC_SECTOR_REDIRECT_URIS"),
        (
            Base::Plain,
            vec![("FC_SECTOR_REDIRECT_URIS", "https://a:b@c.example/cb")],
            "FC_SECTOR_REDIRECT_URIS",
        ),
        (Base::Plain, vec![("FC_SECTOR_REDIRECT_URIS", "https://*.example/cb")], "FC_SECTOR_REDIRECT_URIS"),
        (Base::Plain, vec![("FC_SECTOR_REDIRECT_URIS", "https://o.example/cb#f")], "FC_SECTOR_REDIRECT_URIS"),
        (Base::Plain, vec![("FC_SECTOR_REDIRECT_URIS", "/auth/callback, junk")], "FC_SECTOR_REDIRECT_URIS"),
        (Base::Plain, vec![("FC_SECTOR_REDIRECT_URIS", &crowd)], "FC_SECTOR_REDIRECT_URIS"),
    ];
    for (base, changes, expected) in rows {
        assert_eq!(faults(base, &changes), [expected], "{base:?} {changes:?}");
    }
}

#[test]
fn what_belongs_to_a_second_client_alone() {
    for (name, value) in [
        ("FC_PLUS_CLIENT_SECRET", "secret-of-nobody"),
        ("FC_PLUS_CLIENT_AUTH", "private_key_jwt"),
        ("FC_PLUS_ISSUER", PLUS_ISSUER),
        ("FC_PLUS_SCOPES", "openid"),
        ("FC_PLUS_AMR", "true"),
        ("FC_PLUS_IDP_HINT", "idp"),
    ] {
        for base in [Base::Plain, Base::Plus] {
            assert_eq!(faults(base, &[(name, value)]), [name], "{base:?}");
            assert_eq!(told(base, &[(name, value)]), ["goes with FC_PLUS_CLIENT_ID only."]);
        }
    }
}

#[test]
fn several_faults_are_told_together_in_the_order_of_the_table() {
    let keys = set(&[
        with(ec(), &json!({ "kid": null, "d": null })),
        json!(7),
        with(signing(), &json!({ "alg": "ES384" })),
    ]);
    let changes = [
        ("FC_PRIVATE_KEYS", keys.as_str()),
        ("FC_ENCRYPTION_ALG", "dir"),
        ("FC_PLUS_CLIENT_SECRET", ""),
        ("FC_LEEWAY", "x"),
        ("FC_SECTOR_REDIRECT_URIS", "junk"),
    ];
    let expected = [
        "FC_LEEWAY",
        "FC_PRIVATE_KEYS",
        "FC_PRIVATE_KEYS",
        "FC_PRIVATE_KEYS",
        "FC_PRIVATE_KEYS",
        "FC_ENCRYPTION_ALG",
        "FC_PLUS_CLIENT_SECRET",
        "FC_SECTOR_REDIRECT_URIS",
    ];
    assert_eq!(faults(Base::Second, &changes), expected);
    let told = told(Base::Second, &changes);
    for (text, place) in told[1..5].iter().zip([
        "key 1: needs a kid",
        "key 1: is a public key",
        "key 2: is no JSON",
        "key 3: use and alg",
    ]) {
        assert!(text.starts_with(place), "{text}");
    }
    let lacking = [("FC_PRIVATE_KEYS", &*set(&[signing()])), ("FC_CLIENT_AUTH", "private_key_jwt")];
    let told = self::told(Base::Plus, &lacking);
    assert_eq!(told, ["holds no ECDH-ES key; keygen jwks --add-to FILE --alg ECDH-ES adds one."]);
}

#[test]
fn what_is_borrowed_is_named_where_it_stands() {
    let borrowed = told(Base::Second, &[("FC_SCOPES", "openid idp_id")]);
    assert!(borrowed[0].contains("FC_PLUS_SCOPES"), "{borrowed:?}");
    let own = told(Base::Plus, &[("FC_SCOPES", "openid idp_id")]);
    assert!(!own[0].contains("FC_PLUS_SCOPES"), "it goes with a second client only: {own:?}");
}

#[test]
fn no_key_is_printed() {
    let config = format!("{:?}", read(Base::Second, &[]).unwrap());
    let (key, secret) = (ec(), "plus-secret");
    assert!(!config.contains(key["d"].as_str().unwrap()) && !config.contains(secret), "{config}");
}
