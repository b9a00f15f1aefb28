//! The emulator on a socket: control endpoints, delays left aside, connections dropped half-way.

use super::{ISSUER, client};
use franceconnect_edge::emulator::{Emulator, Product, Settings, serve};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

async fn call(at: std::net::SocketAddr, method: &str, path: &str, body: &str) -> String {
    let mut stream = tokio::net::TcpStream::connect(at).await.unwrap();
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A dropped connection may be an error or an end.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn it_serves_lies_on_demand_and_counts() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let settings = Settings {
        product: Product::Standard,
        issuer: ISSUER.into(),
        clients: vec![client("client")],
        seed: [7; 32],
        control: true,
        strict_urls: false,
    };
    let emulators = vec![Arc::new(Mutex::new(Emulator::new(settings)))];
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(serve(listener, emulators, async {
        let _ = stopped.await;
    }));

    let honest = call(at, "GET", "/api/v2/jwks", "").await;
    assert!(honest.starts_with("HTTP/1.1 200") && honest.contains("pkcs11:ES256:hsm"), "{honest}");
    assert!(call(at, "PUT", "/_emulateur/faute", "inconnue").await.starts_with("HTTP/1.1 404"));
    assert!(call(at, "PUT", "/_emulateur/faute", "jwks.status_500").await.starts_with("HTTP/1.1 204"));
    assert!(call(at, "GET", "/api/v2/jwks", "").await.starts_with("HTTP/1.1 500"));
    call(at, "PUT", "/_emulateur/faute", "jwks.cut").await;
    let cut = call(at, "GET", "/api/v2/jwks", "").await;
    let (head, body) = cut.split_once("\r\n\r\n").unwrap();
    let length: usize =
        head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse().unwrap();
    assert!(body.len() < length, "{cut}");
    call(at, "PUT", "/_emulateur/faute", "").await;
    assert!(call(at, "GET", "/api/v2/jwks", "").await.starts_with("HTTP/1.1 200"));

    let calls = call(at, "GET", "/_emulateur/appels", "").await;
    assert!(calls.ends_with(r#"["jwks","jwks","jwks","jwks"]"#), "{calls}");
    call(at, "DELETE", "/_emulateur/appels", "").await;
    assert!(call(at, "GET", "/_emulateur/appels", "").await.ends_with("[]"));
    let large = call(at, "POST", "/api/v2/token", &"a".repeat(300 * 1024)).await;
    assert!(large.is_empty() || large.starts_with("HTTP/1.1 413"), "{large}");
    stop.send(()).unwrap();
    server.await.unwrap().unwrap();
}
