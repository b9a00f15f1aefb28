//! Decides whether the sector identifier document is what FranceConnect fetches (OpenID Connect Registration §5): a JSON
//! array of the callbacks, all of them and nothing else.

use super::{Problems, skipped};
use crate::journey::Words;
use crate::journey::live::check::{Case, shown};
use crate::journey::probe::printable;
use crate::journey::qualification::Verdict;

pub(in crate::journey::live) fn document(case: &Case<'_>) -> Verdict {
    let live = case.known.live.as_ref();
    let Some(way) = &case.seen.sector else {
        return match live {
            Some(live) if !live.shared => skipped(
                "un seul hôte : il n’y a pas de document à servir",
                "one host only: there is no document to serve",
            ),
            _ => skipped(
                "l’adresse du document n’est pas connue d’ici : --sector",
                "the address of the document is not known here: --sector",
            ),
        };
    };
    let mend = Words::new(
        "Y servir un tableau JSON des adresses de retour, toutes et rien d’autre : sinon chaque connexion finit en erreur.",
        "Serve a JSON array of the callbacks there, all of them and nothing else: without it every login ends in an error.",
    );
    let mut problems = Problems::default();
    let listed = match way.document() {
        Some(answer) if answer.status == 200 => serde_json::from_slice::<Vec<String>>(&answer.body).ok(),
        answer => {
            let why = match (way.lost(), answer) {
                (Some(why), _) => why,
                (None, Some(answer)) => {
                    let (address, status) = (shown(&answer.url), answer.status);
                    Words::new(format!("{address} répond {status}"), format!("{address} answers {status}"))
                }
                (None, None) => Words::new("une redirection", "a redirect"),
            };
            let seen = Words::new(format!("{}.", why.fr), format!("{}.", why.en));
            return Verdict::Failed { seen, mend };
        }
    };
    let Some(listed) = listed else {
        let seen =
            Words::new("Ce n’est pas un tableau JSON d’adresses.", "It is no JSON array of addresses.");
        return Verdict::Failed { seen, mend };
    };
    let asked = case.asked.first().and_then(|asked| asked.given("redirect_uri"));
    let expected: Vec<&str> = match live {
        Some(live) => live.callbacks.iter().map(String::as_str).collect(),
        None => asked.into_iter().collect(),
    };
    for missing in expected.iter().filter(|uri| !listed.iter().any(|listed| listed == *uri)) {
        let missing = printable(missing);
        problems.add(
            Words::new(format!("{missing} n’y est pas."), format!("{missing} is not there.")),
            mend.clone(),
        );
    }
    let logout = live.map(|live| live.logout.as_str());
    for uri in &listed {
        let surplus = live.is_some() && !expected.contains(&uri.as_str());
        // Of a service of which nothing is known, only what says itself to be a logout.
        let leaves = ["logout", "deconnexion", "signout", "sign-out"].iter().any(|word| uri.contains(word));
        if logout == Some(uri.as_str()) || (live.is_none() && leaves && !expected.contains(&uri.as_str())) {
            let uri = printable(uri);
            problems.add(
                Words::new(
                    format!("{uri} est une adresse de déconnexion."),
                    format!("{uri} is an address of logout."),
                ),
                mend.clone(),
            );
        } else if surplus {
            let uri = printable(uri);
            problems.add(
                Words::new(
                    format!("{uri} y est, et pas dans la configuration."),
                    format!("{uri} is there, and not in the configuration."),
                ),
                mend.clone(),
            );
        }
    }
    problems.verdict().unwrap_or(Verdict::Passed)
}
