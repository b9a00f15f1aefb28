//! Decides whether a body may use FranceConnect: the arrêté of 8 November 2018 names who, the conditions of use for
//! service providers (4.0, 12 May 2021) under which conditions.

use super::dossier::*;
use super::{Sheet, Words};

/// Where what is not certain is asked.
pub const SUPPORT: &str = "support.partenaires@franceconnect.gouv.fr";
/// The text that created FranceConnect, and where it stands.
pub const ORDER: (&str, &str) =
    ("Arrêté du 8 novembre 2018", "https://www.legifrance.gouv.fr/loda/id/JORFTEXT000037611479");
/// The text for digital health services.
const HEALTH: (&str, &str) =
    ("Arrêté du 28 mars 2022", "https://www.legifrance.gouv.fr/jorf/id/JORFTEXT000045457991");
const CONDITIONS: &str = "https://partenaires.franceconnect.gouv.fr/cgu";
/// What the sheet refers to.
pub(super) const REFERENCES: [&str; 2] = [ORDER.1, CONDITIONS];

/// What becomes of a body that asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It may ask for a habilitation.
    Eligible,
    /// It may not, as things stand.
    NotEligible,
    /// FranceConnect decides: it must be asked first.
    ToAsk,
    /// An answer is missing.
    Undecided,
}

/// The rule that decides, and its reason.
pub fn outcome(dossier: &Dossier) -> (Outcome, Words) {
    let (outcome, fr, en) = match (dossier.value(ORGANISATION_BODY), dossier.value(ORGANISATION_GROUND)) {
        (Some("public"), _) => (
            Outcome::Eligible,
            "Une administration est fournisseur de service de plein droit.",
            "An administration is a service provider by right.",
        ),
        (Some("delegate"), _) => (
            Outcome::Eligible,
            "Qui gère un service public pour une administration l’est pour ce service, et pour lui seul : le texte est celui qui le lui confie.",
            "Who runs a public service for an administration is one for that service alone: the text is the one that entrusts it.",
        ),
        (Some("private" | "association"), Some("address_change")) => (
            Outcome::Eligible,
            "Une entreprise ou une association l’est pour un service de changement d’adresse.",
            "A company or an association is one for a change-of-address service.",
        ),
        (Some("private" | "association"), Some("identity_check")) => (
            Outcome::Eligible,
            "Une entreprise ou une association l’est pour un service où une règle oblige à vérifier l’identité : le texte est cette règle.",
            "A company or an association is one for a service in which a rule obliges to verify identities: the text is that rule.",
        ),
        (Some("private" | "association"), Some(_)) => (
            Outcome::NotEligible,
            "Une entreprise ou une association ne l’est que pour un changement d’adresse, ou si une règle oblige à vérifier l’identité ; sinon il reste l’expérimentation, d’un an, sur décision.",
            "A company or an association is one for change of address only, or where a rule obliges to verify identities; else there is the experiment, of one year, by decision.",
        ),
        (Some("experiment"), _) => (
            Outcome::ToAsk,
            "Une expérimentation dure un an et se décide au cas par cas : la demander avant toute habilitation.",
            "An experiment lasts one year and is decided case by case: ask for it before any habilitation.",
        ),
        _ => (
            Outcome::Undecided,
            "Il manque une réponse : la nature de l’organisation, ou ce qui l’autorise.",
            "An answer is missing: what the organisation is, or what allows it.",
        ),
    };
    (outcome, Words::new(fr, en))
}

/// Why a question of this step is asked, and where its rule stands.
pub fn reason(field: Field) -> Option<Words> {
    let ((order, at), (health, there)) = (ORDER, HEALTH);
    let (fr, en) = match field.path {
        path if path == ORGANISATION_SIRET.path => (
            "la demande sur DataPass est celle d’un établissement, que ce numéro désigne.".to_owned(),
            "the request on DataPass is that of an establishment, which this number names.".to_owned(),
        ),
        path if path == ORGANISATION_BODY.path => (
            format!(
                "seuls les organismes que nomme l’{} peuvent demander FranceConnect ({at}).",
                lower(order)
            ),
            format!("only the bodies that the {} names may ask for FranceConnect ({at}).", lower(order)),
        ),
        path if path == ORGANISATION_GROUND.path => (
            format!("le même arrêté n’ouvre aux entreprises et aux associations que deux cas ({at})."),
            format!("the same order opens two cases only to companies and associations ({at})."),
        ),
        path if path == LEGAL_TITLE.path => (
            format!(
                "un texte doit permettre le traitement (RGPD, article 6), et les juristes de la DINUM le lisent ; en général : {order}, {at} ; pour la santé numérique : {health}, {there}"
            ),
            format!(
                "a text must allow the processing (GDPR, article 6), and the lawyers of DINUM read it; as a rule: {order}, {at}; for digital health: {health}, {there}"
            ),
        ),
        path if path == ORGANISATION_SIGNATORY.path => (
            format!("les conditions d’utilisation engagent l’organisation ({CONDITIONS})."),
            format!("the conditions of use bind the organisation ({CONDITIONS})."),
        ),
        path if path == TERMS_ACCEPTED.path => (
            "elles disent les obligations du service : droit, sécurité, qualité (version 4.0, 12 mai 2021)."
                .to_owned(),
            "they say what the service owes: law, security, quality (version 4.0, 12 May 2021).".to_owned(),
        ),
        _ => return None,
    };
    Some(Words::new(format!("Pourquoi : {fr}"), format!("Why: {en}")))
}

/// The name of a text within a sentence.
fn lower(title: &str) -> String {
    title.replacen("Arrêté", "arrêté", 1)
}

/// The questions with their answers, the outcome, and what to send to whom.
pub fn sheet(dossier: &Dossier) -> Sheet {
    let mut sheet = Sheet::new("Éligibilité", "Eligibility");
    for field in [
        ORGANISATION_NAME,
        ORGANISATION_SIRET,
        ORGANISATION_BODY,
        ORGANISATION_GROUND,
        LEGAL_TITLE,
        LEGAL_URL,
        LEGAL_DOCUMENT,
        ORGANISATION_SIGNATORY,
    ] {
        if (field.needed)(dossier) || dossier.value(field).is_some() {
            sheet.answer(dossier, field);
            why(&mut sheet, field);
        }
    }
    let ticked = dossier.is_ticked(TERMS_ACCEPTED);
    let said = if ticked { Words::new("oui", "yes") } else { Words::new("pas encore", "not yet") };
    sheet.note(format!("{} : {}", TERMS_ACCEPTED.fr, said.fr), format!("{}: {}", TERMS_ACCEPTED.en, said.en));
    if !ticked {
        sheet.missing(TERMS_ACCEPTED);
    }
    why(&mut sheet, TERMS_ACCEPTED);
    let (outcome, why) = outcome(dossier);
    match outcome {
        Outcome::Eligible => {
            sheet.note(format!("Éligible. {}", why.fr), format!("Eligible. {}", why.en));
            sheet.note(
                "Rien à envoyer : garder cette feuille, le texte se donne à l’étape suivante.",
                "Nothing to send: keep this sheet, the text is given in the next step.",
            );
        }
        Outcome::NotEligible => {
            sheet.against(format!("Non éligible. {}", why.fr), format!("Not eligible. {}", why.en));
            sheet.note(
                format!("Rien à envoyer en l’état. Si un service public vous est confié, c’est body = \"delegate\" ; pour une expérimentation, body = \"experiment\", et cette feuille donne la lettre. Un doute se demande à {SUPPORT}."),
                format!("Nothing to send as things stand. If a public service is entrusted to you, it is body = \"delegate\"; for an experiment, body = \"experiment\", and this sheet gives the letter. A doubt is asked of {SUPPORT}."),
            );
        }
        Outcome::Undecided => sheet.against(why.fr, why.en),
        Outcome::ToAsk if dossier.attested("eligibility").is_some() => {
            sheet.note("L’accord de FranceConnect est attesté.", "FranceConnect’s agreement is attested.");
        }
        Outcome::ToAsk => {
            sheet.against(
                format!("À demander. {} L’accord s’atteste ensuite : [[attestation]] about = \"eligibility\".", why.fr),
                format!("To be asked. {} The agreement is then attested: [[attestation]] about = \"eligibility\".", why.en),
            );
            sheet.note(format!("À envoyer à {SUPPORT} :"), format!("To send to {SUPPORT}:"));
            sheet.letter(letter(dossier));
        }
    }
    sheet
}

fn why(sheet: &mut Sheet, field: Field) {
    if let Some(Words { fr, en }) = reason(field) {
        sheet.note(fr, en);
    }
}

/// The question, in French since the people who read it are.
fn letter(dossier: &Dossier) -> String {
    let said = |field| dossier.value(field).unwrap_or("…").to_owned();
    format!(
        "Objet : expérimentation de FranceConnect par {name}\n\nBonjour,\n\n{name} (SIRET {siret}) souhaite utiliser \
         FranceConnect, à titre d’expérimentation, pour le service « {service} » : {what}\nFondement : {ground}.\n\n\
         Pouvez-vous nous dire si cette expérimentation peut être autorisée, et sous quelles conditions ?\n\n{who}",
        name = said(ORGANISATION_NAME),
        siret = said(ORGANISATION_SIRET),
        service = said(SERVICE_NAME),
        what = said(SERVICE_DESCRIPTION),
        ground = said(LEGAL_TITLE),
        who = said(ORGANISATION_SIGNATORY),
    )
}
