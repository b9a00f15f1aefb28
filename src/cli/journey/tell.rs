//! Decides how the five steps are told: what is done, what the next one misses, how much the others do.

use super::Kept;
use crate::cli::keygen;
use crate::cli::lang::{self, Lang};
use crate::journey::dossier::{SERVICE_NAME, Step};
use crate::journey::reach::Looked;
use crate::journey::{Overview, Stage};

/// Prints the overview, with what was `seen` of some steps; answers whether all five are done
/// and nothing is late.
pub(super) fn overview(kept: &Kept, seen: &[(Step, Looked)], json: bool, lang: Lang) -> bool {
    let mut overview = Overview::of(
        &kept.dossier,
        kept.test.as_ref(),
        kept.live.as_ref(),
        |name| kept.look(name),
        keygen::today(),
    )
    .after(kept.acceptance(), &kept.dossier);
    seen.iter().for_each(|(step, looked)| overview.and(*step, looked));
    if json {
        lang::print(format_args!("{:#}", overview.json()));
        return overview.next().is_none() && overview.late.is_empty();
    }
    let name =
        kept.dossier.value(SERVICE_NAME).unwrap_or(lang.pick("Service sans nom", "Service without a name"));
    lang::print(format_args!("{name}, {}", kept.dossier.product().name()));
    let next = overview.next().map(|stage| stage.step);
    for (number, Stage { step, missing, known }) in (1..).zip(&overview.stages) {
        let (words, count) = (step.words(), missing.len());
        let mark = if Some(*step) == next { '>' } else { ' ' };
        let state = match count {
            0 => ("fait".to_owned(), "done".to_owned()),
            _ => (format!("{count} à faire"), format!("{count} to do")),
        };
        lang.say(
            format_args!("{mark} {number}. {} : {}", words.fr, state.0),
            format_args!("{mark} {number}. {}: {}", words.en, state.1),
        );
        if let Some(words) = known {
            lang.say(format_args!("     {}", words.fr), format_args!("     {}", words.en));
        }
        if Some(*step) == next {
            missing.iter().for_each(|words| {
                lang.say(format_args!("     - {}", words.fr), format_args!("     - {}", words.en))
            });
        }
    }
    match next {
        None => lang.say("Les cinq étapes sont faites.", "All five steps are done."),
        Some(Step::Qualification) => lang.say(
            "Ensuite : journey qualify --url ADRESSE --report recette.html pour la recette interne, puis le formulaire de qualification.",
            "Next: journey qualify --url ADDRESS --report recette.html for the internal acceptance, then the qualification form.",
        ),
        Some(step) => {
            let step = step.name();
            lang.say(
                format_args!(
                    "Ensuite : journey init pour répondre, journey sheet {step} pour ce qu’il faut remplir."
                ),
                format_args!("Next: journey init to answer, journey sheet {step} for what to fill in."),
            );
        }
    }
    if !overview.late.is_empty() {
        let count = overview.late.len();
        lang.say(format_args!("En service : {count} à faire"), format_args!("In service: {count} to do"));
        for words in &overview.late {
            lang.say(format_args!("     - {}", words.fr), format_args!("     - {}", words.en));
        }
        lang.say("Comment : journey sheet operations.", "How: journey sheet operations.");
    }
    next.is_none() && overview.late.is_empty()
}
