//! Reads one registration with a provider: how it knows us, how it protects its tokens, what we ask it for.

mod asked;
mod protection;

use std::sync::Arc;

use self::asked::{level, optional, scopes};
use self::protection::{algorithm, client_auth, encryption, userinfo};
use super::Source;
use super::address::PublicUrl;
use super::habilitation;
use super::place::Place;
use super::reader::Reader;
use super::variables::*;
use crate::franceconnect::{Level, Product, Scopes};
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
