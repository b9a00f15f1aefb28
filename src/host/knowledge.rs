//! Decides where what is known of a service, such as its revocations, is kept between visits: one value for each service.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::config::Config;
use crate::session::Known;
use crate::time::Timestamp;

/// What this isolate, instance or process knows. Values only, as everything that outlives a visit.
#[derive(Default)]
pub(super) struct Knowledge(Mutex<BTreeMap<[u8; 16], Known>>);

impl Knowledge {
    /// Nothing yet.
    pub(super) const fn new() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }

    /// What is known of the service's revocations.
    pub(super) fn of(&self, config: &Config) -> Known {
        self.services().get(&config.audience()).cloned().unwrap_or_default()
    }

    /// A visit goes to fetch the list; those beside it go on with the one they have.
    pub(super) fn claim(&self, config: &Config, now: Timestamp) {
        let mut services = self.services();
        if let Some(known) = services.get_mut(&config.audience()) {
            *known = std::mem::take(known).claimed(now);
        }
    }

    /// What a visit learned.
    pub(super) fn learn(&self, config: &Config, learned: Option<Known>) {
        let Some(learned) = learned else { return };
        let mut services = self.services();
        let known = services.entry(config.audience()).or_default();
        *known = std::mem::take(known).and(learned);
    }

    /// No code runs under the lock that could leave a value half changed.
    fn services(&self) -> MutexGuard<'_, BTreeMap<[u8; 16], Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
