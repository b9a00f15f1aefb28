//! Decides what else the header may say. It is what the tag protects: all but one of these lies are well encrypted.

use super::{Jwe, Letter};
use crate::emulator::fault::{other_case, twice};
use serde_json::{Map, Value, json};

impl Jwe {
    /// The bytes of the header.
    pub(super) fn header(self, mut honest: Map<String, Value>, letter: &Letter<'_>) -> Vec<u8> {
        let alg = honest.get("alg").and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut set = |name: &str, value: Value| drop(honest.insert(name.to_owned(), value));
        match self {
            Self::AlgCase => set("alg", json!(other_case(&alg))),
            Self::AlgNumber => set("alg", json!(12)),
            Self::AlgArray => set("alg", json!([alg])),
            Self::EncA128Gcm | Self::EncA256Cbc | Self::EncA128Cbc => set("enc", json!(self.cipher().0)),
            Self::EncNone => set("enc", json!("none")),
            Self::EncCase => set("enc", json!("a256gcm")),
            Self::EncNumber => set("enc", json!(256)),
            Self::CtyLower => set("cty", json!("jwt")),
            Self::CtyMediaType => set("cty", json!("application/jwt")),
            Self::CtyJson => set("cty", json!("JSON")),
            Self::CtyEmpty => set("cty", json!("")),
            Self::CtyNumber => set("cty", json!(12)),
            Self::Zip | Self::ZipPlain => set("zip", json!("DEF")),
            Self::Crit => {
                set("crit", json!(["urn:exemple:inconnue"]));
                set("urn:exemple:inconnue", json!(true));
            }
            Self::CritEmpty => set("crit", json!([])),
            Self::B64False => {
                set("crit", json!(["b64"]));
                set("b64", json!(false));
            }
            Self::KidUnknown => set("kid", json!("inconnue")),
            Self::KidEmpty => set("kid", json!("")),
            Self::KidPath => set("kid", json!("../../../../../../dev/null")),
            Self::KidNumber => set("kid", json!(12)),
            Self::TypJwt => set("typ", json!("JWT")),
            Self::TypOther => set("typ", json!("at+jwt")),
            Self::OuterIss => set("iss", json!("https://autre.exemple.fr/api/v2")),
            Self::OuterAud => set("aud", json!("autre-client")),
            Self::OuterSub => set("sub", json!(format!("{}v1", "a1".repeat(32)))),
            Self::OuterExp => set("exp", json!(300)),
            Self::OuterNumber => set("iss", json!(12)),
            Self::Jku => set("jku", json!(format!("{}/piege/attaquant", letter.pen.issuer))),
            Self::HeaderExtra => set("inconnu", json!({ "a": [1, null] })),
            Self::HeaderHuge => set("x", json!("a".repeat(1024 * 1024))),
            Self::AlgMissing => drop(honest.remove("alg")),
            Self::EncMissing => drop(honest.remove("enc")),
            Self::CtyMissing => drop(honest.remove("cty")),
            Self::KidMissing => drop(honest.remove("kid")),
            Self::OuterMissing => honest.retain(|name, _| name != "iss" && name != "aud"),
            _ => {}
        }
        let honest = Value::Object(honest);
        match self {
            Self::HeaderArray => json!([honest]).to_string().into_bytes(),
            Self::HeaderText => format!("alg={alg}").into_bytes(),
            Self::HeaderEmpty => Vec::new(),
            Self::HeaderTrailing => format!("{honest}{{}}").into_bytes(),
            Self::HeaderBom => format!("\u{feff}{honest}").into_bytes(),
            Self::HeaderDuplicate => twice(&honest, "enc", &json!("A128GCM")).into_bytes(),
            _ => honest.to_string().into_bytes(),
        }
    }
}
