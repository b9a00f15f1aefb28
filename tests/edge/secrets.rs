//! Decides what no log may hold, collects it while the conversations run, and searches the logs at the end.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::http::Answer;
use crate::platform::Platform;

/// Secrets and persons that are known beforehand, and what every token begins with.
const KNOWN: [(&str, &str); 10] = [
    ("the client's secret", crate::provider::SECRET),
    ("the client's next secret", "n3xt-5ecret"),
    ("the session key", crate::world::SESSION_KEY),
    ("the other session key", crate::world::OTHER_KEY),
    ("a token", "eyJ"),
    ("a name", "DUBOIS"),
    ("a first name", "Angela"),
    ("a usage name", "MARTIN"),
    ("a birth date", "1962-08-24"),
    ("a mail address", "yopmail"),
];

/// What a platform says when a visit ended as none should.
const CRASHES: [&str; 6] =
    ["panicked at", "host.failed", "instance failed", "RuntimeError", "Uncaught", "unreachable executed"];

/// Numbers of private keys, which neither an answer nor a log may hold.
static KEPT: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
static SEEN: Mutex<BTreeMap<String, &'static str>> = Mutex::new(BTreeMap::new());
static LOGS: Mutex<Vec<(Platform, PathBuf)>> = Mutex::new(Vec::new());

/// Has this log searched.
pub fn watch(platform: Platform, log: &Path) {
    LOGS.lock().unwrap().push((platform, log.to_owned()));
}

/// Has this number of a private key looked for from now on.
pub fn keep(number: &str) {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner).insert(number.to_owned());
}

/// Notes what an answer hands to a browser, or to whoever else asks; private keys it may not hand to anybody.
pub fn note(answer: &Answer) {
    let said = [answer.headers.iter().map(|(_, value)| value.as_str()).collect(), answer.text()];
    for number in KEPT.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        assert!(
            !said.iter().any(|text| text.contains(number)),
            "a private key in an answer {}",
            answer.status
        );
    }
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

/// What the logs hold of it, and of crashes: one line for each find. A platform whose logs tell of no login has
/// not been listened to, which counts as a find if there was one.
pub fn search(logged_in: bool) -> Vec<String> {
    let seen = SEEN.lock().unwrap();
    let kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let kept = kept.iter().map(|number| (number.as_str(), "a private key"));
    let known = KNOWN.into_iter().map(|(what, text)| (text, what));
    let needles: Vec<(&str, &str)> =
        known.chain(kept).chain(seen.iter().map(|(text, what)| (text.as_str(), *what))).collect();
    let (mut found, mut silent) = (Vec::new(), BTreeMap::new());
    for (platform, log) in LOGS.lock().unwrap().iter() {
        let text = String::from_utf8_lossy(&fs::read(log).unwrap()).into_owned();
        let silence = silent.entry(*platform).or_insert(true);
        *silence &= !text.contains("login.succeeded");
        for (number, line) in text.lines().enumerate() {
            let known = needles.iter().filter(|(needle, _)| line.contains(needle)).map(|(_, what)| *what);
            let random = line.split(|c: char| !is_of_tokens(c)).any(is_random).then_some("something random");
            let crash = CRASHES.into_iter().find(|words| line.contains(words));
            found.extend(
                known
                    .chain(random)
                    .chain(crash)
                    .map(|what| format!("{}: {what} in {}:{}", platform.name(), log.display(), number + 1)),
            );
        }
    }
    let silent = silent.into_iter().filter(|(_, silent)| *silent && logged_in);
    found.extend(
        silent.map(|(platform, _)| format!("{}: no login, so nothing was searched", platform.name())),
    );
    found
}

fn is_of_tokens(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

/// Codes, tokens, keys, subjects that no browser ever saw: long words of letters and digits in disorder.
fn is_random(word: &str) -> bool {
    let digits = word.chars().filter(char::is_ascii_digit).count();
    let hex = word.len() >= 32 && word.chars().all(|c| c.is_ascii_hexdigit());
    let mixed =
        word.contains(|c: char| c.is_ascii_lowercase()) && word.contains(|c: char| c.is_ascii_uppercase());
    hex || (word.len() >= 32 && mixed && digits > 2)
}
