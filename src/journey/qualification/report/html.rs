//! Decides how a report is read by people: one page in French that holds everything, without a script, for screen,
//! printer and screen reader. What failed stands first.

mod point;

use self::point::{Group, point};
use super::Report;
use crate::html::{Html, fill};
use crate::time::{MONTHS_FR, Timestamp};

const STYLE: &str = include_str!("report.css");

/// Where FranceConnect says what it looks at.
const OFFICIAL: &str =
    "https://docs.partenaires.franceconnect.gouv.fr/fs/devenir-fs/projet-qualification-fs/";

impl Report {
    /// The report as one HTML document.
    pub fn to_html(&self) -> String {
        let date = date(self.at);
        let page = fill(
            "<!doctype html>\n<html lang=\"fr\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"robots\" content=\"noindex\">\n\
             <title>Recette interne {} : {}</title>\n<style>\n{}</style>\n</head>\n<body>\n\
             <header>\n<h1>Recette interne {}</h1>\n<p>Service : <strong>{}</strong><br>{}</p>\n</header>\n<main>\n\
             <p class=\"avis\">La page officielle de qualification de FranceConnect prévaut sur ce rapport, qui aide à \
             s’y préparer et ne vaut pas qualification : <a href=\"{}\">{}</a></p>\n\
             <h2 id=\"resultat\">Résultat</h2>\n<p class=\"bilan\">{}</p>\n{}{}\
             <h2 id=\"index\">Les points dans l’ordre de la liste</h2>\n{}</main>\n\
             <footer>\n<h2>Ce rapport</h2>\n<dl>\n<dt>Date</dt><dd>{}</dd>\n\
             <dt>Programme</dt><dd>franceconnect-edge {}</dd>\n\
             <dt>Empreinte</dt><dd><code>{}</code>, de ce qui était enregistré et regardé : une autre configuration en a \
             une autre</dd>\n</dl>\n<p>Les personnes qui se connectent dans ces essais, et que montrent les images, \
             sont des inventions de l’émulateur. Aucun jeton ni secret n’est recopié ici.</p>\n</footer>\n</body>\n</html>\n",
            &[
                &self.product,
                &self.url,
                &Html::literal(STYLE),
                &self.product,
                &self.url,
                &date,
                &OFFICIAL,
                &OFFICIAL,
                &self.conclusion(),
                &self.table(),
                &Group::ALL.iter().map(|group| self.section(*group)).collect::<Html>(),
                &self.index(),
                &date,
                &Self::VERSION,
                &self.fingerprint,
            ],
        );
        page.as_str().to_owned()
    }

    /// What the counts come to, in a sentence or two.
    fn conclusion(&self) -> String {
        let [_, failed, attest, skipped] = self.counts();
        let mut said = match failed {
            0 => "Aucun point n’est en échec.".to_owned(),
            1 => "Un point est en échec : le corriger avant de demander la qualification.".to_owned(),
            _ => format!("{failed} points sont en échec : les corriger avant de demander la qualification."),
        };
        match attest {
            0 => {}
            1 => said.push_str(" Un point reste à attester par une personne."),
            _ => said.push_str(&format!(" {attest} points restent à attester par une personne.")),
        }
        match skipped {
            0 => {}
            1 => said.push_str(" Un point n’a pas été jugé ; il dit pourquoi."),
            _ => said.push_str(&format!(" {skipped} points n’ont pas été jugés ; chacun dit pourquoi.")),
        }
        said
    }

    /// How many points have which verdict, and which.
    fn table(&self) -> Html {
        let row = |group: &Group| {
            let mut links = Html::default();
            for (at, finding) in self.findings.iter().filter(|finding| group.has(finding)).enumerate() {
                let id = finding.item.id;
                links.push(&Html::literal(if at == 0 { "" } else { ", " }));
                links.push(&fill("<a href=\"#point-{}\">{}</a>", &[&id, &id]));
            }
            let count = self.findings.iter().filter(|finding| group.has(finding)).count();
            if count == 0 {
                links = Html::literal("aucun");
            }
            fill(
                "<tr class=\"{}\"><th scope=\"row\">{}</th><td>{}</td><td>{}</td></tr>\n",
                &[&group.class(), &group.heading(), &count.to_string(), &links],
            )
        };
        fill(
            "<table>\n<caption>Points par verdict</caption>\n<thead><tr><th scope=\"col\">Verdict</th>\
             <th scope=\"col\">Nombre</th><th scope=\"col\">Points</th></tr></thead>\n<tbody>\n{}</tbody>\n</table>\n",
            &[&Group::ALL.iter().map(row).collect::<Html>()],
        )
    }

    /// The points of one verdict, if there are any.
    fn section(&self, group: Group) -> Html {
        let own: Vec<_> = self.findings.iter().filter(|finding| group.has(finding)).collect();
        if own.is_empty() {
            return Html::default();
        }
        let points: Html = own.iter().map(|finding| point(group, finding)).collect();
        fill(
            "<section aria-labelledby=\"{}\" class=\"{}\">\n<h2 id=\"{}\">{} ({})</h2>\n{}</section>\n",
            &[
                &group.class(),
                &group.class(),
                &group.class(),
                &group.heading(),
                &own.len().to_string(),
                &points,
            ],
        )
    }

    /// Every point, as FranceConnect's reviewers count them.
    fn index(&self) -> Html {
        let row = |finding: &super::Finding| {
            let (group, item) = (Group::of(finding), finding.item);
            fill(
                "<tr class=\"{}\"><th scope=\"row\"><a href=\"#point-{}\">{}</a></th><td>{}</td><td>{}</td></tr>\n",
                &[&group.class(), &item.id, &item.id, &item.fr, &group.name()],
            )
        };
        fill(
            "<table>\n<caption>Tous les points</caption>\n<thead><tr><th scope=\"col\">Point</th>\
             <th scope=\"col\">Exigence</th><th scope=\"col\">Verdict</th></tr></thead>\n<tbody>\n{}</tbody>\n</table>\n",
            &[&self.findings.iter().map(row).collect::<Html>()],
        )
    }
}

/// `25 novembre 2026 à 16 h 05 (UTC)`.
fn date(at: Timestamp) -> String {
    let day = at.day();
    let mut parts = day.split('-');
    let year = parts.next().unwrap_or_default();
    let month = parts.next().and_then(|month| month.parse::<usize>().ok()).unwrap_or(1);
    let month = MONTHS_FR.get(month.saturating_sub(1)).copied().unwrap_or_default();
    let day = parts.next().unwrap_or_default().trim_start_matches('0');
    let day = if day == "1" { "1er" } else { day };
    let minutes = at.unix().rem_euclid(86_400) / 60;
    format!("{day} {month} {year} à {} h {:02} (UTC)", minutes / 60, minutes % 60)
}
