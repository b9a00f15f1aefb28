//! `dev`: a service, an emulated FranceConnect and FranceConnect+ in one process, for a person in front of a browser.

mod settings;
mod tell;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use self::settings::Variables;
use super::emulated::{Emulated, Manners};
use super::lang::Lang;
use super::listen::{self, Stop};
use super::{faults, keygen};
use crate::config;
use crate::emulator::Product;
use crate::host::native::{self, Native};

/// What stands below the options of `dev --help`.
pub(super) const HELP: &str = "\
Le site est client de FranceConnect et de FranceConnect+ : /prive demande le premier, /prive/sante le
second (niveau eidas2). Les clés sont tirées à chaque démarrage, et les secrets si l’environnement n’en
donne pas. Les autres variables (FC_SCOPES, FC_PROTECTED_PATHS, FC_PLUS_SCOPES…) se changent par lui.

Le site est sur localhost et FranceConnect sur 127.0.0.1 : deux sites différents pour le navigateur,
comme en production.";

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

    let Some(variables) = Variables::read(address.port(), &emulated, &args.site) else {
        return Err(keygen::no_randomness(lang));
    };
    let config = config::read(|name| Some(variables.value(name).to_owned())).map_err(|faults| {
        faults::warn(lang, &faults);
        ExitCode::FAILURE
    })?;
    let control = emulator.ip().is_loopback();
    if control {
        emulated.tell_panel(lang);
    }
    tell::tell(lang, &config, &variables, &args.site);
    let products = [Product::Standard, Product::Plus];
    let clients = products.map(|product| (product, variables.client(product, &config))).into();
    let native =
        Native { deployed: Arc::new(Ok(config).into()), site: args.site, store: native::Store::default() };
    let both = async {
        tokio::try_join!(
            native::serve(listeners, native, stop.clone().wait()),
            emulated.serve(clients, Manners { control, ..Manners::default() }, stop.clone()),
        )
    };
    both.await.map(|_| ()).map_err(|error| listen::failed(lang, &error))
}
