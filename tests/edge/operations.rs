//! What operators see of a running service: its health, and the one name that a page, an answer and a line share.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::http::Request;
use crate::platform::Platform;
use crate::process::free_port;
use crate::world::{OTHER_KEY, SESSION_KEY, World, variables};

const NEXT_SECRET: &str = "n3xt-5ecret-0f-the-edge-tests-0123456789";

pub fn its_health_costs_nothing(world: &World) {
    world.emulator().take_calls();
    for host in ["10.0.0.7", "127.0.0.1"] {
        let request = Request::new("GET", format!("{}/auth/health", world.site)).with("host", host);
        let answer = request.send();
        assert_eq!((answer.status, answer.get("cache-control")), (200, Some("no-store")), "{host}");
        assert_eq!(answer.json()["status"], "ok");
        assert_eq!(answer.json()["version"], env!("CARGO_PKG_VERSION"));
        assert_eq!(answer.get("set-cookie"), None);
    }
    let head = Request::new("HEAD", format!("{}/auth/health", world.site)).send();
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert!(world.emulator().take_calls().is_empty(), "no provider is asked");
}

pub fn its_health_says_that_the_configuration_is_not(platform: Platform) {
    let site = format!("http://localhost:{}", free_port());
    let mut variables = variables(&site);
    variables.insert("FC_CLIENT_ID", String::new());
    let world = World::serve(platform, site, None, &variables);
    let answer = Request::new("GET", format!("{}/auth/health", world.site)).send();
    assert_eq!(answer.status, 503, "{}", answer.text());
    assert_eq!(answer.json()["status"], "misconfigured");
    assert!(answer.json()["faults"].as_u64().unwrap() > 0);
}

pub fn a_page_an_answer_and_a_line_name_one_visit(world: &World) {
    let mut browser = world.browser();
    let answer = browser.get("/auth/callback?code=nobody&state=nobodys");
    let id = answer.get("x-request-id").unwrap().to_owned();
    assert_eq!(id.len(), 16);
    assert!(answer.text().contains(&format!("<code>callback.no_login</code> · <code>{id}</code>")));
    let line = world.line_with(&id);
    assert_eq!((line["code"].as_str(), line["level"].as_str()), (Some("callback.no_login"), Some("warning")));
    assert_eq!(line["service"].as_str(), world.site.strip_prefix("http://"));
}

/// The deployments of the guide, with a session and a login that live through them.
pub fn the_secret_changes_and_nobody_notices(platform: Platform) {
    let old_key = format!("2020-01-01.{SESSION_KEY}");
    let mut world = World::with(platform, "ES256", |variables| {
        variables.insert("FC_CLIENT_SECRET_NEXT", NEXT_SECRET.to_owned());
        variables.insert("FC_SESSION_KEYS", old_key.clone());
    });
    let (mut early, mut flying) = (world.browser(), world.browser());
    assert_eq!(early.log_in("test").status, 303);
    assert_eq!(world.line_with("keys.old")["level"].as_str(), Some("warning"));
    let sent = flying.get("/auth/login?return_to=/prive/");
    let callback = flying.walk(sent.location(), "test");
    world.emulator().take_calls();
    world.emulator().change_secret(NEXT_SECRET);
    assert_eq!(flying.get(&callback).location(), "/prive/");
    let calls = world.emulator().take_calls();
    assert_eq!(calls.iter().filter(|call| *call == "token").count(), 2, "{calls:?}");
    world.line_with("token.next_secret");
    world.deploy(|variables| {
        variables.insert("FC_CLIENT_SECRET", NEXT_SECRET.to_owned());
        variables.remove("FC_CLIENT_SECRET_NEXT");
        variables.insert("FC_SESSION_KEYS", format!("{OTHER_KEY},{old_key}"));
    });
    assert!(early.is_logged_in() && flying.is_logged_in());
    world.emulator().take_calls();
    assert_eq!(world.browser().log_in("test").status, 303);
    let calls = world.emulator().take_calls();
    assert_eq!(calls.iter().filter(|call| *call == "token").count(), 1, "{calls:?}");
}

/// The operator's page, and on Workers the points that Analytics Engine is given.
pub fn operators_see_providers_clocks_and_counts(platform: Platform) {
    let key = format!("2026-11-25.{OTHER_KEY}");
    let world = World::with(platform, "ES256", |variables| {
        variables.insert("FC_OPERATOR_KEY", key.clone());
    });
    let ask = |password: &str| {
        let pair = STANDARD.encode(format!("anybody:{password}"));
        let url = format!("{}/auth/operator", world.site);
        let answer = Request::new("GET", url).with("authorization", format!("Basic {pair}")).send();
        crate::secrets::note(&answer);
        answer
    };
    assert_eq!(ask(OTHER_KEY).status, 401);
    assert_eq!(world.browser().log_in("test").status, 303);
    let answer = ask(&key);
    assert_eq!((answer.status, answer.get("cache-control")), (200, Some("private, no-store")));
    let page = answer.text();
    assert!(page.contains("FranceConnect (clés)</dt><dd><strong>répond</strong>, "), "{page}");
    assert!(page.contains(" ms, écart d’horloge : "), "{page}");
    // Spin may have answered from another instance, which has seen nothing.
    assert!(platform == Platform::Spin || page.contains("<code>login.succeeded</code></dt><dd>1"), "{page}");
    assert!(!page.contains(OTHER_KEY) && !page.contains(crate::provider::SECRET), "{page}");
    if platform == Platform::Cloudflare {
        let service = world.site.strip_prefix("http://").unwrap();
        let told = world.line_with("point {\"blobs\":");
        assert_eq!((&told["indexes"], &told["doubles"]), (&json!([service]), &json!([1])));
        world.line_with(&format!("[\"{service}\",\"login.succeeded\",\"info\"]"));
    }
}
