//! Decides what can be told of the running program from outside: its clock, its health, its version.

use super::{Problems, skipped};
use crate::journey::Words;
use crate::journey::live::check::{Case, shown};
use crate::journey::live::seen::{Hop, Seen, Way};
use crate::journey::qualification::Verdict;
use serde_json::Value;

/// Seconds by which a clock may differ: tokens live for sixty, and an answer takes its time.
const APART: i64 = 5;

/// Seconds by which whoever answered is ahead of this machine. An answer that a cache kept tells the time of another.
fn ahead(hop: &Hop) -> Option<i64> {
    let kept = hop.answer.header("age").and_then(|age| age.trim().parse::<i64>().ok()).unwrap_or_default();
    (kept == 0).then_some(())?;
    Some(hop.answer.date()?.since(hop.at))
}

pub(in crate::journey::live) fn clock(case: &Case<'_>) -> Verdict {
    let seen = case.seen;
    let [first, second] = &seen.logins;
    let callbacks = [&seen.callback, &seen.denied].into_iter().flatten();
    let hops = [first, second].into_iter().chain(callbacks).chain([&seen.front]).filter_map(Way::last);
    let Some(service) = hops.into_iter().find_map(ahead) else {
        return skipped("aucune réponse ne dit l’heure (Date)", "no answer tells the time (Date)");
    };
    let reference = seen.provider.as_ref().and_then(Way::last).and_then(ahead);
    let difference = service - reference.unwrap_or_default();
    if difference.abs() <= APART {
        return Verdict::Passed;
    }
    let seen = match reference {
        Some(_) => Words::new(
            format!("Elle diffère de {difference:+} s de celle de FranceConnect."),
            format!("It differs by {difference:+} s from FranceConnect’s."),
        ),
        None => Words::new(
            format!("Elle diffère de {difference:+} s de celle de cette machine."),
            format!("It differs by {difference:+} s from that of this machine."),
        ),
    };
    Verdict::Failed {
        seen,
        mend: Words::new(
            "Régler l’horloge (NTP) : les jetons de FranceConnect vivent soixante secondes.",
            "Set the clock (NTP): FranceConnect’s tokens live for sixty seconds.",
        ),
    }
}

/// The document that says how the service is.
fn document(seen: &Seen) -> Option<Value> {
    serde_json::from_slice(&seen.health.as_ref()?.document()?.body).ok()
}

pub(in crate::journey::live) fn health(case: &Case<'_>) -> Verdict {
    let Some(way) = &case.seen.health else {
        return skipped(
            "l’adresse de santé d’un autre logiciel n’est pas connue",
            "the health address of other software is not known",
        );
    };
    let mut problems = Problems::default();
    let told = document(case.seen);
    let word = told.as_ref().and_then(|told| told.get("status")).and_then(Value::as_str);
    let status = way.document().map(|answer| answer.status);
    if status != Some(200) || word != Some("ok") {
        let address = way.last().map(|hop| shown(&hop.answer.url)).unwrap_or_default();
        let faults = told.as_ref().and_then(|told| told.get("faults")).and_then(Value::as_u64);
        let seen = match (way.lost(), faults) {
            (Some(why), _) => Words::new(format!("{}.", why.fr), format!("{}.", why.en)),
            (None, Some(faults)) => Words::new(
                format!("La configuration déployée a {faults} erreurs."),
                format!("The deployed configuration has {faults} faults."),
            ),
            (None, None) => {
                Words::new(format!("{address} ne dit pas ok."), format!("{address} does not say ok."))
            }
        };
        problems.add(
            seen,
            Words::new(
                "Regarder le journal du service, et check --deploy.",
                "Look at the log of the service, and check --deploy.",
            ),
        );
    }
    problems.verdict().unwrap_or(Verdict::Passed)
}

/// What runs there may be older than what judges it.
pub(in crate::journey::live) fn version(seen: &Seen) -> Option<Words> {
    let own = env!("CARGO_PKG_VERSION");
    let told = document(seen)?;
    let there = told.get("version")?.as_str().filter(|there| *there != own)?;
    let there = crate::journey::probe::printable(there);
    Some(Words::new(
        format!("Le service est en version {there}, cette commande en {own}."),
        format!("The service is of version {there}, this command of {own}."),
    ))
}
