//! Decides who a login was, in the words of the emulator: what it told the service of them.

use super::inspector::Inspector;
use super::login::attempt;
use super::service::Trip;
use crate::emulator::Product;
use crate::journey::qualification::seen::Person;
use serde_json::Value;
use url::Url;

impl Trip {
    /// The product of which the emulator has this address of an authorization request.
    pub(in crate::journey::qualification) fn product(&self, authorize: &Url) -> Option<Product> {
        Inspector::of(self.client.clone(), authorize).map(|(_, product)| product)
    }

    /// Who logged in with this authorization request; nobody where the service has not asked yet.
    pub(in crate::journey::qualification) async fn person(&self, authorize: &Url) -> Option<Person> {
        let (inspector, _) = Inspector::of(self.client.clone(), authorize)?;
        let claims = inspector.login(&attempt(authorize)).await.person?;
        let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        Some(Person {
            given: text("given_name").split_whitespace().map(str::to_owned).collect(),
            family: text("family_name"),
            usage: Some(text("preferred_username")).filter(|name| !name.is_empty()),
            birthdate: text("birthdate"),
        })
    }
}
