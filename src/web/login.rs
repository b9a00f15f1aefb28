//! The start of a login: from our route to the provider's authorization endpoint, one flow cookie richer.

use crate::config::Config;
use crate::oidc::{Attempt, Failure, Provider, authorization};
use crate::secret::Chance;
use crate::session::current::{self, Presence};
use crate::session::flow;
use crate::site::ReturnPath;
use crate::time::Timestamp;
use crate::web::logout::with_cookies;
use crate::web::page::redirect;
use crate::web::provider::{self, Purpose};
use crate::web::{Event, Language, Level, Reply, Step, browser, error_page, gate};
use crate::wire::params::{self, Params};
use crate::wire::{Header, Request};

/// A login that needs the provider's address before the browser can be sent there.
#[derive(Debug)]
pub(super) struct Starting {
    pub(super) now: Timestamp,
    pub(super) chance: Chance,
    language: Language,
    cookies: String,
    return_to: ReturnPath,
}

/// Something of ours could not be made; it does not happen with a configuration that was read.
pub(super) const UNPREPARED: Failure =
    Failure::fault("login.unprepared", "the flow cookie could not be sealed");

/// `/login?return_to=`: only `return_to` is read; `state` and the rest are never a stranger's.
pub(super) fn start(config: &Config, request: &Request, now: Timestamp, chance: Chance) -> Step {
    let language = Language::of(request);
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
    let asked = query.get("return_to").and_then(|asked| ReturnPath::parse(asked, &config.prefix));
    let return_to = asked.unwrap_or_else(ReturnPath::front);
    if let Some(reply) = elsewhere(config, request, &query, &return_to) {
        return Step::reply(reply);
    }
    let cookies = request.header(Header::Cookie).unwrap_or_default();
    match current::find(&config.ring, config.cookies, config.lifetime, cookies, now) {
        Presence::Ambiguous => return Step::reply(gate::ambiguous(config, language)),
        Presence::Somebody(opened) if opened.session(&config.ring, now).is_some() => {
            return Step::reply(Reply::respond(redirect(return_to.as_str())));
        }
        Presence::Somebody(_) | Presence::Nobody => {}
    }
    let starting = Starting { now, chance, language, cookies: cookies.to_owned(), return_to };
    provider::find(config, Purpose::Login(Box::new(starting)))
}

/// A login begun under another name of the site (`www`, the platform's own) could not end: the cookie of the
/// flow belongs to that name. One hop to `PUBLIC_URL`, and only one, because a proxy may rewrite `Host`.
fn elsewhere(config: &Config, request: &Request, query: &Params, return_to: &ReturnPath) -> Option<Reply> {
    let host = request.header(Header::Host)?;
    if host.eq_ignore_ascii_case(config.public_url.authority()) || query.get("hop").is_some() {
        return None;
    }
    let (origin, back) = (config.public_url.origin(), params::encode(return_to.as_str()));
    Some(Reply::respond(redirect(&format!("{origin}{}/login?return_to={back}&hop=1", config.prefix))))
}

/// Sends the browser to the provider. `discovered` endpoints are fixed in the attempt for its whole life.
pub(super) fn send(
    config: &Config,
    starting: Starting,
    provider: &Provider,
    discovered: bool,
    now: Timestamp,
) -> Reply {
    let Starting { mut chance, language, cookies, return_to, .. } = starting;
    let fixed = discovered.then(|| provider.clone());
    let attempt = Attempt::begin(&mut chance, now, return_to.as_str().to_owned(), provider.pkce, fixed);
    let Some(set) = flow::begin(&config.ring, config.cookies, &cookies, &attempt, &mut chance) else {
        return end(config, language, &UNPREPARED, return_to.as_str());
    };
    let extra: Vec<(&str, &str)> =
        config.authorization.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let url = authorization::url(provider, &config.client, &attempt, &extra);
    let mut reply = Reply::respond(with_cookies(redirect(&url), set));
    reply.events.push(Event::new(Level::Info, "login.started", "a browser was sent to the provider"));
    reply
}

/// A login that cannot start.
pub(super) fn failed(config: &Config, starting: &Starting, failure: &Failure) -> Reply {
    end(config, starting.language, failure, starting.return_to.as_str())
}

/// The page and the log line of a login that failed.
pub(super) fn end(config: &Config, language: Language, failure: &Failure, return_to: &str) -> Reply {
    let mut reply = Reply::respond(error_page::failure(config, language, failure, return_to));
    reply.events.push(Event::failed(failure));
    reply
}
