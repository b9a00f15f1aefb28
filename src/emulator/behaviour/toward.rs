//! Decides toward whom an emulator behaves how: one login, else one client, else everybody.
//!
//! Metadata and key set are asked for without a name. Who asks is told what the last authorization request was
//! promised, as long as such a login may be under way.

use super::Behaviour;
use crate::emulator::client::load::named;
use crate::emulator::fault::{Fault, Keys};
use crate::emulator::http::Request;
use crate::emulator::state::Interaction;
use crate::emulator::token::keys::decode;
use crate::emulator::userinfo::presented;
use crate::emulator::{Emulator, Endpoint};
use crate::time::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The header of an authorization request that says how its login shall go, and of a logout.
const HEADER: &str = "emulator-behaviour";

/// How long a login may be under way, in seconds.
const UNDER_WAY: i64 = 600;

/// What was asked of an emulator.
#[derive(Debug, Default)]
pub(in crate::emulator) struct Behaviours {
    pub(super) everybody: Behaviour,
    pub(super) clients: BTreeMap<String, Behaviour>,
    /// The next login, of one client or of any.
    pub(super) next: Option<(Option<String>, Behaviour)>,
    /// What the last authorization request was promised.
    pub(super) last: Option<(Timestamp, Arc<Behaviour>)>,
}

impl Behaviours {
    /// Behaves so toward everybody, and like nothing else any more.
    pub(in crate::emulator) fn reset(&mut self, everybody: Behaviour) {
        *self = Self { everybody, ..Self::default() };
    }

    /// What a client gets whose login was promised nothing.
    pub(super) fn toward(&self, client_id: Option<&str>) -> Behaviour {
        let own = client_id.and_then(|id| self.clients.get(id));
        own.unwrap_or(&self.everybody).clone()
    }
}

impl Emulator {
    /// How this request is to be answered.
    ///
    /// # Errors
    /// What is wrong in the header of an authorization request or a logout.
    pub(in crate::emulator) fn toward(
        &mut self,
        now: Timestamp,
        request: &Request,
        endpoint: Endpoint,
    ) -> Result<Behaviour, Vec<String>> {
        if endpoint == Endpoint::Authorize {
            return self.promise(now, request);
        }
        if matches!(endpoint, Endpoint::Discovery | Endpoint::Jwks) {
            let last = self.behaviours.last.as_ref();
            let last = last.filter(|(since, _)| now.since(*since) < UNDER_WAY);
            return Ok(last.map_or_else(|| self.behaviours.everybody.clone(), |(_, told)| (**told).clone()));
        }
        // A logout comes long after its login, which may have been another browser's by now.
        if let Some(header) =
            request.header(HEADER).filter(|_| self.settings.control && endpoint == Endpoint::EndSession)
        {
            return Behaviour::parse(header);
        }
        if let Some(promised) = self.login(request, endpoint).and_then(|login| login.behaviour.clone()) {
            return Ok((*promised).clone());
        }
        Ok(self.behaviours.toward(self.client_of(request, endpoint).as_deref()))
    }

    /// An authorization request: its own header, what was asked for the next login, or what its client gets.
    fn promise(&mut self, now: Timestamp, request: &Request) -> Result<Behaviour, Vec<String>> {
        let client_id = self.client_of(request, Endpoint::Authorize);
        let header = request.header(HEADER).filter(|_| self.settings.control && self.is_named(request));
        let mine = |next: &(Option<String>, Behaviour)| next.0.is_none() || next.0 == client_id;
        let own = match header {
            Some(header) => Some(Behaviour::parse(header)?),
            None => self.behaviours.next.take_if(|next| mine(next)).map(|(_, behaviour)| behaviour),
        };
        let special =
            own.is_some() || client_id.as_ref().is_some_and(|id| self.behaviours.clients.contains_key(id));
        let behaviour = own.unwrap_or_else(|| self.behaviours.toward(client_id.as_deref()));
        self.promised = special.then(|| Arc::new(behaviour.clone()));
        self.behaviours.last = self.promised.clone().map(|promised| (now, promised));
        if behaviour.fault == Some(Fault::Keys(Keys::RotatedBetweenLogins)) {
            self.rotate();
        }
        Ok(behaviour)
    }

    /// The authorization request that this request belongs to.
    pub(in crate::emulator) fn login(&self, request: &Request, endpoint: Endpoint) -> Option<&Interaction> {
        match endpoint {
            Endpoint::Interaction => {
                let rest = request.path.strip_prefix(&self.base)?.strip_prefix("/interaction/")?;
                let session = self.state.sessions.get(request.cookie(self.settings.product.cookie())?)?;
                session.interactions.get(rest.split('/').next()?)
            }
            Endpoint::Token => {
                let form = request.form_params();
                Some(&self.state.codes.get(form.get("code")?)?.grant.request)
            }
            Endpoint::UserInfo => {
                Some(&self.state.tokens.get(presented(request).ok()?.as_str())?.grant.request)
            }
            _ => None,
        }
    }

    /// The client that a request names, or that its login is for; unverified.
    pub(in crate::emulator) fn client_of(&self, request: &Request, endpoint: Endpoint) -> Option<String> {
        if let Some(login) = self.login(request, endpoint) {
            return Some(login.client_id.to_string());
        }
        match endpoint {
            Endpoint::Authorize if request.method == "POST" => {
                request.form_params().get("client_id").map(str::to_owned)
            }
            Endpoint::Authorize => request.query_params().get("client_id").map(str::to_owned),
            Endpoint::Token | Endpoint::Revocation => named(request),
            Endpoint::EndSession => {
                let params = request.query_params();
                let payload = decode(params.get("id_token_hint")?.split('.').nth(1)?)?;
                let claims: Value = serde_json::from_slice(&payload).ok()?;
                claims.get("aud")?.as_str().map(str::to_owned)
            }
            _ => None,
        }
    }
}
