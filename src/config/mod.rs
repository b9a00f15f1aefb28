//! From named variables to one value, with every fault named at once.

mod address;
mod fault;
mod provider;
mod reader;
mod variables;

pub use address::{AddressFault, PublicUrl, is_loopback_authority};
pub use fault::{Fault, Faults};
pub use variables::{NAMES, VARIABLES, Variable};

use crate::franceconnect::{Level, Scopes};
use crate::oidc::{Client, Provider};
use crate::secret::Secret;
use crate::session::{CookieNames, KeyRing, Lifetime};
use crate::site::{Protected, ReturnPath};

/// A configuration with no fault in it.
#[derive(Debug)]
pub struct Config {
    pub(crate) public_url: PublicUrl,
    pub(crate) prefix: String,
    pub(crate) service_name: String,
    pub(crate) stylesheets: Vec<String>,
    pub(crate) logout_page: ReturnPath,
    pub(crate) protected: Protected,
    pub(crate) source: Source,
    pub(crate) client: Client,
    pub(crate) scopes: Scopes,
    pub(crate) level: Option<Level>,
    /// What goes into the authorization request besides the code flow's own parameters.
    pub(crate) authorization: Vec<(&'static str, String)>,
    pub(crate) ring: KeyRing,
    pub(crate) cookies: CookieNames,
    pub(crate) lifetime: Lifetime,
}

/// Where the provider's endpoints come from.
#[derive(Debug)]
pub enum Source {
    /// Built in.
    BuiltIn(Provider),
    /// From the issuer's discovery document.
    Discovery {
        /// The issuer, byte for byte.
        issuer: String,
        /// Origins, besides the issuer's, that endpoints may be on.
        allowed_origins: Vec<String>,
    },
}

impl Config {
    /// The address of the site.
    pub fn public_url(&self) -> &PublicUrl {
        &self.public_url
    }

    /// The provider's issuer identifier.
    pub fn issuer(&self) -> &str {
        match &self.source {
            Source::BuiltIn(provider) => &provider.issuer,
            Source::Discovery { issuer, .. } => issuer,
        }
    }

    /// The `redirect_uri` to declare to the provider.
    pub fn redirect_uri(&self) -> &str {
        &self.client.redirect_uri
    }

    /// The `post_logout_redirect_uri` to declare to the provider.
    pub fn post_logout_redirect_uri(&self) -> &str {
        &self.client.post_logout_redirect_uri
    }
}

/// Reads the configuration; `variable` returns the value under an upper-case name. Blanks around a value
/// do not count, and an empty value is an absent one.
///
/// # Errors
/// Every fault at once.
pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Config, Faults> {
    let mut reader = reader::Reader::new(&variable);
    let public_url = reader.public_url();
    let prefix = reader.prefix();
    let ends = provider::read(&mut reader, public_url.as_ref());
    let service_name = reader.service_name();
    let stylesheets = reader.stylesheets();
    let protected = reader.protected();
    reader.reachable(&stylesheets, &protected);
    let logout_page = reader.logout_page(&prefix);
    let lifetime = reader.lifetime();
    // What is sealed for one provider, client, level and site opens for no other.
    let audience = format!(
        "{}\n{}\n{}\n{}",
        ends.level.map_or("none", Level::name),
        ends.issuer,
        ends.client_id,
        public_url.as_ref().map_or("", PublicUrl::origin)
    );
    let ring = reader.ring(&audience);
    let (Some(public_url), Some(ring)) = (public_url, ring) else { return Err(reader.into_faults()) };
    let (Some(source), Some(scopes), Some(algorithm)) = (ends.source, ends.scopes, ends.algorithm) else {
        return Err(reader.into_faults());
    };
    let at = |path: &str| format!("{}{prefix}/{path}", public_url.origin());
    let config = Config {
        client: Client {
            id: ends.client_id,
            secret: Secret::new(ends.client_secret),
            auth: ends.auth,
            algorithm,
            userinfo: ends.userinfo,
            redirect_uri: at("callback"),
            post_logout_redirect_uri: at("logout/callback"),
            leeway: ends.leeway,
            userinfo_expires: ends.strict,
            // FranceConnect's tokens live 60 seconds; other providers' an hour and more.
            token_life: if ends.strict { 60 } else { 86_400 },
        },
        service_name: service_name.unwrap_or_else(|| public_url.host().to_owned()),
        cookies: CookieNames::new(public_url.is_secure()),
        public_url,
        prefix,
        stylesheets,
        logout_page,
        protected,
        source,
        scopes,
        level: ends.level,
        authorization: ends.authorization,
        ring,
        lifetime,
    };
    reader.finish(config)
}
