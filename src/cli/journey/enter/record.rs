//! Decides what is written down of an entry: the `client_id`, which is no secret, where the person agrees, and the day.

use std::path::Path;
use std::process::ExitCode;

use super::super::paper;
use super::Entry;
use super::terminal::Terminal;
use crate::cli::keygen;
use crate::journey::delivery::{self, Host};
use crate::journey::dossier::{Dossier, SECRET_SINCE, filled};

/// Shows where the `client_id` goes, and writes it there if the person agrees and nothing else would change.
pub(super) async fn client_id(entry: &Entry<'_>, terminal: &mut Terminal, id: &str) -> Result<(), ExitCode> {
    let (lang, delivery) = (entry.lang, &entry.delivery);
    let (place, line) = delivery.host.line(delivery.id, id);
    lang.say(
        format_args!("À écrire dans {} :\n  {line}", place.fr),
        format_args!("To be written into {}:\n  {line}", place.en),
    );
    let Host::Wrangler(file, env) = &delivery.host else { return Ok(()) };
    if !terminal.is_interactive() {
        return Ok(());
    }
    let path = entry.folder.join(file);
    let text = paper::read(&path).unwrap_or_default();
    let Some(after) = delivery::with_client_id(&text, env.as_deref(), delivery.id, id) else { return Ok(()) };
    let question = lang.pick("L’y écrire maintenant ? (o/n) ", "Write it there now? (y/n) ");
    if entry.agrees(terminal, question).await? {
        write(entry, &path, &after);
    }
    Ok(())
}

/// Notes the day in franceconnect.toml, from which the age of the secret is counted.
pub(super) fn delivered(entry: &Entry<'_>) {
    let today = keygen::today().day();
    let file = entry.path.display();
    let line = format!("{} = {today}", SECRET_SINCE.path);
    if dated(entry.path, &today).is_some_and(|after| write(entry, entry.path, &after)) {
        entry.lang.say(format_args!("Noté dans {file} : {line}"), format_args!("Noted in {file}: {line}"));
    } else {
        entry
            .lang
            .warn(format_args!("À noter dans {file} : {line}"), format_args!("To note in {file}: {line}"));
    }
}

/// The file with that day in it, if nothing else changes with it.
fn dated(path: &Path, today: &str) -> Option<String> {
    let text = paper::read(path).ok()?;
    let expected = Dossier::read(&text).ok()?.with(SECRET_SINCE, today);
    let after = filled(&text, SECRET_SINCE, today);
    Dossier::read(&after).is_ok_and(|dossier| dossier == expected).then_some(after)
}

/// Replaces a file as a whole; what cannot be written is told, and the secret is entered all the same.
fn write(entry: &Entry<'_>, path: &Path, text: &str) -> bool {
    let written = paper::write(path, text);
    if let Err(error) = &written {
        let path = path.display();
        entry.lang.warn(
            format_args!("{path} ne s’écrit pas : {error}"),
            format_args!("Cannot write {path}: {error}"),
        );
    }
    written.is_ok()
}
