//! The file a team keeps of its way to FranceConnect, `franceconnect.toml`: who asks, for what service, on what ground,
//! for which data and why, and what was granted and attested. One file for each product: FranceConnect+ has a request,
//! a sandbox and a qualification of its own.

mod field;
mod kind;
mod line;
mod read;

pub use field::*;
pub use kind::Kind;
pub use line::{filled, with_data};

use super::Words;
use crate::franceconnect::{Level, Product, Scopes};
use crate::time::Timestamp;
use std::collections::BTreeMap;

/// One of the five steps, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Whether the body may use FranceConnect at all.
    Eligibility,
    /// The request on DataPass, and what it granted.
    Habilitation,
    /// A client in the sandbox, and a login there.
    Sandbox,
    /// The internal acceptance, then FranceConnect's.
    Qualification,
    /// A client in production.
    Production,
}

impl Step {
    /// Every step, in order.
    pub const ALL: [Self; 5] =
        [Self::Eligibility, Self::Habilitation, Self::Sandbox, Self::Qualification, Self::Production];

    /// The word of the command line and of JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Eligibility => "eligibility",
            Self::Habilitation => "habilitation",
            Self::Sandbox => "sandbox",
            Self::Qualification => "qualification",
            Self::Production => "production",
        }
    }

    /// The name for people.
    pub fn words(self) -> Words {
        match self {
            Self::Eligibility => Words::new("Éligibilité", "Eligibility"),
            Self::Habilitation => Words::new("Habilitation", "Habilitation"),
            Self::Sandbox => Words::new("Bac à sable", "Sandbox"),
            Self::Qualification => Words::new("Qualification", "Qualification"),
            Self::Production => Words::new("Production", "Production"),
        }
    }
}

/// Data asked for, and what it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Data {
    /// The scope.
    pub scope: String,
    /// What the service does with it; empty while nobody said.
    pub purpose: String,
}

/// What a person vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attestation {
    /// A step, or a point of the internal acceptance.
    pub about: String,
    /// Who says so.
    pub by: String,
    /// Since when.
    pub on: Timestamp,
}

/// What the file says; every value in it has the form that its field asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dossier {
    values: BTreeMap<&'static str, String>,
    /// The data asked for, in the order of the file.
    pub data: Vec<Data>,
    /// What was attested, in the order of the file.
    pub attestations: Vec<Attestation>,
}

impl Dossier {
    /// The value of a field: a list separated by blanks, a day as `2026-11-25`, a box as `true`.
    pub fn value(&self, field: Field) -> Option<&str> {
        self.values.get(field.path).map(String::as_str)
    }

    /// The same file with another value of a field.
    #[must_use]
    pub fn with(mut self, field: Field, value: &str) -> Self {
        self.values.insert(field.path, value.to_owned());
        self
    }

    /// The same file that asks for a scope more.
    #[must_use]
    pub fn with_data(mut self, scope: &str, purpose: &str) -> Self {
        self.data.push(Data { scope: scope.to_owned(), purpose: purpose.to_owned() });
        self
    }

    /// Whether a box is ticked.
    pub fn is_ticked(&self, field: Field) -> bool {
        self.value(field) == Some("true")
    }

    /// The day in a field.
    pub fn day(&self, field: Field) -> Option<Timestamp> {
        Timestamp::of_day(self.value(field)?)
    }

    /// The level the service asks for, which says the product: `eidas1` is FranceConnect's.
    pub fn level(&self) -> Option<Level> {
        Level::parse(self.value(SERVICE_LEVEL)?)
    }

    /// The product, FranceConnect while nobody said.
    pub fn product(&self) -> Product {
        self.level().map_or(Product::Standard, Level::product)
    }

    /// The claims that the data asked for open, groups of scopes taken apart.
    pub fn claims(&self) -> Vec<String> {
        claims(self.data.iter().map(|data| data.scope.as_str()), self.product())
    }

    /// Who attested a step or a point, if anybody did.
    pub fn attested(&self, about: &str) -> Option<&Attestation> {
        self.attestations.iter().find(|attestation| attestation.about == about)
    }

    /// The fields of a step that it cannot do without and that say nothing.
    pub fn missing(&self, step: Step) -> impl Iterator<Item = Field> {
        let of_step = FIELDS.iter().copied().filter(move |field| field.step == step);
        of_step.filter(|field| (field.needed)(self) && !self.is_answered(*field))
    }

    /// An unticked box is no answer.
    fn is_answered(&self, field: Field) -> bool {
        match field.kind {
            Kind::Tick => self.is_ticked(field),
            _ => self.value(field).is_some(),
        }
    }
}

/// The claims that scopes open at `product`, groups taken apart, `openid` left out.
pub fn claims<'a>(scopes: impl Iterator<Item = &'a str>, product: Product) -> Vec<String> {
    let list = format!("openid {}", scopes.collect::<Vec<_>>().join(" "));
    let scopes = Scopes::parse(&list, product);
    scopes.map(|scopes| scopes.claims().into_iter().map(str::to_owned).collect()).unwrap_or_default()
}
