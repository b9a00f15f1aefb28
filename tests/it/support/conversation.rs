//! Conversations: a browser, the relying party's core and the emulator, all pure, with a clock of the test.

use std::collections::{BTreeMap, HashMap};

use franceconnect_edge::config::{self, Config};
use franceconnect_edge::emulator::{
    self, Alg, Client, ClientAuth, Emulator, Encryption, Endpoint, Product, ServiceDocument, Settings,
    Visitor,
};
use franceconnect_edge::oidc::{Call, CallMethod, FetchAnswer, Fetched, Unreachable};
use franceconnect_edge::session::{Key, Known, StoreDown};
use franceconnect_edge::time::Timestamp;
use franceconnect_edge::web::{self, Content, Counted, Event, Step, Visit};
use franceconnect_edge::wire::{Header, Headers, Method, Request, Response};

use super::service_keys::ServiceKeys;

pub const SITE: &str = "https://service.example";
pub const ISSUER: &str = "http://127.0.0.1:8788/api/v2";
pub const PLUS: &str = "http://127.0.0.1:8788/plus/api/v2";
pub const SECRET: &str = "5ecre7-of-the-test-client-0123456789abcdef";
pub const KEY: &str = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA";
pub const OTHER_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/// Variables of a site on loopback with the emulator as provider.
pub fn variables() -> BTreeMap<&'static str, String> {
    [
        ("PUBLIC_URL", "http://localhost:8787"),
        ("FC_ENVIRONMENT", "emulator"),
        ("FC_ISSUER", ISSUER),
        ("FC_CLIENT_ID", "client-of-the-test"),
        ("FC_CLIENT_SECRET", SECRET),
        ("FC_SESSION_KEYS", "kTLrb6n3A1Zg8oYwVd5sXc0uJpQh7iMfN2tGxBvCyRE"),
        ("FC_SCOPES", "openid identite_pivot preferred_username email"),
        ("FC_PROTECTED_PATHS", "/prive"),
        ("FC_LOGOUT_PAGE", "/deconnecte.html"),
    ]
    .into_iter()
    .map(|(name, value)| (name, value.to_owned()))
    .collect()
}

/// The private keys of the site: those for `algs`, the first one first.
pub fn private_keys(algs: &[&str]) -> String {
    let keys = algs.iter().zip(5..).map(|(alg, seed)| {
        let kid = format!("cle-{seed}");
        ServiceKeys::new(seed).private_jwk(alg, &kid)
    });
    serde_json::json!({ "keys": keys.collect::<Vec<_>>() }).to_string()
}

/// The same site as a client of FranceConnect+ alone.
pub fn plus_variables() -> BTreeMap<&'static str, String> {
    let mut variables = variables();
    variables.insert("FC_ENVIRONMENT", "plus-emulator".to_owned());
    variables.insert("FC_ISSUER", PLUS.to_owned());
    variables.insert("FC_PRIVATE_KEYS", private_keys(&["ECDH-ES"]));
    variables
}

/// The same site as a client of both: one path needs `eidas2`, another `eidas3`.
pub fn both_variables() -> BTreeMap<&'static str, String> {
    let mut variables = variables();
    let added = [
        ("FC_PLUS_ISSUER", PLUS),
        ("FC_PLUS_CLIENT_ID", "plus-client-of-the-test"),
        ("FC_PLUS_CLIENT_SECRET", SECRET),
        ("FC_PROTECTED_PATHS", "/prive, /prive/sante eidas2, /prive/notaire eidas3"),
    ];
    variables.extend(added.map(|(name, value)| (name, value.to_owned())));
    variables.insert("FC_PRIVATE_KEYS", private_keys(&["ECDH-ES"]));
    variables
}

pub fn configure(variables: &BTreeMap<&'static str, String>) -> Config {
    config::read(|name| variables.get(name).cloned()).unwrap_or_else(|faults| panic!("{faults:?}"))
}

/// A deployment with its provider: everything but the browsers.
pub struct World {
    pub config: Config,
    /// The provider of the one client, or of the first.
    pub emulator: Emulator,
    /// FranceConnect+, where it is a second one.
    pub plus: Option<Emulator>,
    pub now: Timestamp,
    /// Isolate memory and KV in one.
    pub store: HashMap<Key, Vec<u8>>,
    /// Why the store gives no answer, if it gives none.
    pub down: Option<StoreDown>,
    /// Whether its listings come to no end.
    pub cut: bool,
    /// What the isolate knows of revocations.
    pub known: Known,
    /// Loads, listings and writes that were waited for.
    pub asked: Vec<&'static str>,
    pub events: Vec<Event>,
    pub lines: Vec<String>,
    /// Every URL that was called.
    pub called: Vec<String>,
    /// What was sent to each.
    pub sent: Vec<String>,
    /// Seconds that each call takes.
    pub latency: i64,
    pub ahead: i64,
    visits: u64,
}

impl World {
    pub fn new() -> Self {
        Self::with(&variables(), Alg::Es256)
    }

    pub fn both() -> Self {
        Self::with(&both_variables(), Alg::Es256)
    }

    pub fn with(variables: &BTreeMap<&'static str, String>, signing_alg: Alg) -> Self {
        let config = configure(variables);
        let product = |environment: &str| match environment {
            "plus-emulator" => Product::Plus,
            _ => Product::Standard,
        };
        let first = product(&variables["FC_ENVIRONMENT"]);
        let emulator = |product: Product, issuer: &str, client_id: &str| {
            let encryption = match variables.get("FC_ENCRYPTION_ALG").map(String::as_str) {
                _ if product == Product::Standard => None,
                Some("RSA-OAEP-256") => Some(Encryption::RsaOaep256),
                _ => Some(Encryption::EcdhEs),
            };
            let auth = match variables.get("FC_CLIENT_AUTH").map(String::as_str) {
                Some("private_key_jwt") => ClientAuth::PrivateKeyJwt,
                _ => ClientAuth::SecretPost,
            };
            let client = Client {
                client_id: client_id.to_owned(),
                client_secret: SECRET.to_owned(),
                name: "Service d’essai".to_owned(),
                site: config.public_url().origin().to_owned(),
                redirect_uris: vec![config.redirect_uri().to_owned()],
                post_logout_redirect_uris: vec![config.post_logout_redirect_uri().to_owned()],
                signing_alg,
                encryption,
                jwks_uri: Some(format!("{}/auth/jwks.json", config.public_url().origin())),
                auth,
                ..Client::default()
            };
            Emulator::new(Settings {
                product,
                issuer: issuer.to_owned(),
                clients: vec![client],
                seed: [3; 32],
                ..Settings::default()
            })
        };
        let plus = variables.get("FC_PLUS_CLIENT_ID").map(|id| emulator(Product::Plus, PLUS, id));
        Self {
            emulator: emulator(first, config.issuer(), &variables["FC_CLIENT_ID"]),
            plus,
            config,
            now: Timestamp::from_unix(1_800_000_000),
            store: HashMap::new(),
            down: None,
            cut: false,
            known: Known::default(),
            asked: Vec::new(),
            events: Vec::new(),
            lines: Vec::new(),
            called: Vec::new(),
            sent: Vec::new(),
            latency: 0,
            ahead: 0,
            visits: 0,
        }
    }

    /// The emulator at `url`, which has fetched our keys before it answers, if it needs them.
    pub fn provider(&mut self, request: &emulator::Request, url: &str) -> &mut Emulator {
        let now = self.now;
        for wanted in self.emulator_at(url).wants(now, request) {
            let answer = self.fetched(&wanted);
            self.emulator_at(url).learn(now, &wanted, Some(answer));
        }
        self.emulator_at(url)
    }

    fn emulator_at(&mut self, url: &str) -> &mut Emulator {
        self.plus.as_mut().filter(|_| url.starts_with(PLUS)).unwrap_or(&mut self.emulator)
    }

    /// What we answer at `wanted`, an address of ours.
    fn fetched(&mut self, wanted: &str) -> ServiceDocument {
        let target = wanted.strip_prefix(self.config.public_url().origin()).unwrap().to_owned();
        let asked = Request::new(Method::Get, &target, Headers::default());
        let Content::Respond(response) = self.visit(asked) else { panic!("a file") };
        ServiceDocument {
            status: response.status,
            cache_control: response.get("cache-control").map(str::to_owned),
            expires: None,
            body: response.body.clone(),
        }
    }

    /// Performs one visit to its end, as every host does.
    pub fn visit(&mut self, request: Request) -> Content {
        self.visits += 1;
        let mut entropy = [0; 64];
        entropy[..8].copy_from_slice(&self.visits.to_be_bytes());
        let mut step =
            web::begin(&self.config, Visit { now: self.now, entropy, request, known: self.known.clone() });
        for _ in 0..12 {
            step = match step {
                Step::Load(key, _, loading) => {
                    let answer = self.loaded(&key);
                    loading.resume(&self.config, &answer)
                }
                Step::List(prefix, listing) => {
                    let answer = self.listed(&prefix);
                    listing.resume(&self.config, &answer)
                }
                Step::Store(save, storing) => {
                    let answer = self.stored(save);
                    storing.resume(&self.config, &answer)
                }
                Step::Fetch(call, waiting) => {
                    let result = self.fetch(&call);
                    self.now = self.now.plus(self.latency);
                    waiting.resume(&self.config, FetchAnswer { now: self.now, result })
                }
                Step::Recall(recalling) => {
                    let once = |event: &Event| Counted { event: event.clone(), times: 1 };
                    recalling.resume(&self.config, &self.events.iter().map(once).collect::<Vec<_>>())
                }
                Step::Done(reply) => {
                    self.lines.extend(reply.lines());
                    self.saved(reply.save);
                    if let Some(known) = reply.known {
                        self.known = std::mem::take(&mut self.known).and(known);
                    }
                    self.events.extend(reply.events);
                    return reply.content;
                }
            };
        }
        panic!("a visit without end");
    }

    fn fetch(&mut self, call: &Call) -> Result<Fetched, Unreachable> {
        self.called.push(call.url().to_owned());
        self.sent.push(call.body().to_owned());
        let method = match call.method() {
            CallMethod::Get => "GET",
            CallMethod::Post => "POST",
        };
        let mut request = emulator::Request::new(method, call.url());
        for (name, value) in call.headers() {
            request = request.with(name, value);
        }
        request.body = call.body().as_bytes().to_vec();
        let now = self.now;
        let reply = self.provider(&request, call.url()).handle(now, &request);
        if reply.cut {
            return Err(Unreachable::Network);
        }
        if reply.delay.as_millis() > u128::from(Call::TIMEOUT_MS) {
            return Err(Unreachable::Timeout);
        }
        if reply.body.len() > Call::MAX_BYTES {
            return Err(Unreachable::TooLarge);
        }
        let content_type = reply.get("content-type").map(str::to_owned);
        let (date, took) = (Some(self.now.plus(self.ahead)), Some(12));
        Ok(Fetched { status: reply.status, content_type, body: reply.body, date, took })
    }

    /// Calls of the relying party to the provider, in order, since last asked; those of browsers left out.
    pub fn take_calls(&mut self) -> Vec<&'static str> {
        let browser = [Endpoint::Authorize, Endpoint::Interaction, Endpoint::EndSession];
        let plus = self.plus.as_mut().map(Emulator::take_calls).unwrap_or_default();
        self.emulator
            .take_calls()
            .into_iter()
            .chain(plus)
            .filter(|at| !browser.contains(at))
            .map(Endpoint::name)
            .collect()
    }

    /// The code of the last event.
    pub fn last_code(&self) -> &'static str {
        self.events.last().map_or("nothing", |event| event.code)
    }
}

/// A browser: its jar for the site, and its way through the emulator.
#[derive(Clone, Default)]
pub struct Browser {
    pub cookies: BTreeMap<String, String>,
    pub emulator: Visitor,
    pub plus: Visitor,
    pub language: Option<String>,
}

impl Browser {
    pub fn new() -> Self {
        Self::default()
    }

    /// The headers of a navigation, with the jar.
    pub fn headers(&self) -> Headers {
        let mut headers = Headers::default();
        let jar =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
        headers.set(Header::Cookie, (!jar.is_empty()).then_some(jar));
        headers.set(Header::AcceptLanguage, self.language.clone());
        headers.set(Header::SecFetchMode, Some("navigate".to_owned()));
        headers.set(Header::SecFetchDest, Some("document".to_owned()));
        headers.set(Header::SecFetchSite, Some("same-origin".to_owned()));
        headers
    }

    /// Sends a request and keeps the cookies that come back.
    pub fn send(&mut self, world: &mut World, request: Request) -> Response {
        let response = match world.visit(request) {
            Content::Respond(response) => response,
            Content::File(file) => {
                let name = file.candidates().remove(0);
                let meta = franceconnect_edge::site::FileMeta { size: 5, modified: None };
                let mut head = file.found(&name, meta).head;
                head.body = b"<file".to_vec();
                head
            }
            Content::Forward(forward) => panic!("forwarded: {}", forward.url()),
        };
        for (_, cookie) in response.headers.iter().filter(|(name, _)| *name == "set-cookie") {
            let (pair, attributes) = cookie.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        response
    }

    /// Navigates to a path or to an address of the site.
    pub fn get(&mut self, world: &mut World, target: &str) -> Response {
        let target = target.split('#').next().unwrap();
        let target = target.strip_prefix(world.config.public_url().origin()).unwrap_or(target).to_owned();
        let request = Request::new(Method::Get, &target, self.headers());
        self.send(world, request)
    }

    /// Posts an empty form from a page of the site.
    pub fn post(&mut self, world: &mut World, target: &str) -> Response {
        let request = Request::new(Method::Post, target, self.headers());
        self.send(world, request)
    }

    /// From our login route through the emulator; answers the callback's address.
    pub fn authorize(&mut self, world: &mut World, login: &str, return_to: &str) -> String {
        let sent = self.get(world, &format!("/auth/login?return_to={return_to}"));
        assert_eq!(sent.status, 303, "{}", String::from_utf8_lossy(&sent.body));
        let url = sent.get("location").unwrap().to_owned();
        self.identify(world, login, &url)
    }

    /// From the authorization request's `url` through whichever emulator it is for; answers the callback's address.
    pub fn identify(&mut self, world: &mut World, login: &str, url: &str) -> String {
        let now = world.now;
        let second = url.starts_with(PLUS) && world.plus.is_some();
        let provider = world.provider(&emulator::Request::get(url), url);
        let visitor = if second { &mut self.plus } else { &mut self.emulator };
        let reply = visitor.log_in(provider, now, url, login);
        reply.get("location").unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(&reply.body))).to_owned()
    }

    /// A whole login; answers what the callback answered.
    pub fn log_in(&mut self, world: &mut World, login: &str) -> Response {
        self.log_in_for(world, login, "/prive/")
    }

    /// A whole login for `page`; answers where it ended.
    pub fn log_in_for(&mut self, world: &mut World, login: &str, page: &str) -> Response {
        let callback = self.authorize(world, login, page);
        self.get(world, &callback)
    }

    /// What the site's scripts are told of this browser.
    pub fn session(&mut self, world: &mut World) -> serde_json::Value {
        serde_json::from_slice(&self.get(world, "/auth/session").body).unwrap()
    }

    /// Whether the site knows this browser.
    pub fn is_logged_in(&mut self, world: &mut World) -> bool {
        self.get(world, "/auth/session").status == 200
    }
}
