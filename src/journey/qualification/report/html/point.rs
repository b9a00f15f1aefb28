//! Decides how one point is shown: its verdict, what was seen, how to mend it, where the requirement comes from, and the
//! evidence, which is unfolded where something failed and on paper.

use crate::html::{Html, fill};
use crate::journey::qualification::{Certainty, Evidence, Finding, Verdict};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The verdicts, those that ask for something first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    Failed,
    Attest,
    Skipped,
    Passed,
}

impl Group {
    pub(super) const ALL: [Self; 4] = [Self::Failed, Self::Attest, Self::Skipped, Self::Passed];

    pub(super) fn of(finding: &Finding) -> Self {
        match finding.verdict {
            Verdict::Passed => Self::Passed,
            Verdict::Failed { .. } => Self::Failed,
            Verdict::Attest { .. } => Self::Attest,
            Verdict::Skipped { .. } => Self::Skipped,
        }
    }

    pub(super) fn has(self, finding: &Finding) -> bool {
        Self::of(finding) == self
    }

    /// Its class and the name of its section.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Passed => "reussi",
            Self::Failed => "echec",
            Self::Attest => "attester",
            Self::Skipped => "non-juge",
        }
    }

    /// The verdict on a point.
    pub(super) fn name(self) -> Html {
        Html::literal(match self {
            Self::Passed => "<span aria-hidden=\"true\">✓</span> Réussi",
            Self::Failed => "<span aria-hidden=\"true\">✗</span> Échec",
            Self::Attest => "<span aria-hidden=\"true\">?</span> À attester",
            Self::Skipped => "<span aria-hidden=\"true\">–</span> Non jugé",
        })
    }

    /// The points that have it.
    pub(super) fn heading(self) -> &'static str {
        match self {
            Self::Passed => "Réussis",
            Self::Failed => "En échec",
            Self::Attest => "À attester par une personne",
            Self::Skipped => "Non jugés",
        }
    }
}

pub(super) fn point(group: Group, finding: &Finding) -> Html {
    let item = finding.item;
    let told = match &finding.verdict {
        Verdict::Passed => Html::default(),
        Verdict::Failed { seen, mend } => {
            let mut both = lines("Ce qui a été vu", &seen.fr);
            both.push(&lines("Comment corriger", &mend.fr));
            both
        }
        Verdict::Attest { question } => lines("Question", &question.fr),
        Verdict::Skipped { why } => {
            lines("Pourquoi", &why.fr.lines().map(sentence).collect::<Vec<_>>().join("\n"))
        }
    };
    let evidence: Html = finding.evidence.iter().map(|evidence| shown(group, item.id, evidence)).collect();
    fill(
        "<article id=\"point-{}\" class=\"{}\" aria-labelledby=\"titre-{}\">\n<h3 id=\"titre-{}\">{}. {}</h3>\n\
         <p class=\"verdict\">{}</p>\n{}<p class=\"source\">Source de l’exigence : {}.</p>\n{}</article>\n",
        &[
            &item.id,
            &group.class(),
            &item.id,
            &item.id,
            &item.id,
            &item.fr,
            &group.name(),
            &told,
            &source(item.certainty),
            &evidence,
        ],
    )
}

fn lines(title: &'static str, text: &str) -> Html {
    let items: Html = text.lines().map(|line| fill("<li>{}</li>\n", &[&line])).collect();
    fill("<h4>{}</h4>\n<ul>\n{}</ul>\n", &[&title, &items])
}

/// `line` with a capital and a full stop: why a point was not judged is said within a sentence elsewhere.
fn sentence(line: &str) -> String {
    let mut chars = line.chars();
    let begun: String = chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect();
    if begun.ends_with(['.', '?', '!']) { begun } else { begun + "." }
}

fn shown(group: Group, point: &'static str, evidence: &Evidence) -> Html {
    let open = Html::literal(if group == Group::Failed { " open" } else { "" });
    match evidence {
        Evidence::Text { title, text } => fill(
            "<details{}><summary>Preuve du point {} : {}</summary>\n<pre>{}</pre></details>\n",
            &[&open, &point, &title.fr, text],
        ),
        Evidence::Picture { title, png } => fill(
            "<details{}><summary>Preuve du point {} : {}</summary>\n\
             <img src=\"data:image/png;base64,{}\" alt=\"Capture d’écran : {}\"></details>\n",
            &[&open, &point, &title.fr, &STANDARD.encode(png), &title.fr],
        ),
    }
}

fn source(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Confirmed => "un dépôt ou une documentation de l’État",
        Certainty::Secondhand => "les échanges publics d’un autre fournisseur de service avec FranceConnect",
        Certainty::Dated => "un brouillon de la documentation, de 2023",
        Certainty::Unsure => "aucune qui soit sûre",
    }
}
