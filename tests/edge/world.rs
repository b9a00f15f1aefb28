//! Decides what a conversation finds: the relying party running on one platform, and its provider.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use crate::browser::Browser;
use crate::http::Request;
use crate::platform::{Platform, Variables};
use crate::process::{Process, free_port};
use crate::provider::{CLIENT, Emulator, SECRET};
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
    pub fn with(platform: Platform, alg: &str, change: impl FnOnce(&mut Variables)) -> Self {
        let site = format!("http://localhost:{}", free_port());
        let emulator = Emulator::start(platform.name(), &site, alg);
        let mut variables = variables(&site);
        variables.insert("FC_ENVIRONMENT", "emulator".to_owned());
        variables.insert("FC_ISSUER", emulator.issuer.clone());
        variables.insert("FC_ID_TOKEN_ALG", alg.to_owned());
        change(&mut variables);
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

    /// Another process in the place of the one there was, as after a deployment: it remembers nothing.
    pub fn restart(&mut self) {
        self.process = None;
        let port = self.site.rsplit(':').next().unwrap().parse().unwrap();
        let mut process = Process::start(self.platform.name(), self.platform.command(port, &self.variables));
        secrets::watch(self.platform, process.log());
        process.wait_for("answer on its port", |_| {
            std::net::TcpStream::connect(("127.0.0.1", port)).ok()?;
            let answer = Request::new("GET", format!("{}/auth/style.css", self.site)).send();
            matches!(answer.status, 200 | 503).then_some(())
        });
        self.process = Some(process);
    }

    pub fn browser(&self) -> Browser {
        Browser::new(&self.site)
    }

    pub fn emulator(&self) -> &Emulator {
        self.emulator.as_ref().unwrap()
    }

    /// The one that all conversations of a platform share; started when the first asks for it.
    pub fn shared(platform: Platform) -> Arc<Self> {
        let mut slot = slot(platform).lock().unwrap_or_else(PoisonError::into_inner);
        let started = slot.get_or_insert_with(|| {
            let started = std::panic::catch_unwind(|| Arc::new(Self::fresh(platform)));
            started.map_err(|why| why.downcast_ref::<String>().cloned().unwrap_or_default())
        });
        match started {
            Ok(world) => world.clone(),
            Err(why) => panic!("{} could not be started: {why}", platform.name()),
        }
    }

    /// Ends the shared ones.
    pub fn end_shared() {
        for platform in Platform::ALL {
            slot(platform).lock().unwrap_or_else(PoisonError::into_inner).take();
        }
    }
}

type Slot = Mutex<Option<Result<Arc<World>, String>>>;

fn slot(platform: Platform) -> &'static Slot {
    static SLOTS: [Slot; 3] = [const { Mutex::new(None) }; 3];
    &SLOTS[platform as usize]
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
