//! Decides how a secret is handed over: to one program, on its standard input, and nowhere else.

use std::env;
use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use super::terminal::Terminal;
use crate::cli::lang::Lang;
use crate::secret::Secret;

/// How it went.
pub(super) enum Handed {
    /// The program says that it has it.
    Over,
    /// It was not taken, as was told.
    Not,
    /// A signal came meanwhile: the status to leave with.
    Stopped(u8),
}

/// Where such a program is: better known before a secret is typed than after. Of the `PATH` only folders that have a
/// place of their own count: one that depends on where one stands (`.`, an empty entry) would give the secret to
/// whatever lies there.
pub(super) fn find(program: &str) -> Option<PathBuf> {
    if program.contains('/') {
        return Some(PathBuf::from(program)).filter(|program| is_program(program));
    }
    let path = env::var_os("PATH").unwrap_or_default();
    // Windows has npm's programs in files of commands, beside scripts for other shells under the bare name.
    let ends: &[&str] = if cfg!(windows) { &[".exe", ".cmd", ""] } else { &[""] };
    let folders = env::split_paths(&path).filter(|folder| folder.is_absolute());
    folders
        .flat_map(|folder| ends.iter().map(move |end| folder.join(format!("{program}{end}"))))
        .find(|program| is_program(program))
}

/// Whether it can be run: a shell goes on looking where it cannot.
fn is_program(path: &Path) -> bool {
    #[cfg(unix)]
    let runs = |known: &Metadata| std::os::unix::fs::PermissionsExt::mode(&known.permissions()) & 0o111 != 0;
    #[cfg(not(unix))]
    let runs = |_: &Metadata| true;
    path.metadata().is_ok_and(|known| known.is_file() && runs(&known))
}

/// Runs `command`, whose first word was found at `place`, in `folder`, and writes `secret` to it.
pub(super) async fn over(
    place: &Path,
    command: &[String],
    folder: &Path,
    secret: &Secret,
    terminal: &mut Terminal,
    lang: Lang,
) -> Handed {
    let Some((program, words)) = command.split_first() else { return Handed::Not };
    let mut child = Command::new(place);
    child.args(words).stdin(Stdio::piped()).kill_on_drop(true);
    if !folder.as_os_str().is_empty() {
        child.current_dir(folder);
    }
    if words.iter().any(|word| word == "wrangler") {
        // It keeps a log of its requests on disk, and leaves their bodies out unless this is false.
        child.env("WRANGLER_LOG_SANITIZE", "true");
    }
    let ended = async {
        let mut child = child.spawn()?;
        let mut written = Ok(());
        if let Some(mut to) = child.stdin.take() {
            written = to.write_all(secret.expose().as_bytes()).await;
            written = written.and(to.shutdown().await);
        }
        let status = child.wait().await?;
        Ok::<_, io::Error>((status, written.is_ok()))
    };
    let ended = tokio::select! {
        ended = ended => ended,
        status = terminal.stopped() => return Handed::Stopped(status),
    };
    match ended {
        Ok((status, true)) if status.success() => return Handed::Over,
        Ok((status, false)) if status.success() => lang.warn(
            format_args!("{program} n’a pas lu son entrée : le secret n’a pas été pris."),
            format_args!("{program} did not read its input: the secret was not taken."),
        ),
        Ok((status, _)) => lang.warn(
            format_args!("{program} a échoué ({status}) : le secret n’est pas entré."),
            format_args!("{program} failed ({status}): the secret is not entered."),
        ),
        Err(error) => lang.warn(
            format_args!("{program} ne démarre pas : {error}"),
            format_args!("{program} does not start: {error}"),
        ),
    }
    Handed::Not
}
