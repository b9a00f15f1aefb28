//! Many services of one document: who answers under which name, what each has, what none can open of another's, and how
//! long a document of the store holds.

use std::collections::BTreeMap;

use franceconnect_edge::config::{
    At, Current, Deployed, Deployment, Learnt, Services, Variables, seal_services,
};
use franceconnect_edge::emulator::Alg;
use franceconnect_edge::secret::Chance;
use franceconnect_edge::time::Timestamp;
use franceconnect_edge::web::{self, Content};
use franceconnect_edge::wire::{Headers, Method, Request};
use serde_json::{Value, json};

use crate::native_support::KEY;
use crate::support::conversation::{Browser, ISSUER, OTHER_KEY, SECRET, World, variables};

const NOW: Timestamp = Timestamp::from_unix(1_800_000_000);

fn document(services: Value) -> String {
    let defaults =
        json!({ "FC_ENVIRONMENT": "sandbox", "FC_CLIENT_ID": "client", "FC_PROTECTED_PATHS": "/prive" });
    json!({ "version": 1, "defaults": defaults, "services": services }).to_string()
}

pub fn of_deployment() -> Variables {
    [
        ("FC_SESSION_KEYS", KEY),
        ("FC_CLIENT_SECRET", SECRET),
        ("PUBLIC_URL", "http://localhost:8787"),
        ("FC_SERVICE_NAME", "Tous"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .into()
}

pub fn deployment(services: Value) -> Deployment {
    Services::read(document(services).as_bytes(), of_deployment()).into()
}

/// The address of the service that answers, or which variables are wrong.
pub fn at(deployment: &Deployment, host: &str) -> Result<String, Vec<&'static str>> {
    match deployment.at(Some(host)) {
        At::Service(config) => Ok(config.public_url().origin().to_owned()),
        At::Faulty(faults) => Err(faults.iter().map(|fault| fault.variable).collect()),
        At::Nowhere => Ok("nowhere".to_owned()),
    }
}

#[test]
fn a_name_has_one_service_and_other_names_have_none() {
    let services =
        deployment(json!({ "mairie.example.fr": {}, "ecole.example.fr:8443": {}, "ici.localhost:8787":
        { "FC_ENVIRONMENT": "emulator", "FC_ISSUER": ISSUER, "FC_CLIENT_SECRET": SECRET } }));
    for (host, expected) in [
        ("mairie.example.fr", "https://mairie.example.fr"),
        ("MAIRIE.Example.fr", "https://mairie.example.fr"),
        ("mairie.example.fr:443", "https://mairie.example.fr"),
        ("ecole.example.fr:8443", "https://ecole.example.fr:8443"),
        ("ici.localhost:8787", "http://ici.localhost:8787"),
        ("mairie.example.fr:8443", "nowhere"),
        ("ecole.example.fr", "nowhere"),
        ("mairie.example.fr.", "nowhere"),
        ("example.fr", "nowhere"),
        ("localhost:8787", "nowhere"),
        ("", "nowhere"),
    ] {
        assert_eq!(at(&services, host).as_deref(), Ok(expected), "{host}");
    }
    assert!(matches!(services.at(None), At::Nowhere));
    let reply = web::nowhere(&Request::new(Method::Get, "/auth/login", Headers::default()));
    let Content::Respond(page) = reply.content else { panic!("a file") };
    assert_eq!((page.status, page.get("cache-control")), (421, Some("private, no-store")));
    let text = String::from_utf8(page.body).unwrap();
    assert!(!["example.fr", "Tous", "client", "mairie"].iter().any(|word| text.contains(word)), "{text}");
}

#[test]
fn a_service_has_its_own_then_what_all_have_then_what_is_deployed() {
    let services = deployment(json!({
        "a.fr": { "FC_CLIENT_ID": "own", "FC_SERVICE_NAME": "" },
        "b.fr": { "PUBLIC_URL": "https://b.fr" },
        "c.fr": { "FC_CLIENT_SECRET": "" },
    }));
    let described = |host: &str| match services.at(Some(host)) {
        At::Service(config) => format!("{config:?}"),
        _ => String::new(),
    };
    let (a, b) = (described("a.fr"), described("b.fr"));
    assert!(a.contains("\"own\"") && a.contains("service_name: \"a.fr\"") && a.contains("prive"), "{a}");
    assert!(b.contains("\"client\"") && b.contains("service_name: \"Tous\""), "{b}");
    assert_eq!(at(&services, "c.fr"), Err(vec!["FC_CLIENT_SECRET"]), "said to be empty");
}

#[test]
fn a_service_with_faults_is_alone_with_them() {
    for (name, members, expected) in [
        ("x.fr", json!({ "FC_SCOPES": "email" }), vec!["FC_SCOPES"]),
        ("x.fr", json!({ "FC_PROTECTED_PATH": "/" }), vec!["FC_SERVICES"]),
        ("x.fr", json!({ "FC_SERVICES": "store" }), vec!["FC_SERVICES"]),
        ("x.fr", json!({ "FC_LEEWAY": 3 }), vec!["FC_SERVICES"]),
        ("x.fr", json!({ "PUBLIC_URL": "https://y.fr" }), vec!["PUBLIC_URL"]),
        ("x.fr", json!({ "PUBLIC_URL": "https://x.fr/path" }), vec!["PUBLIC_URL"]),
        ("X.fr", json!({}), vec!["PUBLIC_URL"]),
        ("x.fr:443", json!({}), vec!["PUBLIC_URL"]),
    ] {
        let services = deployment(json!({ "good.fr": {}, name: members }));
        // A visitor comes without the default port, so that no name with it is ever found.
        if name != "x.fr:443" {
            assert_eq!(at(&services, "x.fr"), Err(expected.clone()), "{name} {members}");
        }
        let Deployment::Many(many) = &services else { panic!("one") };
        let faults = many.all().find(|(known, _)| *known == name).unwrap().1.as_ref().unwrap_err();
        assert_eq!(faults.iter().map(|fault| fault.variable).collect::<Vec<_>>(), expected, "{name}");
        assert_eq!(at(&services, "good.fr").as_deref(), Ok("https://good.fr"));
    }
}

#[test]
fn what_is_no_document_is_told_to_everybody() {
    for text in [
        "[services]",
        "{}",
        "nonsense",
        r#"{"services":{}}"#,
        r#"{"services":[]}"#,
        r#"{"services":{"a.fr":"x"}}"#,
        r#"{"services":{"a.fr":{}},"default":{}}"#,
        r#"{"services":{"a.fr":{},"A.fr":{}}}"#,
        r#"{"version":"1","services":{"a.fr":{}}}"#,
        r#"{"version":1.5,"services":{"a.fr":{}}}"#,
        r#"{"services":{"a.fr":{},"a.fr":{}}}"#,
        r#"{"services":{"a.fr":{}},"services":{"b.fr":{}}}"#,
        r#"{"services":{"a.fr":{}}} x"#,
        r#"{"services":{"a.fr":{},}}"#,
        r#"{"services":{"a.fr":{}}"#,
        r#"{"services":{"a.fr":}}"#,
        r#"{"services":{"a.fr"}}"#,
        r#"{"services":{a.fr:{}}}"#,
        r#"{"services":{"a.fr":{"FC_SCOPES":"openid\"#,
        r#"{"services":{"a.fr":{}},"defaults":{"FC_SCOPES":"openid","FC_SCOPES":"openid email"}}"#,
        r#"{"services":{"a.fr":{}},"defaults":{"FC_SCOPES":"openid"}"#,
        r#"{"services":{"a.fr":{}},"defaults":[]}"#,
        "",
    ] {
        let faults = Services::read(text.as_bytes(), of_deployment()).unwrap_err();
        assert_eq!(faults.iter().map(|fault| fault.variable).collect::<Vec<_>>(), ["FC_SERVICES"], "{text}");
    }
    let common =
        json!({ "defaults": { "PUBLIC_URL": "https://a.fr" }, "services": { "a.fr": {} } }).to_string();
    let services = Services::read(common.as_bytes(), of_deployment()).into();
    assert!(at(&services, "a.fr").unwrap_err().contains(&"PUBLIC_URL"));
}

#[test]
fn a_service_that_cannot_be_read_is_alone_with_that() {
    for members in [
        r#"{"FC_SCOPES":"openid","FC_SCOPES":"openid email"}"#,
        r#"{"FC_SCOPES":}"#,
        r#"{"FC_SCOPES":"openid"]"#,
        r#"{"FC_SCOPES":"openid",}"#,
        "{} {}",
        "{} x",
        "{\"FC_SCOPES\":\"openid\n\"}",
    ] {
        let good = r#"{ "FC_SERVICE_NAME" : "Ici } , \" { [ \\" , "FC_CLIENT_ID":"c" }"#;
        let text = format!(
            "\t{{ \"services\" :\r\n {{ \"z.fr\": {good}, \"x.fr\":{members} , \"a.fr\":{good} }} }} "
        );
        let services: Deployment = Services::read(text.as_bytes(), of_deployment()).into();
        assert_eq!(at(&services, "x.fr"), Err(vec!["FC_SERVICES"]), "{members}");
        for host in ["a.fr", "z.fr"] {
            assert_eq!(at(&services, host), Ok(format!("https://{host}")), "{members}");
        }
        let Deployment::Many(many) = &services else { panic!("one") };
        let names: Vec<_> = many.all().map(|(name, config)| (name, config.is_ok())).collect();
        assert_eq!(names, [("a.fr", true), ("x.fr", false), ("z.fr", true)]);
    }
}

#[test]
fn the_variable_decides_between_one_and_many() {
    let read = |services: Option<&str>| {
        let mut known = of_deployment();
        known.extend(services.map(|text| ("FC_SERVICES", text.to_owned())));
        known.insert("FC_CLIENT_ID", "client".to_owned());
        Deployed::read(|name| known.get(name).cloned()).current(NOW)
    };
    for none in [None, Some(""), Some(" ")] {
        let Current::Ready(one) = read(none) else { panic!("a store") };
        assert_eq!(at(&one, "any.example").as_deref(), Ok("http://localhost:8787"), "as before");
    }
    let text = document(json!({ "a.fr": {} }));
    let Current::Ready(many) = read(Some(&text)) else { panic!("a store") };
    assert_eq!(at(&many, "a.fr").as_deref(), Ok("https://a.fr"));
    assert!(matches!(read(Some(" store ")), Current::Load(key) if key.as_str() == "services"));
    let Current::Ready(neither) = read(Some("Store")) else { panic!("a store") };
    assert_eq!(at(&neither, "a.fr"), Err(vec!["FC_SERVICES"]));
}

fn sealed(keys: &str, version: i64, services: Value) -> Option<Vec<u8>> {
    let text = json!({ "version": version, "defaults": { "FC_CLIENT_ID": "client" }, "services": services })
        .to_string();
    let keys = |name: &str| (name == "FC_SESSION_KEYS").then(|| keys.to_owned());
    seal_services(keys, &text, NOW, &mut Chance::new(&[version as u8; 64])).ok().map(String::into_bytes)
}

fn stored() -> Deployed {
    stored_by("store")
}

fn stored_by(value: &str) -> Deployed {
    let mut known = of_deployment();
    known.insert("FC_SERVICES", value.to_owned());
    Deployed::read(|name| known.get(name).cloned())
}

#[test]
fn a_document_of_the_store_holds_for_a_minute_and_never_gives_way_to_something_worse() {
    let deployed = stored();
    assert!(matches!(deployed.current(NOW), Current::Load(_)));
    assert!(matches!(deployed.current(NOW), Current::Load(_)), "nobody waits for another's load");
    let (first, learnt) = deployed.learn(NOW, Ok(sealed(KEY, 5, json!({ "a.fr": {} }))));
    assert_eq!((at(&first, "a.fr").as_deref(), learnt), (Ok("https://a.fr"), Some(Learnt::Newer)));
    let ready = |at: Timestamp| matches!(deployed.current(at), Current::Ready(_));
    assert!(ready(NOW.plus(59)) && !ready(NOW.plus(60)));
    assert!(ready(NOW.plus(60)), "one visitor asks, the others go on");

    let mut clock = NOW.plus(60);
    for (answer, expected) in [
        (Ok(sealed(KEY, 5, json!({ "a.fr": {} }))), None),
        (Ok(sealed(KEY, 4, json!({ "old.fr": {} }))), Some(Learnt::Older)),
        (Ok(sealed(OTHER_KEY, 9, json!({ "evil.fr": {} }))), Some(Learnt::Unreadable)),
        (Ok(Some(document(json!({ "evil.fr": {} })).into_bytes())), Some(Learnt::Unreadable)),
        (Ok(sealed(KEY, 9, json!({}))), Some(Learnt::Unreadable)),
        (
            Ok(sealed(KEY, 9, json!({ "b.fr": {} })).map(|text| text[..text.len() - 1].to_vec())),
            Some(Learnt::Unreadable),
        ),
        (Ok(Some(vec![0xff])), Some(Learnt::Unreadable)),
        (Ok(None), Some(Learnt::Absent)),
        (Err(()), Some(Learnt::Down)),
    ] {
        let (known, learnt) = deployed.learn(clock, answer);
        assert_eq!(learnt, expected);
        assert_eq!(at(&known, "a.fr").as_deref(), Ok("https://a.fr"), "{expected:?}");
        assert_eq!(at(&known, "evil.fr").as_deref(), Ok("nowhere"));
        let pause = if matches!(expected, None | Some(Learnt::Older)) { 60 } else { 10 };
        assert!(ready(clock.plus(pause - 1)) && !ready(clock.plus(pause)), "{expected:?}");
        clock = clock.plus(100);
    }
    let (newer, learnt) = deployed.learn(clock, Ok(sealed(KEY, 6, json!({ "b.fr": {} }))));
    assert_eq!((at(&newer, "b.fr").as_deref(), learnt), (Ok("https://b.fr"), Some(Learnt::Newer)));
    assert_eq!(at(&newer, "a.fr").as_deref(), Ok("nowhere"));
    assert_eq!(at(&first, "a.fr").as_deref(), Ok("https://a.fr"), "a visit under way ends as it began");
}

#[test]
fn a_document_that_has_not_changed_is_not_opened_again() {
    let deployed = stored();
    let text = sealed(KEY, 5, json!({ "a.fr": {} }));
    let (first, _) = deployed.learn(NOW, Ok(text.clone()));
    // Twenty years on its seal opens no more, which only who opens it can tell.
    let late = NOW.plus(20 * 366 * 86_400);
    let (same, learnt) = deployed.learn(late, Ok(text.clone()));
    assert_eq!((at(&same, "a.fr"), learnt), (at(&first, "a.fr"), None));
    assert!(matches!(deployed.current(late.plus(59)), Current::Ready(_)));
    assert!(matches!(deployed.current(late.plus(60)), Current::Load(_)));
    assert_eq!(deployed.learn(late, Ok(text.map(|text| text[1..].to_vec()))).1, Some(Learnt::Unreadable));
}

#[test]
fn a_document_older_than_the_deployment_allows_is_not_taken() {
    let old = || Ok(sealed(KEY, 4, json!({ "old.fr": {} })));
    let new = || Ok(sealed(KEY, 5, json!({ "a.fr": {} })));
    let deployed = stored_by(" store:5 ");
    let (none, learnt) = deployed.learn(NOW, old());
    assert_eq!((at(&none, "old.fr"), learnt), (Err(vec!["FC_SERVICES"]), Some(Learnt::Refused)));
    let (_, line) = web::learnt(Learnt::Refused);
    assert!(line.contains("\"services.floor\""), "{line}");
    let (known, learnt) = deployed.learn(NOW, new());
    assert_eq!((at(&known, "a.fr").as_deref(), learnt), (Ok("https://a.fr"), Some(Learnt::Newer)));
    let (known, learnt) = deployed.learn(NOW, old());
    assert_eq!((at(&known, "a.fr").as_deref(), learnt), (Ok("https://a.fr"), Some(Learnt::Refused)));
    // Without a floor an isolate that starts takes what it finds.
    assert_eq!(stored().learn(NOW, old()).1, Some(Learnt::Newer));
    for bent in
        ["store:", "store:x", "store:-1", "store:+1", "store: 5", "store:1.5", "store:99999999999999999999"]
    {
        let Current::Ready(faulty) = stored_by(bent).current(NOW) else { panic!("{bent}") };
        assert_eq!(at(&faulty, "a.fr"), Err(vec!["FC_SERVICES"]), "{bent}");
    }
}

#[test]
fn without_any_document_everybody_is_told_and_the_store_is_asked_again() {
    for answer in [Ok(None), Err(()), Ok(sealed(OTHER_KEY, 1, json!({ "a.fr": {} })))] {
        let deployed = stored();
        assert!(matches!(deployed.current(NOW), Current::Load(_)));
        let (known, learnt) = deployed.learn(NOW, answer);
        assert!(learnt.is_some_and(|learnt| learnt != Learnt::Newer));
        assert_eq!(at(&known, "a.fr"), Err(vec!["FC_SERVICES"]));
        assert!(matches!(deployed.current(NOW.plus(9)), Current::Ready(_)));
        assert!(matches!(deployed.current(NOW.plus(10)), Current::Load(_)));
        let (known, _) = deployed.learn(NOW.plus(10), Ok(sealed(KEY, 1, json!({ "a.fr": {} }))));
        assert_eq!(at(&known, "a.fr").as_deref(), Ok("https://a.fr"));
    }
    let mut known = of_deployment();
    known.extend([("FC_SERVICES", "store".to_owned()), ("FC_SESSION_KEYS", "short".to_owned())]);
    let Current::Ready(faulty) = Deployed::read(|name| known.get(name).cloned()).current(NOW) else {
        panic!("a store")
    };
    assert_eq!(at(&faulty, "a.fr"), Err(vec!["FC_SESSION_KEYS"]));
}

#[test]
fn a_rotated_key_still_opens_the_document() {
    let mut known = of_deployment();
    known.extend([("FC_SERVICES", "store".to_owned()), ("FC_SESSION_KEYS", format!("{OTHER_KEY},{KEY}"))]);
    let deployed = Deployed::read(|name| known.get(name).cloned());
    let (known, _) = deployed.learn(NOW, Ok(sealed(KEY, 1, json!({ "a.fr": {} }))));
    assert_eq!(at(&known, "a.fr").as_deref(), Ok("https://a.fr"));
}

/// Services that share everything they can: keys, client, secret, issuer. Only their names differ.
fn pair() -> (World, World) {
    let at = |host: &str| {
        let mut variables: BTreeMap<_, _> = variables();
        variables.insert("PUBLIC_URL", format!("http://{host}"));
        World::with(&variables, Alg::Es256)
    };
    (at("mairie.localhost:8787"), at("ecole.localhost:8787"))
}

#[test]
fn nothing_that_one_service_sealed_opens_on_another() {
    let (mut mairie, mut ecole) = pair();
    let mut inside = Browser::new();
    assert_eq!(inside.log_in(&mut mairie, "test").status, 303);
    assert!(inside.is_logged_in(&mut mairie));
    // The session, carried over.
    let mut carried = inside.clone();
    assert!(!carried.is_logged_in(&mut ecole));
    assert_eq!(carried.get(&mut ecole, "/prive/").status, 303, "to the login");
    // The flow and the callback, carried over.
    let mut on_the_way = Browser::new();
    let callback = on_the_way.authorize(&mut mairie, "test", "/prive/");
    let target = callback.strip_prefix("http://mairie.localhost:8787").unwrap().to_owned();
    let mut carried = on_the_way.clone();
    ecole.take_calls();
    assert_eq!(carried.get(&mut ecole, &target).status, 400);
    assert_eq!(ecole.take_calls(), [""; 0], "no code is spent for another");
    assert!(!carried.is_logged_in(&mut ecole));
    assert_eq!(on_the_way.get(&mut mairie, &callback).status, 303, "and it is still good where it belongs");
    // The logout, carried over.
    let left = inside.post(&mut mairie, "/auth/logout");
    assert_eq!(left.status, 303);
    let state =
        left.get("location").unwrap().split("state=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let back = format!("/auth/logout/callback?state={state}");
    assert_eq!(inside.clone().get(&mut ecole, &back).status, 200, "a logout that nobody began");
    assert_eq!(inside.get(&mut mairie, &back).status, 303);
}

#[test]
fn services_of_one_store_have_entries_of_their_own() {
    let (mut mairie, mut ecole) = pair();
    Browser::new().log_in(&mut mairie, "test");
    let before = mairie.store.clone();
    ecole.store = before.clone();
    ecole.take_calls();
    Browser::new().log_in(&mut ecole, "test");
    assert_eq!(ecole.take_calls(), ["jwks", "token", "userinfo"], "what another sealed is not believed");
    assert!(before.iter().all(|(key, value)| ecole.store.get(key) == Some(value)), "and not overwritten");
    assert_eq!(ecole.store.len(), 2 * before.len());
    // Under the name of the other it does not open either.
    let values: Vec<_> = before.into_values().collect();
    let (_, mut other) = pair();
    for key in ecole.store.keys() {
        other.store.insert(key.clone(), values[0].clone());
    }
    Browser::new().log_in(&mut other, "test");
    assert_eq!(other.take_calls(), ["jwks", "token", "userinfo"]);
}

#[test]
fn a_thousand_services_are_found_each_by_its_name() {
    let services: serde_json::Map<String, Value> = (0..1_000)
        .map(|number| {
            (format!("s{number}.example.fr"), json!({ "FC_CLIENT_ID": format!("client-{number}") }))
        })
        .collect();
    let services = deployment(services.into());
    for number in [0, 1, 499, 999] {
        let host = format!("s{number}.example.fr");
        assert_eq!(at(&services, &host), Ok(format!("https://{host}")));
    }
    assert_eq!(at(&services, "s1000.example.fr").as_deref(), Ok("nowhere"));
}
