//! Decides what becomes of a callback that nobody asked for, and of the end of a logout.

use super::{Problems, skipped};
use crate::journey::Words;
use crate::journey::live::authorization::Authorization;
use crate::journey::live::check::{Case, shown};
use crate::journey::live::cookie::Cookie;
use crate::journey::live::seen::Way;
use crate::journey::probe::{Answer, printable};
use crate::journey::qualification::Verdict;
use url::Url;

/// What only a program that has given up prints.
const TRACES: [&str; 12] = [
    "Traceback (most recent call last)",
    "node_modules/",
    "site-packages/",
    "vendor/laravel",
    "vendor/symfony",
    "stack trace",
    "Stack trace",
    "Exception in thread",
    "    at ",
    "\tat ",
    "panicked at",
    "ActionController::",
];

fn no_callback() -> Verdict {
    skipped("aucune adresse de retour n’a été vue sur ce site", "no callback was seen on this site")
}

pub(in crate::journey::live) fn pages(case: &Case<'_>) -> Verdict {
    let seen = case.seen;
    let ways: Vec<&Way> = [&seen.callback, &seen.forged, &seen.denied].into_iter().flatten().collect();
    if ways.is_empty() {
        return no_callback();
    }
    let mut problems = Problems::default();
    let mend = Words::new(
        "Y répondre par une page du service : ce qui s’est passé, et comment recommencer.",
        "Answer there with a page of the service: what happened, and how to try again.",
    );
    for way in ways {
        if let Some(words) = unreadable(way) {
            problems.add(words, mend.clone());
        }
    }
    problems.verdict().unwrap_or(Verdict::Passed)
}

fn unreadable(way: &Way) -> Option<Words> {
    if let Some(why) = way.lost() {
        return Some(Words::new(format!("Le retour : {}.", why.fr), format!("The callback: {}.", why.en)));
    }
    let Some(page) = way.page() else {
        let url = way.away().filter(|url| asks(url))?;
        let address = shown(url);
        return Some(Words::new(
            format!("Un retour en erreur repart vers {address} sans rien dire."),
            format!("A callback with an error goes off to {address} again and says nothing."),
        ));
    };
    let (address, status, kind) = (shown(&page.url), page.status, printable(&page.kind()));
    if status >= 500 {
        return Some(Words::new(
            format!("{address} répond {status}."),
            format!("{address} answers {status}."),
        ));
    }
    if !kind.contains("html") {
        return Some(Words::new(
            format!("{address} répond {status} en {kind}, et non par une page."),
            format!("{address} answers {status} as {kind}, not with a page."),
        ));
    }
    let text = String::from_utf8_lossy(&page.body);
    TRACES.iter().any(|trace| text.contains(trace)).then(|| {
        Words::new(
            format!("{address} montre une trace technique."),
            format!("{address} shows a technical trace."),
        )
    })
}

/// Whether it is an authorization request.
fn asks(url: &Url) -> bool {
    let asked = Authorization::of(url);
    asked.environment().is_some() || (asked.given("client_id").is_some() && asked.given("state").is_some())
}

pub(in crate::journey::live) fn forged(case: &Case<'_>) -> Verdict {
    let seen = case.seen;
    let ways: Vec<&Way> = [&seen.forged, &seen.denied].into_iter().flatten().collect();
    if ways.is_empty() {
        return no_callback();
    }
    // A service may give anybody a session without a name; not one more than to whoever comes without a code.
    let before = [Some(&seen.front), seen.callback.as_ref()].into_iter().flatten();
    let usual: Vec<&str> = before.flat_map(given).collect();
    let new: Vec<&str> = ways.into_iter().flat_map(given).filter(|name| !usual.contains(name)).collect();
    let Some(name) = new.first().map(|name| printable(name)) else { return Verdict::Passed };
    Verdict::Failed {
        seen: Words::new(
            format!("Un retour au state inventé pose le cookie {name}."),
            format!("A callback with an invented state sets the cookie {name}."),
        ),
        mend: Words::new(
            "Comparer state à celui de ce navigateur avant tout, et ne rien poser s’il n’y en a pas.",
            "Compare state with that of this browser before anything else, and set nothing if there is none.",
        ),
    }
}

/// The names of the cookies that a way gives.
fn given(way: &Way) -> impl Iterator<Item = &str> {
    let lines = way.answers().flat_map(|answer: &Answer| answer.headers("set-cookie"));
    let cookies = lines.filter_map(Cookie::read);
    cookies.filter(|cookie| !cookie.removes() && !cookie.is_hosting()).map(|cookie| cookie.name)
}

pub(in crate::journey::live) fn logout(case: &Case<'_>) -> Verdict {
    let Some(way) = &case.seen.logout else {
        return skipped(
            "l’adresse de retour de déconnexion n’est pas connue d’ici : --logout-callback",
            "the address where a logout ends is not known here: --logout-callback",
        );
    };
    let seen = match (way.lost(), way.page(), way.away()) {
        (Some(why), ..) => Words::new(format!("{}.", why.fr), format!("{}.", why.en)),
        (_, Some(page), _) if page.status >= 400 => {
            let (address, status) = (shown(&page.url), page.status);
            Words::new(format!("{address} répond {status}."), format!("{address} answers {status}."))
        }
        (_, _, Some(url)) if asks(url) => {
            let address = shown(url);
            Words::new(
                format!("Elle mène à {address} : qui se déconnecte est invité à se reconnecter."),
                format!("It leads to {address}: who logs out is asked to log in again."),
            )
        }
        _ => return Verdict::Passed,
    };
    let mend = Words::new(
        "Y servir une page publique du service ; c’est une adresse à déclarer.",
        "Serve a public page of the service there; it is an address to declare.",
    );
    Verdict::Failed { seen, mend }
}
