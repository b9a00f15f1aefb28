//! Decides what `dev` runs with: the variables of a site that is a client of both products, and how either knows it.

use std::collections::HashMap;
use std::path::Path;

use crate::cli::{emulated::Emulated, faults, keygen};
use crate::config::Config;
use crate::emulator::{Alg, Client, ClientAuth, Encryption, Product};

/// The official style of the button, if `scripts/dsfr` has put it into the site.
pub(super) const BUTTON: &str = "dsfr/connect.css";

/// Where a logout lands, if the site has such a page, as the sample has.
const LOGGED_OUT: &str = "deconnecte.html";

const SERVICE: &str = "Service de démonstration";

/// Values by the names of their variables.
pub(super) struct Variables(HashMap<&'static str, String>);

impl Variables {
    /// What only `dev` can know, over the environment, over what suits the sample site. Nothing without randomness.
    pub(super) fn read(port: u16, emulated: &Emulated, site: &Path) -> Option<Self> {
        let mut variables: HashMap<&'static str, String> = HashMap::from([
            ("FC_PROTECTED_PATHS", "/prive, /prive/sante eidas2".to_owned()),
            ("FC_SERVICE_NAME", SERVICE.to_owned()),
            ("FC_SCOPES", "openid identite_pivot preferred_username email".to_owned()),
            ("FC_PLUS_SCOPES", "openid rnipp_identite_pivot preferred_username email".to_owned()),
            ("FC_PLUS_AMR", "true".to_owned()),
        ]);
        if site.join(LOGGED_OUT).is_file() {
            variables.insert("FC_LOGOUT_PAGE", format!("/{LOGGED_OUT}"));
        }
        if site.join(BUTTON).is_file() {
            variables.insert("FC_STYLESHEETS", format!("/{BUTTON}"));
        }
        for name in faults::names() {
            if let Ok(value) = std::env::var(name) {
                variables.insert(name, value);
            }
        }
        if !variables.contains_key("FC_PRIVATE_KEYS") {
            let encryption = variables.get("FC_ENCRYPTION_ALG").map(|alg| alg.trim()).unwrap_or_default();
            variables.insert("FC_PRIVATE_KEYS", keygen::private_keys(encryption)?);
        }
        variables.extend([
            ("PUBLIC_URL", format!("http://localhost:{port}")),
            ("FC_ENVIRONMENT", "emulator".to_owned()),
            ("FC_ISSUER", emulated.issuer(Product::Standard)),
            ("FC_CLIENT_ID", "franceconnect-edge-dev".to_owned()),
            ("FC_PLUS_ISSUER", emulated.issuer(Product::Plus)),
            ("FC_PLUS_CLIENT_ID", "franceconnect-edge-dev-plus".to_owned()),
            ("FC_SESSION_KEYS", keygen::random()?),
        ]);
        // Both sides have the same, whoever draws it; one that is given can be looked for where it must not be.
        for name in ["FC_CLIENT_SECRET", "FC_PLUS_CLIENT_SECRET"] {
            if variables.get(name).is_none_or(|value| value.trim().is_empty()) {
                variables.insert(name, keygen::random()?);
            }
        }
        Some(Self(variables))
    }

    /// The value of `name`, without the blanks around it; empty if there is none.
    pub(super) fn value(&self, name: &str) -> &str {
        self.0.get(name).map(|value| value.trim()).unwrap_or_default()
    }

    /// The registration with `product` that goes with the configuration.
    pub(super) fn client(&self, product: Product, config: &Config) -> Client {
        let [id, secret, auth, hint] = match product {
            Product::Standard => ["FC_CLIENT_ID", "FC_CLIENT_SECRET", "FC_CLIENT_AUTH", "FC_IDP_HINT"],
            Product::Plus => {
                ["FC_PLUS_CLIENT_ID", "FC_PLUS_CLIENT_SECRET", "FC_PLUS_CLIENT_AUTH", "FC_PLUS_IDP_HINT"]
            }
        };
        let plus = product == Product::Plus;
        let signing = Alg::from_name(self.value("FC_ID_TOKEN_ALG")).filter(|_| !plus);
        let encryption = Encryption::from_name(self.value("FC_ENCRYPTION_ALG")).unwrap_or(Encryption::EcdhEs);
        let site = config.public_url().origin().to_owned();
        Client {
            client_id: self.value(id).to_owned(),
            client_secret: self.value(secret).to_owned(),
            name: SERVICE.to_owned(),
            redirect_uris: vec![config.redirect_uri().to_owned()],
            post_logout_redirect_uris: vec![config.post_logout_redirect_uri().to_owned()],
            signing_alg: signing.unwrap_or(Alg::Es256),
            encryption: plus.then_some(encryption),
            jwks_uri: Some(format!("{site}{}/jwks.json", config.prefix)),
            auth: match self.value(auth) {
                "private_key_jwt" => ClientAuth::PrivateKeyJwt,
                _ => ClientAuth::SecretPost,
            },
            idp_hints: Some(vec![self.value(hint).to_owned()]),
            site,
            ..Client::default()
        }
    }
}
