//! The flow cookie: one login in flight, sealed for this browser, opened only by the callback it belongs to.

use super::cookies::VALUE_LIMIT;
use super::{CookieNames, KeyRing, Purpose};
use crate::jose::Object;
use crate::oidc::Attempt;
use crate::secret::Chance;
use crate::time::Timestamp;
use crate::wire::cookie::{self, Found};

/// Seconds a login may take: the life of FranceConnect's own interaction.
pub const LIFE: i64 = 1800;
/// Logins in flight that a browser may keep; the oldest gives way.
pub const MOST: usize = 5;
/// Bytes that all flows together may take of a request's headers: servers in front of us refuse more than 8 kB.
const BYTES: usize = 4096;
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
    let payload = attempt.to_value().to_string();
    let sealed = ring.seal(Purpose::Flow, &name, attempt.started.plus(LIFE), payload.as_bytes(), chance)?;
    if sealed.len() > VALUE_LIMIT {
        return None;
    }
    let mut cookies = vec![names.set(&name, &sealed, LIFE)];
    let surplus = surplus(ring, names, header, attempt.started, BYTES.saturating_sub(sealed.len()));
    cookies.extend(surplus.iter().map(|name| names.clear(name)));
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
    Attempt::read(&Object::parse(&payload).ok()?)
}

/// The names of flow cookies to remove, so that with the new one at most [`MOST`] remain and all fit into
/// `room` bytes: those that do not open, and all but the newest.
fn surplus(ring: &KeyRing, names: CookieNames, header: &str, now: Timestamp, room: usize) -> Vec<String> {
    let prefix = names.flow_prefix();
    let mut flows: Vec<(Timestamp, &str, usize)> = Vec::new();
    let mut gone = Vec::new();
    for (name, sealed) in cookie::pairs(header).filter(|(name, _)| own_name(name, &prefix)).take(MOST_SEEN) {
        match read(ring, name, sealed, now) {
            Some(attempt) => flows.push((attempt.started, name, sealed.len())),
            None => gone.push(name.to_owned()),
        }
    }
    while flows.len() >= MOST || flows.iter().map(|(_, _, bytes)| bytes).sum::<usize>() > room {
        let Some(oldest) = flows.iter().min().copied() else { break };
        flows.retain(|flow| *flow != oldest);
        gone.push(oldest.1.to_owned());
    }
    gone
}

/// Only names that we could have made are written back into a `Set-Cookie`.
fn own_name(name: &str, prefix: &str) -> bool {
    name.strip_prefix(prefix)
        .is_some_and(|hash| hash.len() == 12 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
