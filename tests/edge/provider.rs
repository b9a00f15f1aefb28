//! Decides who plays FranceConnect: the emulator of this package, which can be told to misbehave and counts
//! the calls, in a process of its own.

use crate::http::Request;
use crate::platform::{self, origin};
use crate::process::Process;

pub const CLIENT: &str = "client-of-the-edge-tests";
pub const SECRET: &str = "5ecre7-0f-the-edge-tests-0123456789abcdef";

/// The emulator, listening.
pub struct Emulator {
    pub issuer: String,
    _process: Process,
}

impl Emulator {
    /// An emulator that knows the service at `site`.
    pub fn start(name: &str, site: &str, alg: &str) -> Self {
        let mut command = platform::program();
        command.env("FC_CLIENT_SECRET", SECRET);
        command.args([
            "emulate",
            "--control",
            "--listen",
            "127.0.0.1:0",
            "--client-id",
            CLIENT,
            "--alg",
            alg,
        ]);
        command.args(["--redirect-uri", &format!("{site}/auth/callback")]);
        command.args(["--post-logout-redirect-uri", &format!("{site}/auth/logout/callback")]);
        let mut process = Process::start(&format!("{name}-emulator"), command);
        let issuer = process.wait_for_line("ready ");
        Self { issuer, _process: process }
    }

    /// Misbehaves in this way from now on; the empty word is none.
    pub fn misbehave(&self, fault: &str) {
        let set = self.control("PUT", "faute", fault);
        assert_eq!(set.status, 204, "the emulator knows no fault {fault:?}");
    }

    /// The relying party's calls since last asked, in order; those of browsers are left out.
    pub fn take_calls(&self) -> Vec<String> {
        let calls: Vec<String> = serde_json::from_value(self.control("GET", "appels", "").json()).unwrap();
        self.control("DELETE", "appels", "");
        let browser = ["authorize", "interaction", "end_session"];
        calls.into_iter().filter(|call| !browser.contains(&call.as_str())).collect()
    }

    fn control(&self, method: &'static str, what: &str, body: &str) -> crate::http::Answer {
        let request = Request::new(method, format!("{}/_emulateur/{what}", origin(&self.issuer)));
        request.with("content-length", body.len().to_string()).body(body).send()
    }
}
