//! Decides how a TOML file that a person keeps is read: every flaw with its line and its field, all at once, and no
//! value quoted, since some are secrets.

use crate::time::Timestamp;
use std::cell::RefCell;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What is wrong in a file, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// The line, from 1.
    pub line: usize,
    /// The table and the field, `client 2, redirect_uris` for example; empty when the file as a whole is meant.
    pub place: String,
    /// What is wrong and what to do, in French.
    pub fr: String,
    /// The same in English.
    pub en: String,
}

/// A parsed file that knows its lines.
pub struct Document<'a> {
    text: &'a str,
    root: DeTable<'a>,
    flaws: RefCell<Vec<Flaw>>,
}

impl<'a> Document<'a> {
    /// # Errors
    /// The first error's line; the parser's own message would quote it.
    pub fn parse(text: &'a str) -> Result<Self, Vec<Flaw>> {
        match DeTable::parse(text) {
            Ok(root) => Ok(Self { text, root: root.into_inner(), flaws: RefCell::default() }),
            Err(error) => {
                let line = line(text, error.span().map_or(0, |span| span.start));
                let message = printable(error.message());
                let (fr, en) = (format!("TOML illisible : {message}"), format!("unreadable TOML: {message}"));
                Err(vec![Flaw { line, place: String::new(), fr, en }])
            }
        }
    }

    /// The whole file as a table.
    pub fn root(&self) -> Table<'_, 'a> {
        Table { document: self, members: &self.root, line: 1, place: String::new(), read: RefCell::default() }
    }

    /// Every flaw found while it was read, in the order of the lines.
    pub fn flaws(self) -> Vec<Flaw> {
        let mut flaws = self.flaws.into_inner();
        flaws.sort_by_key(|flaw| flaw.line);
        flaws
    }
}

/// One table of a file. A member that nobody asked for is a flaw: misspelt, it would be silently without effect.
pub struct Table<'d, 'a> {
    document: &'d Document<'a>,
    members: &'d DeTable<'a>,
    line: usize,
    place: String,
    read: RefCell<Vec<&'static str>>,
}

impl<'d, 'a> Table<'d, 'a> {
    /// A string; nothing if there is none.
    pub fn text(&self, name: &'static str) -> Option<String> {
        match self.get(name)? {
            DeValue::String(text) => Some(text.to_string()),
            _ => self.wrong(name, "une chaîne entre guillemets", "a string in quotes"),
        }
    }

    /// A list of strings; nothing if there is none.
    pub fn texts(&self, name: &'static str) -> Option<Vec<String>> {
        let items = match self.get(name)? {
            DeValue::Array(items) => items.iter().map(|item| item.get_ref().as_str().map(str::to_owned)),
            _ => return self.wrong(name, "une liste de chaînes", "a list of strings"),
        };
        match items.collect::<Option<Vec<_>>>() {
            Some(items) => Some(items),
            None => self.wrong(name, "une liste de chaînes", "a list of strings"),
        }
    }

    /// `true` or `false`; nothing if there is neither.
    pub fn flag(&self, name: &'static str) -> Option<bool> {
        match self.get(name)? {
            DeValue::Boolean(flag) => Some(*flag),
            _ => self.wrong(name, "true ou false", "true or false"),
        }
    }

    /// A whole number; nothing if there is none.
    pub fn integer(&self, name: &'static str) -> Option<i64> {
        let number = match self.get(name)? {
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        number.or_else(|| {
            self.wrong(name, "un nombre entier, sans guillemets", "a whole number, without quotes")
        })
    }

    /// A day, as TOML writes it: `2026-11-25` without quotes; nothing if there is none.
    pub fn day(&self, name: &'static str) -> Option<Timestamp> {
        let day = match self.get(name)? {
            DeValue::Datetime(day) => Timestamp::of_day(&day.to_string()),
            _ => None,
        };
        day.or_else(|| {
            self.wrong(name, "une date sans guillemets : 2026-11-25", "a date without quotes: 2026-11-25")
        })
    }

    /// A table below this one; nothing if there is none.
    pub fn table(&self, name: &'static str) -> Option<Table<'d, 'a>> {
        match self.get(name)? {
            DeValue::Table(members) => Some(self.below(members, self.line_of(name), self.place_of(name))),
            _ => self.wrong(name, "une table", "a table"),
        }
    }

    /// The tables `[[name]]`, numbered from 1.
    pub fn tables(&self, name: &'static str) -> Vec<Table<'d, 'a>> {
        let items = match self.get(name) {
            None => return Vec::new(),
            Some(DeValue::Array(items)) => items,
            Some(_) => return self.wrong(name, "des tables [[…]]", "tables [[…]]").unwrap_or_default(),
        };
        let mut tables = Vec::new();
        for (at, item) in items.iter().enumerate() {
            let (line, place) =
                (line(self.document.text, item.span().start), format!("{name} {}", at.saturating_add(1)));
            match item.get_ref() {
                DeValue::Table(members) => tables.push(self.below(members, line, place)),
                _ => self.wrong::<()>(name, "des tables [[…]]", "tables [[…]]").unwrap_or_default(),
            }
        }
        tables
    }

    /// Notes what is wrong with the member `name`, or with its absence.
    pub fn flaw(&self, name: &str, fr: impl Into<String>, en: impl Into<String>) {
        let flaw =
            Flaw { line: self.line_of(name), place: self.place_of(name), fr: fr.into(), en: en.into() };
        self.document.flaws.borrow_mut().push(flaw);
    }

    /// Notes every member that nobody asked for.
    pub fn finish(self) {
        let read = self.read.take();
        for (name, _) in self.members {
            let name: &str = name.get_ref();
            if !read.contains(&name) {
                let known = read.join(", ");
                self.flaw(
                    name,
                    format!("n’est pas un champ connu ; ceux-ci le sont : {known}."),
                    format!("is not a known field; these are: {known}."),
                );
            }
        }
    }

    fn get(&self, name: &'static str) -> Option<&'d DeValue<'a>> {
        self.read.borrow_mut().push(name);
        self.members.get(name).map(Spanned::get_ref)
    }

    fn wrong<T>(&self, name: &str, fr: &str, en: &str) -> Option<T> {
        self.flaw(name, format!("doit être {fr}."), format!("must be {en}."));
        None
    }

    fn below(&self, members: &'d DeTable<'a>, line: usize, place: String) -> Table<'d, 'a> {
        Table { document: self.document, members, line, place, read: RefCell::default() }
    }

    fn place_of(&self, name: &str) -> String {
        let name = printable(name);
        match self.place.as_str() {
            "" => name,
            place => format!("{place}, {name}"),
        }
    }

    fn line_of(&self, name: &str) -> usize {
        let member = self.members.get_key_value(name);
        member.map_or(self.line, |(key, _)| line(self.document.text, key.span().start))
    }
}

/// A name out of a file, for a terminal: short, and without what would move its cursor.
fn printable(name: &str) -> String {
    let shown = name.chars().take(120);
    shown.map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

fn line(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count().saturating_add(1)
}
