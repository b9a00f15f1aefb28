//! Browser request → steps → page: the routes under our prefix, and the gate in front of the site.

mod browser;
mod callback;
mod error_page;
mod event;
mod faults_page;
mod gate;
mod guidance;
mod health;
mod identity;
mod language;
mod login;
mod logout;
mod nowhere;
mod operator;
mod operator_page;
mod operator_revoke;
mod origin;
mod origin_identity;
mod page;
mod presence;
mod profile;
mod provider;
mod published;
mod request_id;
mod route;
mod step;
mod unsent;

pub use event::{Event, Severity};
pub use language::Language;
pub use origin::{OriginFault, origin_failed};
pub use request_id::RequestId;
pub use step::{Content, Counted, Listing, Loading, Recalling, Reply, Step, Storing, Visit, Waiting};

use crate::config::{Config, Faults, Learnt, is_loopback_authority};
use crate::secret::Chance;
use crate::wire::{Header, Method, Request, Response};
use presence::{Asked, Errand};
use route::Route;

/// The first step of a visit.
pub fn begin(config: &Config, visit: Visit) -> Step {
    let Visit { now, entropy, request, known } = visit;
    let mut chance = Chance::new(&entropy);
    let name = RequestId::draw(&mut chance);
    let old = if config.ring.is_old(now) { known.telling() } else { None };
    let mut step = first(config, Asked { request, now, chance, known });
    if old.is_some() {
        let events = vec![Event::KEYS_OLD];
        step = step.carrying(Reply { known: old, events, ..Reply::carried() });
    }
    step.named(name, config)
}

fn first(config: &Config, asked: Asked) -> Step {
    let request = &asked.request;
    if health::asked(config, request) {
        return Step::reply(health::sound());
    }
    if let Some(reply) = canonical(config, request) {
        return Step::reply(reply);
    }
    let route = Route::of(&request.path, &config.prefix);
    if let Some(reply) = refuse_method(config, route, request) {
        return Step::reply(reply);
    }
    match route {
        Route::Login => login::start(config, asked),
        Route::Callback => callback::start(config, asked),
        Route::Logout => logout::start(config, asked, false),
        Route::LogoutEverywhere => logout::start(config, asked, true),
        Route::LogoutCallback => logout::finish(config, asked),
        Route::Profile => presence::find(config, asked, Errand::Profile),
        Route::Session => presence::find(config, asked, Errand::Session),
        Route::Style => Step::reply(Reply::respond(style())),
        Route::Jwks => Step::reply(published::jwks(config, request)),
        Route::Sector => Step::reply(published::sector(config, request)),
        Route::Operator => operator::start(config, asked),
        Route::Health => Step::reply(health::sound()),
        Route::Nothing => Step::reply(nothing(config, request)),
        Route::Site => gate::serve(config, asked),
    }
}

/// Whether the body is ours to read: a form posted to one of our routes. Any other body is the origin's, and a host
/// reads none of it before the gate has decided.
pub fn wants_body(config: &Config, request: &Request) -> bool {
    request.method == Method::Post && Route::of(&request.path, &config.prefix) != Route::Site
}

/// The answer to any request while the configuration has faults.
pub fn misconfigured(faults: &Faults, request: &Request) -> Reply {
    health::faulty(faults, request).unwrap_or_else(|| faults_page::reply(faults, request))
}

/// The answer to any request under a name that no service of the deployment has.
pub fn nowhere(request: &Request) -> Reply {
    nowhere::reply(request)
}

/// The line for the log about the services that a host learnt of from its store.
pub fn learnt(learnt: Learnt) -> (Severity, String) {
    let event = nowhere::event(learnt);
    (event.level, event.line(RequestId::default(), ""))
}

/// The answer when the host itself failed (no entropy, an unreadable request).
pub fn host_failed() -> Response {
    let text = "Une erreur interne est survenue. Réessayez plus tard.\nAn internal error occurred. Please try again later.\n";
    page::private(Response::with_body(500, "text/plain; charset=utf-8", text))
}

/// On this machine a site has several names, and cookies belong to one: the others lead to `PUBLIC_URL`. A
/// foreign name there means a configuration for development on a public host, or a rebound DNS name.
/// For a site that is public the `Host` header decides nothing here: proxies rewrite it.
fn canonical(config: &Config, request: &Request) -> Option<Reply> {
    let host = request.header(Header::Host)?;
    if !config.public_url.is_loopback() || host == config.public_url.authority() {
        return None;
    }
    let target = request.target();
    // Sent back only what cannot be read as another host (`//name`).
    if is_loopback_authority(host) && request.method.is_read() && !target.starts_with("//") {
        let response = Response::new(307)
            .header("location", format!("{}{target}", config.public_url.origin()))
            .header("cache-control", "no-store");
        return Some(Reply::respond(response));
    }
    let language = Language::of(request);
    let title =
        language.pick("Ce site est réglé pour une seule machine", "This site is set up for one machine only");
    let text = language.pick(
        "PUBLIC_URL est une adresse locale : donnez-lui l’adresse publique du site.",
        "PUBLIC_URL is a local address: set it to the public address of the site.",
    );
    let mut reply = Reply::respond(error_page::notice(config, language, 421, title, text));
    reply.events.push(Event::new(
        Severity::Error,
        "config.public_url",
        "PUBLIC_URL is local, the visitor is not",
    ));
    Some(reply)
}

/// Our routes are read with GET; logout is posted; HEAD is for the site and the style.
fn refuse_method(config: &Config, route: Route, request: &Request) -> Option<Reply> {
    let (allowed, allow) = match route {
        Route::Site | Route::Nothing => return None,
        Route::Logout | Route::LogoutEverywhere | Route::Operator => {
            (matches!(request.method, Method::Get | Method::Post), "GET, POST")
        }
        Route::Style | Route::Jwks | Route::Sector | Route::Health => (request.method.is_read(), "GET, HEAD"),
        Route::Login | Route::Callback | Route::LogoutCallback | Route::Profile | Route::Session => {
            (request.method == Method::Get, "GET")
        }
    };
    if allowed {
        return None;
    }
    let language = Language::of(request);
    let title = language.pick("Méthode refusée", "Method not allowed");
    let text =
        language.pick("Cette adresse ne se demande pas ainsi.", "This address is not asked for in this way.");
    Some(Reply::respond(error_page::notice(config, language, 405, title, text).header("allow", allow)))
}

fn style() -> Response {
    Response::with_body(200, "text/css; charset=utf-8", page::STYLE)
        .header("cache-control", "public, max-age=3600")
        .header("x-content-type-options", "nosniff")
}

fn nothing(config: &Config, request: &Request) -> Reply {
    let language = Language::of(request);
    let title = language.pick("Page introuvable", "Page not found");
    let text = language.pick("Rien ne se trouve à cette adresse.", "Nothing is at this address.");
    Reply::respond(error_page::notice(config, language, 404, title, text))
}
