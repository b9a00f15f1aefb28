//! Decides which client the service under test is: the one that options name, else that of the configuration which
//! franceconnect.toml names for this address, else the ready one, or what an emulator that runs already knows.

use std::path::Path;
use std::process::ExitCode;

use url::Url;

use super::deployed::Running;
use crate::cli::check::Source;
use crate::cli::emulate::{self, Ready};
use crate::cli::lang::Lang;
use crate::emulator::{Alg, Client, ClientAuth, Encryption, Product};
use crate::journey::qualification::trace::Registration;
use crate::{config, franceconnect, oidc};

/// The clients of the service, as far as they are known here.
pub(super) struct Clients {
    all: Vec<(Product, Client)>,
    /// Whether their secret is the one of clients that nobody described.
    pub(super) made_up: bool,
    /// Which product is asked first, if it is known.
    product: Option<Product>,
    /// The secret, where nothing else is known of them.
    secret: Option<String>,
}

/// What options say of them.
pub(super) struct Given<'a> {
    pub(super) clients: Option<&'a Path>,
    pub(super) ready: Ready,
    /// Whether the emulator runs already, with clients of its own.
    pub(super) elsewhere: bool,
}

impl Clients {
    /// What is known of the clients. Options come before the configuration, in secrets as well.
    pub(super) fn of(
        lang: Lang,
        given: Given<'_>,
        running: Option<&Running>,
        product: Option<franceconnect::Product>,
    ) -> Result<Self, ExitCode> {
        let product = product.map(ours);
        if let Some(all) = emulate::registered(lang, given.clients)? {
            return Ok(Self { all, made_up: false, product, secret: None });
        }
        let described = given.ready.is_given();
        let configured = running.filter(|_| !described).map(of_configuration).unwrap_or_default();
        if configured.is_empty() && given.elsewhere && !described {
            let secret = given.ready.secret();
            return Ok(Self { all: configured, made_up: false, product, secret });
        }
        let named = given.ready.has_secret();
        let (usual, made_up) = emulate::ready(given.ready);
        if configured.is_empty() {
            return Ok(Self { all: usual, made_up, product, secret: None });
        }
        let secret = usual.into_iter().next().map(|(_, client)| client.client_secret);
        let lacks =
            |client: &Client| client.auth == ClientAuth::SecretPost && client.client_secret.is_empty();
        let lacking = configured.iter().any(|(_, client)| lacks(client));
        let fill = |(of, mut client): (Product, Client)| {
            if named || (lacks(&client) && !(given.elsewhere && made_up)) {
                client.client_secret = secret.clone().unwrap_or_default();
            }
            (of, client)
        };
        let all = configured.into_iter().map(fill).collect();
        Ok(Self { all, made_up: made_up && lacking, product, secret: None })
    }

    /// Those to serve.
    pub(super) fn all(&self) -> &[(Product, Client)] {
        &self.all
    }

    /// The one that is at `url`, by its callbacks.
    fn at(&self, url: &Url) -> Option<&Client> {
        let here = |uri: &String| Url::parse(uri).is_ok_and(|uri| uri.origin() == url.origin());
        let mut all: Vec<&(Product, Client)> = self.all.iter().collect();
        all.sort_by_key(|(of, client)| {
            (!client.redirect_uris.iter().any(here), self.product.is_some_and(|product| product != *of))
        });
        all.first().map(|(_, client)| client)
    }

    /// Its secret, to be looked for where it must not be.
    pub(super) fn secret(&self, url: &Url) -> Option<String> {
        let own = self.at(url).map(|client| client.client_secret.clone());
        own.filter(|secret| !secret.is_empty()).or_else(|| self.secret.clone())
    }

    /// What FranceConnect knows of it.
    pub(super) fn registration(&self, url: &Url) -> Option<Registration> {
        let client = self.at(url)?;
        Some(Registration::new(
            client.redirect_uris.clone(),
            client.post_logout_redirect_uris.clone(),
            client.sector_identifier_uri.clone(),
        ))
    }

    /// What of the registrations their fingerprint is of: all but the secrets.
    pub(super) fn parts(&self) -> Vec<String> {
        let parts = |client: &Client| {
            let own = [client.client_id.clone(), client.signing_alg.name().to_owned()];
            let uris = client.redirect_uris.iter().chain(&client.post_logout_redirect_uris);
            own.into_iter().chain(uris.cloned()).collect::<Vec<_>>()
        };
        self.all.iter().flat_map(|(_, client)| parts(client)).collect()
    }

    /// Every host of the service.
    pub(super) fn hosts(&self) -> Vec<String> {
        let uris = self
            .all
            .iter()
            .flat_map(|(_, client)| client.redirect_uris.iter().chain(&client.post_logout_redirect_uris));
        uris.filter_map(|uri| Some(Url::parse(uri).ok()?.host_str()?.to_owned())).collect()
    }
}

/// The clients that a configuration makes of the service; a secret that is not seen is empty.
fn of_configuration(running: &Running) -> Vec<(Product, Client)> {
    let Ok(config) = &running.configuration.config else { return Vec::new() };
    let client = |(secret, registration): (&str, &config::Registration)| {
        let id = running.configuration.client(registration.product())?;
        Some((ours(registration.product()), client(&running.source, secret, id, config, registration)))
    };
    let secrets = ["FC_CLIENT_SECRET", "FC_PLUS_CLIENT_SECRET"];
    secrets.into_iter().zip(config.registrations()).filter_map(client).collect()
}

fn client(
    source: &Source,
    secret: &str,
    id: &str,
    config: &config::Config,
    registration: &config::Registration,
) -> Client {
    let oidc::Client { algorithm, encryption, auth, .. } = &registration.client;
    // Where a platform keeps secrets, the environment may have them for this run.
    let secret = source.value(secret).map(str::to_owned).or_else(|| std::env::var(secret).ok());
    Client {
        client_id: id.to_owned(),
        client_secret: secret.map(|secret| secret.trim().to_owned()).unwrap_or_default(),
        site: config.public_url().origin().to_owned(),
        redirect_uris: crate::journey::callbacks(config),
        post_logout_redirect_uris: vec![config.post_logout_redirect_uri().to_owned()],
        signing_alg: Alg::from_name(algorithm.name()).unwrap_or(Alg::Es256),
        encryption: encryption.as_ref().and_then(|encryption| Encryption::from_name(encryption.name())),
        jwks_uri: Some(crate::journey::address(config, "jwks.json")),
        auth: match auth {
            oidc::ClientAuth::PrivateKeyJwt => ClientAuth::PrivateKeyJwt,
            _ => ClientAuth::SecretPost,
        },
        sector_identifier_uri: config
            .sector
            .as_ref()
            .map(|_| crate::journey::address(config, "sector-identifier.json")),
        ..Client::default()
    }
}

fn ours(product: franceconnect::Product) -> Product {
    match product {
        franceconnect::Product::Standard => Product::Standard,
        franceconnect::Product::Plus => Product::Plus,
    }
}
