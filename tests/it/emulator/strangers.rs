//! What strangers try with the control interface and the inspector: foreign pages, names that lead here, floods,
//! markup.

use super::{NOW, authorize, client, form, json_of};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use franceconnect_edge::emulator::{Behaviour, Emulator, Reply, Request, Settings, Visitor};
use serde_json::json;

const BASE: &str = "http://127.0.0.1:8788/api/v2";
const HOST: (&str, &str) = ("host", "127.0.0.1:8788");
const MARKUP: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>&lt;";

/// Everything that changes something.
const CHANGES: [(&str, &str, &str); 13] = [
    ("PUT", "api/behaviour", "token.status_500"),
    ("DELETE", "api/behaviour", ""),
    ("PUT", "api/clients/client/behaviour", "token.status_500"),
    ("DELETE", "api/clients/client/behaviour", ""),
    ("PUT", "api/next-login/behaviour", "token.status_500"),
    ("PUT", "api/logins/1/behaviour", "token.status_500"),
    ("DELETE", "api/logins/1/behaviour", ""),
    ("POST", "api/keys/rotation", ""),
    ("PUT", "api/secret", "autre"),
    ("DELETE", "api/calls", ""),
    ("DELETE", "api/logins", ""),
    ("POST", "", "fault=token.status_500&whom=*"),
    ("POST", "", "action=rotation"),
];

fn emulator() -> Emulator {
    let clients = vec![client("client"), client(MARKUP)];
    Emulator::new(Settings { clients, control: true, ..Settings::default() })
}

fn send(emulator: &mut Emulator, method: &str, what: &str, body: &str, headers: &[(&str, &str)]) -> Reply {
    let mut request = Request::new(method, &format!("/_emulateur/{what}"));
    request.body = body.as_bytes().to_vec();
    request = request.with("content-type", "application/x-www-form-urlencoded");
    for (name, value) in headers {
        request = request.with(name, value);
    }
    emulator.handle(NOW, &request)
}

/// All that a stranger might have changed.
fn state(emulator: &mut Emulator) -> String {
    let told = ["api/behaviour", "api/logins", "api/calls"].map(|what| {
        let reply = send(emulator, "GET", what, "", &[HOST]);
        assert_eq!(reply.status, 200);
        reply.text().to_owned()
    });
    let keys = emulator.handle(NOW, &Request::get(&format!("{BASE}/jwks"))).text().to_owned();
    emulator.take_calls();
    format!("{told:?} {keys} {:?}", emulator.settings().clients)
}

#[test]
fn a_foreign_page_changes_nothing_and_reads_nothing() {
    let mut emulator = emulator();
    Visitor::new().open(&mut emulator, NOW, &authorize(&[]));
    emulator.take_calls();
    let before = state(&mut emulator);
    for foreign in [
        &[("origin", "https://evil.example")][..],
        &[("origin", "null")],
        &[("origin", "http://127.0.0.1:3000")],
        &[("origin", "http://localhost:8788")],
        &[("origin", "http://127.0.0.1:8788.evil.example")],
        &[("origin", "http://evil.example://127.0.0.1:8788")],
        &[("origin", "")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "cross-site"), ("origin", "http://127.0.0.1:8788")],
    ] {
        let headers = [&[HOST], foreign].concat();
        for (method, what, body) in CHANGES {
            let reply = send(&mut emulator, method, what, body, &headers);
            assert_eq!(reply.status, 403, "{method} {what} {foreign:?}");
        }
        for (method, what) in [
            ("GET", "api/clients"),
            ("GET", "api/logins"),
            ("GET", "api/logins/1"),
            ("GET", ""),
            ("OPTIONS", "api/secret"),
        ] {
            let reply = send(&mut emulator, method, what, "", &headers);
            assert_eq!(reply.status, 403, "{method} {what} {foreign:?}");
            assert!(!reply.headers.iter().any(|(name, _)| name.starts_with("access-control")), "{what}");
        }
    }
    assert_eq!(state(&mut emulator), before);
    // What a link or an image can ask for changes nothing either, even from here.
    for (_, what, _) in CHANGES {
        send(&mut emulator, "GET", what, "", &[HOST]);
        send(&mut emulator, "HEAD", what, "", &[HOST]);
    }
    assert_eq!(state(&mut emulator), before);
}

#[test]
fn a_name_that_leads_here_is_not_ours() {
    let mut emulator = emulator();
    let before = state(&mut emulator);
    for host in [
        "rebound.example",
        "rebound.example:8788",
        "127.0.0.1.rebound.example:8788",
        "localhost.rebound.example",
        "xlocalhost",
        "127.0.0.1@rebound.example",
        "rebound.example#127.0.0.1",
        "rebound.example/.localhost",
        "0.0.0.0:8788",
        "[::]:8788",
        "[::ffff:192.0.2.1]:8788",
        "192.168.1.4:8788",
        "localhost:8788:8788",
        "localhost localhost",
        "",
    ] {
        for (method, what, body) in CHANGES {
            // To a browser, a page of that name is on the same origin.
            let origin = format!("http://{host}");
            let headers = [("host", host), ("origin", &origin), ("sec-fetch-site", "same-origin")];
            assert_eq!(
                send(&mut emulator, method, what, body, &headers).status,
                403,
                "{method} {what} {host}"
            );
        }
    }
    assert_eq!(state(&mut emulator), before);
    for (host, status) in [("rebound.example", 303), ("127.0.0.1:8788", 422)] {
        let request = Request::get(&authorize(&[])).with("host", host).with("emulator-behaviour", "inconnue");
        assert_eq!(emulator.handle(NOW, &request).status, status, "{host}: the header of a login");
    }
    for host in ["127.0.0.1:8788", "127.8.9.1", "[::1]:8788", "localhost", "fc.localhost:80"] {
        assert_eq!(send(&mut emulator, "GET", "api/behaviour", "", &[("host", host)]).status, 200, "{host}");
    }
}

#[test]
fn a_flood_of_wrong_things_gets_a_short_answer() {
    let mut emulator = emulator();
    let many: serde_json::Map<String, serde_json::Value> =
        (0..10_000).map(|n| (format!("{MARKUP}{n}"), json!(1))).collect();
    let moons = json!({ "outage": vec!["moon"; 50_000] }).to_string();
    let long = json!({ "x".repeat(200_000): 1 }).to_string();
    let deep = format!("{{\"fault\":{}", "[".repeat(200_000));
    for body in [&json!(many).to_string(), &moons, &long, &deep, &"x".repeat(250_000), &"\0".repeat(250_000)]
    {
        for what in ["api/behaviour", "api/next-login/behaviour", "api/clients/client/behaviour"] {
            let reply = send(&mut emulator, "PUT", what, body, &[HOST]);
            assert_eq!(reply.status, 422, "{what} {}", &body[..20]);
            assert!(reply.body.len() < 8 * 1024, "{what}: {} bytes", reply.body.len());
        }
    }
    let often = json!({ "outage": vec!["token"; 50_000] }).to_string();
    assert_eq!(Behaviour::parse(&often).unwrap().outage.len(), 1);
    let panel = form(&[("fault", &"x".repeat(200_000)), ("latency_ms", MARKUP), ("whom", MARKUP)]);
    let reply = send(&mut emulator, "POST", "", &panel, &[HOST]);
    assert!(reply.status == 422 && !reply.text().contains("xxxx") && !reply.text().contains("<script"));
}

#[test]
fn thousands_of_clients_each_have_their_behaviour_and_strangers_none() {
    let clients = (0..3000).map(|n| client(&format!("client-{n}"))).collect();
    let mut emulator = Emulator::new(Settings { clients, control: true, ..Settings::default() });
    for n in 0..3000 {
        let what = format!("api/clients/client-{n}/behaviour");
        let asked = json!({ "clock_skew_s": n }).to_string();
        assert_eq!(send(&mut emulator, "PUT", &what, &asked, &[HOST]).status, 204);
        let what = format!("api/clients/inconnu-{n}/behaviour");
        assert_eq!(send(&mut emulator, "PUT", &what, &asked, &[HOST]).status, 404);
    }
    let told = json_of(&send(&mut emulator, "GET", "api/behaviour", "", &[HOST]));
    assert_eq!(told["clients"].as_object().unwrap().len(), 3000);
    assert_eq!(told["clients"]["client-2999"]["clock_skew_s"], 2999);
    assert_eq!(send(&mut emulator, "GET", "", "", &[HOST]).status, 200);
    for n in [0, 1500, 2999] {
        let id = format!("client-{n}");
        let login = authorize(&[("client_id", &id), ("nonce", &format!("Nonce0123456789abcdefghijkl-{n}"))]);
        Visitor::new().log_in(&mut emulator, NOW, &login, "test");
        let latest = json_of(&send(&mut emulator, "GET", "api/logins", "", &[HOST]))[0]["number"].clone();
        let login = json_of(&send(&mut emulator, "GET", &format!("api/logins/{latest}"), "", &[HOST]));
        assert_eq!(login["behaviour"]["clock_skew_s"], n);
    }
}

#[test]
fn markup_in_any_part_of_a_request_stays_text() {
    let mut emulator = emulator();
    let names =
        ["client_id", "redirect_uri", "scope", "acr_values", "state", "nonce", "claims", "prompt", MARKUP];
    for name in names {
        emulator.handle(NOW, &Request::get(&authorize(&[(name, MARKUP)])));
    }
    let pairs: Vec<(&str, &str)> = names.iter().map(|name| (*name, MARKUP)).collect();
    let encoded = form(&pairs);
    for path in ["/token", "/token/revocation", "/authorize"] {
        let mut request = Request::post(&format!("{BASE}{path}"), &encoded);
        request = request.with("origin", MARKUP).with("user-agent", MARKUP).with("authorization", MARKUP);
        emulator.handle(NOW, &request);
    }
    for url in [
        format!("{BASE}/session/end?{encoded}"),
        format!("{BASE}/userinfo?{encoded}"),
        format!("{BASE}/jwks?{encoded}"),
        format!("{BASE}/{MARKUP}"),
        format!("{BASE}/interaction/{MARKUP}/connexion"),
    ] {
        emulator.handle(NOW, &Request::get(&url).with("authorization", &format!("Bearer {MARKUP}")));
    }
    let hint = ["eyJhbGciOiJFUzI1NiJ9", &URL_SAFE_NO_PAD.encode("{\"nonce\":\"<script>\"}"), "x"].join(".");
    emulator.handle(NOW, &Request::get(&format!("{BASE}/session/end?{}", form(&[("id_token_hint", &hint)]))));
    let mut odd = Request::new(MARKUP, &format!("{BASE}/token"));
    odd.body = MARKUP.as_bytes().to_vec();
    emulator.handle(NOW, &odd);
    send(&mut emulator, "PUT", "api/behaviour", "userinfo.hostile_markup", &[HOST]);
    Visitor::new().log_in(&mut emulator, NOW, &authorize(&[("state", MARKUP)]), "test");
    let logins = json_of(&send(&mut emulator, "GET", "api/logins", "", &[HOST]));
    let numbers = logins.as_array().unwrap().iter().map(|login| format!("connexions/{}", login["number"]));
    let panels = ["", "?connexion=%3Cscript%3E", "?connexion=1", "?x=%22%3E%3Cscript%3E"].map(str::to_owned);
    let mut seen = 0;
    for what in numbers.chain(panels) {
        for lang in ["fr", "en"] {
            let page = send(&mut emulator, "GET", &what, "", &[HOST, ("accept-language", lang)]);
            let text = page.text();
            assert_eq!(page.status, 200, "{what}");
            assert!(!text.contains("<script") && !text.contains("<img"), "{what}: {text}");
            seen += text.matches("&lt;script&gt;").count();
            let policy = page.get("content-security-policy").unwrap();
            assert!(
                policy.starts_with("default-src 'none'; style-src 'self'; form-action 'self'"),
                "{policy}"
            );
        }
    }
    assert!(seen > 40, "only {seen}");
    for what in [format!("connexions/{MARKUP}"), MARKUP.to_owned(), format!("api/{MARKUP}")] {
        let reply = send(&mut emulator, "GET", &what, "", &[HOST]);
        assert!(reply.status == 404 && !reply.text().contains("<script>"), "{what}: {}", reply.text());
    }
}

#[test]
fn large_requests_do_not_fill_the_inspector() {
    let mut emulator = emulator();
    let junk: Vec<(String, String)> = (0..16).map(|n| (format!("p{n}"), "x".repeat(15_000))).collect();
    let pairs: Vec<(&str, &str)> = junk.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    emulator.handle(NOW, &Request::get(&authorize(&[])));
    for _ in 0..60 {
        let body = form(&[&[("client_id", "client")], &pairs[..]].concat());
        emulator.handle(NOW, &Request::post(&format!("{BASE}/token"), &body));
    }
    let login = send(&mut emulator, "GET", "api/logins/1", "", &[HOST]);
    assert!(login.body.len() < 300 * 1024, "{} bytes", login.body.len());
    assert!(json_of(&login)["exchanges"].as_array().unwrap().len() >= 2);
}
