//! What everybody is told while the configuration has faults: which variables to mend, and no value of any.

use crate::config::Faults;
use crate::html::{Html, ToHtml, fill};
use crate::web::page::private;
use crate::web::{Event, Language, Reply, Severity};
use crate::wire::{Request, Response};

/// The answer to any request.
pub(super) fn reply(faults: &Faults, request: &Request) -> Reply {
    let language = Language::of(request);
    let items: Html = faults
        .iter()
        .map(|fault| {
            fill("<li><code>{}</code> {}</li>\n", &[&fault.variable, language.pick(&fault.fr, &fault.en)])
        })
        .collect();
    let title = language.pick("Ce site n’est pas encore configuré", "This site is not configured yet");
    let text = language.pick(
        "Voici, d’un coup, tout ce qui reste à régler :",
        "Here is, all at once, everything that is left to set:",
    );
    let hint = language.pick(
        "« cargo run -- check » le dit avant le déploiement.",
        "“cargo run -- check” says so before a deployment.",
    );
    let values: [&dyn ToHtml; 6] = [&language.tag(), &title, &title, &text, &items, &hint];
    let html = fill(
        "<!doctype html>\n<html lang=\"{}\">\n<meta charset=\"utf-8\">\n<title>{}</title>\n<h1>{}</h1>\n<p>{}</p>\n\
         <ul>\n{}</ul>\n<p>{}</p>\n</html>\n",
        &values,
    );
    let response = private(Response::with_body(503, "text/html; charset=utf-8", html.into_bytes()))
        .header("content-security-policy", "default-src 'none'; frame-ancestors 'none'")
        .header("retry-after", "60");
    let event = Event::new(
        Severity::Error,
        "config.faults",
        "the configuration has faults; `check` and every page list them",
    );
    Reply { events: vec![event], ..Reply::respond(response) }
}
