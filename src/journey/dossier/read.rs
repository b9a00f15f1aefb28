//! Decides how the file is read: every flaw with its line and its field, at once. An empty value is one not yet given.

use super::kind::is_scope;
use super::{Attestation, Data, Dossier, FIELDS, Field, Kind, Step};
use crate::document::{Document, Flaw, Table};
use crate::journey::qualification::Item;

impl Dossier {
    /// Reads `franceconnect.toml`. What is not there yet is no flaw: the steps tell what they miss.
    ///
    /// # Errors
    /// Every flaw, in the order of the lines.
    pub fn read(text: &str) -> Result<Self, Vec<Flaw>> {
        let document = Document::parse(text)?;
        let root = document.root();
        let mut dossier = Self::default();
        let mut names: Vec<&'static str> = Vec::new();
        for field in FIELDS {
            if !names.contains(&field.table) {
                names.push(field.table);
            }
        }
        for name in names {
            let Some(table) = root.table(name) else { continue };
            for field in FIELDS.iter().filter(|field| field.table == name) {
                if let Some(value) = value(&table, *field) {
                    dossier.values.insert(field.path, value);
                }
            }
            table.finish();
        }
        dossier.data = data(&root);
        dossier.attestations = attestations(&root);
        root.finish();
        match document.flaws() {
            flaws if flaws.is_empty() => Ok(dossier),
            flaws => Err(flaws),
        }
    }
}

/// The value of a field, if it has one of the right form.
fn value(table: &Table<'_, '_>, field: Field) -> Option<String> {
    let name = field.name;
    let value = match field.kind {
        Kind::Tick => table.flag(name)?.to_string(),
        Kind::Count => table.integer(name)?.to_string(),
        Kind::Day => table.day(name)?.day(),
        Kind::List | Kind::Networks => table.texts(name)?.join(" "),
        _ => table.text(name)?,
    };
    let value = value.trim();
    if value.is_empty() {
        return None;
    }
    if let Some(fault) = field.kind.fault(value) {
        table.flaw(name, fault.fr, fault.en);
        return None;
    }
    Some(value.to_owned())
}

fn data(root: &Table<'_, '_>) -> Vec<Data> {
    let mut all: Vec<Data> = Vec::new();
    for table in root.tables("data") {
        let scope = table.text("scope").unwrap_or_default();
        let purpose = table.text("purpose").unwrap_or_default().trim().to_owned();
        if !is_scope(&scope) {
            table.flaw(
                "scope",
                "manque, ou n’est pas un scope de FranceConnect.",
                "is missing, or no scope of FranceConnect.",
            );
        } else if all.iter().any(|known| known.scope == scope) {
            table.flaw("scope", "est déjà demandé plus haut.", "is asked for above already.");
        }
        if let Some(fault) = Kind::Text.fault(&purpose) {
            table.flaw("purpose", fault.fr, fault.en);
        }
        table.finish();
        all.push(Data { scope, purpose });
    }
    all
}

fn attestations(root: &Table<'_, '_>) -> Vec<Attestation> {
    let mut all = Vec::new();
    for table in root.tables("attestation") {
        let about = table.text("about").unwrap_or_default();
        if Item::named(&about).is_none() && !Step::ALL.iter().any(|step| step.name() == about) {
            table.flaw(
                "about",
                "doit être une étape (eligibility, sandbox, qualification, production), ou un point de la recette (O1 à O10, 1 à 32).",
                "must be a step (eligibility, sandbox, qualification, production), or a point of the acceptance (O1 to O10, 1 to 32).",
            );
        }
        let by = table.text("by").filter(|by| !by.trim().is_empty());
        if by.is_none() {
            table.flaw("by", "manque : qui l’atteste.", "is missing: who attests it.");
        }
        if let Some(fault) = by.as_ref().and_then(|by| Kind::Text.fault(by)) {
            table.flaw("by", fault.fr, fault.en);
        }
        let on = table.day("on");
        if on.is_none() {
            table.flaw("on", "manque : la date (2026-11-25).", "is missing: the date (2026-11-25).");
        }
        table.finish();
        if let (Some(by), Some(on)) = (by, on) {
            all.push(Attestation { about, by, on });
        }
    }
    all
}
