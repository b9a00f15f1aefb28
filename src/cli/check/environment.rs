//! The variables that `serve` would read: the process environment over `.dev.vars`.

use std::path::Path;

use super::names;
use super::source::{Finding, Setting, Source, Unreadable, Way};
use crate::cli::dev_vars::DevVars;

pub(super) fn read(deploy: bool) -> Result<Source, Unreadable> {
    let mut source = Source::new(Way::Environment);
    source.read.push("environment".to_owned());
    if !deploy {
        dev_vars(&mut source, Path::new(".dev.vars"))?;
    }
    for (name, value) in std::env::vars_os() {
        // A value that is not text is read as absent, here as in `serve`.
        let (Ok(name), Ok(value)) = (name.into_string(), value.into_string()) else { continue };
        if names::is_known(&name) || name.starts_with("FC_") {
            // Other programs have variables that begin with FC_ as well (fontconfig).
            source.settings.insert(name, Setting { value: Some(value), place: None, ours: false });
        }
    }
    Ok(source)
}

/// Lays a `.dev.vars` over what `source` knows already; returns whether there is one.
pub(super) fn dev_vars(source: &mut Source, path: &Path) -> Result<bool, Unreadable> {
    let read = DevVars::read(path).map_err(|error| Unreadable::file(path, &error))?;
    let Some(vars) = read else { return Ok(false) };
    let file = path.display();
    source.read.push(file.to_string());
    for line in vars.unreadable {
        source.faults.push(Finding::new(
            ".dev.vars",
            Some(format!("{file}:{line}")),
            "n’a pas la forme NOM=valeur.",
            "is not of the form NAME=value.",
        ));
    }
    for set in vars.settings {
        let place = Some(format!("{file}:{}", set.line));
        source.settings.insert(set.name, Setting { value: Some(set.value), place, ours: true });
    }
    Ok(true)
}
