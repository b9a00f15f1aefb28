//! Decides how the findings are told to programs.

use super::{Finding, Seen};
use crate::journey::Words;
use crate::journey::qualification::Verdict;
use crate::time::Timestamp;
use serde_json::{Map, Value, json};

/// As JSON: when and by what it was looked at, `url`, `login` (none was made), `counts`, `checks` in order, `remarks`.
pub fn json(seen: &Seen, findings: &[Finding], remarks: &[Words]) -> Value {
    let count = |of: fn(&Verdict) -> bool| findings.iter().filter(|finding| of(&finding.verdict)).count();
    let at = seen.ways().find_map(|way| way.hops.first()).map(|hop| hop.at);
    json!({
        "at": at.map(Timestamp::unix),
        "day": at.map(Timestamp::day),
        "version": env!("CARGO_PKG_VERSION"),
        "url": seen.site.as_str(),
        "login": false,
        "counts": {
            "passed": count(|verdict| matches!(verdict, Verdict::Passed)),
            "failed": count(|verdict| matches!(verdict, Verdict::Failed { .. })),
            "attest": count(|verdict| matches!(verdict, Verdict::Attest { .. })),
            "skipped": count(|verdict| matches!(verdict, Verdict::Skipped { .. })),
        },
        "checks": findings.iter().map(check).collect::<Vec<_>>(),
        "remarks": remarks.iter().map(both).collect::<Vec<_>>(),
    })
}

fn check(finding: &Finding) -> Value {
    let check = finding.check;
    let (verdict, told): (&str, Vec<(&str, &Words)>) = match &finding.verdict {
        Verdict::Passed => ("passed", Vec::new()),
        Verdict::Failed { seen, mend } => ("failed", vec![("seen", seen), ("mend", mend)]),
        Verdict::Attest { question } => ("attest", vec![("question", question)]),
        Verdict::Skipped { why } => ("skipped", vec![("why", why)]),
    };
    let mut all = Map::new();
    all.insert("id".to_owned(), json!(check.id));
    all.insert("requirement".to_owned(), json!({ "fr": check.fr, "en": check.en }));
    all.insert("verdict".to_owned(), json!(verdict));
    for (name, words) in told {
        all.insert(name.to_owned(), both(words));
    }
    Value::Object(all)
}

fn both(words: &Words) -> Value {
    json!({ "fr": words.fr, "en": words.en })
}
