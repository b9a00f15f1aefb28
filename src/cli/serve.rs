//! The relying party alone, with variables from the environment over `.dev.vars`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::dev_vars::DevVars;
use super::faults;
use super::lang::{self, Lang};
use super::listen::{self, Stop};
use crate::config;
use crate::host::native::{self, Native};

/// The exit status when a file cannot be read.
const UNREADABLE: u8 = 2;

#[derive(clap::Args)]
pub(super) struct Args {
    #[arg(long, value_name = "ADRESSE", default_value = "127.0.0.1:8787", hide_default_value = true)]
    #[arg(value_parser = listen::parse, help = "Où écouter (par défaut : 127.0.0.1:8787)")]
    listen: SocketAddr,
    #[arg(long, value_name = "DOSSIER", default_value = "site", hide_default_value = true)]
    #[arg(help = "Dossier du site (par défaut : site)")]
    site: PathBuf,
    #[arg(long)]
    #[arg(
        help = "Démarre malgré les erreurs de configuration et les montre dans une page, comme sur le edge"
    )]
    show_faults_page: bool,
}

/// Serves until a signal; refuses to start with a configuration that has faults.
pub(super) async fn run(args: Args, lang: Lang) -> Result<(), ExitCode> {
    let file = DevVars::read(Path::new(".dev.vars")).map_err(|error| {
        lang.warn(
            format_args!(".dev.vars illisible : {error}"),
            format_args!("Cannot read .dev.vars: {error}"),
        );
        ExitCode::from(UNREADABLE)
    })?;
    let file = file.unwrap_or_default();
    let config = config::read(|name| std::env::var(name).ok().or_else(|| file.get(name).map(str::to_owned)));
    if let Err(faults) = &config {
        faults::warn(lang, faults);
        if !args.show_faults_page {
            return Err(ExitCode::FAILURE);
        }
    }
    let stop = Stop::on_signal().map_err(|error| listen::failed(lang, &error))?;
    let listeners = listen::bind_localhost(lang, "--listen", args.listen).await?;
    let address = listeners.first().and_then(|first| first.local_addr().ok()).unwrap_or(args.listen);
    lang::print(format_args!("ready http://{address}/"));
    let served = native::serve(listeners, Native { config, site: args.site }, stop.wait());
    served.await.map_err(|error| listen::failed(lang, &error))
}
