//! Decides what a session key looks like when a person asks for one: its date, and 32 random bytes in base64url.

mod draw;
mod jwks;
mod set;

use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::lang::{self, Lang};
use crate::jose::KeyManagement;
use crate::time::Timestamp;

/// What stands below the options of `keygen --help`.
pub(super) const HELP: &str = "\
La clé est précédée de sa date, pour que l’on sache quand en changer : dans les 300 jours.
Elle s’ajoute à FC_SESSION_KEYS, une liste séparée par des virgules : la première clé scelle les
sessions, toutes les ouvrent. Pour en changer sans déconnecter personne, trois déploiements :
  1. ANCIENNE,NOUVELLE   toutes les instances apprennent à ouvrir avec la nouvelle ;
  2. NOUVELLE,ANCIENNE   la nouvelle scelle désormais ;
  3. NOUVELLE            après la durée d’une session (8 heures au plus par défaut).";

#[derive(clap::Args)]
#[command(next_help_heading = "Options ")]
pub(super) struct Args {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(clap::Subcommand)]
enum What {
    #[command(about = "Tire une clé privée, pour FC_PRIVATE_KEYS, ou range celles qu’il y a")]
    #[command(help_template = super::TEMPLATE, after_help = jwks::HELP)]
    Jwks(jwks::Args),
}

/// A session key, or private keys.
pub(super) fn run(args: &Args, lang: Lang) -> ExitCode {
    match &args.what {
        None => session_key(lang),
        Some(What::Jwks(args)) => jwks::run(args, lang),
    }
}

/// A set that does all that private keys are asked for: for `dev`, and where a configuration is judged whose own keys
/// cannot be seen.
pub(super) fn private_keys(encryption: &str) -> Option<String> {
    let encryption = KeyManagement::parse(encryption).map_or("ECDH-ES", KeyManagement::name);
    Some(set::line(&[draw::key(encryption)?, draw::key("ES256")?]))
}

/// A set that signs what an origin is told, where the service's own cannot be seen.
pub(super) fn assertion_keys() -> Option<String> {
    Some(set::line(&[draw::key("ES256")?]))
}

/// Prints a key alone on standard output, so that it can be piped into the command that keeps it.
fn session_key(lang: Lang) -> ExitCode {
    let Some(key) = random() else { return no_randomness(lang) };
    lang::print(format_args!("{}.{key}", today().day()));
    lang.warn(
        "Clé secrète à ajouter à FC_SESSION_KEYS (npx wrangler secret put FC_SESSION_KEYS, ou SPIN_VARIABLE_FC_SESSION_KEYS, ou .dev.vars).",
        "A secret key to add to FC_SESSION_KEYS (npx wrangler secret put FC_SESSION_KEYS, or SPIN_VARIABLE_FC_SESSION_KEYS, or .dev.vars).",
    );
    ExitCode::SUCCESS
}

/// The clock of this machine; before 1970 it is 1970.
pub(super) fn today() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_unix(i64::try_from(since.as_secs()).unwrap_or_default())
}

/// 43 characters of base64url over 32 random bytes, if the system has any.
pub(super) fn random() -> Option<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).ok()?;
    Some(URL_SAFE_NO_PAD.encode(bytes))
}

/// Reports that there is no randomness, without which no key or secret may be made.
pub(super) fn no_randomness(lang: Lang) -> ExitCode {
    lang.warn("Le système ne donne pas de hasard.", "The system gives no randomness.");
    ExitCode::FAILURE
}
