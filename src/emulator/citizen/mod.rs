//! Decides what a test account is: an identity, or the error that its login ends with; and what of it either
//! product tells.

mod file;
mod idp;

pub use file::Citizens;
pub use idp::{IDPS, Idp};

use crate::emulator::client::Client;
use crate::emulator::product::Product;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::sync::OnceLock;

/// A person as the register and the identity provider know them. Nobody real.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// All first names in order.
    pub given_names: Vec<String>,
    /// Birth name; of a person from another country, the current name.
    pub family_name: Option<String>,
    /// Name used in daily life; `Some("")` is sent empty, `None` not at all.
    pub preferred_username: Option<String>,
    /// `male`, `female` or `unspecified`; empty where another country does not tell it.
    pub gender: String,
    /// The register's date, unknown parts completed with `01`.
    pub birthdate: String,
    /// The identity provider's date, whose unknown parts are `00`.
    pub idp_birthdate: String,
    /// INSEE code of the commune, empty for a birth abroad; free text or empty from another country.
    pub birthplace: String,
    /// INSEE code of the country; empty where another country does not tell it.
    pub birthcountry: String,
    /// Address known by the identity provider; empty where another country does not tell it.
    pub email: String,
}

/// One test account; every password is [`Account::PASSWORD`].
#[derive(Debug, Clone)]
pub struct Account {
    /// What is typed.
    pub login: String,
    /// What the account is good for, in French.
    pub interest: String,
    /// The same in English.
    pub interest_en: String,
    /// The person, as the identity provider knows them; FranceConnect has the register confirm it.
    pub identity: Identity,
    /// What the register says instead, told by FranceConnect+ only; the same person if it is absent.
    pub register: Option<Identity>,
    /// The person's identifier in another country, if that is where they come from.
    pub foreign_id: Option<String>,
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
        let pivot = match &self.foreign_id {
            Some(id) => vec![id.clone()],
            None => vec![
                person.given_names.join(" "),
                person.family_name.clone().unwrap_or_default(),
                person.birthdate.clone(),
                person.gender.clone(),
                person.birthplace.clone(),
                person.birthcountry.clone(),
            ],
        };
        let mut hash = Sha256::new();
        let entity = client.entity_id.as_ref().unwrap_or(&client.client_id);
        for part in
            [entity.as_str(), "émulateur FranceConnect"].into_iter().chain(pivot.iter().map(String::as_str))
        {
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
        format!("{}v1", hex(&hash.finalize()))
    }

    /// Every claim of the identity, among which the scopes choose.
    pub(in crate::emulator) fn claims(&self, product: Product, idp: &Idp) -> Map<String, Value> {
        let person = &self.identity;
        let date = match product {
            Product::Standard => &person.birthdate,
            Product::Plus => &person.idp_birthdate,
        };
        let mut claims = pivot("", person, date);
        if let Some(name) = &person.preferred_username {
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
            claims.extend(pivot("rnipp_", register, &register.birthdate));
        }
        claims
    }
}

/// The civil status of `person` as claims whose names begin with `prefix`.
fn pivot(prefix: &str, person: &Identity, date: &str) -> Map<String, Value> {
    let names = (!person.given_names.is_empty()).then_some(&person.given_names);
    [
        ("given_name", names.map(|names| json!(names.join(" ")))),
        ("given_name_array", names.map(|names| json!(names))),
        ("family_name", person.family_name.as_ref().map(|name| json!(name))),
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
pub(in crate::emulator) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Every test account that FranceConnect's sandbox publishes, and those of our own, the default first.
pub fn accounts() -> &'static Citizens {
    static KNOWN: OnceLock<Citizens> = OnceLock::new();
    KNOWN.get_or_init(Citizens::known)
}
