//! The native host's edges: limits, joined headers, faults of configuration, the end.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use franceconnect_edge::config;
use franceconnect_edge::host::native::{self, Native};

use crate::native_support::{Folder, Server, variables};

#[test]
fn a_target_beyond_the_limit_is_refused() {
    let site = Folder::new();
    let server = Server::start(site.path(), &[]);
    let fits = format!("/{}", "a".repeat(16 * 1024 - 1));
    assert_eq!(server.get(&fits).status, 404);
    assert_eq!(server.get(&format!("{fits}a")).status, 414);
    assert_eq!(server.get(&format!("/?{}", "a".repeat(17_000))).status, 414);
}

#[test]
fn a_form_beyond_the_limit_is_refused_announced_or_not() {
    let site = Folder::new();
    let server = Server::start(site.path(), &[]);
    let announced = |length: usize| {
        let head = format!(
            "POST /auth/logout\ncontent-length: {length}\ncontent-type: application/x-www-form-urlencoded"
        );
        server.send(&head, &vec![b'a'; length]).status
    };
    assert_ne!(announced(8 * 1024), 413);
    assert_eq!(announced(8 * 1024 + 1), 413);
    let chunks = |count: usize| {
        let mut body = format!("400\r\n{}\r\n", "a".repeat(1024)).repeat(count);
        body.push_str("0\r\n\r\n");
        server.send("POST /auth/logout\ntransfer-encoding: chunked", body.as_bytes()).status
    };
    assert_ne!(chunks(8), 413);
    assert_eq!(chunks(9), 413);
}

#[test]
fn a_target_that_is_no_path_is_refused() {
    let site = Folder::new();
    let server = Server::start(site.path(), &[]);
    assert_eq!(server.send("OPTIONS *", b"").status, 400);
}

#[test]
fn faults_of_the_configuration_are_a_page_on_every_path() {
    let site = Folder::new();
    site.write("index.html", "home");
    let server = Server::start(site.path(), &[("FC_SCOPES", "email"), ("FC_CLIENT_ID", "")]);
    for path in ["/", "/auth/login", "/absent"] {
        let answer = server.get(path);
        assert_eq!(answer.status, 503, "{path}");
        assert!(!answer.text().contains("home"));
    }
}

#[test]
fn the_server_ends_when_told_with_connections_open() {
    let site = Folder::new();
    site.write("index.html", "home");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    let variables = variables(&[]);
    let config = config::read(|name| {
        variables.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    });
    let native = Native {
        deployed: std::sync::Arc::new(config.into()),
        site: site.path().to_owned(),
        store: native::Store::default(),
    };
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let served = runtime.spawn(native::serve(listener, native, async {
        let _ = stopped.await;
    }));
    // One that never speaks, one in the middle of a request, one idle after its answer.
    let silent = TcpStream::connect(address).unwrap();
    let mut halfway = TcpStream::connect(address).unwrap();
    halfway.write_all(b"GET / HTTP/1.1\r\nhost:").unwrap();
    let mut idle = TcpStream::connect(address).unwrap();
    idle.write_all(format!("GET / HTTP/1.1\r\nhost: {address}\r\n\r\n").as_bytes()).unwrap();
    assert!(idle.read(&mut [0; 1024]).unwrap() > 0);
    let start = Instant::now();
    stop.send(()).unwrap();
    runtime.block_on(served).unwrap().unwrap();
    assert!(start.elapsed() < Duration::from_secs(10));
    assert!(TcpListener::bind(address).is_ok(), "the port is free again");
    drop((silent, halfway, idle));
}
