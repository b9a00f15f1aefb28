//! A logout in flight: the `state` that the provider must bring back (RP-Initiated Logout 1.0 §3).

use serde_json::json;

use super::{CookieNames, KeyRing, Purpose};
use crate::jose::Object;
use crate::secret::{Chance, Secret, same};
use crate::time::Timestamp;
use crate::wire::cookie::{self, Found};

/// Seconds a logout may take.
const LIFE: i64 = 600;

/// A new `state` and the `Set-Cookie` that binds it to this browser. `then` is the login at another provider
/// that is to be ended next: its issuer and its ID Token.
pub fn begin(
    ring: &KeyRing,
    names: CookieNames,
    then: Option<(&str, &str)>,
    now: Timestamp,
    chance: &mut Chance,
) -> Option<(String, String)> {
    let state = chance.alphanumeric(43);
    let (issuer, id_token) = then.unwrap_or_default();
    let payload = json!({ "state": state, "iss": issuer, "id_token": id_token }).to_string();
    let sealed = ring.seal(Purpose::Logout, "", now.plus(LIFE), payload.as_bytes(), chance)?;
    let cookie = names.set(&names.logout(), &sealed, LIFE);
    Some((state, cookie))
}

/// What comes after a logout.
pub enum Next {
    /// Nothing: it is over.
    Nothing,
    /// The logout at the provider with this issuer, of this ID Token.
    Provider(String, Secret),
}

/// What follows if `state` ends the logout that this browser began.
pub fn ends(ring: &KeyRing, names: CookieNames, header: &str, state: &str, now: Timestamp) -> Option<Next> {
    let Found::One(sealed) = cookie::find(header, &names.logout()) else { return None };
    let begun = Object::parse(&ring.open(Purpose::Logout, "", now, sealed)?).ok()?;
    if !same(begun.text("state")?, state) {
        return None;
    }
    Some(match (begun.text("iss")?, begun.text("id_token")?) {
        ("", _) => Next::Nothing,
        (issuer, id_token) => Next::Provider(issuer.to_owned(), Secret::new(id_token)),
    })
}
