//! Decides what is asked for to go into production, the text that goes with it, and that nothing of the sandbox comes
//! along.

use super::configuration::{Configuration, environment};
use super::dossier::*;
use super::{Sheet, Words, keys, sandbox};
use crate::franceconnect::Product;

/// What to type and to send; `test` is the configuration of the sandbox.
pub fn sheet(
    dossier: &Dossier,
    configuration: Option<&Configuration>,
    test: Option<&Configuration>,
) -> Sheet {
    let mut sheet = Sheet::new("Production", "Production");
    if dossier.attested("qualification").is_none() {
        sheet.against(
            "La qualification n’est pas attestée : [[attestation]] about = \"qualification\".",
            "The qualification is not attested: [[attestation]] about = \"qualification\".",
        );
    }
    let Some((configuration, config, registration)) =
        sandbox::sound(&mut sheet, dossier, configuration, PRODUCTION_CONFIGURATION)
    else {
        return sheet;
    };
    let place = &configuration.place;
    if !is_of_production(configuration, dossier.product()) {
        sheet.against(
            format!("{place} n’est pas de production : FC_ENVIRONMENT=production ou plus-production."),
            format!("{place} is not of production: FC_ENVIRONMENT=production or plus-production."),
        );
    }
    if config.public_url().is_loopback() {
        sheet.against(
            format!("{place} : PUBLIC_URL est une adresse de cette machine."),
            format!("{place}: PUBLIC_URL is an address of this machine."),
        );
    }
    if let Some(test) = test {
        for Words { fr, en } in shared(dossier.product(), configuration, test) {
            sheet.against(fr, en);
        }
    }
    let fields = (PRODUCTION_PAGE, PRODUCTION_ADDRESSES);
    sandbox::creation(&mut sheet, dossier, config, registration, "Production", fields.0, fields.1);
    keys::declare(&mut sheet, configuration, config, registration);
    sheet.note(
        "À joindre au dossier, ou à envoyer par sa messagerie :",
        "To go with the file, or to be sent through its messages:",
    );
    sheet.letter(letter(dossier, config.public_url().origin()));
    sheet.note(
        "Le client_id vient par courriel et le client_secret par SMS au contact technique de DataPass : vérifier auparavant que cette personne et ce numéro sont encore les bons.",
        "The client_id comes by e-mail and the client_secret by SMS to the technical contact of DataPass: check beforehand that the person and the number are still right.",
    );
    for field in [TECHNICAL_GIVEN_NAME, TECHNICAL_FAMILY_NAME, TECHNICAL_EMAIL, TECHNICAL_PHONE] {
        sheet.answer(dossier, field);
    }
    sheet.note(
        "journey enter les demande, le secret sans l’afficher, et le confie à l’hébergeur sans passer par un fichier, un argument ou l’historique.",
        "journey enter asks for both, for the secret without showing it, and gives it to the host without touching a file, an argument or the history.",
    );
    if configuration.client(dossier.product()).is_none() {
        sheet.against(
            format!("{place} : FC_CLIENT_ID n’y est pas encore ; il vient par courriel."),
            format!("{place}: FC_CLIENT_ID is not there yet; it comes by e-mail."),
        );
    }
    sheet.note(
        "Une fois le service déployé : journey live le regarde du dehors, sans connexion ; puis une vraie connexion et une déconnexion.",
        "Once the service is deployed: journey live looks at it from outside, without a login; then a real login and a logout.",
    );
    sheet.note(
        "Ensuite : journey sheet operations, pour ce qui revient chaque année et pour changer de secret ou d’adresse ; journey sheet outage, à lire avant le jour où FranceConnect ne répond pas.",
        "Afterwards: journey sheet operations, for what comes back every year and for another secret or address; journey sheet outage, to be read before the day FranceConnect does not answer.",
    );
    sheet
}

/// What production shares with the sandbox: neither the client nor the address may be the same.
pub(super) fn shared(product: Product, live: &Configuration, test: &Configuration) -> Vec<Words> {
    let (place, other) = (&live.place, &test.place);
    let mut found = Vec::new();
    let mut add = |fr: String, en: String| found.push(Words::new(fr, en));
    let clients = (live.client(product), test.client(product));
    if clients.0.is_some() && clients.0 == clients.1 {
        add(
            format!("{place} a le client_id de {other} : celui du bac à sable n’existe pas en production."),
            format!(
                "{place} has the client_id of {other}: that of the sandbox does not exist in production."
            ),
        );
    }
    let origin = |configuration: &Configuration| {
        let config = configuration.config.as_ref().ok();
        config.map(|config| config.public_url().origin().to_owned())
    };
    if origin(live) == origin(test) {
        add(
            format!("{place} a l’adresse de {other} : FranceConnect demande un site d’essai distinct."),
            format!("{place} has the address of {other}: FranceConnect asks for a test site of its own."),
        );
    }
    found
}

/// Whether a configuration is of production.
pub(super) fn is_of_production(configuration: &Configuration, product: Product) -> bool {
    let registration = configuration.registration(product).map(|(_, registration)| registration);
    registration.and_then(environment).is_some_and(|environment| environment.name.ends_with("production"))
}

/// The request, in French since the people who read it are.
fn letter(dossier: &Dossier, origin: &str) -> String {
    let said = |field| dossier.value(field).unwrap_or("…").to_owned();
    format!(
        "Objet : {product}, mise en production de « {service} »\n\nBonjour,\n\nLe service « {service} » \
         ({name}, SIRET {siret}), habilité sous le numéro DataPass {number}, a été qualifié. Cette demande concerne \
         l’environnement de PRODUCTION, à l’adresse {origin}.\n\nLe contact technique déclaré dans DataPass est \
         toujours {given} {family}, joignable au {phone}.\n\n{who}",
        product = dossier.product().name(),
        service = said(SERVICE_NAME),
        name = said(ORGANISATION_NAME),
        siret = said(ORGANISATION_SIRET),
        number = said(GRANTED_NUMBER),
        given = said(TECHNICAL_GIVEN_NAME),
        family = said(TECHNICAL_FAMILY_NAME),
        phone = said(TECHNICAL_PHONE),
        who = said(ORGANISATION_SIGNATORY),
    )
}
