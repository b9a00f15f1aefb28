//! Decides which paths need a session. The rules protect files, by whatever address they are reached.

use super::SitePath;

/// Why a rule of the configuration is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleFault {
    /// It does not begin with `/`.
    NotAPath,
    /// It holds something that no request path may hold, or `*` elsewhere than at its end.
    Unusual,
}

/// The protected parts of the site; everything else is public.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Protected(Vec<String>);

impl Protected {
    /// Reads a comma-separated list such as `/compte, /dossiers/*`. Each entry protects the page, what
    /// lies below it, and the same page by its other names (`.html`, `index.html`). `/` protects all.
    ///
    /// # Errors
    /// All unusable entries.
    pub fn parse(list: &str) -> Result<Self, Vec<RuleFault>> {
        let mut rules = Vec::new();
        let mut faults = Vec::new();
        for entry in list.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            let path = entry.strip_suffix("/*").unwrap_or(entry).trim_end_matches('/');
            let path = if path.is_empty() { "/" } else { path };
            if !entry.starts_with('/') {
                faults.push(RuleFault::NotAPath);
                continue;
            }
            // Decoded as request paths are, so that `/caf%C3%A9` and `/café` are one rule.
            match SitePath::parse(path) {
                Ok(path) if !entry.trim_end_matches("/*").contains('*') => {
                    let path = path.joined();
                    rules.push(page(&path));
                    // A folder may be called `x.html`, too.
                    rules.push(path.to_ascii_lowercase());
                }
                _ => faults.push(RuleFault::Unusual),
            }
        }
        if faults.is_empty() { Ok(Self(rules)) } else { Err(faults) }
    }

    /// Whether something is public: not where the whole site is protected.
    pub fn covers_part(&self) -> bool {
        !self.0.iter().any(String::is_empty)
    }

    /// Whether any file that `path` may name is protected.
    ///
    /// Letter case does not count: on a file system that ignores it, `/COMPTE` is `/compte`.
    pub fn covers(&self, path: &SitePath) -> bool {
        let files = path.candidates().into_iter().chain(path.index());
        files
            .flat_map(|file| [page(&file), file.to_ascii_lowercase()])
            .any(|name| self.0.iter().any(|rule| below(&name, rule)))
    }
}

/// The page that a file is: lower case, without `index.html` or `.html`.
fn page(file: &str) -> String {
    let file = file.to_ascii_lowercase();
    let file = file.strip_suffix(".html").unwrap_or(&file);
    match file.strip_suffix("index") {
        Some("") => String::new(),
        Some(folder) if folder.ends_with('/') => folder.trim_end_matches('/').to_owned(),
        _ => file.to_owned(),
    }
}

fn below(page: &str, rule: &str) -> bool {
    rule.is_empty() || page == rule || page.strip_prefix(rule).is_some_and(|rest| rest.starts_with('/'))
}
