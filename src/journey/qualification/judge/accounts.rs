//! Decides whether persons and accounts go together, by what has a figure on the page that names somebody: numbers of
//! accounts and of files, which stay with their account whoever looks at it.

use super::Problems;
use super::trials::is_unseen;
use crate::journey::Words;
use crate::journey::qualification::Verdict;
use crate::journey::qualification::lies::{ANGELA, Expected, UNSPECIFIED};
use crate::journey::qualification::trace::{Observed, Trial, Who};
use std::collections::BTreeSet;

/// What the first account has on its page at each of its logins, and another one has not.
fn marks(observed: &Observed) -> BTreeSet<&String> {
    let own = |trial: &&Trial| {
        *trial.lie.person == ANGELA
            && matches!(trial.lie.expected, Expected::LoggedOut | Expected::Accepted)
            && trial.who == Who::Themself
    };
    let logins: Vec<&Trial> = std::iter::once(&observed.honest).chain(&observed.trials).filter(own).collect();
    let other = observed.trials.iter().find(|trial| *trial.lie.person == UNSPECIFIED);
    let Some(other) = other.filter(|trial| trial.who != Who::Nobody && logins.len() > 1) else {
        return BTreeSet::new();
    };
    let everywhere = |figure: &&String| logins.iter().all(|trial| trial.figures.contains(*figure));
    let all = logins.first().into_iter().flat_map(|trial| &trial.figures);
    all.filter(|figure| everywhere(figure) && !other.figures.contains(*figure)).collect()
}

fn seen(observed: &Observed, wanted: impl Fn(&Trial) -> bool) -> Option<&Trial> {
    let seen = |trial: &&Trial| wanted(trial) && !is_unseen(trial) && trial.who != Who::Nobody;
    observed.trials.iter().find(seen)
}

/// The points on accounts.
pub(super) fn judge(id: &str, observed: &Observed, problems: &mut Problems) {
    let marks = marks(observed);
    let lost = |trial: Option<&Trial>| {
        trial.and_then(|trial| marks.iter().copied().find(|mark| !trial.figures.contains(*mark)))
    };
    let kept = |trial: Option<&Trial>| {
        trial.and_then(|trial| marks.iter().copied().find(|mark| trial.figures.contains(*mark)))
    };
    if let Some(mark) =
        lost(seen(observed, |trial| trial.lie.case == "e19")).filter(|_| ["20", "21"].contains(&id))
    {
        problems.add(
            Words::new(
                format!("Par un autre fournisseur d’identité, la même personne a un autre compte : « {mark} » n’y est plus."),
                format!("Through another identity provider the same person has another account: “{mark}” is gone."),
            ),
            by_sub(),
        );
    }
    let without = seen(observed, |trial| trial.lie.fault == "userinfo.claims_missing");
    if let Some(mark) = lost(without).filter(|_| ["O4", "17", "20"].contains(&id)) {
        problems.add(
            Words::new(
                format!("Quand l’adresse électronique manque, la même personne a un autre compte : « {mark} » n’y est plus."),
                format!("When the e-mail address is missing, the same person has another account: “{mark}” is gone."),
            ),
            by_sub(),
        );
    }
    if let Some(mark) =
        kept(seen(observed, |trial| trial.lie.case == "e20")).filter(|_| ["O3", "17", "20"].contains(&id))
    {
        problems.add(
            Words::new(
                format!("Une autre personne de même adresse électronique a le même compte : « {mark} » y est aussi."),
                format!("Another person with the same e-mail address has the same account: “{mark}” is there, too."),
            ),
            by_sub(),
        );
    }
}

fn by_sub() -> Words {
    Words::new(
        "Retrouver le compte par sub seulement, jamais par l’adresse électronique.",
        "Find the account by sub only, never by the e-mail address.",
    )
}

/// Where a page has nothing that tells accounts apart, names alone prove nothing.
pub(super) fn unmarked(observed: &Observed) -> Option<Verdict> {
    marks(observed).is_empty().then(|| Verdict::Attest {
        question: Words::new(
            "Rien sur la page ne distingue un compte d’un autre : est-il retrouvé par sub seulement ? (--profile-path peut nommer une page qui porte le numéro du compte.)",
            "Nothing on the page tells one account from another: is it found by sub only? (--profile-path may name a page that has the number of the account.)",
        ),
    })
}
