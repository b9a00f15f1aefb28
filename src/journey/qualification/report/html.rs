//! Decides how a report is read by people: one page in French that holds everything, without a script, for screen,
//! printer and screen reader.

use super::Report;
use crate::html::{Html, fill};
use crate::journey::qualification::{Certainty, Evidence, Finding, Verdict};
use crate::time::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

const STYLE: &str = include_str!("report.css");

const MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

impl Report {
    /// The report as one HTML document.
    pub fn to_html(&self) -> String {
        let [passed, failed, attest, skipped] = self.counts().map(|count| count.to_string());
        let date = date(self.at);
        let failures: Html = self.findings.iter().filter(|finding| is_failed(finding)).map(link).collect();
        let questions: Html = self.findings.iter().filter(|finding| is_question(finding)).map(link).collect();
        let points: Html = self.findings.iter().map(point).collect();
        let part = |title: &'static str, items: Html| match items.as_str() {
            "" => Html::default(),
            _ => fill("<h2>{}</h2>\n<ul>\n{}</ul>\n", &[&title, &items]),
        };
        let page = fill(
            "<!doctype html>\n<html lang=\"fr\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"robots\" content=\"noindex\">\n\
             <title>Recette interne {} - {}</title>\n<style>\n{}</style>\n</head>\n<body>\n\
             <header><h1>Recette interne {}</h1>\n<p>Service : <strong>{}</strong></p></header>\n<main>\n\
             <p class=\"avis\">La page officielle de qualification de FranceConnect prévaut sur ce rapport, qui aide à \
             s’y préparer et ne vaut pas qualification.</p>\n\
             <table>\n<caption>Résultat</caption>\n<thead><tr><th scope=\"col\">Réussis</th>\
             <th scope=\"col\">En échec</th><th scope=\"col\">À attester</th><th scope=\"col\">Non jugés</th></tr></thead>\n\
             <tbody><tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr></tbody>\n</table>\n\
             <dl>\n<dt>Date</dt><dd>{}</dd>\n<dt>Programme</dt><dd>franceconnect-edge {}</dd>\n\
             <dt>Empreinte de la configuration</dt><dd><code>{}</code></dd>\n</dl>\n\
             <p>Les personnes qui se connectent dans ces essais sont inventées. Aucun jeton ni secret n’est recopié ici.</p>\n\
             {}{}<h2>Tous les points</h2>\n{}</main>\n</body>\n</html>\n",
            &[
                &self.product,
                &self.url,
                &Html::literal(STYLE),
                &self.product,
                &self.url,
                &passed,
                &failed,
                &attest,
                &skipped,
                &date,
                &Self::VERSION,
                &self.fingerprint,
                &part("À corriger", failures),
                &part("À attester par une personne", questions),
                &points,
            ],
        );
        page.as_str().to_owned()
    }
}

fn is_failed(finding: &Finding) -> bool {
    matches!(finding.verdict, Verdict::Failed { .. })
}

fn is_question(finding: &Finding) -> bool {
    matches!(finding.verdict, Verdict::Attest { .. })
}

fn link(finding: &Finding) -> Html {
    let item = finding.item;
    fill("<li><a href=\"#point-{}\">{}. {}</a></li>\n", &[&item.id, &item.id, &item.fr])
}

fn point(finding: &Finding) -> Html {
    let item = finding.item;
    let (class, name) = match &finding.verdict {
        Verdict::Passed => ("reussi", "✓ Réussi"),
        Verdict::Failed { .. } => ("echec", "✗ Échec"),
        Verdict::Attest { .. } => ("attester", "? À attester"),
        Verdict::Skipped { .. } => ("non-juge", "– Non jugé"),
    };
    let told = match &finding.verdict {
        Verdict::Passed => Html::default(),
        Verdict::Failed { seen, mend } => {
            let mut both = lines("Ce qui a été vu", &seen.fr);
            both.push(&lines("Comment corriger", &mend.fr));
            both
        }
        Verdict::Attest { question } => lines("À attester", &question.fr),
        Verdict::Skipped { why } => lines("Pourquoi", &why.fr),
    };
    let evidence: Html = finding.evidence.iter().map(shown).collect();
    fill(
        "<article id=\"point-{}\" class=\"{}\">\n<h3>{}. {}</h3>\n<p class=\"verdict\">{}</p>\n{}\
         <p class=\"source\">Source de l’exigence : {}.</p>\n{}</article>\n",
        &[&item.id, &class, &item.id, &item.fr, &name, &told, &source(item.certainty), &evidence],
    )
}

fn lines(title: &'static str, text: &str) -> Html {
    let items: Html = text.lines().map(|line| fill("<li>{}</li>\n", &[&line])).collect();
    fill("<h4>{}</h4>\n<ul>\n{}</ul>\n", &[&title, &items])
}

fn shown(evidence: &Evidence) -> Html {
    match evidence {
        Evidence::Text { title, text } => {
            fill("<details><summary>{}</summary>\n<pre>{}</pre></details>\n", &[&title.fr, text])
        }
        Evidence::Picture { title, png } => fill(
            "<details><summary>{}</summary>\n<img src=\"data:image/png;base64,{}\" alt=\"{}\"></details>\n",
            &[&title.fr, &STANDARD.encode(png), &title.fr],
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

/// `25 novembre 2026 à 16 h 05 (UTC)`.
fn date(at: Timestamp) -> String {
    let day = at.day();
    let mut parts = day.split('-');
    let year = parts.next().unwrap_or_default();
    let month = parts.next().and_then(|month| month.parse::<usize>().ok()).unwrap_or(1);
    let month = MONTHS.get(month.saturating_sub(1)).copied().unwrap_or_default();
    let day = parts.next().unwrap_or_default().trim_start_matches('0');
    let day = if day == "1" { "1er" } else { day };
    let minutes = at.unix().rem_euclid(86_400) / 60;
    format!("{day} {month} {year} à {} h {:02} (UTC)", minutes / 60, minutes % 60)
}
