//! Decides FranceConnect's error page: title, heading, code, message, the error's uuid, what the code means, and the
//! way back to the service.

use super::catalogue::{Told, entry};
use super::language::Reader;
use crate::emulator::http::Reply;
use crate::emulator::page;
use crate::emulator::product::Product;
use crate::html::{Html, fill};

/// What `error_uri` and the page refer to.
pub(in crate::emulator) const REFERENCE: &str =
    "https://docs.partenaires.franceconnect.gouv.fr/fs/fs-technique/fs-technique-erreurs/";

/// The code of a technical error that has no better one.
const TROUBLE: &str = "Y000000";

/// What a service is told when the citizen comes back from the page of `code`; nothing if that has no link back.
pub(in crate::emulator) fn told(code: &str) -> Option<Told> {
    entry(code).or_else(|| entry(TROUBLE)).and_then(|entry| entry.told)
}

/// The code as the catalogue has it.
pub(in crate::emulator) fn known(code: &str) -> Option<&'static str> {
    entry(code).map(|entry| entry.code)
}

/// The page of `code`. `id` is the error's uuid; `back` the service's name and the address that takes the
/// citizen back there, when FranceConnect knows them.
pub(in crate::emulator) fn page(
    reader: &Reader,
    product: Product,
    code: &str,
    id: &str,
    back: Option<(&str, &str)>,
) -> Reply {
    let lang = reader.lang;
    let entry = entry(code).or_else(|| entry(TROUBLE));
    let status = entry.map_or(500, |entry| entry.status);
    let message = entry.map_or("", |entry| lang.pick(entry.fr, entry.en));
    let back = match back {
        Some((name, address)) => fill(
            lang.pick(
                "<p><a class=\"bouton\" href=\"{}\">Revenir sur {}</a></p>",
                "<p><a class=\"bouton\" href=\"{}\">Back to {}</a></p>",
            ),
            &[&address, &name],
        ),
        None => Html::default(),
    };
    let body = fill(
        lang.pick(
            "<h1>Une erreur s’est produite</h1><p class=\"code\">Erreur {}</p><p>{}</p>\
             <p>Identifiant de l’erreur : <code>{}</code></p>{}\
             <p><a href=\"{}?code={}\">Signification des codes d’erreur</a></p>",
            "<h1>An error occurred</h1><p class=\"code\">Error {}</p><p>{}</p>\
             <p>Identifier of the error: <code>{}</code></p>{}\
             <p><a href=\"{}?code={}\" hreflang=\"fr\">What the error codes mean (in French)</a></p>",
        ),
        &[&code, &message, &id, &back, &REFERENCE, &code],
    );
    let mut reply =
        page::page(reader, product, status, lang.pick("Erreur de connexion", "Login error"), &body, &[]);
    code.clone_into(&mut reply.code);
    reply
}
