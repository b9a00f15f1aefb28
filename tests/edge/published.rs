//! What FranceConnect+ fetches from the service, and a service whose keys or second client are not as they ought.

use franceconnect_edge::config::VARIABLES;
use serde_json::{Value, json};

use crate::http::{Answer, Request};
use crate::keys;
use crate::platform::{Platform, Variables};
use crate::process::free_port;
use crate::world::{World, variables};

/// Asks as FranceConnect+ does: no browser, no cookies.
fn asked(world: &World, method: &'static str, path: &str) -> Answer {
    let request = Request::new(method, format!("{}{path}", world.site)).with("accept", "application/json");
    let answer = request.send();
    crate::secrets::note(&answer);
    answer
}

fn assert_published(world: &World, path: &str, kind: &str) -> Value {
    let answer = asked(world, "GET", path);
    let head = asked(world, "HEAD", path);
    for (what, answer) in [("GET", &answer), ("HEAD", &head)] {
        assert_eq!((answer.status, answer.get("content-type")), (200, Some(kind)), "{what} {path}");
        assert_eq!(answer.get("cache-control"), Some("public, max-age=300"), "{what} {path}");
        assert_eq!(answer.get("x-content-type-options"), Some("nosniff"), "{what} {path}");
        assert_eq!(answer.get("set-cookie"), None, "{what} {path}");
    }
    // It may be left out; a wrong one may not be there.
    if let Some(length) = head.get("content-length") {
        assert_eq!(length, answer.body.len().to_string(), "{path}");
    }
    answer.json()
}

pub fn the_public_halves_of_the_keys(world: &World) {
    let set = assert_published(world, "/auth/jwks.json", "application/jwk-set+json");
    assert_eq!(set.as_object().unwrap().len(), 1, "{set}");
    let keys = set["keys"].as_array().unwrap();
    let named: Vec<[&str; 3]> =
        keys.iter().map(|key| ["kid", "use", "alg"].map(|name| key[name].as_str().unwrap())).collect();
    assert_eq!(named, [["cle-2026", "enc", "ECDH-ES"], ["signature-2026", "sig", "ES256"]]);
    for key in keys {
        let members: Vec<&String> = key.as_object().unwrap().keys().collect();
        assert_eq!(members, ["alg", "crv", "kid", "kty", "use", "x", "y"]);
        assert!(!members.iter().any(|name| keys::PRIVATE.contains(&name.as_str())), "{members:?}");
    }
}

pub fn the_callbacks_that_share_a_client(world: &World) {
    let list = assert_published(world, "/auth/sector-identifier.json", "application/json");
    let own = format!("{}/auth/callback", world.site);
    assert_eq!(list, json!([own, "https://autre.example/auth/callback"]));
}

/// By whatever method and in whatever spelling.
pub fn nothing_else_under_these_names(world: &World) {
    for name in ["jwks.json", "sector-identifier.json"] {
        for method in ["POST", "PUT", "DELETE"] {
            let answer = asked(world, method, &format!("/auth/{name}"));
            assert_eq!((answer.status, answer.get("allow")), (405, Some("GET, HEAD")), "{method} {name}");
        }
        for path in [format!("/auth/{name}/"), format!("/auth/{}", name.to_uppercase()), format!("/{name}")] {
            assert_eq!(asked(world, "GET", &path).status, 404, "{path}");
        }
    }
    for path in ["/auth/jwks", "/auth/private.json", "/.well-known/jwks.json"] {
        assert_eq!(asked(world, "GET", path).status, 404, "{path}");
    }
}

/// A service without keys and without others that share its client has nothing to publish.
pub fn nothing_without_keys(world: &World) {
    for path in ["/auth/jwks.json", "/auth/sector-identifier.json"] {
        for method in ["GET", "HEAD"] {
            let answer = asked(world, method, path);
            assert_eq!(
                (answer.status, answer.get("cache-control")),
                (404, Some("private, no-store")),
                "{path}"
            );
        }
    }
}

/// One member of a key replaced, or taken away.
fn bent(alg: &str, name: &str, value: Option<&str>) -> Value {
    let mut key = keys::key(alg, "cle-2026");
    match value {
        Some(value) => key[name] = json!(value),
        None => _ = key.as_object_mut().unwrap().remove(name),
    }
    key
}

/// Variables that are wrong, and the ones that the page must name.
type Row = (Vec<(&'static str, String)>, Vec<&'static str>);

/// Wrong in as many ways as one deployment can be at once.
fn rows() -> Vec<Row> {
    let several = json!({ "keys": [
        keys::key("ECDH-ES", ""),
        bent("ECDH-ES", "d", None),
        bent("ECDH-ES", "y", keys::key("ECDH-ES", "another")["y"].as_str()),
        bent("RSA-OAEP-256", "alg", Some("RSA1_5")),
    ]});
    vec![
        (
            vec![
                ("FC_ENVIRONMENT", "plus-emulator".to_owned()),
                ("FC_ID_TOKEN_ALG", "RS256".to_owned()),
                ("FC_ACR_VALUES", "eidas1".to_owned()),
                ("FC_PLUS_CLIENT_ID", "beside".to_owned()),
                ("FC_SECTOR_REDIRECT_URIS", "https://*.example/auth/callback".to_owned()),
            ],
            vec![
                "FC_ID_TOKEN_ALG",
                "FC_ACR_VALUES",
                "FC_PLUS_CLIENT_ID",
                "FC_SECTOR_REDIRECT_URIS",
                "FC_PRIVATE_KEYS",
            ],
        ),
        (
            vec![
                ("FC_ENVIRONMENT", "emulator".to_owned()),
                ("FC_PLUS_CLIENT_SECRET", "alone".to_owned()),
                ("FC_ENCRYPTION_ALG", "ECDH-ES".to_owned()),
                ("FC_PROTECTED_PATHS", "/prive, /prive/sante eidas2".to_owned()),
                ("FC_CLIENT_AUTH", "private_key_jwt".to_owned()),
                ("FC_PRIVATE_KEYS", keys::set(&[("ECDH-ES", "cle-2026")])),
            ],
            vec!["FC_PLUS_CLIENT_SECRET", "FC_ENCRYPTION_ALG", "FC_PROTECTED_PATHS", "FC_PRIVATE_KEYS"],
        ),
        (
            vec![
                ("FC_ENVIRONMENT", "plus-emulator".to_owned()),
                ("FC_ENCRYPTION_ALG", "RSA1_5".to_owned()),
                ("FC_PRIVATE_KEYS", several.to_string()),
            ],
            vec!["FC_ENCRYPTION_ALG", "FC_PRIVATE_KEYS"],
        ),
    ]
}

pub fn what_is_wrong_is_named_and_no_key_shown(platform: Platform) {
    for (changes, wrong) in rows() {
        let site = format!("http://localhost:{}", free_port());
        let mut variables: Variables = variables(&site);
        variables.insert("FC_ISSUER", "http://127.0.0.1:9/plus/api/v2".to_owned());
        variables.extend(changes);
        let world = World::serve(platform, site, None, &variables);
        for path in ["/", "/auth/login", "/auth/jwks.json", "/auth/sector-identifier.json"] {
            let answer = world.browser().get(path);
            let page = answer.text();
            assert_eq!(
                (answer.status, answer.get("cache-control")),
                (503, Some("private, no-store")),
                "{path}"
            );
            let named = |name: &str| page.contains(&format!("<code>{name}</code>"));
            let named: Vec<_> =
                VARIABLES.iter().map(|variable| variable.name).filter(|name| named(name)).collect();
            let missed: Vec<_> = wrong.iter().filter(|name| !named.contains(name)).collect();
            assert!(missed.is_empty() && named.len() == wrong.len(), "{wrong:?} {named:?}: {page}");
            assert!(!page.contains("beside") && !page.contains("alone"), "a value: {page}");
            if wrong.len() == 2 {
                for place in ["clé n° 1", "clé n° 2", "clé n° 3", "clé n° 4"] {
                    assert!(page.contains(place), "{place}: {page}");
                }
            }
        }
    }
}
