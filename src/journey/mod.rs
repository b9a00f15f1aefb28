//! The five steps that make a service a FranceConnect service provider: eligibility, habilitation, integration in the
//! sandbox, qualification, production. Each ends in something a team can send, keep or act upon.
//!
//! Nothing here submits a form: it prepares, checks and records.

pub mod dossier;
pub mod qualification;
mod words;

pub use words::Words;
