//! FranceConnect's environments as data. Endpoints are built in, so that no start depends on discovery.

use super::Product;
use crate::oidc::Provider;

/// One place where FranceConnect can be asked, with keys of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Environment {
    /// The word in `FC_ENVIRONMENT`.
    pub name: &'static str,
    /// Which product.
    pub product: Product,
    /// The base URL, which is also the issuer.
    pub issuer: &'static str,
}

impl Environment {
    /// Every built-in environment.
    pub const ALL: &'static [Self] = &[
        Self {
            name: "sandbox",
            product: Product::Standard,
            issuer: "https://fcp-low.sbx.dev-franceconnect.fr/api/v2",
        },
        Self {
            name: "integration",
            product: Product::Standard,
            issuer: "https://fcp-low.integ01.dev-franceconnect.fr/api/v2",
        },
        Self {
            name: "production",
            product: Product::Standard,
            issuer: "https://oidc.franceconnect.gouv.fr/api/v2",
        },
        Self {
            name: "plus-integration",
            product: Product::Plus,
            issuer: "https://auth.integ01.dev-franceconnect.fr/api/v2",
        },
        Self {
            name: "plus-production",
            product: Product::Plus,
            issuer: "https://auth.franceconnect.gouv.fr/api/v2",
        },
    ];

    /// The environment of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|environment| environment.name == name).copied()
    }

    /// The environment of `product` that goes with this one: test with test, production with production.
    pub fn sibling(self, product: Product) -> Option<Self> {
        let production = |environment: &Self| environment.name.ends_with("production");
        Self::ALL
            .iter()
            .find(|other| other.product == product && production(other) == production(&self))
            .copied()
    }

    /// A provider laid out like FranceConnect under `issuer`: this environment, or the emulator.
    pub fn provider(issuer: &str) -> Provider {
        let at = |path: &str| format!("{issuer}/{path}");
        Provider {
            issuer: issuer.to_owned(),
            authorization_endpoint: at("authorize"),
            token_endpoint: at("token"),
            userinfo_endpoint: at("userinfo"),
            jwks_uri: at("jwks"),
            end_session_endpoint: Some(at("session/end")),
            iss_parameter: true,
            // FranceConnect announces S256 and refuses its parameters: the nonce carries that duty.
            pkce: false,
        }
    }
}
