//! Decides what a test account is: an identity, or the error that its login ends with; and what of it either
//! product tells.

mod file;
mod idp;
mod shapes;
pub(in crate::emulator) mod typed;

pub use file::Citizens;
pub use idp::{Crowd, IDPS, Idp};

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
    /// What the register says instead: FranceConnect tells it in the place of what the identity provider said,
    /// FranceConnect+ beside it. The same person if it is absent.
    pub register: Option<Identity>,
    /// The person's identifier in another country, if that is where they come from.
    pub foreign_id: Option<String>,
    /// What the mandate is for by which somebody logs in for this person at Aidants Connect; empty without a mandate.
    pub rep_scope: Vec<String>,
    /// Whether the login looks suspicious: FranceConnect then wants another, at a stronger identity provider.
    pub suspicious: bool,
    /// FranceConnect's code of the error page that the login ends with, if it fails, or the logout (`Y020028`).
    pub error: Option<&'static str>,
}

impl Account {
    /// The password of every test account.
    pub const PASSWORD: &'static str = "123";

    /// The error of an identity provider that nobody notices before they log out.
    const AT_LOGOUT: &str = "Y020028";

    /// Which identity providers know them.
    pub fn crowd(&self) -> Crowd {
        match &self.foreign_id {
            Some(_) => Crowd::Abroad,
            None if self.rep_scope.is_empty() => Crowd::Register,
            None => Crowd::Helped,
        }
    }

    /// The code of the error that the login ends with at `client`, if it does.
    pub(in crate::emulator) fn login_error(&self, client: Option<&Client>) -> Option<&'static str> {
        let covered = client.and_then(|client| client.rep_scope.as_ref());
        let outside = |covered: &Vec<String>| !self.rep_scope.iter().any(|scope| covered.contains(scope));
        match self.error {
            Some(code) if code != Self::AT_LOGOUT => Some(code),
            _ if !self.rep_scope.is_empty() && covered.is_some_and(outside) => Some("Y600020"),
            _ => None,
        }
    }

    /// The code of the error that the logout ends with, if it does.
    pub(in crate::emulator) fn logout_error(&self) -> Option<&'static str> {
        self.error.filter(|code| *code == Self::AT_LOGOUT)
    }

    /// The civil status that `product` believes: the register's at FranceConnect, the identity provider's at
    /// FranceConnect+.
    fn civil_status(&self, product: Product) -> &Identity {
        match (product, &self.register) {
            (Product::Standard, Some(register)) => register,
            _ => &self.identity,
        }
    }

    /// The subject that `client` sees: the same whatever the identity provider, another for another entity.
    ///
    /// The salt is a constant so that a developer's accounts keep their subjects from one start to the next.
    pub fn sub(&self, client: &Client, product: Product) -> String {
        let person = self.civil_status(product);
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
        let (person, civil_status) = (&self.identity, self.civil_status(product));
        let date = match product {
            Product::Standard => &civil_status.birthdate,
            Product::Plus => &person.idp_birthdate,
        };
        let mut claims = pivot("", civil_status, date);
        // Another country has one name for everything.
        let usual = if self.foreign_id.is_some() { &person.family_name } else { &person.preferred_username };
        if let Some(name) = usual {
            claims.insert("preferred_username".into(), json!(name));
        }
        claims.insert("idp_birthdate".into(), json!(person.idp_birthdate));
        claims.insert("email".into(), json!(format!("{}{}", idp.email_prefix, person.email)));
        claims.insert("idp_id".into(), json!(idp.id));
        claims.insert("amr".into(), json!(idp.amr));
        if !self.rep_scope.is_empty() {
            claims.insert("rep_scope".into(), json!(self.rep_scope));
        }
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
