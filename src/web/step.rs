//! The step machine: what a host does next, and what it resumes with the answer.

use crate::config::Config;
use crate::oidc::{Call, FetchAnswer};
use crate::session::{Key, LoadAnswer, Save};
use crate::site::{Forward, SiteFile};
use crate::time::Timestamp;
use crate::web::{Event, RequestId, callback, provider};
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
}

/// What a host does next.
#[derive(Debug)]
pub enum Step {
    /// Perform the call, resume with its answer.
    Fetch(Call, Waiting),
    /// Look the entry up (memory of the isolate, else KV), resume with it.
    Load(Key, Loading),
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
pub struct Waiting(Box<Awaited>, RequestId);

/// A visit that waits for an entry.
#[derive(Debug)]
pub struct Loading(Box<Wanted>, RequestId);

// Boxed as a whole where it is held.
#[allow(clippy::large_enum_variant)]
#[derive(Debug)]
enum Awaited {
    Provider(provider::AwaitProvider),
    Keys(callback::AwaitKeys),
    Tokens(callback::AwaitTokens),
    FresherKeys(callback::AwaitFresherKeys),
    UserInfo(callback::AwaitUserInfo),
}

// Boxed as a whole where it is held.
#[allow(clippy::large_enum_variant)]
#[derive(Debug)]
enum Wanted {
    Provider(provider::LoadProvider),
    Keys(callback::LoadKeys),
}

macro_rules! waits {
    ($outer:ident($inner:ident): $($variant:ident($point:ty),)*) => {
        $(impl From<$point> for $outer {
            fn from(point: $point) -> Self {
                // Its name comes when the step leaves this room.
                Self(Box::new($inner::$variant(point)), RequestId::default())
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
);

waits!(Loading(Wanted):
    Provider(provider::LoadProvider),
    Keys(callback::LoadKeys),
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
        };
        step.named(self.1, config.public_url.authority())
    }

    /// Which visit waits.
    pub fn request(&self) -> RequestId {
        self.1
    }

    pub(super) fn named(self, request: RequestId) -> Self {
        Self(self.0, request)
    }
}

impl Loading {
    /// The next step, given the entry.
    pub fn resume(self, config: &Config, answer: LoadAnswer) -> Step {
        let step = match *self.0 {
            Wanted::Provider(point) => point.resume(config, &answer),
            Wanted::Keys(point) => point.resume(config, &answer),
        };
        step.named(self.1, config.public_url.authority())
    }

    /// Which visit waits.
    pub fn request(&self) -> RequestId {
        self.1
    }

    pub(super) fn named(self, request: RequestId) -> Self {
        Self(self.0, request)
    }
}

impl Step {
    pub(super) fn fetch(call: Call, point: impl Into<Waiting>) -> Self {
        Self::Fetch(call, point.into())
    }

    pub(super) fn load(key: Key, point: impl Into<Loading>) -> Self {
        Self::Load(key, point.into())
    }

    pub(super) fn reply(reply: Reply) -> Self {
        Self::Done(Box::new(reply))
    }
}
