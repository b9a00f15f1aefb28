//! `/operator`: what those who run a service may see of it, behind HTTP Basic (RFC 7617) with a key of their own. The
//! providers are asked one after the other, then the host how often it saw each event.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::config::{Config, Registration, Source};
use crate::oidc::{Failure, FetchAnswer, Provider, discovery, jwks};
use crate::secret::{Secret, same};
use crate::time::Timestamp;
use crate::web::presence::Asked;
use crate::web::{
    Counted, Event, Language, Reply, Severity, Step, error_page, nothing, operator_page, operator_revoke,
};
use crate::wire::{Header, Method, Request};

/// What is being found out.
#[derive(Debug)]
pub(super) struct Visit {
    pub(super) language: Language,
    pub(super) now: Timestamp,
    /// What was asked so far.
    pub(super) found: Vec<Found>,
}

/// What came of one call.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) product: &'static str,
    pub(super) what: What,
    pub(super) failure: Option<Failure>,
    /// Milliseconds, if the host tells.
    pub(super) took: Option<u32>,
    /// Seconds by which the provider's clock is ahead of ours.
    pub(super) ahead: Option<i64>,
}

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Discovery,
    Keys,
}

/// Waits for a provider's answer: of the registration at this place.
#[derive(Debug)]
pub(super) struct AwaitAnswer(Visit, usize, What);

/// Waits for what the instance has counted.
#[derive(Debug)]
pub(super) struct AwaitCounts(Visit);

/// Judges the key, then begins to ask.
pub(super) fn start(config: &Config, asked: Asked) -> Step {
    let request = &asked.request;
    let Some(key) = &config.operator else { return Step::reply(nothing(config, request)) };
    let language = Language::of(request);
    if !presents(request, key) {
        return Step::reply(refused(config, language, request.header(Header::Authorization).is_some()));
    }
    if request.method == Method::Post {
        return operator_revoke::start(config, asked);
    }
    ask(config, Visit { language, now: asked.now, found: Vec::new() }, 0)
}

/// Whether the password of the request is the key, in a time that says nothing; the user's name is anybody's.
pub(super) fn presents(request: &Request, key: &Secret) -> bool {
    let given = request.header(Header::Authorization).and_then(|given| given.split_once(' '));
    let Some((_, coded)) = given.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic")) else {
        return false;
    };
    let pair =
        STANDARD.decode(coded.trim()).ok().and_then(|pair| String::from_utf8(pair).ok()).map(Secret::new);
    pair.is_some_and(|pair| pair.expose().split_once(':').is_some_and(|(_, word)| same(word, key.expose())))
}

fn refused(config: &Config, language: Language, tried: bool) -> Reply {
    let title = language.pick("Page réservée", "Reserved page");
    let text = language.pick(
        "Le mot de passe est la clé FC_OPERATOR_KEY ; le nom d’utilisateur est libre.",
        "The password is the key FC_OPERATOR_KEY; the user name is up to you.",
    );
    let response = error_page::notice(config, language, 401, title, text)
        .header("www-authenticate", "Basic realm=\"operator\", charset=\"UTF-8\"");
    let mut reply = Reply::respond(response);
    if tried {
        let meaning = "somebody who does not have FC_OPERATOR_KEY asked for the operator's page";
        reply.events.push(Event::new(Severity::Warning, "operator.refused", meaning));
    }
    reply
}

/// Asks the registration at `place`, or the host when all were asked.
fn ask(config: &Config, visit: Visit, place: usize) -> Step {
    match config.registrations().nth(place).map(|registration| &registration.source) {
        Some(Source::BuiltIn(provider)) => keys(visit, place, provider),
        Some(Source::Discovery { issuer, .. }) => {
            Step::fetch(discovery::request(issuer), AwaitAnswer(visit, place, What::Discovery))
        }
        None => Step::Recall(AwaitCounts(visit).into()),
    }
}

fn keys(visit: Visit, place: usize, provider: &Provider) -> Step {
    Step::fetch(jwks::request(provider), AwaitAnswer(visit, place, What::Keys))
}

impl AwaitAnswer {
    pub(super) fn resume(self, config: &Config, answer: FetchAnswer) -> Step {
        let Self(mut visit, place, what) = self;
        let Some(registration) = config.registrations().nth(place) else { return ask(config, visit, place) };
        let fetched = answer.result.as_ref().ok();
        let (took, date) =
            (fetched.and_then(|fetched| fetched.took), fetched.and_then(|fetched| fetched.date));
        let ahead = date.map(|date| date.since(answer.now));
        let (failure, provider) = match what {
            What::Keys => (jwks::judge(answer).err(), None),
            What::Discovery => match discovered(registration, answer) {
                Ok(provider) => (None, Some(provider)),
                Err(failure) => (Some(failure), None),
            },
        };
        visit.found.push(Found { product: registration.product().name(), what, failure, took, ahead });
        match provider {
            Some(provider) => keys(visit, place, &provider),
            None => ask(config, visit, place + 1),
        }
    }
}

fn discovered(registration: &Registration, answer: FetchAnswer) -> Result<Provider, Failure> {
    let allowed: &[String] = match &registration.source {
        Source::Discovery { allowed_origins, .. } => allowed_origins,
        Source::BuiltIn(_) => &[],
    };
    discovery::judge(answer, registration.issuer(), allowed, &registration.client)
}

impl AwaitCounts {
    pub(super) fn resume(self, config: &Config, counts: &[Counted]) -> Step {
        Step::reply(Reply::respond(operator_page::show(config, &self.0, counts)))
    }
}
