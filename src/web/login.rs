//! The start of a login: from our route to the provider's authorization endpoint, one flow cookie richer.

use crate::config::Config;
use crate::franceconnect::Level;
use crate::oidc::{Attempt, Failure, Provider, authorization};
use crate::secret::Chance;
use crate::session::current::Presence;
use crate::session::flow;
use crate::site::ReturnPath;
use crate::time::Timestamp;
use crate::web::logout::with_cookies;
use crate::web::page::redirect;
use crate::web::presence::{self, Asked, Errand};
use crate::web::provider::{self, Purpose};
use crate::web::{Event, Language, Reply, Severity, Step, browser, error_page, gate};
use crate::wire::params::{self, Params};
use crate::wire::{Header, Request};

/// A login that needs the provider's address before the browser can be sent there.
#[derive(Debug)]
pub(super) struct Starting {
    pub(super) now: Timestamp,
    pub(super) chance: Chance,
    language: Language,
    cookies: String,
    pub(super) wanted: Wanted,
    /// The `sub` of the session whose level is to be raised, where the same provider is asked.
    subject: Option<String>,
}

/// What a login is for.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) return_to: String,
    /// The level that page needs, or a higher one that was asked for.
    pub(super) level: Option<Level>,
}

impl Wanted {
    /// A login for this path of the site.
    pub(super) fn at(config: &Config, return_to: &str) -> Self {
        Self { return_to: return_to.to_owned(), level: config.level_at(return_to) }
    }

    /// The level, if the page does not say it itself.
    pub(super) fn named(&self, config: &Config) -> Option<Level> {
        self.level.filter(|level| Some(*level) > config.level_at(&self.return_to))
    }

    /// The address of ours that begins it.
    pub(super) fn address(&self, config: &Config) -> String {
        let mut pairs = vec![("return_to", self.return_to.as_str())];
        pairs.extend(self.named(config).map(|level| ("acr_values", level.name())));
        format!("{}/login?{}", config.prefix, params::join(pairs))
    }

    /// What an attempt was for.
    pub(super) fn of(attempt: &Attempt) -> Self {
        let level = attempt.acr_values.as_deref().and_then(Level::parse);
        Self { return_to: attempt.return_to.clone(), level }
    }
}

/// Something of ours could not be made; it does not happen with a configuration that was read.
pub(super) const UNPREPARED: Failure =
    Failure::fault("login.unprepared", "the flow cookie could not be sealed");

/// `/login?return_to=&acr_values=`: only these two are read; `state` and the rest are never a stranger's. The
/// level is that of the page, or a higher one that a link of the site asks for.
pub(super) fn start(config: &Config, asked: Asked) -> Step {
    let (request, language) = (&asked.request, Language::of(&asked.request));
    if !browser::may_start_login(request) || browser::prefetches(request) {
        let title = language.pick("Ouvrez cette adresse dans un onglet", "Open this address in a tab");
        let text = language.pick(
            "La connexion avec FranceConnect commence par un clic, dans une page entière : ni cadre, ni script, ni chargement anticipé.",
            "A login with FranceConnect begins with a click, in a page of its own: no frame, no script, no prefetch.",
        );
        return Step::reply(Reply::respond(error_page::notice(config, language, 403, title, text)));
    }
    // A query that cannot be read asks for nothing.
    let query = Params::parse(&request.query).unwrap_or_default();
    let back = query.get("return_to").and_then(|asked| ReturnPath::parse(asked, &config.prefix));
    let return_to = back.unwrap_or_else(ReturnPath::front).into_string();
    let Some(wanted) = wanted(config, &query, return_to) else {
        let title = language.pick("Niveau inconnu", "Unknown level");
        let text = language.pick(
            "Le lien que vous avez suivi demande un niveau de garantie que ce site ne propose pas.",
            "The link that you followed asks for a level of assurance that this site does not offer.",
        );
        return Step::reply(Reply::respond(error_page::notice(config, language, 400, title, text)));
    };
    if let Some(reply) = elsewhere(config, request, &query, &wanted) {
        return Step::reply(reply);
    }
    presence::find(config, asked, Errand::Login(wanted))
}

/// Begins it, now that it is known who is here.
pub(super) fn begin(config: &Config, asked: Asked, wanted: Wanted, presence: Presence) -> Step {
    let Asked { request, now, chance, .. } = asked;
    let language = Language::of(&request);
    let session = match presence {
        Presence::Ambiguous => return Step::reply(gate::ambiguous(config, language)),
        Presence::Somebody(opened) => opened.session(&config.ring, now),
        Presence::Nobody => None,
    };
    if session.as_ref().is_some_and(|session| session.citizen.level >= wanted.level) {
        return Step::reply(Reply::respond(redirect(&wanted.return_to)));
    }
    let issuer = config.registration_for(wanted.level).issuer();
    let subject =
        session.filter(|session| session.citizen.issuer == issuer).map(|session| session.citizen.sub);
    let cookies = request.header(Header::Cookie).unwrap_or_default();
    let starting = Starting { now, chance, language, cookies: cookies.to_owned(), wanted, subject };
    provider::find(config, Purpose::Login(Box::new(starting)))
}

/// What the login is for; nothing if the link asks for a level that no registration gives.
fn wanted(config: &Config, query: &Params, return_to: String) -> Option<Wanted> {
    let needed = config.level_at(&return_to);
    let level = match query.get("acr_values") {
        Some(word) => Some(Level::parse(word)?).max(needed),
        None => needed,
    };
    config.gives(level).then_some(Wanted { return_to, level })
}

/// A login begun under another name of the site (`www`, the platform's own) could not end: the cookie of the
/// flow belongs to that name. One hop to `PUBLIC_URL`, and only one, because a proxy may rewrite `Host`.
fn elsewhere(config: &Config, request: &Request, query: &Params, wanted: &Wanted) -> Option<Reply> {
    let host = request.header(Header::Host)?;
    if host.eq_ignore_ascii_case(config.public_url.authority()) || query.get("hop").is_some() {
        return None;
    }
    let (origin, login) = (config.public_url.origin(), wanted.address(config));
    Some(Reply::respond(redirect(&format!("{origin}{login}&hop=1"))))
}

/// Sends the browser to the provider. `discovered` endpoints are fixed in the attempt for its whole life.
pub(super) fn send(
    config: &Config,
    starting: Starting,
    provider: &Provider,
    discovered: bool,
    now: Timestamp,
) -> Reply {
    let Starting { mut chance, language, cookies, wanted, subject, .. } = starting;
    let registration = config.registration_for(wanted.level);
    let level = wanted.level.max(registration.level);
    let mut attempt = Attempt::begin(&mut chance, now, provider, discovered, wanted.return_to.clone());
    attempt.acr_values = level.map(|level| level.name().to_owned());
    attempt.subject = subject;
    let Some(set) = flow::begin(&config.ring, config.cookies, &cookies, &attempt, &mut chance) else {
        return end(config, language, &UNPREPARED, &wanted, false);
    };
    let acr = attempt.acr_values.as_deref().map(|word| ("acr_values", word));
    let extra = registration.authorization.iter().map(|(name, value)| (*name, value.as_str()));
    let extra: Vec<(&str, &str)> = extra.chain(acr).collect();
    let url = authorization::url(provider, &registration.client, &attempt, &extra);
    let mut reply = Reply::respond(with_cookies(redirect(&url), set));
    let raised = attempt.subject.is_some();
    let event = if raised {
        Event::new(Severity::Info, "login.step_up", "a browser was sent to the provider for a higher level")
    } else {
        Event::new(Severity::Info, "login.started", "a browser was sent to the provider")
    };
    reply.events.push(event);
    reply
}

/// A login that cannot start.
pub(super) fn failed(config: &Config, starting: &Starting, failure: &Failure) -> Reply {
    end(config, starting.language, failure, &starting.wanted, false)
}

/// The page and the log line of a login that failed. `stays`: somebody is logged in and stays so.
pub(super) fn end(
    config: &Config,
    language: Language,
    failure: &Failure,
    wanted: &Wanted,
    stays: bool,
) -> Reply {
    let mut reply = Reply::respond(error_page::failure(config, language, failure, wanted, stays));
    reply.events.push(Event::failed(failure));
    reply
}
