//! Decides what is said of one point: passed, failed with what was seen and how to mend it, or left to a person, with
//! its evidence.

use super::Item;
use crate::journey::Words;

/// What became of a point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Everything that a machine can see of it is right.
    Passed,
    /// Something is wrong.
    Failed {
        /// What was seen.
        seen: Words,
        /// How to mend it.
        mend: Words,
    },
    /// A person must look, and say so.
    Attest {
        /// The question to answer.
        question: Words,
    },
    /// It does not concern this service, or nothing could be seen of it.
    Skipped {
        /// Why.
        why: Words,
    },
}

/// What a verdict rests on. It holds no secret, no token and no identity but those the emulator invents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Evidence {
    /// Lines of text: markup, figures, exchanges.
    Text {
        /// What they are.
        title: Words,
        /// The lines.
        text: String,
    },
    /// A picture of a page.
    Picture {
        /// What it shows.
        title: Words,
        /// The picture.
        png: Vec<u8>,
    },
}

/// The verdict on one point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The point.
    pub item: &'static Item,
    /// What became of it.
    pub verdict: Verdict,
    /// What it rests on.
    pub evidence: Vec<Evidence>,
}
