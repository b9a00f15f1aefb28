//! Decides what a sheet is: what a form asks for, in its order and under its own labels, with the values to paste; what
//! stands against sending it; and how all that reads as plain text.

use super::Words;
use super::dossier::{Dossier, Field};

/// What a person takes to a form, or keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Which form it is for.
    pub title: Words,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// A section of the form, in the form's words.
    Section(Words),
    /// Something to know.
    Note(Words),
    /// A field: its label on the form, and the value to paste.
    Entry(Words, Option<String>),
    /// The same where the value is words.
    Dated(Words, Words),
    /// A box of the form, and whether to tick it.
    Tick(bool, String),
    /// A text to send as it stands.
    Letter(String),
    /// What is missing or wrong.
    Against(Words),
}

impl Sheet {
    /// An empty sheet.
    pub(super) fn new(fr: &str, en: &str) -> Self {
        Self { title: Words::new(fr, en), parts: Vec::new() }
    }

    pub(super) fn section(&mut self, label: &str) {
        self.heading(label, label);
    }

    /// A section of our own.
    pub(super) fn heading(&mut self, fr: &str, en: &str) {
        self.parts.push(Part::Section(Words::new(fr, en)));
    }

    /// A day under the question that the file answers, with what follows from it.
    pub(super) fn dated(&mut self, label: Words, value: Words) {
        self.parts.push(Part::Dated(label, value));
    }

    pub(super) fn note(&mut self, fr: impl Into<String>, en: impl Into<String>) {
        self.parts.push(Part::Note(Words::new(fr, en)));
    }

    pub(super) fn entry(&mut self, label: impl Into<String>, value: Option<&str>) {
        let label = label.into();
        self.parts.push(Part::Entry(Words::new(label.clone(), label), value.map(str::to_owned)));
    }

    pub(super) fn tick(&mut self, ticked: bool, label: &str) {
        self.parts.push(Part::Tick(ticked, label.to_owned()));
    }

    pub(super) fn letter(&mut self, text: String) {
        self.parts.push(Part::Letter(text));
    }

    pub(super) fn against(&mut self, fr: impl Into<String>, en: impl Into<String>) {
        self.parts.push(Part::Against(Words::new(fr, en)));
    }

    /// A field of the form out of the file; that it is not there stands against the sheet.
    pub(super) fn field(&mut self, label: &str, dossier: &Dossier, field: Field) {
        self.labelled(Words::new(label, label), dossier, field);
    }

    /// The same under the question that the file answers.
    pub(super) fn answer(&mut self, dossier: &Dossier, field: Field) {
        self.labelled(Words::new(field.fr, field.en), dossier, field);
    }

    fn labelled(&mut self, label: Words, dossier: &Dossier, field: Field) {
        let value = dossier.value(field);
        self.parts.push(Part::Entry(label, value.map(str::to_owned)));
        if (field.needed)(dossier) && value.is_none() {
            self.missing(field);
        }
    }

    pub(super) fn missing(&mut self, field: Field) {
        let Field { path, fr, en, .. } = field;
        let [fr, en] = [fr, en].map(|question| question.trim_end_matches('…'));
        self.against(format!("{path} manque : {fr}."), format!("{path} is missing: {en}."));
    }

    /// What stands against it.
    pub fn objections(&self) -> impl Iterator<Item = &Words> {
        self.parts.iter().filter_map(|part| match part {
            Part::Against(words) => Some(words),
            _ => None,
        })
    }

    /// As plain text, in the language that `pick` picks.
    pub fn text(&self, pick: impl Fn(&Words) -> &str) -> String {
        let title = pick(&self.title);
        let mut text = format!("{title}\n{}\n", "=".repeat(title.chars().count()));
        for part in &self.parts {
            match part {
                Part::Section(words) => {
                    let label = pick(words);
                    text.push_str(&format!("\n{label}\n{}\n", "-".repeat(label.chars().count())));
                }
                Part::Note(words) => text.push_str(&format!("\n{}\n", pick(words))),
                Part::Entry(label, value) => {
                    let value = value.as_deref().unwrap_or("–").replace('\n', "\n    ");
                    text.push_str(&format!("\n{}\n    {value}\n", pick(label)));
                }
                Part::Dated(label, value) => {
                    text.push_str(&format!("\n{}\n    {}\n", pick(label), pick(value)));
                }
                Part::Tick(ticked, label) => {
                    let mark = if *ticked { 'x' } else { ' ' };
                    text.push_str(&format!("\n[{mark}] {label}\n"));
                }
                Part::Letter(letter) => text.push_str(&format!("\n{letter}\n")),
                Part::Against(words) => text.push_str(&format!("\n  ! {}\n", pick(words))),
            }
        }
        text
    }
}
