//! Decides what FranceConnect knows of a service provider (the partner form's fields that change an answer).

mod assertion;
mod auth;
mod file;
pub(in crate::emulator) mod key_sets;
pub(in crate::emulator) mod load;
pub(in crate::emulator) mod recipient;
pub(in crate::emulator) mod sector;

pub use load::ServiceDocument;

/// The signature algorithms that the partner form offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alg {
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
}

impl Alg {
    /// The name in a token's header (RFC 7518 §3.1).
    pub fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
        }
    }

    /// The type of its keys (RFC 7518 §6.1).
    pub(in crate::emulator) fn kty(self) -> &'static str {
        match self {
            Self::Es256 => "EC",
            Self::Rs256 => "RSA",
        }
    }

    /// The algorithm of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Es256, Self::Rs256].into_iter().find(|alg| alg.name() == name)
    }
}

/// How a service provider of FranceConnect+ has its tokens encrypted (`id_token_encrypted_response_alg` and
/// `userinfo_encrypted_response_alg`, the same); the content always with `A256GCM`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// A key agreed on P-256 (RFC 7518 §4.6).
    EcdhEs,
    /// A random key under RSAES-OAEP with SHA-1 (RFC 7518 §4.3).
    RsaOaep,
    /// A random key under RSAES-OAEP with SHA-256 (RFC 7518 §4.3).
    RsaOaep256,
}

impl Encryption {
    /// All of them, as the metadata list them.
    pub const ALL: [Self; 3] = [Self::EcdhEs, Self::RsaOaep, Self::RsaOaep256];

    /// The name in a token's header (RFC 7518 §4.1).
    pub fn name(self) -> &'static str {
        match self {
            Self::EcdhEs => "ECDH-ES",
            Self::RsaOaep => "RSA-OAEP",
            Self::RsaOaep256 => "RSA-OAEP-256",
        }
    }

    /// The algorithm of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|alg| alg.name() == name)
    }
}

/// How a service provider proves itself at the token endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientAuth {
    /// `client_secret_post`.
    SecretPost,
    /// `private_key_jwt` (OpenID Connect Core §9), with ES256.
    PrivateKeyJwt,
}

/// One registered service provider. By default one that may do what FranceConnect's sandbox opens to everybody, and
/// has no addresses yet.
#[derive(Debug, Clone)]
pub struct Client {
    /// `client_id`, called *key* by FranceConnect.
    pub client_id: String,
    /// `client_secret`.
    pub client_secret: String,
    /// The name shown to the citizen.
    pub name: String,
    /// The address of the service.
    pub site: String,
    /// Where a citizen may be sent with a code; compared as text.
    pub redirect_uris: Vec<String>,
    /// Where a citizen may be sent after a logout; compared as text.
    pub post_logout_redirect_uris: Vec<String>,
    /// `id_token_signed_response_alg` and `userinfo_signed_response_alg`, the same at FranceConnect.
    pub signing_alg: Alg,
    /// How its tokens are encrypted; looked at by FranceConnect+ only, where every registration has it: without it
    /// they are not, which a relying party must refuse.
    pub encryption: Option<Encryption>,
    /// Where its public keys are, to encrypt to and to verify assertions with.
    pub jwks_uri: Option<String>,
    /// How it proves itself.
    pub auth: ClientAuth,
    /// The scopes of the habilitation; `None` opens all.
    pub scopes: Option<Vec<String>>,
    /// Which mandates of Aidants Connect cover it (`rep_scope`); `None` takes all.
    pub rep_scope: Option<Vec<String>>,
    /// Whether `amr` may be asked as a claim.
    pub amr: bool,
    /// `allowedIdpHints`: empty opens none, and without a list of its own it may name any of the selection page.
    pub idp_hints: Option<Vec<String>>,
    /// Whether it is known at all to a citizen who comes from it.
    pub active: bool,
    /// `entityId`, the entity that subjects are computed for; the `client_id` if it is absent.
    pub entity_id: Option<String>,
    /// `sector_identifier_uri`, where every callback is listed: needed for callbacks on several hosts.
    pub sector_identifier_uri: Option<String>,
    /// Whether it is a private body whose citizens consent by ticking a box (`identityConsent`).
    pub identity_consent: bool,
    /// Whether `prompt=login` alone skips the information page (`allowedPrompts`).
    pub direct: bool,
}

impl Default for Client {
    fn default() -> Self {
        Self {
            client_id: String::new(),
            client_secret: String::new(),
            name: "Service local".to_owned(),
            site: String::new(),
            redirect_uris: Vec::new(),
            post_logout_redirect_uris: Vec::new(),
            signing_alg: Alg::Es256,
            encryption: None,
            jwks_uri: None,
            auth: ClientAuth::SecretPost,
            scopes: None,
            rep_scope: None,
            amr: true,
            idp_hints: None,
            active: true,
            entity_id: None,
            sector_identifier_uri: None,
            identity_consent: false,
            direct: false,
        }
    }
}

impl Client {
    /// Whether the habilitation covers `scope`; `openid` needs none.
    pub(in crate::emulator) fn may_ask(&self, scope: &str) -> bool {
        scope == "openid" || self.scopes.as_ref().is_none_or(|open| open.iter().any(|known| known == scope))
    }

    /// The origins that a form's redirects may reach on their way back to this service.
    pub(in crate::emulator) fn origins(&self) -> Vec<String> {
        let uris = self.redirect_uris.iter().chain(&self.post_logout_redirect_uris).chain([&self.site]);
        let mut origins: Vec<String> = Vec::new();
        for url in uris.filter_map(|uri| url::Url::parse(uri).ok()) {
            let origin = url.origin().ascii_serialization();
            if url.has_host() && !origins.contains(&origin) {
                origins.push(origin);
            }
        }
        origins
    }
}
