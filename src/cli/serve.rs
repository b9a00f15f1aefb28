//! The relying party alone, with variables from the environment over `.dev.vars`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use super::lang::{self, Lang};
use super::listen::{self, Stop};
use super::watched::Watched;
use super::{check, faults};
use crate::config::{Current, Deployed, Deployment};
use crate::host::native::{self, Native, Store};
use crate::time::Timestamp;

#[derive(clap::Args)]
#[command(next_help_heading = "Options ")]
pub(super) struct Args {
    #[arg(long, value_name = "ADRESSE", default_value = "127.0.0.1:8787", hide_default_value = true)]
    #[arg(value_parser = listen::parse, help = "Où écouter (par défaut : 127.0.0.1:8787)")]
    listen: SocketAddr,
    #[arg(long, value_name = "DOSSIER", default_value = "site", hide_default_value = true)]
    #[arg(help = "Dossier du site (par défaut : site)")]
    site: PathBuf,
    #[arg(long, value_name = "FICHIER")]
    #[arg(help = "Sert chaque service d’un document (TOML) sous son nom d’hôte ; relu quand il change")]
    services: Option<PathBuf>,
    #[arg(long, value_name = "FICHIER")]
    #[arg(help = "Garde sessions et révocations dans ce fichier (sinon en mémoire)")]
    store: Option<PathBuf>,
    #[arg(long)]
    #[arg(
        help = "Démarre malgré les erreurs de configuration et les montre dans une page, comme sur le edge"
    )]
    show_faults_page: bool,
    #[arg(long, value_name = "ADRESSE", value_parser = listen::parse)]
    #[arg(help = "Où donner les compteurs à Prometheus (/metrics), par exemple 127.0.0.1:9100")]
    metrics: Option<SocketAddr>,
}

/// Serves until a signal; refuses to start with a configuration that has faults.
pub(super) async fn run(args: Args, lang: Lang) -> Result<(), ExitCode> {
    let store = match &args.store {
        Some(file) => Store::open(file).map_err(|error| no_store(lang, file, &error))?,
        None => Store::default(),
    };
    let (deployed, watched) = match &args.services {
        Some(file) => Watched::read(file, lang).map(|(watched, deployed)| (deployed, Some(watched)))?,
        None => (Arc::new(of_environment(&args, &store, lang).await?), None),
    };
    let stop = Stop::on_signal().map_err(|error| listen::failed(lang, &error))?;
    let listeners = listen::bind_localhost(lang, "--listen", args.listen).await?;
    let address = listeners.first().and_then(|first| first.local_addr().ok()).unwrap_or(args.listen);
    warn_without_folder(lang, &args.site);
    tell(lang, &deployed);
    if let Some(address) = args.metrics {
        let listener = listen::bind(lang, "--metrics", address).await?;
        let address = listener.local_addr().unwrap_or(address);
        lang.say(
            format_args!("Compteurs : http://{address}/metrics"),
            format_args!("Counters: http://{address}/metrics"),
        );
        tokio::spawn(native::metrics::serve(listener, stop.clone().wait()));
    }
    lang::print(format_args!("ready http://{address}/"));
    let watching = watched.map(|watched| tokio::spawn(watched.watch(Arc::clone(&deployed))));
    let served = native::serve(listeners, Native { deployed, site: args.site, store }, stop.wait()).await;
    watching.inspect(|watching| watching.abort());
    served.map_err(|error| listen::failed(lang, &error))
}

/// What the variables say. Many services are served although one has faults, which it shows to its own visitors.
async fn of_environment(args: &Args, store: &Store, lang: Lang) -> Result<Deployed, ExitCode> {
    let source = check::environment().map_err(|unreadable| unreadable.report(lang))?;
    for finding in source.faults.iter().chain(&source.remarks) {
        finding.warn(lang);
    }
    let deployed = Deployed::read(|name| source.value(name).map(str::to_owned));
    let stored = matches!(deployed.current(Timestamp::from_unix(0)), Current::Load(_));
    if stored && args.store.is_none() {
        lang.warn(
            "FC_SERVICES vaut store : dire lequel avec --store FICHIER, où services seal --store FICHIER met le document.",
            "FC_SERVICES is store: say which with --store FILE, into which services seal --store FILE puts the document.",
        );
        return Err(ExitCode::FAILURE);
    }
    match &*native::deployment(&deployed, store).await {
        Deployment::Many(services) => {
            for (name, faults) in
                services.all().filter_map(|(name, config)| Some((name, config.as_ref().err()?)))
            {
                lang.warn(format_args!("{name} :"), format_args!("{name}:"));
                faults::list(lang, faults);
            }
        }
        Deployment::One(config) => {
            if let Err(faults) = config.as_ref() {
                faults::warn(lang, faults);
                if !args.show_faults_page {
                    return Err(ExitCode::FAILURE);
                }
            }
        }
    }
    Ok(deployed)
}

pub(super) fn no_store(lang: Lang, file: &Path, error: &std::io::Error) -> ExitCode {
    let file = file.display();
    lang.warn(
        format_args!(
            "--store : {file} ne s’ouvre pas ({error}) ; un seul processus à la fois peut l’ouvrir."
        ),
        format_args!("--store: {file} cannot be opened ({error}); one process at a time may open it."),
    );
    ExitCode::FAILURE
}

/// The addresses that are served.
fn tell(lang: Lang, deployed: &Deployed) {
    let Current::Ready(deployment) = deployed.current(Timestamp::from_unix(0)) else { return };
    match &*deployment {
        Deployment::One(config) => config.iter().for_each(|config| {
            let (site, back) = (config.public_url().origin(), config.redirect_uri());
            lang.say(
                format_args!("Site : {site}/ (retour de connexion : {back})"),
                format_args!("Site: {site}/ (redirect_uri: {back})"),
            );
        }),
        Deployment::Many(services) => {
            let (count, sound) =
                (services.all().count(), services.all().filter(|(_, config)| config.is_ok()).count());
            lang.say(
                format_args!("Services : {count}, dont {sound} sans erreur"),
                format_args!("Services: {count}, {sound} of them without a fault"),
            );
        }
    }
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
