//! The step machine: what a host does next, and what it resumes with the answer.

use crate::config::Config;
use crate::oidc::{Call, FetchAnswer};
use crate::session::{Key, LoadAnswer, Save};
use crate::site::SiteFile;
use crate::time::Timestamp;
use crate::web::{Event, callback, provider};
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
    /// Lines for the log, one JSON object each ([`Event::to_json`]).
    pub events: Vec<Event>,
}

/// What the browser gets.
#[derive(Debug)]
pub enum Content {
    /// An answer of ours.
    Respond(Response),
    /// A file of the site.
    File(Box<SiteFile>),
}

/// A visit that waits for the provider's answer.
#[derive(Debug)]
pub struct Waiting(Box<Awaited>);

/// A visit that waits for an entry.
#[derive(Debug)]
pub struct Loading(Box<Wanted>);

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
                Self(Box::new($inner::$variant(point)))
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
        match *self.0 {
            Awaited::Provider(point) => point.resume(config, answer),
            Awaited::Keys(point) => point.resume(config, answer),
            Awaited::Tokens(point) => point.resume(config, answer),
            Awaited::FresherKeys(point) => point.resume(config, answer),
            Awaited::UserInfo(point) => point.resume(config, answer),
        }
    }
}

impl Loading {
    /// The next step, given the entry.
    pub fn resume(self, config: &Config, answer: LoadAnswer) -> Step {
        match *self.0 {
            Wanted::Provider(point) => point.resume(config, &answer),
            Wanted::Keys(point) => point.resume(config, &answer),
        }
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
