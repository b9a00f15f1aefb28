//! Logout: here first, then at the provider, then back to a page of the site (RP-Initiated Logout 1.0).

use crate::config::Config;
use crate::html::{Html, fill};
use crate::oidc::{Provider, end_session};
use crate::secret::{Chance, Secret};
use crate::session::current::{Opened, Presence};
use crate::session::logout::{self, Next};
use crate::session::{Before, Save, StoreAnswer, revocation};
use crate::site::SitePath;
use crate::time::Timestamp;
use crate::web::page::{form_page, redirect};
use crate::web::presence::{self, Asked, Errand};
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

/// Waits for the store to have what ends a person's sessions everywhere.
#[derive(Debug)]
pub(super) struct StoreRevocation {
    asked: Asked,
    opened: Opened,
    /// What is still to be written.
    rest: Vec<Save>,
    /// All of it, for what this isolate knows.
    all: Vec<Save>,
}

/// `/logout` and `/logout/everywhere`: asks first on GET, does it on a POST from a page of this site.
pub(super) fn start(config: &Config, asked: Asked, everywhere: bool) -> Step {
    let request = &asked.request;
    if request.method != Method::Post || !browser::from_this_site(request, &config.public_url) {
        let response = confirm(config, Language::of(request), request.method, everywhere);
        return Step::reply(Reply::respond(response));
    }
    presence::find(config, asked, Errand::Logout { everywhere })
}

/// Ends the session, or all of this person, now that it is known who is here.
pub(super) fn end(config: &Config, asked: Asked, presence: Presence, everywhere: bool) -> Step {
    match presence {
        Presence::Somebody(opened) if everywhere => {
            let all = opened.persons().flat_map(|person| revocation::revoke(&config.ring, person, asked.now));
            let all: Vec<Save> = all.collect();
            StoreRevocation { asked, opened, rest: all.clone(), all }.next(config)
        }
        Presence::Somebody(opened) => end_here(config, asked, &opened),
        Presence::Nobody | Presence::Ambiguous => {
            Step::reply(nobody(config, Language::of(&asked.request), forget(config, &asked.request)))
        }
    }
}

impl StoreRevocation {
    /// One after the other, and no word of success before the last.
    fn next(mut self, config: &Config) -> Step {
        if let Some(save) = self.rest.pop() {
            return Step::store(save, self);
        }
        let mut carried = Reply::carried();
        self.asked.known = self.asked.known.revoking(&config.ring, &self.all);
        let meaning = "a citizen ended their sessions in every browser";
        carried.events.push(Event::new(Severity::Info, "logout.everywhere", meaning));
        end_here(config, self.asked, &self.opened).carrying(carried)
    }

    pub(super) fn resume(mut self, config: &Config, answer: &StoreAnswer) -> Step {
        self.asked.now = answer.now;
        match answer.result {
            Ok(()) => self.next(config),
            Err(_) => Step::reply(not_everywhere(config, Language::of(&self.asked.request))),
        }
    }
}

/// Nothing was done: who believes that their other sessions are over must be able to.
fn not_everywhere(config: &Config, language: Language) -> Reply {
    let title = language.pick("Vos sessions sont toujours ouvertes", "Your sessions are still open");
    let text = language.pick(
        "La fermeture de vos autres sessions n’a pas pu être enregistrée. Réessayez dans un instant ; pour quitter \
         seulement ce navigateur, choisissez « Se déconnecter » dans votre profil.",
        "The end of your other sessions could not be recorded. Try again in a moment; to leave this browser only, \
         choose “Log out” in your profile.",
    );
    let response = error_page::notice(config, language, 503, title, text).header("retry-after", "10");
    let mut reply = Reply::respond(response);
    reply.events.push(Event::new(
        Severity::Error,
        "logout.not_everywhere",
        "a logout everywhere could not be recorded: the store failed, or there is none",
    ));
    reply
}

/// Ends this session: in the browser, in the store, and for copies of its cookie.
fn end_here(config: &Config, asked: Asked, opened: &Opened) -> Step {
    let Asked { request, now, chance, known } = asked;
    let language = Language::of(&request);
    let mut carried = Reply::carried();
    let this = revocation::revoke(&config.ring, opened.this(), now);
    carried.known = Some(known.revoking(&config.ring, &this));
    carried.save = this;
    carried.save.extend(opened.entry().map(Save::Delete));
    let clear = forget(config, &request);
    let Some(session) = opened.session(&config.ring, now) else {
        return Step::reply(nobody(config, language, clear)).carrying(carried);
    };
    let own = (session.citizen.issuer.clone(), session.id_token());
    // The other provider first, if it still remembers: one that does not may show an error page and lead nowhere,
    // and the one of the session, which is asked in any case, may have forgotten sooner.
    let mut legs = vec![own];
    if let Some(before) = session.before().filter(|before| remembers(config, before, now)) {
        legs.push((before.issuer.clone(), Secret::new(&*before.id_token)));
    }
    let Some((issuer, id_token)) = legs.pop() else {
        return Step::reply(nobody(config, language, clear)).carrying(carried);
    };
    let then = legs.pop();
    let leaving = Leaving { now, chance, language, issuer, id_token, then, response_cookies: clear };
    provider::find(config, Purpose::Logout(Box::new(leaving))).carrying(carried)
}

/// What is over need not stay in the browser: the session, and an assertion, which opens beside it only.
fn forget(config: &Config, request: &Request) -> Vec<String> {
    let cookies = request.header(Header::Cookie).unwrap_or_default();
    let mut clear = vec![config.cookies.clear(&config.cookies.session())];
    if !matches!(cookie::find(cookies, &config.cookies.assertion()), Found::Nothing) {
        clear.push(config.cookies.clear(&config.cookies.assertion()));
    }
    clear
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
pub(super) fn finish(config: &Config, asked: Asked) -> Step {
    let (request, now) = (&asked.request, asked.now);
    let cookies = request.header(Header::Cookie).unwrap_or_default();
    let query = Params::parse(&request.query).unwrap_or_default();
    let language = Language::of(request);
    let state = query.get("state").unwrap_or_default();
    match logout::ends(&config.ring, config.cookies, cookies, state, now) {
        Some(Next::Provider(issuer, id_token)) => {
            let (then, response_cookies, chance) = (None, Vec::new(), asked.chance);
            let leaving = Leaving { now, chance, language, issuer, id_token, then, response_cookies };
            provider::find(config, Purpose::Logout(Box::new(leaving)))
        }
        Some(Next::Nothing) => {
            let clear = vec![config.cookies.clear(&config.cookies.logout())];
            let mut reply = Reply::respond(with_cookies(landing(config, language), clear));
            reply.events.push(Event::new(
                Severity::Info,
                "logout.finished",
                "back from the provider's logout",
            ));
            Step::reply(reply)
        }
        None => presence::find(config, asked, Errand::LogoutCallback),
    }
}

/// A return that this browser did not begin.
pub(super) fn unexpected(config: &Config, request: &Request, presence: &Presence) -> Reply {
    let language = Language::of(request);
    let here = matches!(presence, Presence::Somebody(_));
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
    reply
}

fn confirm(config: &Config, language: Language, method: Method, everywhere: bool) -> Response {
    let (title, path, text, button) = if everywhere {
        (
            language.pick("Se déconnecter partout ?", "Log out everywhere?"),
            "/everywhere",
            language.pick(
                "Vos sessions sur ce site prendront fin dans tous vos navigateurs et appareils, et celle de FranceConnect \
                 dans celui-ci.",
                "Your sessions on this site will end in all your browsers and devices, and the one at FranceConnect in \
                 this one.",
            ),
            language.pick("Se déconnecter partout", "Log out everywhere"),
        )
    } else {
        (
            language.pick("Se déconnecter ?", "Log out?"),
            "",
            language.pick(
                "Votre session ici et celle de FranceConnect prendront fin.",
                "Your session here and the one at FranceConnect will end.",
            ),
            language.pick("Se déconnecter", "Log out"),
        )
    };
    let main: Html = fill(
        "<h1>{}</h1>\n<p>{}</p>\n<form action=\"{}/logout{}\" method=\"post\">\
         <button class=\"fce-action\" type=\"submit\">{}</button></form>",
        &[&title, &text, &config.prefix, &path, &button],
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
