//! Lines that follow a body: nobody judged them, so they reach neither the origin nor the visitor, and the body ends.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::http::exchange;
use crate::platform::Platform;
use crate::world::World;

const BODY: &str = "5\r\nhello\r\n0\r\nfc-assertion: forged\r\nx-late: forged\r\n\r\n";

pub fn end_a_body_and_go_no_further(platform: Platform) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let (heard, hears) = mpsc::channel();
    thread::spawn(move || {
        listener.incoming().for_each(|stream| heard.send(answer(stream.unwrap())).unwrap())
    });
    let world = World::with(platform, "ES256", |variables| variables.extend([("FC_ORIGIN", origin)]));
    let authority = world.site.trim_start_matches("http://");
    let request = format!(
        "POST /x HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\nte: trailers\r\ntrailer: x-late\r\n\
         transfer-encoding: chunked\r\n\r\n{BODY}"
    );
    let said = String::from_utf8(exchange(authority, request.as_bytes())).unwrap();
    if platform == Platform::Cloudflare && !said.starts_with("HTTP/1.1 200") {
        // Its runtime takes no such request.
        return assert!(said.is_empty() || said.starts_with("HTTP/1.1 400"), "{said}");
    }
    assert!(said.starts_with("HTTP/1.1 200") && said.ends_with("0\r\n\r\n"), "no end: {said}");
    let heard = hears.recv_timeout(Duration::from_secs(5)).unwrap();
    for passed in [&said, &heard] {
        assert!(passed.contains("hello") && !passed.contains("forged"), "{passed}");
    }
}

/// Reads a request to its end and answers in the same manner; what was read.
fn answer(mut stream: TcpStream) -> String {
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let (mut read, mut byte) = (Vec::new(), [0]);
    let ended = |read: &[u8]| {
        let body = read.windows(4).position(|end| end == b"\r\n\r\n").map(|end| &read[end + 4..]);
        body.is_some_and(|body| body.windows(3).any(|last| last == b"0\r\n") && body.ends_with(b"\r\n\r\n"))
    };
    while !ended(&read) && stream.read(&mut byte).is_ok_and(|length| length == 1) {
        read.push(byte[0]);
    }
    let _ = write!(stream, "HTTP/1.1 200 OK\r\ntrailer: x-late\r\ntransfer-encoding: chunked\r\n\r\n{BODY}");
    String::from_utf8(read).unwrap()
}
