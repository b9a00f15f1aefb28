//! From named variables to one value, with every fault named at once.

mod address;
mod deployment;
mod fault;
mod habilitation;
mod keys;
mod origin;
mod place;
mod reader;
mod registration;
mod services;
mod told;
mod unread;
mod variables;

pub use address::{AddressFault, PublicUrl, is_loopback_authority};
pub use deployment::{At, Current, Deployed, Deployment, Learnt, is_stored, seal_services, services_entry};
pub use fault::{Fault, Faults};
pub use keys::private_keys;
pub use registration::Registration;
pub use services::{MISPLACED, Services, Variables, misplaced, nearest, public_url};
pub use variables::{NAMES, VARIABLES, Variable};

use crate::franceconnect::{Level, Product};
use crate::oidc::Provider;
use crate::secret::Secret;
use crate::session::{CookieNames, KeyRing, Lifetime, SessionStore};
use crate::site::{Access, Demand, ReturnPath, Rules, SitePath};
use crate::time::Timestamp;
pub(crate) use origin::Origin;
use place::Place;
use registration::{FIRST, SECOND, SECOND_ONLY};

/// A configuration with no fault in it.
#[derive(Debug)]
pub struct Config {
    pub(crate) public_url: PublicUrl,
    pub(crate) prefix: String,
    pub(crate) service_name: String,
    pub(crate) stylesheets: Vec<String>,
    pub(crate) logout_page: ReturnPath,
    /// `Strict-Transport-Security`, if it is sent.
    pub(crate) hsts: Option<String>,
    rules: Rules,
    origin: Option<Origin>,
    first: Registration,
    /// With FranceConnect+, beside a first one with FranceConnect.
    second: Option<Registration>,
    /// The public JWK Set, if there are keys.
    pub(crate) jwks: Option<String>,
    /// What an origin is told of a session.
    pub(crate) told: told::ToldOrigin,
    /// The sector identifier document, if several sites share a client.
    pub(crate) sector: Option<String>,
    /// What opens the operator's page, if there is one.
    pub(crate) operator: Option<Secret>,
    pub(crate) ring: KeyRing,
    pub(crate) cookies: CookieNames,
    pub(crate) lifetime: Lifetime,
    pub(crate) session_store: SessionStore,
    /// Seconds that a list of revocations is believed.
    pub(crate) revocation_freshness: i64,
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

impl Source {
    /// The issuer identifier.
    pub fn issuer(&self) -> &str {
        match self {
            Self::BuiltIn(provider) => &provider.issuer,
            Self::Discovery { issuer, .. } => issuer,
        }
    }
}

impl Config {
    /// What tells this service from others, and no secret: hosts keep under it what they know of it.
    pub fn audience(&self) -> [u8; 16] {
        self.ring.audience()
    }

    /// The address of the site.
    pub fn public_url(&self) -> &PublicUrl {
        &self.public_url
    }

    /// The issuer identifier of the one provider, or of the first.
    pub fn issuer(&self) -> &str {
        self.first.issuer()
    }

    /// The registrations: one, or FranceConnect's and FranceConnect+'s.
    pub fn registrations(&self) -> impl Iterator<Item = &Registration> {
        std::iter::once(&self.first).chain(&self.second)
    }

    /// The day each session key was made, the one that seals first; none for a key that does not say.
    pub fn keys_made(&self) -> impl Iterator<Item = Option<Timestamp>> {
        self.ring.made()
    }

    /// The registration with this issuer.
    pub(crate) fn registration(&self, issuer: &str) -> Option<&Registration> {
        self.registrations().find(|registration| registration.issuer() == issuer)
    }

    /// The registration that gives this level: the product follows.
    pub(crate) fn registration_for(&self, level: Option<Level>) -> &Registration {
        let plus = level.is_some_and(|level| level.product() == Product::Plus);
        self.second.as_ref().filter(|_| plus).unwrap_or(&self.first)
    }

    /// The least level of a session.
    pub(crate) fn level(&self) -> Option<Level> {
        self.first.level
    }

    /// The highest level that is ever asked of a registration: for the service as a whole, or for a path.
    pub fn highest_asked(&self, registration: &Registration) -> Option<Level> {
        let path = self.rules.protected().highest();
        registration.level.max(path.filter(|level| level.product() == registration.product()))
    }

    /// Whether a registration gives this level, and the habilitation lets us ask for it.
    pub(crate) fn gives(&self, level: Option<Level>) -> bool {
        let registration = self.registration_for(level);
        level <= Some(registration.granted.unwrap_or(Level::Eidas3).min(registration.highest()))
    }

    /// What `path` asks for; if it is a session, never less than the service in general.
    pub(crate) fn access(&self, path: &SitePath) -> Access {
        match self.rules.access(path) {
            Access::Protected(Demand(level)) => Access::Protected(Demand(level.max(self.first.level))),
            open => open,
        }
    }

    /// What `path` asks of a session, if it is protected.
    pub(crate) fn demand(&self, path: &SitePath) -> Option<Demand> {
        match self.access(path) {
            Access::Protected(demand) => Some(demand),
            Access::Optional | Access::Public => None,
        }
    }

    /// The origin, if it answers `path` and not a file.
    pub(crate) fn origin_for(&self, path: &SitePath) -> Option<&Origin> {
        self.origin.as_ref().filter(|origin| origin.answers(path))
    }

    /// The level that a login needs which leads to `return_to`.
    pub(crate) fn level_at(&self, return_to: &str) -> Option<Level> {
        let path = return_to.split('?').next().unwrap_or_default();
        let demand = SitePath::parse(path).ok().and_then(|path| self.demand(&path));
        demand.map_or(self.first.level, |Demand(level)| level)
    }

    /// The `redirect_uri` to declare to the provider.
    pub fn redirect_uri(&self) -> &str {
        &self.first.client.redirect_uri
    }

    /// The `post_logout_redirect_uri` to declare to the provider.
    pub fn post_logout_redirect_uri(&self) -> &str {
        &self.first.client.post_logout_redirect_uri
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
    let site = public_url.as_ref();
    let prefix = reader.prefix();
    let place = Place::read(&mut reader, site);
    let first = registration::read(&mut reader, site, place, &FIRST);
    let second = second(&mut reader, site, place);
    let drafts: Vec<_> = std::iter::once(&first).chain(&second).collect();
    let private_keys = keys::needed(&mut reader, &drafts);
    let assertion_keys = told::keys(&mut reader, &private_keys);
    let jwks = private_keys.published_with(&assertion_keys);
    let service_name = reader.service_name();
    let stylesheets = reader.stylesheets();
    let rules = reader.rules();
    reader.reachable(&stylesheets, &rules);
    reader.attainable(rules.protected(), place, second.is_some());
    let highest = rules.protected().highest();
    drafts.iter().for_each(|draft| draft.hold(&mut reader, highest));
    let upstream = origin::read(&mut reader, site);
    let logout_page = reader.logout_page(&prefix);
    let hsts = reader.hsts(site);
    let lifetime = reader.lifetime();
    let (session_store, revocation_freshness) = reader.sessions();
    // What is sealed for one site and its registrations opens for no other.
    let audiences: Vec<String> = drafts.iter().map(|draft| draft.audience()).collect();
    let audience = format!("{}\n{}", site.map_or("", PublicUrl::origin), audiences.join("\n"));
    let ring = reader.ring(&audience);
    let operator = keys::operator(&mut reader);
    let origin = site.map_or("", PublicUrl::origin);
    let told = told::read(&mut reader, assertion_keys, origin, &drafts);
    let at = |path: &str| format!("{origin}{prefix}/{path}");
    let sector = keys::sector(&mut reader, &at("callback"), site.is_some_and(PublicUrl::is_loopback));
    let first = first.finish(&at, &private_keys);
    let second = second.map(|second| second.finish(&at, &private_keys));
    let (Some(public_url), Some(ring), Some(first)) = (public_url, ring, first) else {
        return Err(reader.into_faults());
    };
    let config = Config {
        service_name: service_name.unwrap_or_else(|| public_url.host().to_owned()),
        cookies: CookieNames::new(public_url.is_secure()),
        public_url,
        prefix,
        stylesheets,
        logout_page,
        hsts,
        rules,
        origin: upstream,
        first,
        second: second.flatten(),
        jwks,
        told,
        sector,
        operator,
        ring,
        lifetime,
        session_store,
        revocation_freshness,
    };
    reader.finish(config)
}

/// The second registration, if there is one.
fn second(
    reader: &mut reader::Reader<'_>,
    site: Option<&PublicUrl>,
    first: Place,
) -> Option<registration::Draft> {
    if reader.given(variables::FC_PLUS_CLIENT_ID).is_none() {
        for name in SECOND_ONLY {
            if reader.given(name).is_some_and(|value| value != variables::default_of(name)) {
                reader.faults.add(
                    name,
                    "ne se renseigne qu’avec FC_PLUS_CLIENT_ID.",
                    "goes with FC_PLUS_CLIENT_ID only.",
                );
            }
        }
        return None;
    }
    let Some(place) = first.beside() else {
        reader.faults.add(
            variables::FC_PLUS_CLIENT_ID,
            "s’ajoute à un client de FranceConnect : FC_ENVIRONMENT doit être sandbox, integration, production ou emulator.",
            "goes beside a client of FranceConnect: FC_ENVIRONMENT must be sandbox, integration, production or emulator.",
        );
        return None;
    };
    let built_in = matches!(place, Place::BuiltIn(_));
    if built_in && reader.given(variables::FC_PLUS_ISSUER).is_some() {
        reader.faults.add(
            variables::FC_PLUS_ISSUER,
            "ne se renseigne qu’avec FC_ENVIRONMENT=emulator.",
            "goes with FC_ENVIRONMENT=emulator only.",
        );
    }
    let issuer = reader.given(variables::FC_PLUS_ISSUER);
    if issuer.is_some() && issuer == reader.given(variables::FC_ISSUER) {
        reader.faults.add(
            variables::FC_PLUS_ISSUER,
            "est celui de FC_ISSUER : FranceConnect+ a le sien.",
            "is that of FC_ISSUER: FranceConnect+ has its own.",
        );
    }
    Some(registration::read(reader, site, place, &SECOND))
}
