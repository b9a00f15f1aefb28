//! Decides whether `state` and `nonce` are what they must be: long, of every kind of character, at random, never the
//! same, of one browser, used once.

use super::Problems;
use crate::journey::Words;
use crate::journey::qualification::Evidence;
use crate::journey::qualification::trace::{Attempt, Observed, Who};
use std::collections::BTreeSet;

/// Shortest `state` and `nonce`, in characters.
const SHORTEST: usize = 22;
/// Fewest attempts from which something may be concluded.
const ENOUGH: usize = 20;

/// Figures of one parameter over all attempts.
struct Figures {
    shortest: usize,
    distinct: usize,
    /// Upper case, lower case, digits.
    kinds: [bool; 3],
    /// Places at which not every value has the same character.
    varying: usize,
}

fn figures(values: &[&str]) -> Figures {
    let all = || values.iter().flat_map(|value| value.bytes());
    let shortest = values.iter().map(|value| value.len()).min().unwrap_or_default();
    let at = |place: usize| {
        values.iter().map(|value| value.as_bytes().get(place).copied()).collect::<BTreeSet<_>>()
    };
    Figures {
        shortest,
        distinct: values.iter().collect::<BTreeSet<_>>().len(),
        kinds: [
            all().any(|b| b.is_ascii_uppercase()),
            all().any(|b| b.is_ascii_lowercase()),
            all().any(|b| b.is_ascii_digit()),
        ],
        varying: (0..shortest).filter(|place| at(*place).len() > 1).count(),
    }
}

fn both(attempts: &[Attempt]) -> [(&'static str, Vec<&str>); 2] {
    [
        ("state", attempts.iter().map(|attempt| attempt.state.as_str()).collect()),
        ("nonce", attempts.iter().map(|attempt| attempt.nonce.as_str()).collect()),
    ]
}

/// What was counted.
pub(super) fn statistics(observed: &Observed) -> Evidence {
    let mut text = format!("{} tentatives\n", observed.attempts.len());
    for (name, values) in both(&observed.attempts) {
        let Figures { shortest, distinct, kinds: [upper, lower, digits], varying } = figures(&values);
        let yes = |is: bool| if is { "oui" } else { "non" };
        text.push_str(&format!(
            "{name} : {shortest} caractères au moins, {distinct} valeurs différentes, majuscules {}, minuscules {}, \
             chiffres {}, {varying} places qui varient\n",
            yes(upper), yes(lower), yes(digits),
        ));
    }
    Evidence::Text { title: Words::new("state et nonce", "state and nonce"), text }
}

/// O6.
pub(super) fn judge(observed: &Observed, problems: &mut Problems) {
    let count = observed.attempts.len();
    if count < ENOUGH {
        problems.add(
            Words::new(
                format!("seulement {count} tentatives ont mené à FranceConnect."),
                format!("only {count} attempts led to FranceConnect."),
            ),
            Words::new("Laisser commencer cent connexions de suite.", "Let a hundred logins begin in a row."),
        );
        return;
    }
    for (name, values) in both(&observed.attempts) {
        let figures = figures(&values);
        let mut add = |fr: String, en: String| {
            problems.add(
                Words::new(fr, en),
                Words::new(
                    format!("Tirer {name} au hasard à chaque tentative : 32 octets aléatoires en base64url suffisent."),
                    format!("Draw {name} at random for each attempt: 32 random bytes in base64url are enough."),
                ),
            );
        };
        if figures.shortest < SHORTEST {
            let shortest = figures.shortest;
            add(
                format!("{name} n’a parfois que {shortest} caractères."),
                format!("{name} sometimes has {shortest} characters only."),
            );
            continue;
        }
        if figures.distinct < count {
            add(
                format!("{name} se répète d’une tentative à l’autre."),
                format!("{name} repeats between attempts."),
            );
        } else if figures.varying < SHORTEST {
            add(
                format!("{name} varie à {} places seulement.", figures.varying),
                format!("{name} varies at {} places only.", figures.varying),
            );
        }
        let names = [("majuscule", "upper case"), ("minuscule", "lower case"), ("chiffre", "digit")];
        for ((fr, en), _) in names.iter().zip(figures.kinds).filter(|(_, present)| !present) {
            add(format!("{name} n’a jamais de {fr}."), format!("{name} never has a {en}."));
        }
    }
}

/// A callback in another browser than the login began in.
pub(super) fn stolen(observed: &Observed, problems: &mut Problems) {
    if observed.replays.stolen.as_ref().is_some_and(|(_, who)| *who != Who::Nobody) {
        problems.add(
            Words::new(
                "Le retour d’une connexion commencée dans un navigateur connecte un autre navigateur.",
                "The callback of a login begun in one browser logs another browser in.",
            ),
            Words::new(
                "Lier state au navigateur, par un cookie de cet essai.",
                "Bind state to the browser, with a cookie of this attempt.",
            ),
        );
    }
}

/// Two attempts of one browser.
pub(super) fn twice(observed: &Observed, problems: &mut Problems) {
    let Some((one, other)) = &observed.replays.twice else { return };
    let same = |a: &str, b: &str| !a.is_empty() && a == b;
    for (name, kept) in [("state", same(&one.state, &other.state)), ("nonce", same(&one.nonce, &other.nonce))]
    {
        if kept {
            problems.add(
                Words::new(
                    format!("Deux tentatives d’un même navigateur ont le même {name}."),
                    format!("Two attempts of one browser have the same {name}."),
                ),
                Words::new(
                    format!("Tirer {name} à chaque tentative, et non une fois par session."),
                    format!("Draw {name} for each attempt, and not once a session."),
                ),
            );
        }
    }
}

/// A callback a second time.
pub(super) fn replayed(observed: &Observed, problems: &mut Problems) {
    if observed.replays.again.as_ref().is_some_and(|(_, sent)| *sent) {
        problems.add(
            Words::new(
                "Un retour rejoué est échangé une seconde fois : state a servi deux fois.",
                "A callback that is replayed is exchanged a second time: state was used twice.",
            ),
            Words::new(
                "Oublier state et nonce au premier retour.",
                "Forget state and nonce at the first callback.",
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_alphabet_repetition_and_chance_are_counted() {
        let counted = figures(&["aB1aaaaaaaaaaaaaaaaaaaaaaa", "aB2aaaaaaaaaaaaaaaaaaaaaaa"]);
        assert_eq!((counted.shortest, counted.distinct, counted.varying), (26, 2, 1));
        assert_eq!(counted.kinds, [true, true, true]);
        assert_eq!(figures(&["0f", "0f"]).distinct, 1);
        assert_eq!(figures(&["0f"]).kinds, [false, true, true]);
        assert_eq!(figures(&[]).shortest, 0);
    }
}
