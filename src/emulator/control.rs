//! Decides the control endpoints, for tests that only reach the emulator through a socket.

use super::http::{Reply, Request};
use super::{Emulator, Endpoint, Fault};
use serde_json::json;

const FAULT: &str = "/faute";
const SECRET: &str = "/secret";
const CALLS: &str = "/appels";

impl Emulator {
    /// Answers a request to a control endpoint; nothing when it is none or they are off.
    pub(super) fn control(&mut self, request: &Request) -> Option<Reply> {
        if !self.settings.control {
            return None;
        }
        match (request.method.as_str(), request.path.strip_prefix(self.settings.product.control())?) {
            ("PUT", FAULT) => {
                let name = std::str::from_utf8(&request.body).unwrap_or_default().trim();
                let fault = Fault::from_name(name);
                if fault.is_none() && !name.is_empty() {
                    return Some(Reply::json(404, &json!({ "error": "unknown fault" })));
                }
                self.misbehave(fault);
                Some(Reply::new(204))
            }
            ("PUT", SECRET) => {
                self.change_secret(std::str::from_utf8(&request.body).unwrap_or_default().trim());
                Some(Reply::new(204))
            }
            ("GET", CALLS) => {
                let names: Vec<&str> = self.calls.iter().copied().map(Endpoint::name).collect();
                Some(Reply::json(200, &json!(names)))
            }
            ("DELETE", CALLS) => {
                self.take_calls();
                Some(Reply::new(204))
            }
            _ => None,
        }
    }
}
