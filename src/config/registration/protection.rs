//! Decides how what goes between us and a provider is protected: our authentication, the signature and encryption of
//! its tokens, the form of its userinfo.

use crate::config::reader::Reader;
use crate::config::variables::*;
use crate::franceconnect::Product;
use crate::jose::{Algorithm, KeyManagement};
use crate::oidc::{ClientAuth, UserInfoFormat};

pub(super) fn algorithm(reader: &mut Reader<'_>, product: Product) -> Option<Algorithm> {
    let word = reader.value(FC_ID_TOKEN_ALG);
    let algorithm = Algorithm::parse(&word);
    if algorithm.is_none() && word.starts_with("HS") {
        reader.faults.add(
            FC_ID_TOKEN_ALG,
            "HS256 n’est plus proposé par le formulaire des partenaires, et toute fuite du secret permettrait de forger des identités : choisir ES256 ou RS256.",
            "HS256 is no longer offered by the partner form, and whoever saw the secret could forge identities: choose ES256 or RS256.",
        );
    } else if algorithm.is_none() {
        reader.faults.add(FC_ID_TOKEN_ALG, "n’est pas l’un de : ES256, RS256.", "is none of: ES256, RS256.");
    }
    if algorithm == Some(Algorithm::Rs256) && product == Product::Plus {
        reader.faults.add(
            FC_ID_TOKEN_ALG,
            "FranceConnect+ ne signe qu’en ES256.",
            "FranceConnect+ signs with ES256 only.",
        );
    }
    algorithm
}

pub(super) fn client_auth(reader: &mut Reader<'_>, name: &'static str, strict: bool) -> ClientAuth {
    let words = [ClientAuth::SecretPost, ClientAuth::PrivateKeyJwt, ClientAuth::SecretBasic]
        .map(|auth| (auth.name(), auth));
    let auth = reader.word(name, &words).unwrap_or(ClientAuth::SecretPost);
    if strict && auth == ClientAuth::SecretBasic {
        reader.faults.add(
            name,
            "FranceConnect ne connaît que client_secret_post et private_key_jwt.",
            "FranceConnect knows client_secret_post and private_key_jwt only.",
        );
    }
    auth
}

/// How tokens are encrypted to us: always with FranceConnect+, never with FranceConnect, as registered elsewhere.
pub(super) fn encryption(reader: &Reader<'_>, product: Product, strict: bool) -> Option<KeyManagement> {
    // What is no algorithm is reported once, where the keys are read.
    let given = reader.given(FC_ENCRYPTION_ALG).and_then(|word| KeyManagement::parse(&word));
    match product {
        Product::Plus => Some(given.unwrap_or(KeyManagement::EcdhEs)),
        Product::Standard if strict => None,
        Product::Standard => given,
    }
}

pub(super) fn userinfo(reader: &mut Reader<'_>, strict: bool) -> UserInfoFormat {
    let words = [("jwt", UserInfoFormat::SignedJwt), ("json", UserInfoFormat::Json)];
    let format = reader.word(FC_USERINFO, &words).unwrap_or(UserInfoFormat::SignedJwt);
    if strict && format != UserInfoFormat::SignedJwt {
        reader.faults.add(
            FC_USERINFO,
            "FranceConnect signe toujours : jwt.",
            "FranceConnect always signs: jwt.",
        );
    }
    format
}
