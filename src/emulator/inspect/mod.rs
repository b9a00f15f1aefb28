//! Decides what is kept of the last logins, so that a person can see each as it was: who asked whom for what, what was
//! answered, and what was wrong in the service's requests. Kept only where the control interface is open.

mod diagnosis;
mod json;
mod near;
mod page;
mod tokens;
mod verdict;

pub(super) use diagnosis::Note;
pub(super) use verdict::Verdict;

use super::behaviour::Behaviour;
use super::http::{Params, Reply, Request};
use super::token::keys::decode;
use super::{Emulator, Endpoint};
use crate::secret::fingerprint;
use crate::time::Timestamp;
use serde_json::Value;
use std::collections::VecDeque;

/// Most logins kept.
const LOGINS: usize = 100;
/// Most exchanges kept of one.
const EXCHANGES: usize = 40;
/// Longest text kept of an answer or a parameter, in bytes.
const LONGEST: usize = 16 * 1024;
/// How long after its beginning a request without a name may belong to a login, in seconds.
const NAMELESS: i64 = 120;
/// The same for a request of the same client that names nothing known.
const SAME_CLIENT: i64 = 600;

/// How much is kept of one login, in bytes.
const ROOM: usize = 256 * 1024;

/// Parameters whose values are nobody's business.
const SECRETS: [&str; 2] = ["client_secret", "password"];

/// One login, from the authorization request on.
#[derive(Debug)]
pub(super) struct Record {
    /// Counted from 1.
    pub(super) number: u64,
    pub(super) started: Timestamp,
    /// As the request has it, known or not; empty when it has none.
    pub(super) client_id: String,
    /// How the emulator behaved in it.
    pub(super) behaviour: Behaviour,
    pub(super) exchanges: Vec<Exchange>,
    /// The name of its pages, once it has any.
    pub(super) uid: Option<String>,
    /// How many bytes more are kept.
    room: usize,
    /// Of everything that was given out in it and may come back.
    marks: Vec<[u8; 16]>,
}

/// One request and its answer.
#[derive(Debug)]
pub(super) struct Exchange {
    pub(super) at: Timestamp,
    pub(super) endpoint: Endpoint,
    pub(super) method: String,
    pub(super) path: String,
    /// What was sent, in the query or as a form, without the secrets.
    pub(super) params: Vec<(String, String)>,
    /// Whether a browser brought it, and not the service itself.
    pub(super) browser: bool,
    pub(super) status: u16,
    /// FranceConnect's code of the error; empty when there is none.
    pub(super) code: String,
    /// Where the browser is sent.
    pub(super) location: Option<String>,
    /// The answer, if it is JSON or a token.
    pub(super) body: String,
    /// The signed token inside the encrypted one.
    pub(super) inner: Option<String>,
    pub(super) notes: Vec<Note>,
}

/// The last logins, the latest at the end.
#[derive(Debug, Default)]
pub(super) struct Records {
    kept: VecDeque<Record>,
    count: u64,
}

impl Records {
    /// The latest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Record> {
        self.kept.iter().rev()
    }

    /// The login of this number, while it is kept.
    pub(super) fn get(&self, number: u64) -> Option<&Record> {
        self.kept.iter().find(|record| record.number == number)
    }

    /// The same, to be changed.
    pub(super) fn get_mut(&mut self, number: u64) -> Option<&mut Record> {
        self.kept.iter_mut().find(|record| record.number == number)
    }

    /// The number of the login with pages of this name.
    pub(super) fn number(&self, uid: &str) -> Option<u64> {
        self.iter().find(|record| record.uid.as_deref() == Some(uid)).map(|record| record.number)
    }

    /// Forgets them all.
    pub(super) fn clear(&mut self) {
        self.kept.clear();
    }

    fn open(&mut self, now: Timestamp, client_id: String, behaviour: Behaviour) -> Option<&mut Record> {
        if self.kept.len() == LOGINS {
            self.kept.pop_front();
        }
        self.count = self.count.saturating_add(1);
        let record = Record {
            number: self.count,
            started: now,
            client_id,
            behaviour,
            exchanges: Vec::new(),
            uid: None,
            room: ROOM,
            marks: Vec::new(),
        };
        self.kept.push_back(record);
        self.kept.back_mut()
    }
}

impl Exchange {
    /// How many bytes of strangers it holds.
    fn size(&self) -> usize {
        let texts = [&self.method, &self.path, &self.code, &self.body].into_iter();
        let params = self.params.iter().flat_map(|(name, value)| [name, value]);
        let notes = self.notes.iter().flat_map(|note| [&note.fr, &note.en]);
        texts.chain(params).chain(notes).chain(&self.location).chain(&self.inner).map(String::len).sum()
    }
}

impl Emulator {
    /// Keeps this exchange with the login it belongs to.
    pub(super) fn inspect(&mut self, now: Timestamp, request: &Request, endpoint: Endpoint, reply: &Reply) {
        let inner = self.inner.take();
        if !self.settings.control {
            return;
        }
        let notes = self.diagnose(now, request, endpoint, reply);
        let client_id = self.client_of(request, endpoint).unwrap_or_default();
        let params = sent(request);
        let mark = brought(request, &params, endpoint).map(|text| fingerprint::<16>(text.as_bytes()));
        let Some(record) = self.belongs(now, endpoint, mark, client_id) else { return };
        let given = given(&params, endpoint, reply);
        if endpoint == Endpoint::Authorize {
            record.uid = reply.get("location").and_then(uid);
        }
        for mark in given.iter().map(|text| fingerprint::<16>(text.as_bytes())) {
            // A page that is asked for again gives its own name out again.
            if !record.marks.contains(&mark) {
                record.marks.push(mark);
            }
        }
        if record.exchanges.len() >= EXCHANGES {
            return;
        }
        let exchange = exchange(now, request, params, endpoint, reply, inner, notes);
        if let Some(room) = record.room.checked_sub(exchange.size()) {
            record.room = room;
            record.exchanges.push(exchange);
        }
    }

    fn belongs(
        &mut self,
        now: Timestamp,
        endpoint: Endpoint,
        mark: Option<[u8; 16]>,
        client_id: String,
    ) -> Option<&mut Record> {
        let (records, behaviour) = (&mut self.records, &self.behaviour);
        if endpoint == Endpoint::Authorize {
            return records.open(now, client_id, behaviour.clone());
        }
        let nameless =
            matches!(endpoint, Endpoint::Discovery | Endpoint::Jwks | Endpoint::Unknown | Endpoint::Trap);
        let age = |record: &Record| now.since(record.started);
        let own = |record: &Record| mark.is_some_and(|mark| record.marks.contains(&mark));
        let same = |record: &Record| {
            !client_id.is_empty() && record.client_id == client_id && age(record) < SAME_CLIENT
        };
        let found = records.kept.iter().rposition(own).or_else(|| match nameless {
            true => records.kept.iter().rposition(|record| age(record) < NAMELESS),
            false => records.kept.iter().rposition(same),
        });
        match found {
            Some(at) => records.kept.get_mut(at),
            None if nameless => None,
            None => records.open(now, client_id, behaviour.clone()),
        }
    }
}

/// The time of day, as the pages say it.
pub(super) fn clock(at: Timestamp) -> String {
    let second = at.unix().rem_euclid(86_400);
    format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)
}

/// What a request brings that was given out in its login.
fn brought(request: &Request, params: &Params, endpoint: Endpoint) -> Option<String> {
    match endpoint {
        Endpoint::Interaction => uid(&request.path),
        Endpoint::Token => params.get("code").map(str::to_owned),
        Endpoint::Revocation => params.get("token").map(str::to_owned),
        Endpoint::UserInfo => Some(request.header("authorization")?.split_once(' ')?.1.trim().to_owned()),
        Endpoint::EndSession => {
            let payload = decode(request.query_params().get("id_token_hint")?.split('.').nth(1)?)?;
            let claims: Value = serde_json::from_slice(&payload).ok()?;
            claims.get("nonce")?.as_str().map(str::to_owned)
        }
        _ => None,
    }
}

/// What is given out in this exchange and may come back.
fn given(params: &Params, endpoint: Endpoint, reply: &Reply) -> Vec<String> {
    let mut given = Vec::new();
    if endpoint == Endpoint::Authorize {
        given.extend(params.get("nonce").map(str::to_owned));
    }
    if let Some(location) = reply.get("location") {
        given.extend(uid(location));
        let query = location.split_once(['?', '#']).map_or("", |(_, query)| query);
        given.extend(Params::parse(query.as_bytes()).get("code").map(str::to_owned));
    }
    if endpoint == Endpoint::Token {
        let answer: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        given.extend(answer.get("access_token").and_then(Value::as_str).map(str::to_owned));
    }
    given
}

/// The interaction that a path or address names.
pub(super) fn uid(path: &str) -> Option<String> {
    let (_, rest) = path.split_once("/interaction/")?;
    rest.split(['/', '?', '#']).next().map(str::to_owned)
}

fn sent(request: &Request) -> Params {
    if request.method == "POST" { request.form_params() } else { request.query_params() }
}

fn exchange(
    now: Timestamp,
    request: &Request,
    params: Params,
    endpoint: Endpoint,
    reply: &Reply,
    inner: Option<String>,
    notes: Vec<Note>,
) -> Exchange {
    let keep = |text: &str| match text.char_indices().find(|(at, _)| *at >= LONGEST) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    };
    let short = |text: String| if text.len() < LONGEST { text } else { keep(&text) };
    let param = |(name, value): (String, String)| match SECRETS.contains(&name.as_str()) && !value.is_empty()
    {
        true => (short(name), "••••".to_owned()),
        false => (short(name), short(value)),
    };
    let kind = reply.get("content-type").unwrap_or_default();
    let readable = kind.starts_with("application/");
    Exchange {
        at: now,
        endpoint,
        method: keep(&request.method),
        path: keep(&request.path),
        params: params.into_pairs().into_iter().map(param).collect(),
        browser: matches!(endpoint, Endpoint::Authorize | Endpoint::Interaction | Endpoint::EndSession),
        status: reply.status,
        code: reply.code.clone(),
        location: reply.get("location").map(keep),
        body: if readable { keep(&String::from_utf8_lossy(&reply.body)) } else { String::new() },
        inner,
        notes,
    }
}
