//! One visit, one name: in its lines, in its answer, on its error page. And what machines ask: is all well?

use franceconnect_edge::config;
use franceconnect_edge::web::{self, Content};
use franceconnect_edge::wire::{Headers, Method, Request, Response};
use serde_json::{Value, json};

use crate::support::conversation::{Browser, World, variables};

fn last_line(world: &World) -> Value {
    serde_json::from_str(world.lines.last().unwrap()).unwrap()
}

#[test]
fn an_error_page_its_answer_and_its_line_name_the_same_visit() {
    let (mut world, mut browser) = (World::new(), Browser::new());
    let mut seen = Vec::new();
    for target in ["/auth/callback?code=x&state=y", "/auth/callback?state=a&state=b"] {
        let answer = browser.get(&mut world, target);
        let id = answer.get("x-request-id").unwrap().to_owned();
        assert!(id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
        let line = last_line(&world);
        assert_eq!(
            (line["request"].as_str(), line["service"].as_str()),
            (Some(&*id), Some("localhost:8787"))
        );
        let page = String::from_utf8(answer.body).unwrap();
        let code = line["code"].as_str().unwrap();
        let shown = format!("Code : <code>{code}</code> · <code>{id}</code>");
        assert!(page.contains(&shown) && !page.contains("<!--"), "{page}");
        assert!(!seen.contains(&id), "a name for each visit");
        seen.push(id);
    }
    let nothing = browser.get(&mut world, "/auth/nothing");
    let id = nothing.get("x-request-id").unwrap().to_owned();
    assert!(String::from_utf8(nothing.body).unwrap().contains(&format!("Référence : <code>{id}</code>")));
}

#[test]
fn the_name_of_a_visit_outlives_its_waits() {
    let (mut world, mut browser) = (World::new(), Browser::new());
    let callback = browser.authorize(&mut world, "test", "/prive/");
    let landed = browser.get(&mut world, &callback);
    assert_eq!(last_line(&world)["code"], "login.succeeded");
    assert_eq!(last_line(&world)["request"].as_str(), landed.get("x-request-id"));
}

#[test]
fn what_caches_share_and_the_files_of_the_site_have_no_name() {
    let (mut world, mut browser) = (World::new(), Browser::new());
    for target in ["/auth/style.css", "/index.html"] {
        let answer = browser.get(&mut world, target);
        assert_eq!((answer.status, answer.get("x-request-id")), (200, None), "{target}");
    }
}

#[test]
fn health_is_told_to_whoever_asks_under_any_name() {
    let mut world = World::new();
    let told = json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") });
    for host in [Some("127.0.0.1:8787"), Some("10.0.0.7"), None] {
        for method in [Method::Get, Method::Head] {
            let mut headers = Headers::default();
            headers.set(franceconnect_edge::wire::Header::Host, host.map(str::to_owned));
            let answer = Browser::new().send(&mut world, Request::new(method, "/auth/health", headers));
            assert_eq!((answer.status, answer.get("cache-control")), (200, Some("no-store")));
            assert_eq!(serde_json::from_slice::<Value>(&answer.body).unwrap(), told);
        }
    }
    assert!(world.called.is_empty() && world.lines.is_empty(), "nobody is called, and no log is filled");
    assert_eq!(Browser::new().post(&mut world, "/auth/health").status, 405);
}

#[test]
fn a_faulty_configuration_is_no_health() {
    let mut variables = variables();
    variables.insert("FC_CLIENT_ID", String::new());
    variables.insert("FC_LEEWAY", "s3cr3t".to_owned());
    let faults = config::read(|name| variables.get(name).cloned()).unwrap_err();
    let ask = |target: &str| -> Response {
        let reply = web::misconfigured(&faults, &Request::new(Method::Get, target, Headers::default()));
        match reply.content {
            Content::Respond(response) => response,
            Content::File(_) | Content::Forward(_) => panic!("a file"),
        }
    };
    let answer = ask("/auth/health");
    let told = json!({ "status": "misconfigured", "version": env!("CARGO_PKG_VERSION"), "faults": 2 });
    assert_eq!((answer.status, serde_json::from_slice::<Value>(&answer.body).unwrap()), (503, told));
    assert_eq!(ask("/identite/health").status, 503, "whatever the prefix was to be");
    assert!(String::from_utf8(ask("/").body).unwrap().contains("FC_CLIENT_ID"));
}
