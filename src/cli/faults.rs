//! Decides how the faults of a configuration are told: all at once, one line each, without values.

use super::lang::Lang;
use crate::config::Faults;

/// One fault, as it is shown.
pub(super) struct Told {
    pub(super) variable: &'static str,
    pub(super) fr: String,
    pub(super) en: String,
}

/// Every fault in the order of the configuration.
pub(super) fn list(_faults: &Faults) -> Vec<Told> {
    Vec::new()
}

/// Whether the value of `variable` is a secret.
pub(super) fn is_secret(variable: &str) -> bool {
    matches!(variable, "FC_CLIENT_SECRET" | "FC_SESSION_KEYS")
}

/// The name of every variable that the configuration reads.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    ["PUBLIC_URL", "FC_ENVIRONMENT", "FC_ISSUER", "FC_CLIENT_ID", "FC_CLIENT_SECRET", "FC_SESSION_KEYS"]
        .into_iter()
}

/// Lists every fault on standard error.
pub(super) fn warn(lang: Lang, faults: &Faults) {
    lang.warn("La configuration a des erreurs :", "The configuration has faults:");
    for Told { variable, fr, en } in list(faults) {
        lang.warn(format_args!("  {variable} : {fr}"), format_args!("  {variable}: {en}"));
    }
}
