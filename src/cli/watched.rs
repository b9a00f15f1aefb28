//! Decides what `serve --services` serves: the document at a path, read again when it has changed. A document that
//! cannot be read does not take the place of one that could.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::check::{self, Fleet, Unreadable};
use super::lang::Lang;
use crate::config::{Deployed, Deployment, NAMES, Services, Variables};

/// How often the file is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// A document that is being served.
pub(super) struct Watched {
    path: PathBuf,
    lang: Lang,
    seen: Option<Stamp>,
}

/// What a file that has changed has another of.
type Stamp = (SystemTime, u64);

impl Watched {
    /// Reads the document for the first time; what is wrong with one of its services is told, and shown by that
    /// service.
    pub(super) fn read(path: &Path, lang: Lang) -> Result<(Self, Arc<Deployed>), ExitCode> {
        let mut watched = Self { path: path.to_owned(), lang, seen: None };
        match watched.again() {
            Ok(Some(deployment)) => Ok((watched, Arc::new(Deployed::fixed(deployment)))),
            Ok(None) => Err(ExitCode::FAILURE),
            Err(unreadable) => Err(unreadable.report(lang)),
        }
    }

    /// Looks after the document for ever.
    pub(super) async fn watch(mut self, deployed: Arc<Deployed>) {
        loop {
            tokio::time::sleep(LOOK).await;
            if stamp(&self.path) == self.seen {
                continue;
            }
            match self.again() {
                Ok(Some(deployment)) => {
                    deployed.replace(deployment);
                    let file = self.path.display();
                    self.lang.warn(format_args!("{file} : relu."), format_args!("{file}: read again."));
                }
                Ok(None) => {}
                Err(unreadable) => _ = unreadable.report(self.lang),
            }
        }
    }

    fn again(&mut self) -> Result<Option<Deployment>, Unreadable> {
        // Before it is read: a change in between is seen at the next look.
        self.seen = stamp(&self.path);
        let source = check::environment()?;
        let file = check::services(&self.path)?;
        let own = |name: &&'static str| Some((*name, source.value(name)?.to_owned()));
        let variables: Variables = NAMES.iter().filter_map(own).collect();
        let services = Services::read(file.to_json(0).as_bytes(), variables);
        file.absent().for_each(|finding| finding.warn(self.lang));
        let unusable = !file.faults.is_empty();
        Fleet::judge(source, &file, false).warn(self.lang);
        // A misspelt name may be a path without its protection; the edge takes no such document either.
        Ok(services.ok().filter(|_| !unusable).map(|services| Ok(services).into()))
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let known = std::fs::metadata(path).ok()?;
    Some((known.modified().ok()?, known.len()))
}
