//! Names of header lines that mean something else to a host's language are names like others, both ways: a prototype's,
//! numbers, one said several times.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::browser::Browser;
use crate::platform::Platform;
use crate::world::World;

const NAMES: [(&str, &str); 4] = [("__proto__", "a"), ("constructor", "b"), ("10", "c"), ("2", "d")];

pub fn of_every_kind_pass_both_ways(platform: Platform) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let (heard, hears) = mpsc::channel();
    thread::spawn(move || {
        listener.incoming().for_each(|stream| heard.send(answer(stream.unwrap())).unwrap())
    });
    let world = World::with(platform, "ES256", |variables| variables.extend([("FC_ORIGIN", origin)]));
    let mut browser = Browser::new(&world.site);
    let request = browser.request("GET", "/app/noms");
    let answer =
        browser.send(NAMES.iter().fold(request, |request, (name, value)| request.with(name, *value)));
    let heard = hears.recv_timeout(Duration::from_secs(5)).unwrap();
    for (name, value) in NAMES {
        assert_eq!(answer.get(name), Some(value), "{name}");
        assert!(heard.contains(&format!("{name}: {value}\r\n")), "{name}: {heard}");
    }
    assert_eq!(answer.all("set-cookie"), ["app=1; Path=/", "app2=2, 3; Path=/"]);
    assert_eq!(answer.all("x-list").join(", "), "f, g, h");
}

/// Reads the head of a request and answers; what was read.
fn answer(mut stream: TcpStream) -> String {
    let mut head = String::new();
    let mut lines = BufReader::new(stream.try_clone().unwrap());
    while !head.ends_with("\r\n\r\n") && lines.read_line(&mut head).is_ok_and(|length| length > 0) {}
    let lines: String = NAMES.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let _ = write!(
        stream,
        "HTTP/1.1 200 OK\r\n{lines}x-list: f, g\r\nx-list: h\r\nset-cookie: app=1; Path=/\r\n\
         set-cookie: app2=2, 3; Path=/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    );
    head
}
