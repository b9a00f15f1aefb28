//! A long day on one instance: many visitors of every kind, and a memory that stays what it was.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Barrier;
use std::thread;

use crate::platform::Platform;
use crate::world::World;

/// Requests in all.
const REQUESTS: usize = 100_000;
/// Connections, each with its own visitor.
const VISITORS: usize = 8;
/// How often memory is looked at.
const LOOKS: usize = 5;

/// What a visitor asks, again and again: path, whether with the session, and the status that answers it.
const ROUND: [(&str, bool, u16); 10] = [
    ("/prive/", true, 200),
    ("/prive/?page=2", true, 200),
    ("/style.css", false, 200),
    ("/prive/", true, 200),
    ("/auth/session", true, 200),
    ("/prive/", false, 303),
    ("/auth/profile", true, 200),
    ("/prive/%2e%2e/prive/", true, 400),
    ("/prive/absent", true, 404),
    ("/auth/session", false, 401),
];

/// Whatever an instance keeps for a request it must let go of: what grows with the number of requests ends it one day.
/// The first three fifths are for the runtimes, which collect their garbage late.
pub fn memory_stays_flat_over_100_000_requests(platform: Platform) {
    let world = World::fresh(platform);
    let mut browser = world.browser();
    browser.log_in_for("test", "/prive/");
    let cookie = format!("fc_session={}", browser.session());
    let authority = world.site.strip_prefix("http://").unwrap();
    let together = Barrier::new(VISITORS + 1);
    let mut seen = Vec::new();
    thread::scope(|scope| {
        for _ in 0..VISITORS {
            scope.spawn(|| {
                let mut line = Line::to(authority);
                for _ in 0..LOOKS {
                    for (path, known, expected) in ROUND.iter().cycle().take(REQUESTS / VISITORS / LOOKS) {
                        let status = line.ask(path, known.then_some(&cookie));
                        assert_eq!(status, *expected, "{path} on {}", platform.name());
                    }
                    // Nobody asks while memory is looked at.
                    together.wait();
                    together.wait();
                }
            });
        }
        for _ in 0..LOOKS {
            together.wait();
            seen.push(world.resident());
            together.wait();
        }
    });
    println!("{}: {seen:?} kB after each {} requests", platform.name(), REQUESTS / LOOKS);
    let (settled, last) = (seen[LOOKS - 3], seen[LOOKS - 1]);
    // The garbage of two engines in JavaScript comes and goes in larger pieces.
    let room = if platform == Platform::Cloudflare { 48 * 1024 } else { 8 * 1024 };
    assert!(last < settled + room, "{}: {seen:?} kB", platform.name());
    assert!(browser.is_logged_in());
}

/// One connection that is kept: a hundred thousand would use up the ports of the machine.
struct Line<'a> {
    authority: &'a str,
    stream: BufReader<TcpStream>,
}

impl<'a> Line<'a> {
    fn to(authority: &'a str) -> Self {
        let port: u16 = authority.rsplit(':').next().unwrap().parse().unwrap();
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { authority, stream: BufReader::new(stream) }
    }

    /// Asks, reads the whole answer, and tells its status.
    fn ask(&mut self, path: &str, cookie: Option<&String>) -> u16 {
        let cookie = cookie.map_or(String::new(), |cookie| format!("cookie: {cookie}\r\n"));
        let head = format!(
            "GET {path} HTTP/1.1\r\nhost: {}\r\naccept: text/html\r\nsec-fetch-mode: navigate\r\n\
             sec-fetch-dest: document\r\n{cookie}\r\n",
            self.authority
        );
        self.stream.get_mut().write_all(head.as_bytes()).unwrap();
        let (mut status, mut length, mut chunked, mut close) = (0, 0, false, false);
        loop {
            let line = self.line().to_ascii_lowercase();
            match line.split_once(':').map(|(name, value)| (name, value.trim())) {
                Some(("content-length", value)) => length = value.parse().unwrap(),
                Some(("transfer-encoding", value)) => chunked = value == "chunked",
                Some(("connection", value)) => close = value == "close",
                Some(_) => {}
                None if line.is_empty() => break,
                None => status = line.split(' ').nth(1).unwrap().parse().unwrap(),
            }
        }
        if chunked {
            loop {
                let size = usize::from_str_radix(&self.line(), 16).unwrap();
                self.skip(size + 2);
                if size == 0 {
                    break;
                }
            }
        } else {
            self.skip(length);
        }
        if close {
            *self = Self::to(self.authority);
        }
        status
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.stream.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    fn skip(&mut self, bytes: usize) {
        let mut away = vec![0; bytes];
        self.stream.read_exact(&mut away).unwrap();
    }
}
