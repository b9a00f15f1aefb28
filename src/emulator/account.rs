//! Decides what a test account is: an identity of the civil register, or the error that its login ends with.

use super::client::Client;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// A person as the register and the identity provider know them. Nobody real.
#[derive(Debug, Clone, Copy)]
pub struct Identity {
    /// All first names in order.
    pub given_names: &'static [&'static str],
    /// Birth name.
    pub family_name: Option<&'static str>,
    /// Name used in daily life; `Some("")` is sent empty, `None` not at all.
    pub preferred_username: Option<&'static str>,
    /// `male`, `female` or `unspecified`.
    pub gender: &'static str,
    /// The register's date, unknown parts completed with `01`.
    pub birthdate: &'static str,
    /// The identity provider's date, whose unknown parts are `00`.
    pub idp_birthdate: &'static str,
    /// INSEE code of the commune; empty for a birth abroad.
    pub birthplace: &'static str,
    /// INSEE code of the country.
    pub birthcountry: &'static str,
    /// Address known by the identity provider.
    pub email: &'static str,
}

/// One test account; every password is [`Account::PASSWORD`].
#[derive(Debug, Clone, Copy)]
pub struct Account {
    /// What is typed.
    pub login: &'static str,
    /// What the account is good for, in French.
    pub interest: &'static str,
    /// The person.
    pub identity: Identity,
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
        let pivot = [
            &person.given_names.join(" "),
            person.family_name.unwrap_or_default(),
            person.birthdate,
            person.gender,
            person.birthplace,
            person.birthcountry,
        ];
        let mut hash = Sha256::new();
        for part in [client.client_id.as_str(), "émulateur FranceConnect"].into_iter().chain(pivot) {
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
        format!("{}v1", hex(&hash.finalize()))
    }

    /// Every claim of the identity, among which the scopes choose.
    pub(super) fn claims(&self, idp: &Idp) -> Map<String, Value> {
        let person = &self.identity;
        let mut claims = Map::new();
        if !person.given_names.is_empty() {
            claims.insert("given_name".into(), json!(person.given_names.join(" ")));
            claims.insert("given_name_array".into(), json!(person.given_names));
        }
        if let Some(name) = person.family_name {
            claims.insert("family_name".into(), json!(name));
        }
        if let Some(name) = person.preferred_username {
            claims.insert("preferred_username".into(), json!(name));
        }
        claims.insert("gender".into(), json!(person.gender));
        claims.insert("birthdate".into(), json!(person.birthdate));
        claims.insert("idp_birthdate".into(), json!(person.idp_birthdate));
        claims.insert("birthplace".into(), json!(person.birthplace));
        claims.insert("birthcountry".into(), json!(person.birthcountry));
        claims.insert("email".into(), json!(format!("{}{}", idp.email_prefix, person.email)));
        claims.insert("idp_id".into(), json!(idp.id));
        claims.insert("amr".into(), json!(idp.amr));
        claims
    }
}

/// An identity provider of the selection page.
#[derive(Debug)]
pub struct Idp {
    /// What an `idp_hint` names.
    pub id: &'static str,
    /// The button's words.
    pub name: &'static str,
    /// `amr` of a login there.
    pub amr: &'static [&'static str],
    /// Put before addresses: two identity providers rarely know the same one, and a service that
    /// recognises people by it must notice.
    pub email_prefix: &'static str,
}

/// The identity providers, the default first.
pub const IDPS: &[Idp] = &[
    Idp {
        id: "demonstration-eidas-faible",
        name: "Démonstration eIDAS faible",
        amr: &["fc", "pwd"],
        email_prefix: "",
    },
    Idp {
        id: "demonstration-courriel",
        name: "Démonstration par courriel (autre adresse électronique)",
        amr: &["fc", "mail"],
        email_prefix: "courriel.",
    },
];

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
