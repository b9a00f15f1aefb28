//! The session: who is here, until when, sealed in one cookie.
//!
//! The cookie is `HEAD~BODY`, two seals. The head holds the time of login and of the last renewal, 8 bytes
//! each, and opens only beside the very text of its body, whose hash is its context. The body holds who is
//! here. A request that only passes the gate opens the head and hashes the body; a renewal seals a new head
//! for the same body. So what a request costs hardly depends on how much the session knows.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use zeroize::Zeroizing;

use super::cookies::VALUE_LIMIT;
use super::{CookieNames, KeyRing, Purpose};
use crate::franceconnect::Identity;
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

/// What a session knows.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// New with every login: nothing of an older or planted session lives on.
    id: String,
    /// The claims that were asked for.
    pub identity: Identity,
    /// The eIDAS level reached, in FranceConnect's word, where levels exist.
    pub acr: Option<String>,
    /// How the citizen was authenticated, if that was asked for.
    pub amr: Vec<String>,
    /// `sub`: opaque, stable, only for this client.
    pub sub: String,
    /// For logout only.
    id_token: String,
}

/// A session cookie whose head opened: authentic, whole, for this purpose and site, not expired.
pub struct Opened {
    started: Timestamp,
    renewed: Timestamp,
    body: String,
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
    pub fn new(
        chance: &mut Chance,
        sub: String,
        identity: Identity,
        acr: Option<String>,
        amr: Vec<String>,
        id_token: &Secret,
    ) -> Self {
        Self { id: chance.alphanumeric(16), identity, acr, amr, sub, id_token: id_token.expose().to_owned() }
    }

    fn to_json(&self) -> String {
        json!({
            "id": self.id,
            "sub": self.sub,
            "acr": self.acr.as_deref().unwrap_or_default(),
            "amr": self.amr,
            "identity": self.identity.to_value(),
            "id_token": self.id_token,
        })
        .to_string()
    }

    fn read(kept: &Object) -> Option<Self> {
        let text = |name: &str| kept.text(name).map(str::to_owned);
        Some(Self {
            id: text("id")?,
            sub: text("sub")?,
            acr: text("acr").filter(|acr| !acr.is_empty()),
            amr: kept.optional_texts("amr").ok()??,
            identity: Identity::read(kept.object("identity")?),
            id_token: text("id_token")?,
        })
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
        seal(ring, names, life, now, now, &body, chance).ok_or(TOO_LARGE)
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
    let times = ring.open(Purpose::Session, &hash(body), now, head)?;
    let (started, rest) = times.split_first_chunk::<8>()?;
    let (renewed, _) = rest.split_first_chunk::<8>()?;
    let moment = |bytes: [u8; 8]| Timestamp::from_unix(i64::from_be_bytes(bytes));
    Some(Opened { started: moment(*started), renewed: moment(*renewed), body: body.to_owned() })
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

    /// Seconds until the session ends if nothing more is asked.
    pub fn expires_in(&self, life: Lifetime, now: Timestamp) -> i64 {
        end(life, self.started, self.renewed).since(now).max(0)
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
        let due = now.since(self.renewed) >= (life.idle / 10).max(1);
        let gains = end(life, self.started, now) > end(life, self.started, self.renewed);
        if due && gains { seal(ring, names, life, self.started, now, &self.body, chance) } else { None }
    }
}

fn end(life: Lifetime, started: Timestamp, renewed: Timestamp) -> Timestamp {
    renewed.plus(life.idle).min(started.plus(life.absolute))
}

fn seal(
    ring: &KeyRing,
    names: CookieNames,
    life: Lifetime,
    started: Timestamp,
    renewed: Timestamp,
    body: &str,
    chance: &mut Chance,
) -> Option<String> {
    let expires = end(life, started, renewed);
    let times = [started.unix().to_be_bytes(), renewed.unix().to_be_bytes()].concat();
    let head = ring.seal(Purpose::Session, &hash(body), expires, &times, chance)?;
    let value = format!("{head}~{body}");
    let max_age = expires.since(renewed);
    (value.len() <= VALUE_LIMIT).then(|| names.set(&names.session(), &value, max_age))
}
