//! Decides what the emulator remembers and for how long (code 30 s, tokens 60 s, sessions as the product has it).

use super::behaviour::Behaviour;
use super::citizen::Account;
use super::citizen::Idp;
use super::client::key_sets::KeySet;
use super::client::sector::Sector;
use super::product::Product;
use super::shelf::{Dated, Mark, Shelf};
use crate::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Life of an authorization code, in seconds.
pub(super) const CODE_LIFE: i64 = 30;
/// Life of a grant, in seconds: no token leads to the identity afterwards.
pub(super) const GRANT_LIFE: i64 = 30;
/// Life of access and ID tokens, in seconds.
pub(super) const TOKEN_LIFE: i64 = 60;

/// Most sessions at once; 30 minutes of a benchmark would have a million.
const SESSIONS: usize = 4_096;
/// Most codes at once: those of 250 logins a second, and some more.
const CODES: usize = 8_192;
/// Most access tokens at once, which live twice as long; and most assertions.
const TOKENS: usize = 16_384;
/// Most texts that are kept once: more services and lists than any development has.
const SHARED: usize = 1_024;
/// Most requests that one browser may have under way.
const INTERACTIONS: usize = 32;

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
    pub(super) client_id: Arc<str>,
    pub(super) redirect_uri: Arc<str>,
    /// Empty when the request's was.
    pub(super) state: String,
    pub(super) nonce: String,
    /// Known scopes only, as they were sent.
    pub(super) scopes: Arc<[String]>,
    /// The level that was negotiated.
    pub(super) level: &'static str,
    /// Whether the citizen has identified for this very request.
    pub(super) identified: bool,
    /// Whether `claims` asked for `amr` in the ID Token.
    pub(super) amr: bool,
    /// Whether the information page is skipped: `prompt=login` from a service that may.
    pub(super) direct: bool,
    /// The identity provider chosen, by hint or by button.
    pub(super) idp: Option<&'static Idp>,
    /// Whether a login looked suspicious, after which only a stronger identity provider will do.
    pub(super) suspicious: bool,
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

impl Session {
    /// Adds a request, in the place of the oldest when there are too many.
    pub(super) fn begin(&mut self, uid: String, interaction: Interaction) {
        if self.interactions.len() >= INTERACTIONS
            && let Some((oldest, _)) = self.interactions.iter().min_by_key(|(_, known)| known.started)
        {
            let oldest = oldest.clone();
            self.interactions.remove(&oldest);
        }
        self.interactions.insert(uid, interaction);
    }

    /// Takes a request that is over. An emptied map keeps its room, of which thousands of sessions that
    /// have nothing under way would make megabytes.
    pub(super) fn end(&mut self, uid: &str) -> Option<Interaction> {
        let ended = self.interactions.remove(uid);
        if self.interactions.is_empty() {
            self.interactions = BTreeMap::new();
        }
        ended
    }
}

impl Dated for Session {
    fn since(&self) -> Timestamp {
        self.since
    }
}

/// What a code or an access token stands for.
#[derive(Debug, Clone)]
pub(super) struct Grant {
    /// When the citizen agreed.
    pub(super) since: Timestamp,
    pub(super) request: Interaction,
    pub(super) login: Login,
}

/// An authorization code.
#[derive(Debug, Clone)]
pub(super) struct Code {
    pub(super) issued: Timestamp,
    pub(super) grant: Arc<Grant>,
    /// The access token it was exchanged for: a second exchange revokes both.
    pub(super) consumed: Option<Mark>,
}

impl Dated for Code {
    fn since(&self) -> Timestamp {
        self.issued
    }
}

/// An access token.
#[derive(Debug, Clone)]
pub(super) struct Access {
    pub(super) issued: Timestamp,
    /// The code it was given for, which dies with it.
    pub(super) code: Mark,
    pub(super) grant: Arc<Grant>,
}

impl Access {
    /// Whether it has not expired.
    pub(super) fn lives(&self, now: Timestamp) -> bool {
        now.since(self.issued) < TOKEN_LIFE
    }
}

impl Dated for Access {
    fn since(&self) -> Timestamp {
        self.issued
    }
}

/// Everything remembered.
#[derive(Debug)]
pub(super) struct State {
    pub(super) sessions: Shelf<Session>,
    pub(super) codes: Shelf<Code>,
    pub(super) tokens: Shelf<Access>,
    /// The last good ID Token of each client, for the fault that repeats it.
    pub(super) last_id_tokens: BTreeMap<String, String>,
    /// The last good encrypted ID Token of each client, for the fault that repeats it.
    pub(super) last_sealed: BTreeMap<String, String>,
    /// The key sets of services, by their address.
    pub(super) key_sets: BTreeMap<String, KeySet>,
    /// The sector identifier documents of services, by their address.
    pub(super) sectors: BTreeMap<String, Sector>,
    /// Client and `jti` of the assertions that were accepted, until they expire.
    pub(super) assertions: Shelf<Timestamp>,
    /// What the requests of a service repeat: its name, its callbacks, its scopes. Each is kept once.
    texts: BTreeSet<Arc<str>>,
    scopes: BTreeSet<Arc<[String]>>,
}

impl State {
    /// Nothing yet.
    pub(super) fn new(product: Product) -> Self {
        Self {
            sessions: Shelf::new(product.session_life(), SESSIONS),
            codes: Shelf::new(CODE_LIFE, CODES),
            tokens: Shelf::new(TOKEN_LIFE, TOKENS),
            last_id_tokens: BTreeMap::new(),
            last_sealed: BTreeMap::new(),
            key_sets: BTreeMap::new(),
            sectors: BTreeMap::new(),
            assertions: Shelf::new(0, TOKENS),
            texts: BTreeSet::new(),
            scopes: BTreeSet::new(),
        }
    }

    /// The same request, without what others say as well: thousands of them are kept.
    pub(super) fn shared(&mut self, mut request: Interaction) -> Interaction {
        request.client_id = once(&mut self.texts, request.client_id);
        request.redirect_uri = once(&mut self.texts, request.redirect_uri);
        request.scopes = once(&mut self.scopes, request.scopes);
        request
    }

    /// Forgets what has expired at `now`.
    pub(super) fn forget(&mut self, now: Timestamp) {
        self.sessions.sweep(now);
        self.codes.sweep(now);
        self.tokens.sweep(now);
        self.assertions.sweep(now);
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

/// `text` as it is kept already, or from now on.
fn once<T: Ord + ?Sized>(kept: &mut BTreeSet<Arc<T>>, text: Arc<T>) -> Arc<T> {
    if let Some(known) = kept.get(&text) {
        return Arc::clone(known);
    }
    if kept.len() < SHARED {
        kept.insert(Arc::clone(&text));
    }
    text
}
