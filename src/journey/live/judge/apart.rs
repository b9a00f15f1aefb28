//! Decides whether production is production: its configuration, and nothing in common with the test site.

use super::{Problems, skipped};
use crate::journey::Words;
use crate::journey::live::check::Case;
use crate::journey::qualification::Verdict;

pub(in crate::journey::live) fn configuration(case: &Case<'_>) -> Verdict {
    let known = case.known;
    if known.live.is_none() && known.faults.is_empty() {
        return skipped(
            "aucune configuration de production n’est nommée : production.configuration dans franceconnect.toml",
            "no configuration of production is named: production.configuration in franceconnect.toml",
        );
    }
    let mut problems = Problems::default();
    for (seen, mend) in &known.faults {
        problems.add(seen.clone(), mend.clone());
    }
    if let Some(live) = &known.live {
        let place = &live.place;
        let looked = case.seen.site.origin().ascii_serialization();
        if looked != live.site {
            problems.add(
                Words::new(
                    format!("{place} est de {}, et non de {looked}.", live.site),
                    format!("{place} is of {}, not of {looked}.", live.site),
                ),
                Words::new(
                    "Regarder l’adresse de PUBLIC_URL, ou donner un autre dossier par --file.",
                    "Look at the address of PUBLIC_URL, or give another file with --file.",
                ),
            );
        }
        if live.client.is_none() {
            problems.add(
                Words::new(
                    format!("{place} n’a pas de FC_CLIENT_ID."),
                    format!("{place} has no FC_CLIENT_ID."),
                ),
                Words::new(
                    "Y écrire celui qui est venu par courriel.",
                    "Write the one there that came by e-mail.",
                ),
            );
        }
    }
    problems.verdict().unwrap_or(Verdict::Passed)
}

pub(in crate::journey::live) fn test_site(case: &Case<'_>) -> Verdict {
    let (Some(live), Some(test)) = (&case.known.live, &case.known.test) else {
        return skipped(
            "le dossier ne nomme pas les deux configurations : [sandbox] et [production]",
            "the file does not name both configurations: [sandbox] and [production]",
        );
    };
    let (place, other) = (&live.place, &test.place);
    let mut problems = Problems::default();
    if live.client.is_some() && live.client == test.client {
        problems.add(
            Words::new(
                format!("{place} et {other} ont le même FC_CLIENT_ID."),
                format!("{place} and {other} have the same FC_CLIENT_ID."),
            ),
            Words::new(
                "À chacun le sien : celui du bac à sable n’existe pas en production.",
                "To each its own: that of the sandbox does not exist in production.",
            ),
        );
    }
    if live.site == test.site {
        problems.add(
            Words::new(
                format!("{place} et {other} ont la même adresse."),
                format!("{place} and {other} have the same address."),
            ),
            Words::new(
                "Donner au site d’essai une adresse à lui.",
                "Give the test site an address of its own.",
            ),
        );
    }
    problems.verdict().unwrap_or(Verdict::Passed)
}
