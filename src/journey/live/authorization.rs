//! Decides how an authorization request is read out of the address that a login leads to.

use crate::franceconnect::{Environment, Product};
use url::Url;

/// What a login asks of a provider.
#[derive(Debug, Clone)]
pub(super) struct Authorization<'a> {
    pub(super) url: &'a Url,
    pairs: Vec<(String, String)>,
}

impl<'a> Authorization<'a> {
    pub(super) fn of(url: &'a Url) -> Self {
        Self { url, pairs: url.query_pairs().into_owned().collect() }
    }

    /// The first value of a parameter.
    pub(super) fn given(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The names in the order of the address.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.pairs.iter().map(|(name, _)| name.as_str())
    }

    /// The environment of FranceConnect whose authorization endpoint this is.
    pub(super) fn environment(&self) -> Option<&'static Environment> {
        let endpoint = self.url.as_str().split(['?', '#']).next().unwrap_or_default();
        Environment::ALL.iter().find(|it| Environment::provider(it.issuer).authorization_endpoint == endpoint)
    }
}

/// FranceConnect's environment of production.
pub(super) fn production(product: Product) -> Option<&'static Environment> {
    Environment::ALL.iter().find(|it| it.product == product && is_production(it))
}

pub(super) fn is_production(environment: &Environment) -> bool {
    environment.name.ends_with("production")
}
