//! `dev`: a service and an emulated FranceConnect in one process, for a person in front of a browser.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::emulated::Emulated;
use super::lang::{self, Lang};
use super::listen::{self, Stop};
use super::{faults, keygen, serve};
use crate::config::{self, Config};
use crate::emulator::{self, Account, Alg, Client, ClientAuth, Product};
use crate::host::native::{self, Native};

/// What stands below the options of `dev --help`.
pub(super) const HELP: &str = "\
Le secret et les clés de session sont tirés à chaque démarrage. Les autres variables (FC_SCOPES,
FC_PROTECTED_PATHS…) se changent par l’environnement. Le site est sur localhost et FranceConnect sur
127.0.0.1 : deux sites différents pour le navigateur, comme en production.";

const CLIENT_ID: &str = "franceconnect-edge-dev";

/// The official style of the button, if `scripts/dsfr` has put it into the site.
const BUTTON: &str = "dsfr/connect.css";

/// Where a logout lands, if the site has such a page, as the sample has.
const LOGGED_OUT: &str = "deconnecte.html";

/// The accounts that show most of what a service must bear; the emulator's login page lists the others.
const ACCOUNTS: &[&str] = &[
    "test",
    "avec_nom_dusage",
    "caractères_spéciaux",
    "sans_prenom",
    "naissance_Portugal",
    "étranger_présumé_né_jour_et_mois",
    "identité_maximale",
    "Désactivé",
    "E010008",
];

#[derive(clap::Args)]
#[command(next_help_heading = "Options ")]
pub(super) struct Args {
    #[arg(long, value_name = "ADRESSE", default_value = "127.0.0.1:8787", hide_default_value = true)]
    #[arg(value_parser = listen::parse, help = "Où écoute le site (par défaut : 127.0.0.1:8787)")]
    listen: SocketAddr,
    #[arg(long, value_name = "ADRESSE", value_parser = listen::parse)]
    #[arg(help = "Où écoute FranceConnect émulé (par défaut : le port suivant)")]
    emulator: Option<SocketAddr>,
    #[arg(long, value_name = "DOSSIER", default_value = "site", hide_default_value = true)]
    #[arg(help = "Dossier du site (par défaut : site)")]
    site: PathBuf,
}

/// Serves both until a signal.
pub(super) async fn run(args: Args, lang: Lang) -> Result<(), ExitCode> {
    let stop = Stop::on_signal().map_err(|error| listen::failed(lang, &error))?;
    let listeners = listen::bind_localhost(lang, "--listen", args.listen).await?;
    let address = listeners.first().and_then(|first| first.local_addr().ok()).unwrap_or(args.listen);
    // Port 0 asks the system for any port; the next one after it would be 1.
    let next = if args.listen.port() == 0 { 0 } else { args.listen.port().saturating_add(1) };
    let emulator = args.emulator.unwrap_or(SocketAddr::new(args.listen.ip(), next));
    let emulated = Emulated::bind(lang, "--emulator", emulator).await?;

    let issuer = emulated.issuer(Product::Standard);
    let Some(variables) = variables(address.port(), &issuer, &args.site) else {
        return Err(keygen::no_randomness(lang));
    };
    let config = config::read(|name| variables.get(name).cloned()).map_err(|faults| {
        faults::warn(lang, &faults);
        ExitCode::FAILURE
    })?;
    tell(lang, &config, &issuer, &args.site);
    let client = client(&config, &variables);
    let native = Native { config: Ok(config), site: args.site };
    let both = async {
        tokio::try_join!(
            native::serve(listeners, native, stop.clone().wait()),
            emulated.serve(vec![(Product::Standard, client)], false, stop.clone()),
        )
    };
    both.await.map(|_| ()).map_err(|error| listen::failed(lang, &error))
}

/// What only `dev` can know, over the environment, over what suits the sample site.
fn variables(port: u16, issuer: &str, site: &Path) -> Option<HashMap<&'static str, String>> {
    let mut variables: HashMap<&'static str, String> = HashMap::from([
        ("FC_PROTECTED_PATHS", "/prive".to_owned()),
        ("FC_SERVICE_NAME", "Service de démonstration".to_owned()),
        ("FC_SCOPES", "openid identite_pivot preferred_username email".to_owned()),
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
    variables.extend([
        ("PUBLIC_URL", format!("http://localhost:{port}")),
        ("FC_ENVIRONMENT", "emulator".to_owned()),
        ("FC_ISSUER", issuer.to_owned()),
        ("FC_CLIENT_ID", CLIENT_ID.to_owned()),
        ("FC_CLIENT_SECRET", keygen::random()?),
        ("FC_SESSION_KEYS", keygen::random()?),
    ]);
    Some(variables)
}

/// The registration that goes with the configuration.
fn client(config: &Config, variables: &HashMap<&'static str, String>) -> Client {
    let variable = |name: &str| variables.get(name).map(|value| value.trim()).unwrap_or_default();
    Client {
        client_id: CLIENT_ID.to_owned(),
        client_secret: variable("FC_CLIENT_SECRET").to_owned(),
        name: "Service de démonstration".to_owned(),
        site: config.public_url().origin().to_owned(),
        redirect_uris: vec![config.redirect_uri().to_owned()],
        post_logout_redirect_uris: vec![config.post_logout_redirect_uri().to_owned()],
        signing_alg: Alg::from_name(variable("FC_ID_TOKEN_ALG")).unwrap_or(Alg::Es256),
        encryption: None,
        jwks_uri: None,
        auth: ClientAuth::SecretPost,
        scopes: None,
        amr: true,
        idp_hints: vec![variable("FC_IDP_HINT").to_owned()],
    }
}

fn tell(lang: Lang, config: &Config, issuer: &str, site: &Path) {
    let url = config.public_url().origin();
    lang.say(format_args!("Site : {url}/"), format_args!("Site: {url}/"));
    lang.say(
        format_args!("FranceConnect émulé : {issuer}"),
        format_args!("Emulated FranceConnect: {issuer}"),
    );
    let folder = site.display();
    serve::warn_without_folder(lang, site);
    if site.join(BUTTON).is_file() {
        lang.say(
            format_args!("Bouton FranceConnect : officiel ({folder}/dsfr)"),
            format_args!("FranceConnect button: official ({folder}/dsfr)"),
        );
    } else {
        lang.say(
            format_args!(
                "Bouton FranceConnect : sans style officiel (scripts/dsfr met {folder}/dsfr en place)"
            ),
            format_args!("FranceConnect button: plain stand-in (scripts/dsfr puts {folder}/dsfr in place)"),
        );
    }
    accounts(lang);
    lang.say("Ctrl-C pour arrêter.", "Ctrl-C to stop.");
    lang::print(format_args!("ready {url}/"));
}

fn accounts(lang: Lang) {
    let password = Account::PASSWORD;
    lang.say(
        format_args!("Comptes de test (mot de passe {password}) :"),
        format_args!("Test accounts (password {password}):"),
    );
    let known = |login: &&str| emulator::accounts().iter().find(|account| account.login == *login);
    for account in ACCOUNTS.iter().filter_map(known) {
        lang::print(format_args!("  {:<32} {}", account.login, account.interest));
    }
    let others = emulator::accounts().len().saturating_sub(ACCOUNTS.len());
    lang.say(
        format_args!("  et {others} autres, que propose la page de connexion"),
        format_args!("  and {others} others, which the login page offers"),
    );
}
