//! Decides what the store of a test does: entries that the Worker and the component reach over HTTP, in every mood that
//! a store can be in.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// How a store can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Well,
    /// It never answers.
    Slow,
    /// It answers with errors only.
    Failing,
    /// It takes nothing more.
    Full,
    /// It takes everything and shows what it had before.
    Stale,
    /// It takes everything and has nothing.
    Forgetful,
    /// It takes everything, shows what belongs elsewhere, and lists names that nobody wrote.
    Lying,
    /// It lists nothing, page after page.
    Endless,
}

type Entries = BTreeMap<String, Vec<u8>>;

/// A status, lines of the head, and a body.
type Said = (&'static str, String, Vec<u8>);

struct Inside {
    mood: Mood,
    entries: Entries,
    /// What there was when the mood came.
    before: Entries,
    /// How often it was asked.
    asked: usize,
    /// Names on one page of a listing.
    page: usize,
}

/// A store, for as long as the tests run.
#[derive(Clone)]
pub struct Store {
    pub address: SocketAddr,
    inside: Arc<Mutex<Inside>>,
}

impl Store {
    pub fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (entries, before) = Default::default();
        // As Workers KV lists them.
        let inside = Inside { mood: Mood::Well, entries, before, asked: 0, page: 1_000 };
        let store = Self { address, inside: Arc::new(Mutex::new(inside)) };
        let own = store.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let own = own.clone();
                thread::spawn(move || own.serve(stream.unwrap()));
            }
        });
        store
    }

    pub fn turn(&self, mood: Mood) {
        self.with(|inside| {
            inside.before = inside.entries.clone();
            inside.mood = mood;
        });
    }

    /// What another isolate wrote.
    pub fn put(&self, name: impl Into<String>, value: impl Into<Vec<u8>>) {
        self.with(|inside| _ = inside.entries.insert(name.into(), value.into()));
    }

    pub fn names(&self) -> Vec<String> {
        self.with(|inside| inside.entries.keys().cloned().collect())
    }

    /// How often it was asked since last asked.
    pub fn take_asked(&self) -> usize {
        self.with(|inside| std::mem::take(&mut inside.asked))
    }

    fn with<T>(&self, act: impl FnOnce(&mut Inside) -> T) -> T {
        act(&mut self.inside.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// One request: `GET`, `PUT` or `DELETE` of `/entry/NAME`, `GET` of `/names?prefix=…&from=…`.
    fn serve(&self, stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let (mut line, mut length) = (String::new(), 0);
        let _ = reader.read_line(&mut line);
        let mut header = String::new();
        while reader.read_line(&mut header).is_ok_and(|read| read > 2) {
            let lower = header.to_ascii_lowercase();
            length = lower
                .strip_prefix("content-length:")
                .map_or(length, |value| value.trim().parse::<usize>().unwrap());
            header.clear();
        }
        let mut body = vec![0; length];
        let _ = reader.read_exact(&mut body);
        let mut words = line.split(' ');
        let (Some(method), Some(target)) = (words.next(), words.next()) else { return };
        let Some((status, lines, said)) = self.answer(method, target, body) else { return };
        let head = format!(
            "HTTP/1.1 {status}\r\n{lines}content-length: {}\r\nconnection: close\r\n\r\n",
            said.len()
        );
        let mut stream = stream;
        let _ = stream.write_all(&[head.as_bytes(), &said].concat());
    }

    fn answer(&self, method: &str, target: &str, body: Vec<u8>) -> Option<Said> {
        self.with(|inside| inside.asked += 1);
        if self.with(|inside| inside.mood == Mood::Slow) {
            while self.with(|inside| inside.mood == Mood::Slow) {
                thread::sleep(Duration::from_millis(20));
            }
            return None;
        }
        Some(self.with(|inside| {
            if inside.mood == Mood::Failing {
                return ("500 Internal Server Error", String::new(), Vec::new());
            }
            let (path, query) = target.split_once('?').unwrap_or((target, ""));
            let done = |said| ("200 OK", String::new(), said);
            if let Some(name) = path.strip_prefix("/entry/") {
                return match method {
                    "GET" => inside.find(name).map_or(("404 Not Found", String::new(), Vec::new()), done),
                    _ if inside.mood == Mood::Full => ("507 Insufficient Storage", String::new(), Vec::new()),
                    "PUT" => {
                        inside.entries.insert(name.to_owned(), body);
                        done(Vec::new())
                    }
                    _ => {
                        inside.entries.remove(name);
                        done(Vec::new())
                    }
                };
            }
            if inside.mood == Mood::Endless {
                return ("200 OK", "next: more\r\n".to_owned(), Vec::new());
            }
            let given = |wanted: &str| {
                query.split('&').find_map(|pair| pair.strip_prefix(wanted)).unwrap_or_default().to_owned()
            };
            let (prefix, from) = (given("prefix="), given("from="));
            let names: Vec<String> =
                inside.names().into_iter().filter(|name| name.starts_with(&prefix) && *name > from).collect();
            let page = if query.is_empty() { names.len() } else { inside.page.min(names.len()) };
            let more =
                if page < names.len() { format!("next: {}\r\n", names[page - 1]) } else { String::new() };
            ("200 OK", more, names[..page].join("\n").into_bytes())
        }))
    }
}

impl Inside {
    fn find(&self, name: &str) -> Option<Vec<u8>> {
        match self.mood {
            Mood::Stale => self.before.get(name).cloned(),
            Mood::Forgetful => None,
            // What is another's, or, where there is none, what nobody wrote.
            Mood::Lying => {
                let kind = name.split('-').next().unwrap_or_default();
                let other = self.entries.iter().find(|(at, _)| at.starts_with(kind) && *at != name);
                Some(other.map_or(b"1.a.b".to_vec(), |(_, value)| value.clone()))
            }
            _ => self.entries.get(name).cloned(),
        }
    }

    fn names(&self) -> Vec<String> {
        let names = |entries: &Entries| entries.keys().cloned().collect::<Vec<_>>();
        match self.mood {
            Mood::Stale => names(&self.before),
            Mood::Forgetful => Vec::new(),
            Mood::Lying => {
                // Each true name bent: about others, or as of a time to come; and names of no shape at all.
                let bent = self.entries.keys().filter(|name| name.starts_with("revoked-")).flat_map(|name| {
                    let parts: Vec<&str> = name.split('-').collect();
                    let with = |at: usize, part: &'static str| {
                        let mut parts = parts.clone();
                        parts[at] = part;
                        parts.join("-")
                    };
                    let kind = if parts[2] == "a" { "p" } else { "a" };
                    [with(2, kind), with(4, "00ffffffff"), format!("{name}-"), "revoked-".to_owned()]
                });
                bent.collect()
            }
            _ => names(&self.entries),
        }
    }
}
