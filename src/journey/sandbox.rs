//! Decides what the form of the sandbox asks for: for FranceConnect that of the *espace partenaires*, for FranceConnect+
//! the one that production has too. Every address comes from the deployed configuration.

use super::configuration::{Configuration, address, callbacks, environment};
use super::dossier::*;
use super::{Sheet, keys};
use crate::config::{Config, Registration};
use crate::franceconnect::Product;

const PORTAL: &str = "https://espace.partenaires.franceconnect.gouv.fr";
/// The form that makes a client, of FranceConnect+ or in production.
pub(super) const CREATION: &str = "https://demarche.numerique.gouv.fr/commencer/demande-creation-fs-fc";
/// What the portal answers to an address that it does not take.
const INVALID: &str = "Veuillez saisir une url valide";
/// Longest name of an instance, longest address.
const LONGEST: (usize, usize) = (256, 1024);

/// What to type, in the order of the form.
pub fn sheet(dossier: &Dossier, configuration: Option<&Configuration>) -> Sheet {
    let mut sheet = Sheet::new("Bac à sable", "Sandbox");
    let Some((configuration, config, registration)) =
        sound(&mut sheet, dossier, configuration, SANDBOX_CONFIGURATION)
    else {
        return sheet;
    };
    let place = &configuration.place;
    match environment(registration) {
        Some(environment) if !environment.name.ends_with("production") => {}
        Some(_) => sheet.against(
            format!("{place} est de production : le bac à sable a un client à lui (FC_ENVIRONMENT=sandbox)."),
            format!(
                "{place} is of production: the sandbox has a client of its own (FC_ENVIRONMENT=sandbox)."
            ),
        ),
        None => sheet.against(
            format!("{place} ne désigne pas le bac à sable de FranceConnect : FC_ENVIRONMENT."),
            format!("{place} does not name FranceConnect’s sandbox: FC_ENVIRONMENT."),
        ),
    }
    match dossier.product() {
        Product::Standard => portal(&mut sheet, dossier, config, registration),
        Product::Plus => {
            creation(
                &mut sheet,
                dossier,
                config,
                registration,
                "Bac à sable",
                SANDBOX_PAGE,
                SANDBOX_ADDRESSES,
            );
            keys::declare(&mut sheet, configuration, config, registration);
        }
    }
    if configuration.client(dossier.product()).is_some() {
        sheet.note(
            "Puis : une connexion avec un compte de démonstration (test, mot de passe 123), une déconnexion.",
            "Then: a login with a demonstration account (test, password 123), a logout.",
        );
    } else {
        sheet.against(
            format!("{place} : FC_CLIENT_ID n’y est pas encore ; il vient une fois le formulaire envoyé."),
            format!("{place}: FC_CLIENT_ID is not there yet; it comes once the form is sent."),
        );
    }
    sheet
}

/// The configuration and its registration; what is wrong with it stands against the sheet.
pub(super) fn sound<'a>(
    sheet: &mut Sheet,
    dossier: &Dossier,
    configuration: Option<&'a Configuration>,
    field: Field,
) -> Option<(&'a Configuration, &'a Config, &'a Registration)> {
    let Some(configuration) = configuration else {
        sheet.missing(field);
        return None;
    };
    let place = &configuration.place;
    let config = match &configuration.config {
        Ok(config) => config,
        Err(faults) => {
            for fault in faults {
                sheet.against(format!("{place} : {}", fault.fr), format!("{place}: {}", fault.en));
            }
            return None;
        }
    };
    let product = dossier.product();
    let Some((_, registration)) = configuration.registration(product) else {
        let name = product.name();
        sheet.against(
            format!("{place} n’a pas de client chez {name}."),
            format!("{place} has no client at {name}."),
        );
        return None;
    };
    Some((configuration, config, registration))
}

/// The form of the *espace partenaires*.
fn portal(sheet: &mut Sheet, dossier: &Dossier, config: &Config, registration: &Registration) {
    sheet.note(
        format!("Formulaire : {PORTAL} (connexion par ProConnect). Les libellés sont les siens, * marque ce qui est obligatoire ; la page officielle prévaut."),
        format!("Form: {PORTAL} (login with ProConnect). The labels are its own, * marks what is required; the official page prevails."),
    );
    sheet.section("1. Choix de l’environnement");
    sheet.entry("Choix de l'environnement *", Some("FranceConnect"));
    sheet.section("2. Informations sur votre Fournisseur de Service");
    sheet.field("Nom de l'instance *", dossier, SERVICE_NAME);
    if dossier.value(SERVICE_NAME).is_some_and(|name| name.chars().count() > LONGEST.0) {
        sheet.against(
            "service.name dépasse 256 caractères : « Veuillez saisir le nom de votre instance ».",
            "service.name is longer than 256 characters: « Veuillez saisir le nom de votre instance ».",
        );
    }
    sheet.entry("Numéro de la demande datapass", dossier.value(GRANTED_NUMBER));
    sheet.section("3. Configuration de votre instance de test");
    page(sheet, dossier, SANDBOX_PAGE);
    addresses(sheet, config);
    networks(sheet, dossier, SANDBOX_ADDRESSES);
    algorithm(sheet, registration);
    sheet.section("4. Gestion des subs pour votre Fournisseur de Service");
    sheet.field("Client ID à réutiliser pour générer les subs", dossier, SANDBOX_ENTITY);
    sheet.note(
        "À laisser vide, sauf à reprendre les usagers d’un client de FranceConnect v1 (32 à 64 caractères).",
        "To be left empty, unless the users of a client of FranceConnect v1 are taken over (32 to 64 characters).",
    );
    sheet.note(
        "Le portail affiche le client_id et le client_secret : le premier dans la configuration, le second dans le coffre de l’hébergeur. Ce client peut demander toutes les données : seule la production refusera ce que l’habilitation ne donne pas.",
        "The portal shows client_id and client_secret: the first goes into the configuration, the second into the host’s secret store. This client may ask for all data: only production refuses what the habilitation does not grant.",
    );
}

/// The form of FranceConnect+ and of production.
pub(super) fn creation(
    sheet: &mut Sheet,
    dossier: &Dossier,
    config: &Config,
    registration: &Registration,
    environment: &str,
    page_field: Field,
    addresses_field: Field,
) {
    sheet.note(
        format!("Formulaire : « Demande de création d'un fournisseur de service pour FranceConnect ou FranceConnect+ », {CREATION}. Chaque adresse doit répondre le jour où le dossier est lu. La page officielle prévaut."),
        format!("Form: « Demande de création d'un fournisseur de service pour FranceConnect ou FranceConnect+ », {CREATION}. Each address must answer on the day the file is read. The official page prevails."),
    );
    sheet.section(dossier.product().name());
    sheet.field("Nom du service", dossier, SERVICE_NAME);
    page(sheet, dossier, page_field);
    sheet.entry("Environnement", Some(environment));
    sheet.entry("Numéro de la demande datapass", dossier.value(GRANTED_NUMBER));
    if dossier.value(GRANTED_NUMBER).is_none() {
        sheet.missing(GRANTED_NUMBER);
    }
    addresses(sheet, config);
    networks(sheet, dossier, addresses_field);
    algorithm(sheet, registration);
    if let Some(encryption) = registration.client.encryption {
        sheet.entry(
            "Algorithme de chiffrement (id token, userinfo)",
            Some(&format!("{}, A256GCM", encryption.name())),
        );
        sheet.entry("Client keys url (jwks_uri)", Some(&address(config, "jwks.json")));
    }
}

fn page(sheet: &mut Sheet, dossier: &Dossier, field: Field) {
    sheet.field("URL du site", dossier, field);
    if let Some(url) = dossier.value(field)
        && (!url.starts_with("https://") || url.chars().count() > LONGEST.1)
    {
        let path = field.path;
        sheet.against(
            format!("{path} doit être en https, en 1024 caractères au plus : « {INVALID} »."),
            format!("{path} must be https, 1024 characters at most: « {INVALID} »."),
        );
    }
}

/// The addresses of the configuration, letter for letter.
fn addresses(sheet: &mut Sheet, config: &Config) {
    let callbacks = callbacks(config);
    sheet.entry("URL(s) de redirection de connexion *", Some(&callbacks.join("\n")));
    let sector = config.sector.as_ref().map(|_| address(config, "sector-identifier.json"));
    sheet.entry("URL d'identifiant de secteur", sector.as_deref());
    let logout = config.post_logout_redirect_uri();
    sheet.entry("URL(s) de redirection de déconnexion *", Some(logout));
    let long = |url: &&str| url.chars().count() > LONGEST.1;
    for url in callbacks.iter().map(String::as_str).chain(sector.as_deref()).chain([logout]).filter(long) {
        let head: String = url.chars().take(60).collect();
        sheet.against(
            format!("{head}… dépasse 1024 caractères : « {INVALID} »."),
            format!("{head}… is longer than 1024 characters: « {INVALID} »."),
        );
    }
    if sector.as_ref().is_some_and(|url| !url.starts_with("https://")) {
        sheet.against(
            format!("PUBLIC_URL : l’identifiant de secteur doit être en https : « {INVALID} »."),
            format!("PUBLIC_URL: the sector identifier must be https: « {INVALID} »."),
        );
    }
    if callbacks.len() > 1 {
        sheet.note(
            "Chaque site qui partage ce client a aussi son adresse de déconnexion : les ajouter.",
            "Each site that shares this client has a logout address, too: add them.",
        );
    }
}

/// One address or range a line.
fn networks(sheet: &mut Sheet, dossier: &Dossier, field: Field) {
    let lines = dossier.value(field).map(|list| list.replace(' ', "\n"));
    sheet.entry("Adresse IP", lines.as_deref());
}

fn algorithm(sheet: &mut Sheet, registration: &Registration) {
    sheet.entry("Algorithme de signature *", Some(registration.client.algorithm.name()));
}
