//! What an origin is told of a visitor: claims, in a JWT that we sign (RFC 7519), and the sealed cookie that spares
//! signing it for every request.

use serde_json::{Map, Value, json};

use super::cookies::VALUE_LIMIT;
use super::current::Opened;
use super::{CookieNames, KeyRing, Lifetime, Purpose, Session};
use crate::franceconnect::Level;
use crate::jose::{self, PrivateKeySet};
use crate::secret::{Chance, Secret};
use crate::time::Timestamp;
use crate::wire::cookie::{self, Found};

/// Claims that every session has, or may have, besides the identity that was asked for.
pub const SESSION_CLAIMS: [&str; 6] = ["sub", "acr", "amr", "auth_time", "idp", "sid"];
/// Claims that only an assertion as a whole has.
pub const TOKEN_CLAIMS: [&str; 6] = ["iss", "aud", "iat", "exp", "nbf", "jti"];
/// Seconds before its end from which an assertion is not handed out again: it must arrive, and clocks differ.
pub const MARGIN: i64 = 60;

/// How assertions are made.
#[derive(Debug)]
pub struct Assertions {
    keys: PrivateKeySet,
    issuer: String,
    audience: String,
    life: i64,
    /// Claims of the identity that are told.
    claims: Vec<String>,
}

/// An assertion, and the cookie that keeps it if it is new.
#[derive(Debug)]
pub struct Told {
    /// The signed JWT.
    pub assertion: Secret,
    /// `Set-Cookie` that keeps it for the next request.
    pub cookie: Option<String>,
}

/// A claim of a session, by its name in the assertion.
pub fn claim(opened: &Opened, session: &Session, name: &str) -> Option<Value> {
    let citizen = &session.citizen;
    match name {
        "sub" => Some(json!(citizen.sub)),
        "acr" => citizen.level.map(|level| json!(Level::name(level))),
        "amr" => (!citizen.amr.is_empty()).then(|| json!(citizen.amr)),
        "auth_time" => Some(json!(opened.started().unix())),
        "idp" => Some(json!(citizen.issuer)),
        "sid" => Some(json!(session.name())),
        name => citizen.identity.claims().find(|(known, _)| *known == name).map(|(_, value)| value.clone()),
    }
}

impl Assertions {
    /// Assertions by `issuer` for `audience` that live `life` seconds and tell these claims of the identity.
    pub fn new(keys: PrivateKeySet, issuer: &str, audience: &str, life: i64, claims: Vec<String>) -> Self {
        Self { keys, issuer: issuer.to_owned(), audience: audience.to_owned(), life, claims }
    }

    /// The assertion of an earlier request of this session that the browser brought back, while it is fresh.
    pub fn kept(
        &self,
        ring: &KeyRing,
        names: CookieNames,
        header: &str,
        opened: &Opened,
        now: Timestamp,
    ) -> Option<Told> {
        let Found::One(sealed) = cookie::find(header, &names.assertion()) else { return None };
        let kept = ring.open(Purpose::Assertion, &self.context(opened), now, sealed)?;
        let text = std::str::from_utf8(&kept).ok()?;
        Some(Told { assertion: Secret::new(text), cookie: None })
    }

    /// A new assertion of this session, and the cookie for it if it lives long enough and fits.
    pub fn sign(
        &self,
        ring: &KeyRing,
        names: CookieNames,
        life: Lifetime,
        (opened, session): (&Opened, &Session),
        now: Timestamp,
        chance: &mut Chance,
    ) -> Option<Told> {
        // Whoever is told of a session is not told that it lasts longer than it does.
        let ends = now.plus(self.life).min(opened.ends(life));
        let mut claims = Map::new();
        let own = SESSION_CLAIMS.into_iter().chain(self.claims.iter().map(String::as_str));
        for name in own {
            claims.extend(claim(opened, session, name).map(|value| (name.to_owned(), value)));
        }
        for (name, value) in [
            ("iss", json!(self.issuer)),
            ("aud", json!(self.audience)),
            ("iat", json!(now.unix())),
            ("exp", json!(ends.unix())),
        ] {
            claims.insert(name.to_owned(), value);
        }
        let assertion = jose::sign(&Value::Object(claims), &self.keys)?;
        let fresh = ends.plus(-MARGIN);
        let cookie = (fresh > now)
            .then(|| {
                let text = assertion.expose().as_bytes();
                ring.seal(Purpose::Assertion, &self.context(opened), fresh, text, chance)
            })
            .flatten()
            .filter(|sealed| sealed.len() <= VALUE_LIMIT)
            .map(|sealed| names.set(&names.assertion(), &sealed, fresh.since(now)));
        Some(Told { assertion, cookie })
    }

    /// What a kept assertion is good for: this session, told by these rules, signed with the key that signs now.
    fn context(&self, opened: &Opened) -> String {
        let kid = self.keys.signing_kid().unwrap_or_default();
        let (audience, life, claims) = (&self.audience, self.life, self.claims.join(" "));
        format!("{}\n{kid}\n{audience}\n{life}\n{claims}", opened.binding())
    }
}
