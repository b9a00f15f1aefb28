//! Decides whether what a person sees after a refusal is a page for people.

use super::Problems;
use super::trials::is_unseen;
use crate::journey::Words;
use crate::journey::qualification::Verdict;
use crate::journey::qualification::lies::Expected;
use crate::journey::qualification::trace::{Observed, Seen, Trial, Who};
use std::collections::BTreeSet;

/// What programs say and people do not.
const TECHNICAL: [&str; 14] = [
    "Traceback (most recent call last)",
    "panicked at",
    "Exception in thread",
    "\n    at ",
    " at Object.",
    "node_modules",
    "org.springframework",
    "Whitelabel Error Page",
    "SQLSTATE",
    "Fatal error:",
    "Uncaught ",
    "Stack trace",
    "stack trace",
    "System.Exception",
];
/// Faults by which a person has just not logged in: no error to have the status of one.
const GIVEN_UP: [&str; 2] = ["callback.error_access_denied", "callback.error_login_required"];

fn may_refuse(expected: Expected) -> bool {
    matches!(expected, Expected::Refused | Expected::Either)
}

fn refused(observed: &Observed) -> impl Iterator<Item = &Trial> {
    let all = observed.trials.iter().filter(|trial| may_refuse(trial.lie.expected));
    all.filter(|trial| !is_unseen(trial) && trial.who == Who::Nobody)
}

/// 23: status, message, a way to try again, no JSON.
pub(super) fn pages(observed: &Observed, problems: &mut Problems) {
    for trial in refused(observed) {
        let name = trial.name();
        match &trial.end {
            Err(why) => problems.add(
                Words::new(format!("{} : {}.", name.fr, why.fr), format!("{}: {}.", name.en, why.en)),
                Words::new("Répondre toujours, par une page.", "Always answer, with a page."),
            ),
            Ok(end) => {
                for (seen, mend) in flaws(end, GIVEN_UP.contains(&trial.lie.fault)) {
                    let seen = Words::new(
                        format!("{} : {}.", name.fr, seen.fr),
                        format!("{}: {}.", name.en, seen.en),
                    );
                    problems.add(seen, mend);
                }
            }
        }
    }
}

/// What keeps an answer from being an error page; `given_up`: who gave up has met no error.
fn flaws(end: &Seen, given_up: bool) -> Vec<(Words, Words)> {
    let mut flaws = Vec::new();
    let mut add = |seen: (&str, &str), mend: (&str, &str)| {
        flaws.push((Words::new(seen.0, seen.1), Words::new(mend.0, mend.1)));
    };
    if !end.kind.contains("html") {
        let kind = if end.kind.is_empty() { "?" } else { &end.kind };
        add(
            (&format!("la réponse n’est pas une page ({kind})"), &format!("the answer is no page ({kind})")),
            ("Répondre par une page en HTML.", "Answer with a page of HTML."),
        );
        return flaws;
    }
    if TECHNICAL.iter().any(|words| end.text.contains(words) || end.title.contains(words)) {
        add(
            ("la page montre les entrailles du programme", "the page shows the inside of the program"),
            ("Garder les détails techniques pour le journal.", "Keep technical details for the log."),
        );
    }
    if end.injected {
        add(
            (
                "le texte de l’erreur devient du balisage de la page",
                "the words of the error become markup of the page",
            ),
            ("Échapper tout ce qui vient d’ailleurs.", "Escape everything that comes from elsewhere."),
        );
    }
    if end.at_callback && end.status < 400 && !given_up {
        let status = end.status;
        add(
            (&format!("l’adresse de retour répond {status}"), &format!("the callback answers {status}")),
            ("Répondre à une erreur par un statut d’erreur.", "Answer an error with the status of one."),
        );
    }
    if !end.scripted && end.text.chars().count() < Seen::SHORTEST {
        add(
            ("la page ne dit presque rien", "the page says next to nothing"),
            ("Dire ce qui s’est passé et que faire.", "Say what happened and what to do."),
        );
    }
    if end.ways == 0 && !end.scripted {
        add(
            ("rien ne permet de recommencer ni de revenir", "there is no way to try again or to go back"),
            ("Donner un lien ou un bouton pour recommencer.", "Give a link or a button to try again."),
        );
    }
    flaws
}

/// Words that mean something: a clock or a token on the page is no message.
fn words(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().count() > 1);
    words.map(str::to_lowercase).collect()
}

/// What is asked of a person where a script writes the pages, which no login without scripts can read.
pub(super) fn scripted(observed: &Observed) -> Option<Verdict> {
    let written = refused(observed).any(|trial| trial.end.as_ref().is_ok_and(|end| end.scripted));
    written.then(|| Verdict::Attest {
        question: Words::new(
            "Les pages d’erreur sont écrites par un script : dit-il ce qui s’est passé, et comment recommencer ?",
            "A script writes the error pages: does it say what happened, and how to try again?",
        ),
    })
}

/// O7: a message for people, and not the page from which they came as if nothing had happened.
pub(super) fn messages(observed: &Observed, problems: &mut Problems) {
    let before = words(&observed.login_page);
    for trial in refused(observed).filter(|trial| trial.lie.points.contains(&"O7")) {
        let Ok(end) = &trial.end else { continue };
        let name = trial.name();
        let told = if end.scripted {
            None
        } else if !end.kind.contains("html") || end.text.is_empty() {
            Some(("aucun message que l’on puisse lire", "no message that people can read"))
        } else if words(&end.text).is_subset(&before) {
            Some(("la page de connexion revient sans un mot", "the login page comes back without a word"))
        } else {
            None
        };
        if let Some((fr, en)) = told {
            problems.add(
                Words::new(format!("{} : {fr}.", name.fr), format!("{}: {en}.", name.en)),
                Words::new(
                    "Dire à la personne que la connexion n’a pas eu lieu, et pourquoi.",
                    "Tell the person that the login did not happen, and why.",
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> Seen {
        Seen {
            status: 400,
            kind: "text/html".to_owned(),
            text: text.to_owned(),
            ways: 1,
            at_callback: true,
            ..Seen::default()
        }
    }

    #[test]
    fn an_error_page_has_a_status_a_message_and_a_way_on_and_hides_the_program() {
        let good = page("La connexion n’a pas abouti. Recommencer.");
        assert!(flaws(&good, false).is_empty());
        let wrong = |change: &dyn Fn(&mut Seen)| {
            let mut seen = good.clone();
            change(&mut seen);
            flaws(&seen, false).len()
        };
        assert_eq!(wrong(&|seen| seen.status = 200), 1);
        assert_eq!(wrong(&|seen| seen.kind = "application/json".to_owned()), 1);
        assert_eq!(wrong(&|seen| seen.ways = 0), 1);
        assert_eq!(wrong(&|seen| seen.text = "Erreur".to_owned()), 1);
        assert_eq!(wrong(&|seen| seen.text.push_str(" Traceback (most recent call last)")), 1);
        assert_eq!(wrong(&|seen| seen.injected = true), 1);
        assert_eq!(wrong(&|seen| (seen.text, seen.ways, seen.scripted) = (String::new(), 0, true)), 0);
        assert!(words("12:30 b FR-7a Connexion refusée").is_subset(&words("Connexion fr refusée")));
        // Another page than the callback may say it, and giving up is no error.
        assert_eq!(wrong(&|seen| (seen.status, seen.at_callback) = (200, false)), 0);
        assert!(flaws(&Seen { status: 200, ..good.clone() }, true).is_empty());
    }
}
