//! Decides the two public documents: metadata (OpenID Connect Discovery §3) and key set (RFC 7517 §5).

use super::client::Alg;
use super::http::Reply;
use super::{Emulator, scopes};
use serde_json::{Value, json};

impl Emulator {
    /// `/.well-known/openid-configuration`.
    pub(super) fn discovery(&mut self) -> Reply {
        published("application/json; charset=utf-8", &self.metadata())
    }

    /// The metadata document of FranceConnect (eIDAS low).
    pub(super) fn metadata(&self) -> Value {
        let issuer = &self.settings.issuer;
        let mut claims = vec!["sub", "acr", "auth_time", "nonce", "aud", "exp", "iat", "iss"];
        claims.extend(scopes::every_claim());
        json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"),
            "userinfo_endpoint": format!("{issuer}/userinfo"),
            "jwks_uri": format!("{issuer}/jwks"),
            "end_session_endpoint": format!("{issuer}/session/end"),
            "revocation_endpoint": format!("{issuer}/token/revocation"),
            "acr_values_supported": ["eidas1"],
            "response_types_supported": ["code"],
            "response_modes_supported": ["form_post", "fragment", "query"],
            "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["HS256", "ES256", "RS256"],
            "userinfo_signing_alg_values_supported": ["HS256", "ES256", "RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["ES256", "RS256"],
            "code_challenge_methods_supported": ["S256"],
            "scopes_supported": scopes::all().collect::<Vec<_>>(),
            "claims_supported": claims,
            "claim_types_supported": ["normal"],
            "claims_parameter_supported": true,
            "request_parameter_supported": false,
            "request_uri_parameter_supported": true,
            "authorization_response_iss_parameter_supported": true,
        })
    }

    /// `/jwks`.
    pub(super) fn jwks(&mut self) -> Reply {
        published("application/jwk-set+json; charset=utf-8", &json!({ "keys": self.public_keys() }))
    }

    /// The EC key, and the RSA key if a client is signed for with it: making one takes a second.
    pub(super) fn public_keys(&self) -> Vec<Value> {
        let rsa = self.settings.clients.iter().any(|client| client.signing_alg == Alg::Rs256);
        let algs = if rsa { vec![Alg::Es256, Alg::Rs256] } else { vec![Alg::Es256] };
        algs.into_iter().filter_map(|alg| self.key(alg)).map(|key| Value::Object(key.jwk)).collect()
    }
}

fn published(content_type: &str, document: &Value) -> Reply {
    Reply::with_body(200, content_type, document.to_string()).header("cache-control", "public, max-age=600")
}
