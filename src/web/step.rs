//! The step machine: what a host does next, and what it resumes with the answer.

use crate::config::Config;
use crate::oidc::{Call, FetchAnswer};
use crate::session::{Key, Known, ListAnswer, LoadAnswer, Save, StoreAnswer};
use crate::site::{Forward, SiteFile};
use crate::time::Timestamp;
use crate::web::{Event, RequestId, callback, logout, operator, operator_revoke, presence, provider};
use crate::wire::{Request, Response};

/// One request of a browser, with the clock and the chance that go with it.
#[derive(Debug)]
pub struct Visit {
    /// The clock when the request came.
    pub now: Timestamp,
    /// 64 bytes from the platform's CSPRNG, fresh for this visit.
    pub entropy: [u8; 64],
    /// What the browser asks.
    pub request: Request,
    /// What the isolate kept of the service's revocations ([`Reply::known`]).
    pub known: Known,
}

/// What a host does next.
#[derive(Debug)]
pub enum Step {
    /// Perform the call, resume with its answer.
    Fetch(Call, Waiting),
    /// Look the entry up, resume with it: in the memory of the isolate, if it came there less than so many seconds ago
    /// ([`ANY_AGE`](crate::session::ANY_AGE)), else in KV.
    Load(Key, i64, Loading),
    /// List the names in KV that begin so, resume with them.
    List(String, Listing),
    /// Write to KV, resume with whether that succeeded.
    Store(Save, Storing),
    /// Tell what the instance has counted for this site, resume with it.
    Recall(Recalling),
    /// Answer the browser.
    Done(Box<Reply>),
}

/// The end of a visit.
#[derive(Debug)]
pub struct Reply {
    /// What the browser gets.
    pub content: Content,
    /// Entries to keep, after the answer where the platform can.
    pub save: Vec<Save>,
    /// For the log: [`Reply::lines`].
    pub events: Vec<Event>,
    /// Which visit this was.
    pub request: RequestId,
    /// Of which site: the authority of `PUBLIC_URL`.
    pub service: String,
    /// What was learned of the service's revocations, for the visits that follow ([`Known::and`]).
    pub known: Option<Known>,
}

/// How often an instance has seen an event since it began.
#[derive(Debug, Clone)]
pub struct Counted {
    /// The event.
    pub event: Event,
    /// How often it came.
    pub times: u64,
}

/// What the browser gets.
#[derive(Debug)]
pub enum Content {
    /// An answer of ours.
    Respond(Response),
    /// A file of the site.
    File(Box<SiteFile>),
    /// What the origin answers ([`crate::web::origin_failed`] if it does not).
    Forward(Box<Forward>),
}

/// A visit that waits for the provider's answer.
#[derive(Debug)]
pub struct Waiting(Box<Awaited>, Carried, RequestId);

/// A visit that waits for what was counted.
#[derive(Debug)]
pub struct Recalling(Box<operator::AwaitCounts>, Carried, RequestId);

/// A visit that waits for an entry.
#[derive(Debug)]
pub struct Loading(Box<Wanted>, Carried, RequestId);

/// A visit that waits for a list of names.
#[derive(Debug)]
pub struct Listing(Box<presence::AwaitList>, Carried, RequestId);

/// A visit that waits for a write.
#[derive(Debug)]
pub struct Storing(Box<Written>, Carried, RequestId);

/// What an earlier step of the visit has left for its end, whoever makes that.
type Carried = Option<Box<Reply>>;

// Boxed as a whole where it is held.
#[allow(clippy::large_enum_variant)]
#[derive(Debug)]
enum Awaited {
    Provider(provider::AwaitProvider),
    Keys(callback::AwaitKeys),
    Tokens(callback::AwaitTokens),
    FresherKeys(callback::AwaitFresherKeys),
    UserInfo(callback::AwaitUserInfo),
    Operator(operator::AwaitAnswer),
}

// Boxed as a whole where it is held.
#[allow(clippy::large_enum_variant)]
#[derive(Debug)]
enum Wanted {
    Provider(provider::LoadProvider),
    Keys(callback::LoadKeys),
    Body(presence::LoadBody),
}

// Boxed as a whole where it is held.
#[allow(clippy::large_enum_variant)]
#[derive(Debug)]
enum Written {
    Session(callback::StoreSession),
    Revocation(logout::StoreRevocation),
    Order(operator_revoke::StoreOrder),
}

macro_rules! waits {
    ($outer:ident($inner:ident): $($variant:ident($point:ty),)*) => {
        $(impl From<$point> for $outer {
            fn from(point: $point) -> Self {
                // Its name comes when the step leaves this room.
                Self(Box::new($inner::$variant(point)), None, RequestId::default())
            }
        })*
    };
}

waits!(Waiting(Awaited):
    Provider(provider::AwaitProvider),
    Keys(callback::AwaitKeys),
    Tokens(callback::AwaitTokens),
    FresherKeys(callback::AwaitFresherKeys),
    UserInfo(callback::AwaitUserInfo),
    Operator(operator::AwaitAnswer),
);

waits!(Loading(Wanted):
    Provider(provider::LoadProvider),
    Keys(callback::LoadKeys),
    Body(presence::LoadBody),
);

waits!(Storing(Written):
    Session(callback::StoreSession),
    Revocation(logout::StoreRevocation),
    Order(operator_revoke::StoreOrder),
);

impl Waiting {
    /// The next step, given the provider's answer.
    pub fn resume(self, config: &Config, answer: FetchAnswer) -> Step {
        let step = match *self.0 {
            Awaited::Provider(point) => point.resume(config, answer),
            Awaited::Keys(point) => point.resume(config, answer),
            Awaited::Tokens(point) => point.resume(config, answer),
            Awaited::FresherKeys(point) => point.resume(config, answer),
            Awaited::UserInfo(point) => point.resume(config, answer),
            Awaited::Operator(point) => point.resume(config, answer),
        };
        step.carry(self.1).named(self.2, config.public_url.authority())
    }

    /// Which visit waits.
    pub fn request(&self) -> RequestId {
        self.2
    }

    pub(super) fn named(self, request: RequestId) -> Self {
        Self(self.0, self.1, request)
    }
}

impl Loading {
    /// The next step, given the entry.
    pub fn resume(self, config: &Config, answer: LoadAnswer) -> Step {
        let step = match *self.0 {
            Wanted::Provider(point) => point.resume(config, &answer),
            Wanted::Keys(point) => point.resume(config, &answer),
            Wanted::Body(point) => point.resume(config, &answer),
        };
        step.carry(self.1).named(self.2, config.public_url.authority())
    }

    /// Which visit waits.
    pub fn request(&self) -> RequestId {
        self.2
    }

    pub(super) fn named(self, request: RequestId) -> Self {
        Self(self.0, self.1, request)
    }
}

impl Listing {
    /// The next step, given the names.
    pub fn resume(self, config: &Config, answer: &ListAnswer) -> Step {
        self.0.resume(config, answer).carry(self.1).named(self.2, config.public_url.authority())
    }

    /// Which visit waits.
    pub fn request(&self) -> RequestId {
        self.2
    }

    pub(super) fn named(self, request: RequestId) -> Self {
        Self(self.0, self.1, request)
    }
}

impl Storing {
    /// The next step, given what the store said.
    pub fn resume(self, config: &Config, answer: &StoreAnswer) -> Step {
        let step = match *self.0 {
            Written::Session(point) => point.resume(config, answer),
            Written::Revocation(point) => point.resume(config, answer),
            Written::Order(point) => point.resume(config, answer),
        };
        step.carry(self.1).named(self.2, config.public_url.authority())
    }

    /// Which visit waits.
    pub fn request(&self) -> RequestId {
        self.2
    }

    pub(super) fn named(self, request: RequestId) -> Self {
        Self(self.0, self.1, request)
    }
}

impl Recalling {
    /// The next step, given what the instance has counted for the site.
    pub fn resume(self, config: &Config, counts: &[Counted]) -> Step {
        self.0.resume(config, counts).carry(self.1).named(self.2, config.public_url.authority())
    }

    pub(super) fn named(self, request: RequestId) -> Self {
        Self(self.0, self.1, request)
    }
}

impl From<operator::AwaitCounts> for Recalling {
    fn from(point: operator::AwaitCounts) -> Self {
        Self(Box::new(point), None, RequestId::default())
    }
}

impl Step {
    pub(super) fn fetch(call: Call, point: impl Into<Waiting>) -> Self {
        Self::Fetch(call, point.into())
    }

    pub(super) fn load(key: Key, fresh_for: i64, point: impl Into<Loading>) -> Self {
        Self::Load(key, fresh_for, point.into())
    }

    pub(super) fn list(prefix: String, point: presence::AwaitList) -> Self {
        Self::List(prefix, Listing(Box::new(point), None, RequestId::default()))
    }

    pub(super) fn store(save: Save, point: impl Into<Storing>) -> Self {
        Self::Store(save, point.into())
    }

    /// The same step, with what its visit's end is to save, log and keep besides.
    pub(super) fn carrying(self, reply: Reply) -> Self {
        self.carry(Some(Box::new(reply)))
    }

    fn carry(self, carried: Carried) -> Self {
        let Some(carried) = carried else { return self };
        match self {
            Self::Fetch(call, Waiting(point, later, id)) => {
                Self::Fetch(call, Waiting(point, join(carried, later), id))
            }
            Self::Load(key, age, Loading(point, later, id)) => {
                Self::Load(key, age, Loading(point, join(carried, later), id))
            }
            Self::List(prefix, Listing(point, later, id)) => {
                Self::List(prefix, Listing(point, join(carried, later), id))
            }
            Self::Store(save, Storing(point, later, id)) => {
                Self::Store(save, Storing(point, join(carried, later), id))
            }
            Self::Recall(Recalling(point, later, id)) => {
                Self::Recall(Recalling(point, join(carried, later), id))
            }
            Self::Done(mut reply) => {
                reply.follow(*carried);
                Self::Done(reply)
            }
        }
    }

    pub(super) fn reply(reply: Reply) -> Self {
        Self::Done(Box::new(reply))
    }
}

fn join(earlier: Box<Reply>, later: Carried) -> Carried {
    match later {
        None => Some(earlier),
        Some(mut later) => {
            later.follow(*earlier);
            Some(later)
        }
    }
}

impl Reply {
    /// Nothing to say yet, only to save, log or keep.
    pub(super) fn carried() -> Self {
        Self::respond(Response::new(500))
    }

    /// Takes over what came earlier in the visit.
    fn follow(&mut self, earlier: Self) {
        self.save.splice(0..0, earlier.save);
        self.events.splice(0..0, earlier.events);
        self.known = match (earlier.known, self.known.take()) {
            (Some(earlier), Some(later)) => Some(earlier.and(later)),
            (earlier, later) => later.or(earlier),
        };
    }
}
