//! Decides what `check` knows of a variable: its value if that can be seen, where it stands, how to set it.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use super::names;
use crate::cli::lang::Lang;
use crate::journey::Words;

/// A file that cannot be read, with the reason in both languages.
pub(in crate::cli) struct Unreadable {
    pub(super) fr: String,
    pub(super) en: String,
}

impl Unreadable {
    /// The operating system's reason.
    pub(super) fn file(path: &Path, error: &io::Error) -> Self {
        let path = path.display();
        Self { fr: format!("{path} illisible : {error}"), en: format!("Cannot read {path}: {error}") }
    }

    /// Tells the reason, and answers the exit status for it.
    pub(in crate::cli) fn report(&self, lang: Lang) -> ExitCode {
        lang.warn(&self.fr, &self.en);
        ExitCode::from(UNREADABLE)
    }
}

/// The exit status when a file cannot be read.
const UNREADABLE: u8 = 2;

/// Something to tell about a variable or a section, which is the subject of both sentences.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::cli) struct Finding {
    pub(super) about: String,
    /// `wrangler.toml:12`, where there is a line to look at.
    pub(super) place: Option<String>,
    pub(super) fr: String,
    pub(super) en: String,
}

impl Finding {
    pub(super) fn new(about: &str, place: Option<String>, fr: &str, en: &str) -> Self {
        Self { about: about.into(), place, fr: fr.into(), en: en.into() }
    }

    /// The same for a list in which both languages stand.
    pub(super) fn words(&self) -> Words {
        let (fr, en) = self.lines();
        Words::new(fr.trim_start(), en.trim_start())
    }

    pub(super) fn say(&self, lang: Lang) {
        let (fr, en) = self.lines();
        lang.say(fr, en);
    }

    /// The same for whoever starts a server.
    pub(in crate::cli) fn warn(&self, lang: Lang) {
        let (fr, en) = self.lines();
        lang.warn(fr, en);
    }

    fn lines(&self) -> (String, String) {
        let place = self.place.as_ref().map(|place| format!(" ({place})")).unwrap_or_default();
        let Self { about, fr, en, .. } = self;
        (format!("  {about}{place} {fr}"), format!("  {about}{place} {en}"))
    }
}

/// Where variables come from, which decides how one is set.
#[derive(Clone)]
pub(super) enum Way {
    /// The process environment or `.dev.vars`.
    Environment,
    /// Workers, with the name of wrangler's environment.
    Wrangler(Option<String>),
    /// Spin.
    Spin,
}

impl Way {
    /// Whether secrets may be set where no file shows them.
    pub(super) fn hides_secrets(&self) -> bool {
        !matches!(self, Self::Environment)
    }

    /// The command that sets `name`. None has the value as an argument where a shell would keep it.
    pub(super) fn command(&self, name: &str, lang: Lang) -> String {
        let lower = name.to_lowercase();
        match self {
            // A value of JSON has double quotes of its own.
            Self::Environment if matches!(name, "FC_PRIVATE_KEYS" | "FC_ASSERTION_KEYS") => lang.pick(
                format!("export {name}='…', ou une ligne {name}='…' dans .dev.vars"),
                format!("export {name}='…', or a line {name}='…' in .dev.vars"),
            ),
            Self::Environment => lang.pick(
                format!("export {name}=…, ou une ligne {name}=… dans .dev.vars"),
                format!("export {name}=…, or a line {name}=… in .dev.vars"),
            ),
            Self::Wrangler(None) => format!("npx wrangler secret put {name}"),
            Self::Wrangler(Some(env)) => format!("npx wrangler secret put {name} --env {env}"),
            Self::Spin => lang.pick(
                format!("export SPIN_VARIABLE_{name}=…, ou spin up --variable {lower}=…"),
                format!("export SPIN_VARIABLE_{name}=…, or spin up --variable {lower}=…"),
            ),
        }
    }
}

/// A variable that something sets or declares.
#[derive(Clone)]
pub(super) struct Setting {
    /// None if it is declared and its value cannot be seen from here.
    pub(super) value: Option<String>,
    pub(super) place: Option<String>,
    /// Whether this is a place of ours alone, where an unknown name is a mistake of spelling.
    pub(super) ours: bool,
}

/// Everything read, under the names of the environment (`FC_CLIENT_ID`).
pub(in crate::cli) struct Source {
    pub(super) way: Way,
    pub(super) read: Vec<String>,
    pub(super) settings: BTreeMap<String, Setting>,
    pub(in crate::cli) faults: Vec<Finding>,
    pub(in crate::cli) remarks: Vec<Finding>,
    /// The secrets that stand in a file of the platform's, which is kept under version control.
    pub(in crate::cli) in_clear: Vec<String>,
    /// The hosts that may be called (none for a value that cannot be seen), where a platform asks for a
    /// list, and the place of the list.
    pub(super) outbound: Option<(Vec<Option<String>>, Option<String>)>,
}

impl Source {
    pub(super) fn new(way: Way) -> Self {
        Self {
            way,
            read: Vec::new(),
            settings: BTreeMap::new(),
            faults: Vec::new(),
            remarks: Vec::new(),
            in_clear: Vec::new(),
            outbound: None,
        }
    }

    /// Notes a secret that stands where everybody who has the sources reads it.
    pub(super) fn shown(&mut self, name: &str, place: Option<String>) {
        self.in_clear.push(name.to_owned());
        self.faults.push(Finding::new(
            name,
            place,
            "est un secret en clair dans un fichier que l’on versionne : le retirer, et en changer s’il a servi.",
            "is a secret in a file that is kept under version control: remove it, and change it if it was used.",
        ));
    }

    pub(in crate::cli) fn value(&self, name: &str) -> Option<&str> {
        self.settings.get(name)?.value.as_deref()
    }

    /// Whether the variable is there and its value is given elsewhere.
    pub(super) fn is_unseen(&self, name: &str) -> bool {
        self.settings.get(name).is_some_and(|setting| setting.value.is_none())
    }

    pub(super) fn place(&self, name: &str) -> Option<String> {
        self.settings.get(name)?.place.clone()
    }

    /// A misspelt variable is silently without effect, and a site without its protection: say so.
    pub(super) fn note_unknown_names(&mut self) {
        for (name, setting) in &self.settings {
            if names::is_known(name) {
                continue;
            }
            let near = names::nearest(name);
            let (fr, en) = match near {
                Some(near) => (
                    format!("n’est pas une variable connue ; vouliez-vous dire {near} ?"),
                    format!("is no known variable; did you mean {near}?"),
                ),
                None => ("n’est pas une variable connue.".to_owned(), "is no known variable.".to_owned()),
            };
            let finding = Finding { about: name.clone(), place: setting.place.clone(), fr, en };
            if setting.ours && name.starts_with("FC_") {
                self.faults.push(finding);
            } else if near.is_some() {
                self.remarks.push(finding);
            }
        }
    }
}
