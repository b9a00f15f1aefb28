//! Decides the control interface for programs: JSON below `…/_emulateur/api`, on this machine and for no web page but
//! its own.

use super::Behaviour;
use super::panel::OVER;
use crate::emulator::http::{Reply, Request};
use crate::emulator::inspect::Record;
use crate::emulator::{Client, ClientAuth, Emulator, Endpoint, Fault, Outcome};
use serde_json::{Map, Value, json};
use url::{Host, Url};

impl Emulator {
    /// Answers a request to the control interface; nothing when it is none or the interface is off.
    pub(in crate::emulator) fn control(&mut self, request: &Request) -> Option<Reply> {
        if !self.settings.control {
            return None;
        }
        let path = request.path.strip_prefix(self.settings.product.control())?;
        if !self.is_local(request) {
            let told = "the control interface answers on this machine's own name, and to no other site";
            return Some(refused(403, &[told.to_owned()]));
        }
        let path = path.to_owned();
        Some(match path.strip_prefix("/api/") {
            Some(what) => self.api(request, what),
            None => self.panel(request, &path),
        })
    }

    /// Whether a request was made on this machine, by a program or by a page of ours.
    fn is_local(&self, request: &Request) -> bool {
        let host = request.header("host").unwrap_or_default();
        let foreign = matches!(request.header("sec-fetch-site"), Some("cross-site" | "same-site"));
        let same = |origin: &str| origin.split_once("://").is_some_and(|(_, authority)| authority == host);
        self.is_named(request) && !foreign && request.header("origin").is_none_or(same)
    }

    /// Whether a request was made to a name of this machine or to the issuer's: one that somebody's DNS points here could
    /// make a foreign page's requests ours.
    pub(super) fn is_named(&self, request: &Request) -> bool {
        let host = request.header("host").unwrap_or_default();
        let Some(url) = Url::parse(&format!("http://{host}/")).ok().filter(Url::has_host) else {
            return false;
        };
        let issuer = Url::parse(&self.settings.issuer).ok();
        let loopback = match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            None => false,
        };
        loopback || issuer.is_some_and(|issuer| issuer.host_str() == url.host_str())
    }

    fn api(&mut self, request: &Request, path: &str) -> Reply {
        let body = std::str::from_utf8(&request.body).unwrap_or_default();
        let parts: Vec<&str> = path.split('/').collect();
        match (request.method.as_str(), &parts[..]) {
            ("GET", ["behaviour"]) => Reply::json(200, &self.behaviours_json()),
            ("PUT", ["behaviour"]) => self.set(body, |emulator, behaviour| {
                emulator.behaviours.everybody = behaviour;
                emulator.served = 0;
            }),
            ("DELETE", ["behaviour"]) => {
                self.behaviours.reset(Behaviour::default());
                Reply::new(204)
            }
            ("GET", ["clients"]) => {
                Reply::json(200, &self.settings.clients.iter().map(registration).collect::<Value>())
            }
            ("PUT", ["clients", id, "behaviour"]) => match self.known_client(id) {
                None => refused(404, &["no client has this id".to_owned()]),
                Some(id) => self.set(body, |emulator, behaviour| {
                    emulator.behaviours.clients.insert(id, behaviour);
                    emulator.served = 0;
                }),
            },
            ("DELETE", ["clients", id, "behaviour"]) => match self.known_client(id) {
                None => refused(404, &["no client has this id".to_owned()]),
                Some(id) => {
                    self.behaviours.clients.remove(&id);
                    Reply::new(204)
                }
            },
            ("PUT", ["next-login", "behaviour"]) => {
                self.set(body, |emulator, behaviour| emulator.behaviours.next = Some((None, behaviour)))
            }
            ("POST", ["keys", "rotation"]) => {
                self.rotate();
                Reply::new(204)
            }
            ("PUT", ["secret"]) => {
                self.change_secret(body.trim());
                Reply::new(204)
            }
            ("GET", ["calls"]) => {
                let names: Vec<&str> = self.calls.iter().copied().map(Endpoint::name).collect();
                Reply::json(200, &json!(names))
            }
            ("DELETE", ["calls"]) => {
                self.take_calls();
                Reply::new(204)
            }
            ("GET", ["logins"]) => {
                Reply::json(200, &self.records.iter().map(Record::summary).collect::<Value>())
            }
            ("DELETE", ["logins"]) => {
                self.records.clear();
                Reply::new(204)
            }
            ("GET", ["logins", number]) => {
                match number.parse().ok().and_then(|number| self.records.get(number)) {
                    Some(record) => Reply::json(200, &record.to_json()),
                    None => refused(404, &["no login of this number is kept".to_owned()]),
                }
            }
            ("PUT" | "DELETE", ["logins", number, "behaviour"]) => {
                let Ok(number) = number.parse() else { return refused(404, &[OVER.to_owned()]) };
                let behaviour = match request.method.as_str() {
                    "DELETE" => None,
                    _ => match Behaviour::parse(body) {
                        Ok(behaviour) => Some(behaviour),
                        Err(wrong) => return refused(422, &wrong),
                    },
                };
                match self.behave_in(number, behaviour) {
                    Some(_) => Reply::new(204),
                    None => refused(404, &[OVER.to_owned()]),
                }
            }
            ("GET", ["faults"]) => Reply::json(200, &self.faults_json()),
            _ => refused(404, &[format!("there are {}", RESOURCES.join(", "))]),
        }
    }

    fn set(&mut self, body: &str, apply: impl FnOnce(&mut Self, Behaviour)) -> Reply {
        match Behaviour::parse(body) {
            Ok(behaviour) => {
                apply(self, behaviour);
                Reply::new(204)
            }
            Err(wrong) => refused(422, &wrong),
        }
    }

    fn known_client(&self, encoded: &str) -> Option<String> {
        let id = percent_encoding::percent_decode_str(encoded).decode_utf8().ok()?;
        self.settings.clients.iter().map(|client| &client.client_id).find(|known| **known == id).cloned()
    }

    fn behaviours_json(&self) -> Value {
        let behaviours = &self.behaviours;
        let clients: Map<String, Value> =
            behaviours.clients.iter().map(|(id, behaviour)| (id.clone(), behaviour.to_json())).collect();
        json!({
            "everybody": behaviours.everybody.to_json(),
            "clients": clients,
            "next_login": behaviours.next.as_ref().map(|(_, behaviour)| behaviour.to_json()),
        })
    }

    fn faults_json(&self) -> Value {
        let product = self.settings.product;
        let told = |fault: &&Fault| {
            self.settings.clients.iter().any(|client| fault.applies(product, client.encryption))
        };
        let row = |fault: &Fault| {
            let outcome = match fault.outcome() {
                Outcome::Succeeds => "succeeds",
                Outcome::Stops => "stops",
                Outcome::Either => "either",
            };
            json!({
                "name": fault.name(),
                "what": fault.what(),
                "fr": fault.what_fr(),
                "stage": fault.stage().name(),
                "login": outcome,
                "suite": fault.suite(),
            })
        };
        Fault::ALL.iter().filter(told).map(row).collect()
    }
}

/// What is registered of a client, under the names of OpenID Connect Registration: all but its secret.
fn registration(client: &Client) -> Value {
    json!({
        "client_id": client.client_id,
        "client_name": client.name,
        "client_uri": client.site,
        "redirect_uris": client.redirect_uris,
        "post_logout_redirect_uris": client.post_logout_redirect_uris,
        "sector_identifier_uri": client.sector_identifier_uri,
        "id_token_signed_response_alg": client.signing_alg.name(),
        "id_token_encrypted_response_alg": client.encryption.map(|alg| alg.name()),
        "jwks_uri": client.jwks_uri,
        "token_endpoint_auth_method": match client.auth {
            ClientAuth::SecretPost => "client_secret_post",
            ClientAuth::PrivateKeyJwt => "private_key_jwt",
        },
    })
}

const RESOURCES: [&str; 11] = [
    "behaviour",
    "clients",
    "clients/ID/behaviour",
    "next-login/behaviour",
    "keys/rotation",
    "secret",
    "calls",
    "faults",
    "logins",
    "logins/NUMBER",
    "logins/NUMBER/behaviour",
];

fn refused(status: u16, errors: &[String]) -> Reply {
    Reply::json(status, &json!({ "errors": errors }))
}
