//! Decides whether caches keep nothing of a login, whether the page of the callback is closed to other sites, and what
//! answers tell of the software behind them.

use super::{Problems, no_login, skipped};
use crate::journey::Words;
use crate::journey::live::check::{Case, shown};
use crate::journey::live::seen::Seen;
use crate::journey::probe::{Answer, printable};
use crate::journey::qualification::Verdict;

pub(in crate::journey::live) fn cache(case: &Case<'_>) -> Verdict {
    let seen = case.seen;
    let login = seen.logins.iter().filter(|way| way.away().is_some()).filter_map(|way| way.last());
    let callbacks = [&seen.callback, &seen.forged, &seen.denied].into_iter().flatten();
    let callbacks = callbacks.filter_map(|way| way.hops.first());
    let answers: Vec<&Answer> = login.chain(callbacks).map(|hop| &hop.answer).collect();
    if answers.is_empty() {
        return no_login();
    }
    let mut problems = Problems::default();
    for answer in answers {
        let kept =
            !answer.headers("cache-control").any(|value| value.to_ascii_lowercase().contains("no-store"));
        if kept {
            let address = shown(&answer.url);
            problems.add(
                Words::new(
                    format!("{address} n’a pas Cache-Control: no-store."),
                    format!("{address} lacks Cache-Control: no-store."),
                ),
                Words::new(
                    "L’y mettre, et regarder ce que le CDN en fait.",
                    "Put it there, and look at what the CDN makes of it.",
                ),
            );
        }
    }
    problems.verdict().unwrap_or(Verdict::Passed)
}

pub(in crate::journey::live) fn page(case: &Case<'_>) -> Verdict {
    let Some(answer) = case.seen.callback.as_ref().and_then(|way| way.page()) else {
        return skipped("le retour n’a pas donné de page", "the callback gave no page");
    };
    let lower = |name: &str| answer.header(name).map(str::to_ascii_lowercase).unwrap_or_default();
    let policy = lower("content-security-policy");
    let framed = may_be_framed(answer);
    let referrer = lower("referrer-policy");
    let leaks =
        referrer.is_empty() || referrer.contains("unsafe-url") || referrer == "no-referrer-when-downgrade";
    let lacks: Vec<&str> = [
        (policy.is_empty(), "Content-Security-Policy"),
        (framed, "frame-ancestors"),
        (lower("x-content-type-options") != "nosniff", "X-Content-Type-Options: nosniff"),
        (leaks, "Referrer-Policy: no-referrer"),
    ]
    .into_iter()
    .filter_map(|(lacks, name)| lacks.then_some(name))
    .collect();
    if lacks.is_empty() {
        return Verdict::Passed;
    }
    let (address, lacks) = (shown(&answer.url), lacks.join(", "));
    Verdict::Failed {
        seen: Words::new(format!("{address} n’a pas : {lacks}."), format!("{address} lacks: {lacks}.")),
        mend: Words::new(
            "Les y mettre : l’adresse du retour porte un code, et cette page n’est à montrer dans aucun cadre.",
            "Put them there: the address of the callback holds a code, and no frame is to show that page.",
        ),
    }
}

/// Whether any site may show the page in a frame: `frame-ancestors` decides where it stands, X-Frame-Options elsewhere
/// (CSP Level 3 §6.4.2). Of several policies each must be held to.
fn may_be_framed(answer: &Answer) -> bool {
    let policies = answer.headers("content-security-policy").flat_map(|value| value.split([';', ',']));
    let ancestors = policies.filter_map(|directive| {
        let directive = directive.trim().to_ascii_lowercase();
        let sources = directive.strip_prefix("frame-ancestors")?.to_owned();
        (sources.is_empty() || sources.starts_with(char::is_whitespace)).then_some(sources)
    });
    let anybody =
        |sources: &String| sources.split_whitespace().any(|it| ["*", "http:", "https:"].contains(&it));
    let ancestors: Vec<String> = ancestors.collect();
    if !ancestors.is_empty() {
        return ancestors.iter().all(anybody);
    }
    let options = answer.headers("x-frame-options").flat_map(|value| value.split(','));
    !options
        .into_iter()
        .any(|option| ["deny", "sameorigin"].contains(&option.trim().to_ascii_lowercase().as_str()))
}

/// Versions help whoever looks for a hole.
pub(in crate::journey::live) fn revealing(seen: &Seen) -> Vec<Words> {
    let mut remarks = Vec::new();
    for name in ["server", "x-powered-by", "x-aspnet-version"] {
        let mut values = seen.ways().flat_map(|way| way.answers()).filter_map(|answer| answer.header(name));
        if let Some(value) = values.find(|value| value.bytes().any(|byte| byte.is_ascii_digit())) {
            let value = printable(value);
            remarks.push(Words::new(
                format!("L’en-tête {name} dit la version du logiciel : {value}."),
                format!("The header {name} tells the version of the software: {value}."),
            ));
        }
    }
    remarks
}
