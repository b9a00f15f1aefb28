//! Reads one registration with a provider: how it knows us, how it protects its tokens, what we ask it for.

use std::sync::Arc;

use super::Source;
use super::address::PublicUrl;
use super::habilitation;
use super::place::Place;
use super::reader::Reader;
use super::variables::*;
use crate::franceconnect::{Level, Product, ScopeFault, Scopes};
use crate::jose::{Algorithm, KeyManagement, PrivateKeySet};
use crate::oidc::{Client, ClientAuth, UserInfoFormat};
use crate::secret::Secret;

/// A client of one provider, and what it asks for.
#[derive(Debug)]
pub struct Registration {
    pub(crate) product: Product,
    pub(crate) source: Source,
    pub(crate) client: Client,
    pub(crate) scopes: Scopes,
    /// The least level that is asked for and accepted.
    pub(crate) level: Option<Level>,
    /// The level that was granted, if a habilitation is recorded.
    pub(crate) granted: Option<Level>,
    /// What goes into the authorization request besides the code flow's own parameters and the level.
    pub(crate) authorization: Vec<(&'static str, String)>,
}

impl Registration {
    /// The provider's issuer identifier.
    pub fn issuer(&self) -> &str {
        self.source.issuer()
    }

    /// The highest level this provider can vouch for, whatever its tokens say; nothing is known of other providers.
    pub(crate) fn highest(&self) -> Level {
        match self.source {
            Source::BuiltIn(_) if self.product == Product::Standard => Level::Eidas1,
            _ => Level::Eidas3,
        }
    }

    /// Which product it is with.
    pub fn product(&self) -> Product {
        self.product
    }
}

/// The variables of one registration.
pub(super) struct Names {
    issuer: &'static str,
    client_id: &'static str,
    client_secret: &'static str,
    next_secret: &'static str,
    client_auth: &'static str,
    scopes: &'static str,
    amr: &'static str,
    idp_hint: &'static str,
}

/// The one client, or the first of two.
pub(super) const FIRST: Names = Names {
    issuer: FC_ISSUER,
    client_id: FC_CLIENT_ID,
    client_secret: FC_CLIENT_SECRET,
    next_secret: FC_CLIENT_SECRET_NEXT,
    client_auth: FC_CLIENT_AUTH,
    scopes: FC_SCOPES,
    amr: FC_AMR,
    idp_hint: FC_IDP_HINT,
};

/// The client of FranceConnect+ beside one of FranceConnect.
pub(super) const SECOND: Names = Names {
    issuer: FC_PLUS_ISSUER,
    client_id: FC_PLUS_CLIENT_ID,
    client_secret: FC_PLUS_CLIENT_SECRET,
    next_secret: FC_PLUS_CLIENT_SECRET_NEXT,
    client_auth: FC_PLUS_CLIENT_AUTH,
    scopes: FC_PLUS_SCOPES,
    amr: FC_PLUS_AMR,
    idp_hint: FC_PLUS_IDP_HINT,
};

/// The variables that mean nothing without a second client.
pub(super) const SECOND_ONLY: [&str; 7] = [
    FC_PLUS_CLIENT_SECRET,
    FC_PLUS_CLIENT_SECRET_NEXT,
    FC_PLUS_CLIENT_AUTH,
    FC_PLUS_ISSUER,
    FC_PLUS_SCOPES,
    FC_PLUS_AMR,
    FC_PLUS_IDP_HINT,
];

/// What was read; parts that had faults are absent or harmless.
pub(super) struct Draft {
    product: Product,
    strict: bool,
    source: Option<Source>,
    client_id: String,
    client_secret: String,
    next_secret: Option<String>,
    pub(super) auth: ClientAuth,
    algorithm: Option<Algorithm>,
    pub(super) encryption: Option<KeyManagement>,
    userinfo: UserInfoFormat,
    leeway: i64,
    pub(super) scopes: Option<Scopes>,
    level: Option<Level>,
    granted: Option<Level>,
    authorization: Vec<(&'static str, String)>,
}

/// Reads the registration at `place` from the variables `names`.
pub(super) fn read(reader: &mut Reader<'_>, site: Option<&PublicUrl>, place: Place, names: &Names) -> Draft {
    let strict = place.is_strict();
    let product = place.product();
    let first = names.client_id == FC_CLIENT_ID;
    let scopes = scopes(reader, names.scopes, product, strict);
    let mut authorization = Vec::new();
    if let Some(scopes) = &scopes {
        authorization.push(("scope", scopes.parameter()));
    }
    if reader.word(names.amr, &[("false", false), ("true", true)]) == Some(true) {
        authorization.push(("claims", r#"{"id_token":{"amr":{"essential":true}}}"#.to_owned()));
    }
    optional(reader, names, &mut authorization);
    let auth = client_auth(reader, names.client_auth, strict);
    let encryption = encryption(reader, product, strict);
    let userinfo = userinfo(reader, strict);
    // FranceConnect's own have this fault already.
    if !strict && encryption.is_some() && userinfo == UserInfoFormat::Json {
        reader.faults.add(
            FC_USERINFO,
            "ne peut être json quand les jetons sont chiffrés : jwt.",
            "cannot be json where tokens are encrypted: jwt.",
        );
    }
    let level = if first { level(reader, product, strict) } else { Some(product.lowest()) };
    // Another provider grants nothing of FranceConnect's.
    let ours = (scopes.as_ref().filter(|_| strict), level.filter(|_| strict));
    let granted = habilitation::held(reader, product, ours.0, ours.1).filter(|_| strict);
    Draft {
        product,
        strict,
        source: place.source(reader, site, names.issuer),
        client_id: credential(reader, names.client_id),
        client_secret: match auth {
            ClientAuth::PrivateKeyJwt => String::new(),
            ClientAuth::SecretPost | ClientAuth::SecretBasic => credential(reader, names.client_secret),
        },
        next_secret: match auth {
            ClientAuth::PrivateKeyJwt => None,
            ClientAuth::SecretPost | ClientAuth::SecretBasic => {
                reader.given(names.next_secret).map(|value| sound(reader, names.next_secret, value))
            }
        },
        auth,
        algorithm: if first { algorithm(reader, product) } else { Some(Algorithm::Es256) },
        encryption,
        userinfo,
        leeway: reader.number(FC_LEEWAY, 0, 60).unwrap_or_default(),
        granted,
        scopes,
        level,
        authorization,
    }
}

impl Draft {
    /// What sealed values are for: nothing sealed for one registration opens for another.
    pub(super) fn audience(&self) -> String {
        let issuer = self.source.as_ref().map_or("", Source::issuer);
        format!("{issuer}\n{}", self.client_id)
    }

    /// Notes that a path asks for a higher level than was granted.
    pub(super) fn hold(&self, reader: &mut Reader<'_>, highest: Option<Level>) {
        let asked = highest.filter(|level| level.product() == self.product);
        if self.granted.is_some() {
            habilitation::exceeded(reader, self.granted, asked);
        }
    }

    /// The registration, unless a part had a fault. `at` makes addresses of ours.
    pub(super) fn finish(
        self,
        at: &dyn Fn(&str) -> String,
        private_keys: &Arc<PrivateKeySet>,
    ) -> Option<Registration> {
        let client = Client {
            id: self.client_id,
            secret: Secret::new(self.client_secret),
            next_secret: self.next_secret.map(Secret::new),
            auth: self.auth,
            algorithm: self.algorithm?,
            encryption: self.encryption,
            private_keys: Arc::clone(private_keys),
            userinfo: self.userinfo,
            redirect_uri: at("callback"),
            post_logout_redirect_uri: at("logout/callback"),
            leeway: self.leeway,
            userinfo_expires: self.strict,
            // FranceConnect's tokens live 60 seconds; other providers' an hour and more.
            token_life: if self.strict { 60 } else { 86_400 },
        };
        Some(Registration {
            product: self.product,
            source: self.source?,
            client,
            scopes: self.scopes?,
            level: self.level,
            granted: self.granted,
            authorization: self.authorization,
        })
    }
}

fn credential(reader: &mut Reader<'_>, name: &'static str) -> String {
    match reader.required(name) {
        Some(value) => sound(reader, name, value),
        None => String::new(),
    }
}

fn sound(reader: &mut Reader<'_>, name: &'static str, value: String) -> String {
    if value.len() > 256 || !value.bytes().all(|byte| byte.is_ascii_graphic()) {
        reader.faults.add(
            name,
            "contient un blanc ou un caractère qu’un identifiant ne peut avoir (copie incomplète ?), ou dépasse 256 caractères.",
            "holds a blank or a character that no credential has (a partial copy?), or is longer than 256 characters.",
        );
    }
    value
}

fn scopes(reader: &mut Reader<'_>, name: &'static str, product: Product, strict: bool) -> Option<Scopes> {
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

fn level(reader: &mut Reader<'_>, product: Product, strict: bool) -> Option<Level> {
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

fn algorithm(reader: &mut Reader<'_>, product: Product) -> Option<Algorithm> {
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

fn client_auth(reader: &mut Reader<'_>, name: &'static str, strict: bool) -> ClientAuth {
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
fn encryption(reader: &Reader<'_>, product: Product, strict: bool) -> Option<KeyManagement> {
    // What is no algorithm is reported once, where the keys are read.
    let given = reader.given(FC_ENCRYPTION_ALG).and_then(|word| KeyManagement::parse(&word));
    match product {
        Product::Plus => Some(given.unwrap_or(KeyManagement::EcdhEs)),
        Product::Standard if strict => None,
        Product::Standard => given,
    }
}

fn userinfo(reader: &mut Reader<'_>, strict: bool) -> UserInfoFormat {
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

fn optional(reader: &mut Reader<'_>, names: &Names, authorization: &mut Vec<(&'static str, String)>) {
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
