//! The relying party alone, with variables from the environment over `.dev.vars`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::lang::{self, Lang};
use super::listen::{self, Stop};
use super::{check, faults};
use crate::config;
use crate::host::native::{self, Native};

#[derive(clap::Args)]
#[command(next_help_heading = "Options ")]
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
    let source = check::environment().map_err(|unreadable| unreadable.report(lang))?;
    for finding in source.faults.iter().chain(&source.remarks) {
        finding.warn(lang);
    }
    let config = config::read(|name| source.value(name).map(str::to_owned));
    if let Err(faults) = &config {
        faults::warn(lang, faults);
        if !args.show_faults_page {
            return Err(ExitCode::FAILURE);
        }
    }
    let stop = Stop::on_signal().map_err(|error| listen::failed(lang, &error))?;
    let listeners = listen::bind_localhost(lang, "--listen", args.listen).await?;
    let address = listeners.first().and_then(|first| first.local_addr().ok()).unwrap_or(args.listen);
    warn_without_folder(lang, &args.site);
    if let Ok(config) = &config {
        let (site, back) = (config.public_url().origin(), config.redirect_uri());
        lang.say(
            format_args!("Site : {site}/ (retour de connexion : {back})"),
            format_args!("Site: {site}/ (redirect_uri: {back})"),
        );
    }
    lang::print(format_args!("ready http://{address}/"));
    let served = native::serve(listeners, Native { config, site: args.site }, stop.wait());
    served.await.map_err(|error| listen::failed(lang, &error))
}

/// Says that there is nothing to serve yet; the folder may still be built while the server runs.
pub(super) fn warn_without_folder(lang: Lang, site: &Path) {
    if !site.is_dir() {
        let folder = site.display();
        lang.warn(
            format_args!("Attention : le dossier {folder} n’existe pas (--site)."),
            format_args!("Beware: there is no folder {folder} (--site)."),
        );
    }
}
