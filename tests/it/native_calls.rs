//! The native host's calls, seen by a provider that answers anything: bounded, not followed, not repeated.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::native_support::{Answer, Folder, Server};

/// A key set that can be read (the public key of RFC 7515 appendix A.3).
const KEYS: &str = r#"{"keys":[{"kty":"EC","crv":"P-256","kid":"k","use":"sig","alg":"ES256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;

/// What the fake does with a connection once it has read the request.
type Script = fn(path: &str, stream: &mut TcpStream);

/// A provider of a few bytes, with everything that was sent to it.
struct Fake {
    issuer: String,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Fake {
    fn start(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let issuer = format!("http://{}/api/v2", listener.local_addr().unwrap());
        let heard = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&heard);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (mut stream, notes) = (stream.unwrap(), Arc::clone(&notes));
                thread::spawn(move || {
                    let request = read_request(&mut stream);
                    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
                    notes.lock().unwrap().push(request);
                    script(&path, &mut stream);
                });
            }
        });
        Self { issuer, heard }
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    fn paths(&self) -> Vec<String> {
        self.heard().iter().map(|request| request.split(' ').nth(1).unwrap_or_default().to_owned()).collect()
    }

    /// Begins a login with this provider and returns from it with a code.
    fn return_with_code(&self) -> Answer {
        let site = Folder::new();
        let server = Server::start(site.path(), &[("FC_ISSUER", &self.issuer)]);
        let navigation = "sec-fetch-mode: navigate\nsec-fetch-dest: document\naccept: text/html";
        let login = server.send(&format!("GET /auth/login\n{navigation}"), b"");
        let location = login.header("location").unwrap_or_else(|| panic!("{}", login.head));
        let state = location.split("state=").nth(1).unwrap().split('&').next().unwrap();
        let cookie = login.header("set-cookie").unwrap().split(';').next().unwrap();
        let issuer = self.issuer.replace(':', "%3A").replace('/', "%2F");
        server.send(
            &format!(
                "GET /auth/callback?code=abc&state={state}&iss={issuer}\n{navigation}\ncookie: {cookie}"
            ),
            b"",
        )
    }
}

fn read_request(stream: &mut TcpStream) -> String {
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let (mut bytes, mut chunk) = (Vec::new(), [0; 4096]);
    loop {
        let count = stream.read(&mut chunk).unwrap_or(0);
        bytes.extend_from_slice(&chunk[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let length = text.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()?.parse().ok());
        let complete = text.split_once("\r\n\r\n").is_some_and(|(_, body)| body.len() >= length.unwrap_or(0));
        if complete || count == 0 {
            return text;
        }
    }
}

fn answer(stream: &mut TcpStream, head: &str, body: &str) {
    let _ = write!(stream, "HTTP/1.1 {head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
}

/// Keys padded with spaces to a length, sent in chunks so that no header announces it.
fn padded(stream: &mut TcpStream, length: usize) {
    let _ = write!(
        stream,
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
    );
    let body = format!("{KEYS}{}", " ".repeat(length - KEYS.len()));
    for chunk in body.as_bytes().chunks(1000) {
        let text = std::str::from_utf8(chunk).unwrap();
        let _ = write!(stream, "{:x}\r\n{text}\r\n", chunk.len());
    }
    let _ = write!(stream, "0\r\n\r\n");
}

#[test]
fn a_call_carries_what_the_core_asked_and_nothing_of_its_own() {
    let fake = Fake::start(|path, stream| match path {
        "/api/v2/jwks" => answer(stream, "200 OK\r\ncontent-type: application/json", KEYS),
        _ => answer(
            stream,
            "400 Bad Request\r\ncontent-type: application/json",
            r#"{"error":"invalid_grant"}"#,
        ),
    });
    assert!(fake.return_with_code().status >= 400);
    let heard = fake.heard();
    assert_eq!(fake.paths(), ["/api/v2/jwks", "/api/v2/token"]);
    assert!(heard[0].starts_with("GET ") && heard[0].ends_with("\r\n\r\n"));
    assert!(heard[1].starts_with("POST "));
    let (head, body) = heard[1].split_once("\r\n\r\n").unwrap();
    assert!(head.contains("content-type: application/x-www-form-urlencoded"), "{head}");
    assert!(head.contains(&format!("content-length: {}", body.len())), "{head}");
    assert!(body.contains("code=abc") && body.contains("client_secret=secret"), "{body}");
    for request in &heard {
        for header in ["accept-encoding", "transfer-encoding", "cookie", "referer", "expect"] {
            assert!(!request.to_lowercase().contains(&format!("\r\n{header}:")), "{header} in {request}");
        }
    }
}

#[test]
fn a_redirect_is_an_answer_and_not_an_order() {
    let fake = Fake::start(|path, stream| match path {
        "/elsewhere" => answer(stream, "200 OK\r\ncontent-type: application/json", KEYS),
        _ => answer(stream, "302 Found\r\nlocation: /elsewhere", ""),
    });
    assert!(fake.return_with_code().status >= 400);
    assert_eq!(fake.paths(), ["/api/v2/jwks"]);
}

#[test]
fn a_body_is_read_to_the_limit_and_not_beyond() {
    let fits = Fake::start(|path, stream| match path {
        "/api/v2/jwks" => padded(stream, 64 * 1024),
        _ => answer(stream, "400 Bad Request\r\ncontent-type: application/json", "{}"),
    });
    fits.return_with_code();
    assert_eq!(fits.paths(), ["/api/v2/jwks", "/api/v2/token"]);
    let beyond = Fake::start(|_, stream| padded(stream, 64 * 1024 + 1));
    assert!(beyond.return_with_code().status >= 400);
    assert_eq!(beyond.paths(), ["/api/v2/jwks"]);
    let endless = Fake::start(|_, stream| {
        let _ = write!(stream, "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{{");
        // Ends when the other side has heard enough.
        while stream.write_all(&[b' '; 4096]).is_ok() {}
    });
    assert!(endless.return_with_code().status >= 400);
}

#[test]
fn a_broken_connection_is_not_tried_again() {
    let fake = Fake::start(|_, stream| {
        let _ = write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{{");
    });
    assert!(fake.return_with_code().status >= 400);
    assert_eq!(fake.paths(), ["/api/v2/jwks"]);
}

/// The one test that lasts: a byte now and then must not keep a call alive beyond its ten seconds.
#[test]
fn a_trickle_ends_at_the_limit_of_the_whole_call() {
    let fake = Fake::start(|_, stream| {
        let _ = write!(stream, "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n");
        while stream.write_all(b" ").is_ok() {
            thread::sleep(Duration::from_millis(500));
        }
    });
    let start = Instant::now();
    assert!(fake.return_with_code().status >= 400);
    let lasted = start.elapsed();
    assert!((10..15).contains(&lasted.as_secs()), "{lasted:?}");
}
