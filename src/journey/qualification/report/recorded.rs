//! Decides what the journey keeps in mind of an acceptance: when it was, of what, and how it ended.

use crate::journey::Words;
use crate::journey::qualification::ITEMS;
use crate::time::Timestamp;
use serde_json::Value;

/// What a report in JSON says as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// When it was.
    pub at: Timestamp,
    /// FranceConnect or FranceConnect+.
    pub product: String,
    /// How many points passed, failed, are to be attested, were not judged.
    pub counts: [usize; 4],
}

impl Recorded {
    /// Reads a report; nothing else is one.
    pub fn read(text: &str) -> Option<Self> {
        let report: Value = serde_json::from_str(text).ok()?;
        let counts = report.get("counts")?;
        let count = |name: &str| counts.get(name)?.as_u64().and_then(|count| usize::try_from(count).ok());
        Some(Self {
            at: Timestamp::from_unix(report.get("at")?.as_i64()?),
            product: report.get("product")?.as_str()?.to_owned(),
            counts: [count("passed")?, count("failed")?, count("attest")?, count("skipped")?],
        })
    }

    /// What it found, in a line.
    pub fn words(&self) -> Words {
        let (day, [passed, failed, attest, skipped]) = (self.at.day(), self.counts);
        Words::new(
            format!(
                "Recette du {day} : {passed} réussis, {failed} en échec, {attest} à attester, {skipped} non jugés."
            ),
            format!(
                "Acceptance of {day}: {passed} passed, {failed} failed, {attest} to attest, {skipped} not judged."
            ),
        )
    }

    /// What stands against going on with it for `product`.
    pub fn against(&self, product: &str) -> Option<Words> {
        let (day, [_, failed, ..]) = (self.at.day(), self.counts);
        let judged = self.counts.iter().fold(0_usize, |sum, count| sum.saturating_add(*count));
        // What a file says that somebody else may have written is not repeated.
        let (fr, en) = if self.product != product {
            (
                format!("La recette du {day} n’est pas celle de {product}."),
                format!("The acceptance of {day} is not that of {product}."),
            )
        } else if judged != ITEMS.len() {
            (
                format!("La recette du {day} ne porte que sur {judged} points : la passer sans --only."),
                format!("The acceptance of {day} is of {judged} points only: run it without --only."),
            )
        } else if failed > 0 {
            (
                format!("La recette du {day} a {failed} points en échec."),
                format!("The acceptance of {day} has {failed} points that failed."),
            )
        } else {
            return None;
        };
        Some(Words::new(fr, en))
    }
}
