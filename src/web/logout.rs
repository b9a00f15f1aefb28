//! Logout: here first, then at the provider, then back to a page of the site (RP-Initiated Logout 1.0).

use crate::config::Config;
use crate::html::{Html, fill};
use crate::oidc::{Provider, end_session};
use crate::secret::{Chance, Secret};
use crate::session::Before;
use crate::session::current::{self, Presence};
use crate::session::logout::{self, Next};
use crate::site::SitePath;
use crate::time::Timestamp;
use crate::web::page::{form_page, redirect};
use crate::web::provider::{self, Purpose};
use crate::web::{Event, Language, Reply, Severity, Step, browser, error_page};
use crate::wire::cookie::{self, Found};
use crate::wire::params::Params;
use crate::wire::{Header, Method, Request, Response};

/// A logout that needs the provider's address before it can go on; the local session is over already.
#[derive(Debug)]
pub(super) struct Leaving {
    pub(super) now: Timestamp,
    pub(super) chance: Chance,
    /// The provider that is to end its session.
    pub(super) issuer: String,
    language: Language,
    id_token: Secret,
    /// The provider and the ID Token of a logout that follows this one.
    then: Option<(String, Secret)>,
    response_cookies: Vec<String>,
}

/// `/logout`: asks first on GET, does it on a POST from a page of this site.
pub(super) fn start(config: &Config, request: &Request, now: Timestamp, chance: Chance) -> Step {
    let language = Language::of(request);
    if request.method != Method::Post || !browser::from_this_site(request, &config.public_url) {
        return Step::reply(Reply::respond(confirm(config, language, request.method)));
    }
    let cookies = request.header(Header::Cookie).unwrap_or_default();
    let mut clear = vec![config.cookies.clear(&config.cookies.session())];
    // It opens beside its session only; what is over need not stay in the browser.
    if !matches!(cookie::find(cookies, &config.cookies.assertion()), Found::Nothing) {
        clear.push(config.cookies.clear(&config.cookies.assertion()));
    }
    let session = match current::find(&config.ring, config.cookies, config.lifetime, cookies, now) {
        Presence::Somebody(opened) => opened.session(&config.ring, now),
        Presence::Nobody | Presence::Ambiguous => None,
    };
    let Some(session) = session else { return Step::reply(nobody(config, language, clear)) };
    let own = (session.citizen.issuer.clone(), session.id_token());
    // The other provider first, if it still remembers: one that does not may show an error page and lead nowhere,
    // and the one of the session, which is asked in any case, may have forgotten sooner.
    let mut legs = vec![own];
    if let Some(before) = session.before().filter(|before| remembers(config, before, now)) {
        legs.push((before.issuer.clone(), Secret::new(&*before.id_token)));
    }
    let Some((issuer, id_token)) = legs.pop() else { return Step::reply(nobody(config, language, clear)) };
    let then = legs.pop();
    let leaving = Leaving { now, chance, language, issuer, id_token, then, response_cookies: clear };
    provider::find(config, Purpose::Logout(Box::new(leaving)))
}

/// Nobody is here, and whatever cookie there was goes.
fn nobody(config: &Config, language: Language, clear: Vec<String>) -> Reply {
    let mut reply = Reply::respond(with_cookies(landing(config, language), clear));
    reply.events.push(Event::new(Severity::Info, "logout.nobody", "a logout without a session"));
    reply
}

/// Whether the provider of an earlier login still knows the citizen.
fn remembers(config: &Config, before: &Before, now: Timestamp) -> bool {
    config
        .registration(&before.issuer)
        .is_some_and(|registration| now.since(before.at) < registration.product().remembers())
}

/// Goes on to the provider; without one that knows logout, straight to the site's page.
pub(super) fn leave(
    config: &Config,
    mut leaving: Leaving,
    provider: Option<&Provider>,
    now: Timestamp,
) -> Reply {
    let then = leaving.then.as_ref().map(|(issuer, id_token)| (issuer.as_str(), id_token.expose()));
    let begun = logout::begin(&config.ring, config.cookies, then, now, &mut leaving.chance);
    let client = config.registration(&leaving.issuer).map(|registration| &registration.client);
    let target = provider.zip(client).zip(begun).and_then(|((provider, client), (state, cookie))| {
        end_session::url(provider, client, &leaving.id_token, &state).map(|url| (url, cookie))
    });
    let (response, event) = match target {
        Some((url, cookie)) => {
            leaving.response_cookies.push(cookie);
            let event = Event::new(
                Severity::Info,
                "logout.started",
                "the session here is over; the provider's follows",
            );
            (redirect(url.expose()), event)
        }
        None => {
            leaving.response_cookies.push(config.cookies.clear(&config.cookies.logout()));
            let event = Event::new(
                Severity::Warning,
                "logout.local_only",
                "the session here is over; the provider's could not be ended: it offers no logout, or is unreachable",
            );
            (landing(config, leaving.language), event)
        }
    };
    let mut reply = Reply::respond(with_cookies(response, leaving.response_cookies));
    reply.events.push(event);
    reply
}

/// `/logout/callback`: back from the provider, on to the other one if a citizen used both. Without our `state`
/// nothing is done and nothing is believed.
pub(super) fn finish(config: &Config, request: &Request, now: Timestamp, chance: Chance) -> Step {
    let cookies = request.header(Header::Cookie).unwrap_or_default();
    let query = Params::parse(&request.query).unwrap_or_default();
    let language = Language::of(request);
    let state = query.get("state").unwrap_or_default();
    match logout::ends(&config.ring, config.cookies, cookies, state, now) {
        Some(Next::Provider(issuer, id_token)) => {
            let (then, response_cookies) = (None, Vec::new());
            let leaving = Leaving { now, chance, language, issuer, id_token, then, response_cookies };
            return provider::find(config, Purpose::Logout(Box::new(leaving)));
        }
        Some(Next::Nothing) => {
            let clear = vec![config.cookies.clear(&config.cookies.logout())];
            let mut reply = Reply::respond(with_cookies(landing(config, language), clear));
            reply.events.push(Event::new(
                Severity::Info,
                "logout.finished",
                "back from the provider's logout",
            ));
            return Step::reply(reply);
        }
        None => {}
    }
    let here = matches!(
        current::find(&config.ring, config.cookies, config.lifetime, cookies, now),
        Presence::Somebody(_)
    );
    let (title, text) = if here {
        (
            language.pick("Vous êtes toujours connecté", "You are still logged in"),
            language.pick("Aucune déconnexion n’était en cours ici.", "No logout was under way here."),
        )
    } else {
        (
            language.pick("Vous êtes déconnecté", "You are logged out"),
            language.pick("Aucune session n’est ouverte sur ce site.", "No session is open on this site."),
        )
    };
    let mut reply = Reply::respond(error_page::notice(config, language, 200, title, text));
    reply.events.push(Event::new(
        Severity::Warning,
        "logout.state",
        "a return from logout that this browser did not begin",
    ));
    Step::reply(reply)
}

fn confirm(config: &Config, language: Language, method: Method) -> Response {
    let title = language.pick("Se déconnecter ?", "Log out?");
    let main: Html = fill(
        "<h1>{}</h1>\n<p>{}</p>\n<form action=\"{}/logout\" method=\"post\">\
         <button class=\"fce-action\" type=\"submit\">{}</button></form>",
        &[
            &title,
            &language.pick(
                "Votre session ici et celle de FranceConnect prendront fin.",
                "Your session here and the one at FranceConnect will end.",
            ),
            &config.prefix,
            &language.pick("Se déconnecter", "Log out"),
        ],
    );
    // A POST that another site sent is refused, and answered by the question.
    let status = if method.is_read() { 200 } else { 403 };
    form_page(config, language, status, title, &main)
}

/// Where a logout lands: the site's page, or one of ours if that needs a login again.
fn landing(config: &Config, language: Language) -> Response {
    let page = config.logout_page.as_str().split('?').next().unwrap_or_default();
    if SitePath::parse(page).is_ok_and(|page| config.demand(&page).is_none()) {
        return redirect(config.logout_page.as_str());
    }
    let title = language.pick("Vous êtes déconnecté", "You are logged out");
    let text = language.pick("À bientôt.", "See you soon.");
    error_page::notice(config, language, 200, title, text)
}

pub(super) fn with_cookies(response: Response, cookies: Vec<String>) -> Response {
    cookies.into_iter().fold(response, |response, cookie| response.header("set-cookie", cookie))
}
