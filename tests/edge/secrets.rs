//! Decides what no log may hold, collects it while the conversations run, and searches the logs at the end.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::http::Answer;
use crate::platform::Platform;

/// Secrets and persons that are known beforehand, and what every token begins with.
const KNOWN: [(&str, &str); 9] = [
    ("the client's secret", crate::provider::SECRET),
    ("the session key", crate::world::SESSION_KEY),
    ("a token", "eyJ"),
    ("a name", "DUBOIS"),
    ("a first name", "Angela"),
    ("a usage name", "MARTIN"),
    ("a birth date", "1962-08-24"),
    ("a mail address", "yopmail"),
    ("a subject", "v1\""),
];

static SEEN: Mutex<BTreeMap<String, &'static str>> = Mutex::new(BTreeMap::new());
static LOGS: Mutex<Vec<(Platform, PathBuf)>> = Mutex::new(Vec::new());

/// Has this log searched.
pub fn watch(platform: Platform, log: &Path) {
    LOGS.lock().unwrap().push((platform, log.to_owned()));
}

/// Notes what an answer hands to a browser.
pub fn note(answer: &Answer) {
    let mut seen = SEEN.lock().unwrap();
    for cookie in answer.all("set-cookie") {
        let value = cookie.split(';').next().and_then(|pair| pair.split_once('=')).map(|(_, value)| value);
        seen.extend(value.filter(|value| value.len() > 15).map(|value| (value.to_owned(), "a cookie")));
    }
    let query =
        answer.all("location").first().and_then(|location| location.split_once('?')).map(|(_, query)| query);
    for (name, value) in query.unwrap_or_default().split('&').filter_map(|pair| pair.split_once('=')) {
        let what = match name {
            "code" => "a code",
            "state" => "a state",
            "nonce" => "a nonce",
            "id_token_hint" => "an ID Token",
            _ => continue,
        };
        if value.len() > 15 {
            seen.insert(value.to_owned(), what);
        }
    }
}

/// What the logs hold of it: one line for each find, and for each platform that logged no login although one
/// took place, for then nothing was searched.
pub fn search() -> Vec<String> {
    let seen = SEEN.lock().unwrap();
    let needles = || {
        KNOWN
            .into_iter()
            .map(|(what, text)| (text, what))
            .chain(seen.iter().map(|(text, what)| (text.as_str(), *what)))
    };
    let mut found = Vec::new();
    for (platform, log) in LOGS.lock().unwrap().iter() {
        let text = String::from_utf8_lossy(&fs::read(log).unwrap()).into_owned();
        for (number, line) in text.lines().enumerate() {
            for (_, what) in needles().filter(|(needle, _)| line.contains(needle)) {
                found.push(format!("{}: {what} in {}:{}", platform.name(), log.display(), number + 1));
            }
        }
    }
    found
}
