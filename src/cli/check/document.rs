//! Decides how a TOML file is read, so that every finding has its line and no error quotes a value.

use std::path::Path;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::source::Unreadable;

/// The text of a file, from which a [`Document`] borrows.
pub(super) fn text(path: &Path) -> Result<String, Unreadable> {
    std::fs::read_to_string(path).map_err(|error| Unreadable::file(path, &error))
}

/// A parsed file that knows its lines.
pub(super) struct Document<'a> {
    file: String,
    text: &'a str,
    root: DeTable<'a>,
}

/// A key and its value as they stand in the file.
pub(super) type Entry<'d, 'a> = (&'d Spanned<DeString<'a>>, &'d Spanned<DeValue<'a>>);

impl<'a> Document<'a> {
    /// # Errors
    /// The line and the column of the first error. The parser's own message would quote the line, and a
    /// secret with it.
    pub(super) fn parse(path: &Path, text: &'a str) -> Result<Self, Unreadable> {
        let file = path.display().to_string();
        match DeTable::parse(text) {
            Ok(root) => Ok(Self { file, text, root: root.into_inner() }),
            Err(error) => {
                let start = error.span().map_or(0, |span| span.start);
                let (line, message) = (line(text, start), error.message());
                Err(Unreadable {
                    fr: format!("{file}:{line} : TOML illisible : {message}"),
                    en: format!("{file}:{line}: unreadable TOML: {message}"),
                })
            }
        }
    }

    /// The table at a path of keys.
    pub(super) fn table(&self, path: &[&str]) -> Option<&DeTable<'a>> {
        let mut table = &self.root;
        for key in path {
            table = table.get(*key)?.get_ref().as_table()?;
        }
        Some(table)
    }

    /// The entries of the table at a path of keys; none if there is no such table.
    pub(super) fn entries(&self, path: &[&str]) -> impl Iterator<Item = Entry<'_, 'a>> + use<'_, 'a> {
        self.table(path).into_iter().flatten()
    }

    /// `file:line` of something in the file.
    pub(super) fn place<T>(&self, of: &Spanned<T>) -> Option<String> {
        Some(format!("{}:{}", self.file, line(self.text, of.span().start)))
    }
}

fn line(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}
