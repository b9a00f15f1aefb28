//! Emulators on a socket: control endpoints, delays left aside, connections dropped half-way, two products on one
//! address, key sets fetched.

use super::{ISSUER, client};
use crate::support::service_keys::{ServiceKeys, key_set};
use franceconnect_edge::emulator::{Client, Emulator, Encryption, Product, Settings, serve};
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
        ..Settings::default()
    };
    let emulators = vec![Arc::new(Mutex::new(Emulator::new(settings)))];
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(serve(listener, emulators, async {
        let _ = stopped.await;
    }));

    let honest = call(at, "GET", "/api/v2/jwks", "").await;
    assert!(honest.starts_with("HTTP/1.1 200") && honest.contains("pkcs11:ES256:hsm"), "{honest}");
    assert!(call(at, "PUT", "/_emulateur/api/behaviour", "inconnue").await.starts_with("HTTP/1.1 422"));
    assert!(
        call(at, "PUT", "/_emulateur/api/behaviour", "jwks.status_500").await.starts_with("HTTP/1.1 204")
    );
    assert!(call(at, "GET", "/api/v2/jwks", "").await.starts_with("HTTP/1.1 500"));
    call(at, "PUT", "/_emulateur/api/behaviour", "jwks.cut").await;
    let cut = call(at, "GET", "/api/v2/jwks", "").await;
    let (head, body) = cut.split_once("\r\n\r\n").unwrap();
    let length: usize =
        head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse().unwrap();
    assert!(body.len() < length, "{cut}");
    call(at, "PUT", "/_emulateur/api/behaviour", "").await;
    assert!(call(at, "GET", "/api/v2/jwks", "").await.starts_with("HTTP/1.1 200"));

    let calls = call(at, "GET", "/_emulateur/api/calls", "").await;
    assert!(calls.ends_with(r#"["jwks","jwks","jwks","jwks"]"#), "{calls}");
    call(at, "DELETE", "/_emulateur/api/calls", "").await;
    assert!(call(at, "GET", "/_emulateur/api/calls", "").await.ends_with("[]"));
    let large = call(at, "POST", "/api/v2/token", &"a".repeat(300 * 1024)).await;
    assert!(large.is_empty() || large.starts_with("HTTP/1.1 413"), "{large}");
    stop.send(()).unwrap();
    server.await.unwrap().unwrap();
}

/// A service's key set on a socket: one path for each way to answer.
async fn service(set: Vec<u8>) -> String {
    use axum::http::StatusCode;
    let large = vec![b' '; 64 * 1024];
    let kept = [("cache-control", "max-age=600")];
    let router = axum::Router::new()
        .route("/good", axum::routing::get(move || async move { (kept, set) }))
        .route("/moved", axum::routing::get(|| async { (StatusCode::FOUND, [("location", "/good")]) }))
        .route("/large", axum::routing::get(move || async move { [large, b"{}".to_vec()].concat() }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{at}")
}

#[tokio::test]
async fn both_products_share_an_address_and_nothing_else() {
    let keys = ServiceKeys::new(5);
    let service = service(key_set(&[keys.jwk(Encryption::EcdhEs)]).body).await;
    let register = |path: &str| Client {
        encryption: Some(Encryption::EcdhEs),
        jwks_uri: Some(if path.contains("://") { path.to_owned() } else { format!("{service}/{path}") }),
        ..client(path)
    };
    let settings = |product: Product, clients: Vec<Client>| Settings {
        product,
        issuer: format!("http://127.0.0.1:8788{}", product.path()),
        clients,
        seed: [7; 32],
        control: true,
        strict_urls: false,
        ..Settings::default()
    };
    let mut reachable: Vec<Client> = ["good", "moved", "large", "absent"].map(register).to_vec();
    reachable.push(register("http://127.0.0.1:9/jwks.json"));
    let emulators = [settings(Product::Standard, vec![client("client")]), settings(Product::Plus, reachable)];
    let emulators: Vec<_> = emulators.map(|settings| Arc::new(Mutex::new(Emulator::new(settings)))).into();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    tokio::spawn(serve(listener, emulators.clone(), std::future::pending()));

    for (path, shown) in [
        ("/api/v2/.well-known/openid-configuration", "\"issuer\":\"http://127.0.0.1:8788/api/v2\""),
        ("/plus/api/v2/.well-known/openid-configuration", "\"issuer\":\"http://127.0.0.1:8788/plus/api/v2\""),
        ("/api/v2/inconnu", "<title>Erreur de connexion - FranceConnect</title>"),
        ("/plus/api/v2/inconnu", "<title>Erreur de connexion - FranceConnect+</title>"),
        ("/ailleurs", "<title>Erreur de connexion - FranceConnect</title>"),
        ("/plus/api/v22/jwks", "<title>Erreur de connexion - FranceConnect</title>"),
        ("/emulateur.css", "content-type: text/css"),
    ] {
        let answer = call(at, "GET", path, "").await;
        assert!(answer.contains(shown), "{path}: {answer}");
    }
    assert!(
        call(at, "PUT", "/plus/_emulateur/api/behaviour", "jwks.status_500")
            .await
            .starts_with("HTTP/1.1 204")
    );
    assert!(call(at, "GET", "/plus/api/v2/jwks", "").await.starts_with("HTTP/1.1 500"));
    assert!(call(at, "GET", "/api/v2/jwks", "").await.starts_with("HTTP/1.1 200"));
    assert!(
        call(at, "GET", "/plus/_emulateur/api/calls", "")
            .await
            .ends_with(r#"["discovery","unknown","jwks"]"#)
    );

    for (client_id, status, code) in [
        ("good", 303, ""),
        ("moved", 400, "Erreur Y044D511"),
        ("large", 400, "Erreur Y044D511"),
        ("absent", 400, "Erreur Y044D511"),
        ("http://127.0.0.1:9/jwks.json", 400, "Erreur Y044D511"),
    ] {
        let url = super::plus::authorize(&[("client_id", client_id)]);
        let path = url.strip_prefix("http://127.0.0.1:8788").unwrap();
        let answer = call(at, "GET", path, "").await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{client_id}: {answer}");
        assert!(answer.contains(code), "{client_id}: {answer}");
    }
    let request =
        franceconnect_edge::emulator::Request::get(&super::plus::authorize(&[("client_id", "good")]));
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let soon = franceconnect_edge::time::Timestamp::from_unix(i64::try_from(now).unwrap() + 500);
    assert!(emulators[1].lock().unwrap().wants(soon, &request).is_empty(), "kept as long as it said");
}
