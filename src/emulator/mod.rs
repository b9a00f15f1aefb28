//! A FranceConnect of our own for development and tests, and every way it can misbehave: FranceConnect (v2,
//! eIDAS low) or FranceConnect+ (substantial and high), as its [`Settings`] say.
//!
//! [`Emulator`] is pure: a request and the time go in, an answer comes out, randomness comes from the seed
//! (only an ECDSA signature draws on the system's, inside `ring`). [`serve`] puts it on a socket.
//!
//! Nothing of the relying party is used here beyond `time`, `secret`, `html` and `document`: if both sides shared a
//! table or a rule they would share its mistakes, and no test between them could notice.

mod authority;
mod behaviour;
mod check_token;
mod citizen;
mod client;
mod discovery;
mod door;
mod end_session;
mod endpoint;
pub mod fault;
mod fetch;
mod http;
mod inspect;
mod interaction;
mod oauth_error;
mod page;
mod product;
mod revocation;
mod scopes;
mod server;
mod shelf;
mod state;
mod token;
mod userinfo;
mod visitor;

pub use authority::{Authority, Presented};
pub use behaviour::Behaviour;
pub use citizen::{Account, Citizens, Crowd, IDPS, Identity, Idp, accounts};
pub use client::{Alg, Client, ClientAuth, Encryption, ServiceDocument};
pub use door::{Door, doors};
pub use endpoint::Endpoint;
pub use fault::{Fault, Outcome, Stage};
pub use http::{Params, Reply, Request};
pub(crate) use interaction::authorize::PARAMETERS;
pub use product::Product;
pub use server::serve;
pub use visitor::Visitor;

use crate::secret::{Chance, fingerprint};
use crate::time::Timestamp;
use behaviour::Behaviours;
use endpoint::TRAP;
use inspect::Records;
use oauth_error::OAuthError;
use page::language::{self, Reader};
use serde_json::json;
use state::{Interaction, State};
use std::sync::Arc;
use token::keys::{self, SigningKey};

/// Most calls that are remembered.
const CALLS: usize = 16_384;

/// Where the base address leads.
const HOME: &str = "https://franceconnect.gouv.fr";

/// What an emulator is told once and for all.
#[derive(Debug, Clone)]
pub struct Settings {
    /// FranceConnect or FranceConnect+.
    pub product: Product,
    /// The base of every address and the `iss` of every token, `http://127.0.0.1:8788/api/v2` for example.
    pub issuer: String,
    /// The registered service providers.
    pub clients: Vec<Client>,
    /// The citizens.
    pub citizens: Citizens,
    /// Where keys and everything random come from.
    pub seed: [u8; 32],
    /// Whether `/_emulateur/…` (`/plus/_emulateur/…`) answers, for tests that only reach the emulator through a
    /// socket.
    pub control: bool,
    /// Whether callbacks on `localhost` and the like are refused, as FranceConnect+ does.
    pub strict_urls: bool,
}

/// The emulator.
#[derive(Debug)]
pub struct Emulator {
    settings: Settings,
    /// The issuer's path.
    base: String,
    state: State,
    chance: Chance,
    /// The last logins.
    records: Records,
    /// The signed token inside the encrypted one of the answer being made.
    inner: Option<String>,
    /// How often the signing keys were replaced.
    rotations: u32,
    /// What was asked of it, for everybody and for some.
    behaviours: Behaviours,
    /// How it behaves while it answers one request.
    behaviour: Behaviour,
    /// The fault of that.
    fault: Option<Fault>,
    /// What the authorization request being answered was promised, if not what its client gets anyway.
    promised: Option<Arc<Behaviour>>,
    /// How often the metadata were asked for since the fault began.
    served: u32,
    calls: Vec<Endpoint>,
    /// Who reads the answer to the request at hand.
    reader: Reader,
}

impl Default for Settings {
    /// A FranceConnect without clients, at the address that `emulate` listens on.
    fn default() -> Self {
        Self {
            product: Product::Standard,
            issuer: "http://127.0.0.1:8788/api/v2".to_owned(),
            clients: Vec::new(),
            citizens: accounts().clone(),
            seed: [0; 32],
            control: false,
            strict_urls: false,
        }
    }
}

impl Emulator {
    /// A fresh emulator that behaves.
    pub fn new(settings: Settings) -> Self {
        let base = url::Url::parse(&settings.issuer).map(|url| url.path().trim_end_matches('/').to_owned());
        let mut entropy = [0; 64];
        let halves = settings.seed.into_iter().chain(fingerprint::<32>(&settings.seed));
        entropy.iter_mut().zip(halves).for_each(|(to, from)| *to = from);
        Self {
            base: base.unwrap_or_default(),
            state: State::new(settings.product),
            chance: Chance::new(&entropy),
            rotations: 0,
            behaviours: Behaviours::default(),
            behaviour: Behaviour::default(),
            fault: None,
            promised: None,
            records: Records::default(),
            inner: None,
            served: 0,
            calls: Vec::new(),
            reader: Reader::default(),
            settings,
        }
    }

    /// Answers one request, once [`Emulator::wants`] has had its answer or wants nothing.
    pub fn handle(&mut self, now: Timestamp, request: &Request) -> Reply {
        if request.method == "HEAD" {
            return self.handle(now, &Request { method: "GET".to_owned(), ..request.clone() }).without_body();
        }
        self.reader = Reader::of(request);
        self.reader.panel = self.settings.control.then(|| format!("{}/", self.settings.product.control()));
        if let Some(reply) = self.control(request) {
            return reply;
        }
        self.state.forget(now);
        match (request.method.as_str(), request.path.as_str()) {
            ("GET", page::STYLE) => return page::style_sheet(),
            ("GET", language::PATH) => {
                return language::switched(request).unwrap_or_else(|| self.error("Y000400"));
            }
            _ => {}
        }
        let Some(path) = request.path.strip_prefix(&self.base).map(str::to_owned) else {
            self.record(Endpoint::Unknown);
            return self.error("Y000404");
        };
        let endpoint = Endpoint::of(&path);
        self.record(endpoint);
        self.reader.login = inspect::uid(&path).and_then(|uid| self.records.number(&uid));
        self.behaviour = match self.toward(now, request, endpoint) {
            Ok(behaviour) => behaviour,
            Err(wrong) => return Reply::json(422, &json!({ "errors": wrong })),
        };
        self.fault = self.behaviour.fault;
        let mut reply = self.answer(now, request, endpoint, &path);
        reply.delay = reply.delay.saturating_add(self.behaviour.latency);
        self.inspect(now, request, endpoint, &reply);
        reply
    }

    fn answer(&mut self, now: Timestamp, request: &Request, endpoint: Endpoint, path: &str) -> Reply {
        if self.behaviour.outage.contains(&endpoint) {
            return Reply::new(503).header("retry-after", "120").header("cache-control", "no-store");
        }
        match self.fault {
            Some(Fault::Delivery(place, delivery)) if endpoint.place() == Some(place) => {
                let elsewhere = format!("{}{TRAP}{path}", self.settings.issuer);
                match delivery.instead(&elsewhere) {
                    Some(reply) => reply,
                    None => delivery.spoil(self.route(now, request, endpoint, path)),
                }
            }
            _ => self.route(now, request, endpoint, path),
        }
    }

    fn route(&mut self, now: Timestamp, request: &Request, endpoint: Endpoint, path: &str) -> Reply {
        match (endpoint, request.method.as_str()) {
            (Endpoint::Discovery, "GET") => self.discovery(),
            (Endpoint::Jwks, "GET") => self.jwks(),
            (Endpoint::Authorize, "GET" | "POST") => self.authorize(now, request),
            (Endpoint::Interaction, "GET" | "POST") => {
                self.interaction(now, request, path.strip_prefix("/interaction/").unwrap_or_default())
            }
            (Endpoint::Token, "POST") => self.token(now, request),
            (Endpoint::UserInfo, "GET") => self.userinfo(now, request),
            (Endpoint::EndSession, method) => self.end_session(now, request, method, path),
            (Endpoint::Revocation, "POST") => self.revocation(now, request),
            (Endpoint::CheckToken, "POST") => check_token::answer(request),
            (Endpoint::Trap, _) => self.trap(now, request, path.strip_prefix(TRAP).unwrap_or_default()),
            (Endpoint::Unknown, "GET") if path.is_empty() || path == "/" => {
                let text = format!("Moved Permanently. Redirecting to {HOME}");
                Reply::with_body(301, "text/plain; charset=utf-8", text).header("location", HOME)
            }
            // Where the engine would take up an interaction again, had it a cookie of its own.
            (Endpoint::Unknown, "GET") if path.starts_with("/authorize/") => self.error("Y04D5AB7"),
            _ => self.error("Y000404"),
        }
    }

    /// Notes a call. Nobody takes them away where no test looks: the older half goes when there are many.
    fn record(&mut self, endpoint: Endpoint) {
        if self.calls.len() >= CALLS {
            self.calls.drain(..CALLS / 2);
        }
        self.calls.push(endpoint);
    }

    /// Gives the honest answer at an address that nobody should ask: one who did would find what he wants.
    fn trap(&mut self, now: Timestamp, request: &Request, path: &str) -> Reply {
        let endpoint = Endpoint::of(path);
        if path == "/attaquant" {
            return self.stranger_keys();
        }
        if endpoint.place().is_none() {
            return self.error("Y000404");
        }
        let fault = self.fault.take();
        let reply = self.route(now, request, endpoint, path);
        self.fault = fault;
        reply
    }

    /// How many characters of `path` say that it is this emulator's; 0 if it is not.
    fn reach(&self, path: &str) -> usize {
        let ours = [self.base.as_str(), self.settings.product.control()];
        let below = |base: &&str| {
            path.strip_prefix(*base).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        ours.into_iter().filter(below).map(str::len).max().unwrap_or_default()
    }

    /// Misbehaves in this way toward everybody, or in none, until told otherwise.
    pub fn misbehave(&mut self, fault: Option<Fault>) {
        self.behave(Behaviour::lying(fault));
    }

    /// Behaves in this way toward everybody, until told otherwise.
    pub fn behave(&mut self, behaviour: Behaviour) {
        self.behaviours.reset(behaviour);
        self.served = 0;
    }

    /// The time as it says it is in what it signs.
    fn told(&self, now: Timestamp) -> Timestamp {
        now.plus(self.behaviour.clock_skew)
    }

    /// Knows the service by another secret from now on, as after a change in the partner portal.
    pub fn change_secret(&mut self, secret: &str) {
        for client in &mut self.settings.clients {
            secret.clone_into(&mut client.client_secret);
        }
    }

    /// The endpoints called since the start, or since [`Emulator::take_calls`].
    pub fn calls(&self) -> &[Endpoint] {
        &self.calls
    }

    /// The endpoints called, which are then forgotten.
    pub fn take_calls(&mut self) -> Vec<Endpoint> {
        std::mem::take(&mut self.calls)
    }

    /// What it was told.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The client of an interaction, which existed when the interaction began.
    fn client(&self, interaction: &Interaction) -> Option<&Client> {
        self.settings.clients.iter().find(|client| *client.client_id == *interaction.client_id)
    }

    /// The algorithm that signs for `client`: FranceConnect+ has one only.
    fn alg(&self, client: &Client) -> Alg {
        match self.settings.product {
            Product::Standard => client.signing_alg,
            Product::Plus => Alg::Es256,
        }
    }

    /// The key that signs now for clients registered with `alg`.
    fn key(&self, alg: Alg) -> Option<SigningKey> {
        SigningKey::derive(&self.settings.seed, alg, &self.kid(alg, self.rotations))
    }

    /// Replaces the signing keys.
    fn rotate(&mut self) {
        self.rotations = self.rotations.saturating_add(1);
    }

    /// The keys named `kid` that have signed since the start; every key of the last turns where none is named, as only
    /// a lie leaves it out.
    fn keys_ever(&self, alg: Alg, kid: Option<&str>) -> impl Iterator<Item = SigningKey> {
        let turns = (0..=self.rotations).rev();
        let nameless = if kid.is_some() { usize::MAX } else { 16 };
        let names = turns.take(nameless).map(move |turn| self.kid(alg, turn));
        names
            .filter(move |name| kid.is_none_or(|kid| kid == name))
            .filter_map(move |name| SigningKey::derive(&self.settings.seed, alg, &name))
    }

    /// 43 random characters of base64url.
    fn random(&mut self) -> String {
        keys::encode(&self.chance.bytes::<32>())
    }

    /// A random UUID (RFC 9562 §5.4).
    fn uuid(&mut self) -> String {
        let random = u128::from_be_bytes(self.chance.bytes());
        let versioned = (random & !(0xf << 76) | (4 << 76)) & !(0x3 << 62) | (0x2 << 62);
        let hex = format!("{versioned:032x}");
        let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
        format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
    }

    fn error(&mut self, code: &str) -> Reply {
        let id = self.uuid();
        page::error::page(&self.reader, self.settings.product, code, &id, None)
    }

    fn oauth_error(&mut self, refusal: &OAuthError) -> Reply {
        let id = self.uuid();
        refusal.reply(&id, &self.settings.issuer)
    }

    /// The name of a signing key: FranceConnect's own, with a mark of the seed, since other keys of the same name
    /// would not be fetched by a relying party that still knows those of an earlier start.
    fn kid(&self, alg: Alg, rotations: u32) -> String {
        let mark = citizen::hex(&fingerprint::<3>(&self.settings.seed));
        match (self.settings.product, alg) {
            (Product::Plus, Alg::Es256) => format!("pkcs11:hsm:{mark}:{rotations}"),
            _ => format!("pkcs11:{}:hsm:{mark}:{rotations}", alg.name()),
        }
    }
}
