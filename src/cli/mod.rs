//! Words of the command line → calls. Commands and flags are English as everywhere; help is French, as
//! those who connect a service to FranceConnect read it; messages at run time are in either language.

mod check;
mod dev;
mod dev_vars;
mod emulate;
mod emulated;
mod faults;
mod journey;
mod keygen;
mod lang;
mod listen;
mod serve;
mod services;
mod watched;

use std::process::ExitCode;

use clap::{ArgAction, Parser, Subcommand};

use self::lang::Lang;

const TEMPLATE: &str = "{about-with-newline}\nUtilisation : {usage}\n\n{all-args}{after-help}\n";

#[derive(Parser)]
#[command(
    name = "franceconnect-edge",
    version,
    about = "Connexion par FranceConnect, pour Cloudflare Workers, Spin et cette machine.",
    help_template = TEMPLATE,
    subcommand_help_heading = "Commandes ",
    subcommand_value_name = "COMMANDE",
    next_help_heading = "Options ",
    disable_help_subcommand = true,
    disable_help_flag = true,
    disable_version_flag = true
)]
struct Cli {
    #[arg(
        long,
        global = true,
        display_order = 100,
        value_enum,
        hide_possible_values = true,
        value_name = "fr|en"
    )]
    #[arg(help = "Langue des messages (par défaut : celle de la machine, sinon le français)")]
    lang: Option<Lang>,
    #[arg(short, long, global = true, display_order = 101, action = ArgAction::Help, help = "Affiche cette aide")]
    help: Option<bool>,
    #[arg(short = 'V', long, display_order = 102, action = ArgAction::Version, help = "Affiche la version")]
    version: Option<bool>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    #[command(about = "Sert le site, FranceConnect et FranceConnect+ émulés, pour développer", help_template = TEMPLATE)]
    #[command(after_help = dev::HELP)]
    Dev(dev::Args),
    #[command(about = "Sert le site et sa connexion sur cette machine", help_template = TEMPLATE)]
    Serve(serve::Args),
    #[command(about = "Émule FranceConnect pour un service qui tourne ailleurs", help_template = TEMPLATE)]
    #[command(after_help = emulate::HELP)]
    Emulate(emulate::Args),
    #[command(about = "Juge une configuration sans rien démarrer", help_template = TEMPLATE)]
    #[command(after_help = check::HELP)]
    Check(check::Args),
    #[command(about = "Tire une nouvelle clé de session, ou des clés privées", help_template = TEMPLATE)]
    #[command(after_help = keygen::HELP, disable_help_subcommand = true)]
    #[command(subcommand_help_heading = "Commandes ", subcommand_value_name = "COMMANDE")]
    Keygen(keygen::Args),
    #[command(
        about = "Mène un service jusqu’à FranceConnect : cinq étapes, de l’éligibilité à la production"
    )]
    #[command(help_template = TEMPLATE, after_help = journey::HELP, disable_help_subcommand = true)]
    #[command(subcommand_help_heading = "Commandes ", subcommand_value_name = "COMMANDE")]
    Journey(journey::Args),
    #[command(about = "Scelle un document de plusieurs services", help_template = TEMPLATE)]
    #[command(after_help = services::HELP, disable_help_subcommand = true)]
    #[command(subcommand_help_heading = "Commandes ", subcommand_value_name = "COMMANDE")]
    Services(services::Args),
}

/// Runs the program: reads the command line, does what it says, returns the exit status.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let lang = cli.lang.unwrap_or_else(|| Lang::of_machine(|name| std::env::var(name).ok()));
    match cli.command {
        Command::Dev(args) => listen::block_on(lang, dev::run(args, lang)),
        Command::Emulate(args) => listen::block_on(lang, emulate::run(args, lang)),
        Command::Serve(args) => listen::block_on(lang, serve::run(args, lang)),
        Command::Check(args) => check::run(&args, lang),
        Command::Keygen(args) => keygen::run(&args, lang),
        Command::Journey(args) => journey::run(args, lang),
        Command::Services(args) => services::run(&args, lang),
    }
}
