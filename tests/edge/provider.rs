//! Decides who plays FranceConnect and FranceConnect+: the emulators of this package, which share an address, can
//! be told to misbehave and count the calls, in a process of their own.

use franceconnect_edge::emulator::Product;

use crate::http::Request;
use crate::platform::{self, origin};
use crate::process::{Process, free_port};

pub const CLIENT: &str = "client-of-the-edge-tests";
/// The same service's name at FranceConnect+.
pub const PLUS_CLIENT: &str = "client-of-the-edge-tests-plus";
pub const SECRET: &str = "5ecre7-0f-the-edge-tests-0123456789abcdef";

/// What was agreed on when the service was registered, besides its addresses.
#[derive(Clone, Copy)]
pub struct Registration {
    /// How FranceConnect signs.
    pub alg: &'static str,
    /// How FranceConnect+ encrypts.
    pub encryption: &'static str,
    /// Whether the service signs its calls to FranceConnect+ instead of showing a secret.
    pub private_key_jwt: bool,
}

impl Default for Registration {
    fn default() -> Self {
        Self { alg: "ES256", encryption: "ECDH-ES", private_key_jwt: false }
    }
}

/// The emulators, listening.
pub struct Emulator {
    /// The issuer of the product that the service's first client is at.
    pub issuer: String,
    product: Product,
    name: String,
    site: String,
    registration: Registration,
    process: Option<Process>,
}

impl Emulator {
    /// Emulators that know the service at `site` (or at several, with blanks between them), whose first client is at `product`.
    pub fn start(name: &str, site: &str, product: Product, registration: Registration) -> Self {
        let issuer = format!("http://127.0.0.1:{}{}", free_port(), product.path());
        let (name, site) = (format!("{name}-emulator"), site.to_owned());
        let mut emulator = Self { issuer, product, name, site, registration, process: None };
        emulator.restart();
        emulator
    }

    /// Other emulators in their place, at the same address: they remember nobody and have other keys.
    pub fn restart(&mut self) {
        self.process = None;
        let (site, registration) = (&self.site, self.registration);
        let listen = origin(&self.issuer).replace("http://", "");
        let mut command = platform::program();
        command.env("FC_CLIENT_SECRET", SECRET);
        command.args(["emulate", "--control", "--listen", &listen, "--client-id", CLIENT]);
        command.args(["--alg", registration.alg, "--encryption", registration.encryption]);
        for site in site.split(' ') {
            command.args(["--redirect-uri", &format!("{site}/auth/callback")]);
            command.args(["--post-logout-redirect-uri", &format!("{site}/auth/logout/callback")]);
        }
        if registration.private_key_jwt {
            command.arg("--private-key-jwt");
        }
        let mut process = Process::start(&self.name, command);
        process.wait_for_line("ready ");
        self.process = Some(process);
    }

    /// The process.
    pub fn id(&self) -> u32 {
        self.process.as_ref().unwrap().id()
    }

    /// The issuer of the other product at the same address.
    pub fn issuer_of(&self, product: Product) -> String {
        format!("{}{}", origin(&self.issuer), product.path())
    }

    /// Misbehaves in this way from now on; the empty word is none.
    pub fn misbehave(&self, fault: &str) {
        let set = self.control(self.product, "PUT", "behaviour", fault);
        assert_eq!(set.status, 204, "the emulator knows no fault {fault:?}");
    }

    /// Signs with other keys from now on.
    pub fn rotate_keys(&self) {
        assert_eq!(self.control(self.product, "POST", "keys/rotation", "").status, 204);
    }

    /// What its inspector says of the service in the last login; nothing where it did nothing wrong.
    pub fn verdict(&self) -> String {
        let logins = self.control(self.product, "GET", "logins", "").json();
        logins[0]["verdict"].as_str().unwrap_or_default().to_owned()
    }

    /// Knows the service by another secret from now on.
    pub fn change_secret(&self, secret: &str) {
        assert_eq!(self.control(self.product, "PUT", "secret", secret).status, 204);
    }

    /// The relying party's calls since last asked, in order; those of browsers are left out.
    pub fn take_calls(&self) -> Vec<String> {
        self.take_calls_to(self.product)
    }

    /// The same of one of two products.
    pub fn take_calls_to(&self, product: Product) -> Vec<String> {
        let calls = self.control(product, "GET", "calls", "").json();
        let calls: Vec<String> = serde_json::from_value(calls).unwrap();
        self.control(product, "DELETE", "calls", "");
        let browser = ["authorize", "interaction", "end_session"];
        calls.into_iter().filter(|call| !browser.contains(&call.as_str())).collect()
    }

    fn control(&self, product: Product, method: &'static str, what: &str, body: &str) -> crate::http::Answer {
        let base = match product {
            Product::Standard => "/_emulateur/api",
            Product::Plus => "/plus/_emulateur/api",
        };
        let request = Request::new(method, format!("{}{base}/{what}", origin(&self.issuer)));
        request.with("content-length", body.len().to_string()).body(body).send()
    }
}
