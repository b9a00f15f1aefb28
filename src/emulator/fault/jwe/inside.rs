//! Decides what else may be encrypted than the signed token.

use super::{Jwe, Letter};
use crate::emulator::fault::signature::{Pen, Signature};
use crate::emulator::token::id_token::Unsigned;
use crate::emulator::token::jwe::encrypt;
use crate::emulator::token::keys::encode;
use crate::secret::Chance;
use serde_json::{Map, Value, json};

const MEGABYTE: usize = 1024 * 1024;

impl Jwe {
    /// What is encrypted.
    pub(super) fn inside(self, letter: &Letter<'_>, chance: &mut Chance) -> Option<Vec<u8>> {
        let honest = letter.token;
        Some(match self {
            Self::BareClaims => serde_json::to_vec(letter.claims).ok()?,
            Self::InnerEmpty => Vec::new(),
            Self::InnerNotUtf8 => [b"\xff\xc0\xaf", honest.as_bytes()].concat(),
            Self::InnerJson => {
                let [header, payload, signature] = *honest.split('.').collect::<Vec<_>>() else {
                    return None;
                };
                let parts = json!({ "protected": header, "payload": payload, "signature": signature });
                parts.to_string().into_bytes()
            }
            Self::InnerForeign => Signature::Foreign.sign(letter.claims, letter.pen)?.into_bytes(),
            Self::InnerLineBreak => format!("{honest}\n").into_bytes(),
            Self::JwsInJws => signed(honest, letter.pen)?.into_bytes(),
            Self::JweInJwe => nested(honest, 1, letter, chance)?.into_bytes(),
            Self::DepthFive => nested(honest, 4, letter, chance)?.into_bytes(),
            Self::Replayed => {
                let mut claims = letter.claims.clone();
                claims.insert("sub".to_owned(), json!(format!("{}v1", "a1".repeat(32))));
                if claims.contains_key("nonce") {
                    claims.insert("nonce".to_owned(), json!(encode(&chance.bytes::<32>())));
                }
                sign(&claims, letter.pen)?.into_bytes()
            }
            Self::Huge => {
                let mut claims = letter.claims.clone();
                claims.insert("x".to_owned(), json!("a".repeat(MEGABYTE)));
                sign(&claims, letter.pen)?.into_bytes()
            }
            _ => honest.as_bytes().to_vec(),
        })
    }
}

fn sign(claims: &Map<String, Value>, pen: &Pen<'_>) -> Option<String> {
    Unsigned::with_header(&Value::Object(pen.header()), claims).sign(&pen.key)
}

/// A signed token whose payload is `token`.
pub(super) fn signed(token: &str, pen: &Pen<'_>) -> Option<String> {
    let mut header = pen.header();
    header.insert("cty".to_owned(), json!("JWT"));
    let mut unsigned = Unsigned::with_header(&Value::Object(header), &Map::new());
    unsigned.payload = token.as_bytes().to_vec();
    unsigned.sign(&pen.key)
}

/// `token`, encrypted `times` over.
fn nested(token: &str, times: usize, letter: &Letter<'_>, chance: &mut Chance) -> Option<String> {
    let to = letter.to.first()?;
    (0..times).try_fold(token.to_owned(), |token, _| {
        encrypt(to, letter.pen.issuer, letter.client_id, token.as_bytes(), chance)
    })
}
