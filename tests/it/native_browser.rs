//! As much of a browser as a login needs: cookies per host, redirects, forms sent by hand.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::native_support::Answer;

/// A browser with its cookies.
#[derive(Default)]
pub struct Browser {
    cookies: HashMap<String, HashMap<String, String>>,
    /// Where the last redirect ended.
    pub url: String,
}

impl Browser {
    /// Goes to `url` as a person does who typed it or followed a link.
    pub fn open(&mut self, url: &str) -> Answer {
        self.navigate("GET", url, "")
    }

    /// Sends a form from a page of the same site; `action` may be a path.
    pub fn submit(&mut self, action: &str, form: &str) -> Answer {
        let origin = origin(&self.url);
        let url = if action.starts_with('/') { format!("{origin}{action}") } else { action.to_owned() };
        self.navigate("POST", &url, form)
    }

    fn navigate(&mut self, method: &str, url: &str, form: &str) -> Answer {
        let from = origin(&self.url);
        let (mut method, mut url, mut form) = (method, url.to_owned(), form);
        for _ in 0..20 {
            let answer = self.send(method, &url, form, &from);
            self.url.clone_from(&url);
            match answer.header("location").map(str::to_owned) {
                None => return answer,
                Some(path) if path.starts_with('/') => url = format!("{}{path}", origin(&url)),
                Some(location) => url = location,
            }
            (method, form) = ("GET", "");
        }
        panic!("too many redirects, the last to {url}");
    }

    fn send(&mut self, method: &str, url: &str, form: &str, from: &str) -> Answer {
        let rest = url.strip_prefix("http://").unwrap();
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let host = authority.split(':').next().unwrap();
        let jar = self.cookies.entry(host.to_owned()).or_default();
        let cookies: Vec<String> = jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let site = if from.is_empty() {
            "none"
        } else if from == origin(url) {
            "same-origin"
        } else {
            "cross-site"
        };
        let mut head = format!(
            "{method} /{path} HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\naccept: text/html\r\n\
             sec-fetch-mode: navigate\r\nsec-fetch-dest: document\r\nsec-fetch-site: {site}\r\n"
        );
        if !cookies.is_empty() {
            head.push_str(&format!("cookie: {}\r\n", cookies.join("; ")));
        }
        if method == "POST" {
            head.push_str(&format!(
                "origin: {from}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n",
                form.len()
            ));
        }
        let mut stream = TcpStream::connect(authority).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        write!(stream, "{head}\r\n{form}").unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let answer = Answer::parse(&bytes);
        for cookie in answer.all("set-cookie") {
            let (pair, attributes) = cookie.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                jar.remove(name);
            } else {
                jar.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }
}

fn origin(url: &str) -> String {
    url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/")
}
