//! Decides what is read beside franceconnect.toml: the configurations it names, the files that go with a request, the
//! report of the last acceptance.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use url::Url;

use super::deployed::{self, PRODUCTION, Place, Running, SANDBOX};
use super::paper;
use crate::cli::lang::Lang;
use crate::document::Flaw;
use crate::journey::dossier::*;
use crate::journey::habilitation::Seen;
use crate::journey::qualification::report::Recorded;
use crate::journey::{Configuration, Words};

/// The exit status when a file cannot be read.
pub(super) const UNREADABLE: u8 = 2;

/// Longest report of an acceptance that is read, in bytes.
const LONGEST: u64 = 8 << 20;

/// What the team keeps, with what it names.
pub(super) struct Kept {
    pub(super) dossier: Dossier,
    /// The configuration of the sandbox, if one is named.
    pub(super) test: Option<Configuration>,
    /// That of production.
    pub(super) live: Option<Configuration>,
    pub(super) folder: PathBuf,
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
        deployed::running(&self.dossier, &self.folder, url).map_err(|unreadable| unreadable.report(lang))
    }

    /// What the last acceptance found, if the file names its report; else what is wrong with that.
    pub(super) fn acceptance(&self) -> Option<Result<Recorded, Words>> {
        let name = self.dossier.value(QUALIFICATION_REPORT)?;
        let mut text = String::new();
        let read =
            File::open(self.folder.join(name)).and_then(|file| file.take(LONGEST).read_to_string(&mut text));
        Some(match read {
            Ok(_) => Recorded::read(&text).ok_or_else(|| {
                Words::new(
                    format!("{name} n’est pas un rapport de journey qualify (--json)."),
                    format!("{name} is no report of journey qualify (--json)."),
                )
            }),
            Err(_) => Err(Words::new(
                format!("Aucune recette interne n’est enregistrée dans {name} : journey qualify l’y écrit."),
                format!("No internal acceptance is recorded in {name}: journey qualify writes it there."),
            )),
        })
    }

    /// Where the report of an acceptance is kept, if the file names a place.
    pub(super) fn report(&self) -> Option<PathBuf> {
        self.dossier.value(QUALIFICATION_REPORT).map(|name| self.folder.join(name))
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
        let configuration = |place: &Place| {
            deployed::configuration(&dossier, &folder, place).map_err(|unreadable| {
                let (kept, field) = (path.display(), place.file);
                let (name, file) = (dossier.value(field).unwrap_or_default(), field.path);
                lang.warn(
                    format_args!("{kept} nomme {name} ({file}) :"),
                    format_args!("{kept} names {name} ({file}):"),
                );
                unreadable.report(lang)
            })
        };
        Ok(Self { test: configuration(&SANDBOX)?, live: configuration(&PRODUCTION)?, dossier, folder })
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
