//! Decides whether a session cookie opens, when it ends, and where its body is: in the cookie or in the store.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::cookies::VALUE_LIMIT;
use super::{
    CookieNames, Key, KeyRing, Known, Lifetime, LoadAnswer, Purpose, Session, StoreDown, revocation,
};
use crate::franceconnect::Level;
use crate::jose::Object;
use crate::secret::{Chance, fingerprint};
use crate::time::Timestamp;
use crate::wire::cookie::{self, Found};

/// A session cookie whose head opened: authentic, whole, for this purpose and site, not expired.
#[derive(Debug)]
pub struct Opened {
    pub(super) times: Times,
    /// The eIDAS level reached, where levels exist.
    pub level: Option<Level>,
    pub(super) sid: [u8; 16],
    /// A hash of issuer and `sub`.
    pub(super) person: [u8; 16],
    /// The same of a session at another provider that this one took the place of.
    pub(super) beside: Option<[u8; 16]>,
    pub(super) body: Body,
}

/// Where the sealed body of a session is.
#[derive(Debug, Clone)]
pub(super) enum Body {
    /// In the cookie.
    Carried(String),
    /// In the store; nothing before it was loaded.
    Kept(Option<String>),
}

/// Why a session's body cannot be had from the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoBody {
    /// The store failed; the session may be all right.
    Down,
    /// It is not there yet: stores that are copied around the world take a minute.
    NotYet,
    /// It is gone, or another stands in its place.
    Gone,
}

/// Seconds after the login in which a body may not be there yet.
pub const SETTLES: i64 = 60;

/// What bounds a session's life.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    pub(super) started: Timestamp,
    pub(super) renewed: Timestamp,
    /// When the body ends: a life that was lengthened since makes no head outlive it.
    pub(super) ends: Timestamp,
}

/// What the request says about a session.
#[derive(Debug)]
pub enum Presence {
    /// Nobody is here; the cookie, if there was one, is over or not ours.
    Nobody,
    /// Several session cookies: one of them was planted, and which cannot be told.
    Ambiguous,
    /// Somebody is here.
    Somebody(Opened),
}

/// Looks for a session in a `Cookie` header. `life` as configured now counts, too: a cookie sealed under a
/// longer one ends with the shorter.
pub fn find(ring: &KeyRing, names: CookieNames, life: Lifetime, header: &str, now: Timestamp) -> Presence {
    let sealed = match cookie::find(header, &names.session()) {
        Found::Nothing => return Presence::Nobody,
        Found::Several => return Presence::Ambiguous,
        Found::One(sealed) => sealed,
    };
    let opened = open(ring, now, sealed);
    let opened = opened.filter(|opened| opened.expires_in(life, now) > 0);
    opened.map_or(Presence::Nobody, Presence::Somebody)
}

fn open(ring: &KeyRing, now: Timestamp, sealed: &str) -> Option<Opened> {
    let (head, body) = match sealed.split_once('~') {
        Some((head, body)) => (head, Body::Carried(body.to_owned())),
        None => (sealed, Body::Kept(None)),
    };
    let head = ring.open(Purpose::Session, &body.context(), now, head)?;
    let (started, rest) = head.split_first_chunk::<8>()?;
    let (renewed, rest) = rest.split_first_chunk::<8>()?;
    let (ends, rest) = rest.split_first_chunk::<8>()?;
    let (sid, rest) = rest.split_first_chunk::<16>()?;
    let (person, rest) = rest.split_first_chunk::<16>()?;
    let (level, rest) = rest.split_first()?;
    let beside = if rest.is_empty() { None } else { Some(rest.try_into().ok()?) };
    let moment = |bytes: &[u8; 8]| Timestamp::from_unix(i64::from_be_bytes(*bytes));
    let times = Times { started: moment(started), renewed: moment(renewed), ends: moment(ends) };
    Some(Opened { times, level: Level::from_byte(*level), sid: *sid, person: *person, beside, body })
}

impl Body {
    /// What ties a head to it.
    fn context(&self) -> String {
        match self {
            Self::Carried(body) => hash(body),
            // No hash is that short.
            Self::Kept(_) => "kept".to_owned(),
        }
    }
}

fn hash(body: &str) -> String {
    URL_SAFE_NO_PAD.encode(fingerprint::<32>(body.as_bytes()))
}

impl Opened {
    /// Reads the session; nothing if it was sealed by a version with other members.
    pub fn session(&self, ring: &KeyRing, now: Timestamp) -> Option<Session> {
        let json = match &self.body {
            Body::Carried(body) => ring.open(Purpose::Identity, "", now, body)?,
            Body::Kept(body) => ring.open(Purpose::Identity, &context(self.sid), now, body.as_deref()?)?,
        };
        Session::read(&Object::parse(&json).ok()?, self.sid, self.beside)
    }

    /// The id of the session, which opens nothing: 32 hexadecimal digits.
    pub fn sid(&self) -> String {
        revocation::hex_of(self.sid)
    }

    /// What a revocation of this session alone is about.
    pub fn this(&self) -> revocation::Target {
        revocation::Target::Session(self.sid, self.times.ends)
    }

    /// What revocations of all sessions of the person are about: one for each provider that knows them here.
    pub fn persons(&self) -> impl Iterator<Item = revocation::Target> {
        [Some(self.person), self.beside].into_iter().flatten().map(revocation::Target::Person)
    }

    /// What stands for this session and no other: the next login has another id.
    pub(super) fn binding(&self) -> String {
        self.sid()
    }

    /// When the session ends however often it is renewed.
    pub(super) fn ends(&self, life: Lifetime) -> Timestamp {
        self.times.started.plus(life.absolute).min(self.times.ends)
    }

    /// Seconds that the session can still last, however often it is renewed.
    pub fn lasts(&self, life: Lifetime, now: Timestamp) -> i64 {
        self.ends(life).since(now).max(0)
    }

    /// When the login was.
    pub fn started(&self) -> Timestamp {
        self.times.started
    }

    /// Whether somebody has ended it, as far as is known.
    pub fn revoked(&self, ring: &KeyRing, known: &Known) -> bool {
        known.revokes(ring, self.sid, [Some(self.person), self.beside], self.times.started)
    }

    /// Where its body is kept, if that is the store.
    pub fn entry(&self) -> Option<Key> {
        matches!(self.body, Body::Kept(_)).then(|| key(self.sid, self.times.ends))
    }

    /// The same session with the body that the store has for it.
    ///
    /// # Errors
    /// The store failed, has none, or has what is not ours.
    pub fn with_body(mut self, ring: &KeyRing, answer: &LoadAnswer) -> Result<Self, (Self, NoBody)> {
        let found = match &answer.entry {
            Ok(found) => found.as_deref(),
            Err(StoreDown::Absent | StoreDown::Failed) => return Err((self, NoBody::Down)),
        };
        self.body = Body::Kept(found.and_then(|body| std::str::from_utf8(body).ok()).map(str::to_owned));
        if self.session(ring, answer.now).is_some() {
            return Ok(self);
        }
        let settled = answer.now.since(self.times.started) >= SETTLES;
        Err((self, if settled { NoBody::Gone } else { NoBody::NotYet }))
    }

    /// Seconds until the session ends if nothing more is asked.
    pub fn expires_in(&self, life: Lifetime, now: Timestamp) -> i64 {
        self.times.end(life).since(now).max(0)
    }

    /// `Set-Cookie` that moves the idle limit, when that is worth a cookie: after a tenth of it, and only
    /// if the absolute limit leaves room.
    pub fn renewal(
        &self,
        ring: &KeyRing,
        names: CookieNames,
        life: Lifetime,
        now: Timestamp,
        chance: &mut Chance,
    ) -> Option<String> {
        let due = now.since(self.times.renewed) >= (life.idle / 10).max(1);
        let times = Times { renewed: now, ..self.times };
        let gains = times.end(life) > self.times.end(life);
        if !due || !gains {
            return None;
        }
        let Self { level, sid, person, beside, ref body, .. } = *self;
        Self { times, level, sid, person, beside, body: body.clone() }.seal(ring, names, life, chance)
    }

    pub(super) fn seal(
        &self,
        ring: &KeyRing,
        names: CookieNames,
        life: Lifetime,
        chance: &mut Chance,
    ) -> Option<String> {
        let Times { started, renewed, ends } = self.times;
        let expires = self.times.end(life);
        let times = [started, renewed, ends].map(|time| time.unix().to_be_bytes()).concat();
        let ids = [self.sid, self.person].concat();
        let beside = self.beside.map(Vec::from).unwrap_or_default();
        let head = [times, ids, vec![Level::to_byte(self.level)], beside].concat();
        let head = ring.seal(Purpose::Session, &self.body.context(), expires, &head, chance)?;
        let value = match &self.body {
            Body::Carried(body) => format!("{head}~{body}"),
            Body::Kept(_) => head,
        };
        let max_age = expires.since(renewed);
        (value.len() <= VALUE_LIMIT).then(|| names.set(&names.session(), &value, max_age))
    }
}

impl Times {
    fn end(self, life: Lifetime) -> Timestamp {
        self.renewed.plus(life.idle).min(self.started.plus(life.absolute)).min(self.ends)
    }
}

/// The entry of a session that is kept. Its name tells nothing, and nobody guesses it.
pub(super) fn key(sid: [u8; 16], ends: Timestamp) -> Key {
    Key::of_session(&context(sid), ends)
}

/// What ties a body in the store to its head.
pub(super) fn context(sid: [u8; 16]) -> String {
    revocation::hex_of(sid)
}
