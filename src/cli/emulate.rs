//! `emulate`: FranceConnect and FranceConnect+, emulated on one address for a service that runs elsewhere (wrangler,
//! Spin, any language).

use std::net::SocketAddr;
use std::process::ExitCode;

use clap::ValueEnum;
use url::Url;

use super::emulated::{Emulated, Manners};
use super::keygen;
use super::lang::{self, Lang};
use super::listen::{self, Stop};
use crate::emulator::{Account, Alg, Client, ClientAuth, Encryption, Product};

/// What stands below the options of `emulate --help`.
pub(super) const HELP: &str = "\
Le secret du client se donne aussi par FC_CLIENT_SECRET dans l’environnement, où l’historique du shell
ne le garde pas ; sans l’un ni l’autre il est tiré au hasard et affiché.

FranceConnect+ est à la même adresse, sous /plus : client_id suivi de -plus, même secret.";

/// Where this product's relying party publishes its keys.
const JWKS_PATH: &str = "/auth/jwks.json";

#[derive(Clone, Copy, ValueEnum)]
enum Signing {
    #[value(name = "ES256")]
    Es256,
    #[value(name = "RS256")]
    Rs256,
}

#[derive(Clone, Copy, ValueEnum)]
enum Encrypting {
    #[value(name = "ECDH-ES")]
    EcdhEs,
    #[value(name = "RSA-OAEP-256")]
    RsaOaep256,
}

#[derive(clap::Args)]
#[command(next_help_heading = "Options ")]
pub(super) struct Args {
    #[arg(long, value_name = "ADRESSE", default_value = "127.0.0.1:8788", hide_default_value = true)]
    #[arg(value_parser = listen::parse, help = "Où écouter (par défaut : 127.0.0.1:8788)")]
    listen: SocketAddr,
    #[arg(long, value_name = "ID", default_value = "service-local", hide_default_value = true)]
    #[arg(help = "client_id du service (par défaut : service-local)")]
    client_id: String,
    #[arg(long, value_name = "SECRET", help = "client_secret du service")]
    client_secret: Option<String>,
    #[arg(long = "redirect-uri", value_name = "URL", value_parser = url)]
    #[arg(default_value = "http://localhost:8787/auth/callback", hide_default_value = true)]
    #[arg(help = "Adresse de retour, répétable (par défaut : http://localhost:8787/auth/callback)")]
    redirect_uris: Vec<String>,
    #[arg(long = "post-logout-redirect-uri", value_name = "URL", value_parser = url)]
    #[arg(default_value = "http://localhost:8787/auth/logout/callback", hide_default_value = true)]
    #[arg(help = "Retour de déconnexion, répétable (par défaut : …/auth/logout/callback)")]
    post_logout_redirect_uris: Vec<String>,
    #[arg(long, value_enum, ignore_case = true, default_value = "ES256", hide_default_value = true)]
    #[arg(hide_possible_values = true, value_name = "ES256|RS256")]
    #[arg(help = "Signature des jetons de FranceConnect (par défaut : ES256)")]
    alg: Signing,
    #[arg(long, value_name = "URL", value_parser = url)]
    #[arg(help = "Clés publiques du service pour FranceConnect+ (par défaut : …/auth/jwks.json)")]
    jwks_uri: Option<String>,
    #[arg(long, value_enum, ignore_case = true, default_value = "ECDH-ES", hide_default_value = true)]
    #[arg(hide_possible_values = true, value_name = "ECDH-ES|RSA-OAEP-256")]
    #[arg(help = "Chiffrement des jetons de FranceConnect+ (par défaut : ECDH-ES)")]
    encryption: Encrypting,
    #[arg(long, help = "Le service s’authentifie auprès de FranceConnect+ par private_key_jwt")]
    private_key_jwt: bool,
    #[arg(long, help = "Ouvre l’interface qui fait commettre des fautes à l’émulateur")]
    control: bool,
    #[arg(long, help = "FranceConnect+ refuse les adresses de retour locales, comme le vrai")]
    strict_urls: bool,
}

/// Serves until a signal.
pub(super) async fn run(args: Args, lang: Lang) -> Result<(), ExitCode> {
    let stop = Stop::on_signal().map_err(|error| listen::failed(lang, &error))?;
    let emulated = Emulated::bind(lang, "--listen", args.listen).await?;
    let given = args.client_secret.or_else(|| std::env::var("FC_CLIENT_SECRET").ok());
    let given = given.filter(|secret| !secret.is_empty());
    let shown = given.is_none();
    let Some(client_secret) = given.or_else(keygen::random) else {
        return Err(keygen::no_randomness(lang));
    };
    let signing_alg = match args.alg {
        Signing::Es256 => Alg::Es256,
        Signing::Rs256 => Alg::Rs256,
    };
    let site = args.redirect_uris.first().map(|uri| origin(uri)).unwrap_or_default();
    let jwks_uri = args.jwks_uri.unwrap_or_else(|| format!("{site}{JWKS_PATH}"));
    let client = Client {
        client_id: args.client_id,
        client_secret,
        site,
        redirect_uris: args.redirect_uris,
        post_logout_redirect_uris: args.post_logout_redirect_uris,
        signing_alg,
        ..Client::default()
    };
    let plus = Client {
        client_id: format!("{}-plus", client.client_id),
        signing_alg: Alg::Es256,
        encryption: Some(match args.encryption {
            Encrypting::EcdhEs => Encryption::EcdhEs,
            Encrypting::RsaOaep256 => Encryption::RsaOaep256,
        }),
        jwks_uri: Some(jwks_uri),
        auth: if args.private_key_jwt { ClientAuth::PrivateKeyJwt } else { ClientAuth::SecretPost },
        ..client.clone()
    };
    let clients = vec![(Product::Standard, client), (Product::Plus, plus)];
    tell(lang, &emulated, &clients, shown);
    let manners = Manners { control: args.control, strict_urls: args.strict_urls };
    emulated.serve(clients, manners, stop).await.map_err(|error| listen::failed(lang, &error))
}

/// Prints the lines to paste into `.dev.vars`, of one product or of the other. A secret that was given is known and
/// not repeated.
fn tell(lang: Lang, emulated: &Emulated, clients: &[(Product, Client)], show_secret: bool) {
    for (product, client) in clients {
        let name = product.name();
        lang.say(
            format_args!("À coller dans la configuration du service, pour {name} :"),
            format_args!("To paste into the service's configuration, for {name}:"),
        );
        let environment = match product {
            Product::Standard => "emulator",
            Product::Plus => "plus-emulator",
        };
        lang::print(format_args!("FC_ENVIRONMENT={}", environment));
        lang::print(format_args!("FC_ISSUER={}", emulated.issuer(*product)));
        lang::print(format_args!("FC_CLIENT_ID={}", client.client_id));
        if show_secret && client.auth == ClientAuth::SecretPost {
            lang::print(format_args!("FC_CLIENT_SECRET={}", client.client_secret));
        }
        if *product == Product::Standard {
            lang::print(format_args!("FC_ID_TOKEN_ALG={}", client.signing_alg.name()));
        }
        if let Some(jwks_uri) = client.jwks_uri.as_ref() {
            let alg = client.encryption.map(Encryption::name).unwrap_or_default();
            lang.say(
                format_args!("Clés publiques lues à {jwks_uri}, chiffrement {alg}"),
                format_args!("Public keys read at {jwks_uri}, encryption {alg}"),
            );
        }
    }
    let password = Account::PASSWORD;
    lang.say(
        format_args!("Compte de test : test, mot de passe {password}"),
        format_args!("Test account: test, password {password}"),
    );
    lang::print(format_args!("ready {}", emulated.issuer(Product::Standard)));
}

fn url(text: &str) -> Result<String, String> {
    match Url::parse(text) {
        // Compared as text at each login, so kept as it was written.
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(text.to_owned()),
        _ => Err("adresse http ou https attendue".to_owned()),
    }
}

fn origin(uri: &str) -> String {
    Url::parse(uri).map(|url| url.origin().ascii_serialization()).unwrap_or_default()
}
