//! Decides who the citizens are: a file of them, `[[citizen]]` by `[[citizen]]`, that of FranceConnect's sandbox
//! (`known.toml`) read in the same way as anybody's own.

use super::{Account, Identity, Idp};
use crate::document::{Document, Flaw, Table};
use crate::emulator::page::error;
use crate::emulator::product::Product;
use std::sync::Arc;

/// The logins of FranceConnect's sandbox, with identities invented where it publishes none.
const KNOWN: &str = include_str!("known.toml");

/// Longest text of a field, in bytes.
const LONGEST: usize = 1024;

/// Test accounts, the default first; cheap to clone.
#[derive(Debug, Clone)]
pub struct Citizens(Arc<[Arc<Account>]>);

impl Citizens {
    /// Those of the sandbox.
    pub(super) fn known() -> Self {
        // A flaw of the file that is built in would leave nobody, which no test would miss.
        Self::read(KNOWN).unwrap_or_else(|_| Self(Arc::default()))
    }

    /// Reads a file of `[[citizen]]`. Who is `like` another, written above in the same file or one of the sandbox, has
    /// what this one has and the file does not say otherwise.
    ///
    /// # Errors
    /// Every flaw of the file, with its line.
    pub fn read(text: &str) -> Result<Self, Vec<Flaw>> {
        let document = Document::parse(text)?;
        let root = document.root();
        let mut known: Vec<Arc<Account>> = Vec::new();
        for table in root.tables("citizen") {
            if let Some(account) = account(&table, &known) {
                known.push(Arc::new(account));
            }
            table.finish();
        }
        root.finish();
        match document.flaws() {
            flaws if flaws.is_empty() => Ok(Self(known.into())),
            flaws => Err(flaws),
        }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Account>> {
        self.0.iter()
    }

    /// Those that `idp` knows.
    pub fn at(&self, idp: &Idp) -> impl Iterator<Item = &Arc<Account>> {
        let crowd = idp.crowd;
        self.iter().filter(move |account| account.crowd() == crowd)
    }

    /// Those that can log in or fail at `product`.
    pub fn of(&self, product: Product) -> impl Iterator<Item = &Arc<Account>> {
        self.iter().filter(move |account| product.idps().iter().any(|idp| idp.crowd == account.crowd()))
    }
}

fn account(table: &Table<'_, '_>, known: &[Arc<Account>]) -> Option<Account> {
    let login = table.text("login").filter(|login| !login.is_empty() && login.len() <= LONGEST);
    match &login {
        None => table.flaw("login", "est obligatoire.", "is required."),
        Some(login) if known.iter().any(|other| other.login == *login) => table.flaw(
            "login",
            "est déjà celui d’un autre citoyen du fichier.",
            "is that of another citizen of the file already.",
        ),
        Some(_) => {}
    }
    let interest = table.text("interest").unwrap_or_default();
    let interest_en = table.text("interest_en").unwrap_or_else(|| interest.clone());
    let error = table.text("error").and_then(|code| {
        let known = error::known(&code);
        if known.is_none() {
            table.flaw(
                "error",
                "n’est pas un code d’erreur que l’émulateur connaît.",
                "is not an error code that the emulator knows.",
            );
        }
        known
    });
    let foreign_id = table.text("foreign_id");
    let suspicious = table.flag("suspicious").unwrap_or_default();
    let rep_scope = table.texts("rep_scope").unwrap_or_default();
    if foreign_id.is_some() && !rep_scope.is_empty() {
        table.flaw(
            "rep_scope",
            "n’existe pas pour une personne d’un autre pays, qui a un foreign_id.",
            "does not exist for a person of another country, who has a foreign_id.",
        );
    }
    let identity = identity(table, known);
    let register = table.table("register").map(|table| {
        let register = self::identity(&table, known);
        table.finish();
        register
    });
    Some(Account {
        login: login?,
        interest,
        interest_en,
        identity,
        register,
        foreign_id,
        rep_scope,
        suspicious,
        error,
    })
}

fn identity(table: &Table<'_, '_>, known: &[Arc<Account>]) -> Identity {
    let mut person = Identity::default();
    if let Some(like) = table.text("like") {
        let here = known.iter().find(|other| other.login == like);
        let model = here.cloned().or_else(|| sandbox(&like, known));
        match model {
            Some(model) => person = model.identity.clone(),
            None => table.flaw(
                "like",
                "ne nomme aucun citoyen écrit plus haut ni du bac à sable.",
                "names no citizen written above nor of the sandbox.",
            ),
        }
    }
    for (field, name) in [
        (&mut person.gender, "gender"),
        (&mut person.birthplace, "birthplace"),
        (&mut person.birthcountry, "birthcountry"),
        (&mut person.email, "email"),
    ] {
        if let Some(text) = table.text(name) {
            *field = bounded(table, name, text);
        }
    }
    if let Some(names) = table.texts("given_names") {
        person.given_names = names;
    }
    for (field, name) in
        [(&mut person.family_name, "family_name"), (&mut person.preferred_username, "preferred_username")]
    {
        if let Some(text) = table.text(name) {
            *field = Some(bounded(table, name, text));
        }
    }
    if let Some(date) = date(table, "birthdate") {
        (person.idp_birthdate, person.birthdate) = (date.clone(), date);
    }
    if let Some(date) = date(table, "idp_birthdate") {
        person.idp_birthdate = date;
    }
    if !matches!(person.gender.as_str(), "male" | "female" | "unspecified" | "") {
        table.flaw(
            "gender",
            "doit être male, female ou unspecified.",
            "must be male, female or unspecified.",
        );
    }
    for name in table.texts("without").unwrap_or_default() {
        match name.as_str() {
            "given_names" => person.given_names.clear(),
            "family_name" => person.family_name = None,
            "preferred_username" => person.preferred_username = None,
            _ => table.flaw(
                "without",
                "ne peut nommer que given_names, family_name et preferred_username.",
                "may only name given_names, family_name and preferred_username.",
            ),
        }
    }
    person
}

/// The citizen of the sandbox whom a file of one's own may name; the sandbox's own file stands by itself.
fn sandbox(login: &str, known: &[Arc<Account>]) -> Option<Arc<Account>> {
    let own = known.first().is_some_and(|first| first.login == "test");
    if own { None } else { super::accounts().iter().find(|account| account.login == login).cloned() }
}

fn bounded(table: &Table<'_, '_>, name: &str, text: String) -> String {
    if text.len() > LONGEST {
        table.flaw(name, format!("dépasse {LONGEST} octets."), format!("is longer than {LONGEST} bytes."));
    }
    text
}

/// `YYYY-MM-DD`, month and day perhaps `00`.
fn date(table: &Table<'_, '_>, name: &'static str) -> Option<String> {
    let text = table.text(name)?;
    let digits = |part: &str, length| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> = text.split('-').collect();
    let sound = matches!(*parts, [year, month, day] if digits(year, 4) && digits(month, 2) && digits(day, 2)
        && month <= "12" && day <= "31");
    if !sound {
        table.flaw(
            name,
            "doit être une date AAAA-MM-JJ, mois et jour inconnus à 00.",
            "must be a date YYYY-MM-DD, unknown month and day as 00.",
        );
    }
    Some(text)
}
