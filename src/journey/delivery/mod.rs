//! What FranceConnect delivers once a client is made, `client_id` by e-mail and `client_secret` by SMS: which variables
//! they are, where they go, and whether what was typed can be them.

mod edit;
mod form;
mod host;
mod shape;

pub use edit::with_client_id;
pub use form::Form;
pub use host::Host;
pub use shape::{Known, client_id, client_secret};

use super::Words;
use super::configuration::{Configuration, environment};
use super::dossier::*;
use crate::franceconnect::Product;

/// Which of the two environments a client is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The sandbox.
    Test,
    /// Production.
    Live,
}

/// What is to be entered, and where it goes.
#[derive(Debug)]
pub struct Delivery<'a> {
    /// The configuration it is for: `wrangler.toml [env.production]`.
    pub place: &'a str,
    /// Who runs it.
    pub host: Host,
    /// The variable of the `client_id`.
    pub id: &'static str,
    /// The variable of the `client_secret`.
    pub secret: &'static str,
    /// That of the one to come.
    pub next: &'static str,
    /// The `client_id` that the configuration has, if it has one.
    pub present: Option<&'a str>,
    /// That of the other environment, which must be another.
    pub other: Option<&'a str>,
    /// Whether the client has a secret: with `private_key_jwt` it has none.
    pub has_secret: bool,
}

impl<'a> Delivery<'a> {
    /// What `configuration` needs for the dossier's product; `other` is the configuration of the other environment.
    ///
    /// # Errors
    /// Why nothing may be entered there.
    pub fn of(
        dossier: &Dossier,
        side: Side,
        configuration: Option<&'a Configuration>,
        other: Option<&'a Configuration>,
    ) -> Result<Self, Vec<Words>> {
        let fields = match side {
            Side::Test => (SANDBOX_CONFIGURATION, SANDBOX_ENV),
            Side::Live => (PRODUCTION_CONFIGURATION, PRODUCTION_ENV),
        };
        let Some(configuration) = configuration else {
            let Field { path, fr, en, .. } = fields.0;
            return Err(vec![Words::new(
                format!("{path} manque : {fr}."),
                format!("{path} is missing: {en}."),
            )]);
        };
        let place = &configuration.place;
        let config = match &configuration.config {
            Ok(config) => config,
            Err(faults) => {
                let words = |Words { fr, en }: &Words| {
                    Words::new(format!("{place} : {fr}"), format!("{place}: {en}"))
                };
                return Err(faults.iter().map(words).collect());
            }
        };
        let product = dossier.product();
        let first = config.registrations().next().map(|registration| registration.product());
        let variables = match (product, first) {
            (Product::Plus, Some(Product::Standard)) => {
                ("FC_PLUS_CLIENT_ID", "FC_PLUS_CLIENT_SECRET", "FC_PLUS_CLIENT_SECRET_NEXT")
            }
            (Product::Standard, Some(Product::Plus)) => {
                return Err(vec![Words::new(
                    format!(
                        "{place} n’a de client que chez FranceConnect+, et le dossier est de FranceConnect (service.level)."
                    ),
                    format!(
                        "{place} has a client at FranceConnect+ only, and the file is of FranceConnect (service.level)."
                    ),
                )]);
            }
            _ => ("FC_CLIENT_ID", "FC_CLIENT_SECRET", "FC_CLIENT_SECRET_NEXT"),
        };
        let live = config.registrations().all(|registration| {
            environment(registration).is_some_and(|environment| environment.name.ends_with("production"))
        });
        if live != (side == Side::Live) {
            return Err(vec![match side {
                Side::Live => Words::new(
                    format!(
                        "{place} n’est pas de production (FC_ENVIRONMENT) : rien n’y est saisi ; --sandbox est pour le bac à sable."
                    ),
                    format!(
                        "{place} is not of production (FC_ENVIRONMENT): nothing is entered there; --sandbox is for the sandbox."
                    ),
                ),
                Side::Test => Words::new(
                    format!("{place} est de production (FC_ENVIRONMENT) : rien du bac à sable n’y va."),
                    format!("{place} is of production (FC_ENVIRONMENT): nothing of the sandbox goes there."),
                ),
            }]);
        }
        let registration = configuration.registration(product);
        let file = dossier.value(fields.0).unwrap_or_default();
        Ok(Self {
            place,
            host: Host::of(file, dossier.value(fields.1)),
            id: variables.0,
            secret: variables.1,
            next: variables.2,
            present: configuration.client(product),
            other: other.and_then(|other| other.client(product)),
            has_secret: registration.is_none_or(|(_, own)| own.client.auth.name() != "private_key_jwt"),
        })
    }
}
