//! Decides what `--clients` and `--citizens` say: both are read before anything starts, and every flaw is told at once,
//! with its place.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use crate::cli::lang::Lang;
use crate::document::Flaw;
use crate::emulator::{Citizens, Client, Product};

type Clients = Vec<(Product, Client)>;

/// What the files say; nothing for one that was not named.
pub(super) fn read(
    lang: Lang,
    clients: Option<&Path>,
    citizens: Option<&Path>,
) -> Result<(Option<Clients>, Option<Citizens>), ExitCode> {
    let environment = |name: &str| std::env::var(name).ok();
    let clients = clients.map(|path| file(lang, path, |text| Client::read(text, environment)));
    let citizens = citizens.map(|path| file(lang, path, Citizens::read));
    match (clients.transpose(), citizens.transpose()) {
        (Ok(clients), Ok(citizens)) => Ok((clients, citizens)),
        (Err(status), _) | (_, Err(status)) => Err(status),
    }
}

/// What is read out of the file at `path`; its flaws are told.
fn file<T>(lang: Lang, path: &Path, read: impl FnOnce(&str) -> Result<T, Vec<Flaw>>) -> Result<T, ExitCode> {
    let name = path.display();
    let text = fs::read_to_string(path).map_err(|error| {
        lang.warn(format_args!("{name} : illisible : {error}"), format_args!("{name}: unreadable: {error}"));
        ExitCode::FAILURE
    })?;
    read(&text).map_err(|flaws| {
        for Flaw { line, place, fr, en } in &flaws {
            let place = if place.is_empty() { String::new() } else { format!(" {place}") };
            lang.warn(
                format_args!("{name}:{line}{place} : {fr}"),
                format_args!("{name}:{line}{place}: {en}"),
            );
        }
        ExitCode::FAILURE
    })
}
