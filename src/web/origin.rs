//! What passes the gate to the origin, and what is said when the origin does not answer.

use crate::config::{Config, Origin};
use crate::site::{Access, Forward, Passage};
use crate::web::origin_identity::{self, Identified};
use crate::web::{Content, Event, Language, Reply, RequestId, Severity, browser, error_page, operator};
use crate::wire::{Request, Response};

/// Lets the request pass, with who is here if the path asks: their session can last `lasts` seconds more.
pub(super) fn forward(
    config: &Config,
    origin: &Origin,
    request: Request,
    access: Access,
    lasts: Option<i64>,
    identified: Identified,
) -> Reply {
    let mut strip = origin_identity::reserved(config);
    // A browser sends the operator's password again wherever this site asks for one, and the origin could.
    if config.operator.as_ref().is_some_and(|key| operator::presents(&request, key)) {
        strip.push("authorization".to_owned());
    }
    let passage = Passage {
        upstream: origin.upstream.clone(),
        public_origin: config.public_url.origin().to_owned(),
        private: access != Access::Public,
        add: identified.headers,
        strip,
        cookies: identified.cookies,
        renewal: identified.renewal,
        lasts,
        hsts: config.hsts.clone(),
    };
    let forward = Forward::new(request, passage);
    // Browsers send cookies with a WebSocket that any site opens, and let it read the answers (RFC 6455 §10.2).
    if lasts.is_some()
        && forward.is_websocket()
        && !browser::from_this_site(forward.request(), &config.public_url)
    {
        return foreign_socket(config, forward.request());
    }
    Reply::of(Content::Forward(Box::new(forward)))
}

fn foreign_socket(config: &Config, request: &Request) -> Reply {
    let language = Language::of(request);
    let title = language.pick("Connexion refusée", "Connection refused");
    let text = language.pick(
        "Une page d’un autre site ne peut pas ouvrir cette connexion.",
        "A page of another site cannot open this connection.",
    );
    let mut reply = Reply::respond(error_page::notice(config, language, 403, title, text));
    reply.events.push(Event::new(
        Severity::Warning,
        "origin.foreign_socket",
        "a WebSocket was asked for by another site",
    ));
    reply
}

/// Why there is no answer of the origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OriginFault {
    /// Nobody there, or nobody who speaks HTTP.
    Unreachable,
    /// No head of an answer in time.
    Timeout,
    /// This platform opens no WebSocket, or has no such binding.
    Unsupported,
}

/// The page and the log line when the origin has not answered. Sessions are untouched.
pub fn origin_failed(config: &Config, forward: &Forward, visit: RequestId, fault: OriginFault) -> Reply {
    let language = Language::of(forward.request());
    let (status, event) = match fault {
        OriginFault::Unreachable => {
            (502, Event::new(Severity::Error, "origin.unreachable", "FC_ORIGIN cannot be reached"))
        }
        OriginFault::Timeout => {
            (504, Event::new(Severity::Error, "origin.timeout", "FC_ORIGIN did not answer in time"))
        }
        OriginFault::Unsupported => (
            501,
            Event::new(Severity::Error, "origin.unsupported", "this platform has no such way to FC_ORIGIN"),
        ),
    };
    let title = language.pick("Le service ne répond pas", "The service does not answer");
    let text = match fault {
        OriginFault::Unsupported => language.pick(
            "Cette demande ne peut pas être transmise ici. Les responsables du site en sont avertis.",
            "This request cannot be passed on here. The operators of the site have been told.",
        ),
        OriginFault::Unreachable | OriginFault::Timeout => language.pick(
            "Le service est momentanément indisponible. Vous restez connecté : réessayez dans quelques instants.",
            "The service is unavailable for the moment. You stay logged in: please try again shortly.",
        ),
    };
    let mut reply = Reply::respond(soon(error_page::notice(config, language, status, title, text), fault));
    reply.events.push(event);
    reply.name(visit, config.public_url.authority());
    reply
}

fn soon(response: Response, fault: OriginFault) -> Response {
    if fault == OriginFault::Unsupported { response } else { response.header("retry-after", "10") }
}
