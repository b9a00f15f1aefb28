//! Decides what is asked of the emulator's control interface: which calls a login made, by the `state` and
//! `nonce` of its authorization request.

use super::visitor::{Trouble, unreachable};
use crate::emulator::Product;
use crate::journey::Words;
use crate::journey::qualification::lies::Lie;
use crate::journey::qualification::trace::{Attempt, Call, Registration};
use reqwest::Client;
use serde_json::Value;
use std::time::Duration;
use url::Url;

/// What the emulator is given to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many of the last logins are looked at: all that an emulator keeps, as one that was kept waiting is an old one.
const RECENT: usize = 100;

/// What the emulator noted of one login.
#[derive(Debug, Clone, Default)]
pub(super) struct Noted {
    pub(super) calls: Vec<Call>,
    /// The access tokens that it gave: to be looked for where they must not be, and never shown.
    pub(super) access_tokens: Vec<String>,
    /// The claims that userinfo told of the person.
    pub(super) person: Option<Value>,
}

/// The control interface of one product's emulator.
#[derive(Debug, Clone)]
pub(in crate::journey::qualification) struct Inspector {
    client: Client,
    base: Url,
}

impl Inspector {
    /// That of the emulator that `authorize` leads to.
    pub(super) fn of(client: Client, authorize: &Url) -> Option<(Self, Product)> {
        let product = [Product::Plus, Product::Standard]
            .into_iter()
            .find(|product| authorize.path() == format!("{}/authorize", product.path()))?;
        let place = if product == Product::Plus { "/plus/_emulateur/api/" } else { "/_emulateur/api/" };
        Some((Self { client, base: authorize.join(place).ok()? }, product))
    }

    /// Whether anything is at the emulator's address.
    pub(super) async fn reach(client: &Client, emulator: &Url) -> Result<(), Trouble> {
        client.get(emulator.clone()).timeout(PATIENCE).send().await.map(|_| ()).map_err(unreachable)
    }

    /// Whether it answers at all.
    pub(super) async fn answers(&self) -> bool {
        self.get("behaviour").await.is_some()
    }

    /// The number of the last login; 0 before any.
    pub(in crate::journey::qualification) async fn last(&self) -> u64 {
        let summaries = self.get("logins").await.unwrap_or_default();
        summaries.get(0).and_then(number).unwrap_or_default()
    }

    /// Whether a login later than that of number `after` came as far as this lie.
    pub(in crate::journey::qualification) async fn has_told(&self, lie: &Lie, after: u64) -> bool {
        let Some(place) = lie.fault().map(|fault| fault.endpoint().name()) else { return false };
        let summaries = self.get("logins").await.unwrap_or_default();
        let told = |login: &&Value| login.get("fault").and_then(Value::as_str) == Some(lie.fault);
        let numbers = summaries.as_array().into_iter().flatten().filter(told).filter_map(number);
        for number in numbers.filter(|number| *number > after) {
            let login = self.get(&format!("logins/{number}")).await;
            let called = |login: Value| {
                exchanges(&login).iter().any(|call| call.get("endpoint") == Some(&place.into()))
            };
            if login.is_some_and(called) {
                return true;
            }
        }
        false
    }

    /// What is noted of the login that began with this `state` and this `nonce`: a careless service repeats either.
    pub(super) async fn login(&self, attempt: &Attempt) -> Noted {
        let summaries = self.get("logins").await.unwrap_or_default();
        let numbers = summaries.as_array().into_iter().flatten().filter_map(number);
        for number in numbers.take(RECENT) {
            let Some(login) = self.get(&format!("logins/{number}")).await else { continue };
            let exchanges = exchanges(&login);
            let mine = |exchange: &Value| {
                exchange.get("endpoint").and_then(Value::as_str) == Some("authorize")
                    && sent(exchange, "state") == attempt.state
                    && sent(exchange, "nonce") == attempt.nonce
            };
            if exchanges.iter().any(mine) {
                let given = exchanges.iter().filter_map(|exchange| exchange.get("answer"));
                let token = |answer: &Value| Some(answer.get("access_token")?.as_str()?.to_owned());
                let tokens = exchanges.iter().filter_map(|exchange| exchange.get("tokens")?.as_array());
                let mut told = tokens.flatten().filter(|token| token.get("name") == Some(&"userinfo".into()));
                return Noted {
                    access_tokens: given.filter_map(token).filter(|token| token.len() > 20).collect(),
                    calls: exchanges.iter().map(call).collect(),
                    person: told.find_map(|token| token.get("claims").cloned()),
                };
            }
        }
        Noted::default()
    }

    /// What is registered of a client, if the emulator tells: one of an earlier version does not.
    pub(in crate::journey::qualification) async fn registration(
        &self,
        client_id: &str,
    ) -> Option<Registration> {
        let clients = self.get("clients").await?;
        let mut clients = clients.as_array().into_iter().flatten();
        let client =
            clients.find(|client| client.get("client_id").and_then(Value::as_str) == Some(client_id))?;
        let uris = |name: &str| {
            let uris = client.get(name).and_then(Value::as_array).into_iter().flatten();
            uris.filter_map(|uri| uri.as_str().map(str::to_owned)).collect()
        };
        let sector = client.get("sector_identifier_uri").and_then(Value::as_str).map(str::to_owned);
        Some(Registration::new(uris("redirect_uris"), uris("post_logout_redirect_uris"), sector))
    }

    async fn get(&self, path: &str) -> Option<Value> {
        let url = self.base.join(path).ok()?;
        let answered = self.client.get(url).timeout(PATIENCE).send().await.ok()?;
        if !answered.status().is_success() {
            return None;
        }
        serde_json::from_slice(&answered.bytes().await.ok()?).ok()
    }
}

fn number(login: &Value) -> Option<u64> {
    login.get("number")?.as_u64()
}

fn exchanges(login: &Value) -> &[Value] {
    login.get("exchanges").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn parameters(exchange: &Value) -> impl Iterator<Item = (&str, &str)> {
    let pairs = exchange.get("parameters").and_then(Value::as_array).into_iter().flatten();
    pairs.filter_map(|pair| Some((pair.get(0)?.as_str()?, pair.get(1)?.as_str()?)))
}

fn sent<'a>(exchange: &'a Value, name: &str) -> &'a str {
    parameters(exchange).find(|(known, _)| *known == name).map_or("", |(_, value)| value)
}

fn call(exchange: &Value) -> Call {
    let text = |name: &str| exchange.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let notes = exchange.get("notes").and_then(Value::as_array).into_iter().flatten();
    let wrong = notes
        .filter(|note| note.get("wrong") == Some(&Value::Bool(true)))
        .filter_map(|note| Some(Words::new(note.get("fr")?.as_str()?, note.get("en")?.as_str()?)));
    Call {
        endpoint: text("endpoint"),
        at: exchange.get("at").and_then(Value::as_i64).unwrap_or_default(),
        browser: text("from") == "browser",
        status: exchange
            .get("status")
            .and_then(Value::as_u64)
            .and_then(|s| u16::try_from(s).ok())
            .unwrap_or_default(),
        parameters: parameters(exchange).map(|(name, _)| name.to_owned()).collect(),
        wrong: wrong.collect(),
    }
}
