//! Decides whether the site is on https, in earnest: its certificate, what http answers, what browsers remember.

use super::{failed, skipped};
use crate::journey::Words;
use crate::journey::live::check::{Case, shown};
use crate::journey::live::seen::End;
use crate::journey::qualification::Verdict;
use url::Url;

/// Least time that browsers should remember https for, in seconds: half a year.
const REMEMBERED: u64 = 180 * 86_400;
/// Least time before a certificate is over, in seconds: those that renew themselves have done so by then.
const LEFT: i64 = 14 * 86_400;

pub(in crate::journey::live) fn https(case: &Case<'_>) -> Verdict {
    let (front, site) = (&case.seen.front, &case.seen.site);
    let clear = |url: &Url| {
        let url = shown(url);
        failed(
            Words::new(format!("{url} n’est pas en https."), format!("{url} is not on https.")),
            Words::new("Servir le site en https.", "Serve the site on https."),
        )
    };
    if site.scheme() != "https" {
        return clear(site);
    }
    if let Some(away) = front.away().filter(|away| away.scheme() != "https") {
        return clear(away);
    }
    let address = shown(site);
    if let End::Lost(trouble) = &front.end {
        let (why, mend) = (trouble.words(), trouble.mend());
        return failed(
            Words::new(format!("{address} : {}.", why.fr), format!("{address}: {}.", why.en)),
            Words::new(sentence(&mend.fr), sentence(&mend.en)),
        );
    }
    match front.last().map(|hop| hop.answer.status) {
        Some(status) if status >= 500 => failed(
            Words::new(format!("{address} répond {status}."), format!("{address} answers {status}.")),
            Words::new("Regarder le journal du service.", "Look at the log of the service."),
        ),
        _ => Verdict::Passed,
    }
}

pub(in crate::journey::live) fn certificate(case: &Case<'_>) -> Verdict {
    let Some(hop) = case.seen.front.hops.iter().find(|hop| hop.answer.url.scheme() == "https") else {
        return skipped("le site n’a pas répondu en https", "the site did not answer on https");
    };
    let Some(until) = hop.answer.certificate_until else {
        return skipped(
            "la date du certificat ne se lit pas d’ici",
            "the date of the certificate is not seen from here",
        );
    };
    if until.since(hop.at) >= LEFT {
        return Verdict::Passed;
    }
    let day = until.day();
    failed(
        Words::new(format!("Il expire le {day}."), format!("It is over on {day}.")),
        Words::new(
            "Le renouveler, et regarder pourquoi cela ne s’est pas fait tout seul.",
            "Renew it, and look why that did not happen by itself.",
        ),
    )
}

pub(in crate::journey::live) fn http(case: &Case<'_>) -> Verdict {
    let Some(way) = &case.seen.plain else {
        return skipped(
            "le site n’est pas en https sur le port usuel",
            "the site is not on https at the usual port",
        );
    };
    // Nobody there is as good as a redirect.
    let Some(first) = way.hops.first().map(|hop| &hop.answer) else { return Verdict::Passed };
    let leads = first.location().filter(|_| (300..400).contains(&first.status));
    let safe = leads.as_ref().is_some_and(|to| to.scheme() == "https");
    if safe || first.status >= 400 {
        return Verdict::Passed;
    }
    let (address, status) = (shown(&first.url), first.status);
    let mend = Words::new(
        "Y répondre par une redirection 301 ou 308 vers https, ou fermer ce port.",
        "Answer there with a redirect 301 or 308 to https, or close that port.",
    );
    failed(
        Words::new(
            format!("{address} répond {status} sans https."),
            format!("{address} answers {status} without https."),
        ),
        mend,
    )
}

pub(in crate::journey::live) fn hsts(case: &Case<'_>) -> Verdict {
    let Some(hop) = case.seen.front.hops.iter().find(|hop| hop.answer.url.scheme() == "https") else {
        return skipped("le site n’a pas répondu en https", "the site did not answer on https");
    };
    let mend = || {
        Words::new(
            "Envoyer Strict-Transport-Security: max-age=31536000 : FC_HSTS ici, qui vaut cela par défaut ; ailleurs, l’application ou ce qui est devant elle.",
            "Send Strict-Transport-Security: max-age=31536000: FC_HSTS here, whose default it is; elsewhere the application, or what is in front of it.",
        )
    };
    let Some(header) = hop.answer.header("strict-transport-security") else {
        return failed(
            Words::new("Strict-Transport-Security manque.", "Strict-Transport-Security is missing."),
            mend(),
        );
    };
    let ages = header.split(';').filter_map(|part| part.trim().split_once('='));
    let mut ages = ages.filter(|(name, _)| name.trim().eq_ignore_ascii_case("max-age"));
    let age = ages.next().and_then(|(_, age)| age.trim().trim_matches('"').parse::<u64>().ok());
    if age.is_some_and(|age| age >= REMEMBERED) {
        return Verdict::Passed;
    }
    let seen = Words::new(
        "Strict-Transport-Security ne vaut pas six mois.",
        "Strict-Transport-Security holds for less than six months.",
    );
    failed(seen, mend())
}

/// With a capital and a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| format!("{}{}.", first.to_uppercase(), letters.as_str())).unwrap_or_default()
}
