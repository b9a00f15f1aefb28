//! An application behind the gate: what it sees, what it may say, and how much of it is held in memory on the way.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest, Sha1};

use crate::http::Request;
use crate::platform::Platform;
use crate::world::World;

const LARGE: usize = 100 * 1024 * 1024;

/// What it answers is told by the path: the head that it got, unless there is another word for it.
pub fn application() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let own = address.clone();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (stream, own) = (stream.unwrap(), own.clone());
            thread::spawn(move || answer(stream, &own));
        }
    });
    address
}

fn answer(mut stream: TcpStream, own: &str) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let path = head.split(' ').nth(1).unwrap_or_default().split('?').next().unwrap_or_default();
    let mut say = |status: &str, lines: &str, body: &str| {
        let length = body.len();
        let _ = write!(
            stream,
            "HTTP/1.1 {status}\r\n{lines}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
        );
    };
    match path.rsplit('/').next().unwrap_or_default() {
        "compte" => {
            let length = length(&head);
            let read = swallow(&mut stream, &head);
            let body = format!("{length:?} {read}");
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
        }
        "beaucoup" => {
            let _ = write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {LARGE}\r\nconnection: close\r\n\r\n");
            let piece = vec![b'x'; 64 * 1024];
            for _ in 0..LARGE / piece.len() {
                if stream.write_all(&piece).is_err() {
                    return;
                }
            }
        }
        "hostile" => say(
            "200 OK",
            "set-cookie: fc_session=x; Path=/\r\nset-cookie: __Host-FC_flow_1=x; Path=/\r\nset-cookie: app=1; Path=/\r\n\
             clear-site-data: \"*\"\r\ncache-control: public, s-maxage=600\r\ncdn-cache-control: max-age=600\r\n\
             fc-assertion: x\r\nexpires: Fri, 01 Jan 2100 00:00:00 GMT\r\n",
            "hostile",
        ),
        "ailleurs" => say("302 Found", &format!("location: {own}/prive/x?y\r\n"), ""),
        "coupe" => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf");
        }
        "muet" => {}
        // Until the gate has had enough.
        "sourd" => _ = stream.read_to_end(&mut Vec::new()),
        "ws" => {
            let key = line(&head, "sec-websocket-key");
            let accept = STANDARD.encode(Sha1::digest(format!("{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
            let _ = write!(
                stream,
                "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\
                 sec-websocket-accept: {accept}\r\n\r\n"
            );
            // One text, unmasked as servers send it (RFC 6455 §5.7), and the end.
            let _ = stream.write_all(b"\x81\x05hello\x88\x02\x03\xe8");
        }
        "rien" => {
            let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n");
        }
        "partie" => say("206 Partial Content", "content-range: bytes 0-3/9\r\n", "part"),
        _ => say("200 OK", "content-type: text/plain\r\n", &head),
    }
    // Reading to the end first: closing with bytes unread would reset what was sent.
    let _ = stream.shutdown(std::net::Shutdown::Write);
    let _ = stream.read_to_end(&mut Vec::new());
}

fn length(head: &str) -> Option<usize> {
    line(head, "content-length").parse().ok()
}

/// The value of a header.
fn line(head: &str, name: &str) -> String {
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    let mut found =
        lines.filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned());
    found.next().unwrap_or_default()
}

/// Reads a body of either kind to its end; answers how many bytes came, chunk sizes left out.
fn swallow(stream: &mut TcpStream, head: &str) -> usize {
    let (mut count, mut buffer) = (0, vec![0; 64 * 1024]);
    let length = length(head);
    let chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
    let mut tail = Vec::new();
    while length.is_none_or(|length| count < length) && (length.is_some() || chunked) {
        let read = stream.read(&mut buffer).unwrap_or(0);
        if read == 0 {
            break;
        }
        count += buffer[..read].iter().filter(|byte| length.is_some() || **byte == b'z').count();
        tail.extend_from_slice(&buffer[read.saturating_sub(5)..read]);
        if length.is_none() && tail.ends_with(b"0\r\n\r\n") {
            break;
        }
        tail = tail.split_off(tail.len().saturating_sub(5));
    }
    count
}

fn world(platform: Platform) -> World {
    at(platform, application())
}

fn at(platform: Platform, origin: String) -> World {
    World::with(platform, "ES256", |variables| {
        variables.extend([
            ("FC_ORIGIN", origin),
            ("FC_ORIGIN_PATHS", "/app, /prive, /peut-etre".to_owned()),
            ("FC_PROTECTED_PATHS", "/".to_owned()),
            ("FC_PUBLIC_PATHS", "/app, /index.html".to_owned()),
            ("FC_OPTIONAL_PATHS", "/peut-etre".to_owned()),
        ]);
    })
}

pub fn what_passes_and_what_comes_back(platform: Platform) {
    let world = world(platform);
    let mut browser = world.browser();
    browser.log_in("test");
    what_arrives(&world);
    paths(&world);
    answers(&world);
    forms(&world);
}

/// Adversary C25: nobody but the gate says who is here, on every path, by every method.
fn what_arrives(world: &World) {
    let mut browser = world.browser();
    browser.log_in("test");
    let session = browser.session();
    for path in ["/app/x", "/prive/x", "/peut-etre/x"] {
        for method in ["GET", "POST", "OPTIONS", "DELETE", "PUT"] {
            let request = browser.request(method, &format!("{path}?a=%2F&b=../c"));
            let request = [
                ("FC-Assertion", "forged"),
                ("fc_assertion", "forged"),
                ("Fc_User", "forged"),
                ("X-Forwarded-Host", "forged"),
                ("X_Forwarded_For", "forged"),
                ("Forwarded", "for=forged"),
                ("X-Original-URL", "/forged"),
                ("X-Rewrite-URL", "/forged"),
                ("Spin-Full-Url", "forged"),
                ("X-Hop", "of this connection"),
                ("Connection", "X-Hop"),
                ("Cookie", &format!("app=1; fc_session={session}; fc_flow_x=forged")),
                ("Accept-Language", "fr"),
            ]
            .iter()
            .fold(request, |request, (name, value)| request.with(name, *value));
            let body = if method == "GET" { request } else { request.with("content-length", "0") };
            let answer = body.send();
            assert_eq!(answer.status, 200, "{method} {path}: {}", answer.text());
            let head = answer.text();
            let lower = head.to_ascii_lowercase();
            assert!(head.starts_with(&format!("{method} {path}?a=%2F&b=../c HTTP/1.1\r\n")), "{head}");
            assert!(!lower.contains("forged") && !head.contains(&session), "{head}");
            // Spin tells nobody what `Connection` named.
            let hop = lower.contains("\r\nx-hop:");
            assert!(!hop || world.platform == Platform::Spin, "{head}");
            assert!(
                lower.contains("\r\ncookie: app=1\r\n") && lower.contains("\r\naccept-language: fr\r\n"),
                "{head}"
            );
            let authority = world.site.trim_start_matches("http://");
            assert!(lower.contains(&format!("\r\nx-forwarded-host: {authority}\r\n")), "{head}");
            assert_eq!(lower.matches("\r\nx-forwarded-").count(), 2, "{head}");
            assert!(
                !lower.contains("\r\nspin-") && !lower.contains("\r\nfc-") && !lower.contains("\r\nfc_"),
                "{head}"
            );
        }
    }
    assert!(matches!(browser.request("TRACE", "/app/x").send().status, 400 | 405 | 501));
}

/// Adversary C3 and C4: whoever is not logged in gets to no protected path, and the path that is judged is the one
/// that is sent.
fn paths(world: &World) {
    for path in [
        "/prive/x",
        "/PRIVE/x",
        "/App/x",
        "/app/../prive/x",
        "/app/%2e%2e/prive/x",
        "/app/..%2fprive",
        "/app%2f..%2fprive",
        "/app//../prive",
        "/app/..;/prive",
        "/app;/../prive",
        "/app%5c..%5cprive",
        "/app\\..\\prive",
        "/app/.%00/",
        "/app%00",
        "/app.",
        "/app/x%20",
        "/app/%252e%252e/prive",
        "//app/x",
        "/app/%23/../prive",
        "/app%3f",
        "/./prive/x",
        "/x/../prive/x",
    ] {
        for (name, value) in
            [("accept", "text/html"), ("x-original-url", "/app/x"), ("x-forwarded-uri", "/app/x")]
        {
            let answer = Request::new("GET", format!("{}{path}", world.site)).with(name, value).send();
            if world.platform == Platform::Cloudflare && answer.status == 200 {
                // Its runtime tidies addresses up before anybody sees them; judged and sent is what it made of this.
                assert!(answer.text().starts_with("GET /app/"), "{path}: {}", answer.text());
                continue;
            }
            assert!(matches!(answer.status, 303 | 400 | 401), "{path}: {} {}", answer.status, answer.text());
            assert!(!answer.text().contains("HTTP/1.1"), "{path} reached the origin");
        }
    }
    for path in ["/app/x", "/app/%61%7Eb%20c", "/app/caf%C3%A9", "/app/a+b,c=d@e!f$g*h(i)|j", "/app"] {
        let answer = world.browser().get(path);
        assert!(answer.text().starts_with(&format!("GET {path} HTTP/1.1\r\n")), "{path}: {}", answer.text());
    }
    assert_eq!(world.browser().get("/app/{x}").status, 400);
    assert_eq!(world.browser().get("/").status, 200, "the front page is a file, and public");
}

/// Adversary C23, and answers that mean no good.
fn answers(world: &World) {
    let mut browser = world.browser();
    browser.log_in("test");
    for (path, private) in [("/app", false), ("/prive", true), ("/peut-etre", true)] {
        let answer = browser.request("GET", &format!("{path}/hostile"));
        let answer = browser.send(answer);
        assert_eq!(answer.all("set-cookie"), ["app=1; Path=/"], "{path}");
        assert_eq!((answer.get("clear-site-data"), answer.get("fc-assertion")), (None, None), "{path}");
        let expected = if private { "private, no-store" } else { "public, s-maxage=600" };
        assert_eq!(answer.get("cache-control"), Some(expected), "{path}");
        assert_eq!(answer.get("cdn-cache-control").is_none(), private, "{path}");
        assert!(browser.is_logged_in());
    }
    let answer = browser.get("/prive/ailleurs");
    assert_eq!((answer.status, answer.location()), (302, format!("{}/prive/x?y", world.site).as_str()));
    assert_eq!(browser.get("/prive/rien").status, 204);
    let part = browser.get("/prive/partie");
    assert_eq!(
        (part.status, part.get("content-range"), part.text().as_str()),
        (206, Some("bytes 0-3/9"), "part")
    );
    let silent = browser.get("/prive/muet");
    assert_eq!(
        (silent.status, silent.get("cache-control")),
        (502, Some("private, no-store")),
        "{}",
        silent.text()
    );
    let head = browser.request("HEAD", "/prive/x");
    assert_eq!(browser.send(head).status, 200);
    // Half an answer is never a whole one.
    let authority = world.site.trim_start_matches("http://");
    let cut = crate::http::exchange(
        authority,
        format!("GET /app/coupe HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\n\r\n").as_bytes(),
    );
    let cut = String::from_utf8_lossy(&cut).into_owned();
    let whole = cut.contains("content-length: 4\r\n") || cut.ends_with("\r\n0\r\n\r\n");
    assert!(!whole || cut.contains(" 502 "), "{cut}");
    assert!(browser.is_logged_in());
}

fn forms(world: &World) {
    let mut nobody = world.browser();
    let lost = nobody.request("POST", "/prive/envoi").with("sec-fetch-site", "same-origin").body("a=b");
    let lost = nobody.send(lost);
    assert_eq!(lost.status, 401);
    assert!(lost.text().contains("target=\"_blank\" rel=\"noopener\""), "{}", lost.text());
    let foreign = nobody.request("POST", "/prive/envoi").with("sec-fetch-site", "cross-site").body("a=b");
    assert_eq!(nobody.send(foreign).status, 403);
    let mut browser = world.browser();
    browser.log_in("test");
    let sent = browser.post("/prive/compte", &"z".repeat(20_000));
    assert_eq!((sent.status, sent.text().as_str()), (200, "Some(20000) 20000"));
    let chunks = format!("{:x}\r\n{}\r\n0\r\n\r\n", 20_000, "z".repeat(20_000));
    let chunked = browser.request("POST", "/prive/compte").with("transfer-encoding", "chunked").body(chunks);
    let chunked = browser.send(chunked);
    assert_eq!((chunked.status, chunked.text().as_str()), (200, "None 20000"));
}

pub fn large_bodies_pass_in_constant_memory(platform: Platform) {
    let world = world(platform);
    assert_eq!(world.browser().get("/app/x").status, 200);
    let before = world.memory();
    let sent = world.browser().post("/app/compte", &"z".repeat(LARGE));
    assert_eq!((sent.status, sent.text()), (200, format!("Some({LARGE}) {LARGE}")));
    let received = world.browser().get("/app/beaucoup");
    assert_eq!((received.status, received.body.len()), (200, LARGE));
    let grown = world.memory().saturating_sub(before);
    assert!(grown < 80 * 1024, "{}: {grown} kB more", platform.name());
}

/// Adversary: a page of another site opens a socket with the visitor's cookies.
pub fn a_socket_passes_where_the_platform_can(platform: Platform) {
    let world = world(platform);
    let mut browser = world.browser();
    browser.log_in("test");
    let session = format!("fc_session={}", browser.session());
    let authority = world.site.trim_start_matches("http://");
    let ask = |path: &str, origin: &str| {
        let mut stream =
            TcpStream::connect(("127.0.0.1", authority.split(':').nth(1).unwrap().parse().unwrap())).unwrap();
        stream.set_read_timeout(Some(std::time::Duration::from_secs(20))).unwrap();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nhost: {authority}\r\nconnection: Upgrade\r\nupgrade: websocket\r\norigin: {origin}\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\ncookie: {session}\r\n\r\n"
        )
        .unwrap();
        let (mut said, mut piece) = (Vec::new(), [0; 4096]);
        while let Ok(read @ 1..) = stream.read(&mut piece) {
            said.extend_from_slice(&piece[..read]);
            if said.windows(5).any(|window| window == b"hello") || !said.starts_with(b"HTTP/1.1 101") {
                break;
            }
        }
        String::from_utf8_lossy(&said).into_owned()
    };
    let joined = |said: &str| said.starts_with("HTTP/1.1 101") && said.contains("hello");
    for path in ["/app/ws", "/prive/ws"] {
        let said = ask(path, &world.site);
        match platform {
            // Spin's HTTP has no such thing; it answers for itself, or we do.
            Platform::Spin => assert!(!joined(&said) && !said.contains(" 200 "), "{said}"),
            Platform::Native | Platform::Cloudflare => assert!(joined(&said), "{said}"),
        }
    }
    let foreign = ask("/prive/ws", "https://evil.example");
    assert!(foreign.starts_with("HTTP/1.1 403") || platform == Platform::Spin, "{foreign}");
    assert!(!joined(&foreign));
}

pub fn a_service_that_is_bound_is_an_origin_on_workers(platform: Platform) {
    let world = at(platform, "service:APP".to_owned());
    let answer = world.browser().get("/app/x?y=z");
    if platform == Platform::Cloudflare {
        assert_eq!((answer.status, answer.text()), (200, format!("GET {}/app/x?y=z", world.site)));
    } else {
        assert_eq!(answer.status, 501, "{}", answer.text());
    }
}

pub fn an_origin_that_says_nothing_is_given_thirty_seconds(platform: Platform) {
    let world = world(platform);
    let mut browser = world.browser();
    browser.log_in("test");
    let (authority, session) = (world.site.trim_start_matches("http://"), browser.session());
    let mut stream =
        TcpStream::connect(("127.0.0.1", authority.split(':').nth(1).unwrap().parse().unwrap())).unwrap();
    stream.set_read_timeout(Some(std::time::Duration::from_secs(60))).unwrap();
    write!(
        stream,
        "GET /prive/sourd HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\ncookie: fc_session={session}\r\n\r\n"
    )
    .unwrap();
    let mut said = String::new();
    let _ = stream.read_to_string(&mut said);
    assert!(said.starts_with("HTTP/1.1 504"), "{said}");
    assert!(browser.is_logged_in());
}
