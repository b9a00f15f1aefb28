//! What only a person sees: nobody was logged in here.

use super::attest;
use crate::journey::live::check::Case;
use crate::journey::qualification::Verdict;

pub(in crate::journey::live) fn login(case: &Case<'_>) -> Verdict {
    if case.known.attested {
        return Verdict::Passed;
    }
    attest(
        "Avec votre propre compte : une connexion, votre nom à l’écran, une déconnexion qui ferme aussi FranceConnect ? L’écrire alors : [[attestation]] about = \"production\".",
        "With your own account: a login, your name on the screen, a logout that closes FranceConnect, too? Then write it: [[attestation]] about = \"production\".",
    )
}

pub(in crate::journey::live) fn contacts(_: &Case<'_>) -> Verdict {
    attest(
        "Le contact technique de DataPass, qui reçoit les secrets par SMS, est-il encore là, avec ce mobile ?",
        "Is the technical contact of DataPass, who receives secrets by SMS, still there, with that mobile?",
    )
}

pub(in crate::journey::live) fn alerts(case: &Case<'_>) -> Verdict {
    match &case.known.live {
        Some(live) => {
            let health = format!("{}{}/health", live.site, live.prefix);
            attest(
                format!("{health} est-elle surveillée, et qui reçoit les lignes d’erreur du journal ?"),
                format!("Is {health} watched, and who receives the error lines of the log?"),
            )
        }
        None => attest(
            "Le service est-il surveillé, et qui reçoit ses erreurs ?",
            "Is the service watched, and who receives its errors?",
        ),
    }
}
