//! Decides the two public documents: metadata (OpenID Connect Discovery §3) and key set (RFC 7517 §5).

use super::fault::{Fault, STRANGER};
use super::http::Reply;
use super::token::keys::SigningKey;
use super::{Emulator, Encryption, Product};
use serde_json::{Value, json};

impl Emulator {
    /// `/.well-known/openid-configuration`.
    pub(super) fn discovery(&mut self) -> Reply {
        let served = self.served;
        self.served += 1;
        if let Some(Fault::Discovery(lie)) = self.fault {
            return lie.answer(self.metadata(), &self.settings.issuer, served);
        }
        published("application/json; charset=utf-8", &self.metadata())
    }

    /// The metadata document of this product.
    pub(super) fn metadata(&self) -> Value {
        let issuer = &self.settings.issuer;
        let mut claims = vec!["sub", "acr", "auth_time", "nonce", "aud", "exp", "iat", "iss"];
        let product = self.settings.product;
        claims.extend(product.every_claim());
        let signing: &[&str] = match product {
            Product::Standard => &["HS256", "ES256", "RS256"],
            Product::Plus => &["ES256"],
        };
        let client_signing: Vec<&str> = product.assertion_algs().iter().map(|alg| alg.name()).collect();
        let mut metadata = json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"),
            "userinfo_endpoint": format!("{issuer}/userinfo"),
            "jwks_uri": format!("{issuer}/jwks"),
            "end_session_endpoint": format!("{issuer}/session/end"),
            "revocation_endpoint": format!("{issuer}/token/revocation"),
            "acr_values_supported": product.levels(),
            "response_types_supported": ["code"],
            "response_modes_supported": ["form_post", "fragment", "query"],
            "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": signing,
            "userinfo_signing_alg_values_supported": signing,
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": client_signing,
            "code_challenge_methods_supported": ["S256"],
            "scopes_supported": product.scopes().collect::<Vec<_>>(),
            "claims_supported": claims,
            "claim_types_supported": ["normal"],
            "claims_parameter_supported": true,
            "request_parameter_supported": false,
            "request_uri_parameter_supported": true,
            "authorization_response_iss_parameter_supported": true,
        });
        if let (Product::Plus, Some(members)) = (product, metadata.as_object_mut()) {
            for token in ["id_token", "userinfo"] {
                let algs = Encryption::ALL.map(Encryption::name);
                members.insert(format!("{token}_encryption_alg_values_supported"), json!(algs));
                members.insert(format!("{token}_encryption_enc_values_supported"), json!(["A256GCM"]));
            }
        }
        metadata
    }

    /// `/jwks`.
    pub(super) fn jwks(&mut self) -> Reply {
        let keys = self.published_keys();
        if let Some(Fault::Keys(lie)) = self.fault {
            return lie.answer(keys, &self.settings.seed);
        }
        key_set(keys)
    }

    /// The keys of a stranger, at the address that a forged header names.
    pub(super) fn stranger_keys(&self) -> Reply {
        let algs = self.settings.clients.iter().map(|client| self.alg(client));
        key_set(algs.filter_map(|alg| SigningKey::derive(&self.settings.seed, alg, STRANGER)).collect())
    }
}

fn key_set(keys: Vec<SigningKey>) -> Reply {
    let keys: Vec<Value> = keys.into_iter().map(|key| Value::Object(key.jwk)).collect();
    published("application/jwk-set+json; charset=utf-8", &json!({ "keys": keys }))
}

fn published(content_type: &str, document: &Value) -> Reply {
    Reply::with_body(200, content_type, document.to_string()).header("cache-control", "public, max-age=600")
}
