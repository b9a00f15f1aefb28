//! Decides who answers a visitor: the one service of a deployment, one of many by the host name, or nobody. And how long
//! what is known of many holds, where they stand in a store.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::reader::Reader;
use super::variables::*;
use super::{Config, Faults, Services, Variables, read};
use crate::secret::{Chance, fingerprint};
use crate::session::{Key, KeyRing, Purpose, Save};
use crate::time::Timestamp;

/// The word for a document that stands in the store, before the version below which none is taken.
const STORE: &str = "store";
/// What sealed documents are for: no service has this name.
const AUDIENCE: &str = "services";
/// Seconds for which a document is not asked for again.
const FRESH: i64 = 60;
/// The same after a store gave none that can be read, while there is an older one.
const PAUSE: i64 = 10;
/// Seconds that a sealed document opens: ten years. What limits it is the session key.
const LIFE: i64 = 10 * 366 * 86_400;

/// What is deployed.
#[derive(Debug)]
pub enum Deployment {
    /// One service, under whatever name its visitors use.
    One(Box<Result<Config, Faults>>),
    /// Many, each under its own name.
    Many(Box<Services>),
}

/// Who answers a visitor.
#[derive(Debug)]
pub enum At<'a> {
    /// This service.
    Service(&'a Config),
    /// A service, or a deployment, that is not configured yet.
    Faulty(&'a Faults),
    /// No service has the name.
    Nowhere,
}

impl Deployment {
    /// Who answers under `host`, as the `Host` header has it.
    pub fn at(&self, host: Option<&str>) -> At<'_> {
        let found = match self {
            Self::One(config) => Some(config.as_ref()),
            Self::Many(services) => host.and_then(|host| services.at(host)),
        };
        match found {
            Some(Ok(config)) => At::Service(config),
            Some(Err(faults)) => At::Faulty(faults),
            None => At::Nowhere,
        }
    }

    fn version(&self) -> Option<i64> {
        match self {
            Self::Many(services) => Some(services.version()),
            Self::One(_) => None,
        }
    }
}

impl From<Result<Config, Faults>> for Deployment {
    fn from(one: Result<Config, Faults>) -> Self {
        Self::One(Box::new(one))
    }
}

impl From<Result<Services, Faults>> for Deployment {
    fn from(many: Result<Services, Faults>) -> Self {
        many.map_or_else(|faults| Self::One(Box::new(Err(faults))), |many| Self::Many(Box::new(many)))
    }
}

/// What a host knows of its deployment, for as long as it runs.
#[derive(Debug)]
pub struct Deployed {
    /// Where the document comes from, if it is a store.
    stored: Option<Stored>,
    known: Mutex<Known>,
}

#[derive(Debug)]
struct Stored {
    ring: KeyRing,
    variables: Variables,
    /// The oldest version that is taken.
    floor: i64,
}

#[derive(Debug)]
struct Known {
    deployment: Option<Arc<Deployment>>,
    /// Of the sealed text it came from: what has not changed is not opened again.
    fingerprint: Option<[u8; 16]>,
    /// When the store is asked again.
    ask: Timestamp,
}

/// What a host does to answer a visitor.
#[derive(Debug)]
pub enum Current {
    /// Answer from this.
    Ready(Arc<Deployment>),
    /// Load this entry, and let it be learnt.
    Load(Key),
}

/// What came of asking the store, for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Learnt {
    /// Another document than before.
    Newer,
    /// An older one than is known, which is not gone back to.
    Older,
    /// An older one than `FC_SERVICES` allows.
    Refused,
    /// There is none.
    Absent,
    /// It was not sealed for us, or says nothing that can be read.
    Unreadable,
    /// The store gave no answer.
    Down,
}

impl Deployed {
    /// Reads what the variables say: one service, many, or that they stand in the store.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Self {
        let document = variable(FC_SERVICES).map(|value| value.trim().to_owned());
        let document = match document.filter(|value| !value.is_empty()) {
            None => return read(variable).into(),
            Some(document) => document,
        };
        // Not the document itself again, which may be large.
        let others = NAMES.iter().filter(|name| **name != FC_SERVICES);
        let variables: Variables = others.filter_map(|name| Some((*name, variable(name)?))).collect();
        if !is_stored(&document) {
            return Self::fixed(Services::read(document.as_bytes(), variables).into());
        }
        match ring(&variable).and_then(|ring| Ok((ring, floor(&document)?))) {
            Ok((ring, floor)) => Self::knowing(Some(Stored { ring, variables, floor }), None),
            Err(faults) => Self::fixed(Deployment::One(Box::new(Err(faults)))),
        }
    }

    /// Knows this until it is told otherwise.
    pub fn fixed(deployment: Deployment) -> Self {
        Self::knowing(None, Some(Arc::new(deployment)))
    }

    fn knowing(stored: Option<Stored>, deployment: Option<Arc<Deployment>>) -> Self {
        let known = Known { deployment, fingerprint: None, ask: Timestamp::from_unix(0) };
        Self { stored, known: Mutex::new(known) }
    }

    /// Knows this from now on. Visits that are under way go on with what they began with.
    pub fn replace(&self, deployment: Deployment) {
        self.known().deployment = Some(Arc::new(deployment));
    }

    /// What is known, or what has to be loaded first. Of several visitors at once one waits for the store, as long as
    /// there is something to answer the others from.
    pub fn current(&self, now: Timestamp) -> Current {
        let mut known = self.known();
        match &known.deployment {
            Some(deployment) if self.stored.is_none() || now < known.ask => {
                Current::Ready(Arc::clone(deployment))
            }
            there => {
                if there.is_some() {
                    known.ask = now.plus(PAUSE);
                }
                Current::Load(Key::services())
            }
        }
    }

    /// Learns what the store answered, or that it gave no answer. Nothing that is good gives way to something worse.
    pub fn learn(
        &self,
        now: Timestamp,
        answer: Result<Option<Vec<u8>>, ()>,
    ) -> (Arc<Deployment>, Option<Learnt>) {
        let seen = answer.as_ref().ok().and_then(Option::as_ref).map(|sealed| fingerprint(sealed));
        {
            let mut known = self.known();
            if let Some(deployment) =
                known.deployment.clone().filter(|_| seen.is_some() && seen == known.fingerprint)
            {
                known.ask = now.plus(FRESH);
                return (deployment, None);
            }
        }
        let opened = match (answer, &self.stored) {
            (Err(()), _) => Err(Learnt::Down),
            (Ok(None), _) | (_, None) => Err(Learnt::Absent),
            (Ok(Some(sealed)), Some(stored)) => stored.open(now, &sealed),
        };
        let mut known = self.known();
        let before = known.deployment.clone().filter(|before| matches!(**before, Deployment::Many(_)));
        let version = before.as_ref().and_then(|before| before.version());
        let (deployment, learnt, fresh) = match (opened, before) {
            (Ok(new), Some(before)) if Some(new.version()) == version => (before, None, FRESH),
            (Ok(new), Some(before)) if Some(new.version()) < version => (before, Some(Learnt::Older), FRESH),
            (Ok(new), _) => {
                known.fingerprint = seen;
                (Arc::new(Deployment::Many(Box::new(new))), Some(Learnt::Newer), FRESH)
            }
            (Err(why), Some(before)) => (before, Some(why), PAUSE),
            (Err(why), None) => (Arc::new(Deployment::One(Box::new(Err(why.faults())))), Some(why), PAUSE),
        };
        known.deployment = Some(Arc::clone(&deployment));
        known.ask = now.plus(fresh);
        (deployment, learnt)
    }

    /// No code runs under the lock that could leave it half changed.
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<Result<Config, Faults>> for Deployed {
    fn from(one: Result<Config, Faults>) -> Self {
        Self::fixed(one.into())
    }
}

impl Stored {
    fn open(&self, now: Timestamp, sealed: &[u8]) -> Result<Services, Learnt> {
        let opened = std::str::from_utf8(sealed).ok().and_then(|sealed| {
            self.ring.open(Purpose::Services, Key::services().as_str(), now, sealed.trim_end())
        });
        let services = opened.and_then(|document| Services::read(&document, self.variables.clone()).ok());
        match services {
            Some(services) if services.version() < self.floor => Err(Learnt::Refused),
            services => services.ok_or(Learnt::Unreadable),
        }
    }
}

impl Learnt {
    /// What every page says while there is no document at all.
    fn faults(self) -> Faults {
        let (fr, en) = match self {
            Self::Absent => (
                "vaut store, et le magasin n’a pas d’entrée services ; services seal en fait une.",
                "is store, and the store has no entry services; services seal makes one.",
            ),
            Self::Down => {
                ("vaut store, et le magasin ne répond pas.", "is store, and the store does not answer.")
            }
            Self::Refused => (
                "refuse le document du magasin, plus ancien que la version qui suit store: ; services seal en fait un nouveau.",
                "refuses the document of the store, which is older than the version behind store:; services seal makes a new one.",
            ),
            Self::Newer | Self::Older | Self::Unreadable => (
                "vaut store, et l’entrée services ne s’ouvre pas avec FC_SESSION_KEYS, ou n’est pas un document.",
                "is store, and the entry services does not open with FC_SESSION_KEYS, or is no document.",
            ),
        };
        let mut faults = Faults::default();
        faults.add(FC_SERVICES, fr, en);
        faults
    }
}

/// Whether the value of `FC_SERVICES` says that the document stands in the store: `store`, or `store:VERSION`.
pub fn is_stored(services: &str) -> bool {
    let services = services.trim();
    services == STORE || services.strip_prefix(STORE).is_some_and(|rest| rest.starts_with(':'))
}

/// The oldest version that such a value allows.
fn floor(services: &str) -> Result<i64, Faults> {
    let Some((_, version)) = services.split_once(':') else { return Ok(0) };
    let plain = version.bytes().all(|byte| byte.is_ascii_digit());
    version.parse().ok().filter(|_| plain).ok_or_else(|| {
        let mut faults = Faults::default();
        faults.add(
            FC_SERVICES,
            "contient, après store:, autre chose que le numéro de version que dit services seal.",
            "holds behind store: something else than the version number that services seal tells.",
        );
        faults
    })
}

/// Seals a document of services under the keys of the deployment, for the entry `services` of its store.
///
/// # Errors
/// What is wrong with `FC_SESSION_KEYS`.
pub fn seal_services(
    variable: impl Fn(&str) -> Option<String>,
    document: &str,
    now: Timestamp,
    chance: &mut Chance,
) -> Result<String, Faults> {
    let sealed = ring(&variable)?.seal(
        Purpose::Services,
        Key::services().as_str(),
        now.plus(LIFE),
        document.as_bytes(),
        chance,
    );
    // A ring has a key, and the seal takes any length there is memory for.
    sealed.ok_or_else(Faults::default)
}

/// What a store is to keep for that: the sealed document, for as long as it opens.
pub fn services_entry(sealed: &str) -> Save {
    Save::Put { key: Key::services(), value: sealed.into(), expires_in: LIFE }
}

fn ring(variable: &dyn Fn(&str) -> Option<String>) -> Result<KeyRing, Faults> {
    let mut reader = Reader::new(variable);
    match reader.ring(AUDIENCE) {
        Some(ring) => Ok(ring),
        None => Err(reader.into_faults()),
    }
}
