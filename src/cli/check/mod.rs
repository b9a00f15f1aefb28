//! `check`: what a configuration lacks, all of it at once, before it is deployed. No value is printed.

mod document;
mod environment;
mod names;
mod source;
mod spin;
mod wrangler;

use std::path::PathBuf;
use std::process::ExitCode;

use self::source::{Finding, Source, Unreadable};
use super::faults;
use super::lang::Lang;
use crate::config;

/// The exit status when there are faults.
const FAULTS: u8 = 1;
/// The exit status when a file cannot be read.
const UNREADABLE: u8 = 2;

/// What stands below the options of `check --help`.
pub(super) const HELP: &str = "\
Sans option, les variables sont celles que lirait `serve` : l’environnement, puis .dev.vars.
Un secret qui ne se voit pas d’ici est annoncé « à poser », avec la commande qui le pose.
Statut : 0 sans erreur, 1 avec des erreurs, 2 si un fichier est illisible.";

#[derive(clap::Args)]
pub(super) struct Args {
    #[arg(long, value_name = "FICHIER", num_args = 0..=1, default_missing_value = "wrangler.toml")]
    #[arg(conflicts_with = "spin", help = "Lit wrangler.toml, et .dev.vars par-dessus")]
    wrangler: Option<PathBuf>,
    #[arg(long, value_name = "FICHIER", num_args = 0..=1, default_missing_value = "spin.toml")]
    #[arg(help = "Lit spin.toml, et SPIN_VARIABLE_… par-dessus")]
    spin: Option<PathBuf>,
    #[arg(long, value_name = "NOM", requires = "wrangler", help = "Environnement de wrangler : [env.NOM]")]
    env: Option<String>,
    #[arg(long, requires = "wrangler")]
    #[arg(help = "Laisse .dev.vars de côté : ce que verrait le déploiement")]
    deploy: bool,
}

/// Reads, judges, reports.
pub(super) fn run(args: &Args, lang: Lang) -> ExitCode {
    let environment = |name: &str| std::env::var(name).ok();
    let source = match (&args.wrangler, &args.spin) {
        (Some(file), _) => wrangler::read(file, args.env.as_deref(), args.deploy),
        (None, Some(file)) => spin::read(file, environment),
        (None, None) => environment::read(),
    };
    match source {
        Ok(source) => report(&judge(source), lang),
        Err(Unreadable { fr, en }) => {
            lang.warn(fr, en);
            ExitCode::from(UNREADABLE)
        }
    }
}

/// A source with everything that was found in it.
struct Judged {
    source: Source,
    /// Variables without a value here, and whether that is a fault: a secret of a platform is not.
    to_set: Vec<(&'static str, bool)>,
}

fn judge(mut source: Source) -> Judged {
    source.note_unknown_names();
    let mut to_set = Vec::new();
    if let Err(faults) = config::read(|name| source.value(name).map(str::to_owned)) {
        for fault in faults.iter() {
            let secret = faults::is_secret(fault.variable);
            if fault.missing && (secret || source.is_unseen(fault.variable)) {
                to_set.push((fault.variable, !(secret && source.way.hides_secrets())));
            } else {
                let place = source.place(fault.variable);
                source.faults.push(Finding::new(fault.variable, place, &fault.fr, &fault.en));
            }
        }
    }
    Judged { source, to_set }
}

fn report(Judged { source, to_set }: &Judged, lang: Lang) -> ExitCode {
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
    if count > 0 || to_set.iter().any(|(_, fault)| *fault) {
        return ExitCode::from(FAULTS);
    }
    lang.say("Aucune erreur dans ce qui se voit d’ici.", "No fault in what can be seen from here.");
    ExitCode::SUCCESS
}
