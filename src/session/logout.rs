//! A logout in flight: the `state` that the provider must bring back (RP-Initiated Logout 1.0 §3).

use super::{CookieNames, KeyRing, Purpose};
use crate::secret::{Chance, same};
use crate::time::Timestamp;
use crate::wire::cookie::{self, Found};

/// Seconds a logout may take.
const LIFE: i64 = 600;

/// A new `state` and the `Set-Cookie` that binds it to this browser.
pub fn begin(
    ring: &KeyRing,
    names: CookieNames,
    now: Timestamp,
    chance: &mut Chance,
) -> Option<(String, String)> {
    let state = chance.alphanumeric(43);
    let sealed = ring.seal(Purpose::Logout, "", now.plus(LIFE), state.as_bytes(), chance)?;
    let cookie = names.set(&names.logout(), &sealed, LIFE);
    Some((state, cookie))
}

/// Whether `state` ends the logout that this browser began.
pub fn ends(ring: &KeyRing, names: CookieNames, header: &str, state: &str, now: Timestamp) -> bool {
    let Found::One(sealed) = cookie::find(header, &names.logout()) else { return false };
    let begun = ring.open(Purpose::Logout, "", now, sealed);
    begun.and_then(|begun| String::from_utf8(begun.to_vec()).ok()).is_some_and(|begun| same(&begun, state))
}
