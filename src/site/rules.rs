//! Decides which paths need a session, and of which level. The rules protect files, by whatever address they
//! are reached.

use super::SitePath;
use super::spelling::{bare, plain};
use crate::franceconnect::Level;

/// Why a rule of the configuration is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleFault {
    /// It does not begin with `/`.
    NotAPath,
    /// It holds something that no request path may hold, or `*` elsewhere than at its end.
    Unusual,
    /// What follows the path is no eIDAS level.
    NotALevel,
}

/// The protected parts of the site; everything else is public.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Protected(Vec<Rule>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    /// The page and all below it; empty for the whole site.
    page: String,
    level: Option<Level>,
}

/// What a protected path asks of a session, besides that there is one: a level, if its rules name one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Demand(pub Option<Level>);

impl Protected {
    /// Reads a comma-separated list such as `/compte, /dossiers/* eidas2`: a path, then a level if the path
    /// needs more than the service in general; a blank of the path itself is `%20`. Each entry protects the
    /// page, what lies below it, and the same page by its other names (`.html`, `index.html`). `/` protects
    /// all.
    ///
    /// # Errors
    /// All unusable entries.
    pub fn parse(list: &str) -> Result<Self, Vec<RuleFault>> {
        let mut rules = Vec::new();
        let mut faults = Vec::new();
        for entry in list.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            match rules_of(entry) {
                Ok(names) => rules.extend(names),
                Err(fault) => faults.push(fault),
            }
        }
        if faults.is_empty() { Ok(Self(rules)) } else { Err(faults) }
    }

    /// Whether something is public: not where the whole site is protected.
    pub fn covers_part(&self) -> bool {
        !self.0.iter().any(|rule| rule.page.is_empty())
    }

    /// The highest level that a rule names.
    pub fn highest(&self) -> Option<Level> {
        self.0.iter().filter_map(|rule| rule.level).max()
    }

    /// What the file that `path` names asks for, whichever of those it may name; nothing if all are public.
    /// Of several rules the highest level counts.
    ///
    /// Neither letter case nor accents count: to a reader that ignores them, `/COMPTÉ` is `/compte`.
    pub fn demand(&self, path: &SitePath) -> Option<Demand> {
        if self.0.is_empty() {
            return None;
        }
        path.files().filter_map(|file| self.over(&file)).map(|(_, demand)| demand).max()
    }

    /// The length of the longest rule over one file, and what all rules over it ask for.
    pub(super) fn over(&self, file: &str) -> Option<(usize, Demand)> {
        let file = plain(file);
        let bare = bare(&file);
        let names = [spelt_page(&file), &file, spelt_page(&bare), &bare];
        let covering = |rule: &&Rule| names.iter().any(|name| below(name, &rule.page));
        let length = self.0.iter().filter(covering).map(|rule| rule.page.len()).max()?;
        let level = self.0.iter().filter(covering).map(|rule| rule.level).max()?;
        Some((length, Demand(level)))
    }

    /// Whether a rule names this very page, by any of its names.
    pub(super) fn names(&self, page: &str) -> bool {
        self.0.iter().any(|rule| rule.page == page)
    }

    /// Whether any file that `path` may name is protected.
    pub fn covers(&self, path: &SitePath) -> bool {
        self.demand(path).is_some()
    }
}

fn rules_of(entry: &str) -> Result<impl Iterator<Item = Rule>, RuleFault> {
    let (path, level) = read(entry)?;
    // A folder may be called `x.html`, too.
    let names = [page(&path), plain(&path)];
    let bare = names.clone().map(|name| bare(&name)).into_iter().filter(|bare| !bare.is_empty());
    Ok(bare.chain(names).map(move |page| Rule { page, level }))
}

/// An entry as its path, decoded and without slashes around it, and its level.
pub(super) fn read(entry: &str) -> Result<(String, Option<Level>), RuleFault> {
    if !entry.starts_with('/') {
        return Err(RuleFault::NotAPath);
    }
    // Every blank there is: one that looks like a blank and is none would make a page of path and level.
    let mut words = entry.split_whitespace();
    let entry = words.next().unwrap_or_default();
    let level = match words.next() {
        Some(word) => Some(Level::parse(word).ok_or(RuleFault::NotALevel)?),
        None => None,
    };
    if words.next().is_some() {
        return Err(RuleFault::NotALevel);
    }
    // `/a=eidas2`: a level, not a page of that name.
    let glued = |level: Level| {
        let before = entry.strip_suffix(level.name()).and_then(|path| path.chars().next_back());
        before.is_some_and(|c| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '/'))
    };
    if Level::ALL.into_iter().any(glued) {
        return Err(RuleFault::NotALevel);
    }
    let path = entry.strip_suffix("/*").unwrap_or(entry).trim_end_matches('/');
    let path = if path.is_empty() { "/" } else { path };
    // Decoded as request paths are, so that `/caf%C3%A9` and `/café` are one rule.
    match SitePath::parse(path) {
        Ok(path) if !entry.trim_end_matches("/*").contains('*') => Ok((path.joined(), level)),
        _ => Err(RuleFault::Unusual),
    }
}

/// The page that a file is, as the laxest reader spells it, without `index.html` or `.html`.
pub(super) fn page(file: &str) -> String {
    spelt_page(&plain(file)).to_owned()
}

/// The page that a file is, in its own letters.
pub(super) fn spelt_page(file: &str) -> &str {
    let file = file.strip_suffix(".html").unwrap_or(file);
    match file.strip_suffix("index") {
        Some("") => "",
        Some(folder) if folder.ends_with('/') => folder.trim_end_matches('/'),
        _ => file,
    }
}

pub(super) fn below(page: &str, rule: &str) -> bool {
    rule.is_empty() || page == rule || page.strip_prefix(rule).is_some_and(|rest| rest.starts_with('/'))
}
