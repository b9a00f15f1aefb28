//! Decides which headers tell the origin who is here, and which may never come from a client.

use serde_json::Value;

use crate::config::Config;
use crate::secret::Chance;
use crate::session::assertion::{Assertions, claim};
use crate::session::current::Opened;
use crate::time::Timestamp;

/// The header of the signed assertion.
const ASSERTION: &str = "fc-assertion";

/// What goes to the origin with a request of a session, and what goes back to the browser with the answer.
#[derive(Debug, Default)]
pub(super) struct Identified {
    /// Names in lower case, and values in printable ASCII.
    pub(super) headers: Vec<(String, String)>,
    /// `Set-Cookie` values.
    pub(super) cookies: Vec<String>,
    /// The one that renews the session, and until when it may.
    pub(super) renewal: Option<(String, Timestamp)>,
}

/// What the origin is told of the session that `opened` is the head of; `cookies` is the `Cookie` header. Nothing if
/// the session cannot be read any more: then nobody is here.
pub(super) fn headers(
    config: &Config,
    cookies: &str,
    opened: &Opened,
    now: Timestamp,
    chance: &mut Chance,
) -> Option<Identified> {
    let told = &config.told;
    let mut identified = Identified::default();
    let kept = told
        .assertions
        .as_ref()
        .map(|assertions| assertions.kept(&config.ring, config.cookies, cookies, opened, now));
    // What is signed already and tells all needs no look at the session.
    let settled = matches!(kept, None | Some(Some(_)));
    if settled && told.headers.is_empty() {
        let assertion = kept.flatten().map(|kept| kept.assertion);
        let header = |text: &str| (ASSERTION.to_owned(), text.to_owned());
        identified.headers.extend(assertion.map(|text| header(text.expose())));
        return Some(identified);
    }
    let session = opened.session(&config.ring, now)?;
    for (name, source) in &told.headers {
        let value = claim(opened, &session, source).map(|value| header_value(&value));
        identified.headers.extend(value.map(|value| (name.clone(), value)));
    }
    if let (Some(assertions), Some(kept)) = (&told.assertions, kept) {
        let signed = match kept {
            Some(kept) => kept,
            None => assertions.sign(
                &config.ring,
                config.cookies,
                config.lifetime,
                (opened, &session),
                now,
                chance,
            )?,
        };
        identified.headers.push((ASSERTION.to_owned(), signed.assertion.expose().to_owned()));
        identified.cookies.extend(signed.cookie);
    }
    Some(identified)
}

/// Whether more than the head of a session is needed to tell the origin of it.
pub(super) fn reads(config: &Config, cookies: &str, opened: &Opened, now: Timestamp) -> bool {
    let kept = |assertions: &Assertions| {
        assertions.kept(&config.ring, config.cookies, cookies, opened, now).is_some()
    };
    !config.told.headers.is_empty() || config.told.assertions.as_ref().is_some_and(|at| !kept(at))
}

/// The configured names, in lower case with hyphens: no client may send them, in any spelling, on any path.
pub(super) fn reserved(config: &Config) -> Vec<String> {
    config.told.headers.iter().map(|(name, _)| name.clone()).collect()
}

/// A claim as a header's value: a text as it is, anything else as JSON; what is not printable ASCII, `%`, and a blank
/// at either end as percent-encoded UTF-8 (RFC 3986 §2.1), so that decoding gives the claim back.
fn header_value(claim: &Value) -> String {
    let text = match claim {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let last = text.len().saturating_sub(1);
    let mut value = String::with_capacity(text.len());
    for (at, byte) in text.bytes().enumerate() {
        let inner = byte == b' ' && at != 0 && at != last;
        if byte.is_ascii_graphic() && byte != b'%' || inner {
            value.push(char::from(byte));
        } else {
            value.push_str(&format!("%{byte:02X}"));
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_is_decoded_to_the_claim_it_was() {
        for (claim, value) in [
            (json!("LE GOFFIC"), "LE GOFFIC"),
            (json!("Éloïse"), "%C3%89lo%C3%AFse"),
            (json!("100% sûr"), "100%25 s%C3%BBr"),
            (json!(" a b "), "%20a b%20"),
            (json!(" "), "%20"),
            (json!("a\r\nX-User: b"), "a%0D%0AX-User: b"),
            (json!("\u{7f}\0"), "%7F%00"),
            (json!(""), ""),
            (json!(["pwd", "mail"]), "[\"pwd\",\"mail\"]"),
            (json!(1_800_000_000), "1800000000"),
        ] {
            assert_eq!(header_value(&claim), value, "{claim}");
        }
    }
}
