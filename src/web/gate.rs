//! The gate: which file a request may have, and what happens to those who must log in first.

use crate::config::Config;
use crate::franceconnect::Level;
use crate::session::current::Presence;
use crate::site::{Demand, ReturnPath, SiteFile, SitePath};
use crate::web::login::Wanted;
use crate::web::page::{private, redirect};
use crate::web::presence::{self, Asked, Errand};
use crate::web::{Content, Event, Language, Reply, RequestId, Severity, Step, browser, error_page};
use crate::wire::{Request, Response};

/// Answers a request for the site.
pub(super) fn serve(config: &Config, asked: Asked) -> Step {
    let (request, language) = (&asked.request, Language::of(&asked.request));
    if !request.method.is_read() {
        let title = language.pick("Méthode refusée", "Method not allowed");
        let text = language.pick("Cette page ne se lit qu’avec GET.", "This page can be read with GET only.");
        let response = error_page::notice(config, language, 405, title, text).header("allow", "GET, HEAD");
        return Step::reply(Reply::respond(response));
    }
    let Ok(path) = SitePath::parse(&request.path) else {
        let title = language.pick("Adresse refusée", "Address refused");
        let text = language.pick("Cette adresse est mal formée.", "This address is malformed.");
        return Step::reply(Reply::respond(error_page::notice(config, language, 400, title, text)));
    };
    let Some(Demand(level)) = config.demand(&path) else {
        return Step::reply(Reply::file(SiteFile::new(asked.request, path, false, Vec::new())));
    };
    presence::find(config, asked, Errand::Site(path, level))
}

/// Answers a request for a protected file, now that it is known who asks.
pub(super) fn admit(
    config: &Config,
    asked: Asked,
    presence: Presence,
    path: SitePath,
    level: Option<Level>,
) -> Reply {
    let Asked { request, now, mut chance, .. } = asked;
    match presence {
        Presence::Somebody(session) if session.level < level => {
            Reply::respond(challenge(config, &request, level, true))
        }
        Presence::Somebody(session) => {
            let renewal = session.renewal(&config.ring, config.cookies, config.lifetime, now, &mut chance);
            Reply::file(SiteFile::new(request, path, true, renewal.into_iter().collect()))
        }
        Presence::Nobody => Reply::respond(challenge(config, &request, level, false)),
        Presence::Ambiguous => ambiguous(config, Language::of(&request)),
    }
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
    fn of(content: Content) -> Self {
        let (request, service) = (RequestId::default(), String::new());
        Self { content, save: Vec::new(), events: Vec::new(), known: None, request, service }
    }
}
