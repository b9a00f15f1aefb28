//! Decides the points that rest on what the team wrote down: its configurations and its dossier, against what was asked
//! for while logins were tried.

mod asked;
mod places;

use super::Problems;
use crate::franceconnect::Product;
use crate::journey::dossier::{Dossier, Field};
use crate::journey::qualification::trace::Observed;
use crate::journey::qualification::{Evidence, Finding, Item, Verdict};
use crate::journey::{Configuration, Words};

/// What the team wrote down, as far as there is any of it.
#[derive(Debug, Default)]
pub struct Declared {
    /// `franceconnect.toml`.
    pub dossier: Option<Dossier>,
    /// The configuration of the sandbox, as it would be deployed.
    pub test: Option<Configuration>,
    /// That of production.
    pub live: Option<Configuration>,
}

impl Declared {
    fn configurations(&self) -> impl Iterator<Item = &Configuration> {
        self.test.iter().chain(&self.live)
    }

    /// The dossier, if it is of the product that the service asks.
    fn dossier(&self, observed: &Observed) -> Result<&Dossier, Words> {
        match &self.dossier {
            None => Err(Words::new(
                "donner franceconnect.toml (--file) pour que la machine le juge",
                "give franceconnect.toml (--file) to have it judged by machine",
            )),
            Some(dossier) if (dossier.product() == Product::Plus) != observed.plus => {
                let name = dossier.product().name();
                Err(Words::new(
                    format!("franceconnect.toml est pour {name} : --file en désigne un autre"),
                    format!("franceconnect.toml is for {name}: --file names another"),
                ))
            }
            Some(dossier) => Ok(dossier),
        }
    }
}

/// What is said of each point that rests on them.
pub fn declared(declared: &Declared, observed: &Observed) -> Vec<Finding> {
    let asked = asked::asked(declared, observed);
    let mut findings = Vec::new();
    let mut say = |id: &str, problems: Problems, otherwise: Option<Verdict>, evidence: Vec<Evidence>| {
        let verdict = problems.verdict().or(otherwise);
        if let (Some(item), Some(verdict)) = (Item::named(id), verdict) {
            findings.push(Finding { item, verdict, evidence });
        }
    };
    let mut problems = Problems::default();
    let otherwise = asked::granted(declared, observed, &asked, &mut problems);
    say("O9", problems, Some(otherwise), vec![asked::told(&asked)]);
    let mut problems = Problems::default();
    let otherwise = asked::purposes(declared, observed, &asked, &mut problems);
    say("22", problems, Some(otherwise), Vec::new());
    let mut problems = Problems::default();
    let otherwise = places::https(declared, &mut problems);
    say("25", problems, otherwise, places::told(declared).into_iter().collect());
    let mut problems = Problems::default();
    places::in_clear(declared, &mut problems);
    say("28", problems, None, Vec::new());
    let mut problems = Problems::default();
    let otherwise = places::apart(declared, observed, &mut problems);
    say("32", problems, Some(otherwise), Vec::new());
    findings
}

/// A configuration that can be read; else what to give.
fn sound(configuration: Option<&Configuration>, field: Field) -> Result<&Configuration, Words> {
    match configuration {
        None => {
            let path = field.path;
            Err(Words::new(
                format!("{path} manque dans franceconnect.toml"),
                format!("{path} is missing in franceconnect.toml"),
            ))
        }
        Some(configuration) if configuration.config.is_err() => {
            let place = &configuration.place;
            Err(Words::new(
                format!("{place} a des erreurs, que check montre"),
                format!("{place} has faults, which check shows"),
            ))
        }
        Some(configuration) => Ok(configuration),
    }
}
