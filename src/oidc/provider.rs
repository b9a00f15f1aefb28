//! The two parties of a login as data: the provider with its endpoints, and our registration with it.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::jose::{Algorithm, KeyManagement, Object, PrivateKeySet};
use crate::secret::Secret;

/// An OpenID Provider whose endpoints are known: built in, or read from its discovery document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// The issuer identifier, byte for byte as tokens must repeat it.
    pub issuer: String,
    /// Where browsers are sent to log in.
    pub authorization_endpoint: String,
    /// Where codes are exchanged.
    pub token_endpoint: String,
    /// Where identities are asked for.
    pub userinfo_endpoint: String,
    /// Where the signature keys are.
    pub jwks_uri: String,
    /// Where browsers are sent to log out, if the provider knows logout (RP-Initiated Logout 1.0).
    pub end_session_endpoint: Option<String>,
    /// Whether the callback must carry `iss` (RFC 9207 §3).
    pub iss_parameter: bool,
    /// Whether PKCE S256 is used (RFC 7636); FranceConnect refuses its parameters.
    pub pkce: bool,
}

impl Provider {
    /// The provider as an object to be kept under seal.
    pub fn to_value(&self) -> Value {
        json!({
            "issuer": self.issuer,
            "authorization": self.authorization_endpoint,
            "token": self.token_endpoint,
            "userinfo": self.userinfo_endpoint,
            "jwks": self.jwks_uri,
            "end_session": self.end_session_endpoint.as_deref().unwrap_or_default(),
            "iss": self.iss_parameter,
            "pkce": self.pkce,
        })
    }

    /// Reads what [`Provider::to_value`] made.
    pub fn read(kept: &Object) -> Option<Self> {
        let text = |name: &str| kept.text(name).map(str::to_owned);
        let flag = |name: &str| kept.get(name).and_then(Value::as_bool);
        Some(Self {
            issuer: text("issuer")?,
            authorization_endpoint: text("authorization")?,
            token_endpoint: text("token")?,
            userinfo_endpoint: text("userinfo")?,
            jwks_uri: text("jwks")?,
            end_session_endpoint: text("end_session").filter(|endpoint| !endpoint.is_empty()),
            iss_parameter: flag("iss")?,
            pkce: flag("pkce")?,
        })
    }
}

/// How the token endpoint knows us (OIDC Core §9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientAuth {
    /// The secret in the form, as FranceConnect wants it.
    SecretPost,
    /// HTTP Basic, identifier and secret form-encoded first (RFC 6749 §2.3.1).
    SecretBasic,
    /// A JWT signed with our own `ES256` key, for those to whom it is granted.
    PrivateKeyJwt,
}

impl ClientAuth {
    /// The name in `token_endpoint_auth_method`.
    pub fn name(self) -> &'static str {
        match self {
            Self::SecretPost => "client_secret_post",
            Self::SecretBasic => "client_secret_basic",
            Self::PrivateKeyJwt => "private_key_jwt",
        }
    }
}

/// The form in which userinfo must come (OIDC Core §5.3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserInfoFormat {
    /// A signed JWT; nothing else is believed.
    SignedJwt,
    /// JSON over TLS, for named issuers that offer nothing better; never for FranceConnect.
    Json,
}

/// Our registration with a provider, and how strict we are with its tokens.
#[derive(Debug)]
pub struct Client {
    /// `client_id`.
    pub id: String,
    /// `client_secret`; empty where `private_key_jwt` stands for it.
    pub secret: Secret,
    /// The one that is to take its place, tried when the provider no longer takes the first.
    pub next_secret: Option<Secret>,
    /// How the token endpoint knows us.
    pub auth: ClientAuth,
    /// The one algorithm that signs ID Token and userinfo.
    pub algorithm: Algorithm,
    /// How ID Token and userinfo are encrypted to us, if they are.
    pub encryption: Option<KeyManagement>,
    /// Our own keys: those that open such tokens, and the one that signs for us.
    pub private_keys: Arc<PrivateKeySet>,
    /// What userinfo must be.
    pub userinfo: UserInfoFormat,
    /// Where the provider sends browsers back, exactly as registered.
    pub redirect_uri: String,
    /// Where the provider sends browsers back after logout, exactly as registered.
    pub post_logout_redirect_uri: String,
    /// Seconds by which clocks may differ.
    pub leeway: i64,
    /// Whether a signed userinfo must carry `exp`: FranceConnect's does, OIDC Core §5.3.2 leaves it open.
    pub userinfo_expires: bool,
    /// Longest life of an ID Token in seconds (`exp` − `iat`).
    pub token_life: i64,
}
