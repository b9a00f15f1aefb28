//! Decides what the emulator remembers and for how long (code 30 s, tokens 60 s, sessions as the product has it).

use super::behaviour::Behaviour;
use super::citizen::Account;
use super::citizen::Idp;
use super::client::key_sets::KeySet;
use super::product::Product;
use crate::time::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Life of an authorization code, in seconds.
pub(super) const CODE_LIFE: i64 = 30;
/// Life of access and ID tokens, in seconds.
pub(super) const TOKEN_LIFE: i64 = 60;

/// A citizen who has identified.
#[derive(Debug, Clone)]
pub(super) struct Login {
    pub(super) account: Arc<Account>,
    pub(super) idp: &'static Idp,
    pub(super) at: Timestamp,
}

/// An authorization request on its way through the pages.
#[derive(Debug, Clone)]
pub(super) struct Interaction {
    pub(super) started: Timestamp,
    pub(super) client_id: String,
    pub(super) redirect_uri: String,
    /// Empty when the request's was.
    pub(super) state: String,
    pub(super) nonce: String,
    /// Known scopes only, as they were sent.
    pub(super) scopes: Vec<String>,
    /// The level that was negotiated.
    pub(super) level: &'static str,
    /// Whether the citizen has identified for this very request.
    pub(super) identified: bool,
    /// Whether `claims` asked for `amr` in the ID Token.
    pub(super) amr: bool,
    /// The identity provider chosen, by hint or by button.
    pub(super) idp: Option<&'static Idp>,
    /// The error page's code, once the login has failed: what the link back must tell the service.
    pub(super) failed: Option<&'static str>,
    /// How this login is to go, if it was asked for.
    pub(super) behaviour: Option<Arc<Behaviour>>,
}

/// What one browser holds, found by `fc_session_id`.
#[derive(Debug, Clone)]
pub(super) struct Session {
    /// When its life began to count.
    pub(super) since: Timestamp,
    pub(super) login: Option<Login>,
    pub(super) interactions: BTreeMap<String, Interaction>,
}

/// What a code or an access token stands for.
#[derive(Debug, Clone)]
pub(super) struct Grant {
    pub(super) request: Interaction,
    pub(super) login: Login,
}

/// An authorization code.
#[derive(Debug, Clone)]
pub(super) struct Code {
    pub(super) issued: Timestamp,
    pub(super) grant: Grant,
    /// The access token it was exchanged for: a second exchange revokes it.
    pub(super) consumed: Option<String>,
}

/// An access token.
#[derive(Debug, Clone)]
pub(super) struct Access {
    pub(super) issued: Timestamp,
    pub(super) grant: Grant,
}

impl Access {
    /// Whether it has not expired.
    pub(super) fn lives(&self, now: Timestamp) -> bool {
        now.since(self.issued) < TOKEN_LIFE
    }
}

/// Everything remembered.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) sessions: BTreeMap<String, Session>,
    pub(super) codes: BTreeMap<String, Code>,
    pub(super) tokens: BTreeMap<String, Access>,
    /// The last good ID Token of each client, for the fault that repeats it.
    pub(super) last_id_tokens: BTreeMap<String, String>,
    /// The last good encrypted ID Token of each client, for the fault that repeats it.
    pub(super) last_sealed: BTreeMap<String, String>,
    /// The key sets of services, by their address.
    pub(super) key_sets: BTreeMap<String, KeySet>,
    /// Client and `jti` of the assertions that were accepted, until they expire.
    pub(super) assertions: BTreeMap<(String, String), Timestamp>,
}

impl State {
    /// Forgets what has expired at `now`.
    pub(super) fn forget(&mut self, now: Timestamp, product: Product) {
        self.codes.retain(|_, code| now.since(code.issued) < CODE_LIFE);
        self.tokens.retain(|_, token| token.lives(now));
        self.assertions.retain(|_, expires| *expires > now);
        self.sessions.retain(|_, session| now.since(session.since) < product.session_life());
    }

    /// The session of this cookie, used now.
    pub(super) fn session(
        &mut self,
        id: Option<&str>,
        now: Timestamp,
        product: Product,
    ) -> Option<&mut Session> {
        let session = self.sessions.get_mut(id?)?;
        if product.sliding() {
            session.since = now;
        }
        Some(session)
    }
}
