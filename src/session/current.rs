//! The session: who is here, until when, sealed in one cookie.
//!
//! The cookie is `HEAD~BODY`, two seals. The head holds the times of login, of the last renewal and of the body's
//! end, 8 bytes each, what a revocation names it by: its id and a hash of the person, 16 bytes each, the level reached,
//! one byte, and, where it took the place of a session at another provider, a hash of the person there, too. It opens only beside the very text of its body, whose hash is its context. The body holds who
//! is here. A request that only passes the gate opens the head and hashes the body; a renewal seals a new head
//! for the same body. So what a request costs hardly depends on how much the session knows.
//!
//! Where sessions are kept in the store (`FC_SESSION_STORE=kv`) the cookie is the head alone, and the body an entry
//! under a name made of the id and the body's end.

use serde_json::json;
use zeroize::Zeroizing;

use super::opened::{Body, Times, context, key};
pub use super::opened::{NoBody, Opened, Presence, find};
use super::{CookieNames, KeyRing, Purpose, Save, revocation};
use crate::franceconnect::{Identity, Level};
use crate::jose::Object;
use crate::oidc::Failure;
use crate::secret::{Chance, Secret};
use crate::time::Timestamp;

/// How long sessions last, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime {
    /// Without a request.
    pub idle: i64,
    /// In all.
    pub absolute: i64,
}

impl Lifetime {
    /// The longest life in all that can be configured.
    pub const LONGEST: i64 = 604_800;
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

impl Citizen {
    fn person(&self) -> [u8; 16] {
        revocation::person(&self.issuer, &self.sub)
    }
}

/// What a session knows.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// New with every login: nothing of an older or planted session lives on.
    sid: [u8; 16],
    /// Who is here.
    pub citizen: Citizen,
    /// For logout only.
    id_token: String,
    /// What is to be logged out, too: the session at the other provider that this one took the place of.
    before: Option<Before>,
    /// The person as that other provider knows them, hashed: whose sessions are ended there, is ended here.
    beside: Option<[u8; 16]>,
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

/// Where the bodies of new sessions go (`FC_SESSION_STORE`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionStore {
    /// Into the cookie.
    Cookie,
    /// Into the store.
    Kv,
}

const TOO_LARGE: Failure = Failure::fault(
    "session.too_large",
    "identity and ID Token do not fit into one cookie: ask for fewer scopes in FC_SCOPES",
);

impl Session {
    /// The session of a login that was accepted.
    pub fn new(chance: &mut Chance, citizen: Citizen, id_token: &Secret) -> Self {
        Self {
            sid: chance.bytes(),
            citizen,
            id_token: id_token.expose().to_owned(),
            before: None,
            beside: None,
        }
    }

    /// The same session in the place of `other` and the moment of its login, of which nothing is kept but what its end at
    /// another provider needs.
    #[must_use]
    pub fn after(mut self, other: Option<(Timestamp, Self)>) -> Self {
        let Some((at, other)) = other else { return self };
        (self.before, self.beside) = if other.citizen.issuer == self.citizen.issuer {
            // Somebody else may have been here; the browser is theirs for all that, and so is its logout.
            let same = other.citizen.sub == self.citizen.sub;
            (other.before, other.beside.filter(|_| same))
        } else {
            let person = other.citizen.person();
            (Some(Before { issuer: other.citizen.issuer, id_token: other.id_token, at }), Some(person))
        };
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

    pub(super) fn read(kept: &Object, sid: [u8; 16], beside: Option<[u8; 16]>) -> Option<Self> {
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
        Some(Self { sid, citizen, id_token: text("id_token")?, before, beside })
    }

    /// The earlier login at another provider, which is to be logged out, too.
    pub fn before(&self) -> Option<&Before> {
        self.before.as_ref()
    }

    /// The id that origins are told and operators can end it by: it opens nothing.
    pub(super) fn name(&self) -> String {
        revocation::hex_of(self.sid)
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
        let body = self.body(ring, "", life, now, chance).ok_or(TOO_LARGE)?;
        self.head(life, now, Body::Carried(body)).seal(ring, names, life, chance).ok_or(TOO_LARGE)
    }

    /// `Set-Cookie` for the new session, and the entry that must be in the store before the cookie is sent.
    ///
    /// # Errors
    /// It could not be sealed, which does not happen with a ring that was read.
    pub fn kept(
        &self,
        ring: &KeyRing,
        names: CookieNames,
        life: Lifetime,
        now: Timestamp,
        chance: &mut Chance,
    ) -> Result<(String, Save), Failure> {
        let body = self.body(ring, &context(self.sid), life, now, chance).ok_or(TOO_LARGE)?;
        let head = self.head(life, now, Body::Kept(None));
        let cookie = head.seal(ring, names, life, chance).ok_or(TOO_LARGE)?;
        let (key, expires_in) = (key(self.sid, now.plus(life.absolute)), life.absolute);
        Ok((cookie, Save::Put { key, value: body.into_bytes(), expires_in }))
    }

    fn body(
        &self,
        ring: &KeyRing,
        context: &str,
        life: Lifetime,
        now: Timestamp,
        chance: &mut Chance,
    ) -> Option<String> {
        let json = Zeroizing::new(self.to_json());
        ring.seal(Purpose::Identity, context, now.plus(life.absolute), json.as_bytes(), chance)
    }

    fn head(&self, life: Lifetime, now: Timestamp, body: Body) -> Opened {
        let times = Times { started: now, renewed: now, ends: now.plus(life.absolute) };
        let (level, person) = (self.citizen.level, self.citizen.person());
        Opened { times, level, sid: self.sid, person, beside: self.beside, body }
    }
}
