//! Decides what a status says of an address where a person comes.

use super::{Place, State, What, shown_url, shown_whole};
use crate::journey::Words;
use crate::journey::probe::{Answer, Trouble, printable};

/// Nothing answers. At somebody else's that may be this machine's doing.
pub(super) fn silent(what: What, trouble: &Trouble) -> State {
    let Words { fr, en } = trouble.words();
    match what {
        What::Reference => State::unseen(
            format!("n’a pas pu être regardée d’ici : {fr}"),
            format!("could not be looked at from here: {en}"),
        ),
        What::Law => State::wrong(
            trouble.words(),
            "corriger legal_basis.url, ou ouvrir cette adresse dans un navigateur si c’est cette machine qui ne l’atteint pas",
            "mend legal_basis.url, or open that address in a browser if it is this machine that does not reach it",
        ),
        _ => State::silent(trouble),
    }
}

/// What the status of an answer says.
pub(super) fn answered(place: &Place, answer: &Answer) -> State {
    let html = answer.kind().contains("html");
    match (place.what, answer.status) {
        (What::Law | What::Reference, status) => text(place, answer, status),
        (What::Page, 200) if html => moved(place, answer, "répond", "answers"),
        (What::Callback, 400) if html => State::sound(
            "répond par la page d’erreur du service (400), comme il se doit sans connexion en cours",
            "answers with the service’s error page (400), as it must without a login under way",
        ),
        (What::LogoutCallback, 200) if html => {
            State::sound("répond par une page du service (200)", "answers with a page of the service (200)")
        }
        (What::Logout, 200) if html => State::sound(
            "répond par la demande de confirmation (200)",
            "answers by asking for confirmation (200)",
        ),
        (_, status) => otherwise(place, answer, status),
    }
}

/// A text that somebody else publishes: what keeps programs out says nothing of the text.
fn text(place: &Place, answer: &Answer, status: u16) -> State {
    match status {
        200 => moved(place, answer, "répond", "answers"),
        401 | 403 | 405 | 406 | 429 | 500.. => State::unseen(
            format!("n’a pas pu être regardé : {status} à ce programme, à ouvrir dans un navigateur"),
            format!("could not be looked at: {status} to this program, to be opened in a browser"),
        ),
        _ if place.what == What::Reference => State::unseen(
            format!("répond {status} ; cette adresse a peut-être changé"),
            format!("answers {status}; that address may have changed"),
        ),
        _ => State::wrong(
            seen(answer),
            "corriger legal_basis.url : DataPass demande une adresse où le texte se lit",
            "mend legal_basis.url: DataPass asks for an address where the text can be read",
        ),
    }
}

fn moved(place: &Place, answer: &Answer, fr: &str, en: &str) -> State {
    if answer.url == place.url {
        return State::sound(format!("{fr} (200)"), format!("{en} (200)"));
    }
    let to = shown_whole(answer.url.clone());
    State::sound(
        format!("{fr} (200) après redirection vers {to}"),
        format!("{en} (200) after a redirect to {to}"),
    )
}

/// An answer that is not the one that must come.
fn otherwise(place: &Place, answer: &Answer, status: u16) -> State {
    let seen = seen(answer);
    match status {
        301..=308 if place.what == What::Page => State::wrong(
            seen,
            "déclarer la page qui montre le bouton, à l’adresse où elle se trouve",
            "declare the page that shows the button, at the address where it is",
        ),
        301..=308 => State::wrong(
            seen,
            "servir cette adresse elle-même : FranceConnect la compare lettre à lettre (PUBLIC_URL)",
            "serve that very address: FranceConnect compares it letter by letter (PUBLIC_URL)",
        ),
        401 | 403 | 407 | 429 => State::wrong(
            seen,
            "l’ouvrir à qui n’est pas connecté, ou dire l’accès à FranceConnect, qui doit essayer le service",
            "open it to whoever is not logged in, or tell FranceConnect the access: it has to try the service",
        ),
        404 | 410 | 421 => State::wrong(
            seen,
            "déployer le service à cette adresse, ou corriger PUBLIC_URL, FC_PREFIX ou les routes de l’hébergeur",
            "deploy the service at that address, or mend PUBLIC_URL, FC_PREFIX or the host’s routes",
        ),
        500.. => State::wrong(
            seen,
            "lire le journal du service : check dit les fautes de sa configuration",
            "read the log of the service: check tells the faults of its configuration",
        ),
        _ => State::wrong(
            seen,
            "amener cette adresse au service : c’est un autre programme qui répond",
            "lead that address to the service: it is another program that answers",
        ),
    }
}

/// What was seen of an answer.
pub(super) fn seen(answer: &Answer) -> Words {
    let status = answer.status;
    let to = answer.location().filter(|_| (300..400).contains(&status)).map(|to| shown_url(&to));
    match to {
        Some(to) => Words::new(
            format!("répond {status} et redirige vers {to}"),
            format!("answers {status} and redirects to {to}"),
        ),
        None => {
            let kind = Some(printable(&answer.kind())).filter(|kind| !kind.is_empty());
            let kind = kind.map(|kind| format!(" ({kind})")).unwrap_or_default();
            Words::new(format!("répond {status}{kind}"), format!("answers {status}{kind}"))
        }
    }
}
