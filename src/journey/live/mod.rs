//! The go-live check: whether a deployment is what FranceConnect and its citizens may be let onto, as far as that can be
//! seen without logging in.
//!
//! Looking is one thing and judging another: [`Seen`] is what answered, [`Known`] what the team's file and the
//! configuration say, and [`judge`] decides each check from the two without any IO.

mod authorization;
mod check;
mod cookie;
mod judge;
mod known;
mod look;
mod seen;
mod tell;

pub use check::{CHECKS, Check, Finding, judge, remarks};
pub use known::{Known, Live, Test};
pub use look::{Target, look};
pub use seen::{End, Hop, Seen, Way};
pub use tell::json;
