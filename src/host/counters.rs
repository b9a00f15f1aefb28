//! Decides what an instance counts: how often each event came, for whom. Codes and sites, which a configuration bounds;
//! nothing of a visit.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::web::{Counted, Event, Reply};

type Counts = BTreeMap<(String, &'static str), (Event, u64)>;

static COUNTS: Mutex<Counts> = Mutex::new(BTreeMap::new());

/// Counts the events of a visit.
pub(super) fn count(reply: &Reply) {
    if reply.events.is_empty() {
        return;
    }
    let mut counts = counts();
    for event in &reply.events {
        let (_, times) =
            counts.entry((reply.service.clone(), event.code)).or_insert_with(|| (event.clone(), 0));
        *times = times.saturating_add(1);
    }
}

/// What was counted for one site since this instance began.
pub(super) fn of(service: &str) -> Vec<Counted> {
    let counts = counts();
    let own = counts.iter().filter(|((known, _), _)| known == service);
    own.map(|(_, (event, times))| Counted { event: event.clone(), times: *times }).collect()
}

/// Everything: site, code, times.
#[cfg(not(target_family = "wasm"))]
pub(super) fn all() -> Vec<(String, &'static str, u64)> {
    counts().iter().map(|((service, code), (_, times))| (service.clone(), *code, *times)).collect()
}

/// No code runs under the lock that could leave a count half made.
fn counts() -> MutexGuard<'static, Counts> {
    COUNTS.lock().unwrap_or_else(PoisonError::into_inner)
}
