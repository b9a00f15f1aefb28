//! Decides what is written down of an entry: the `client_id`, which is no secret, where the person agrees, and the day.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

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
    let text = fs::read_to_string(&path).unwrap_or_default();
    let Some(after) = delivery::with_client_id(&text, env.as_deref(), delivery.id, id) else { return Ok(()) };
    let question = lang.pick("L’y écrire maintenant ? (o/n) ", "Write it there now? (y/n) ");
    if entry.agrees(terminal, question).await? {
        write(entry, &path, &after);
    }
    Ok(())
}

/// Notes the day in franceconnect.toml, from which the age of the secret is counted.
pub(super) fn delivered(entry: &Entry<'_>) {
    let text = fs::read_to_string(entry.path).unwrap_or_default();
    let today = keygen::today().day();
    let after = filled(&text, SECRET_SINCE, &today);
    let file = entry.path.display();
    let line = format!("{} = {today}", SECRET_SINCE.path);
    if Dossier::read(&after).is_ok() && write(entry, entry.path, &after) {
        entry.lang.say(format_args!("Noté dans {file} : {line}"), format_args!("Noted in {file}: {line}"));
    } else {
        entry
            .lang
            .warn(format_args!("À noter dans {file} : {line}"), format_args!("To note in {file}: {line}"));
    }
}

/// Replaces a file as a whole; what cannot be written is told, and the secret is entered all the same.
fn write(entry: &Entry<'_>, path: &Path, text: &str) -> bool {
    let beside = path.with_extension("toml.new");
    let written = fs::write(&beside, text).and_then(|()| fs::rename(&beside, path));
    if let Err(error) = &written {
        let path = path.display();
        entry.lang.warn(
            format_args!("{path} ne s’écrit pas : {error}"),
            format_args!("Cannot write {path}: {error}"),
        );
    }
    written.is_ok()
}
