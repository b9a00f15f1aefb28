//! The five steps that make a service a FranceConnect service provider: eligibility, habilitation, integration in the
//! sandbox, qualification, production. Each ends in something a team can send, keep or act upon.
//!
//! Nothing here submits a form: it prepares, checks and records.

mod configuration;
pub mod delivery;
pub mod dossier;
pub mod eligibility;
pub mod habilitation;
mod keys;
pub mod live;
pub mod operations;
pub mod outage;
mod overview;
pub mod probe;
pub mod production;
pub mod qualification;
pub mod reach;
pub mod sandbox;
mod sheet;
mod words;

pub use configuration::{Configuration, address, callbacks};
pub use overview::{Overview, Stage};
pub use sheet::Sheet;
pub use words::Words;
