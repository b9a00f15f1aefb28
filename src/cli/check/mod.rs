//! `check`: what a configuration lacks, all of it at once, before it is deployed. No value is printed.

mod document;
mod environment;
mod fleet;
mod judge;
mod names;
mod one;
mod services;
mod source;
mod spin;
mod wrangler;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

pub(super) use self::fleet::Fleet;
use self::judge::{Judged, judge, judge_stored};
pub(super) use self::one::{One, Which, service};
pub(super) use self::services::File;
pub(super) use self::source::{Source, Unreadable};
use super::lang::{self, Lang};
use crate::config;

/// The exit status when there are faults.
const FAULTS: u8 = 1;

/// What stands below the options of `check --help`.
pub(super) const HELP: &str = "\
Sans option, les variables sont celles que lirait `serve` : l’environnement, puis .dev.vars.
Un secret qui ne se voit pas d’ici est annoncé « à poser », avec la commande qui le pose.
Statut : 0 sans erreur, 1 avec des erreurs, 2 si un fichier est illisible.";

#[derive(clap::Args)]
#[command(next_help_heading = "Options ")]
pub(super) struct Args {
    #[arg(long, value_name = "FICHIER", num_args = 0..=1, default_missing_value = "wrangler.toml")]
    #[arg(conflicts_with = "spin", help = "Lit wrangler.toml, et .dev.vars par-dessus")]
    wrangler: Option<PathBuf>,
    #[arg(long, value_name = "FICHIER", num_args = 0..=1, default_missing_value = "spin.toml")]
    #[arg(help = "Lit spin.toml, et SPIN_VARIABLE_… par-dessus")]
    spin: Option<PathBuf>,
    #[arg(long, value_name = "NOM", requires = "wrangler", help = "Environnement de wrangler : [env.NOM]")]
    env: Option<String>,
    #[arg(long, value_name = "FICHIER", help = "Juge chaque service d’un document (TOML)")]
    services: Option<PathBuf>,
    #[arg(long, help = "Juge un déploiement : sans .dev.vars, PUBLIC_URL étant publique")]
    deploy: bool,
}

/// Reads, judges, reports.
pub(super) fn run(args: &Args, lang: Lang) -> ExitCode {
    let environment = |name: &str| std::env::var(name).ok();
    let source = match (&args.wrangler, &args.spin) {
        (Some(file), _) => wrangler::read(file, args.env.as_deref(), args.deploy),
        (None, Some(file)) => spin::read(file, environment),
        (None, None) => environment::read(args.deploy),
    };
    let services = args.services.as_ref().map(|file| services(file)).transpose();
    match source.and_then(|source| Ok((source, services?))) {
        Ok((source, Some(services))) => Fleet::judge(source, &services, args.deploy).report(lang),
        Ok((source, None)) => judge_alone(source, args.deploy, lang),
        Err(unreadable) => unreadable.report(lang),
    }
}

/// What `serve` reads: the same as `check` without options, unknown names noted.
pub(super) fn environment() -> Result<Source, Unreadable> {
    let mut source = environment::read(false)?;
    source.note_unknown_names();
    Ok(source)
}

/// What a deployment of `name`, which is at `path`, would see: wrangler.toml (or one environment of it), spin.toml, or
/// the variables that `serve` reads if the name is `environment`.
pub(super) fn deployed(path: &Path, name: &str, env: Option<&str>) -> Result<Source, Unreadable> {
    match name {
        "environment" => environment::read(false),
        _ if is_spin(path) => spin::read(path, |name| std::env::var(name).ok()),
        _ => wrangler::read(path, env, true),
    }
}

/// The environments of wrangler that a deployment of `name`, which is at `path`, may be of.
pub(super) fn environments(path: &Path, name: &str) -> Result<Vec<String>, Unreadable> {
    let of_wrangler = name != "environment" && !is_spin(path);
    if of_wrangler { wrangler::environments(path) } else { Ok(Vec::new()) }
}

/// What the same would see where it is tried, on this machine: with `.dev.vars` over it.
pub(super) fn tried(path: &Path, name: &str, env: Option<&str>) -> Result<Source, Unreadable> {
    let of_wrangler = name != "environment" && !is_spin(path);
    if of_wrangler { wrangler::read(path, env, false) } else { deployed(path, name, env) }
}

/// Whether a file is Spin's, by its name.
pub(super) fn is_spin(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("spin"))
}

/// One service, or those that `FC_SERVICES` names.
fn judge_alone(source: Source, deploy: bool, lang: Lang) -> ExitCode {
    let document = source.value("FC_SERVICES").map(str::trim).filter(|document| !document.is_empty());
    match document.map(|document| (config::is_stored(document), document)) {
        None => report(&judge(source, deploy), lang),
        Some((true, _)) => report(&judge_stored(source), lang),
        Some((false, document)) => match File::of_variable(document, source.place("FC_SERVICES")) {
            Some(file) => Fleet::judge(source, &file, deploy).report(lang),
            // No document: which is what the whole says, and all that it says.
            None => report(&judge_stored(source), lang),
        },
    }
}

/// A document of services; its `$NAME`s come from the environment, then from `.dev.vars`.
pub(super) fn services(file: &Path) -> Result<File, Unreadable> {
    let source = environment::read(false)?;
    File::read(file, &|name| std::env::var(name).ok().or_else(|| source.value(name).map(str::to_owned)))
}

fn report(Judged { source, to_set, addresses }: &Judged, lang: Lang) -> ExitCode {
    let read = source.read.join(", ");
    lang.say(format_args!("Lu : {read}"), format_args!("Read: {read}"));
    let count = source.faults.len();
    if count > 0 {
        lang.say(format_args!("Erreurs ({count}) :"), format_args!("Faults ({count}):"));
        source.faults.iter().for_each(|finding| finding.say(lang));
    }
    if !to_set.is_empty() {
        lang.say("À poser :", "To set:");
        for (name, _) in to_set {
            let command = source.way.command(name, lang);
            lang.say(format_args!("  {name} : {command}"), format_args!("  {name}: {command}"));
        }
    }
    if !source.remarks.is_empty() {
        lang.say("Remarques :", "Remarks:");
        source.remarks.iter().for_each(|finding| finding.say(lang));
    }
    if !addresses.is_empty() {
        lang.say("À déclarer à FranceConnect :", "To declare to FranceConnect:");
        addresses.iter().for_each(|(name, address)| lang::print(format_args!("  {name} {address}")));
    }
    if count > 0 || to_set.iter().any(|(_, fault)| *fault) {
        return ExitCode::from(FAULTS);
    }
    lang.say("Aucune erreur dans ce qui se voit d’ici.", "No fault in what can be seen from here.");
    ExitCode::SUCCESS
}
