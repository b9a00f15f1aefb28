//! Decides what a citizen's browser does at the emulator, so that a test can log in without one: keeps the
//! session cookie, follows redirects that stay here, fills in the forms.

use super::{Account, Emulator, Idp, Reply, Request};
use crate::time::Timestamp;

/// A browser that knows the emulator only.
#[derive(Debug, Clone, Default)]
pub struct Visitor {
    session: Option<String>,
}

impl Visitor {
    /// A browser without cookies.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sends one request with the session's cookie, and keeps the cookie that comes back.
    pub fn send(&mut self, emulator: &mut Emulator, now: Timestamp, request: Request) -> Reply {
        let cookie = emulator.settings.product.cookie();
        let request = match &self.session {
            Some(id) => request.with("cookie", &format!("{cookie}={id}")),
            None => request,
        };
        let reply = emulator.handle(now, &request);
        let set = reply.headers.iter().filter(|(name, _)| *name == "set-cookie");
        for id in
            set.filter_map(|(_, value)| value.split(';').next()?.strip_prefix(cookie)?.strip_prefix('='))
        {
            self.session = Some(id.to_owned()).filter(|id| !id.is_empty());
        }
        reply
    }

    /// Goes to `url` and follows redirects that stay at the emulator. Answers the page where they end, with
    /// its path, or the redirect that leaves, with the path it came from.
    pub fn open(&mut self, emulator: &mut Emulator, now: Timestamp, url: &str) -> (String, Reply) {
        let mut request = Request::get(url);
        loop {
            let path = request.path.clone();
            let reply = self.send(emulator, now, request);
            let here = format!("{}/", emulator.base);
            match reply.get("location").filter(|location| location.starts_with(&here)) {
                Some(location) => request = Request::get(location),
                None => return (path, reply),
            }
        }
    }

    /// Goes to an authorization request's `url`, logs in as `login` with the first identity provider that knows
    /// them (unless the session remembers somebody), agrees, and answers the redirect to the service. When the
    /// way ends on a page of the emulator's, that page is the answer.
    pub fn log_in(&mut self, emulator: &mut Emulator, now: Timestamp, url: &str, login: &str) -> Reply {
        let (mut path, mut reply) = self.open(emulator, now, url);
        for _ in 0..5 {
            let step = path.rsplit('/').next().unwrap_or_default();
            let (action, fields) = match step {
                _ if reply.status != 200 => return reply,
                "connexion" => ("", vec![("login", login), ("password", Account::PASSWORD)]),
                "information" => ("", vec![("consentement", "oui")]),
                _ => ("/fournisseur", vec![("idp", choose(emulator, &reply, login))]),
            };
            let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
            reply = self.send(emulator, now, Request::post(&format!("{path}{action}"), &form));
            let here = format!("{}/", emulator.base);
            if let Some(location) = reply.get("location").filter(|location| location.starts_with(&here)) {
                let location = location.to_owned();
                (path, reply) = self.open(emulator, now, &location);
            }
        }
        reply
    }
}

/// The first identity provider of the page that knows `login`, or else the first.
fn choose(emulator: &Emulator, page: &Reply, login: &str) -> &'static str {
    let offered = |idp: &&Idp| page.text().contains(&format!("value=\"{}\"", idp.id));
    let knows = |idp: &&Idp| emulator.settings.citizens.at(idp).any(|account| account.login == login);
    let idps = emulator.settings.product.idps();
    idps.iter().filter(offered).find(knows).or(idps.first()).map_or("", |idp| idp.id)
}
