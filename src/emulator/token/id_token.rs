//! Decides the ID Token (OpenID Connect Core §2 as FranceConnect fills it): nine claims, or eight without
//! `amr`, and a header of `alg` and `kid` only.

use crate::emulator::Emulator;
use crate::emulator::state::{Grant, TOKEN_LIFE};
use crate::emulator::token::keys::{SigningKey, encode};
use crate::time::Timestamp;
use serde_json::{Map, Value, json};

/// A token before it is signed: bytes, because a fault may want other bytes than JSON gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::emulator) struct Unsigned {
    /// The protected header.
    pub(in crate::emulator) header: Vec<u8>,
    /// The claims.
    pub(in crate::emulator) payload: Vec<u8>,
}

impl Unsigned {
    /// An honest token of these claims.
    pub(in crate::emulator) fn new(key: &SigningKey, claims: &Map<String, Value>) -> Self {
        Self::with_header(&json!({ "alg": key.alg.name(), "kid": key.kid() }), claims)
    }

    /// A token of this header and these claims.
    pub(in crate::emulator) fn with_header(header: &Value, claims: &Map<String, Value>) -> Self {
        let payload = serde_json::to_vec(claims).unwrap_or_default();
        Self { header: header.to_string().into_bytes(), payload }
    }

    /// What is signed (RFC 7515 §5.1).
    pub(in crate::emulator) fn signing_input(&self) -> String {
        format!("{}.{}", encode(&self.header), encode(&self.payload))
    }

    /// The compact serialization, signed by `key` in its own algorithm.
    pub(in crate::emulator) fn sign(&self, key: &SigningKey) -> Option<String> {
        let input = self.signing_input();
        let signature = key.sign(input.as_bytes())?;
        Some(format!("{input}.{signature}"))
    }
}

impl Emulator {
    /// The claims of the ID Token of `grant`.
    pub(in crate::emulator) fn id_token_claims(&self, now: Timestamp, grant: &Grant) -> Map<String, Value> {
        let (now, auth_time) = (self.told(now), self.told(grant.login.at));
        let mut claims = Map::new();
        claims.insert("iss".into(), json!(self.settings.issuer));
        claims.insert("aud".into(), json!(&*grant.request.client_id));
        claims.insert("sub".into(), json!(self.sub(grant)));
        claims.insert("iat".into(), json!(now.unix()));
        claims.insert("exp".into(), json!(now.plus(TOKEN_LIFE).unix()));
        claims.insert("auth_time".into(), json!(auth_time.unix()));
        claims.insert("nonce".into(), json!(grant.request.nonce));
        claims.insert("acr".into(), json!(grant.request.level));
        if grant.request.amr {
            claims.insert("amr".into(), json!(grant.login.idp.amr));
        }
        claims
    }

    /// The pairwise subject of `grant`.
    pub(in crate::emulator) fn sub(&self, grant: &Grant) -> String {
        let (account, product) = (&grant.login.account, self.settings.product);
        self.client(&grant.request).map(|client| account.sub(client, product)).unwrap_or_default()
    }
}
