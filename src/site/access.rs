//! Decides what a path asks for: a session of some level, a session if there is one, or nothing.

use super::rules::{below, page, read, spelt_page};
use super::spelling::plain;
use super::{Demand, Protected, RuleFault, SitePath};

/// What a path asks for, the strictest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// Nothing: who is here is not even looked at.
    Public,
    /// Nothing, but who is here counts.
    Optional,
    /// A session.
    Protected(Demand),
}

/// Paths that are open although something around them is protected. Unlike a protection, which holds however a
/// page is spelt, an exception holds for the letters it is written in, and `/a.html` or `/a/index.html` opens
/// that one page and not what lies below `/a`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exceptions(Vec<String>);

impl Exceptions {
    /// Reads a comma-separated list of paths, as [`Protected::parse`] does, without levels.
    ///
    /// # Errors
    /// All unusable entries.
    pub fn parse(list: &str) -> Result<Self, Vec<RuleFault>> {
        let (mut paths, mut faults) = (Vec::new(), Vec::new());
        for entry in list.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            match read(entry) {
                Ok((path, None)) => paths.push(path),
                Ok((_, Some(_))) => faults.push(RuleFault::NotALevel),
                Err(fault) => faults.push(fault),
            }
        }
        if faults.is_empty() { Ok(Self(paths)) } else { Err(faults) }
    }

    /// Whether the path itself, in these letters, is one of the list or below one.
    pub fn hold(&self, path: &SitePath) -> bool {
        let path = path.joined();
        self.0.iter().any(|entry| below(&path, entry))
    }

    /// Whether an entry is the same page as one that `named` knows.
    fn meet(&self, named: impl Fn(&str) -> bool) -> bool {
        self.0.iter().any(|entry| {
            let lower = plain(entry);
            // `/a/index.html` is one page of the folder `/a`; `/a.html` and `/a` are the same page.
            let index = lower.rsplit('/').next().is_some_and(|last| matches!(last, "index" | "index.html"));
            named(&lower) || (!index && named(&page(&lower)))
        })
    }

    fn names(&self, page: &str) -> bool {
        self.0.iter().any(|entry| self::page(entry) == page || plain(entry) == page)
    }
}

/// Whether an exception is one for this page. One whose name has an ending (`/index.php`) opens that page alone: below it
/// would be whatever an application makes of the rest of the path.
fn opens(page: &str, entry: &str) -> bool {
    let file = entry.rsplit('/').next().is_some_and(|last| last.contains('.'));
    if file { page == entry } else { below(page, entry) }
}

/// What every path of the site asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    protected: Protected,
    optional: Exceptions,
    public: Exceptions,
}

impl Rules {
    /// The three kinds of rules together.
    pub fn new(protected: Protected, optional: Exceptions, public: Exceptions) -> Self {
        Self { protected, optional, public }
    }

    /// Whether an optional path is also a protected one.
    pub fn optional_contradicts(&self) -> bool {
        self.optional.meet(|page| self.protected.names(page))
    }

    /// Whether a public path is also a protected or an optional one.
    pub fn public_contradicts(&self) -> bool {
        self.public.meet(|page| self.protected.names(page) || self.optional.names(page))
    }

    /// The protected parts.
    pub fn protected(&self) -> &Protected {
        &self.protected
    }

    /// What `path` asks for: the most that any file asks for which it may name.
    pub fn access(&self, path: &SitePath) -> Access {
        path.files().map(|file| self.access_to(&file)).max().unwrap_or(Access::Public)
    }

    /// An exception opens a file only if it is longer than every protection over it.
    fn access_to(&self, file: &str) -> Access {
        let optional = self.optional.0.iter().map(|entry| (entry, Access::Optional));
        let public = self.public.0.iter().map(|entry| (entry, Access::Public));
        let exception = optional
            .chain(public)
            .filter(|(entry, _)| opens(file, entry) || opens(spelt_page(file), entry))
            .map(|(entry, access)| (plain(entry).len(), access))
            .max();
        match (self.protected.over(file), exception) {
            (Some((length, _)), Some((longer, access))) if longer > length => access,
            (Some((_, demand)), _) => Access::Protected(demand),
            (None, Some((_, access))) => access,
            (None, None) => Access::Public,
        }
    }
}
