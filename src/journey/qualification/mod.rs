//! The internal acceptance (*recette interne*): what a service provider is asked before FranceConnect looks at it, each
//! point judged by what was seen of the running service, or left to a person.
//!
//! Looking is one thing and judging another: what a browser, a probe and the emulator saw is data, and a point is
//! judged from it without any IO, so that a test writes what was seen.

pub mod browser;
pub mod driver;
mod finding;
mod gather;
mod item;
pub mod judge;
pub mod lies;
pub mod page;
mod pages;
pub mod report;
mod run;
pub mod seen;
pub mod trace;

pub use finding::{Evidence, Finding, Verdict};
pub use gather::{attested, gather};
pub use item::{Certainty, ITEMS, Item, Means};
pub use pages::Pages;
pub use run::{run, run_beside};
