//! Decides what the operator's page tells of the deployed service: whether it reaches FranceConnect itself, how its clock
//! stands, how old its keys are. Without the key of that page a person has to look.

use super::{attest, skipped};
use crate::franceconnect::Product;
use crate::journey::Words;
use crate::journey::live::check::{Case, shown};
use crate::journey::live::seen::Seen;
use crate::journey::probe::printable;
use crate::journey::qualification::Verdict;

/// The words of the page, which is asked for in French.
const ANSWERS: &str = "<strong>répond</strong>";
const CLOCK: &str = "écart d’horloge, trop grand";
const OLD: &str = "à changer";

pub(in crate::journey::live) fn flows(case: &Case<'_>) -> Verdict {
    let Some(live) = &case.known.live else {
        return attest(
            "Depuis le serveur même, les clés de FranceConnect (…/api/v2/jwks) répondent-elles ?",
            "From the server itself, do FranceConnect’s keys (…/api/v2/jwks) answer?",
        );
    };
    let address = format!("{}{}/operator", live.site, live.prefix);
    let Some(way) = &case.seen.operator else {
        return attest(
            format!(
                "{address} dit-elle que FranceConnect répond au service, sans écart d’horloge ? Avec FC_OPERATOR_KEY dans l’environnement, cette commande le lit elle-même."
            ),
            format!(
                "Does {address} say that FranceConnect answers the service, without a difference of clocks? With FC_OPERATOR_KEY in the environment this command reads it by itself."
            ),
        );
    };
    let Some(page) = way.document().filter(|page| page.status == 200) else {
        let status = way.last().map(|hop| hop.answer.status).unwrap_or_default();
        return skipped(
            format!("{address} ne s’ouvre pas avec FC_OPERATOR_KEY (statut {status})"),
            format!("{address} does not open with FC_OPERATOR_KEY (status {status})"),
        );
    };
    let text = String::from_utf8_lossy(&page.body);
    let product = case.product().unwrap_or(Product::Standard);
    let Some(told) = row(&text, &format!("{} (clés)", product.name())) else {
        let address = shown(&page.url);
        return skipped(
            format!("{address} ne dit rien de {}", product.name()),
            format!("{address} says nothing of {}", product.name()),
        );
    };
    let words = printable(plain(told).trim_end_matches('.'));
    let mend = if !told.contains(ANSWERS) {
        Words::new(
            "Ouvrir le chemin du service vers FranceConnect (pare-feu, hébergeur), puis recommencer.",
            "Open the way from the service to FranceConnect (firewall, host), then again.",
        )
    } else if told.contains(CLOCK) {
        Words::new(
            "Régler l’horloge du service (NTP) : les jetons vivent soixante secondes.",
            "Set the clock of the service (NTP): tokens live for sixty seconds.",
        )
    } else {
        return Verdict::Passed;
    };
    let seen = Words::new(
        format!("La page d’exploitation dit : {words}."),
        format!("The operator’s page says: {words}."),
    );
    Verdict::Failed { seen, mend }
}

/// What stands beside a name on that page.
fn row<'a>(page: &'a str, name: &str) -> Option<&'a str> {
    let (_, after) = page.split_once(&format!("<dt>{name}</dt><dd>"))?;
    after.split("</dd>").next()
}

/// Text without its markup.
fn plain(markup: &str) -> String {
    let parts = markup.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    parts.collect::<Vec<_>>().concat()
}

/// A key of sessions that was made long ago.
pub(in crate::journey::live) fn old_keys(seen: &Seen) -> Option<Words> {
    let page = seen.operator.as_ref()?.document()?;
    let old = String::from_utf8_lossy(&page.body).contains(OLD);
    old.then(|| {
        Words::new(
            "Une clé de FC_SESSION_KEYS est à changer, dit la page d’exploitation.",
            "A key of FC_SESSION_KEYS is to be changed, says the operator’s page.",
        )
    })
}
