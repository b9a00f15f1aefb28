//! What a visitor is told under a name that no service of the deployment has: nothing of any of them.

use crate::config::Learnt;
use crate::html::{ToHtml, fill};
use crate::web::page::private;
use crate::web::{Event, Language, Reply, Severity};
use crate::wire::{Request, Response};

/// The answer to any request under such a name (RFC 9110 §15.5.20).
pub(super) fn reply(request: &Request) -> Reply {
    let language = Language::of(request);
    let title = language.pick("Aucun site à ce nom", "No site under this name");
    let text = language.pick(
        "Aucun service n’est ouvert à cette adresse. Vérifiez le nom du site.",
        "No service is open at this address. Check the name of the site.",
    );
    let values: [&dyn ToHtml; 4] = [&language.tag(), &title, &title, &text];
    let html = fill(
        "<!doctype html>\n<html lang=\"{}\">\n<meta charset=\"utf-8\">\n<title>{}</title>\n<h1>{}</h1>\n<p>{}</p>\n\
         </html>\n",
        &values,
    );
    let response = private(Response::with_body(421, "text/html; charset=utf-8", html.into_bytes()))
        .header("content-security-policy", "default-src 'none'; frame-ancestors 'none'");
    let event = Event::new(
        Severity::Warning,
        "services.nowhere",
        "a visitor came under a name that no service has: a scanner, or a service that is missing in FC_SERVICES",
    );
    Reply { events: vec![event], ..Reply::respond(response) }
}

/// The line about what came of asking the store for the services.
pub(super) fn event(learnt: Learnt) -> Event {
    let (level, code, message) = match learnt {
        Learnt::Newer => {
            (Severity::Info, "services.loaded", "another document of services holds from now on")
        }
        Learnt::Older => (
            Severity::Warning,
            "services.older",
            "the store holds an older document of services than the one in use, which stays",
        ),
        Learnt::Refused => (
            Severity::Error,
            "services.floor",
            "the store holds an older document of services than FC_SERVICES=store:VERSION allows, which is not taken",
        ),
        Learnt::Absent => (
            Severity::Error,
            "services.absent",
            "the store has no entry services; what was known before stays in use",
        ),
        Learnt::Unreadable => (
            Severity::Error,
            "services.unreadable",
            "the entry services does not open with FC_SESSION_KEYS or is no document; what was known before stays in use",
        ),
        Learnt::Down => (
            Severity::Error,
            "services.store",
            "the store gave no answer about the services; what was known before stays in use",
        ),
    };
    Event::new(level, code, message)
}
