//! `journey`: where a service stands on its way to FranceConnect, what to fill in, and the sheets to paste.

mod clients;
mod deployed;
mod enter;
mod file;
mod init;
mod live;
mod network;
mod paper;
mod qualify;
mod tell;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use url::Url;

use self::file::Kept;
use super::keygen;
use super::lang::{self, Lang};
use super::listen;
use crate::journey::dossier::Step;
use crate::journey::{eligibility, habilitation, operations, outage, production, reach, sandbox};

/// The file that is read if no other is named.
const DOSSIER: &str = "franceconnect.toml";
/// The exit status when something is missing.
const MISSING: u8 = 1;

/// What stands below the options of `journey --help`.
pub(super) const HELP: &str = "\
Cinq étapes : éligibilité, habilitation, bac à sable, qualification, production. Ce que l’équipe sait se tient dans
franceconnect.toml (franceconnect.example.toml) ; le reste vient de la configuration qu’il nomme.
Rien ne part sur le réseau sans être demandé : par --probe, qualify, live ou enter.
Statut : 0 si tout est là, 1 s’il manque quelque chose, 2 si un fichier est illisible ou a des erreurs.";

#[derive(clap::Args)]
#[command(next_help_heading = "Options ")]
pub(super) struct Args {
    #[arg(
        long,
        global = true,
        value_name = "FICHIER",
        default_value = DOSSIER,
        hide_default_value = true
    )]
    #[arg(help = "Le dossier de l’équipe (par défaut : franceconnect.toml)")]
    file: PathBuf,
    #[arg(long, help = "Écrit l’état des cinq étapes en JSON")]
    json: bool,
    #[arg(long, help = "Regarde aussi le réseau : textes, adresses déclarées, demande de connexion à blanc")]
    probe: bool,
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(clap::Subcommand)]
enum What {
    #[command(about = "Demande ce qui manque au dossier, une question à la fois", help_template = super::TEMPLATE)]
    #[command(after_help = init::HELP)]
    Init,
    #[command(about = "Confie client_id et client_secret à l’hébergeur, sans les écrire nulle part")]
    #[command(help_template = super::TEMPLATE, after_help = enter::HELP)]
    Enter(enter::Args),
    #[command(about = "Écrit ce qu’il faut remplir ou envoyer à une étape", help_template = super::TEMPLATE)]
    Sheet(Sheet),
    #[command(about = "Passe la recette interne d’un service qui tourne", help_template = super::TEMPLATE)]
    #[command(after_help = qualify::HELP)]
    Qualify(Box<qualify::Args>),
    #[command(about = "Vérifie un déploiement avant de l’ouvrir, sans connexion", help_template = super::TEMPLATE)]
    #[command(after_help = live::HELP)]
    Live(Box<live::Args>),
}

#[derive(clap::Args)]
#[command(next_help_heading = "Options ")]
struct Sheet {
    #[arg(value_enum, value_name = "ÉTAPE", hide_possible_values = true)]
    #[arg(
        help = "eligibility, habilitation, sandbox, production, operations (en service) ou outage (panne)"
    )]
    step: Paper,
    #[arg(long, help = "Regarde aussi le réseau, sans connecter personne")]
    probe: bool,
}

/// The steps that end in a form or a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Paper {
    Eligibility,
    Habilitation,
    Sandbox,
    Production,
    Operations,
    Outage,
}

impl Paper {
    /// The step whose addresses are looked at.
    fn step(self) -> Step {
        match self {
            Self::Eligibility => Step::Eligibility,
            Self::Habilitation => Step::Habilitation,
            Self::Sandbox => Step::Sandbox,
            // In service and on the day of an outage, it is production that is looked at.
            Self::Production | Self::Operations | Self::Outage => Step::Production,
        }
    }
}

/// Reads the file, does what is asked, answers the exit status.
pub(super) fn run(args: Args, lang: Lang) -> ExitCode {
    match args.what {
        Some(What::Init) => return init::run(&args.file, lang),
        Some(What::Qualify(own)) => {
            let named = args.file != Path::new(DOSSIER);
            return match Kept::if_there(&args.file, named, lang) {
                Ok(kept) => listen::block_on(lang, qualify::run_all(*own, kept, lang)),
                Err(status) => status,
            };
        }
        Some(What::Live(live)) => return listen::block_on(lang, live::run(*live, &args.file, lang)),
        Some(What::Enter(more)) => return listen::block_on(lang, enter::run(&args.file, more, lang)),
        Some(What::Sheet(_)) | None => {}
    }
    let kept = match Kept::read(&args.file, lang) {
        Ok(kept) => kept,
        Err(status) => return status,
    };
    let complete = match &args.what {
        Some(What::Sheet(wanted)) => sheet(&kept, wanted, lang),
        _ => overview(&kept, &args, lang),
    };
    match complete {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(MISSING),
        Err(status) => status,
    }
}

/// Prints where things stand; answers whether all five steps are done.
fn overview(kept: &Kept, args: &Args, lang: Lang) -> Result<bool, ExitCode> {
    let seen = if args.probe { network::look(kept, &Step::ALL, lang)? } else { Vec::new() };
    Ok(tell::overview(kept, &seen, args.json, lang))
}

/// Prints a sheet; answers whether nothing stands against it.
fn sheet(kept: &Kept, wanted: &Sheet, lang: Lang) -> Result<bool, ExitCode> {
    let Sheet { step, probe } = *wanted;
    let (dossier, test, live) = (&kept.dossier, kept.test.as_ref(), kept.live.as_ref());
    let mut sheet = match step {
        Paper::Eligibility => eligibility::sheet(dossier),
        Paper::Habilitation => habilitation::sheet(dossier, test, |name| kept.look(name), keygen::today()),
        Paper::Sandbox => sandbox::sheet(dossier, test),
        Paper::Production => production::sheet(dossier, live, test),
        Paper::Outage => outage::sheet(dossier, live),
        Paper::Operations => operations::sheet(dossier, live, keygen::today()),
    };
    if probe {
        for (_, looked) in network::look(kept, &[step.step()], lang)? {
            reach::write(&mut sheet, &looked.remarks, &keygen::today().day());
        }
    }
    lang::print(sheet.text(|words| lang.pick(&words.fr, &words.en)).trim_end());
    let count = sheet.objections().count();
    if count > 0 {
        lang.warn(
            format_args!("À compléter ou à corriger : {count} (lignes « ! »)."),
            format_args!("To complete or to mend: {count} (lines \"!\")."),
        );
    }
    Ok(count == 0)
}

/// An address on the command line.
fn url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    url.ok_or_else(|| "adresse http ou https attendue".to_owned())
}
