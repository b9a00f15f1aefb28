//! Decides how else the five parts may be written down (RFC 7516 §7).

use super::Jwe;
use crate::emulator::token::jwe::Parts;
use crate::emulator::token::keys::encode;
use serde_json::json;

impl Jwe {
    /// The token as text.
    pub(super) fn written(self, parts: &Parts) -> String {
        let token = parts.compact();
        match self {
            Self::PartsFour => token.rsplit_once('.').map(|(head, _)| head.to_owned()).unwrap_or_default(),
            Self::PartsSix => format!("{token}.{}", encode(b"reste")),
            Self::PartsEmpty => "....".to_owned(),
            Self::Padded => {
                let padded = |part: &str| format!("{part}{}", "=".repeat(part.len().wrapping_neg() % 4));
                token.split('.').map(padded).collect::<Vec<_>>().join(".")
            }
            // The last of a tag's 22 characters holds two bits of it and four of nothing.
            Self::TrailingBits => {
                let last = match token.chars().last() {
                    Some('A') => 'B',
                    Some('Q') => 'R',
                    Some('g') => 'h',
                    _ => 'x',
                };
                let mut changed = token;
                changed.pop();
                changed.push(last);
                changed
            }
            Self::WhiteSpace => token.replacen('.', ".\n", 1),
            Self::LineBreak => format!("{token}\n"),
            Self::JsonFlattened | Self::JsonGeneral => {
                let [header, key, iv, ciphertext, tag] =
                    [&parts.header, &parts.encrypted_key, &parts.iv, &parts.ciphertext, &parts.tag]
                        .map(|part| encode(part));
                let body = json!({ "protected": header, "iv": iv, "ciphertext": ciphertext, "tag": tag });
                let mut body = body.as_object().cloned().unwrap_or_default();
                match self {
                    Self::JsonFlattened => body.insert("encrypted_key".to_owned(), json!(key)),
                    _ => body.insert("recipients".to_owned(), json!([{ "encrypted_key": key }])),
                };
                json!(body).to_string()
            }
            _ => token,
        }
    }
}
