//! The gate: whether a request may have a file or reach the origin, and what happens to those who must log in first.

use crate::config::{Config, Origin};
use crate::franceconnect::Level;
use crate::session::current::{Opened, Presence};
use crate::site::{Access, Demand, Forward, ReturnPath, SiteFile, SitePath};
use crate::time::Timestamp;
use crate::web::login::Wanted;
use crate::web::origin_identity::{self, Identified};
use crate::web::page::{private, redirect};
use crate::web::presence::{self, Asked, Errand};
use crate::web::{
    Content, Event, Language, Reply, RequestId, Severity, Step, browser, error_page, origin, unsent,
};
use crate::wire::{Header, Method, Request, Response};

/// Seconds within which an answer counts as prompt.
const PROMPT: i64 = 2;

/// Answers a request for the site.
pub(super) fn serve(config: &Config, asked: Asked) -> Step {
    let (request, language) = (&asked.request, Language::of(&asked.request));
    let Ok(path) = SitePath::parse(&request.path) else { return Step::reply(malformed(config, language)) };
    if let Some(reply) = unfit(config, language, request, config.origin_for(&path)) {
        return Step::reply(reply);
    }
    match config.access(&path) {
        // Whoever asks: no session is looked for.
        Access::Public => Step::reply(admit(config, asked, Presence::Nobody, path, Access::Public)),
        access => presence::find(config, asked, Errand::Site(path, access)),
    }
}

/// Answers it, now that it is known who asks.
pub(super) fn admit(
    config: &Config,
    asked: Asked,
    presence: Presence,
    path: SitePath,
    access: Access,
) -> Reply {
    let Asked { request, now, mut chance, .. } = asked;
    let mut visitor = match (access, presence) {
        (Access::Public, _) | (Access::Optional, Presence::Nobody | Presence::Ambiguous) => None,
        // Below what the service asks of everybody since, nobody is here: as on the profile page.
        (Access::Optional, Presence::Somebody(session)) if session.level < config.level() => None,
        (Access::Optional, Presence::Somebody(session)) => Some(session),
        (Access::Protected(Demand(level)), Presence::Somebody(session)) if session.level < level => {
            return Reply::respond(challenge(config, &request, level, true));
        }
        (Access::Protected(_), Presence::Somebody(session)) => Some(session),
        (Access::Protected(Demand(level)), Presence::Nobody) => {
            return Reply::respond(challenge(config, &request, level, false));
        }
        (Access::Protected(_), Presence::Ambiguous) => return ambiguous(config, Language::of(&request)),
    };
    let origin = config.origin_for(&path);
    let mut identified = Identified::default();
    if let (Some(_), Some(session)) = (origin, &visitor) {
        let cookies = request.header(Header::Cookie).unwrap_or_default();
        match origin_identity::headers(config, cookies, session, now, &mut chance) {
            Some(told) => identified = told,
            // What cannot be told is nobody's session, as on the profile page: a login makes another one.
            None => match access {
                Access::Protected(Demand(level)) => {
                    return Reply::respond(challenge(config, &request, level, false));
                }
                Access::Optional | Access::Public => visitor = None,
            },
        }
    }
    let renew =
        |session: &Opened| session.renewal(&config.ring, config.cookies, config.lifetime, now, &mut chance);
    let renewal = visitor.as_ref().and_then(renew);
    match origin {
        Some(origin) => {
            let until = |session: &Opened| renewable_until(config, session, now);
            identified.renewal = renewal.zip(visitor.as_ref().map(until));
            let lasts = visitor.map(|session| session.lasts(config.lifetime, now));
            origin::forward(config, origin, request, access, lasts, identified)
        }
        None => {
            let renewal = renewal.into_iter().collect();
            Reply::file(SiteFile::new(request, path, access != Access::Public, renewal, config.hsts.clone()))
        }
    }
}

/// Until when an answer to a request of now may renew its session. Who logs out in another tab while an origin ponders
/// would be in again by a late answer, and after a step-up the older session would take the newer one's place. But who
/// is active must not be thrown out, however slow the origin is: in the second half of its idle life, any answer renews.
fn renewable_until(config: &Config, session: &Opened, now: Timestamp) -> Timestamp {
    let half = config.lifetime.idle / 2;
    if session.expires_in(config.lifetime, now) > half { now.plus(PROMPT) } else { now.plus(half) }
}

/// A request that neither files nor the origin can have, whoever makes it.
fn unfit(config: &Config, language: Language, request: &Request, origin: Option<&Origin>) -> Option<Reply> {
    let title = language.pick("Méthode refusée", "Method not allowed");
    match origin {
        None if !request.method.is_read() => {
            let text =
                language.pick("Cette page ne se lit qu’avec GET.", "This page can be read with GET only.");
            let response =
                error_page::notice(config, language, 405, title, text).header("allow", "GET, HEAD");
            Some(Reply::respond(response))
        }
        Some(_) if request.method == Method::Trace => {
            let text = language.pick("Cette méthode n’est pas transmise.", "This method is not passed on.");
            let response = error_page::notice(config, language, 405, title, text);
            Some(Reply::respond(response.header("allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")))
        }
        Some(_) if !Forward::is_literal(&request.path) => Some(malformed(config, language)),
        _ => None,
    }
}

fn malformed(config: &Config, language: Language) -> Reply {
    let title = language.pick("Adresse refusée", "Address refused");
    let text = language.pick("Cette adresse est mal formée.", "This address is malformed.");
    Reply::respond(error_page::notice(config, language, 400, title, text))
}

/// A navigation goes to the login and comes back; a script gets an answer it can read. `somebody` is here whose
/// session does not have the level (RFC 9470 §3 names the error).
fn challenge(config: &Config, request: &Request, level: Option<Level>, somebody: bool) -> Response {
    // An address too long to come back to is cut to its path; the level is not lost with it.
    let back = [request.target(), request.path.clone()];
    let back = back.iter().find_map(|asked| ReturnPath::parse(asked, &config.prefix));
    let wanted = Wanted { return_to: back.unwrap_or_else(ReturnPath::front).into_string(), level };
    let login = wanted.address(config);
    if browser::navigates(request) {
        return redirect(&login);
    }
    if browser::posts_a_form(request) {
        return unsent::page_for(config, request, level, somebody);
    }
    let body = match level {
        Some(level) if somebody => serde_json::json!({
            "error": "insufficient_user_authentication",
            "acr_values": level.name(),
            "login": login,
        }),
        _ => serde_json::json!({ "error": "login_required", "login": login }),
    };
    private(Response::with_body(401, "application/json", body.to_string()))
}

/// Two session cookies of one name: a redirect to the login would loop, since it cannot remove a cookie
/// set for another path or domain.
pub(super) fn ambiguous(config: &Config, language: Language) -> Reply {
    let title = language.pick("Cookies contradictoires", "Contradictory cookies");
    let text = language.pick(
        "Votre navigateur a présenté deux cookies de session pour ce site, et rien ne dit lequel est le bon. \
         Effacez les cookies de ce site, puis reconnectez-vous.",
        "Your browser sent two session cookies for this site, and nothing tells which one is right. \
         Delete the cookies of this site, then log in again.",
    );
    let mut reply = Reply::respond(error_page::notice(config, language, 400, title, text));
    reply.events.push(Event::new(
        Severity::Warning,
        "session.ambiguous",
        "two session cookies came with one request",
    ));
    reply
}

impl Reply {
    /// An answer of ours, with nothing to keep or log.
    pub(super) fn respond(response: Response) -> Self {
        Self::of(Content::Respond(response))
    }

    fn file(file: SiteFile) -> Self {
        Self::of(Content::File(Box::new(file)))
    }

    /// The name of its visit comes when it leaves this room.
    pub(super) fn of(content: Content) -> Self {
        let (request, service) = (RequestId::default(), String::new());
        Self { content, save: Vec::new(), events: Vec::new(), known: None, request, service }
    }
}
