//! The flow cookie: one login in flight, sealed for this browser, opened only by the callback it belongs to.

use super::{CookieNames, KeyRing, Purpose};
use crate::oidc::Attempt;
use crate::secret::Chance;
use crate::time::Timestamp;
use crate::wire::cookie::{self, Found};

/// Seconds a login may take: the life of FranceConnect's own interaction.
pub const LIFE: i64 = 1800;
/// Logins in flight that a browser may keep; the oldest gives way.
pub const MOST: usize = 5;
/// Most cookies that are opened or removed at once.
const MOST_SEEN: usize = 64;

/// Seals an attempt. Returns the `Set-Cookie` values: the new flow, and the removal of flows that are
/// over, unreadable, or too many.
pub fn begin(
    ring: &KeyRing,
    names: CookieNames,
    header: &str,
    attempt: &Attempt,
    chance: &mut Chance,
) -> Option<Vec<String>> {
    let name = names.flow(&attempt.state);
    let payload = serde_json::to_vec(attempt).ok()?;
    let sealed = ring.seal(Purpose::Flow, &name, attempt.started.plus(LIFE), &payload, chance)?;
    let mut cookies = vec![names.set(&name, &sealed, LIFE)];
    cookies.extend(surplus(ring, names, header, attempt.started).map(|name| names.clear(&name)));
    Some(cookies)
}

/// The attempt that the callback with this `state` ends, if this browser began it and it is not over.
pub fn open(
    ring: &KeyRing,
    names: CookieNames,
    header: &str,
    state: &str,
    now: Timestamp,
) -> Option<Attempt> {
    let name = names.flow(state);
    match cookie::find(header, &name) {
        Found::One(sealed) => read(ring, &name, sealed, now),
        Found::Nothing | Found::Several => None,
    }
}

fn read(ring: &KeyRing, name: &str, sealed: &str, now: Timestamp) -> Option<Attempt> {
    let payload = ring.open(Purpose::Flow, name, now, sealed)?;
    serde_json::from_slice(&payload).ok()
}

/// The names of flow cookies to remove, so that with the new one at most [`MOST`] remain.
fn surplus(ring: &KeyRing, names: CookieNames, header: &str, now: Timestamp) -> impl Iterator<Item = String> {
    let prefix = names.flow_prefix();
    let mut flows: Vec<(Option<Timestamp>, String)> = cookie::pairs(header)
        .filter(|(name, _)| own_name(name, &prefix))
        .take(MOST_SEEN)
        .map(|(name, sealed)| (read(ring, name, sealed, now).map(|attempt| attempt.started), name.to_owned()))
        .collect();
    // Newest first; what cannot be opened is older than everything.
    flows.sort_by(|a, b| b.cmp(a));
    flows
        .into_iter()
        .enumerate()
        .filter(|(place, (started, _))| started.is_none() || place + 1 >= MOST)
        .map(|(_, (_, name))| name)
}

/// Only names that we could have made are written back into a `Set-Cookie`.
fn own_name(name: &str, prefix: &str) -> bool {
    name.strip_prefix(prefix)
        .is_some_and(|hash| hash.len() == 12 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
