//! The native host in front of an origin: both bodies streamed, nothing buffered, hostile answers survived.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use crate::native_support::{Folder, Server};

/// An origin that answers each connection by `answer`, which gets the head of the request.
fn origin(answer: impl Fn(&str, &mut TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                if stream.read(&mut byte).unwrap_or(0) == 0 {
                    break;
                }
                head.push(byte[0]);
            }
            answer(&String::from_utf8_lossy(&head), &mut stream);
        }
    });
    address
}

fn said(head: &str, stream: &mut TcpStream) {
    let body = head.to_ascii_lowercase();
    let _ = write!(
        stream,
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
}

#[test]
fn the_request_arrives_as_it_was_sent() {
    let site = Folder::new();
    let origin = origin(said);
    let server = Server::start(site.path(), &[("FC_ORIGIN", &origin)]);
    for (method, target) in
        [("GET", "/a%20b/c?x='&y=%2f"), ("DELETE", "/x"), ("PROPFIND", "/x"), ("OPTIONS", "/x")]
    {
        let answer =
            server.send(&format!("{method} {target}\nX_User: x\nfc-user: x\ncookie: fc_session=x; a=b"), b"");
        let text = answer.text();
        assert!(text.starts_with(&format!("{} {target} http/1.1\r\n", method.to_lowercase())), "{text}");
        assert!(text.contains("\r\ncookie: a=b\r\n") && !text.contains("fc_session"), "{text}");
        assert!(!text.contains("fc-user") && text.contains("x-forwarded-proto: http\r\n"), "{text}");
        assert!(text.contains(&format!("host: {}\r\n", origin.trim_start_matches("http://"))), "{text}");
    }
    assert_eq!(server.send("TRACE /x", b"").status, 405);
}

#[test]
fn both_bodies_are_streamed_in_constant_memory() {
    const LENGTH: usize = 100 * 1024 * 1024;
    let site = Folder::new();
    let origin = origin(|_, stream| {
        let mut buffer = vec![0; 64 * 1024];
        let mut read = 0;
        while read < LENGTH {
            read += stream.read(&mut buffer).unwrap();
        }
        let _ = write!(stream, "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {LENGTH}\r\n\r\n");
        for _ in 0..LENGTH / buffer.len() {
            stream.write_all(&buffer).unwrap();
        }
    });
    let server = Server::start(site.path(), &[("FC_ORIGIN", &origin)]);
    let before = peak();
    let mut stream = TcpStream::connect(server.address).unwrap();
    let host = server.address.port();
    write!(
        stream,
        "POST /x HTTP/1.1\r\nhost: localhost:{host}\r\nconnection: close\r\ncontent-length: {LENGTH}\r\n\r\n"
    )
    .unwrap();
    let piece = vec![b'a'; 64 * 1024];
    for _ in 0..LENGTH / piece.len() {
        stream.write_all(&piece).unwrap();
    }
    let mut received = 0;
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match stream.read(&mut buffer).unwrap() {
            0 => break,
            more => received += more,
        }
    }
    assert!(received > LENGTH && received < LENGTH + 1000, "{received}");
    // Other tests run in this process; a buffered body would be a hundred of them.
    let grown = peak().saturating_sub(before);
    assert!(grown < 60 * 1024, "{grown} kB more");
}

/// The most memory this process ever had, in kB.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn hostile_answers_end_in_a_page_or_a_broken_answer() {
    let site = Folder::new();
    let huge = format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "a".repeat(2_000_000));
    for (what, answer, status) in [
        ("not HTTP", "hello\r\n\r\n".to_owned(), 502),
        ("nothing", String::new(), 502),
        ("huge headers", huge, 502),
        (
            "a switch nobody asked for",
            "HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n".to_owned(),
            502,
        ),
        ("half an answer", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf".to_owned(), 200),
        ("nothing to say", "HTTP/1.1 204 No Content\r\n\r\n".to_owned(), 204),
        ("not modified", "HTTP/1.1 304 Not Modified\r\netag: \"x\"\r\n\r\n".to_owned(), 304),
        (
            "a hint first",
            "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
                .to_owned(),
            200,
        ),
    ] {
        let origin = origin(move |_, stream| _ = stream.write_all(answer.as_bytes()));
        let server = Server::start(site.path(), &[("FC_ORIGIN", &origin)]);
        let answer = server.get("/x");
        assert_eq!(answer.status, status, "{what}");
        assert!(answer.body.len() < 5000, "{what}");
    }
    let nobody = Server::start(site.path(), &[("FC_ORIGIN", "http://127.0.0.1:1")]);
    assert_eq!(nobody.get("/x").status, 502);
    let bound = Server::start(site.path(), &[("FC_ORIGIN", "service:APP")]);
    assert_eq!(bound.get("/x").status, 501);
}

#[test]
fn a_web_socket_is_joined() {
    let site = Folder::new();
    let origin = origin(|head, stream| {
        assert!(head.to_ascii_lowercase().contains("\r\nupgrade: websocket\r\n"), "{head}");
        stream
            .write_all(b"HTTP/1.1 101 Switching\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\nhello")
            .unwrap();
        let mut said = [0; 4];
        stream.read_exact(&mut said).unwrap();
        assert_eq!(&said, b"ping");
        stream.write_all(b"pong").unwrap();
    });
    let server = Server::start(site.path(), &[("FC_ORIGIN", &origin)]);
    let mut stream = TcpStream::connect(server.address).unwrap();
    let port = server.address.port();
    write!(
        stream,
        "GET /ws HTTP/1.1\r\nhost: localhost:{port}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\nping"
    )
    .unwrap();
    let mut all = String::new();
    stream.read_to_string(&mut all).unwrap();
    assert!(all.starts_with("HTTP/1.1 101") && all.ends_with("\r\n\r\nhellopong"), "{all}");
}
