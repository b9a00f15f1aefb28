//! Decides what a file of clients says: `[[client]]` by `[[client]]`, the fields of FranceConnect's own record with the
//! rules and the error texts of the form that partners fill in, and the defaults of its sandbox.
//!
//! One rule is wider: where the form wants https, http will do on loopback, since a laptop has no certificate.

use super::{Alg, Client, ClientAuth, Encryption};
use crate::document::{Document, Flaw, Table};
use crate::emulator::product::Product;
use std::net::IpAddr;
use url::{Host, Url};

/// Longest address, in characters.
const LONGEST_URL: usize = 1024;
/// Longest name, in characters.
const LONGEST_NAME: usize = 256;
/// Fewest characters of a secret: with less its tokens cannot be revoked.
const SHORTEST_SECRET: usize = 32;

/// The form's words, and their meaning.
const NO_NAME: (&str, &str) = ("Veuillez saisir le nom de votre instance", "Enter the name of your instance");
const NO_URL: (&str, &str) = ("Veuillez saisir une url valide", "Enter a valid URL");
const NO_CALLBACK: (&str, &str) =
    ("Veuillez saisir votre url de connexion (url de callback)", "Enter your login URL (callback URL)");
const TWO_HOSTS: (&str, &str) = (
    "Veuillez renseigner un seul nom de domaine et de sous domaine",
    "Enter one domain and sub-domain only, or a sector_identifier_uri",
);
const NO_LOGOUT: (&str, &str) =
    ("Veuillez saisir votre url de déconnexion (url de logout)", "Enter your logout URL");
const NO_ADDRESS: (&str, &str) = ("Veuillez saisir une adresse IP valide", "Enter a valid IP address");
const NO_NUMBER: (&str, &str) = ("Veuillez saisir un numéro valide", "Enter a valid number");
const NO_ALG: (&str, &str) = (
    "Les algorithmes de signature autorisés sont les suivants: ES256 et RS256",
    "The signature algorithms allowed are: ES256 and RS256",
);
const NO_ENTITY: (&str, &str) = (
    "Le client id doit être compris entre 32 et 64 caractères",
    "The client id must be 32 to 64 letters, digits and hyphens",
);
const NO_PLATFORM: (&str, &str) = (
    "Veuillez saisir votre environnement : FranceConnect ou FranceConnect+",
    "Enter FranceConnect or FranceConnect+",
);
const REQUIRED: (&str, &str) = ("Ce champ est obligatoire", "This field is required");

impl Client {
    /// Reads a file of `[[client]]`; `environment` has the secrets that are written `$NAME`.
    ///
    /// # Errors
    /// Every flaw of the file, with its line.
    pub fn read(
        text: &str,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Vec<(Product, Client)>, Vec<Flaw>> {
        let document = Document::parse(text)?;
        let root = document.root();
        let mut clients: Vec<(Product, Client)> = Vec::new();
        for table in root.tables("client") {
            let (product, client) = client(&table, &environment);
            let twice =
                clients.iter().any(|(other, known)| *other == product && known.client_id == client.client_id);
            if twice {
                table.flaw("client_id", "est déjà celui d’un autre client.", "is another client's already.");
            }
            table.finish();
            clients.push((product, client));
        }
        if clients.is_empty() {
            root.flaw("client", "manque : aucun client n’est décrit.", "is missing: no client is described.");
        }
        root.finish();
        match document.flaws() {
            flaws if flaws.is_empty() => Ok(clients),
            flaws => Err(flaws),
        }
    }
}

fn client(table: &Table<'_, '_>, environment: &dyn Fn(&str) -> Option<String>) -> (Product, Client) {
    let tell = |name: &str, (fr, en): (&str, &str)| table.flaw(name, format!("{fr}."), format!("{en}."));
    let product = match table.text("platform").as_deref() {
        Some("FranceConnect") => Product::Standard,
        Some("FranceConnect+") => Product::Plus,
        _ => {
            tell("platform", NO_PLATFORM);
            Product::Standard
        }
    };
    let plus = product == Product::Plus;
    let name = table.text("name").filter(|name| !name.is_empty() && name.chars().count() <= LONGEST_NAME);
    if name.is_none() {
        tell("name", NO_NAME);
    }
    let client_id = table.text("client_id").filter(|id| !id.is_empty());
    if client_id.is_none() {
        tell("client_id", REQUIRED);
    }
    let auth = match table.text("token_endpoint_auth_method").as_deref() {
        None | Some("client_secret_post") => ClientAuth::SecretPost,
        Some("private_key_jwt") => ClientAuth::PrivateKeyJwt,
        Some(_) => {
            table.flaw(
                "token_endpoint_auth_method",
                "doit être client_secret_post ou private_key_jwt.",
                "must be client_secret_post or private_key_jwt.",
            );
            ClientAuth::SecretPost
        }
    };
    let client_secret = secret(table, auth, environment);
    let sector_identifier_uri = address(table, "sector_identifier_uri", NO_URL);
    let redirect_uris = addresses(table, "redirect_uris", NO_CALLBACK);
    let hosts = redirect_uris.iter().filter_map(|uri| authority(uri));
    let mut others = hosts.clone().filter(|host| Some(host) != hosts.clone().next().as_ref());
    if sector_identifier_uri.is_none() && others.next().is_some() {
        tell("redirect_uris", TWO_HOSTS);
    }
    let jwks_uri = address(table, "jwks_uri", NO_URL);
    if jwks_uri.is_none() && (plus || auth == ClientAuth::PrivateKeyJwt) {
        tell("jwks_uri", REQUIRED);
    }
    let entity_id = table.text("entity_id");
    if !entity_id.as_deref().is_none_or(is_entity) {
        tell("entity_id", NO_ENTITY);
    }
    ignored(table);
    let (scopes, claims) = (table.texts("scopes"), table.texts("claims"));
    let read = Client {
        client_id: client_id.unwrap_or_default(),
        client_secret,
        name: name.unwrap_or_default(),
        site: address(table, "site", NO_URL).unwrap_or_default(),
        redirect_uris,
        post_logout_redirect_uris: addresses(table, "post_logout_redirect_uris", NO_LOGOUT),
        signing_alg: signing(table, plus),
        encryption: encryption(table, plus),
        jwks_uri,
        auth,
        scopes,
        rep_scope: table.texts("rep_scope"),
        amr: claims.is_none_or(|claims| claims.iter().any(|claim| claim == "amr")),
        idp_hints: table.texts("allowed_idp_hints"),
        active: table.flag("active").unwrap_or(true),
        entity_id,
        sector_identifier_uri,
        identity_consent: table.flag("identity_consent").unwrap_or_default(),
        direct: table.texts("allowed_prompts").is_some_and(|prompts| prompts.iter().any(|p| p == "login")),
    };
    if let Some(scope) = read.scopes.iter().flatten().find(|scope| !product.has_scope(scope)) {
        let name = product.name();
        table.flaw(
            "scopes",
            format!("{scope} n’est pas un scope de {name}."),
            format!("{scope} is not a scope of {name}."),
        );
    }
    (product, read)
}

/// What the form asks for and no answer of the emulator depends on.
fn ignored(table: &Table<'_, '_>) {
    let tell = |name: &str, (fr, en): (&str, &str)| table.flaw(name, format!("{fr}."), format!("{en}."));
    let number = |text: &str| (1..=7).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if !table.text("signup_id").as_deref().is_none_or(number) {
        tell("signup_id", NO_NUMBER);
    }
    let range = |text: &String| {
        let (address, length) = text.split_once('/').map_or((text.as_str(), None), |(a, l)| (a, Some(l)));
        let most = address.parse().map(|address| if matches!(address, IpAddr::V4(_)) { 32 } else { 128 });
        most.is_ok_and(|most| length.is_none_or(|length| length.parse::<u8>().is_ok_and(|l| l <= most)))
    };
    if !table.texts("ip_server_addresses_and_ranges").unwrap_or_default().iter().all(range) {
        tell("ip_server_addresses_and_ranges", NO_ADDRESS);
    }
}

fn secret(table: &Table<'_, '_>, auth: ClientAuth, environment: &dyn Fn(&str) -> Option<String>) -> String {
    let written = table.text("client_secret");
    let (name, found) = match written.as_deref().and_then(|text| text.strip_prefix('$')) {
        Some(name) => (name, environment(name)),
        None => ("", written.clone()),
    };
    match found {
        None if !name.is_empty() => table.flaw(
            "client_secret",
            "nomme une variable que l’environnement n’a pas.",
            "names a variable that the environment does not have.",
        ),
        None if auth == ClientAuth::SecretPost => {
            table.flaw("client_secret", format!("{}.", REQUIRED.0), format!("{}.", REQUIRED.1));
        }
        Some(ref secret) if secret.len() < SHORTEST_SECRET || !secret.is_ascii() => table.flaw(
            "client_secret",
            format!("doit avoir au moins {SHORTEST_SECRET} caractères, ASCII seulement."),
            format!("must have at least {SHORTEST_SECRET} characters, ASCII only."),
        ),
        _ => {}
    }
    found.unwrap_or_default()
}

fn signing(table: &Table<'_, '_>, plus: bool) -> Alg {
    let name = table.text("id_token_signed_response_alg");
    let alg = name.as_deref().map(Alg::from_name);
    match alg {
        None if plus => Alg::Es256,
        Some(Some(alg)) if !plus || alg == Alg::Es256 => alg,
        None => {
            table.flaw(
                "id_token_signed_response_alg",
                format!("{}.", REQUIRED.0),
                format!("{}.", REQUIRED.1),
            );
            Alg::Es256
        }
        Some(_) if plus => {
            table.flaw(
                "id_token_signed_response_alg",
                "FranceConnect+ ne signe qu’avec ES256.",
                "FranceConnect+ signs with ES256 only.",
            );
            Alg::Es256
        }
        Some(_) => {
            table.flaw("id_token_signed_response_alg", format!("{}.", NO_ALG.0), format!("{}.", NO_ALG.1));
            Alg::Es256
        }
    }
}

fn encryption(table: &Table<'_, '_>, plus: bool) -> Option<Encryption> {
    let name = table.text("id_token_encrypted_response_alg");
    let alg = name.as_deref().and_then(Encryption::from_name);
    match (plus, name.is_some(), alg) {
        (true, _, None) => table.flaw(
            "id_token_encrypted_response_alg",
            "doit être ECDH-ES, RSA-OAEP-256 ou RSA-OAEP.",
            "must be ECDH-ES, RSA-OAEP-256 or RSA-OAEP.",
        ),
        (false, true, _) => table.flaw(
            "id_token_encrypted_response_alg",
            "n’existe que chez FranceConnect+.",
            "exists at FranceConnect+ only.",
        ),
        _ => {}
    }
    alg.filter(|_| plus)
}

/// A list of callbacks or logout returns: at least one, each http or https.
fn addresses(table: &Table<'_, '_>, name: &'static str, words: (&str, &str)) -> Vec<String> {
    let list = table.texts(name).unwrap_or_default();
    let sound = |text: &String| {
        text.chars().count() <= LONGEST_URL
            && Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
    };
    if list.is_empty() || !list.iter().all(sound) {
        table.flaw(name, format!("{}.", words.0), format!("{}.", words.1));
    }
    list
}

/// An https address, or an http one on loopback.
fn address(table: &Table<'_, '_>, name: &'static str, words: (&str, &str)) -> Option<String> {
    let text = table.text(name)?;
    let url = Url::parse(&text).ok().filter(|_| text.chars().count() <= LONGEST_URL);
    let sound = |url: &Url| url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url));
    if !url.as_ref().is_some_and(sound) {
        table.flaw(name, format!("{}.", words.0), format!("{}.", words.1));
    }
    Some(text)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn authority(uri: &str) -> Option<(String, Option<u16>)> {
    let url = Url::parse(uri).ok()?;
    Some((url.host_str()?.to_owned(), url.port_or_known_default()))
}

fn is_entity(text: &str) -> bool {
    (32..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}
