//! Decides which fields there are: where each stands in the file, which step needs it and when, how it is asked for.

use super::{Dossier, Kind, Step};
use crate::franceconnect::Product;
use Kind::{
    Client, Count, Day, Email, File, Level, List, Mobile, Networks, Number, Phone, Siret, Text, Tick, Url,
    Word,
};
use Step::{Eligibility, Habilitation, Production, Qualification, Sandbox};

/// One field of the file.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// `table.name`.
    pub path: &'static str,
    /// Its table.
    pub table: &'static str,
    /// Its name in the table.
    pub name: &'static str,
    /// What it may hold.
    pub kind: Kind,
    /// The step that needs it.
    pub step: Step,
    /// Whether that step can do without it.
    pub needed: fn(&Dossier) -> bool,
    /// The question, in French.
    pub fr: &'static str,
    /// The same in English.
    pub en: &'static str,
}

macro_rules! fields {
    ($($constant:ident $table:ident $name:ident $kind:expr, $step:expr, $needed:expr, $fr:literal, $en:literal;)*) => {
        $(
            #[doc = $en]
            pub const $constant: Field = Field {
                path: concat!(stringify!($table), ".", stringify!($name)),
                table: stringify!($table),
                name: stringify!($name),
                kind: $kind,
                step: $step,
                needed: $needed,
                fr: $fr,
                en: $en,
            };
        )*

        /// Every field, in the order in which they are asked for.
        pub const FIELDS: &[Field] = &[$($constant,)*];
    };
}

/// Whom FranceConnect writes to, and who answers for the data.
pub const CONTACTS: [Field; 6] = [
    TECHNICAL_FAMILY_NAME,
    TECHNICAL_EMAIL,
    TECHNICAL_PHONE,
    CONTROLLER_EMAIL,
    DPO_EMAIL,
    ORGANISATION_SIGNATORY,
];
/// Bodies that may ask.
pub const BODIES: &[&str] = &["public", "delegate", "private", "association", "experiment"];
/// What a body that is not public may ground its request on.
pub const GROUNDS: &[&str] = &["address_change", "identity_check", "none"];

fn always(_: &Dossier) -> bool {
    true
}

fn never(_: &Dossier) -> bool {
    false
}

fn not_public(dossier: &Dossier) -> bool {
    matches!(dossier.value(ORGANISATION_BODY), Some("private" | "association"))
}

fn no_document(dossier: &Dossier) -> bool {
    dossier.value(LEGAL_DOCUMENT).is_none()
}

/// Whether somebody vouches for a login in production: from then on there are dates to keep.
pub fn in_service(dossier: &Dossier) -> bool {
    dossier.attested(Production.name()).is_some()
}

fn in_service_with_keys(dossier: &Dossier) -> bool {
    in_service(dossier) && dossier.product() == Product::Plus
}

/// An experiment is for a year (arrêté of 8 November 2018).
fn in_service_for_a_time(dossier: &Dossier) -> bool {
    in_service(dossier) && dossier.value(ORGANISATION_BODY) == Some("experiment")
}

/// Longer than three years wants a reason (DataPass).
fn kept_long(dossier: &Dossier) -> bool {
    dossier.value(RETENTION).and_then(|months| months.parse::<u32>().ok()) > Some(36)
}

fields! {
    ORGANISATION_NAME organisation name Text, Eligibility, always,
        "Nom de l’organisation qui demande", "Name of the organisation that asks";
    ORGANISATION_SIRET organisation siret Siret, Eligibility, always,
        "Son numéro SIRET (14 chiffres)", "Its SIRET number (14 digits)";
    ORGANISATION_BODY organisation body Word(BODIES), Eligibility, always,
        "Sa nature : public (administration), delegate (délégataire ou prestataire d’un service public), private, association, experiment (expérimentation)",
        "What it is: public (administration), delegate (runs a public service for one), private, association, experiment";
    ORGANISATION_GROUND organisation ground Word(GROUNDS), Eligibility, not_public,
        "Ce qui l’autorise : address_change (changement d’adresse), identity_check (une règle oblige à vérifier l’identité), none",
        "What allows it: address_change, identity_check (a rule obliges to verify identities), none";
    ORGANISATION_SIGNATORY organisation signatory Text, Eligibility, always,
        "Qui engage l’organisation : nom et fonction", "Who commits the organisation: name and position";
    LEGAL_TITLE legal_basis title Text, Eligibility, always,
        "Le texte qui autorise à traiter les données : loi, décret, arrêté, délibération…",
        "The text that allows the data to be processed: law, decree, order, deliberation…";
    LEGAL_URL legal_basis url Url, Eligibility, no_document,
        "Son adresse, sur Légifrance par exemple ; à défaut, legal_basis.document",
        "Its address, on Légifrance for example; otherwise legal_basis.document";
    LEGAL_DOCUMENT legal_basis document File, Eligibility, never,
        "Ou le document : un PDF de moins de 10 Mo", "Or the document: a PDF below 10 MB";
    TERMS_ACCEPTED boxes terms_accepted Tick, Eligibility, always,
        "Les conditions d’utilisation pour les fournisseurs de service sont lues et acceptées (partenaires.franceconnect.gouv.fr/cgu)",
        "The conditions of use for service providers are read and accepted (partenaires.franceconnect.gouv.fr/cgu)";

    SERVICE_NAME service name Text, Habilitation, always,
        "Nom public du service", "Public name of the service";
    SERVICE_DESCRIPTION service description Text, Habilitation, always,
        "À quoi il sert et qui l’utilise", "What it is for and who uses it";
    SERVICE_LEVEL service level Level, Habilitation, always,
        "Niveau de garantie : eidas1 (FranceConnect), eidas2 ou eidas3 (FranceConnect+)",
        "Level of assurance: eidas1 (FranceConnect), eidas2 or eidas3 (FranceConnect+)";
    SERVICE_MOCKUP service mockup File, Habilitation, always,
        "Maquette du projet : un PDF de moins de 10 Mo", "Mock-up of the project: a PDF below 10 MB";
    SERVICE_LAUNCH service launch Day, Habilitation, always,
        "Mise en production prévue (2027-03-01)", "Launch planned (2027-03-01)";
    SERVICE_VOLUME service volume Text, Habilitation, always,
        "Volumétrie : nombre de démarches ou de dossiers dans l’année", "Volume: cases handled in a year";
    RECIPIENTS personal_data recipients Text, Habilitation, always,
        "Qui recevra les données : services, équipes, prestataires", "Who receives the data: departments, teams, contractors";
    RETENTION personal_data retention_months Count, Habilitation, always,
        "Durée de conservation des données, en mois", "How long the data are kept, in months";
    RETENTION_REASON personal_data retention_reason Text, Habilitation, kept_long,
        "Ce qui justifie plus de 36 mois", "What justifies more than 36 months";
    CONTROLLER_FAMILY_NAME data_controller family_name Text, Habilitation, always,
        "Responsable de traitement : nom", "Data controller: family name";
    CONTROLLER_GIVEN_NAME data_controller given_name Text, Habilitation, always,
        "Responsable de traitement : prénom", "Data controller: given name";
    CONTROLLER_EMAIL data_controller email Email, Habilitation, always,
        "Responsable de traitement : adresse électronique", "Data controller: e-mail";
    CONTROLLER_PHONE data_controller phone Phone, Habilitation, always,
        "Responsable de traitement : téléphone", "Data controller: phone";
    CONTROLLER_JOB data_controller job Text, Habilitation, always,
        "Responsable de traitement : fonction", "Data controller: position";
    DPO_FAMILY_NAME data_protection_officer family_name Text, Habilitation, always,
        "Délégué à la protection des données : nom", "Data protection officer: family name";
    DPO_GIVEN_NAME data_protection_officer given_name Text, Habilitation, always,
        "Délégué à la protection des données : prénom", "Data protection officer: given name";
    DPO_EMAIL data_protection_officer email Email, Habilitation, always,
        "Délégué à la protection des données : adresse électronique", "Data protection officer: e-mail";
    DPO_PHONE data_protection_officer phone Phone, Habilitation, always,
        "Délégué à la protection des données : téléphone", "Data protection officer: phone";
    DPO_JOB data_protection_officer job Text, Habilitation, always,
        "Délégué à la protection des données : fonction", "Data protection officer: position";
    TECHNICAL_FAMILY_NAME technical_contact family_name Text, Habilitation, always,
        "Contact technique, qui peut être votre prestataire : nom", "Technical contact, who may be your contractor: family name";
    TECHNICAL_GIVEN_NAME technical_contact given_name Text, Habilitation, always,
        "Contact technique : prénom", "Technical contact: given name";
    TECHNICAL_EMAIL technical_contact email Email, Habilitation, always,
        "Contact technique : adresse électronique, où viendra le client_id", "Technical contact: e-mail, to which the client_id comes";
    TECHNICAL_PHONE technical_contact phone Mobile, Habilitation, always,
        "Contact technique : portable français, où le client_secret viendra par SMS",
        "Technical contact: a French mobile, to which the client_secret comes by SMS";
    TECHNICAL_JOB technical_contact job Text, Habilitation, always,
        "Contact technique : fonction", "Technical contact: position";
    ALTERNATIVE boxes alternative_connexion Tick, Habilitation, always,
        "Le service offre un autre moyen de se connecter, dans des conditions analogues",
        "The service offers another way to log in, under similar conditions";
    DPO_INFORMED boxes dpo_informed Tick, Habilitation, always,
        "Le délégué à la protection des données est informé de la demande", "The data protection officer knows of the request";
    GRANTED_NUMBER habilitation number Number, Habilitation, always,
        "Une fois la demande validée : son numéro DataPass", "Once the request is validated: its DataPass number";
    GRANTED_ON habilitation granted_on Day, Habilitation, always,
        "Le jour où elle l’a été", "The day it was";
    GRANTED_LEVEL habilitation level Level, Habilitation, always,
        "Le niveau accordé", "The level granted";
    GRANTED_SCOPES habilitation scopes List, Habilitation, always,
        "Les scopes accordés, séparés par des blancs", "The scopes granted, separated by blanks";
    GRANTED_UNTIL habilitation until Day, Habilitation, in_service_for_a_time,
        "Le jour où elle cesse, si elle en a un", "The day it ends, if it has one";

    SANDBOX_CONFIGURATION sandbox configuration File, Sandbox, always,
        "Configuration du bac à sable : wrangler.toml, spin.toml, ou environment pour les variables et .dev.vars",
        "Configuration of the sandbox: wrangler.toml, spin.toml, or environment for variables and .dev.vars";
    SANDBOX_ENV sandbox wrangler_env Text, Sandbox, never,
        "L’environnement de wrangler qui est le bac à sable ; sans lui, c’est le haut du fichier (vars) qui est lu",
        "The environment of wrangler that is the sandbox; without it the top of the file (vars) is read";
    SANDBOX_SERVICES sandbox services File, Sandbox, never,
        "S’il y a plusieurs services par déploiement : le document qui les décrit (services.toml), quand la configuration ne le contient pas",
        "With several services in a deployment: the document that describes them (services.toml), where the configuration does not hold it";
    SANDBOX_HOST sandbox host Text, Sandbox, never,
        "Parmi eux, celui dont il s’agit ici : son nom d’hôte", "Among them, the one that this is about: its host name";
    SANDBOX_PAGE sandbox page Url, Sandbox, always,
        "La page d’essai qui montre le bouton", "The test page that shows the button";
    SANDBOX_ADDRESSES sandbox addresses Networks, Sandbox, never,
        "Adresses IP d’où sort le serveur, s’il y en a de fixes", "IP addresses the server calls from, if they are fixed";
    SANDBOX_ENTITY sandbox entity_id Client, Sandbox, never,
        "Pour reprendre les usagers d’un client de FranceConnect v1 : son client_id", "To take over the users of a client of FranceConnect v1: its client_id";

    QUALIFICATION_REPORT qualification report File, Qualification, never,
        "Le fichier où journey qualify garde le rapport de la recette interne, en JSON : journey en dit alors le jour et le résultat",
        "The file where journey qualify keeps the report of the internal acceptance, as JSON: journey then tells its day and result";

    PRODUCTION_CONFIGURATION production configuration File, Production, always,
        "Configuration de production : wrangler.toml, spin.toml ou environment", "Configuration of production: wrangler.toml, spin.toml or environment";
    PRODUCTION_ENV production wrangler_env Text, Production, never,
        "L’environnement de wrangler qui est la production ; sans lui, c’est le haut du fichier (vars) qui est lu",
        "The environment of wrangler that is production; without it the top of the file (vars) is read";
    PRODUCTION_SERVICES production services File, Production, never,
        "S’il y a plusieurs services par déploiement : le document qui les décrit (services.toml), quand la configuration ne le contient pas",
        "With several services in a deployment: the document that describes them (services.toml), where the configuration does not hold it";
    PRODUCTION_HOST production host Text, Production, never,
        "Parmi eux, celui dont il s’agit ici : son nom d’hôte", "Among them, the one that this is about: its host name";
    PRODUCTION_PAGE production page Url, Production, always,
        "La page publique qui montre le bouton", "The public page that shows the button";
    PRODUCTION_ADDRESSES production addresses Networks, Production, never,
        "Adresses IP d’où sort le serveur, s’il y en a de fixes", "IP addresses the server calls from, if they are fixed";

    SECRET_SINCE operations secret_since Day, Production, in_service,
        "Depuis quand le client_secret sert (journey enter l’écrit)", "Since when the client_secret serves (journey enter writes it)";
    SESSION_KEYS_SINCE operations session_keys_since Day, Production, in_service,
        "Le jour de la plus ancienne clé de FC_SESSION_KEYS (il la précède)", "The day of the oldest key of FC_SESSION_KEYS (it stands before it)";
    PRIVATE_KEYS_SINCE operations private_keys_since Day, Production, in_service_with_keys,
        "Depuis quand les clés de FC_PRIVATE_KEYS servent", "Since when the keys of FC_PRIVATE_KEYS serve";
    CONTACTS_CONFIRMED operations contacts_confirmed Day, Production, in_service,
        "Le jour où les contacts de DataPass ont été vérifiés", "The day the contacts of DataPass were checked";
    DOMAIN_UNTIL operations domain_until Day, Production, never,
        "Jusqu’à quand le nom de domaine est à vous, s’il se renouvelle", "Until when the domain name is yours, if it is renewed";
}
