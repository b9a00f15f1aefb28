//! Decides what a session key looks like when a person asks for one: 32 random bytes in base64url.

use std::process::ExitCode;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::lang::{self, Lang};

/// What stands below the options of `keygen --help`.
pub(super) const HELP: &str = "\
La clé s’ajoute à FC_SESSION_KEYS, une liste séparée par des virgules : la première clé scelle les
sessions, toutes les ouvrent. Pour en changer sans déconnecter personne, trois déploiements :
  1. ANCIENNE,NOUVELLE   toutes les instances apprennent à ouvrir avec la nouvelle ;
  2. NOUVELLE,ANCIENNE   la nouvelle scelle désormais ;
  3. NOUVELLE            après la durée d’une session (8 heures au plus par défaut).";

/// Prints a key alone on standard output, so that it can be piped into the command that keeps it.
pub(super) fn run(lang: Lang) -> ExitCode {
    let Some(key) = random() else { return no_randomness(lang) };
    lang::print(key);
    lang.warn(
        "Clé secrète à ajouter à FC_SESSION_KEYS (npx wrangler secret put FC_SESSION_KEYS, ou SPIN_VARIABLE_FC_SESSION_KEYS, ou .dev.vars).",
        "A secret key to add to FC_SESSION_KEYS (npx wrangler secret put FC_SESSION_KEYS, or SPIN_VARIABLE_FC_SESSION_KEYS, or .dev.vars).",
    );
    ExitCode::SUCCESS
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
