//! Decides what a deployment is judged by: the team's file, the configuration of production, that of the test site. Of a
//! service of which nothing is known, only what holds for every service is judged.

use crate::config::{Config, Registration};
use crate::franceconnect::{Level, Product};
use crate::journey::Words;
use crate::journey::configuration::{Configuration, HABILITATION, address, callbacks, environment};
use crate::journey::dossier::{Dossier, GRANTED_LEVEL, GRANTED_SCOPES, Step, claims};
use crate::journey::live::authorization::is_production;

/// What is known of a deployment before it is looked at.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// The product, if the file or the configuration says it.
    pub product: Option<Product>,
    /// What was granted: the level, and the claims that the scopes open.
    pub granted: Option<(Level, Vec<String>)>,
    /// Whether a login in production is attested.
    pub attested: bool,
    /// The configuration of production, if there is one that can be read.
    pub live: Option<Live>,
    /// What is wrong with it: what is seen, and how to mend it.
    pub faults: Vec<(Words, Words)>,
    /// The test site.
    pub test: Option<Test>,
}

/// What the configuration of production says.
#[derive(Debug, Clone)]
pub struct Live {
    /// Where it stands.
    pub place: String,
    /// The origin of the site.
    pub site: String,
    /// Where our own addresses begin.
    pub prefix: String,
    /// The client, if it was given.
    pub client: Option<String>,
    /// The callback.
    pub callback: String,
    /// Every callback that the client has.
    pub callbacks: Vec<String>,
    /// Whether several sites share the client, which needs a document.
    pub shared: bool,
    /// Where a logout ends.
    pub logout: String,
    /// Where a login begins.
    pub login: String,
    /// What goes into the authorization request besides what every one has.
    pub request: Vec<(String, String)>,
    /// The level of a login that asks for no more.
    pub level: Option<Level>,
    /// How FranceConnect+ encrypts to us.
    pub encryption: Option<&'static str>,
    /// Whether keys are published.
    pub publishes: bool,
    /// What is published, unless its private half is a secret that is not seen from here.
    pub keys: Option<String>,
}

/// What the configuration of the test site says.
#[derive(Debug, Clone)]
pub struct Test {
    /// Where it stands.
    pub place: String,
    /// The origin of the site.
    pub site: String,
    /// The client, if it was given.
    pub client: Option<String>,
    /// Where its keys are published, if they are.
    pub keys_at: Option<String>,
    /// What is published, if it is seen from here.
    pub keys: Option<String>,
}

/// The variables that hold private keys.
const KEYS: [&str; 2] = ["FC_PRIVATE_KEYS", "FC_ASSERTION_KEYS"];

impl Known {
    /// What the file says, and the configurations that it names.
    pub fn of(dossier: &Dossier, live: Option<&Configuration>, test: Option<&Configuration>) -> Self {
        let product = dossier.product();
        let mut known = Self {
            product: dossier.level().map(Level::product),
            granted: granted(dossier, live, product),
            attested: dossier.attested(Step::Production.name()).is_some(),
            test: test.and_then(|test| test_of(test, product)),
            ..Self::default()
        };
        if let Some(live) = live {
            known.product = Some(product);
            known.faults = faults(dossier, live, product);
            known.live = live_of(live, product);
        }
        known
    }
}

fn live_of(configuration: &Configuration, product: Product) -> Option<Live> {
    let (config, registration) = configuration.registration(product)?;
    let request = registration.authorization.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
    let shown = shown(configuration);
    // Beside FranceConnect, FranceConnect+ is asked by level.
    let second = registration.issuer() != config.issuer();
    let level = registration.level.filter(|_| second).map(Level::name);
    let more = level.map(|level| format!("?acr_values={level}")).unwrap_or_default();
    Some(Live {
        place: configuration.place.clone(),
        site: config.public_url().origin().to_owned(),
        prefix: config.prefix.clone(),
        client: configuration.client(product).map(str::to_owned),
        callback: config.redirect_uri().to_owned(),
        callbacks: callbacks(config),
        shared: config.sector.is_some(),
        logout: config.post_logout_redirect_uri().to_owned(),
        login: format!("{}{more}", address(config, "login")),
        request: request.collect(),
        level: registration.level,
        encryption: registration.client.encryption.map(|encryption| encryption.name()),
        publishes: config.jwks.is_some(),
        keys: config.jwks.clone().filter(|_| shown),
    })
}

fn test_of(configuration: &Configuration, product: Product) -> Option<Test> {
    let (config, _) = configuration.registration(product)?;
    let there = config.jwks.is_some() && !config.public_url().is_loopback();
    Some(Test {
        place: configuration.place.clone(),
        site: config.public_url().origin().to_owned(),
        client: configuration.client(product).map(str::to_owned),
        keys_at: there.then(|| address(config, "jwks.json")),
        keys: config.jwks.clone().filter(|_| shown(configuration)),
    })
}

/// Whether private keys are seen: what stands for them would be published by nobody.
fn shown(configuration: &Configuration) -> bool {
    !configuration.unset.iter().any(|name| KEYS.contains(name))
}

/// The habilitation as the file records it, else as the configuration does.
fn granted(
    dossier: &Dossier,
    live: Option<&Configuration>,
    product: Product,
) -> Option<(Level, Vec<String>)> {
    let recorded = || {
        let all = live?.habilitation.as_deref()?;
        all.split(',').find_map(|one| {
            let (level, scopes) = one.trim().split_once(' ')?;
            let level = Level::parse(level).filter(|level| level.product() == product)?;
            Some((level, scopes.to_owned()))
        })
    };
    let filed = || {
        let level = Level::parse(dossier.value(GRANTED_LEVEL)?)?;
        Some((level, dossier.value(GRANTED_SCOPES)?.to_owned()))
    };
    let (level, scopes) = filed().or_else(recorded)?;
    Some((level, claims(scopes.split_whitespace(), product)))
}

/// What stands against a configuration whatever the deployment answers.
fn faults(dossier: &Dossier, live: &Configuration, product: Product) -> Vec<(Words, Words)> {
    let place = &live.place;
    let mend = || Words::new(format!("Corriger {place}."), format!("Mend {place}."));
    let config = match &live.config {
        Ok(config) => config,
        Err(faults) => {
            let told = |fault: &Words| {
                Words::new(format!("{place} : {}", fault.fr), format!("{place}: {}", fault.en))
            };
            return faults.iter().map(|fault| (told(fault), mend())).collect();
        }
    };
    let Some((_, registration)) = live.registration(product) else {
        let name = product.name();
        let seen = Words::new(
            format!("{place} n’a pas de client chez {name}."),
            format!("{place} has no client at {name}."),
        );
        return vec![(seen, mend())];
    };
    let mut faults = Vec::new();
    faults.extend(not_production(place, config, registration));
    faults.extend(on_this_machine(place, config));
    faults.extend(unrecorded(dossier, live));
    faults
}

fn not_production(place: &str, config: &Config, registration: &Registration) -> Option<(Words, Words)> {
    let production = environment(registration).is_some_and(is_production);
    // Beside a client of FranceConnect, that of FranceConnect+ follows.
    let alone = registration.issuer() == config.issuer();
    let word = match registration.product() {
        Product::Plus if alone => "plus-production",
        Product::Plus | Product::Standard => "production",
    };
    (!production).then(|| {
        let seen =
            Words::new(format!("{place} n’est pas de production."), format!("{place} is not of production."));
        (
            seen,
            Words::new(
                format!("Y écrire FC_ENVIRONMENT={word}."),
                format!("Write FC_ENVIRONMENT={word} there."),
            ),
        )
    })
}

fn on_this_machine(place: &str, config: &Config) -> Option<(Words, Words)> {
    config.public_url().is_loopback().then(|| {
        let seen = Words::new(
            format!("{place} : PUBLIC_URL est une adresse de cette machine."),
            format!("{place}: PUBLIC_URL is an address of this machine."),
        );
        (
            seen,
            Words::new("Y écrire l’adresse publique du site.", "Write the public address of the site there."),
        )
    })
}

/// Without the habilitation a configuration may ask for anything.
fn unrecorded(dossier: &Dossier, live: &Configuration) -> Option<(Words, Words)> {
    let line = format!("{} {}", dossier.value(GRANTED_LEVEL)?, dossier.value(GRANTED_SCOPES)?);
    let same = |one: &str| one.split_whitespace().eq(line.split_whitespace());
    let recorded = live.habilitation.as_deref().is_some_and(|all| all.split(',').any(same));
    (!recorded).then(|| {
        let place = &live.place;
        let seen = Words::new(
            format!("{place} n’enregistre pas l’habilitation."),
            format!("{place} does not record the habilitation."),
        );
        let mend = Words::new(
            format!("Y écrire {HABILITATION} = \"{line}\" : la configuration ne pourra demander plus."),
            format!("Write {HABILITATION} = \"{line}\" there: the configuration can then ask for no more."),
        );
        (seen, mend)
    })
}
