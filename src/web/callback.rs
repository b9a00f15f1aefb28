//! The end of a login: callback, keys, token, ID Token, userinfo, session. One struct per waiting point,
//! holding exactly the proofs obtained so far.

mod welcome;

pub(super) use welcome::StoreSession;

use crate::config::{Config, Registration, Source};
use crate::franceconnect::{Reached, callback_error};
use crate::oidc::callback::{self, Accepted, Callback};
use crate::oidc::id_token::{self, IdToken, Rejected};
use crate::oidc::jwks::{self, CachedKeys};
use crate::oidc::token::{self, Exchange, Tokens};
use crate::oidc::userinfo::{self, UserInfoBody};
use crate::oidc::{Attempt, Call, Failure, FetchAnswer, Provider};
use crate::secret::Chance;
use crate::session::current::{Opened, Presence};
use crate::session::{ANY_AGE, Key, Known, LoadAnswer, Save, flow};
use crate::time::Timestamp;
use crate::web::login::Wanted;
use crate::web::presence::{self, Asked, Errand};
use crate::web::{Content, Event, Language, Reply, Severity, Step, browser, error_page, login};
use crate::wire::Header;
use crate::wire::params::Params;

/// What every waiting point of a callback carries.
#[derive(Debug)]
struct Flow {
    attempt: Attempt,
    /// Somebody is logged in, and stays so if this login ends badly; or this login takes the place of that session.
    older: Option<Opened>,
    language: Language,
    chance: Chance,
    /// What this isolate knows of revocations.
    known: Known,
    save: Vec<Save>,
    events: Vec<Event>,
}

/// Waits for the kept keys: nothing was called yet.
#[derive(Debug)]
pub(super) struct LoadKeys(Flow, Accepted);

/// Waits for the provider's keys, before the code is spent.
#[derive(Debug)]
pub(super) struct AwaitKeys(Flow, Accepted);

/// Waits for the tokens: the code is spent, unless the client's secret was refused and there is a next one.
#[derive(Debug)]
pub(super) struct AwaitTokens {
    flow: Flow,
    keys: CachedKeys,
    next: Option<Call>,
    /// Whether this is the answer to the next secret, the first having been refused.
    refused: bool,
}

/// Waits for fresher keys, because a token named one that we do not have.
#[derive(Debug)]
pub(super) struct AwaitFresherKeys(Flow, CachedKeys, Unverified);

/// Waits for userinfo: the ID Token was accepted and its level reached.
#[derive(Debug)]
pub(super) struct AwaitUserInfo(Flow, CachedKeys, Person);

/// The document that a refetch of keys is for.
#[derive(Debug)]
enum Unverified {
    IdToken(Tokens),
    UserInfo(UserInfoBody, Person),
}

/// Who logged in, before we know more of them.
#[derive(Debug)]
struct Person {
    id_token: IdToken,
    reached: Reached,
}

const MALFORMED: Failure =
    Failure::refusal("callback.malformed", "a parameter is repeated, oversized or badly encoded");
const NO_FLOW: Failure = Failure::refusal(
    "callback.no_login",
    "no login of this browser has this state: over, replayed, expired, begun elsewhere, or a refreshed page",
);

/// `/callback`: a code is spent by a person's browser, not by a guess of what it will load.
pub(super) fn start(config: &Config, asked: Asked) -> Step {
    if browser::prefetches(&asked.request) {
        let language = Language::of(&asked.request);
        let text =
            language.pick("Cette adresse ne se charge pas d’avance.", "This address is not loaded ahead.");
        return Step::reply(Reply::respond(error_page::notice(config, language, 403, text, text)));
    }
    presence::find(config, asked, Errand::Callback)
}

/// Judges the query against this browser's flow cookie.
pub(super) fn received(config: &Config, asked: Asked, presence: Presence) -> Step {
    let Asked { request, now, chance, known } = asked;
    let language = Language::of(&request);
    let refuse = |failure: &Failure| {
        Step::reply(login::end(config, language, failure, &Wanted::at(config, "/"), false))
    };
    let Ok(query) = Params::parse(&request.query) else { return refuse(&MALFORMED) };
    let cookies = request.header(Header::Cookie).unwrap_or_default();
    let state = query.get("state").unwrap_or_default();
    let older = match presence {
        Presence::Somebody(opened) => Some(opened),
        Presence::Nobody | Presence::Ambiguous => None,
    };
    let Some(attempt) = flow::open(&config.ring, config.cookies, cookies, state, now) else {
        // A refreshed page or a second click, most often, of somebody who is logged in already.
        return if older.is_some() { Step::reply(already(config, language)) } else { refuse(&NO_FLOW) };
    };
    let flow = Flow { attempt, older, language, chance, known, save: Vec::new(), events: Vec::new() };
    let Some((_, provider)) = parties(config, &flow.attempt) else { return flow.end(config, &NO_FLOW) };
    match callback::judge(&query, &flow.attempt, provider) {
        Err(failure) => flow.end(config, &failure),
        Ok(Callback::Error(word)) => flow.end(config, &callback_error(&word)),
        Ok(Callback::Code(accepted)) => Step::load(key(config, provider), ANY_AGE, LoadKeys(flow, accepted)),
    }
}

/// Nothing is done and nothing is believed: the session that is there stays.
fn already(config: &Config, language: Language) -> Reply {
    let title = language.pick("Vous êtes connecté", "You are logged in");
    let text = language.pick(
        "Cette étape était déjà terminée, ou a expiré : votre session n’a pas changé. Si une page vous est encore \
         refusée, ouvrez-la de nouveau.",
        "This step was complete already, or has expired: your session has not changed. If a page is still refused to \
         you, open it again.",
    );
    let mut reply = Reply::respond(error_page::notice(config, language, 200, title, text));
    reply.events.push(Event::new(
        Severity::Info,
        "callback.already",
        "a callback that is over, from somebody logged in",
    ));
    reply
}

impl LoadKeys {
    pub(super) fn resume(self, config: &Config, answer: &LoadAnswer) -> Step {
        let Self(flow, accepted) = self;
        let Some((_, provider)) = parties(config, &flow.attempt) else { return flow.end(config, &NO_FLOW) };
        match answer
            .open(&config.ring, &key(config, provider))
            .and_then(|kept| CachedKeys::read(&kept))
            .filter(|keys| keys.fresh(answer.now))
        {
            Some(keys) => exchange(config, flow, accepted, keys, answer.now),
            None => Step::fetch(jwks::request(provider), AwaitKeys(flow, accepted)),
        }
    }
}

impl AwaitKeys {
    pub(super) fn resume(self, config: &Config, answer: FetchAnswer) -> Step {
        let Self(mut flow, accepted) = self;
        let now = answer.now;
        match jwks::judge(answer) {
            Err(failure) => flow.end(config, &failure),
            Ok(keys) => {
                flow.keep(config, &keys, now);
                exchange(config, flow, accepted, keys, now)
            }
        }
    }
}

fn exchange(config: &Config, mut flow: Flow, accepted: Accepted, keys: CachedKeys, now: Timestamp) -> Step {
    let call = parties(config, &flow.attempt).map(|(registration, provider)| {
        token::request(provider, &registration.client, &flow.attempt, accepted, now, &mut flow.chance)
    });
    match call {
        Some(Exchange { call, next }) => Step::fetch(call, AwaitTokens { flow, keys, next, refused: false }),
        None => flow.end(config, &NO_FLOW),
    }
}

impl AwaitTokens {
    pub(super) fn resume(self, config: &Config, answer: FetchAnswer) -> Step {
        let Self { mut flow, keys, next, refused } = self;
        let now = answer.now;
        if let Some(call) = next.filter(|_| Exchange::refuses_secret(&answer)) {
            return Step::fetch(call, AwaitTokens { flow, keys, next: None, refused: true });
        }
        let Some((registration, _)) = parties(config, &flow.attempt) else {
            return flow.end(config, &NO_FLOW);
        };
        let scopes = registration.scopes.parameter();
        match token::judge(answer, &scopes, &registration.client, &mut flow.chance) {
            Err(failure) => flow.end(config, &failure),
            Ok(tokens) => {
                if refused {
                    flow.events.push(Event::NEXT_SECRET);
                }
                if tokens.narrower {
                    flow.events.push(Event::new(
                        Severity::Warning,
                        "token.narrower_scope",
                        "the provider granted fewer scopes than were asked for (FC_SCOPES, FC_PLUS_SCOPES)",
                    ));
                }
                believe(config, flow, keys, tokens, now)
            }
        }
    }
}

/// The ID Token, completely, then userinfo.
fn believe(config: &Config, flow: Flow, keys: CachedKeys, tokens: Tokens, now: Timestamp) -> Step {
    let Some((registration, provider)) = parties(config, &flow.attempt) else {
        return flow.end(config, &NO_FLOW);
    };
    let client = &registration.client;
    match id_token::judge(&tokens, keys.keys(), provider, client, &flow.attempt, now) {
        Err(Rejected::Refused(failure)) => flow.end(config, &failure),
        Err(Rejected::MaybeRotated(failure)) => {
            refetch(config, flow, keys, Unverified::IdToken(tokens), failure, now)
        }
        Ok(id_token) => {
            match Reached::judge(&id_token, Wanted::of(&flow.attempt).level, registration.highest()) {
                Err(failure) => flow.end(config, &failure),
                Ok(reached) => {
                    let call = userinfo::request(provider, client, &tokens, &id_token);
                    let person = Person { id_token, reached };
                    Step::fetch(call, AwaitUserInfo(flow, keys, person))
                }
            }
        }
    }
}

impl AwaitUserInfo {
    pub(super) fn resume(self, config: &Config, answer: FetchAnswer) -> Step {
        let Self(mut flow, keys, person) = self;
        let now = answer.now;
        let Some((registration, _)) = parties(config, &flow.attempt) else {
            return flow.end(config, &NO_FLOW);
        };
        match userinfo::receive(answer, &registration.client, &mut flow.chance) {
            Err(failure) => flow.end(config, &failure),
            Ok(body) => identify(config, flow, keys, body, person, now),
        }
    }
}

fn identify(
    config: &Config,
    flow: Flow,
    keys: CachedKeys,
    body: UserInfoBody,
    person: Person,
    now: Timestamp,
) -> Step {
    let Some((registration, provider)) = parties(config, &flow.attempt) else {
        return flow.end(config, &NO_FLOW);
    };
    match userinfo::judge(&body, keys.keys(), provider, &registration.client, &person.id_token, now) {
        Err(Rejected::Refused(failure)) => flow.end(config, &failure),
        Err(Rejected::MaybeRotated(failure)) => {
            refetch(config, flow, keys, Unverified::UserInfo(body, person), failure, now)
        }
        Ok(userinfo) => welcome::welcome(config, flow, &userinfo, &person, now),
    }
}

/// One refetch of the keys for a token that names one we do not have, bounded so that tokens cannot make
/// us hammer the provider.
fn refetch(
    config: &Config,
    flow: Flow,
    keys: CachedKeys,
    document: Unverified,
    failure: Failure,
    now: Timestamp,
) -> Step {
    let Some((_, provider)) = parties(config, &flow.attempt) else { return flow.end(config, &NO_FLOW) };
    if !keys.may_refetch(now) {
        return flow.end(config, &failure);
    }
    let call = jwks::request(provider);
    Step::fetch(call, AwaitFresherKeys(flow, keys, document))
}

impl AwaitFresherKeys {
    pub(super) fn resume(self, config: &Config, answer: FetchAnswer) -> Step {
        let Self(mut flow, keys, document) = self;
        let now = answer.now;
        let fresher = jwks::judge(answer);
        // The fetch counts even if it failed: with the same keys the token is refused for good this time.
        let keys = fresher.unwrap_or(keys).refetched(now);
        flow.keep(config, &keys, now);
        match document {
            Unverified::IdToken(tokens) => believe(config, flow, keys, tokens, now),
            Unverified::UserInfo(body, person) => identify(config, flow, keys, body, person, now),
        }
    }
}

impl Flow {
    /// Ends the login without a session. Its cookie goes too: one login, one callback.
    fn end(self, config: &Config, failure: &Failure) -> Step {
        let wanted = Wanted::of(&self.attempt);
        let mut reply = login::end(config, self.language, failure, &wanted, self.older.is_some());
        if let Content::Respond(response) = reply.content {
            let clear = config.cookies.clear(&config.cookies.flow(&self.attempt.state));
            reply.content = Content::Respond(response.header("set-cookie", clear));
        }
        reply.save.extend(self.save);
        reply.events.splice(0..0, self.events);
        Step::reply(reply)
    }

    fn keep(&mut self, config: &Config, keys: &CachedKeys, now: Timestamp) {
        if let Some((_, provider)) = parties(config, &self.attempt) {
            let key = key(config, provider);
            self.save.retain(|save| *save.key() != key);
            self.save.extend(Save::seal(
                &config.ring,
                key,
                &keys.to_value(),
                jwks::LIFE,
                now,
                &mut self.chance,
            ));
        }
    }
}

/// Who this login is between: our registration with the provider that was asked, and the provider, built in or
/// fixed when the login began.
fn parties<'a>(config: &'a Config, attempt: &'a Attempt) -> Option<(&'a Registration, &'a Provider)> {
    let registration = config.registration(&attempt.issuer)?;
    let provider = match &registration.source {
        Source::BuiltIn(provider) => provider,
        Source::Discovery { issuer, .. } => {
            attempt.provider.as_ref().filter(|provider| provider.issuer == *issuer)?
        }
    };
    Some((registration, provider))
}

fn key(config: &Config, provider: &Provider) -> Key {
    Key::of(&config.ring, "jwks", &provider.jwks_uri)
}
