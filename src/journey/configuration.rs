//! Decides what a deployed configuration tells the journey: the addresses, the data and the level it asks for, and which
//! of its values nobody has given yet.

use super::Words;
use crate::config::{self, Config, Registration};
use crate::franceconnect::{Environment, Product};

/// A configuration as it would be deployed.
#[derive(Debug)]
pub struct Configuration {
    /// Where it stands: `wrangler.toml [env.production]`.
    pub place: String,
    /// What it says, something else standing for the values that are not there; or everything that is wrong with it.
    pub config: Result<Config, Vec<Words>>,
    /// The variables without a value: secrets are not seen from here.
    pub unset: Vec<&'static str>,
    /// What it records of the habilitation.
    pub habilitation: Option<String>,
    /// The secrets that stand in it in clear, by the names of their variables.
    pub in_clear: Vec<String>,
}

/// The variable that records the habilitation.
pub(super) const HABILITATION: &str = "FC_HABILITATION";

impl Configuration {
    /// Reads a configuration; `stand_in` gives something sound for a variable that has no value.
    pub fn read(
        place: String,
        variable: impl Fn(&str) -> Option<String>,
        stand_in: impl Fn(&str) -> Option<String>,
    ) -> Self {
        let mut unset = Vec::new();
        let mut read = config::read(&variable);
        if let Err(faults) = &read {
            unset = faults.iter().filter(|fault| fault.missing).map(|fault| fault.variable).collect();
            read = config::read(|name| if unset.contains(&name) { stand_in(name) } else { variable(name) });
        }
        let words = |fault: &config::Fault| {
            let name = fault.variable;
            Words::new(format!("{name} {}", fault.fr), format!("{name} {}", fault.en))
        };
        let given =
            |name: &str| variable(name).map(|value| value.trim().to_owned()).filter(|v| !v.is_empty());
        Self {
            place,
            config: read.map_err(|faults| faults.iter().map(words).collect()),
            unset,
            habilitation: given(HABILITATION),
            in_clear: Vec::new(),
        }
    }

    /// One that cannot be read, for these reasons.
    pub fn faulty(place: String, faults: Vec<Words>) -> Self {
        Self { place, config: Err(faults), unset: Vec::new(), habilitation: None, in_clear: Vec::new() }
    }

    /// The registration with `product`, if the configuration is sound and has one.
    pub(super) fn registration(&self, product: Product) -> Option<(&Config, &Registration)> {
        let config = self.config.as_ref().ok()?;
        let registration = config.registrations().find(|registration| registration.product() == product)?;
        Some((config, registration))
    }

    /// Whether the private keys are those of the deployment: nothing stands for them.
    pub(super) fn keys_are_seen(&self) -> bool {
        !self.unset.contains(&"FC_PRIVATE_KEYS")
    }

    /// The client's name at `product`, if it was given: nothing stands for it.
    pub fn client(&self, product: Product) -> Option<&str> {
        let (config, registration) = self.registration(product)?;
        let first = registration.issuer() == config.issuer();
        let stands_in = first && self.unset.contains(&"FC_CLIENT_ID");
        (!stands_in).then_some(registration.client.id.as_str())
    }
}

/// Where a registration is: an environment of FranceConnect, if it is one.
pub(super) fn environment(registration: &Registration) -> Option<&'static Environment> {
    Environment::ALL.iter().find(|environment| environment.issuer == registration.issuer())
}

/// Every login callback to declare: ours, and those of the sites that share the client.
pub fn callbacks(config: &Config) -> Vec<String> {
    let shared = config.sector.as_ref().and_then(|document| serde_json::from_str(document).ok());
    shared.unwrap_or_else(|| vec![config.redirect_uri().to_owned()])
}

/// A sentence that names our addresses by their usual prefix, with the one that this configuration has.
pub(super) fn under_prefix(configuration: Option<&Configuration>, text: &str) -> String {
    let config = configuration.and_then(|known| known.config.as_ref().ok());
    config.map_or(text.to_owned(), |config| text.replace("/auth/", &format!("{}/", config.prefix)))
}

/// An address of ours.
pub fn address(config: &Config, path: &str) -> String {
    format!("{}{}/{path}", config.public_url().origin(), config.prefix)
}
