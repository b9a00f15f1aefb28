//! The last part of a login: everything is believed, and a session takes the place of whatever was there.

use super::{Flow, NO_FLOW, Person, parties};
use crate::config::Config;
use crate::franceconnect::Identity;
use crate::oidc::userinfo::UserInfo;
use crate::oidc::{Failure, id_token};
use crate::session::{Citizen, Save, Session, SessionStore, StoreAnswer, revocation};
use crate::time::Timestamp;
use crate::web::logout::with_cookies;
use crate::web::page::redirect;
use crate::web::{Event, Reply, Severity, Step};

/// Waits for the store to have the session: its cookie is sent only then.
#[derive(Debug)]
pub(in crate::web) struct StoreSession(Flow, String);

const NOT_STORED: Failure = Failure::unreachable(
    "session.not_stored",
    "the store did not take the session (FC_SESSION_STORE=kv): it failed, or there is none",
);

/// The session, and back to where the visitor wanted to go.
pub(super) fn welcome(
    config: &Config,
    mut flow: Flow,
    userinfo: &UserInfo,
    person: &Person,
    now: Timestamp,
) -> Step {
    let Some((registration, _)) = parties(config, &flow.attempt) else { return flow.end(config, &NO_FLOW) };
    let identity = match Identity::judge(userinfo, &registration.scopes) {
        Ok(identity) => identity,
        Err(failure) => return flow.end(config, &failure),
    };
    let id_token = &person.id_token;
    let citizen = Citizen {
        issuer: registration.issuer().to_owned(),
        sub: id_token.sub().to_owned(),
        level: person.reached.level(),
        amr: id_token.amr().to_vec(),
        identity,
    };
    let session = Session::new(&mut flow.chance, citizen, id_token.raw());
    match seal(config, &mut flow, session, now) {
        Err(failure) => flow.end(config, &failure),
        Ok((cookie, None)) => arrive(config, flow, cookie, now),
        Ok((cookie, Some(save))) => Step::store(save, StoreSession(flow, cookie)),
    }
}

impl StoreSession {
    pub(in crate::web) fn resume(self, config: &Config, answer: &StoreAnswer) -> Step {
        let Self(flow, cookie) = self;
        match answer.result {
            Ok(()) => arrive(config, flow, cookie, answer.now),
            Err(_) => flow.end(config, &NOT_STORED),
        }
    }
}

fn arrive(config: &Config, mut flow: Flow, cookie: String, now: Timestamp) -> Step {
    if let Some(older) = &flow.older {
        // Its cookie is overwritten in this browser; a copy of it is over, too.
        flow.save.extend(revocation::revoke(&config.ring, older.this(), now));
        flow.known = flow.known.revoking(&config.ring, &flow.save);
        flow.save.extend(older.entry().map(Save::Delete));
    }
    let clear = config.cookies.clear(&config.cookies.flow(&flow.attempt.state));
    let response = with_cookies(redirect(&flow.attempt.return_to), vec![cookie, clear]);
    flow.events.push(Event::new(Severity::Info, "login.succeeded", "a citizen is logged in"));
    let (save, events, known) = (flow.save, flow.events, Some(flow.known));
    Step::reply(Reply { save, events, known, ..Reply::respond(response) })
}

/// The new session takes the place of an older one as a whole: nothing of it is kept but what its own logout
/// needs, and not even that where it does not fit.
fn seal(
    config: &Config,
    flow: &mut Flow,
    session: Session,
    now: Timestamp,
) -> Result<(String, Option<Save>), Failure> {
    let older = flow.older.as_ref().filter(|opened| opened.expires_in(config.lifetime, now) > 0);
    let older = older.and_then(|opened| Some((opened.started(), opened.session(&config.ring, now)?)));
    // The person of a step-up is the one of the session when it began, and the one it takes the place of.
    let pinned = flow.attempt.subject.is_some();
    let same = |older: &Session| {
        older.citizen.issuer != session.citizen.issuer || older.citizen.sub == session.citizen.sub
    };
    if pinned && older.as_ref().is_some_and(|(_, older)| !same(older)) {
        return Err(id_token::SUBJECT);
    }
    let replaces = older.as_ref().is_some_and(|(_, older)| older.citizen.issuer != session.citizen.issuer);
    if replaces {
        let meaning = "the session of one product took the place of the other's";
        flow.events.push(Event::new(Severity::Info, "session.replaced", meaning));
    }
    let session = session.after(older);
    let (ring, names, life) = (&config.ring, config.cookies, config.lifetime);
    match config.session_store {
        SessionStore::Kv => {
            let (cookie, save) = session.kept(ring, names, life, now, &mut flow.chance)?;
            Ok((cookie, Some(save)))
        }
        SessionStore::Cookie => {
            let mut cookie = |session: &Session| session.cookie(ring, names, life, now, &mut flow.chance);
            Ok((cookie(&session).or_else(|_| cookie(&session.alone()))?, None))
        }
    }
}
