//! Decides what we ask a provider for: scopes, level, and what else may stand in an authorization request.

use super::Names;
use crate::config::reader::Reader;
use crate::config::variables::*;
use crate::franceconnect::{Level, Product, ScopeFault, Scopes};

pub(super) fn scopes(
    reader: &mut Reader<'_>,
    name: &'static str,
    product: Product,
    strict: bool,
) -> Option<Scopes> {
    let own = reader.given(name);
    // A second client without a list of its own has the first one's, whose faults are told once.
    let borrowed = own.is_none() && name != FC_SCOPES;
    let list = own.unwrap_or_else(|| reader.value(FC_SCOPES));
    let name = if borrowed { FC_SCOPES } else { name };
    let scopes = Scopes::parse(&list, product)
        .map_err(|fault| {
            let (fr, en) = match fault {
                ScopeFault::NoOpenid => ("doit contenir openid.", "must hold openid."),
                ScopeFault::Unusual => (
                    "contient un mot qui n’est pas un scope ; les scopes se séparent par des espaces.",
                    "holds a word that is no scope; scopes are separated by spaces.",
                ),
                ScopeFault::Offline => (
                    "contient offline_access, que FranceConnect ne donne jamais.",
                    "holds offline_access, which FranceConnect never grants.",
                ),
            };
            reader.faults.add(name, fr, en);
        })
        .ok()?;
    if strict && scopes.foreign() {
        let (fr, en) = match product {
            Product::Standard => (
                "contient un scope rnipp_, que seul FranceConnect+ connaît.",
                "holds an rnipp_ scope, which only FranceConnect+ knows.",
            ),
            Product::Plus if borrowed => (
                "contient given_name_array, idp_birthdate ou idp_id, que FranceConnect+ ne connaît pas : lui donner ses scopes dans FC_PLUS_SCOPES.",
                "holds given_name_array, idp_birthdate or idp_id, which FranceConnect+ does not know: give it scopes of its own in FC_PLUS_SCOPES.",
            ),
            Product::Plus => (
                "contient given_name_array, idp_birthdate ou idp_id, que FranceConnect+ ne connaît pas.",
                "holds given_name_array, idp_birthdate or idp_id, which FranceConnect+ does not know.",
            ),
        };
        reader.faults.add(name, fr, en);
    }
    Some(scopes)
}

pub(super) fn level(reader: &mut Reader<'_>, product: Product, strict: bool) -> Option<Level> {
    let Some(word) = reader.given(FC_ACR_VALUES) else { return Some(product.lowest()) };
    match Level::parse(&word) {
        None if word == "none" && !strict => None,
        Some(level) if !strict || level.product() == product => Some(level),
        Some(_) => {
            let (fr, en) = match product {
                Product::Standard => (
                    "eidas2 et eidas3 relèvent de FranceConnect+ (FC_ENVIRONMENT=plus-…, ou FC_PLUS_CLIENT_ID et FC_PROTECTED_PATHS) ; FranceConnect ne connaît que eidas1.",
                    "eidas2 and eidas3 are FranceConnect+’s (FC_ENVIRONMENT=plus-…, or FC_PLUS_CLIENT_ID and FC_PROTECTED_PATHS); FranceConnect knows eidas1 only.",
                ),
                Product::Plus => (
                    "FranceConnect+ ne connaît que eidas2 et eidas3.",
                    "FranceConnect+ knows eidas2 and eidas3 only.",
                ),
            };
            reader.faults.add(FC_ACR_VALUES, fr, en);
            None
        }
        None => {
            reader.faults.add(
                FC_ACR_VALUES,
                "n’est pas un niveau eIDAS : eidas1, eidas2, eidas3.",
                "is no eIDAS level: eidas1, eidas2, eidas3.",
            );
            None
        }
    }
}

pub(super) fn optional(
    reader: &mut Reader<'_>,
    names: &Names,
    authorization: &mut Vec<(&'static str, String)>,
) {
    if let Some(prompt) = reader.given(FC_PROMPT) {
        if matches!(prompt.as_str(), "login" | "consent" | "login consent" | "consent login") {
            authorization.push(("prompt", prompt));
        } else {
            reader.faults.add(
                FC_PROMPT,
                "n’est pas l’un de : login, consent, login consent.",
                "is none of: login, consent, login consent.",
            );
        }
    }
    for (variable, parameter) in [(names.idp_hint, "idp_hint"), (FC_UI_LOCALES, "ui_locales")] {
        let Some(value) = reader.given(variable) else { continue };
        let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ' ');
        if value.len() <= 128 && value.chars().all(letters) {
            authorization.push((parameter, value));
        } else {
            reader.faults.add(
                variable,
                "contient autre chose que lettres, chiffres, tirets et points.",
                "holds something else than letters, digits, hyphens and dots.",
            );
        }
    }
}
