//! Decides each point that logins and probes can say something of, from what was seen and nothing else.

mod accounts;
mod attempts;
mod declared;
mod errors;
mod leaving;
mod rest;
mod trials;

pub use declared::{Declared, declared};
pub(super) use trials::contradicts;

use super::trace::Observed;
use super::{Evidence, Finding, Item, Verdict};
use crate::journey::Words;

/// The points judged here, in the order of the list.
pub const JUDGED: [&str; 19] = [
    "O3", "O4", "O6", "O7", "O8", "O10", "15", "17", "18", "20", "21", "23", "25", "26", "27", "28", "29",
    "30", "31",
];

/// What is wrong with a point: what was seen, and how to mend it.
#[derive(Debug, Default)]
pub(in crate::journey) struct Problems(Vec<(Words, Words)>);

impl Problems {
    pub(in crate::journey) fn add(&mut self, seen: Words, mend: Words) {
        self.0.push((seen, mend));
    }

    /// The verdict, if there is a problem.
    pub(in crate::journey) fn verdict(self) -> Option<Verdict> {
        if self.0.is_empty() {
            return None;
        }
        let (seen, mend): (Vec<Words>, Vec<Words>) = self.0.into_iter().unzip();
        Some(Verdict::Failed { seen: joined(seen), mend: joined(mend) })
    }
}

/// Each sentence once, one a line.
fn joined(sentences: Vec<Words>) -> Words {
    let mut once: Vec<Words> = Vec::new();
    for sentence in sentences {
        if !once.contains(&sentence) {
            once.push(sentence);
        }
    }
    let join = |pick: fn(&Words) -> &str| once.iter().map(pick).collect::<Vec<_>>().join("\n");
    Words::new(join(|words| &words.fr), join(|words| &words.en))
}

/// Judges what was seen.
pub fn judge(observed: &Observed) -> Vec<Finding> {
    let finding = |id: &str| {
        let item = Item::named(id)?;
        let (verdict, evidence) = point(id, observed);
        Some(Finding { item, verdict, evidence })
    };
    JUDGED.iter().filter_map(|id| finding(id)).collect()
}

/// Whether what is registered, or the request against it, is at fault.
pub(super) fn addresses_fail(observed: &Observed) -> bool {
    let fails = |id: &&str| matches!(point(id, observed).0, Verdict::Failed { .. });
    ["O10", "29", "31"].iter().any(fails)
}

fn point(id: &str, observed: &Observed) -> (Verdict, Vec<Evidence>) {
    let mut problems = Problems::default();
    let mut evidence = trials::evidence(id, observed);
    if let Some(why) = trials::unseen(id, observed) {
        return (Verdict::Skipped { why }, evidence);
    }
    trials::judge(id, observed, &mut problems);
    let alternative = match id {
        "O6" => {
            evidence.push(attempts::statistics(observed));
            attempts::judge(observed, &mut problems);
            attempts::stolen(observed, &mut problems);
            None
        }
        "26" => {
            attempts::replayed(observed, &mut problems);
            attempts::twice(observed, &mut problems);
            attempts::stolen(observed, &mut problems);
            None
        }
        "O7" => {
            errors::messages(observed, &mut problems);
            errors::scripted(observed)
        }
        "23" => {
            errors::pages(observed, &mut problems);
            errors::scripted(observed)
        }
        "O8" => {
            leaving::both(observed, &mut problems);
            leaving::scripted(observed)
        }
        "15" => {
            leaving::both(observed, &mut problems);
            leaving::whatever(observed, &mut problems);
            leaving::scripted(observed)
        }
        "30" => {
            rest::at_once(observed, &mut problems);
            None
        }
        "O3" => {
            accounts::judge(id, observed, &mut problems);
            Some(rest::matching_rule())
        }
        "O4" | "17" | "20" | "21" => {
            accounts::judge(id, observed, &mut problems);
            accounts::unmarked(observed)
        }
        "O10" => rest::sector(observed, &mut problems),
        "25" => rest::https(observed, &mut problems),
        "28" => rest::secret(observed, &mut problems),
        "29" => rest::callbacks(observed, &mut problems),
        "31" => Some(rest::flows(observed, &mut problems)),
        _ => None,
    };
    let partly = || trials::partly(id, observed);
    (problems.verdict().or(alternative).or_else(partly).unwrap_or(Verdict::Passed), evidence)
}
