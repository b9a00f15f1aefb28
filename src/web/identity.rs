//! The identity in words for people: which claims stand where, dates as they are written, what the login was worth.

use crate::franceconnect::{BirthDate, Level};
use crate::html::{Html, fill};
use crate::session::Citizen;
use crate::web::Language;

/// What the provider tells of a person; then, apart and under a title, what the national register says.
pub(super) fn lists(language: Language, citizen: &Citizen) -> [Html; 2] {
    let european = citizen.amr.iter().any(|method| method == EUROPEAN);
    [false, true].map(|of_register| {
        let shown = citizen.identity.shown().filter(|(label, _)| label.is_of_register() == of_register);
        let rows = shown.map(|(label, text)| {
            // Other countries tell the name in use, whatever it was at birth.
            let name = match label.claim {
                "family_name" if european => language.pick("Nom de famille", "Family name"),
                _ => language.pick(label.fr, label.en),
            };
            row(name, &value(language, label.claim, text))
        });
        let title = of_register.then(|| {
            language.pick(
                "Selon le répertoire national des personnes",
                "According to the national register of persons",
            )
        });
        list(title, rows.collect())
    })
}

/// What the login was worth: its level, and how the person was authenticated, where the provider told.
pub(super) fn login(language: Language, citizen: &Citizen) -> Html {
    let level = citizen.level.map(|level| {
        let words = match level {
            Level::Eidas1 => language.pick("faible", "low"),
            Level::Eidas2 => language.pick("substantiel", "substantial"),
            Level::Eidas3 => language.pick("élevé", "high"),
        };
        let text = format!("{words} ({})", level.name());
        row(language.pick("Niveau de garantie", "Level of assurance"), &text)
    });
    let methods: Vec<&str> = citizen
        .amr
        .iter()
        .filter(|method| *method != OURS)
        .map(|method| {
            let known = METHODS.iter().find(|(word, ..)| word == method);
            known.map_or(method.as_str(), |(_, fr, en)| language.pick(fr, en))
        })
        .collect();
    let methods = (!methods.is_empty())
        .then(|| row(language.pick("Authentification", "Authentication"), &methods.join(", ")));
    let title = language.pick("Votre connexion", "Your login");
    list(Some(title), level.into_iter().chain(methods).collect())
}

/// In `amr`: the identity of another European country.
const EUROPEAN: &str = "eidas";

/// In `amr` of every login through FranceConnect, of which it says nothing.
const OURS: &str = "fc";

/// Words of `amr` (RFC 8176, and FranceConnect's own); others are shown as they came.
const METHODS: &[(&str, &str, &str)] = &[
    ("pwd", "mot de passe", "password"),
    ("mail", "courriel", "e-mail"),
    ("mfa", "plusieurs facteurs", "several factors"),
    ("pop", "possession d’une clé", "possession of a key"),
    ("pin", "code secret", "PIN"),
    (EUROPEAN, "identité d’un autre pays européen", "identity of another European country"),
];

/// Words of the protocol in words for people.
fn value(language: Language, claim: &str, text: &str) -> String {
    match claim {
        "birthdate" | "idp_birthdate" | "rnipp_birthdate" => match (BirthDate::parse(text), language) {
            (Some(date), Language::French) => date.in_french(),
            (Some(date), Language::English) => date.in_english(),
            (None, _) => text.to_owned(),
        },
        "gender" | "rnipp_gender" => {
            let french = match text {
                "female" => "Féminin",
                "male" => "Masculin",
                "unspecified" => "Non précisé",
                _ => text,
            };
            language.pick(french, text).to_owned()
        }
        _ => text.to_owned(),
    }
}

fn row(name: &str, value: &str) -> Html {
    fill("<dt>{}</dt><dd>{}</dd>\n", &[&name, &value])
}

/// A list with its title; nothing at all without rows.
fn list(title: Option<&str>, rows: Html) -> Html {
    if rows.as_str().is_empty() {
        return rows;
    }
    let title = title.map_or(Html::default(), |title| fill("<h2>{}</h2>\n", &[&title]));
    fill("{}<dl>\n{}</dl>\n", &[&title, &rows])
}
