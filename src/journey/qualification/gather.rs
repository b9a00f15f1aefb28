//! Decides what is said of all points once every source has said its own: one finding each, in the order of the list.

use super::{Evidence, Finding, ITEMS, Item, Means, Verdict};
use crate::journey::Words;
use crate::journey::dossier::Dossier;

/// One finding for each point, out of those of all sources; a point of which no source says anything says why.
pub fn gather(found: Vec<Finding>) -> Vec<Finding> {
    let of = |item: &'static Item| {
        let mut own = found.iter().filter(|finding| finding.item == item).cloned();
        let first = own.next()?;
        Some(own.fold(first, merged))
    };
    ITEMS.iter().map(|item| of(item).unwrap_or_else(|| unsaid(item))).collect()
}

/// The same findings once what a person vouches for counts: a question that the dossier answers is asked no more.
pub fn attested(mut findings: Vec<Finding>, dossier: &Dossier) -> Vec<Finding> {
    for finding in &mut findings {
        let Some(attestation) = dossier.attested(finding.item.id) else { continue };
        if let Verdict::Attest { question } = &finding.verdict {
            // Who says so stands in the dossier: a report names nobody.
            let title = Words::new(
                format!("Attesté le {} (franceconnect.toml)", attestation.on.day()),
                format!("Attested on {} (franceconnect.toml)", attestation.on.day()),
            );
            finding.evidence.push(Evidence::Text { title, text: question.fr.clone() });
            finding.verdict = Verdict::Passed;
        }
    }
    findings
}

/// Two findings of a point: what fails in one fails; what a person must see in one they must see.
fn merged(one: Finding, other: Finding) -> Finding {
    let evidence: Vec<Evidence> = one.evidence.into_iter().chain(other.evidence).collect();
    let verdict = match (one.verdict, other.verdict) {
        (Verdict::Failed { seen, mend }, Verdict::Failed { seen: more, mend: how }) => {
            Verdict::Failed { seen: lines(&seen, &more), mend: lines(&mend, &how) }
        }
        (failed @ Verdict::Failed { .. }, _) | (_, failed @ Verdict::Failed { .. }) => failed,
        (Verdict::Attest { question }, Verdict::Attest { question: more }) => {
            Verdict::Attest { question: lines(&question, &more) }
        }
        (attest @ Verdict::Attest { .. }, _) | (_, attest @ Verdict::Attest { .. }) => attest,
        (Verdict::Passed, _) | (_, Verdict::Passed) => Verdict::Passed,
        (skipped, _) => skipped,
    };
    Finding { item: one.item, verdict, evidence }
}

fn lines(one: &Words, other: &Words) -> Words {
    if one == other {
        return one.clone();
    }
    Words::new(format!("{}\n{}", one.fr, other.fr), format!("{}\n{}", one.en, other.en))
}

fn unsaid(item: &'static Item) -> Finding {
    let only = |means: Means| item.means.iter().all(|own| *own == means || *own == Means::Person);
    let skipped = |fr: &str, en: &str| Verdict::Skipped { why: Words::new(fr, en) };
    let verdict = if item.means == [Means::Person] {
        Verdict::Attest { question: Words::new(format!("{} ?", item.fr), format!("{}?", item.en)) }
    } else if only(Means::Source) {
        skipped(
            "donner franceconnect.toml (--file), qui nomme la configuration",
            "give franceconnect.toml (--file), which names the configuration",
        )
    } else {
        skipped(
            "les pages se regardent dans un navigateur, et aucun n’a été lancé",
            "pages are looked at in a browser, and none was started",
        )
    };
    Finding { item, verdict, evidence: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_point_is_said_once_and_a_failure_of_one_source_is_a_failure() {
        let item = Item::named("O4").unwrap();
        let words = |text: &str| Words::new(text, text);
        let failed = Verdict::Failed { seen: words("vu"), mend: words("réparer") };
        let attest = Verdict::Attest { question: words("vraiment ?") };
        let of = |verdict: &Verdict| Finding { item, verdict: verdict.clone(), evidence: Vec::new() };
        let said = |verdicts: &[&Verdict]| {
            let all = gather(verdicts.iter().map(|verdict| of(verdict)).collect());
            assert_eq!(all.len(), ITEMS.len());
            all.into_iter().find(|finding| finding.item == item).unwrap().verdict
        };
        assert_eq!(said(&[&Verdict::Passed, &failed, &attest]), failed);
        assert_eq!(said(&[&attest, &Verdict::Passed]), attest);
        assert!(matches!(said(&[]), Verdict::Skipped { .. }));
    }
}
