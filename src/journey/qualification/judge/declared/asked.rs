//! Decides whether no more is asked for than was granted (O9), and nothing without a purpose (22).

use super::{Declared, Problems, sound};
use crate::franceconnect::{Level, Product};
use crate::journey::dossier::{GRANTED_LEVEL, GRANTED_SCOPES, PRODUCTION_CONFIGURATION, claims};
use crate::journey::qualification::trace::Observed;
use crate::journey::qualification::{Evidence, Item, Verdict};
use crate::journey::{Configuration, Words, habilitation};
use std::collections::BTreeSet;

/// What is asked for at one place: claims and the highest level.
pub(super) struct Asked {
    place: Words,
    claims: BTreeSet<String>,
    level: Option<Level>,
}

/// What the running service asked for, then what each configuration would.
pub(super) fn asked(declared: &Declared, observed: &Observed) -> Vec<Asked> {
    let product = if observed.plus { Product::Plus } else { Product::Standard };
    let attempts = &observed.attempts;
    let scopes: BTreeSet<&str> =
        attempts.iter().flat_map(|attempt| attempt.scope.split_whitespace()).collect();
    let levels = attempts.iter().flat_map(|attempt| attempt.acr_values.split_whitespace());
    let running = Asked {
        place: Words::new("le service en marche", "the running service"),
        claims: scopes.into_iter().flat_map(|scope| opened(scope, product)).collect(),
        level: levels.filter_map(Level::parse).max(),
    };
    let of = |configuration: &Configuration| {
        let (config, registration) = configuration.registration(product)?;
        Some(Asked {
            place: Words::new(&configuration.place, &configuration.place),
            claims: registration.scopes.claims().into_iter().map(str::to_owned).collect(),
            level: config.highest_asked(registration),
        })
    };
    std::iter::once(running).chain(declared.configurations().filter_map(of)).collect()
}

/// The claims that a scope opens. One that no service may ask for is told as it is, and hides no other.
fn opened(scope: &str, product: Product) -> Vec<String> {
    let opened = claims(std::iter::once(scope), product);
    let unknown = opened.is_empty() && !["openid", "amr"].contains(&scope);
    if unknown { vec![scope.to_owned()] } else { opened }
}

/// What is asked for, as evidence: names of data, and no value of one.
pub(super) fn told(asked: &[Asked]) -> Evidence {
    let line = |place: &str, one: &Asked| {
        let claims: Vec<&str> = one.claims.iter().map(String::as_str).collect();
        format!("{place} : {} {}\n", one.level.map_or("", Level::name), claims.join(" "))
    };
    Evidence::Text {
        title: Words::new("Ce qui est demandé", "What is asked for"),
        text: asked.iter().map(|one| line(&one.place.fr, one)).collect(),
    }
}

/// O9: nothing beyond what was granted, in production above all.
pub(super) fn granted(
    declared: &Declared,
    observed: &Observed,
    asked: &[Asked],
    problems: &mut Problems,
) -> Verdict {
    let dossier = match declared.dossier(observed) {
        Ok(dossier) => dossier,
        Err(give) => return is_it_so("O9", &give),
    };
    let (Some(level), Some(scopes), true) = (
        dossier.value(GRANTED_LEVEL).and_then(Level::parse),
        dossier.value(GRANTED_SCOPES),
        habilitation::is_granted(dossier),
    ) else {
        return is_it_so(
            "O9",
            &Words::new(
                "l’habilitation n’est pas enregistrée : remplir [habilitation]",
                "the habilitation is not recorded: fill in [habilitation]",
            ),
        );
    };
    let given = claims(scopes.split_whitespace(), dossier.product());
    for Asked { place, claims, level: asks } in asked {
        let beyond: Vec<&str> =
            claims.iter().filter(|claim| !given.contains(claim)).map(String::as_str).collect();
        if !beyond.is_empty() {
            let beyond = beyond.join(", ");
            problems.add(
                Words::new(
                    format!("{} demande {beyond}, que l’habilitation ne donne pas.", place.fr),
                    format!("{} asks for {beyond}, which the habilitation does not grant.", place.en),
                ),
                Words::new(
                    "Ne pas le demander (FC_SCOPES), ou demander une modification sur DataPass.",
                    "Do not ask for it (FC_SCOPES), or ask for a change on DataPass.",
                ),
            );
        }
        if *asks > Some(level) {
            problems.add(
                Words::new(
                    format!(
                        "{} demande un niveau plus haut que l’habilitation : {}.",
                        place.fr,
                        level.name()
                    ),
                    format!("{} asks for a higher level than the habilitation: {}.", place.en, level.name()),
                ),
                Words::new(
                    "Demander le niveau accordé (FC_ACR_VALUES, FC_PROTECTED_PATHS).",
                    "Ask for the level that was granted (FC_ACR_VALUES, FC_PROTECTED_PATHS).",
                ),
            );
        }
    }
    match sound(declared.live.as_ref(), PRODUCTION_CONFIGURATION) {
        Ok(_) => Verdict::Passed,
        Err(give) => is_it_so("O9", &give),
    }
}

/// 22: everything that is asked for has its purpose.
pub(super) fn purposes(
    declared: &Declared,
    observed: &Observed,
    asked: &[Asked],
    problems: &mut Problems,
) -> Verdict {
    let all: BTreeSet<&String> = asked.iter().flat_map(|one| &one.claims).collect();
    let dossier = match declared.dossier(observed) {
        Ok(dossier) => dossier,
        Err(_) if all.is_empty() => return Verdict::Passed,
        Err(give) => {
            let all: Vec<&str> = all.into_iter().map(String::as_str).collect();
            let all = all.join(", ");
            return Verdict::Attest {
                question: Words::new(
                    format!(
                        "Le service demande {all} : chaque donnée lui est-elle nécessaire ? ({}.)",
                        give.fr
                    ),
                    format!("The service asks for {all}: does it need each of them? ({}.)", give.en),
                ),
            };
        }
    };
    let with_purpose = dossier.data.iter().filter(|data| !data.purpose.is_empty());
    let explained = claims(with_purpose.map(|data| data.scope.as_str()), dossier.product());
    let unexplained: Vec<&str> =
        all.into_iter().filter(|claim| !explained.contains(claim)).map(String::as_str).collect();
    if !unexplained.is_empty() {
        let data = unexplained.join(", ");
        problems.add(
            Words::new(
                format!("Le service demande {data} sans dire pour quoi."),
                format!("The service asks for {data} without saying what for."),
            ),
            Words::new(
                "Ne pas le demander, ou en écrire la finalité : [[data]] dans franceconnect.toml.",
                "Do not ask for it, or write down its purpose: [[data]] in franceconnect.toml.",
            ),
        );
    }
    Verdict::Passed
}

/// The requirement as a question, and what to give so that it need not be asked.
fn is_it_so(id: &str, give: &Words) -> Verdict {
    let (fr, en) = Item::named(id).map_or(("", ""), |item| (item.fr, item.en));
    Verdict::Attest {
        question: Words::new(format!("{fr} ? ({}.)", give.fr), format!("{en}? ({}.)", give.en)),
    }
}
