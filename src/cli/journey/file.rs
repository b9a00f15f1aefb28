//! Decides what is read beside franceconnect.toml: the configurations it names, the files that go with a request.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use url::Url;

use super::paper;
use crate::cli::check::{self, Source, Unreadable};
use crate::cli::keygen;
use crate::cli::lang::Lang;
use crate::document::Flaw;
use crate::journey::Configuration;
use crate::journey::dossier::*;
use crate::journey::habilitation::Seen;

/// The exit status when a file cannot be read.
pub(super) const UNREADABLE: u8 = 2;

/// What the team keeps, with what it names.
pub(super) struct Kept {
    pub(super) dossier: Dossier,
    /// The configuration of the sandbox, if one is named.
    pub(super) test: Option<Configuration>,
    /// That of production.
    pub(super) live: Option<Configuration>,
    pub(super) folder: PathBuf,
}

/// A configuration as it is tried under some address, with the values that a run needs of it.
pub(super) struct Running {
    pub(super) configuration: Configuration,
    pub(super) source: Source,
}

impl Kept {
    /// The same, where it may also be that nobody keeps one: the usual file need not be there.
    ///
    /// # Errors
    /// The exit status, once the reasons were told.
    pub(super) fn if_there(path: &Path, named: bool, lang: Lang) -> Result<Option<Self>, ExitCode> {
        if !named && !path.exists() {
            return Ok(None);
        }
        Self::read(path, lang).map(Some)
    }

    /// The configuration that the file names for a service at `url`: the sandbox's before production's, as it is tried
    /// here before as it is deployed.
    ///
    /// # Errors
    /// The exit status, once the reason was told.
    pub(super) fn running(&self, url: &Url, lang: Lang) -> Result<Option<Running>, ExitCode> {
        let fields = [(SANDBOX_CONFIGURATION, SANDBOX_ENV), (PRODUCTION_CONFIGURATION, PRODUCTION_ENV)];
        for (file, env) in fields {
            let Some(name) = self.dossier.value(file) else { continue };
            let (path, env) = (self.folder.join(name), self.dossier.value(env));
            // `wrangler dev` runs the whole file or one environment of it.
            let ways = [(env, true), (None, true), (env, false)];
            for (env, tried) in ways {
                let read = if tried { check::tried } else { check::deployed };
                let source = read(&path, name, env).map_err(|unreadable| unreadable.report(lang))?;
                let at = source.value("PUBLIC_URL").and_then(|at| Url::parse(at.trim()).ok());
                if at.is_some_and(|at| at.origin() == url.origin()) {
                    return Ok(Some(Running { configuration: judged(&source, name, env), source }));
                }
            }
        }
        Ok(None)
    }

    /// Reads the file and the configurations.
    ///
    /// # Errors
    /// The exit status, once the reasons were told.
    pub(super) fn read(path: &Path, lang: Lang) -> Result<Self, ExitCode> {
        let text = paper::read(path).map_err(|error| {
            let file = path.display();
            match error.kind() {
                ErrorKind::NotFound => lang.warn(
                    format_args!(
                        "{file} n’existe pas encore : journey init le crée, une question à la fois."
                    ),
                    format_args!("{file} does not exist yet: journey init makes it, one question at a time."),
                ),
                _ => lang.warn(
                    format_args!("{file} illisible : {error}"),
                    format_args!("Cannot read {file}: {error}"),
                ),
            }
            ExitCode::from(UNREADABLE)
        })?;
        let dossier = Dossier::read(&text).map_err(|flaws| warn(path, &flaws, lang))?;
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let configuration = |file: Field, env| {
            let name = dossier.value(file)?;
            Some(configuration(&folder, name, dossier.value(env)).map_err(|unreadable| {
                let (kept, file) = (path.display(), file.path);
                lang.warn(
                    format_args!("{kept} nomme {name} ({file}) :"),
                    format_args!("{kept} names {name} ({file}):"),
                );
                unreadable.report(lang)
            }))
        };
        Ok(Self {
            test: configuration(SANDBOX_CONFIGURATION, SANDBOX_ENV).transpose()?,
            live: configuration(PRODUCTION_CONFIGURATION, PRODUCTION_ENV).transpose()?,
            dossier,
            folder,
        })
    }

    /// Looks at a file beside franceconnect.toml.
    pub(super) fn look(&self, name: &str) -> Option<Seen> {
        let mut file = File::open(self.folder.join(name)).ok()?;
        let size = file.metadata().ok().filter(std::fs::Metadata::is_file)?.len();
        let mut head = [0; 4];
        Some(Seen { size, pdf: file.read_exact(&mut head).is_ok() && &head == b"%PDF" })
    }
}

/// Every flaw, with its line and its field.
pub(super) fn warn(path: &Path, flaws: &[Flaw], lang: Lang) -> ExitCode {
    let file = path.display();
    for Flaw { line, place, fr, en } in flaws {
        lang.warn(format_args!("{file}:{line} {place} {fr}"), format_args!("{file}:{line} {place} {en}"));
    }
    ExitCode::from(UNREADABLE)
}

/// A configuration as it would be deployed: `.dev.vars` does not count, but where nothing else is named.
fn configuration(folder: &Path, file: &str, env: Option<&str>) -> Result<Configuration, Unreadable> {
    Ok(judged(&check::deployed(&folder.join(file), file, env)?, file, env))
}

/// What is read of a source, with something in the place of the secrets that are not seen.
fn judged(source: &Source, file: &str, env: Option<&str>) -> Configuration {
    let env = env.map(|env| format!(" [env.{env}]")).unwrap_or_default();
    // A secret that no file shows may be in the environment of whoever looks.
    let exported = |name: &str| (name == "FC_PRIVATE_KEYS").then(|| std::env::var(name).ok()).flatten();
    let variable = |name: &str| source.value(name).map(str::to_owned).or_else(|| exported(name));
    let encryption = source.value("FC_ENCRYPTION_ALG").unwrap_or_default().trim();
    let stand_in = |name: &str| match name {
        "FC_CLIENT_ID" => Some("unset".to_owned()),
        "FC_PRIVATE_KEYS" => keygen::private_keys(encryption),
        "FC_ASSERTION_KEYS" => keygen::assertion_keys(),
        name if crate::cli::faults::is_secret(name) => keygen::random(),
        _ => None,
    };
    let read = Configuration::read(format!("{file}{env}"), variable, stand_in);
    Configuration { in_clear: source.in_clear.clone(), ..read }
}
