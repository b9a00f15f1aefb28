//! The session: who is here, until when, sealed in one cookie.
//!
//! The cookie is `HEAD~BODY`, two seals. The head holds the times of login, of the last renewal and of the body's
//! end, 8 bytes each, and the level reached, one byte; it opens only beside the very text of its body, whose hash is its context. The body holds who is
//! here. A request that only passes the gate opens the head and hashes the body; a renewal seals a new head
//! for the same body. So what a request costs hardly depends on how much the session knows.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use zeroize::Zeroizing;

use super::cookies::VALUE_LIMIT;
use super::{CookieNames, KeyRing, Purpose};
use crate::franceconnect::{Identity, Level};
use crate::jose::Object;
use crate::oidc::Failure;
use crate::secret::{Chance, Secret, fingerprint};
use crate::time::Timestamp;
use crate::wire::cookie::{self, Found};

/// How long sessions last, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime {
    /// Without a request.
    pub idle: i64,
    /// In all.
    pub absolute: i64,
}

/// Who is here.
#[derive(Debug, Clone, PartialEq)]
pub struct Citizen {
    /// Who says so: what two providers say never counts as one person's.
    pub issuer: String,
    /// `sub`: opaque, stable, only for this client of this issuer.
    pub sub: String,
    /// The eIDAS level reached, where levels exist.
    pub level: Option<Level>,
    /// How the citizen was authenticated, if that was asked for.
    pub amr: Vec<String>,
    /// The claims that were asked for.
    pub identity: Identity,
}

/// What a session knows.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// New with every login: nothing of an older or planted session lives on.
    id: String,
    /// Who is here.
    pub citizen: Citizen,
    /// For logout only.
    id_token: String,
    /// What is to be logged out, too: the session at the other provider that this one took the place of.
    before: Option<Before>,
}

/// A login that a later one at another provider took the place of, for logout only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Before {
    /// Its provider.
    pub issuer: String,
    /// Its ID Token.
    pub id_token: String,
    /// When it was.
    pub at: Timestamp,
}

/// A session cookie whose head opened: authentic, whole, for this purpose and site, not expired.
pub struct Opened {
    times: Times,
    /// The eIDAS level reached, where levels exist.
    pub level: Option<Level>,
    body: String,
}

/// What bounds a session's life.
#[derive(Clone, Copy)]
struct Times {
    started: Timestamp,
    renewed: Timestamp,
    /// When the body ends: a life that was lengthened since makes no head outlive it.
    ends: Timestamp,
}

/// What the request says about a session.
pub enum Presence {
    /// Nobody is here; the cookie, if there was one, is over or not ours.
    Nobody,
    /// Several session cookies: one of them was planted, and which cannot be told.
    Ambiguous,
    /// Somebody is here.
    Somebody(Opened),
}

const TOO_LARGE: Failure = Failure::fault(
    "session.too_large",
    "identity and ID Token do not fit into one cookie: ask for fewer scopes in FC_SCOPES",
);

impl Session {
    /// The session of a login that was accepted.
    pub fn new(chance: &mut Chance, citizen: Citizen, id_token: &Secret) -> Self {
        Self { id: chance.alphanumeric(16), citizen, id_token: id_token.expose().to_owned(), before: None }
    }

    /// The same session in the place of `other`, of which nothing is kept but what its logout at another
    /// provider needs.
    #[must_use]
    pub fn after(mut self, other: Option<(Opened, Self)>) -> Self {
        self.before = other.and_then(|(opened, other)| {
            let own =
                Before { issuer: other.citizen.issuer, id_token: other.id_token, at: opened.times.started };
            [Some(own), other.before]
                .into_iter()
                .flatten()
                .find(|before| before.issuer != self.citizen.issuer)
        });
        self
    }

    /// The same session without what only a second logout needs, if it would not fit otherwise.
    #[must_use]
    pub fn alone(mut self) -> Self {
        self.before = None;
        self
    }

    fn to_json(&self) -> String {
        let citizen = &self.citizen;
        let mut value = json!({
            "id": self.id,
            "sub": citizen.sub,
            "iss": citizen.issuer,
            "acr": citizen.level.map_or("", Level::name),
            "amr": citizen.amr,
            "identity": citizen.identity.to_value(),
            "id_token": self.id_token,
        });
        if let (Some(members), Some(before)) = (value.as_object_mut(), &self.before) {
            let before = json!({ "iss": before.issuer, "id_token": before.id_token, "at": before.at.unix() });
            members.insert("before".to_owned(), before);
        }
        value.to_string()
    }

    fn read(kept: &Object) -> Option<Self> {
        let text = |name: &str| kept.text(name).map(str::to_owned);
        let before = match kept.object("before") {
            None => None,
            Some(before) => Some(Before {
                issuer: before.text("iss")?.to_owned(),
                id_token: before.text("id_token")?.to_owned(),
                at: Timestamp::from_unix(before.optional_date("at").ok()??),
            }),
        };
        let citizen = Citizen {
            sub: text("sub")?,
            issuer: text("iss")?,
            level: kept.text("acr").and_then(Level::parse),
            amr: kept.optional_texts("amr").ok()??,
            identity: Identity::read(kept.object("identity")?),
        };
        Some(Self { id: text("id")?, citizen, id_token: text("id_token")?, before })
    }

    /// The earlier login at another provider, which is to be logged out, too.
    pub fn before(&self) -> Option<&Before> {
        self.before.as_ref()
    }

    /// A public name of the session: a hash, because nobody else needs the one we keep.
    pub(super) fn name(&self) -> String {
        URL_SAFE_NO_PAD.encode(fingerprint::<16>(format!("franceconnect-edge sid\n{}", self.id).as_bytes()))
    }

    /// The ID Token, for the logout request.
    pub fn id_token(&self) -> Secret {
        Secret::new(&*self.id_token)
    }

    /// `Set-Cookie` for the new session.
    ///
    /// # Errors
    /// It does not fit into one cookie.
    pub fn cookie(
        &self,
        ring: &KeyRing,
        names: CookieNames,
        life: Lifetime,
        now: Timestamp,
        chance: &mut Chance,
    ) -> Result<String, Failure> {
        let json = Zeroizing::new(self.to_json());
        let end = now.plus(life.absolute);
        let body = ring.seal(Purpose::Identity, "", end, json.as_bytes(), chance).ok_or(TOO_LARGE)?;
        let times = Times { started: now, renewed: now, ends: end };
        let head = Opened { times, level: self.citizen.level, body };
        head.seal(ring, names, life, chance).ok_or(TOO_LARGE)
    }
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
    let (head, body) = sealed.split_once('~')?;
    let head = ring.open(Purpose::Session, &hash(body), now, head)?;
    let (started, rest) = head.split_first_chunk::<8>()?;
    let (renewed, rest) = rest.split_first_chunk::<8>()?;
    let (ends, rest) = rest.split_first_chunk::<8>()?;
    let ([level], []) = rest.split_first_chunk::<1>()? else { return None };
    let moment = |bytes: &[u8; 8]| Timestamp::from_unix(i64::from_be_bytes(*bytes));
    let times = Times { started: moment(started), renewed: moment(renewed), ends: moment(ends) };
    Some(Opened { times, level: Level::from_byte(*level), body: body.to_owned() })
}

/// What ties a head to its body.
fn hash(body: &str) -> String {
    URL_SAFE_NO_PAD.encode(fingerprint::<32>(body.as_bytes()))
}

impl Opened {
    /// Reads the session; nothing if it was sealed by a version with other members.
    pub fn session(&self, ring: &KeyRing, now: Timestamp) -> Option<Session> {
        let json = ring.open(Purpose::Identity, "", now, &self.body)?;
        Session::read(&Object::parse(&json).ok()?)
    }

    /// What stands for this session and no other: the next login has another body.
    pub(super) fn binding(&self) -> String {
        hash(&self.body)
    }

    /// When the citizen logged in.
    pub(super) fn started(&self) -> Timestamp {
        self.times.started
    }

    /// When the session ends however often it is renewed.
    pub(super) fn ends(&self, life: Lifetime) -> Timestamp {
        self.times.started.plus(life.absolute).min(self.times.ends)
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
        Self { times, level: self.level, body: self.body.clone() }.seal(ring, names, life, chance)
    }

    fn seal(
        &self,
        ring: &KeyRing,
        names: CookieNames,
        life: Lifetime,
        chance: &mut Chance,
    ) -> Option<String> {
        let Times { started, renewed, ends } = self.times;
        let expires = self.times.end(life);
        let times = [started, renewed, ends].map(|time| time.unix().to_be_bytes()).concat();
        let head = [times, vec![Level::to_byte(self.level)]].concat();
        let head = ring.seal(Purpose::Session, &hash(&self.body), expires, &head, chance)?;
        let value = format!("{head}~{}", self.body);
        let max_age = expires.since(renewed);
        (value.len() <= VALUE_LIMIT).then(|| names.set(&names.session(), &value, max_age))
    }
}

impl Times {
    fn end(self, life: Lifetime) -> Timestamp {
        self.renewed.plus(life.idle).min(self.started.plus(life.absolute)).min(self.ends)
    }
}
