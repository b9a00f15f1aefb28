//! Whose secret a service of many has: its own, or that of all, and never one that another provider is for.

use franceconnect_edge::config::{At, Deployment, Services};
use serde_json::{Value, json};

use crate::services::{at, deployment, of_deployment};
use crate::support::conversation::{ISSUER, PLUS, SECRET, private_keys};

#[test]
fn a_secret_of_all_is_shown_to_no_issuer_of_one() {
    let other = "https://autre.example";
    let own = |more: Value| {
        let mut members = json!({ "FC_ENVIRONMENT": "other", "FC_ISSUER": other });
        members.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        members
    };
    let secret: &[&str] = &["FC_CLIENT_SECRET"];
    for (members, expected) in [
        (own(json!({})), secret),
        (own(json!({ "FC_CLIENT_SECRET_NEXT": SECRET })), secret),
        (own(json!({ "FC_CLIENT_AUTH": "client_secret_basic" })), secret),
        (own(json!({ "FC_CLIENT_SECRET": SECRET })), &[]),
        (own(json!({ "FC_CLIENT_SECRET": SECRET, "FC_CLIENT_SECRET_NEXT": SECRET })), &[]),
        (
            own(json!({ "FC_CLIENT_AUTH": "private_key_jwt", "FC_PRIVATE_KEYS": private_keys(&["ES256"]) })),
            &[],
        ),
        // Together with what else is wrong.
        (own(json!({ "FC_SCOPES": "email" })), &["FC_CLIENT_SECRET", "FC_SCOPES"]),
        (json!({ "FC_ISSUER": " " }), &[]),
    ] {
        let services = deployment(json!({ "x.fr": members }));
        let faults = at(&services, "x.fr").err().unwrap_or_default();
        assert_eq!(faults, expected, "{members}");
    }
    // An issuer that all have keeps their secret; who leaves it does not.
    let of_all = json!({ "FC_ENVIRONMENT": "other", "FC_ISSUER": other, "FC_CLIENT_ID": "client" });
    let services = json!({ "same.fr": { "FC_ISSUER": other }, "quiet.fr": {},
        "leaves.fr": { "FC_ENVIRONMENT": "sandbox", "FC_ISSUER": "" } });
    let text = json!({ "defaults": of_all, "services": services }).to_string();
    let services = Services::read(text.as_bytes(), of_deployment()).into();
    assert!(at(&services, "same.fr").is_ok() && at(&services, "quiet.fr").is_ok());
    assert_eq!(at(&services, "leaves.fr"), Err(vec!["FC_CLIENT_SECRET"]));
    // FranceConnect+ beside it, the same.
    let plus = |more: Value| {
        let mut members = json!({ "FC_ENVIRONMENT": "emulator", "FC_ISSUER": ISSUER, "FC_CLIENT_SECRET": SECRET,
            "FC_PLUS_CLIENT_ID": "plus", "FC_PLUS_ISSUER": PLUS, "FC_PRIVATE_KEYS": private_keys(&["ECDH-ES"]) });
        members.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let text = json!({ "defaults": { "FC_CLIENT_ID": "client", "FC_PLUS_CLIENT_SECRET": SECRET },
            "services": { "x.localhost": members } });
        at(&Services::read(text.to_string().as_bytes(), of_deployment()).into(), "x.localhost")
    };
    assert_eq!(plus(json!({})), Err(vec!["FC_PLUS_CLIENT_SECRET"]));
    assert!(plus(json!({ "FC_PLUS_CLIENT_SECRET": SECRET })).is_ok());
}

#[test]
fn a_document_shows_nothing_of_what_is_in_it() {
    let services = deployment(json!({ "a.fr": { "FC_CLIENT_SECRET": "hush" } }));
    assert!(at(&services, "a.fr").is_ok());
    let shown = format!("{services:?}");
    assert!(shown.contains("Services(1)") && !shown.contains("hush") && !shown.contains(SECRET), "{shown}");
}

#[test]
fn a_next_secret_never_comes_from_further_away_than_the_secret() {
    for (of_all, own, next) in [
        (json!({}), json!({}), true),
        (json!({}), json!({ "FC_CLIENT_SECRET": SECRET }), false),
        (json!({ "FC_CLIENT_SECRET": SECRET }), json!({}), false),
        (json!({ "FC_CLIENT_SECRET_NEXT": SECRET }), json!({}), true),
        (json!({ "FC_CLIENT_SECRET_NEXT": SECRET }), json!({ "FC_CLIENT_SECRET": SECRET }), false),
        (json!({ "FC_CLIENT_SECRET": SECRET }), json!({ "FC_CLIENT_SECRET_NEXT": SECRET }), true),
        (json!({}), json!({ "FC_CLIENT_SECRET_NEXT": "" }), false),
    ] {
        let mut variables = of_deployment();
        variables
            .extend([("FC_CLIENT_SECRET_NEXT", SECRET.to_owned()), ("FC_CLIENT_ID", "client".to_owned())]);
        let text = json!({ "defaults": of_all, "services": { "x.fr": own } }).to_string();
        let services: Deployment = Services::read(text.as_bytes(), variables).into();
        let At::Service(config) = services.at(Some("x.fr")) else { panic!("{text}") };
        assert_eq!(format!("{config:?}").contains("next_secret: Some("), next, "{text}");
    }
}
