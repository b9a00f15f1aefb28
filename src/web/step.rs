//! The step machine: what a host does next, and what it resumes with the answer.

use crate::config::Config;
use crate::oidc::{Call, FetchAnswer};
use crate::session::{Key, Known, ListAnswer, LoadAnswer, Save, StoreAnswer};
use crate::site::{Forward, SiteFile};
use crate::time::Timestamp;
use crate::web::{Event, RequestId, callback, logout, operator, operator_revoke, presence, provider};
use crate::wire::{HSTS, Request, Response};

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

/// Which visit waits, and what its earlier steps have left for its end, whoever makes that.
#[derive(Debug, Default)]
struct Trail {
    request: RequestId,
    left: Option<Box<Reply>>,
}

/// What waits for one kind of answer: the points of a visit that ask for it, each of which goes on in its own way.
macro_rules! waits {
    ($(#[$doc:meta])* $outer:ident for $answer:ty: $inner:ident { $($variant:ident($point:ty),)* }) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $outer(Box<$inner>, Trail);

        // Boxed as a whole where it is held.
        #[allow(clippy::large_enum_variant)]
        #[derive(Debug)]
        enum $inner {
            $($variant($point),)*
        }

        $(impl From<$point> for $outer {
            fn from(point: $point) -> Self {
                // Its name comes when the step leaves this room.
                Self(Box::new($inner::$variant(point)), Trail::default())
            }
        })*

        impl $outer {
            /// The next step, given the answer.
            pub fn resume(self, config: &Config, answer: $answer) -> Step {
                let step = match *self.0 {
                    $($inner::$variant(point) => point.resume(config, answer),)*
                };
                step.carry(self.1.left).named(self.1.request, config)
            }

            /// Which visit waits.
            pub fn request(&self) -> RequestId {
                self.1.request
            }
        }
    };
}

waits! {
    /// A visit that waits for the provider's answer.
    Waiting for FetchAnswer: Awaited {
        Provider(provider::AwaitProvider),
        Keys(callback::AwaitKeys),
        Tokens(callback::AwaitTokens),
        FresherKeys(callback::AwaitFresherKeys),
        UserInfo(callback::AwaitUserInfo),
        Operator(operator::AwaitAnswer),
    }
}

waits! {
    /// A visit that waits for an entry.
    Loading for &LoadAnswer: Wanted {
        Provider(provider::LoadProvider),
        Keys(callback::LoadKeys),
        Body(presence::LoadBody),
    }
}

waits! {
    /// A visit that waits for a list of names.
    Listing for &ListAnswer: Listed {
        Revocations(presence::AwaitList),
    }
}

waits! {
    /// A visit that waits for a write.
    Storing for &StoreAnswer: Written {
        Session(callback::StoreSession),
        Revocation(logout::StoreRevocation),
        Order(operator_revoke::StoreOrder),
    }
}

waits! {
    /// A visit that waits for what was counted.
    Recalling for &[Counted]: Recalled {
        Counts(operator::AwaitCounts),
    }
}

/// What is still to come of a visit.
enum Rest<'a> {
    Waits(&'a mut Trail),
    Ends(&'a mut Reply),
}

impl Step {
    pub(super) fn fetch(call: Call, point: impl Into<Waiting>) -> Self {
        Self::Fetch(call, point.into())
    }

    pub(super) fn load(key: Key, fresh_for: i64, point: impl Into<Loading>) -> Self {
        Self::Load(key, fresh_for, point.into())
    }

    pub(super) fn list(prefix: String, point: impl Into<Listing>) -> Self {
        Self::List(prefix, point.into())
    }

    pub(super) fn store(save: Save, point: impl Into<Storing>) -> Self {
        Self::Store(save, point.into())
    }

    /// The same step, with what its visit's end is to save, log and keep besides.
    pub(super) fn carrying(self, reply: Reply) -> Self {
        self.carry(Some(Box::new(reply)))
    }

    fn carry(mut self, earlier: Option<Box<Reply>>) -> Self {
        let Some(earlier) = earlier else { return self };
        match self.rest() {
            Rest::Waits(Trail { left: Some(later), .. }) => later.follow(*earlier),
            Rest::Waits(trail) => trail.left = Some(earlier),
            Rest::Ends(reply) => reply.follow(*earlier),
        }
        self
    }

    /// Gives the step the name of its visit, whatever comes of it, and its answer the promise of https.
    pub(super) fn named(mut self, request: RequestId, config: &Config) -> Self {
        match self.rest() {
            Rest::Waits(trail) => trail.request = request,
            Rest::Ends(reply) => {
                reply.name(request, config.public_url.authority());
                if let Content::Respond(response) = &mut reply.content {
                    response.headers.extend(config.hsts.clone().map(|value| (HSTS, value)));
                }
            }
        }
        self
    }

    fn rest(&mut self) -> Rest<'_> {
        match self {
            Self::Fetch(_, waiting) => Rest::Waits(&mut waiting.1),
            Self::Load(_, _, loading) => Rest::Waits(&mut loading.1),
            Self::List(_, listing) => Rest::Waits(&mut listing.1),
            Self::Store(_, storing) => Rest::Waits(&mut storing.1),
            Self::Recall(recalling) => Rest::Waits(&mut recalling.1),
            Self::Done(reply) => Rest::Ends(reply),
        }
    }

    pub(super) fn reply(reply: Reply) -> Self {
        Self::Done(Box::new(reply))
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
