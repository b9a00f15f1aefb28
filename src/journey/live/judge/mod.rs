//! The judges: each decides one check, or a few that look at the same thing, from what was seen and what is known.

pub(super) mod addresses;
pub(super) mod apart;
pub(super) mod callback;
pub(super) mod cookies;
pub(super) mod headers;
pub(super) mod keys;
pub(super) mod login;
pub(super) mod operator;
pub(super) mod parameters;
pub(super) mod person;
pub(super) mod running;
pub(super) mod sector;

use super::authorization::Authorization;
use super::check::Case;
use crate::journey::Words;
use crate::journey::qualification::Verdict;
pub(super) use crate::journey::qualification::judge::Problems;

/// Both halves of a failure.
fn failed(seen: Words, mend: Words) -> Verdict {
    Verdict::Failed { seen, mend }
}

/// Not looked at, and why.
fn skipped(fr: impl Into<String>, en: impl Into<String>) -> Verdict {
    Verdict::Skipped { why: Words::new(fr, en) }
}

fn attest(fr: impl Into<String>, en: impl Into<String>) -> Verdict {
    Verdict::Attest { question: Words::new(fr, en) }
}

/// The verdict on every login that was begun: what one of them does wrong, some visitor meets.
fn each(case: &Case<'_>, judge: impl Fn(&Authorization<'_>) -> Verdict) -> Verdict {
    let verdicts: Vec<Verdict> = case.asked.iter().map(judge).collect();
    let failed = verdicts.iter().find(|verdict| matches!(verdict, Verdict::Failed { .. }));
    let unsure = || verdicts.iter().find(|verdict| !matches!(verdict, Verdict::Passed));
    failed.or_else(unsure).or(verdicts.first()).cloned().unwrap_or_else(no_login)
}

/// Why nothing is said of a request that was not seen.
fn no_login() -> Verdict {
    skipped("aucune connexion n’a mené à un fournisseur d’identité", "no login led to an identity provider")
}

/// Why nothing is said of a parameter: its absence is a matter of the request.
fn no_parameter(name: &str) -> Verdict {
    skipped(format!("la demande n’a pas de {name}"), format!("the request has no {name}"))
}
