//! Decides what a report says: when, of what, by which version, each point with its verdict. The same findings at the same
//! moment make the same bytes.

mod html;
mod json;
mod recorded;

pub use recorded::Recorded;

use super::{Finding, Verdict};
use crate::secret::fingerprint;
use crate::time::Timestamp;

/// What a report is about.
#[derive(Debug, Clone)]
pub struct Report {
    /// When it was made.
    pub at: Timestamp,
    /// The address of the service.
    pub url: String,
    /// FranceConnect or FranceConnect+.
    pub product: &'static str,
    /// Of what is registered and where things were looked for: another configuration has another.
    pub fingerprint: String,
    /// Every point.
    pub findings: Vec<Finding>,
}

impl Report {
    /// The version of this program.
    pub const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    /// A short name for the parts of a configuration, none of which is a secret.
    pub fn fingerprint_of<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
        let mut all = Vec::new();
        for part in parts {
            all.extend_from_slice(&part.len().to_be_bytes());
            all.extend_from_slice(part.as_bytes());
        }
        fingerprint::<8>(&all).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// How many points passed, failed, are to be attested, were not judged.
    pub fn counts(&self) -> [usize; 4] {
        let of = |which: fn(&Verdict) -> bool| {
            self.findings.iter().filter(|finding| which(&finding.verdict)).count()
        };
        [
            of(|verdict| matches!(verdict, Verdict::Passed)),
            of(|verdict| matches!(verdict, Verdict::Failed { .. })),
            of(|verdict| matches!(verdict, Verdict::Attest { .. })),
            of(|verdict| matches!(verdict, Verdict::Skipped { .. })),
        ]
    }
}
