//! Decides whether one logout ends both sessions, and the service's whatever FranceConnect does.

use super::Problems;
use super::trials::is_unseen;
use crate::journey::Words;
use crate::journey::qualification::Verdict;
use crate::journey::qualification::trace::{Leaving, Observed, Who};

/// The honest logout.
pub(super) fn both(observed: &Observed, problems: &mut Problems) {
    let Some(leaving) = &observed.honest.leaving else { return };
    if let Some((seen, mend)) = missing(leaving) {
        problems.add(seen, mend);
        return;
    }
    if leaving.scripted {
        return;
    }
    let mut add = |seen: (&str, &str), mend: (&str, &str)| {
        problems.add(Words::new(seen.0, seen.1), Words::new(mend.0, mend.1));
    };
    if leaving.who != Who::Nobody {
        add(
            (
                "La personne est encore connectée au service après sa déconnexion.",
                "The person is still logged in at the service after logging out.",
            ),
            (
                "Effacer la session du service avant d’envoyer le navigateur à FranceConnect.",
                "Delete the session of the service before the browser is sent to FranceConnect.",
            ),
        );
    }
    let mut calls = observed.honest.calls_to("end_session").peekable();
    if calls.peek().is_none() {
        add(
            (
                "La déconnexion ne passe pas par FranceConnect.",
                "The logout does not go through FranceConnect.",
            ),
            (
                "Envoyer le navigateur à /session/end avec id_token_hint, post_logout_redirect_uri et state.",
                "Send the browser to /session/end with id_token_hint, post_logout_redirect_uri and state.",
            ),
        );
    } else if leaving.at_emulator || calls.all(|call| !(300..400).contains(&call.status)) {
        add(
            (
                "FranceConnect n’a pas renvoyé la personne sur le service.",
                "FranceConnect did not send the person back to the service.",
            ),
            (
                "Donner un post_logout_redirect_uri enregistré, à l’identique, et l’ID Token de cette connexion.",
                "Give a registered post_logout_redirect_uri, letter by letter, and the ID Token of this login.",
            ),
        );
    } else if leaving.asked_again == Some(false) {
        add(
            (
                "La session de FranceConnect reste ouverte après la déconnexion.",
                "FranceConnect’s session stays open after the logout.",
            ),
            (
                "Envoyer le navigateur à /session/end avec id_token_hint.",
                "Send the browser to /session/end with id_token_hint.",
            ),
        );
    } else if leaving.end.is_none() {
        add(
            ("Le retour de la déconnexion ne répond pas.", "The return from the logout does not answer."),
            (
                "Répondre par une page à post_logout_redirect_uri.",
                "Answer post_logout_redirect_uri with a page.",
            ),
        );
    }
}

/// What is asked of a person where only a script can show the logout.
pub(super) fn scripted(observed: &Observed) -> Option<Verdict> {
    let scripted = observed.honest.leaving.as_ref().is_some_and(|leaving| leaving.scripted);
    scripted.then(|| Verdict::Attest {
        question: Words::new(
            "Aucun « Se déconnecter » n’a été trouvé sans script : donnez son adresse par --logout-path, ou attestez qu’il ferme les deux sessions.",
            "No “Se déconnecter” was found without scripts: give its address with --logout-path, or attest that it ends both sessions.",
        ),
    })
}

fn missing(leaving: &Leaving) -> Option<(Words, Words)> {
    (leaving.control.is_none() && !leaving.scripted).then(|| {
        (
            Words::new(
                "Aucun « Se déconnecter » sur les pages d’une personne connectée.",
                "No “Se déconnecter” on the pages of somebody logged in.",
            ),
            Words::new(
                "Mettre un « Se déconnecter » visible sur chaque page, ou donner son adresse par --logout-path.",
                "Put a visible “Se déconnecter” on every page, or give its address with --logout-path.",
            ),
        )
    })
}

/// Logouts in which FranceConnect misbehaves.
pub(super) fn whatever(observed: &Observed, problems: &mut Problems) {
    let trials = observed.trials.iter().filter(|trial| trial.lie.case == "e18" && !is_unseen(trial));
    for trial in trials {
        let Some(leaving) = trial.leaving.as_ref().filter(|leaving| leaving.control.is_some()) else {
            continue;
        };
        let name = trial.name();
        if leaving.who != Who::Nobody {
            problems.add(
                Words::new(
                    format!("{} : la personne reste connectée au service.", name.fr),
                    format!("{}: the person stays logged in at the service.", name.en),
                ),
                Words::new(
                    "Effacer la session du service avant d’envoyer le navigateur à FranceConnect.",
                    "Delete the session of the service before the browser is sent to FranceConnect.",
                ),
            );
        }
        let back = leaving.end.as_ref().filter(|_| !leaving.at_emulator);
        if back.is_some_and(|end| end.status >= 500 || !end.kind.contains("html")) {
            problems.add(
                Words::new(
                    format!("{} : le retour n’est pas une page.", name.fr),
                    format!("{}: the return is no page.", name.en),
                ),
                Words::new(
                    "Répondre au retour de la déconnexion par une page, quel que soit state.",
                    "Answer the return from the logout with a page, whatever state is.",
                ),
            );
        }
    }
}
