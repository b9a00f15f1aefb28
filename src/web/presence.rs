//! Who is here, for every route that asks: the session's head, what was revoked, and its body if it is kept.
//!
//! Nothing is asked of the store but for a request whose head opened: of a stranger's requests it sees none. With a list
//! of revocations that is fresh enough, a request for a page asks it nothing at all.

use crate::config::Config;
use crate::secret::Chance;
use crate::session::current::{self, NoBody, Opened, Presence};
use crate::session::{Known, ListAnswer, LoadAnswer, revocation};
use crate::site::{Access, SitePath};
use crate::time::Timestamp;
use crate::web::login::Wanted;
use crate::web::page::private;
use crate::web::{
    Content, Event, Language, Reply, Severity, Step, browser, callback, error_page, gate, login, logout,
    origin_identity, profile,
};
use crate::wire::{Header, Method, Request, Response};

/// Seconds for which a session that is kept in the store outlives the freshness of the list of revocations, while the
/// store gives no other.
const GRACE: i64 = 600;

/// One request with what came with it.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) request: Request,
    pub(super) now: Timestamp,
    pub(super) chance: Chance,
    /// What this isolate knows of revocations.
    pub(super) known: Known,
}

/// What it is to be known for.
#[derive(Debug)]
pub(super) enum Errand {
    Login(Wanted),
    Callback,
    Logout { everywhere: bool },
    LogoutCallback,
    Profile,
    Session,
    Site(SitePath, Access),
}

/// Waits for the list of revocations.
#[derive(Debug)]
pub(super) struct AwaitList(Asked, Errand, Opened);

/// Waits for a session's body.
#[derive(Debug)]
pub(super) struct LoadBody(Asked, Errand, Opened);

/// Who is here; then the errand goes on.
pub(super) fn find(config: &Config, asked: Asked, errand: Errand) -> Step {
    let cookies = asked.request.header(Header::Cookie).unwrap_or_default();
    match current::find(&config.ring, config.cookies, config.lifetime, cookies, asked.now) {
        Presence::Somebody(opened) if asked.known.due(config.revocation_freshness, asked.now) => {
            Step::list(revocation::prefix(&config.ring), AwaitList(asked, errand, opened))
        }
        Presence::Somebody(opened) => judge(config, asked, errand, opened),
        nobody => errand.go_on(config, asked, nobody),
    }
}

impl AwaitList {
    pub(super) fn resume(self, config: &Config, answer: &ListAnswer) -> Step {
        let Self(mut asked, errand, opened) = self;
        let listed = asked.known.learn(&config.ring, answer);
        asked.now = answer.now;
        asked.known = listed.known.clone();
        let mut carried = Reply::carried();
        carried.known = Some(listed.known);
        carried.save = listed.sweep;
        if listed.failed {
            carried.events.push(UNAVAILABLE);
        }
        if listed.cut {
            carried.events.push(TOO_MANY);
        }
        judge(config, asked, errand, opened).carrying(carried)
    }
}

fn judge(config: &Config, asked: Asked, errand: Errand, opened: Opened) -> Step {
    if opened.revoked(&config.ring, &asked.known) {
        return forgotten(config, errand.go_on(config, asked, Presence::Nobody));
    }
    let Some(entry) = opened.entry() else {
        return errand.go_on(config, asked, Presence::Somebody(opened));
    };
    let most = config.revocation_freshness.saturating_add(GRACE);
    let unknown = asked.known.absent() || !asked.known.is_fresh(most, asked.now);
    if unknown && !errand.leaves() {
        return unavailable(config, &asked, UNAVAILABLE);
    }
    if errand.reads(config, &asked, &opened) {
        return Step::load(entry, 0, LoadBody(asked, errand, opened));
    }
    errand.go_on(config, asked, Presence::Somebody(opened))
}

/// The cookie of a session that was ended goes: an isolate that has not heard yet would take it for one and send the
/// browser back here.
fn forgotten(config: &Config, mut step: Step) -> Step {
    if let Step::Done(reply) = &mut step
        && let Content::Respond(response) = &mut reply.content
    {
        response.headers.push(("set-cookie", config.cookies.clear(&config.cookies.session())));
    }
    step
}

impl LoadBody {
    pub(super) fn resume(self, config: &Config, answer: &LoadAnswer) -> Step {
        let Self(mut asked, errand, opened) = self;
        asked.now = answer.now;
        match opened.with_body(&config.ring, answer) {
            Ok(opened) => errand.go_on(config, asked, Presence::Somebody(opened)),
            // Who leaves may leave, and who comes back from the provider is judged by that.
            Err((opened, _)) if errand.leaves() => errand.go_on(config, asked, Presence::Somebody(opened)),
            Err((_, NoBody::Down)) => unavailable(config, &asked, UNAVAILABLE),
            Err((_, NoBody::NotYet)) => unavailable(config, &asked, UNSETTLED),
            Err((_, NoBody::Gone)) => {
                let mut carried = Reply::carried();
                carried.events.push(GONE);
                errand.go_on(config, asked, Presence::Nobody).carrying(carried)
            }
        }
    }
}

const UNAVAILABLE: Event = Event::new(
    Severity::Error,
    "store.unavailable",
    "the store gave no answer within a second: revocations are those last known, sessions kept there cannot be read",
);
const TOO_MANY: Event = Event::new(
    Severity::Error,
    "revocation.too_many",
    "the store lists more revocations than are read: single sessions that were ended may go on",
);
const UNSETTLED: Event =
    Event::new(Severity::Info, "session.unsettled", "a session was asked for before the store shows it here");
const GONE: Event = Event::new(
    Severity::Warning,
    "session.gone",
    "the store no longer has a session that has not ended: it was removed, or is not what we wrote",
);

/// A session that can be neither believed nor refused now. It is not lost, and the page says so.
fn unavailable(config: &Config, asked: &Asked, event: Event) -> Step {
    let language = Language::of(&asked.request);
    let response = if asked.request.method == Method::Get && !browser::navigates(&asked.request) {
        let body = serde_json::json!({ "error": "temporarily_unavailable" });
        private(Response::with_body(503, "application/json", body.to_string()))
    } else {
        let title = language.pick("Un instant, s’il vous plaît", "One moment, please");
        let text = language.pick(
            "Votre session n’a pas pu être lue pour le moment. Elle n’est pas perdue : rechargez cette page dans une \
             minute.",
            "Your session could not be read just now. It is not lost: reload this page in a minute.",
        );
        error_page::notice(config, language, 503, title, text)
    };
    let mut reply = Reply::respond(response.header("retry-after", "10"));
    reply.events.push(event);
    Step::reply(reply)
}

impl Errand {
    /// Whether it goes on without a session that can be read.
    fn leaves(&self) -> bool {
        matches!(self, Self::Logout { .. } | Self::LogoutCallback | Self::Callback)
    }

    /// Whether it needs more than the head.
    fn reads(&self, config: &Config, asked: &Asked, opened: &Opened) -> bool {
        match self {
            Self::LogoutCallback => false,
            Self::Site(path, _) if config.origin_for(path).is_some() => {
                let cookies = asked.request.header(Header::Cookie).unwrap_or_default();
                origin_identity::reads(config, cookies, opened, asked.now)
            }
            Self::Site(..) => false,
            _ => true,
        }
    }

    fn go_on(self, config: &Config, mut asked: Asked, presence: Presence) -> Step {
        match self {
            Self::Login(wanted) => login::begin(config, asked, wanted, presence),
            Self::Callback => callback::received(config, asked, presence),
            Self::Logout { everywhere } => logout::end(config, asked, presence, everywhere),
            Self::LogoutCallback => Step::reply(logout::unexpected(config, &asked.request, &presence)),
            Self::Profile => Step::reply(profile::page_of(config, &mut asked, presence)),
            Self::Session => Step::reply(profile::json_of(config, asked.now, presence)),
            Self::Site(path, access) => Step::reply(gate::admit(config, asked, presence, path, access)),
        }
    }
}
