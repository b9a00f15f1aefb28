//! Decides how a report is told to programs.

use super::Report;
use crate::journey::Words;
use crate::journey::qualification::{Evidence, Finding, Verdict};
use serde_json::{Map, Value, json};

impl Report {
    /// The form of the JSON. Another member may come under the same number; one that goes or means something else makes
    /// the next.
    pub const FORMAT: u32 = 1;

    /// The report as JSON, without pictures.
    pub fn to_json(&self) -> String {
        let [passed, failed, attest, skipped] = self.counts();
        let points: Vec<Value> = self.findings.iter().map(point).collect();
        let whole = json!({
            "format": Self::FORMAT,
            "at": self.at.unix(),
            "day": self.at.day(),
            "version": Self::VERSION,
            "url": self.url,
            "product": self.product,
            "configuration": self.fingerprint,
            "counts": { "passed": passed, "failed": failed, "attest": attest, "skipped": skipped },
            "points": points,
        });
        format!("{whole:#}\n")
    }
}

fn point(finding: &Finding) -> Value {
    let item = finding.item;
    let (verdict, told): (&str, Vec<(&str, &Words)>) = match &finding.verdict {
        Verdict::Passed => ("passed", Vec::new()),
        Verdict::Failed { seen, mend } => ("failed", vec![("seen", seen), ("mend", mend)]),
        Verdict::Attest { question } => ("attest", vec![("question", question)]),
        Verdict::Skipped { why } => ("skipped", vec![("why", why)]),
    };
    let mut point = Map::new();
    point.insert("id".to_owned(), json!(item.id));
    point.insert("requirement".to_owned(), json!({ "fr": item.fr, "en": item.en }));
    point.insert("verdict".to_owned(), json!(verdict));
    for (name, words) in told {
        point.insert(name.to_owned(), both(words));
    }
    let texts = finding.evidence.iter().filter_map(|evidence| match evidence {
        Evidence::Text { title, text } => Some(json!({ "title": both(title), "text": text })),
        Evidence::Picture { .. } => None,
    });
    point.insert("evidence".to_owned(), texts.collect());
    Value::Object(point)
}

fn both(words: &Words) -> Value {
    json!({ "fr": words.fr, "en": words.en })
}
