//! Decides how the faults of a configuration are told: all at once, one line each, without values.

use super::lang::Lang;
use crate::config::{Faults, VARIABLES, is_stored};

/// Whether the value of `variable` is a secret.
pub(super) fn is_secret(variable: &str) -> bool {
    VARIABLES.iter().any(|known| known.secret && known.name == variable)
}

/// Whether `value` is a secret that the variable `name` shows: `store` is none, although documents are.
pub(super) fn shows_secret(name: &str, value: &str) -> bool {
    is_secret(name) && !value.is_empty() && !(name == "FC_SERVICES" && is_stored(value))
}

/// The name of every variable that the configuration reads.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    VARIABLES.iter().map(|variable| variable.name)
}

/// Lists every fault on standard error.
pub(super) fn warn(lang: Lang, faults: &Faults) {
    lang.warn("La configuration a des erreurs :", "The configuration has faults:");
    list(lang, faults);
}

/// Every fault, one line each.
pub(super) fn list(lang: Lang, faults: &Faults) {
    for fault in faults.iter() {
        let name = fault.variable;
        lang.warn(format_args!("  {name} {}", fault.fr), format_args!("  {name} {}", fault.en));
    }
}
