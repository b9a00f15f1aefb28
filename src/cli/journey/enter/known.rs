//! Decides which secrets are known already, so that none is used twice: those of `.dev.vars` and of the environment, and
//! what stands on the command line, where none may be.

use std::env;
use std::path::Path;

use crate::cli::dev_vars::DevVars;
use crate::cli::faults;
use crate::journey::delivery::Known;
use crate::secret::Secret;

/// The secrets of this machine: those of the sandbox, where one develops, in the folder of either configuration; with
/// `exported`, those of the environment as well.
pub(super) fn here(folders: [&Path; 2], sandbox: Option<&str>, exported: bool) -> Vec<Known> {
    let files = [".dev.vars".to_owned()].into_iter().chain(sandbox.map(|env| format!(".dev.vars.{env}")));
    let mut known = Vec::new();
    for (folder, file) in files.flat_map(|file| folders.map(|folder| (folder, file.clone()))) {
        // A file that cannot be read is none to compare with; `check` tells of it.
        let Ok(Some(vars)) = DevVars::read(&folder.join(&file)) else { continue };
        known.extend(vars.settings.into_iter().map(|set| (set.name, file.clone(), set.value)));
    }
    let environment = env::vars_os().filter(|_| exported).filter_map(|(name, value)| {
        Some((name.into_string().ok()?, "environment".to_owned(), value.into_string().ok()?))
    });
    known.extend(environment);
    let secrets = known.into_iter().filter(|(name, _, value)| faults::is_secret(name) && !value.is_empty());
    secrets.map(|(variable, place, value)| Known { variable, place, secret: Secret::new(value) }).collect()
}

/// Whether `secret` stands among the words that started this program: the history of the shell has it then.
pub(super) fn is_on_command_line(secret: &Secret) -> bool {
    env::args_os().any(|word| word.to_string_lossy().contains(secret.expose()))
}
