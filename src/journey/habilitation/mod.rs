//! Decides what the DataPass request holds: its sections and fields in its own order and words, judged by its own rules
//! (`etalab/data_pass`, `AuthorizationRequest::FranceConnect`), and what is to be recorded once it is granted.

mod minimisation;
mod working_day;

use super::Sheet;
use super::configuration::{Configuration, HABILITATION};
use super::dossier::*;
use crate::franceconnect::{Level, Product};
use crate::time::Timestamp;

/// Largest file DataPass takes, in bytes.
const LARGEST: u64 = 10 * 1024 * 1024;
/// The lawyers of DINUM take five working days on average.
const WORKING_DAYS: usize = 5;

/// What was seen of a file that goes with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Its size in bytes.
    pub size: u64,
    /// Whether it begins as a PDF does (`%PDF`).
    pub pdf: bool,
}

/// The boxes of the form under « Les données »: each with its scope and its label.
pub const BOXES: [(&str, &str); 9] = [
    ("family_name", "Nom de naissance"),
    ("given_name", "Prénoms"),
    ("birthdate", "Date de naissance"),
    ("birthplace", "Ville de naissance"),
    ("birthcountry", "Pays de naissance"),
    ("gender", "Sexe"),
    ("preferred_username", "Nom d'usage"),
    ("email", "Adresse électronique"),
    ("openid", "Identifiant technique"),
];

/// The request, ready to paste. `look` tells of a file; `today` judges the planned date until the request is granted.
pub fn sheet(
    dossier: &Dossier,
    configuration: Option<&Configuration>,
    look: impl Fn(&str) -> Option<Seen>,
    today: Timestamp,
) -> Sheet {
    let mut sheet = Sheet::new("Habilitation : demande sur DataPass", "Habilitation: request on DataPass");
    sheet.note(
        "Formulaire « FranceConnect » : https://datapass.api.gouv.fr (il en existe pour les collectivités et pour la santé, avec les mêmes champs). Les libellés sont les siens ; la page officielle prévaut.",
        "Form « FranceConnect »: https://datapass.api.gouv.fr (local authorities and health have variants with the same fields). The labels are its own; the official page prevails.",
    );
    sheet.section("Mon projet");
    sheet.field("Nom du projet", dossier, SERVICE_NAME);
    sheet.field(
        "Description du projet (à quoi va-t-il servir ? qui l'utilisera ?)",
        dossier,
        SERVICE_DESCRIPTION,
    );
    sheet.field("Maquette du projet", dossier, SERVICE_MOCKUP);
    file(&mut sheet, dossier, SERVICE_MOCKUP, &look);
    sheet.field("Date de mise en production prévue", dossier, SERVICE_LAUNCH);
    if !is_granted(dossier) {
        launch(&mut sheet, dossier, today);
    }
    sheet.field("Volumétrie approximative", dossier, SERVICE_VOLUME);
    sheet.section("Le traitement des données personnelles");
    sheet.field("Destinataire des données", dossier, RECIPIENTS);
    sheet.field("Durée de conservation des données en mois", dossier, RETENTION);
    sheet.field("Justification de la durée de conservation des données", dossier, RETENTION_REASON);
    sheet.section("Le cadre juridique");
    sheet.field(
        "Précisez la nature et les références du texte vous autorisant à traiter les données",
        dossier,
        LEGAL_TITLE,
    );
    sheet.field("URL du texte relatif au traitement", dossier, LEGAL_URL);
    sheet.field("Ajoutez votre document", dossier, LEGAL_DOCUMENT);
    file(&mut sheet, dossier, LEGAL_DOCUMENT, &look);
    sheet.section("Le niveau de garantie");
    for (product, label) in
        [(Product::Standard, "FranceConnect : eIDAS 1"), (Product::Plus, "FranceConnect + : eIDAS 2")]
    {
        sheet.tick(dossier.level().map(Level::product) == Some(product), label);
    }
    if dossier.level().is_none() {
        sheet.missing(SERVICE_LEVEL);
    }
    sheet.section("Les données");
    minimisation::boxes(&mut sheet, dossier);
    if let Some(configuration) = configuration {
        minimisation::against_configuration(&mut sheet, dossier, configuration);
    }
    sheet.section("Les personnes impliquées");
    contacts(&mut sheet, dossier);
    sheet.section("La synthèse");
    for (field, label) in [
        (
            ALTERNATIVE,
            "J’atteste que mon service propose une alternative à la connexion avec FranceConnect, et que cette alternative permet l’accès, dans des conditions analogues, à la même prestation de service public.",
        ),
        (TERMS_ACCEPTED, "J’ai pris connaissance des conditions générales d’utilisation et je les valide."),
        (
            DPO_INFORMED,
            "Je confirme que le délégué à la protection des données de mon organisation est informé de ma demande.",
        ),
    ] {
        sheet.tick(dossier.is_ticked(field), label);
        if !dossier.is_ticked(field) {
            sheet.missing(field);
        }
    }
    granted(&mut sheet, dossier, configuration);
    sheet
}

/// Whether the file says all there is to record of a granted request.
pub fn is_granted(dossier: &Dossier) -> bool {
    dossier.missing(Step::Habilitation).all(|field| field.table != GRANTED_NUMBER.table)
}

fn contacts(sheet: &mut Sheet, dossier: &Dossier) {
    for (role, fields) in [
        (
            "Responsable de traitement",
            [
                CONTROLLER_FAMILY_NAME,
                CONTROLLER_GIVEN_NAME,
                CONTROLLER_EMAIL,
                CONTROLLER_PHONE,
                CONTROLLER_JOB,
            ],
        ),
        (
            "Délégué à la protection des données",
            [DPO_FAMILY_NAME, DPO_GIVEN_NAME, DPO_EMAIL, DPO_PHONE, DPO_JOB],
        ),
        (
            "Contact technique",
            [TECHNICAL_FAMILY_NAME, TECHNICAL_GIVEN_NAME, TECHNICAL_EMAIL, TECHNICAL_PHONE, TECHNICAL_JOB],
        ),
    ] {
        for (field, label) in fields.into_iter().zip(["Nom", "Prénom", "Email", "Téléphone", "Poste occupé"])
        {
            sheet.field(&format!("{role} : {label}"), dossier, field);
        }
    }
}

/// A file that the form would refuse.
fn file(sheet: &mut Sheet, dossier: &Dossier, field: Field, look: &impl Fn(&str) -> Option<Seen>) {
    let Some(name) = dossier.value(field) else { return };
    let path = field.path;
    match look(name) {
        None => sheet
            .against(format!("{path} : {name} est introuvable."), format!("{path}: {name} cannot be found.")),
        Some(seen) if !seen.pdf => {
            sheet.against(format!("{path} : {name} n’est pas un PDF."), format!("{path}: {name} is no PDF."))
        }
        Some(seen) if seen.size >= LARGEST => sheet.against(
            format!("{path} : {name} fait 10 Mo ou plus."),
            format!("{path}: {name} has 10 MB or more."),
        ),
        Some(_) => {}
    }
}

/// A date that cannot be held.
fn launch(sheet: &mut Sheet, dossier: &Dossier, today: Timestamp) {
    let Some(day) = dossier.day(SERVICE_LAUNCH) else { return };
    if working_day::between(today, day).take(WORKING_DAYS + 1).count() <= WORKING_DAYS {
        sheet.against(
            "service.launch : l’étude de la demande prend cinq jours ouvrés en moyenne, et plus si les juristes s’y arrêtent ; puis viennent bac à sable et qualification.",
            "service.launch: the request takes five working days on average, more if the lawyers must study it; then come sandbox and qualification.",
        );
    }
}

/// What is recorded once the request is granted, and the line that holds the configuration to it.
fn granted(sheet: &mut Sheet, dossier: &Dossier, configuration: Option<&Configuration>) {
    sheet.section("Habilitation");
    for field in [GRANTED_NUMBER, GRANTED_ON, GRANTED_LEVEL, GRANTED_SCOPES] {
        sheet.entry(field.path, dossier.value(field));
    }
    let (Some(level), Some(scopes)) = (dossier.value(GRANTED_LEVEL), dossier.value(GRANTED_SCOPES)) else {
        return;
    };
    if Level::parse(level).map(Level::product) != Some(dossier.product()) {
        sheet.against(
            "habilitation.level est de l’autre produit que service.level.",
            "habilitation.level is of the other product than service.level.",
        );
    }
    let given = claims(scopes.split_whitespace(), dossier.product());
    let refused: Vec<String> = dossier.claims().into_iter().filter(|claim| !given.contains(claim)).collect();
    if !refused.is_empty() {
        let refused = refused.join(", ");
        sheet.against(
            format!("L’habilitation ne donne pas : {refused}. Les retirer de [[data]], ou demander une modification sur DataPass."),
            format!("The habilitation does not grant: {refused}. Take them out of [[data]], or ask for a change on DataPass."),
        );
    }
    let line = format!("{level} {scopes}");
    sheet.entry(HABILITATION, Some(&line));
    let recorded = configuration.and_then(|configuration| configuration.habilitation.as_deref());
    let same =
        |recorded: &str| recorded.split(',').any(|one| one.split_whitespace().eq(line.split_whitespace()));
    if let Some(configuration) = configuration
        && !recorded.is_some_and(same)
    {
        let place = &configuration.place;
        sheet.against(
            format!("{place} : y écrire {HABILITATION} = \"{line}\" ; la configuration ne pourra demander plus."),
            format!("{place}: write {HABILITATION} = \"{line}\" there; the configuration can then ask for no more."),
        );
    }
}
