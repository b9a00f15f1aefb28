//! Decides how a real browser is found, started, kept apart from the machine and ended: an installed Chromium, without
//! a window, with a profile that is thrown away.
//!
//! What a page does besides being looked at is refused: files to keep, windows, boxes. Everything has a time limit, and
//! a page that loads without end is stopped, so that a hostile site costs its own points and nothing more.

mod devtools;
mod profile;
mod tab;
mod watch;

pub use tab::{Cookie, Key, Landing, Tab};
pub use watch::{Hop, Tried};

use crate::journey::Words;
use devtools::Devtools;
use profile::Profile;
use serde_json::{Value, json};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};

/// What the browser itself is given to answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// Longest path of a folder in which the browser can still have its socket (`sun_path`, 104 bytes on macOS, less 46).
const SHORT: usize = 58;

/// Names that Chromium and its kin are installed under.
const NAMES: [&str; 6] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "headless_shell"];

/// Where macOS keeps them.
const APPLICATIONS: [&str; 2] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/// How variables begin that hold secrets of a service, or of its host.
const OURS: [&str; 5] = ["FC_", "SPIN_VARIABLE_", "CLOUDFLARE_", "CF_", "VAULT_"];

/// Its two pipes are the third and fourth file of the browser: a shell puts them there, and is replaced by it.
const SHELL: &str = r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1"#;

const ARGUMENTS: [&str; 15] = [
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--mute-audio",
    "--accept-lang=fr-FR,fr",
    // A page's scripts may not take the memory of the machine.
    "--js-flags=--max-old-space-size=512",
];

/// Why a page could not be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// No browser is installed, or the one named cannot be run.
    Absent,
    /// Browsers are not driven on this system.
    Elsewhere,
    /// The browser ended.
    Gone,
    /// The time given passed.
    Late,
    /// Nothing answered; the browser's own word for it, such as `net::ERR_CONNECTION_REFUSED`.
    Unreachable(String),
    /// The page loads more than any page needs.
    TooLarge,
    /// The page ended its own process.
    Crashed,
    /// The browser or the page refused, and says so.
    Refused(String),
}

impl Trouble {
    /// Why no browser was found. The pipes that one is driven over are put in place by a shell of Unix.
    pub fn none_found() -> Self {
        if cfg!(unix) { Self::Absent } else { Self::Elsewhere }
    }

    /// What to say of it.
    pub fn words(&self) -> Words {
        match self {
            Self::Absent => Words::new(
                "aucun navigateur Chromium ou Chrome n’a été trouvé : installez-en un, ou nommez-le dans CHROMIUM",
                "no Chromium or Chrome was found: install one, or name it in CHROMIUM",
            ),
            Self::Elsewhere => Words::new(
                "un navigateur n’est conduit que sous Linux et macOS : sous Windows, lancez la recette dans WSL, avec Chromium",
                "a browser is driven on Linux and macOS only: on Windows, run the acceptance in WSL, with Chromium",
            ),
            Self::Gone => Words::new("le navigateur s’est arrêté", "the browser ended"),
            Self::Late => Words::new("la page n’a pas répondu à temps", "the page did not answer in time"),
            Self::Unreachable(word) => Words::new(
                format!("la page n’a pas pu être atteinte ({word})"),
                format!("the page could not be reached ({word})"),
            ),
            Self::TooLarge => Words::new("la page est démesurée", "the page is far too large"),
            Self::Crashed => {
                Words::new("la page a fait tomber le navigateur", "the page brought the browser down")
            }
            Self::Refused(word) => {
                Words::new(format!("le navigateur a refusé : {word}"), format!("the browser refused: {word}"))
            }
        }
    }
}

/// Where a browser is: what `CHROMIUM` names, or the first on the `PATH`; `variable` reads the environment.
pub fn find(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    if let Some(named) = variable("CHROMIUM").filter(|named| !named.is_empty()) {
        return Some(PathBuf::from(named)).filter(|named| named.is_file());
    }
    let path = variable("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).filter(|folder| folder.is_absolute()).collect();
    let installed = NAMES.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    installed.chain(APPLICATIONS.iter().map(PathBuf::from)).find(|program| program.is_file())
}

/// A browser that runs, and ends when this is dropped.
pub struct Browser {
    devtools: Devtools,
    sandboxed: bool,
    // Dropped in this order: first the process, then its files.
    _process: Process,
    profile: Profile,
}

impl Browser {
    /// Starts `program`. Where the system does not let it shut pages in (root, many containers) it runs without that
    /// wall: [`Self::is_sandboxed`] tells.
    ///
    /// # Errors
    /// [`Trouble::Absent`] when it cannot be run, [`Trouble::Gone`] or [`Trouble::Late`] when it does not speak.
    pub async fn launch(program: &Path) -> Result<Self, Trouble> {
        if !cfg!(unix) {
            return Err(Trouble::Elsewhere);
        }
        match Self::start(program, true).await {
            Err(Trouble::Gone) => Self::start(program, false).await,
            started => started,
        }
    }

    async fn start(program: &Path, sandboxed: bool) -> Result<Self, Trouble> {
        let profile = Profile::new()?;
        let mut command = command(program, &profile, sandboxed, std::env::vars_os().map(|(name, _)| name));
        // What it leaves when it is killed then ends with the profile. It has a socket there, whose path must be short.
        if profile.folder().as_os_str().len() <= SHORT {
            command.env("TMPDIR", profile.folder());
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        let mut process = command.spawn().map_err(|_| Trouble::Absent)?;
        let (Some(to), Some(from)) = (process.stdin.take(), process.stdout.take()) else {
            return Err(Trouble::Absent);
        };
        // From here on its end is waited for before its files are removed, even if nobody waits for its beginning.
        let process = Process(process);
        let devtools = Devtools::new(to, from);
        devtools.call(None, "Browser.getVersion", json!({}), PATIENCE).await?;
        devtools.call(None, "Target.setDiscoverTargets", json!({ "discover": true }), PATIENCE).await?;
        Ok(Self { devtools, sandboxed, _process: process, profile })
    }

    /// Pages run behind the browser's own wall.
    pub fn is_sandboxed(&self) -> bool {
        self.sandboxed
    }

    /// The folder of its files, which ends with it.
    pub fn profile(&self) -> &Path {
        self.profile.folder()
    }

    /// The browser ended by itself: nothing more can be seen with it.
    pub fn is_gone(&self) -> bool {
        self.devtools.gone()
    }

    /// A tab in a browser that has never been anywhere: no cookie, no store, nothing shared with another. It is closed
    /// and forgotten when dropped. With `any_certificate` a certificate that nobody vouches for will do.
    ///
    /// # Errors
    /// [`Trouble::Gone`] or [`Trouble::Late`] when the browser does not answer.
    pub async fn open(&self, any_certificate: bool) -> Result<Tab, Trouble> {
        let made = self
            .devtools
            .call(None, "Target.createBrowserContext", json!({ "disposeOnDetach": true }), PATIENCE)
            .await?;
        let context = text(&made, "browserContextId")?;
        self.devtools.keep_to_one_tab(&context);
        Tab::new(self.devtools.clone(), context, any_certificate).await
    }
}

/// How the browser is started, where `variables` are set.
fn command(
    program: &Path,
    profile: &Profile,
    sandboxed: bool,
    variables: impl Iterator<Item = OsString>,
) -> Command {
    let mut command = Command::new("/bin/sh");
    command.arg("-c").arg(SHELL).arg(program).args(ARGUMENTS).arg(profile.argument());
    if !sandboxed {
        command.arg("--no-sandbox");
    }
    // A page that breaks out of the browser finds no secret in its environment.
    let ours = |name: &OsString| OURS.iter().any(|ours| name.to_string_lossy().starts_with(ours));
    for name in variables.filter(ours) {
        command.env_remove(name);
    }
    command
}

fn text(value: &Value, name: &str) -> Result<String, Trouble> {
    value
        .get(name)
        .and_then(Value::as_str)
        .map(str::to_owned)
        .ok_or_else(|| Trouble::Refused(format!("no {name}")))
}

/// The browser's first process; the others end with it.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // One that ended already needs no killing.
        let _ = self.0.start_kill();
        for _ in 0..40 {
            if !matches!(self.0.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(25));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_is_started_without_the_secrets_of_the_service() {
        let profile = Profile::new().unwrap();
        let secret = ["FC_CLIENT_SECRET", "FC_PLUS_CLIENT_SECRET_NEXT", "SPIN_VARIABLE_FC_SESSION_KEYS"];
        let host = ["CLOUDFLARE_API_TOKEN", "VAULT_TOKEN"];
        let names = secret.iter().chain(&host).chain(&["HOME", "PATH", "HTTPS_PROXY"]).map(OsString::from);
        for (sandboxed, walls) in [(true, 0), (false, 1)] {
            let made = command(Path::new("chromium"), &profile, sandboxed, names.clone());
            let made = made.as_std();
            let kept: Vec<_> =
                made.get_envs().filter(|(_, value)| value.is_none()).map(|(name, _)| name).collect();
            assert!(secret.iter().chain(&host).all(|name| kept.contains(&OsString::from(name).as_os_str())));
            assert_eq!(kept.len(), 5, "what the browser needs stays: {kept:?}");
            assert_eq!(made.get_args().filter(|argument| *argument == "--no-sandbox").count(), walls);
        }
    }
}
