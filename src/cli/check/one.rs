//! Decides which of many services a configuration is read for, and what it then sees.

use std::path::Path;

use super::services::File;
use super::source::{Finding, Source, Unreadable};
use crate::config;
use crate::journey::Words;

/// Where the services of a deployment are described, and which of them is meant.
pub(in crate::cli) struct Which<'a> {
    /// A document beside the configuration.
    pub(in crate::cli) document: Option<&'a Path>,
    /// The host name.
    pub(in crate::cli) host: Option<&'a str>,
    /// What the two are called where they are to be given.
    pub(in crate::cli) fields: [&'a str; 2],
}

/// What one service sees, and the name to tell it by if it is one of many; or what keeps from it.
pub(in crate::cli) type One = Result<(Source, Option<String>), Vec<Words>>;

/// The source of one service, with the name to tell it by; the deployment's own, if it serves one only. What keeps from
/// it is told as faults.
pub(in crate::cli) fn service(base: Source, which: &Which<'_>) -> Result<One, Unreadable> {
    let [document, host] = which.fields;
    let held = base.value("FC_SERVICES").map(str::trim).filter(|held| !held.is_empty());
    let file = match (which.document, held) {
        (Some(path), _) => super::services(path)?,
        (None, Some(held)) if !config::is_stored(held) => {
            match File::of_variable(held, base.place("FC_SERVICES")) {
                Some(file) => file,
                None => {
                    return Ok(fault(
                        "FC_SERVICES n’est pas un document de services.",
                        "FC_SERVICES is no document of services.",
                    ));
                }
            }
        }
        (None, None) if which.host.is_none() => return Ok(Ok((base, None))),
        (None, _) => {
            return Ok(fault(
                format!("le document des services ne se voit pas d’ici : le nommer, {document}."),
                format!("the document of the services is not seen from here: name it, {document}."),
            ));
        }
    };
    if !file.faults.is_empty() {
        return Ok(Err(file.faults.iter().map(Finding::words).collect()));
    }
    let names: Vec<&str> = file.names().collect();
    let names = names.join(", ");
    let Some(wanted) = which.host else {
        return Ok(fault(
            format!("plusieurs services : dire duquel il s’agit, {host} ({names})."),
            format!("several services: say which one this is, {host} ({names})."),
        ));
    };
    let found = file.sources(&base).find(|(name, _, _)| name.eq_ignore_ascii_case(wanted));
    let Some((name, _, source)) = found else {
        return Ok(fault(
            format!("aucun service de ce nom ({host}) ; il y a : {names}."),
            format!("no service of this name ({host}); there are: {names}."),
        ));
    };
    let told = format!("{} [{name}]", file.name);
    if !source.faults.is_empty() {
        return Ok(Err(source.faults.iter().map(Finding::words).collect()));
    }
    Ok(Ok((Source { in_clear: base.in_clear.clone(), ..source }, Some(told))))
}

fn fault<T>(fr: impl Into<String>, en: impl Into<String>) -> Result<T, Vec<Words>> {
    Err(vec![Words::new(fr, en)])
}
