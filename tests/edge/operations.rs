//! What operators see of a running service: its health, and the one name that a page, an answer and a line share.

use crate::http::Request;
use crate::platform::Platform;
use crate::process::free_port;
use crate::world::{World, variables};

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
