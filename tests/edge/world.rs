//! Decides what a conversation finds: the relying party running on one platform, and its provider.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use franceconnect_edge::emulator::Product;

use crate::browser::Browser;
use crate::http::Request;
use crate::keys;
use crate::platform::{Platform, Variables};
use crate::process::{Process, free_port, wait_until_free, words};
use crate::provider::{CLIENT, Emulator, PLUS_CLIENT, Registration, SECRET};
use crate::secrets;

/// Keys that protect nothing.
pub const SESSION_KEY: &str = "kTLrb6n3A1Zg8oYwVd5sXc0uJpQh7iMfN2tGxBvCyRE";
pub const OTHER_KEY: &str = "w3-Hk1pQzT0YdVbNf8sLmXaJcRgEuKiOoP5t7yZxC9A";

/// A running relying party with the emulator as its provider.
pub struct World {
    pub platform: Platform,
    /// `PUBLIC_URL`: its name differs from the provider's, so that cookies behave as they do in production.
    pub site: String,
    pub emulator: Option<Emulator>,
    /// Counting calls and switching faults concern everybody who is here.
    pub quiet: RwLock<()>,
    variables: Variables,
    process: Option<Process>,
}

impl World {
    /// Started from nothing: no keys are kept anywhere.
    pub fn fresh(platform: Platform) -> Self {
        Self::with(platform, "ES256", |_| {})
    }

    /// The same with the emulator's algorithm, and variables changed by `change`.
    pub fn with(platform: Platform, alg: &'static str, change: impl FnOnce(&mut Variables)) -> Self {
        let registration = Registration { alg, ..Registration::default() };
        Self::registered(platform, Product::Standard, registration, |variables, _| {
            variables.insert("FC_ID_TOKEN_ALG", alg.to_owned());
            change(variables);
        })
    }

    /// A client of FranceConnect+ alone, which encrypts as was agreed on.
    pub fn plus(platform: Platform, registration: Registration, change: impl FnOnce(&mut Variables)) -> Self {
        Self::registered(platform, Product::Plus, registration, |variables, _| {
            variables.insert("FC_CLIENT_ID", PLUS_CLIENT.to_owned());
            variables.insert("FC_ENCRYPTION_ALG", registration.encryption.to_owned());
            variables.insert("FC_PRIVATE_KEYS", keys::set(&[(registration.encryption, "cle-2026")]));
            change(variables);
        })
    }

    /// A client of both products: one path of the site needs `eidas2`, another `eidas3`. FranceConnect signs with
    /// `alg`, FranceConnect+ always with ES256.
    pub fn both(platform: Platform, alg: &'static str, change: impl FnOnce(&mut Variables)) -> Self {
        let registration = Registration { alg, ..Registration::default() };
        Self::registered(platform, Product::Standard, registration, |variables, emulator| {
            let added = [
                ("FC_ID_TOKEN_ALG", alg.to_owned()),
                ("FC_AMR", "true".to_owned()),
                ("FC_PLUS_AMR", "true".to_owned()),
                ("FC_PLUS_ISSUER", emulator.issuer_of(Product::Plus)),
                ("FC_PLUS_CLIENT_ID", PLUS_CLIENT.to_owned()),
                ("FC_PLUS_CLIENT_SECRET", SECRET.to_owned()),
                ("FC_PRIVATE_KEYS", keys::set(&[("ECDH-ES", "cle-2026"), ("ES256", "signature-2026")])),
                ("FC_PROTECTED_PATHS", "/prive, /prive/sante eidas2, /prive/notaire eidas3".to_owned()),
                ("FC_SECTOR_REDIRECT_URIS", "https://autre.example/auth/callback".to_owned()),
            ];
            variables.extend(added);
            change(variables);
        })
    }

    fn registered(
        platform: Platform,
        product: Product,
        registration: Registration,
        change: impl FnOnce(&mut Variables, &Emulator),
    ) -> Self {
        let site = format!("http://localhost:{}", free_port());
        // It fetches the service's keys when a login begins, so it may be there first.
        let emulator = Emulator::start(platform.name(), &site, product, registration);
        let mut variables = variables(&site);
        let environment = match product {
            Product::Standard => "emulator",
            Product::Plus => "plus-emulator",
        };
        variables.insert("FC_ENVIRONMENT", environment.to_owned());
        variables.insert("FC_ISSUER", emulator.issuer.clone());
        change(&mut variables, &emulator);
        Self::serve(platform, site, Some(emulator), &variables)
    }

    /// The relying party at `site` with just these variables.
    pub fn serve(
        platform: Platform,
        site: String,
        emulator: Option<Emulator>,
        variables: &Variables,
    ) -> Self {
        let variables = variables.clone();
        let mut world = Self { platform, site, emulator, quiet: RwLock::default(), variables, process: None };
        world.restart();
        world
    }

    /// Deploys it again with other variables.
    pub fn deploy(&mut self, change: impl FnOnce(&mut Variables)) {
        change(&mut self.variables);
        self.restart();
    }

    /// Does something while nothing runs, and then starts again.
    pub fn between(&mut self, act: impl FnOnce()) {
        self.process = None;
        act();
        self.restart();
    }

    /// The process.
    pub fn id(&self) -> u32 {
        self.process.as_ref().unwrap().id()
    }

    /// Another process in the place of the one there was, as after a deployment: it remembers nothing.
    pub fn restart(&mut self) {
        self.process = None;
        let port = self.site.rsplit(':').next().unwrap().parse().unwrap();
        wait_until_free(port);
        let mut process = Process::start(self.platform.name(), self.platform.command(port, &self.variables));
        secrets::watch(self.platform, process.log());
        process.wait_for("answer on its port", |_| {
            std::net::TcpStream::connect(("127.0.0.1", port)).ok()?;
            let answer = Request::new("GET", format!("{}/auth/style.css", self.site)).send();
            matches!(answer.status, 200 | 503).then_some(())
        });
        self.process = Some(process);
    }

    /// The most memory that the relying party ever had, in kB.
    pub fn memory(&self) -> u64 {
        self.process.as_ref().unwrap().memory()
    }

    /// The memory that it has now, in kB.
    pub fn resident(&self) -> u64 {
        self.process.as_ref().unwrap().resident()
    }

    pub fn browser(&self) -> Browser {
        Browser::new(&self.site)
    }

    pub fn emulator(&self) -> &Emulator {
        self.emulator.as_ref().unwrap()
    }

    /// The line of the log that has `text` in it, as soon as it is there: some platforms write it after the answer.
    pub fn line_with(&self, text: &str) -> serde_json::Map<String, serde_json::Value> {
        self.line_with_both(text, "")
    }

    /// The same with two texts in it.
    pub fn line_with_both(&self, text: &str, other: &str) -> serde_json::Map<String, serde_json::Value> {
        let process = self.process.as_ref().unwrap();
        let line = process.look_for(&format!("{text} {other}"), |said| {
            let (complete, _) = said.rsplit_once('\n')?;
            complete.lines().find(|line| line.contains(text) && line.contains(other)).map(str::to_owned)
        });
        let (start, end) = (line.find('{').unwrap(), line.rfind('}').unwrap());
        serde_json::from_str(&line[start..=end]).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    /// The lines of the log that have `text` in them so far.
    pub fn lines_with(&self, text: &str) -> String {
        let said = self.process.as_ref().unwrap().said();
        said.lines().filter(|line| line.contains(text)).collect::<Vec<_>>().join("\n")
    }

    /// The one that all conversations of a platform share; started when the first asks for it.
    pub fn shared(platform: Platform) -> Arc<Self> {
        once(&SHARED[0][platform as usize], platform, Self::fresh)
    }

    /// The same for a client of both products.
    pub fn shared_by_both(platform: Platform) -> Arc<Self> {
        once(&SHARED[1][platform as usize], platform, |platform| Self::both(platform, "ES256", |_| {}))
    }

    /// Ends the shared ones.
    pub fn end_shared() {
        for slot in SHARED.iter().flatten() {
            slot.lock().unwrap_or_else(PoisonError::into_inner).take();
        }
    }
}

type Slot = Mutex<Option<Result<Arc<World>, String>>>;

/// A client of FranceConnect, and one of both products, on each platform.
static SHARED: [[Slot; 3]; 2] = [const { [const { Mutex::new(None) }; 3] }; 2];

fn once(slot: &Slot, platform: Platform, start: fn(Platform) -> World) -> Arc<World> {
    let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
    let started = slot.get_or_insert_with(|| {
        let started = std::panic::catch_unwind(|| Arc::new(start(platform)));
        started.map_err(|why| words(&*why))
    });
    match started {
        Ok(world) => world.clone(),
        Err(why) => panic!("{} could not be started: {why}", platform.name()),
    }
}

/// Variables of a service at `site`; the provider is still to be named.
pub fn variables(site: &str) -> Variables {
    [
        ("PUBLIC_URL", site),
        ("FC_CLIENT_ID", CLIENT),
        ("FC_CLIENT_SECRET", SECRET),
        ("FC_SESSION_KEYS", SESSION_KEY),
        ("FC_SCOPES", "openid identite_pivot preferred_username email"),
        ("FC_PROTECTED_PATHS", "/prive"),
        ("FC_LOGOUT_PAGE", "/deconnecte"),
    ]
    .into_iter()
    .map(|(name, value)| (name, value.to_owned()))
    .collect()
}
