//! Decides what a service in production has to do from year to year, what is late, and the texts that go with it:
//! secrets and keys to change, what ends by itself, who is to be reached, what is to be declared anew.

use super::configuration::{Configuration, under_prefix};
use super::dossier::*;
use super::eligibility::SUPPORT;
use super::{Sheet, Words};
use crate::time::Timestamp;

/// The form that changes what was declared.
pub const MODIFICATION: &str = "https://demarche.numerique.gouv.fr/commencer/demande-modification-fs-fc";
const DAY: i64 = 86_400;
/// Days after which a secret is changed and contacts are looked at: FranceConnect publishes none for either.
const YEAR: i64 = 365;
/// Days after which a key is changed; as `keygen`, `check` and the operator's page have it.
pub const KEY_DAYS: i64 = 300;
/// Days before an end at which it is time to see to it.
const AHEAD: i64 = 60;

/// What a date of the dossier means.
enum Due {
    /// Since then: it is to be done again after so many days.
    After(i64),
    /// Until then: it is to be seen to so many days before.
    Before(i64),
}

struct Line {
    field: Field,
    due: Due,
    /// What to do.
    fr: &'static str,
    en: &'static str,
}

const CALENDAR: [Line; 6] = [
    Line {
        field: SECRET_SINCE,
        due: Due::After(YEAR),
        fr: "en demander un autre au support (le texte est plus bas), puis journey enter --next",
        en: "ask the support for another (the text is below), then journey enter --next",
    },
    Line {
        field: SESSION_KEYS_SINCE,
        due: Due::After(KEY_DAYS),
        fr: "keygen, en trois déploiements (keygen --help)",
        en: "keygen, in three deployments (keygen --help)",
    },
    Line {
        field: PRIVATE_KEYS_SINCE,
        due: Due::After(KEY_DAYS),
        fr: "keygen jwks, en trois déploiements (keygen jwks --help)",
        en: "keygen jwks, in three deployments (keygen jwks --help)",
    },
    Line {
        field: CONTACTS_CONFIRMED,
        due: Due::After(YEAR),
        fr: "vérifier chaque contact plus bas, et corriger DataPass : c’est là que FranceConnect écrit",
        en: "check each contact below, and correct DataPass: that is where FranceConnect writes to",
    },
    Line {
        field: DOMAIN_UNTIL,
        due: Due::Before(AHEAD),
        fr: "le renouveler : à qui le reprend, FranceConnect envoie les retours de connexion",
        en: "renew it: whoever takes it over is sent the returns of logins by FranceConnect",
    },
    Line {
        field: GRANTED_UNTIL,
        due: Due::Before(YEAR / 2),
        fr: "demander la suite sur DataPass : après ce jour le service ne peut plus demander de données",
        en: "ask for what follows on DataPass: after that day the service may ask for no more data",
    },
];

/// The calendar, and the texts; nothing of it is late before the service is in production.
pub fn sheet(dossier: &Dossier, configuration: Option<&Configuration>, today: Timestamp) -> Sheet {
    let mut sheet = Sheet::new("En service", "In service");
    sheet.heading("Calendrier", "Calendar");
    for line in &CALENDAR {
        entry(&mut sheet, dossier, line, today);
    }
    seen_keys(&mut sheet, configuration, today);
    sheet.note(
        under_prefix(configuration, "FranceConnect ne publie de durée ni pour un secret ni pour une clé : un an et 300 jours sont nos règles. L’âge des clés de session que l’hébergeur garde se lit à /auth/operator, et le journal le dit (keys.old)."),
        under_prefix(configuration, "FranceConnect publishes no age for a secret or a key: a year and 300 days are our rules. The age of session keys that the host keeps is read at /auth/operator, and the log tells of it (keys.old)."),
    );
    sheet.heading("À confirmer chaque année", "To confirm every year");
    for field in CONTACTS {
        sheet.answer(dossier, field);
    }
    sheet.heading("Ce qui se déclare à nouveau", "What is declared anew");
    sheet.note(
        format!("Une adresse de retour ou de déconnexion, une IP, un algorithme, l’adresse des clés : {MODIFICATION}, avant de déployer. Une autre donnée, un autre niveau : une demande sur DataPass, puis FC_HABILITATION."),
        format!("A callback or logout address, an IP, an algorithm, the address of the keys: {MODIFICATION}, before it is deployed. Other data, another level: a request on DataPass, then FC_HABILITATION."),
    );
    sheet.heading("Un nouveau client_secret", "A new client_secret");
    sheet.note(
        format!("FranceConnect ne publie pas de procédure : écrire à {SUPPORT}."),
        format!("FranceConnect publishes no procedure: write to {SUPPORT}."),
    );
    sheet.letter(letter(dossier));
    sheet.note(
        "Dès qu’il arrive : journey enter --next. Les deux secrets servent ensemble, et personne ne perd sa connexion ; quand le journal dit token.next_secret, journey enter avec le même, puis retirer FC_CLIENT_SECRET_NEXT.",
        "As soon as it comes: journey enter --next. Both secrets serve side by side, and nobody loses a login; once the log says token.next_secret, journey enter with the same one, then remove FC_CLIENT_SECRET_NEXT.",
    );
    sheet.note(
        "S’il a fuité : le dire tout de suite au support, sans l’y écrire ; qui l’a peut se faire passer pour le service auprès de FranceConnect, mais n’ouvre aucune session d’ici.",
        "If it leaked: tell the support at once, without writing it there; whoever has it can pass for the service towards FranceConnect, and opens no session here.",
    );
    sheet
}

/// What is late, once the service is in production.
pub fn late(dossier: &Dossier, configuration: Option<&Configuration>, today: Timestamp) -> Vec<Words> {
    if !in_service(dossier) {
        return Vec::new();
    }
    sheet(dossier, configuration, today).objections().cloned().collect()
}

/// One date of the dossier: how old, until when, and whether it is late.
fn entry(sheet: &mut Sheet, dossier: &Dossier, line: &Line, today: Timestamp) {
    let Line { field, due, fr, en } = line;
    let Some(day) = dossier.day(*field) else {
        // What does not concern this service is not spoken of.
        if (field.needed)(dossier) {
            sheet.answer(dossier, *field);
        }
        return;
    };
    let (act, since) = match due {
        Due::After(days) => (day.plus(days * DAY), true),
        Due::Before(days) => (day.plus(-days * DAY), false),
    };
    let (written, by) = (day.day(), act.day());
    let age = today.since(day) / DAY;
    let value = match since {
        true => (
            format!("{written} ({age} jours) ; à refaire le {by}"),
            format!("{written} ({age} days); again on {by}"),
        ),
        false => (format!("{written} ; y penser dès le {by}"), format!("{written}; see to it from {by}")),
    };
    sheet.dated(Words::new(field.fr, field.en), Words::new(value.0, value.1));
    if since && age < 0 {
        sheet.against(
            format!("{} est dans l’avenir.", field.path),
            format!("{} is in the future.", field.path),
        );
    } else if today >= act {
        let path = field.path;
        sheet.against(
            format!("{path} ({written}) : échu depuis le {by} ; {fr}."),
            format!("{path} ({written}): due since {by}; {en}."),
        );
    }
}

/// The age of the session keys, where they are seen: those that a host keeps are not.
fn seen_keys(sheet: &mut Sheet, configuration: Option<&Configuration>, today: Timestamp) {
    let Some(configuration) = configuration.filter(|known| !known.unset.contains(&"FC_SESSION_KEYS")) else {
        return;
    };
    let Ok(config) = &configuration.config else { return };
    for (number, made) in (1..).zip(config.keys_made()).filter_map(|(number, made)| Some((number, made?))) {
        let days = today.since(made) / DAY;
        if days >= KEY_DAYS {
            sheet.against(
                format!("FC_SESSION_KEYS, clé n° {number} : elle a {days} jours (keygen --help)."),
                format!("FC_SESSION_KEYS, key {number}: it is {days} days old (keygen --help)."),
            );
        }
    }
}

/// The request for another secret, in French since the people who read it are.
fn letter(dossier: &Dossier) -> String {
    let said = |field| dossier.value(field).unwrap_or("…").to_owned();
    format!(
        "Objet : {product}, nouveau client_secret de production pour « {service} »\n\nBonjour,\n\nLe service « {service} » \
         ({name}, SIRET {siret}), habilité sous le numéro DataPass {number}, demande un nouveau client_secret pour \
         son client de production ; l’actuel date du {since}. Merci de l’envoyer par SMS au contact technique déclaré dans \
         DataPass, {given} {family}, au {phone}, et de nous dire quand l’ancien cessera : les deux sont en place chez nous le \
         temps du changement.\n\n{who}",
        product = dossier.product().name(),
        service = said(SERVICE_NAME),
        name = said(ORGANISATION_NAME),
        siret = said(ORGANISATION_SIRET),
        number = said(GRANTED_NUMBER),
        since = said(SECRET_SINCE),
        given = said(TECHNICAL_GIVEN_NAME),
        family = said(TECHNICAL_FAMILY_NAME),
        phone = said(TECHNICAL_PHONE),
        who = said(ORGANISATION_SIGNATORY),
    )
}
