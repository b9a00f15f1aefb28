//! Requests that nobody sends in good faith: each gets the reaction that FranceConnect gives, nothing comes back as
//! markup, and the emulator goes on.

use super::plus::{self, Plus};
use super::{ISSUER, NOW, REDIRECT, SECRET, authorize, code, emulator, form, json_of, page_code, token};
use franceconnect_edge::emulator::{Emulator, Encryption, Reply, Request, Visitor, serve};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const MARKUP: &str = "<script>alert(1)</script>";

/// Values that break careless readers.
fn values() -> Vec<String> {
    let mut values: Vec<String> = [
        "%",
        "%zz",
        "%u0041",
        "%00",
        "%ff%fe",
        "%ED%A0%80",
        "%C0%AF",
        "+",
        "&&&&",
        "=",
        "===",
        ";",
        "a;b=c",
        "\0",
        "[]",
        "a[b]=c",
        "__proto__=1",
        "constructor=1",
        "\u{202e}\u{feff}",
        "%0d%0aSet-Cookie:%20a=b",
        "../../etc",
        "%2e%2e%2f",
        "{{7*7}}",
        "'--",
        "\"",
        "\\",
        "${jndi:ldap://x}",
        "null",
        "undefined",
        "NaN",
        "-1",
        "1e999",
    ]
    .map(str::to_owned)
    .to_vec();
    values.push(url::form_urlencoded::byte_serialize(MARKUP.as_bytes()).collect());
    values.push("a".repeat(100_000));
    values.push("%00".repeat(10_000));
    values.push(format!("{}1{}", "[".repeat(5_000), "]".repeat(5_000)));
    values.push((0..20_000).map(|n| format!("p{n}=1&")).collect());
    values
}

const NAMES: [&str; 22] = [
    "",
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "acr_values",
    "state",
    "nonce",
    "claims",
    "prompt",
    "idp_hint",
    "ui_locales",
    "code",
    "grant_type",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
    "token",
    "access_token",
    "id_token_hint",
    "post_logout_redirect_uri",
    "login",
];

const PATHS: [&str; 13] = [
    "",
    "/.well-known/openid-configuration",
    "/jwks",
    "/authorize",
    "/token",
    "/userinfo",
    "/session/end",
    "/session/end/confirm",
    "/token/revocation",
    "/checktoken",
    "/interaction/x/connexion",
    "/interaction/%zz",
    "/%00/../token",
];

/// Whether an answer is one that FranceConnect could give: a refusal or a page, nothing of ours broken, no markup of
/// the sender's, no header of his.
fn sound(reply: &Reply, at: &str) {
    let status = reply.status;
    assert!((200..500).contains(&status), "{at}: {status}");
    assert!(!reply.text().contains(MARKUP), "{at}: {}", reply.text());
    assert!(reply.body.is_empty() || reply.get("content-type").is_some(), "{at}");
    for (name, value) in &reply.headers {
        assert!(!value.contains(['\r', '\n', '\0']), "{at}: {name}");
        assert!(*name != "set-cookie" || value.starts_with("fc_"), "{at}: {value}");
    }
}

#[test]
fn every_value_under_every_name_at_every_address() {
    let mut emulators = [(emulator(), ISSUER), (Plus::new(Encryption::EcdhEs).emulator, plus::ISSUER)];
    let values = values();
    for (emulator, issuer) in &mut emulators {
        for (path, name) in PATHS.iter().flat_map(|path| NAMES.iter().map(move |name| (path, name))) {
            // Long ones are read before anybody knows what they are called.
            for value in values.iter().filter(|value| name.is_empty() || value.len() < 1000) {
                let pairs = if name.is_empty() { value.clone() } else { format!("{name}={value}") };
                let at = format!("{path} {name}={}", value.chars().take(40).collect::<String>());
                let get = Request::get(&format!("{issuer}{path}?{pairs}"));
                let post = Request::post(&format!("{issuer}{path}"), &pairs);
                for request in [get, post] {
                    assert!(
                        emulator.wants(NOW, &request).is_empty(),
                        "{at}: a document is fetched for nobody"
                    );
                    sound(&emulator.handle(NOW, &request), &at);
                }
            }
        }
    }
}

#[test]
fn one_parameter_of_a_good_request_is_hostile() {
    let good = authorize(&[]);
    let (at, query) = good.split_once('?').unwrap();
    for value in values() {
        for pair in query.split('&') {
            let name = pair.split('=').next().unwrap();
            let changed = query.replace(pair, &format!("{name}={value}"));
            for request in [Request::get(&format!("{at}?{changed}")), Request::post(at, &changed)] {
                let mut emulator = emulator();
                let reply = emulator.handle(NOW, &request);
                let short: String = value.chars().take(40).collect();
                sound(&reply, &format!("{name}={short}"));
                // What leaves for a service leaves for its own address.
                let own = |to: &str| to.starts_with(REDIRECT) || to.starts_with("/api/v2/interaction/");
                assert!(reply.get("location").is_none_or(own), "{name}={short}: {:?}", reply.get("location"));
            }
        }
    }
}

#[test]
fn the_state_comes_back_as_it_was() {
    for state in [MARKUP, "é&=#?+ %20", "\0", "\u{202e}", "' OR 1=1 --", &"é".repeat(10_000)] {
        let mut emulator = emulator();
        let back = Visitor::new().log_in(&mut emulator, NOW, &authorize(&[("state", state)]), "test");
        sound(&back, state);
        assert_eq!(super::parameter(&back, "state").as_deref(), Some(state));
    }
}

#[test]
fn headers_twice_and_headers_of_no_sense() {
    let huge = "a".repeat(100_000);
    for (path, method) in
        [("/token", "POST"), ("/userinfo", "GET"), ("/authorize", "GET"), ("/session/end", "GET")]
    {
        for (name, value) in [
            ("authorization", "Bearer a"),
            ("authorization", &huge),
            ("authorization", "\u{fffd}\u{fffd}"),
            ("cookie", "fc_session_id="),
            ("cookie", &huge),
            ("cookie", ";;;=;=;"),
            ("content-type", "application/x-www-form-urlencoded; charset=\u{fffd}"),
            ("content-type", ";"),
            ("content-type", ""),
            ("content-length", "-1"),
            ("accept", "text/html;q=NaN"),
            ("accept-language", "x;q=1e99,,,;;fr"),
            ("sec-fetch-site", "cross-site"),
            ("emulator-behaviour", "{"),
        ] {
            let request =
                Request::new(method, &format!("{ISSUER}{path}")).with(name, value).with(name, "autre");
            let short: String = value.chars().take(40).collect();
            sound(&emulator().handle(NOW, &request), &format!("{method} {path} {name}: {short}"));
        }
    }
}

#[test]
fn what_each_gets() {
    let mut emulator = emulator();
    let good = code(&mut emulator, NOW, &[], "test");
    let url = |path: &str| format!("{ISSUER}{path}");
    let json = |mut request: Request, body: &str| {
        request.body = body.as_bytes().to_vec();
        request.with("content-type", "application/json")
    };
    let secret = ("client_secret", SECRET);
    let many: String = (0..30_000).map(|n| format!("&p{n}=1")).collect();
    for (request, status, code) in [
        (Request::get(&format!("{}{many}", authorize(&[]))), 400, "Y030007"),
        (Request::get(&format!("{}&", authorize(&[]))), 303, ""),
        (Request::get(&format!("{}&%00=1", authorize(&[]))), 400, "Y030007"),
        (Request::get(&authorize(&[("redirect_uri", "javascript:alert(1)")])), 400, "Y030007"),
        (
            Request::get(&authorize(&[("redirect_uri", "http://localhost:3000/auth/callback\r\nx:y")])),
            400,
            "Y030007",
        ),
        (Request::get(&authorize(&[("redirect_uri", "//exemple.fr")])), 400, "Y030007"),
        (
            Request::get(&authorize(&[("redirect_uri", "http://user@localhost:3000/auth/callback")])),
            400,
            "Y04C013C",
        ),
        (
            Request::get(&authorize(&[("redirect_uri", "HTTP://localhost:3000/auth/callback")])),
            400,
            "Y04C013C",
        ),
        (Request::get(&authorize(&[("client_id", "client\0")])), 400, "Y04EA6EF"),
        (Request::get(&authorize(&[("client_id", " client")])), 400, "Y04EA6EF"),
        (json(Request::new("POST", &url("/authorize")), r#"{"client_id":"client"}"#), 400, "Y030007"),
        (json(Request::new("POST", &url("/token")), r#"{"client_id":"client"}"#), 400, "Y043C322"),
        (Request::post(&url("/token"), &"a".repeat(60_000)), 400, "Y04A25F2"),
        (Request::post(&url("/token"), "%%%"), 400, "Y044FEB3"),
        (Request::post(&url("/token"), &form(&[("client_id", "client\0"), secret])), 401, "Y0479FCE"),
        (
            Request::post(&url("/token"), &form(&[("client_id", "client"), secret, ("grant_type", "\0")])),
            400,
            "Y04C2044",
        ),
        (Request::get(&url("/userinfo")).with("authorization", "Bearer \0"), 401, "Y040001"),
        (Request::get(&url("/userinfo")).with("authorization", &format!("Bearer {good}")), 401, "Y040001"),
        (Request::get(&url("/userinfo?access_token=%ff")), 401, "Y040001"),
        (Request::get(&url("/session/end?id_token_hint=%00")), 400, "Y04FEDB9"),
        (Request::get(&url("/session/end?id_token_hint=..")), 400, "Y04FEDB9"),
        (Request::get(&url("/session/end?id_token_hint=e30.e30.e30")), 400, "Y0429C91"),
        (
            Request::get(&url("/session/end?id_token_hint=a&post_logout_redirect_uri=javascript:1")),
            400,
            "Y000400",
        ),
        (Request::post(&url("/token/revocation"), ""), 400, "Y000400"),
        (json(Request::new("POST", &url("/token/revocation")), "{}"), 400, "Y000400"),
        (Request::get(&url("/interaction/%2e%2e/authorize")), 401, "Y190001"),
        (Request::get(&url("/../../etc/passwd")), 404, "Y000404"),
        (Request::new("", &url("/token")), 404, "Y000404"),
        (Request::new("PO\0ST", &url("/token")), 404, "Y000404"),
        (Request::get("*"), 404, "Y000404"),
        (Request::get(""), 404, "Y000404"),
        (Request::get(&url("/_emulateur/faute")), 404, "Y000404"),
    ] {
        let reply = emulator.handle(NOW, &request);
        let at = format!("{} {} {:.80}", request.method, request.path, request.query);
        sound(&reply, &at);
        let told = match page_code(&reply) {
            Some(code) => code.to_owned(),
            None if reply.status == 303 => String::new(),
            None => json_of(&reply)["error_uri"].as_str().unwrap_or_default().to_owned(),
        };
        assert_eq!(reply.status, status, "{at}: {told}");
        assert!(told.contains(code), "{at}: {told}");
    }
    assert_eq!(token(&mut emulator, NOW, &[("code", &good)]).status, 200, "it went on");
}

#[tokio::test]
async fn on_a_socket_too() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let emulators: Vec<Arc<Mutex<Emulator>>> = vec![Arc::new(Mutex::new(emulator()))];
    tokio::spawn(serve(listener, emulators, std::future::pending()));
    let long = "a".repeat(200_000);
    let call = async |head: String| {
        let mut stream = tokio::net::TcpStream::connect(at).await.unwrap();
        // A server that has seen enough may close before it has read all.
        let _ = stream.write_all(head.as_bytes()).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    };
    for head in [
        "GET /api/v2/\0 HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(),
        format!("GET /api/v2/authorize?{long} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
        format!("GET /api/v2/jwks HTTP/1.1\r\nHost: a\r\nX: {long}{long}{long}\r\n\r\n"),
        format!("GET /api/v2/jwks HTTP/1.1\r\nHost: a\r\n{}\r\n\r\n", "X: y\r\n".repeat(500)),
        "POST /api/v2/token HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n".to_owned(),
        "POST /api/v2/token HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"
            .to_owned(),
        "\0\0\0\0".to_owned() + "\r\n\r\n",
    ] {
        let answer = call(head).await;
        let refused = answer.is_empty() || answer.starts_with("HTTP/1.1 4");
        assert!(refused, "{answer:.200}");
    }
    let head = call("HEAD /api/v2/jwks HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".to_owned()).await;
    assert!(head.starts_with("HTTP/1.1 200") && head.ends_with("\r\n\r\n"), "{head}");
    let length = head
        .to_lowercase()
        .split("content-length: ")
        .nth(1)
        .map(|rest| rest.lines().next().unwrap().to_owned());
    assert!(length.is_some_and(|length| length.parse::<usize>().unwrap() > 100), "{head}");
    let good = call("GET /api/v2/jwks HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".to_owned()).await;
    assert!(good.starts_with("HTTP/1.1 200"), "{good}");
}
