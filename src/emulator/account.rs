//! Decides what a test account is: an identity, or the error that its login ends with; and what of it either
//! product tells.

use super::client::Client;
use super::idp::Idp;
use super::product::Product;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// A person as the register and the identity provider know them. Nobody real.
#[derive(Debug, Clone, Copy)]
pub struct Identity {
    /// All first names in order.
    pub given_names: &'static [&'static str],
    /// Birth name; of a person from another country, the current name.
    pub family_name: Option<&'static str>,
    /// Name used in daily life; `Some("")` is sent empty, `None` not at all.
    pub preferred_username: Option<&'static str>,
    /// `male`, `female` or `unspecified`; empty where another country does not tell it.
    pub gender: &'static str,
    /// The register's date, unknown parts completed with `01`.
    pub birthdate: &'static str,
    /// The identity provider's date, whose unknown parts are `00`.
    pub idp_birthdate: &'static str,
    /// INSEE code of the commune, empty for a birth abroad; free text or empty from another country.
    pub birthplace: &'static str,
    /// INSEE code of the country; empty where another country does not tell it.
    pub birthcountry: &'static str,
    /// Address known by the identity provider; empty where another country does not tell it.
    pub email: &'static str,
}

/// One test account; every password is [`Account::PASSWORD`].
#[derive(Debug, Clone, Copy)]
pub struct Account {
    /// What is typed.
    pub login: &'static str,
    /// What the account is good for, in French.
    pub interest: &'static str,
    /// The person, as the identity provider knows them; FranceConnect has the register confirm it.
    pub identity: Identity,
    /// What the register says instead, told by FranceConnect+ only; the same person if it is absent.
    pub register: Option<Identity>,
    /// The person's identifier in another country, if that is where they come from.
    pub foreign_id: Option<&'static str>,
    /// FranceConnect's code of the error page that the login ends with, if it fails.
    pub error: Option<&'static str>,
}

impl Account {
    /// The password of every test account.
    pub const PASSWORD: &'static str = "123";

    /// The subject that `client` sees: the same whatever the identity provider, another for another entity.
    ///
    /// The salt is a constant so that a developer's accounts keep their subjects from one start to the next.
    pub fn sub(&self, client: &Client) -> String {
        let person = &self.identity;
        let pivot = match self.foreign_id {
            Some(id) => vec![id.to_owned()],
            None => vec![
                person.given_names.join(" "),
                person.family_name.unwrap_or_default().to_owned(),
                person.birthdate.to_owned(),
                person.gender.to_owned(),
                person.birthplace.to_owned(),
                person.birthcountry.to_owned(),
            ],
        };
        let mut hash = Sha256::new();
        for part in [client.client_id.as_str(), "émulateur FranceConnect"]
            .into_iter()
            .chain(pivot.iter().map(String::as_str))
        {
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
        format!("{}v1", hex(&hash.finalize()))
    }

    /// Every claim of the identity, among which the scopes choose.
    pub(super) fn claims(&self, product: Product, idp: &Idp) -> Map<String, Value> {
        let person = &self.identity;
        let date = match product {
            Product::Standard => person.birthdate,
            Product::Plus => person.idp_birthdate,
        };
        let mut claims = pivot("", person, date);
        if let Some(name) = person.preferred_username {
            claims.insert("preferred_username".into(), json!(name));
        }
        claims.insert("idp_birthdate".into(), json!(person.idp_birthdate));
        claims.insert("email".into(), json!(format!("{}{}", idp.email_prefix, person.email)));
        claims.insert("idp_id".into(), json!(idp.id));
        claims.insert("amr".into(), json!(idp.amr));
        if self.foreign_id.is_some() {
            // What another country does not tell is left out; French data are sent empty.
            claims.retain(|_, value| value != "");
        } else {
            let register = self.register.as_ref().unwrap_or(person);
            claims.extend(pivot("rnipp_", register, register.birthdate));
        }
        claims
    }
}

/// The civil status of `person` as claims whose names begin with `prefix`.
fn pivot(prefix: &str, person: &Identity, date: &str) -> Map<String, Value> {
    let names = (!person.given_names.is_empty()).then_some(person.given_names);
    [
        ("given_name", names.map(|names| json!(names.join(" ")))),
        ("given_name_array", names.map(|names| json!(names))),
        ("family_name", person.family_name.map(|name| json!(name))),
        ("gender", Some(json!(person.gender))),
        ("birthdate", Some(json!(date))),
        ("birthplace", Some(json!(person.birthplace))),
        ("birthcountry", Some(json!(person.birthcountry))),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((format!("{prefix}{name}"), value?)))
    .collect()
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
