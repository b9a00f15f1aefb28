//! Decides whether the service made of each login what a correct service makes of it.

use super::Problems;
use crate::journey::Words;
use crate::journey::qualification::lies::Expected;
use crate::journey::qualification::trace::{Observed, Trial, Who};
use crate::journey::qualification::{Evidence, Verdict};
use std::fmt::Write;
use std::time::Duration;

/// Most transcripts shown for a point.
const TRANSCRIPTS: usize = 3;
/// A wait that is told. Nothing official says how long is too long, so none is a fault; whoever reads may think so.
const LONG: Duration = Duration::from_secs(5);

/// Whether somebody is logged in who should not be, or is not who should be.
pub(in crate::journey::qualification) fn contradicts(trial: &Trial) -> bool {
    match trial.lie.expected {
        Expected::Refused => trial.who != Who::Nobody,
        Expected::Either => matches!(trial.who, Who::Another(_)),
        Expected::LetIn => trial.who == Who::Nobody,
        Expected::Accepted | Expected::LoggedOut => trial.who != Who::Themself,
    }
}

/// Whether nothing can be said of it.
pub(super) fn is_unseen(trial: &Trial) -> bool {
    let untold = trial.lie.fault().is_some() && trial.lie.expected != Expected::LoggedOut && !trial.reached();
    trial.calls.is_empty() || untold
}

fn of<'a>(id: &'a str, observed: &'a Observed) -> impl Iterator<Item = &'a Trial> {
    let all = std::iter::once(&observed.honest).chain(&observed.trials);
    all.filter(move |trial| trial.lie.points.contains(&id))
}

/// Why nothing can be said of a point, if none of its logins could be tried.
pub(super) fn unseen(id: &str, observed: &Observed) -> Option<Words> {
    let mut trials = of(id, observed).peekable();
    trials.peek()?;
    let reasons: Option<Vec<&Trial>> = trials.map(|trial| is_unseen(trial).then_some(trial)).collect();
    let first = reasons?.into_iter().next()?;
    let why = first.end.as_ref().err().cloned();
    Some(
        why.unwrap_or_else(|| {
            Words::new("aucune connexion n’est allée assez loin", "no login came far enough")
        }),
    )
}

/// A point is not passed when some of its logins could not be tried.
pub(super) fn partly(id: &str, observed: &Observed) -> Option<Verdict> {
    let all = of(id, observed).count();
    let unseen: Vec<&Trial> = of(id, observed).filter(|trial| is_unseen(trial)).collect();
    let (count, name) = (unseen.len(), unseen.first()?.name());
    Some(Verdict::Skipped {
        why: Words::new(
            format!("{count} connexions sur {all} n’ont pas pu être essayées, à commencer par : {}", name.fr),
            format!("{count} of {all} logins could not be tried, the first: {}", name.en),
        ),
    })
}

/// The logins of this point, against what was expected of each.
pub(super) fn judge(id: &str, observed: &Observed, problems: &mut Problems) {
    for trial in of(id, observed).filter(|trial| !is_unseen(trial) && contradicts(trial)) {
        let name = trial.name();
        let (fr, en) = match (&trial.who, trial.lie.expected) {
            (Who::Another(other), Expected::Refused) => {
                (format!("accepté, sous le nom de {other}"), format!("accepted, under the name of {other}"))
            }
            (Who::Unnamed, Expected::Refused) => {
                ("accepté, sans nom".to_owned(), "accepted, without a name".to_owned())
            }
            (_, Expected::Refused) => ("accepté".to_owned(), "accepted".to_owned()),
            (Who::Another(other), _) => {
                (format!("la personne est prise pour {other}"), format!("the person is taken for {other}"))
            }
            _ => (
                "refusé, ou la personne n’est pas nommée".to_owned(),
                "refused, or the person is not named".to_owned(),
            ),
        };
        problems.add(Words::new(format!("{} : {fr}.", name.fr), format!("{}: {en}.", name.en)), mend(trial));
    }
}

fn mend(trial: &Trial) -> Words {
    let (fr, en) = match trial.lie.case {
        "e1" | "e2" => (
            "Comparer state à celui de cet essai, gardé pour ce navigateur, avant d’échanger le code (OpenID Connect Core, 3.1.2.1).",
            "Compare state with that of this attempt, kept for this browser, before the code is exchanged (OpenID Connect Core, 3.1.2.1).",
        ),
        "e3" => (
            "Comparer le paramètre iss du retour à l’émetteur de FranceConnect (RFC 9207).",
            "Compare the parameter iss of the callback with FranceConnect’s issuer (RFC 9207).",
        ),
        "e4" => (
            "Comparer nonce de l’ID Token à celui de cet essai (OpenID Connect Core, 3.1.3.7).",
            "Compare nonce of the ID Token with that of this attempt (OpenID Connect Core, 3.1.3.7).",
        ),
        "e5" | "e7" => (
            "Vérifier la signature par les clés publiées de FranceConnect, avec le seul algorithme enregistré.",
            "Verify the signature with the keys that FranceConnect publishes, and the registered algorithm only.",
        ),
        "e6" => (
            "Relire les clés publiées quand un jeton nomme une clé inconnue, et refuser celui dont la clé n’y est pas.",
            "Fetch the published keys again when a token names an unknown one, and refuse one whose key is not there.",
        ),
        "e8" => (
            "Vérifier iss, aud, exp et iat des jetons, dans l’ID Token et dans userinfo.",
            "Verify iss, aud, exp and iat of the tokens, in the ID Token and in userinfo.",
        ),
        "e9" => (
            "Refuser un acr inférieur au niveau demandé.",
            "Refuse an acr below the level that was asked for.",
        ),
        "e10" => (
            "Refuser une réponse userinfo dont sub n’est pas celui de l’ID Token (OpenID Connect Core, 5.3.2).",
            "Refuse a userinfo answer whose sub is not that of the ID Token (OpenID Connect Core, 5.3.2).",
        ),
        "e11" | "e17" => (
            "N’accepter que la forme enregistrée : signée, et chiffrée chez FranceConnect+.",
            "Take the registered form only: signed, and encrypted with FranceConnect+.",
        ),
        "e16" => (
            "Laisser entrer une personne dont une donnée manque, est vide ou inconnue.",
            "Let somebody in of whom a datum is missing, empty or unknown.",
        ),
        "e19" | "e20" => (
            "Retrouver le compte par sub seulement, jamais par l’adresse électronique.",
            "Find the account by sub only, never by the e-mail address.",
        ),
        _ => ("Ne connecter personne après une erreur.", "Log nobody in after an error."),
    };
    Words::new(fr, en)
}

/// What became of each login of this point, and how those went that contradict.
pub(super) fn evidence(id: &str, observed: &Observed) -> Vec<Evidence> {
    let (mut fr, mut en) = (String::new(), String::new());
    for trial in of(id, observed) {
        let (name, (what_fr, what_en)) = (trial.name(), outcome(trial));
        let _ = writeln!(fr, "{} → {what_fr}", name.fr);
        let _ = writeln!(en, "{} → {what_en}", name.en);
    }
    let mut evidence = Vec::new();
    if !fr.is_empty() {
        evidence.push(Evidence::Text { title: Words::new("Connexions essayées", "Logins tried"), text: fr });
    }
    let wrong = of(id, observed).filter(|trial| !is_unseen(trial) && contradicts(trial));
    evidence.extend(wrong.take(TRANSCRIPTS).map(|trial| {
        let name = trial.name();
        let title = Words::new(format!("Échanges : {}", name.fr), format!("Exchanges: {}", name.en));
        Evidence::Text { title, text: trial.transcript() }
    }));
    evidence
}

fn outcome(trial: &Trial) -> (String, String) {
    let page = match &trial.end {
        Ok(end) if end.waited >= LONG => {
            format!("{} {}, {} s", end.status, end.address, end.waited.as_secs())
        }
        Ok(end) => format!("{} {}", end.status, end.address),
        Err(why) => return (why.fr.clone(), why.en.clone()),
    };
    if is_unseen(trial) {
        return (format!("pas allé jusque-là ({page})"), format!("did not come that far ({page})"));
    }
    match &trial.who {
        Who::Nobody => (format!("personne n’est connecté ({page})"), format!("nobody is logged in ({page})")),
        Who::Themself => (format!("connecté ({page})"), format!("logged in ({page})")),
        Who::Unnamed => {
            (format!("connecté, sans nom ({page})"), format!("logged in, without a name ({page})"))
        }
        Who::Another(other) => {
            (format!("connecté comme {other} ({page})"), format!("logged in as {other} ({page})"))
        }
    }
}
