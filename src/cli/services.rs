//! `services`: a document of services as the edge takes it, once every service of it has been judged.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use super::check::{self, File, Fleet};
use super::lang::{self, Lang};
use super::{faults, keygen, serve};
use crate::config;
use crate::host::native::Store;
use crate::secret::Chance;
use crate::time::Timestamp;

/// What stands below the options of `services --help`.
pub(super) const HELP: &str = "\
Le document décrit chaque service sous son nom d’hôte, en TOML :
  [services.\"mairie.example.fr\"]
  FC_CLIENT_ID = \"…\"
  FC_CLIENT_SECRET = \"$MAIRIE_SECRET\"
Ce qui est commun à tous va sous la table « defaults » (services.example.toml). Une valeur $NOM est prise dans
l’environnement. Le texte sort sur la sortie standard, le reste sur l’autre.";

#[derive(clap::Args)]
#[command(next_help_heading = "Options ")]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    #[command(about = "Scelle le document pour le magasin (FC_SERVICES=store)", help_template = super::TEMPLATE)]
    Seal(Seal),
    #[command(about = "Écrit le document pour la variable FC_SERVICES, secrets compris", help_template = super::TEMPLATE)]
    Json(Of),
}

#[derive(clap::Args)]
#[command(next_help_heading = "Options ")]
struct Seal {
    #[command(flatten)]
    of: Of,
    #[arg(long, value_name = "FICHIER")]
    #[arg(help = "L’écrit dans ce magasin de serve --store, arrêté, et non sur la sortie standard")]
    store: Option<PathBuf>,
}

#[derive(clap::Args)]
#[command(next_help_heading = "Options ")]
struct Of {
    #[arg(value_name = "FICHIER", help = "Le document (TOML)")]
    file: PathBuf,
}

/// Judges the document, and prints it if nothing stands against it.
pub(super) fn run(args: &Args, lang: Lang) -> ExitCode {
    let (of, store) = match &args.what {
        What::Seal(Seal { of, store }) => (of, store.as_deref()),
        What::Json(of) => (of, None),
    };
    let read = check::environment().and_then(|source| Ok((source, check::services(&of.file)?)));
    let (source, file) = match read {
        Ok(read) => read,
        Err(unreadable) => return unreadable.report(lang),
    };
    let own = |name: &str| source.value(name).map(str::to_owned);
    let session_keys = own("FC_SESSION_KEYS");
    if let Err(status) = sound(source, &file, lang) {
        return status;
    }
    if matches!(args.what, What::Json(_)) {
        lang::print(file.to_json(0));
        return ExitCode::SUCCESS;
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let milliseconds = i64::try_from(now.as_millis()).unwrap_or(i64::MAX);
    let mut entropy = [0; 64];
    if getrandom::fill(&mut entropy).is_err() {
        return keygen::no_randomness(lang);
    }
    let variable = |name: &str| session_keys.clone().filter(|_| name == "FC_SESSION_KEYS");
    let at = Timestamp::from_unix(milliseconds / 1000);
    match config::seal_services(variable, &file.to_json(milliseconds), at, &mut Chance::new(&entropy)) {
        Ok(sealed) => {
            let put = store.map_or_else(|| print(&sealed, lang), |file| put(&sealed, file, lang));
            if put == ExitCode::SUCCESS {
                lang.warn(
                    format_args!(
                        "Une fois en place, FC_SERVICES=store:{milliseconds} refuse tout document plus ancien."
                    ),
                    format_args!(
                        "Once it is there, FC_SERVICES=store:{milliseconds} refuses every older document."
                    ),
                );
            }
            put
        }
        Err(found) => {
            faults::warn(lang, &found);
            ExitCode::FAILURE
        }
    }
}

fn print(sealed: &str, lang: Lang) -> ExitCode {
    lang::print(sealed);
    lang.warn(
        "Texte scellé, pour l’entrée « services » du magasin : npx wrangler kv key put services --path FICHIER --binding FC_KV --remote",
        "Sealed text, for the entry \"services\" of the store: npx wrangler kv key put services --path FILE --binding FC_KV --remote",
    );
    ExitCode::SUCCESS
}

/// Into the store of the native program.
fn put(sealed: &str, file: &Path, lang: Lang) -> ExitCode {
    if let Err(error) = Store::open(file).and_then(|store| store.put(config::services_entry(sealed))) {
        return serve::no_store(lang, file, &error);
    }
    let file = file.display();
    lang.warn(
        format_args!("Document scellé dans {file} : FC_SERVICES=store et serve --store {file} le servent."),
        format_args!("Document sealed in {file}: FC_SERVICES=store and serve --store {file} serve it."),
    );
    ExitCode::SUCCESS
}

/// The document with every `$NAME` in it, if each service could be served as it is.
fn sound(source: check::Source, file: &File, lang: Lang) -> Result<(), ExitCode> {
    let absent: Vec<_> = file.absent().collect();
    absent.iter().for_each(|finding| finding.warn(lang));
    let fleet = Fleet::judge(source, file, false);
    fleet.warn(lang);
    if absent.is_empty() && fleet.is_sound() { Ok(()) } else { Err(ExitCode::FAILURE) }
}
