//! Reads what other parties fetch from us: our keys, and the callbacks that share a client.

use std::sync::Arc;

use url::Url;

use super::Faults;
use super::address::is_loopback;
use super::reader::Reader;
use super::registration::Draft;
use super::variables::*;
use crate::jose::{KeyFault, KeyManagement, MOST_PRIVATE_KEYS, PrivateKeySet};
use crate::oidc::ClientAuth;
use crate::secret::Secret;
use crate::session::KeyRing;

/// Most callbacks of other sites.
const MOST_CALLBACKS: usize = 100;

/// Reads a JWK Set of private keys as `FC_PRIVATE_KEYS` is read.
///
/// # Errors
/// Everything that is wrong with it, as faults of `FC_PRIVATE_KEYS`.
pub fn private_keys(text: &Secret) -> Result<PrivateKeySet, Faults> {
    PrivateKeySet::parse(text).map_err(|found| {
        let mut faults = Faults::default();
        key_faults(&mut faults, FC_PRIVATE_KEYS, found);
        faults
    })
}

/// Notes what is wrong with the set of keys in `variable`.
pub(super) fn key_faults(faults: &mut Faults, variable: &'static str, found: Vec<KeyFault>) {
    for fault in found {
        let (fr, en) = words(fault);
        faults.add(variable, fr, en);
    }
}

/// The private keys of a configuration, which must do what `drafts` say that they do.
pub(super) fn needed(reader: &mut Reader<'_>, drafts: &[&Draft]) -> Arc<PrivateKeySet> {
    let encryption = drafts.iter().find_map(|draft| draft.encryption);
    let signs = drafts.iter().any(|draft| draft.auth == ClientAuth::PrivateKeyJwt);
    algorithm(reader, encryption);
    let Some(text) = reader.given(FC_PRIVATE_KEYS) else {
        if encryption.is_some() || signs {
            reader.faults.missing(FC_PRIVATE_KEYS);
        }
        return Arc::new(PrivateKeySet::none());
    };
    let keys = match private_keys(&Secret::new(text)) {
        Ok(keys) => keys,
        Err(faults) => {
            reader.faults.extend(faults);
            return Arc::new(PrivateKeySet::none());
        }
    };
    let mut lacks = |alg: &str| {
        reader.faults.add(
            FC_PRIVATE_KEYS,
            format!("ne contient aucune clé {alg} ; keygen jwks --add-to FICHIER --alg {alg} en ajoute une."),
            format!("holds no {alg} key; keygen jwks --add-to FILE --alg {alg} adds one."),
        );
    };
    if let Some(management) = encryption.filter(|management| !keys.decrypts(*management)) {
        lacks(management.name());
    }
    if signs && !keys.signs() {
        lacks("ES256");
    }
    Arc::new(keys)
}

fn algorithm(reader: &mut Reader<'_>, encryption: Option<KeyManagement>) {
    let Some(word) = reader.given(FC_ENCRYPTION_ALG) else { return };
    if KeyManagement::parse(&word).is_none() {
        reader.faults.add(
            FC_ENCRYPTION_ALG,
            "n’est pas l’un de : ECDH-ES, RSA-OAEP-256 (le contenu est toujours chiffré en A256GCM).",
            "is none of: ECDH-ES, RSA-OAEP-256 (content is always encrypted with A256GCM).",
        );
    } else if encryption.is_none() {
        reader.faults.add(
            FC_ENCRYPTION_ALG,
            "ne se renseigne qu’avec FranceConnect+ ou FC_ENVIRONMENT=other : FranceConnect ne chiffre pas.",
            "goes with FranceConnect+ or FC_ENVIRONMENT=other only: FranceConnect does not encrypt.",
        );
    }
}

fn words(fault: KeyFault) -> (String, String) {
    let (place, fr, en) = match fault {
        KeyFault::NotASet => (
            0,
            "n’est pas un JWK Set {\"keys\":[…]} ; la commande keygen jwks en fait un.",
            "is no JWK Set {\"keys\":[…]}; the command keygen jwks makes one.",
        ),
        KeyFault::Empty => (0, "ne contient aucune clé.", "holds no key."),
        KeyFault::TooMany => {
            let most = MOST_PRIVATE_KEYS;
            return (format!("contient plus de {most} clés."), format!("holds more than {most} keys."));
        }
        KeyFault::NotAKey(place) => (place, "n’est pas un objet JSON.", "is no JSON object."),
        KeyFault::Kid(place) => (
            place,
            "il lui faut un kid : jusqu’à 128 caractères ASCII sans blanc.",
            "needs a kid: up to 128 ASCII characters without a blank.",
        ),
        KeyFault::RepeatedKid(place) => (
            place,
            "son kid est déjà pris ; qui lit la liste ne saurait laquelle choisir.",
            "its kid is taken already; who reads the list could not tell which to choose.",
        ),
        KeyFault::Repeated(place) => (
            place,
            "est une autre clé de la liste, sous un autre nom : une clé, un usage.",
            "is another key of the list under another name: one key, one purpose.",
        ),
        KeyFault::Use(place) => (
            place,
            "use et alg doivent être enc avec ECDH-ES ou RSA-OAEP-256, ou sig avec ES256.",
            "use and alg must be enc with ECDH-ES or RSA-OAEP-256, or sig with ES256.",
        ),
        KeyFault::Kind(place) => (
            place,
            "kty ne convient pas à alg : EC avec crv P-256 pour ECDH-ES et ES256, RSA pour RSA-OAEP-256.",
            "kty does not fit alg: EC with crv P-256 for ECDH-ES and ES256, RSA for RSA-OAEP-256.",
        ),
        KeyFault::Public(place) => {
            (place, "est une clé publique : il manque d.", "is a public key: d is missing.")
        }
        KeyFault::Numbers(place) => (
            place,
            "ses nombres ne forment pas une paire de clés (P-256, ou RSA de 2048 à 4096 bits avec n, e, d, p, q).",
            "its numbers are no key pair (P-256, or RSA of 2048 to 4096 bits with n, e, d, p, q).",
        ),
    };
    match place {
        0 => (fr.to_owned(), en.to_owned()),
        _ => (format!("clé n° {place} : {fr}"), format!("key {place}: {en}")),
    }
}

/// The sector identifier document (OpenID Connect Registration §5): our callback and the other ones of this
/// client. Nothing if no other site shares it.
pub(super) fn sector(reader: &mut Reader<'_>, own: &str, loopback: bool) -> Option<String> {
    let list = reader.given(FC_SECTOR_REDIRECT_URIS)?;
    let mut callbacks = vec![own];
    for entry in list.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
        let literal =
            entry.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'#' | b'*'));
        let sound = Url::parse(entry).is_ok_and(|url| {
            let secure = url.scheme() == "https" || loopback && url.scheme() == "http" && is_loopback(&url);
            secure && url.username().is_empty() && url.password().is_none() && url.path() != "/"
        });
        if !literal || !sound {
            reader.faults.add(
                FC_SECTOR_REDIRECT_URIS,
                "doit lister des adresses de retour complètes, comme https://autre.exemple.fr/auth/callback.",
                "must list whole callbacks, such as https://other.example.fr/auth/callback.",
            );
        } else if !callbacks.contains(&entry) {
            callbacks.push(entry);
        }
    }
    if callbacks.len() > MOST_CALLBACKS {
        reader.faults.add(
            FC_SECTOR_REDIRECT_URIS,
            "liste plus de 100 adresses.",
            "lists more than 100 addresses.",
        );
    }
    Some(serde_json::json!(callbacks).to_string())
}

/// What opens the operator's page: a key as `keygen` makes it, used nowhere else.
pub(super) fn operator(reader: &mut Reader<'_>) -> Option<Secret> {
    let given = Secret::new(reader.given(FC_OPERATOR_KEY)?);
    let sound = KeyRing::parse(&given, "").is_ok_and(|ring| ring.made().count() == 1);
    let bare = |key: &str| key.trim().rsplit('.').next().unwrap_or_default().to_owned();
    let sessions = Secret::new(reader.given(FC_SESSION_KEYS).unwrap_or_default());
    if !sound {
        reader.faults.add(
            FC_OPERATOR_KEY,
            "n’est pas une clé telle que la commande keygen en fait une.",
            "is no key of the kind that the command keygen makes.",
        );
    } else if sessions.expose().split(',').any(|key| bare(key) == bare(given.expose())) {
        reader.faults.add(
            FC_OPERATOR_KEY,
            "est une clé de FC_SESSION_KEYS : une clé, un usage.",
            "is a key of FC_SESSION_KEYS: one key, one purpose.",
        );
    }
    Some(given)
}
