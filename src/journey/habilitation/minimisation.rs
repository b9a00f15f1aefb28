//! Decides whether no more data are asked for than the service says it needs: each with its purpose, groups taken apart,
//! and none that the configuration does not use (GDPR, article 5, 1 c).

use super::{BOXES, Configuration, Sheet};
use crate::franceconnect::Level;
use crate::journey::dossier::{Data, Dossier, SERVICE_LEVEL, claims};

/// Claims that come with a box of the form, without one of their own.
const COMES_ALONG: [&str; 2] = ["given_name_array", "amr"];

/// The boxes of the form, ticked for the data of the file.
pub(super) fn boxes(sheet: &mut Sheet, dossier: &Dossier) {
    let product = dossier.product();
    let asked = dossier.claims();
    for (scope, label) in BOXES {
        let ticked = scope == "openid" || asked.iter().any(|claim| claim == scope);
        sheet.tick(ticked, label);
        if !ticked || scope == "openid" {
            continue;
        }
        let opens = |data: &&Data| {
            claims(std::iter::once(data.scope.as_str()), product).iter().any(|claim| claim == scope)
        };
        for data in dossier.data.iter().filter(opens).filter(|data| !data.purpose.is_empty()) {
            let purpose = &data.purpose;
            sheet.note(format!("    {purpose}"), format!("    {purpose}"));
        }
    }
    if dossier.data.is_empty() {
        sheet.note(
            "Aucune donnée n’est demandée : la connexion reste anonyme, avec le seul identifiant technique.",
            "No data are asked for: the login is anonymous, with the technical identifier alone.",
        );
    }
    for data in dossier.data.iter().filter(|data| data.scope != "openid") {
        let scope = &data.scope;
        if data.purpose.is_empty() {
            sheet.against(
                format!("data, {scope} : sans finalité. Dire ce que le service en fait, ou ne pas le demander."),
                format!("data, {scope}: without a purpose. Say what the service does with it, or do not ask for it."),
            );
        }
        let opened = claims(std::iter::once(scope.as_str()), product);
        let boxless = opened.iter().filter(|claim| !has_box(claim) && !is_of_register(claim));
        let extra: Vec<String> = boxless.cloned().collect();
        if !extra.is_empty() {
            let extra = extra.join(", ");
            sheet.against(
                format!("data, {scope} : ce formulaire n’a pas de case pour {extra} ; une donnée d’une autre administration se demande à celle-ci."),
                format!("data, {scope}: this form has no box for {extra}; data of another administration are asked of that one."),
            );
        }
        if opened.iter().filter(|claim| has_box(claim)).count() > 1
            && opened != ["given_name", "given_name_array"]
        {
            let opened = opened.join(", ");
            sheet.note(
                format!("{scope} ouvre : {opened}. Chacune est cochée ; ne demander que les utiles."),
                format!("{scope} opens: {opened}. Each is ticked; ask only for those of use."),
            );
        }
    }
    let of_register: Vec<&str> =
        asked.iter().map(String::as_str).filter(|claim| is_of_register(claim)).collect();
    if !of_register.is_empty() {
        let of_register = of_register.join(", ");
        sheet.note(
            format!("{of_register} : les mêmes données, telles que le RNIPP les tient. Ce formulaire n’a pas de case à part ; le dire dans la description de la demande."),
            format!("{of_register}: the same data, as the RNIPP holds them. This form has no box of their own; say so in the description of the request."),
        );
    }
}

fn has_box(claim: &str) -> bool {
    BOXES.iter().any(|(scope, _)| *scope == claim) || COMES_ALONG.contains(&claim)
}

/// Data of the identity that comes with a box, in the register's own version (FranceConnect+).
fn is_of_register(claim: &str) -> bool {
    claim.strip_prefix("rnipp_").is_some_and(has_box)
}

/// Data that only one of the two asks for, and another level.
pub(super) fn against_configuration(sheet: &mut Sheet, dossier: &Dossier, configuration: &Configuration) {
    let Some((_, registration)) = configuration.registration(dossier.product()) else { return };
    let place = &configuration.place;
    let asked = dossier.claims();
    let used: Vec<&str> = registration.scopes.claims();
    let beyond: Vec<&str> =
        used.iter().copied().filter(|claim| !asked.iter().any(|known| known == claim)).collect();
    if !beyond.is_empty() {
        let beyond = beyond.join(", ");
        sheet.against(
            format!("{place} demande {beyond}, que [[data]] ne demande pas."),
            format!("{place} asks for {beyond}, which [[data]] does not."),
        );
    }
    let unused: Vec<&str> = asked.iter().map(String::as_str).filter(|claim| !used.contains(claim)).collect();
    if !unused.is_empty() {
        let unused = unused.join(", ");
        sheet.against(
            format!("[[data]] demande {unused}, que {place} n’utilise pas : est-ce nécessaire ?"),
            format!("[[data]] asks for {unused}, which {place} does not use: is it needed?"),
        );
    }
    let level = registration.level.map_or("", Level::name);
    if dossier.value(SERVICE_LEVEL).is_some_and(|asked| asked != level) {
        sheet.against(
            format!("service.level n’est pas le niveau de {place} : {level}."),
            format!("service.level is not the level of {place}: {level}."),
        );
    }
}
