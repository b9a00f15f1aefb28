//! Decides how a token is shown to a person: its parts as JSON, whatever of them can be read; nothing is verified.

use super::Exchange;
use crate::emulator::Endpoint;
use crate::emulator::token::keys::decode;
use serde_json::{Value, json};

/// A token, decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::emulator) struct Shown {
    /// `id_token`, `userinfo`, `id_token_hint`, `client_assertion`.
    pub(in crate::emulator) name: &'static str,
    /// The header of the encryption, if there is one.
    pub(in crate::emulator) encryption: Option<Value>,
    pub(in crate::emulator) header: Value,
    pub(in crate::emulator) claims: Value,
}

impl Shown {
    fn read(name: &'static str, token: &str, inner: Option<&str>) -> Option<Self> {
        let parts = |token: &str| token.split('.').map(str::to_owned).collect::<Vec<_>>();
        let part = |parts: &[String], at: usize| {
            let bytes = decode(parts.get(at)?)?;
            Some(serde_json::from_slice(&bytes).unwrap_or_else(|_| json!(String::from_utf8_lossy(&bytes))))
        };
        let outer = parts(token);
        let (encryption, signed) = match (outer.len(), inner) {
            (5, Some(inner)) => (part(&outer, 0), parts(inner)),
            // What is inside only the service can read.
            (5, None) => {
                return Some(Self {
                    name,
                    encryption: part(&outer, 0),
                    header: Value::Null,
                    claims: Value::Null,
                });
            }
            _ => (None, outer),
        };
        Some(Self { name, encryption, header: part(&signed, 0)?, claims: part(&signed, 1)? })
    }

    pub(in crate::emulator) fn to_json(&self) -> Value {
        json!({ "name": self.name, "encryption": self.encryption, "header": self.header, "claims": self.claims })
    }
}

impl Exchange {
    /// The answer, if it is JSON.
    pub(in crate::emulator) fn answer(&self) -> Option<Value> {
        serde_json::from_str(&self.body).ok()
    }

    /// Every token of this exchange, sent or answered.
    pub(in crate::emulator) fn tokens(&self) -> Vec<Shown> {
        let sent = |name: &'static str| {
            let (_, value) = self.params.iter().find(|(known, _)| known == name)?;
            Shown::read(name, value, None)
        };
        let answered = match self.endpoint {
            Endpoint::Token => self.answer().and_then(|answer| {
                Shown::read("id_token", answer.get("id_token")?.as_str()?, self.inner.as_deref())
            }),
            Endpoint::UserInfo if !self.body.starts_with('{') => {
                Shown::read("userinfo", &self.body, self.inner.as_deref())
            }
            _ => None,
        };
        [sent("id_token_hint"), sent("client_assertion"), answered].into_iter().flatten().collect()
    }
}
