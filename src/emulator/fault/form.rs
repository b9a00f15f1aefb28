//! Decides how else the ID Token may be written down: other bytes under an honest signature, other text
//! around them, or another token altogether.

use super::signature::Pen;
use super::twice;
use crate::emulator::token::id_token::Unsigned;
use crate::emulator::token::keys::encode;
use serde_json::{Map, Value, json};

faults! {
    /// How the ID Token is written down.
    Form, "id_token", IdToken;
    PayloadArray = "payload_array", Stops, "the payload is an array", "la charge utile est un tableau";
    PayloadString = "payload_string", Stops, "the payload is a string", "la charge utile est une chaîne";
    PayloadEmpty = "payload_empty", Stops, "the payload is empty", "la charge utile est vide";
    PayloadNull = "payload_null", Stops, "the payload is null", "la charge utile est nulle";
    PayloadInvalidUtf8 = "payload_invalid_utf8", Stops, "a byte in the payload that is no UTF-8",
        "un octet de la charge utile qui n’est pas de l’UTF-8";
    PayloadTrailing = "payload_trailing", Stops, "other text after the claims",
        "un autre texte après les claims";
    PayloadBom = "payload_bom", Stops, "a byte order mark before the claims",
        "une marque d’ordre des octets avant les claims";
    PayloadUtf16 = "payload_utf16", Stops, "the claims in UTF-16", "les claims en UTF-16";
    PayloadComment = "payload_comment", Stops, "a comment among the claims",
        "un commentaire parmi les claims";
    PayloadDuplicate = "payload_duplicate", Stops, "`nonce` twice: another, then the right one",
        "`nonce` deux fois : un autre, puis le bon";
    PayloadDuplicateUnknown = "payload_duplicate_unknown", Either, "a claim nobody knows, twice",
        "un claim que personne ne connaît, deux fois";
    PayloadDeep = "payload_deep", Stops, "a claim ten thousand arrays deep",
        "un claim profond de dix mille tableaux";
    PayloadNan = "payload_nan", Stops, "`NaN` among the claims", "`NaN` parmi les claims";
    PayloadSurrogate = "payload_surrogate", Stops, "half a surrogate pair in a claim",
        "un demi-couple de substitution dans un claim";
    PartsTwo = "parts_two", Stops, "no third part", "pas de troisième partie";
    PartsEmpty = "parts_empty", Stops, "three parts, all empty", "trois parties, toutes vides";
    PartsFour = "parts_four", Stops, "four parts", "quatre parties";
    PartsFive = "parts_five", Stops, "five parts, like an encrypted token",
        "cinq parties, comme un jeton chiffré";
    Padded = "padded", Stops, "base64 with padding", "du base64 avec remplissage";
    Alphabet = "alphabet", Stops, "base64 with `+` and `/`", "du base64 avec `+` et `/`";
    WhiteSpace = "white_space", Stops, "a line break in the token", "un saut de ligne dans le jeton";
    JsonFlattened = "json_flattened", Stops, "flattened JSON serialization", "la sérialisation JSON aplatie";
    TrailingBits = "trailing_bits", Stops, "bits left over in the signature's base64",
        "des bits en trop dans le base64 de la signature";
    Huge = "huge", Stops, "a token of 5 MB", "un jeton de 5 Mo";
    Replayed = "replayed", Stops, "the token of an earlier login, or one like it",
        "le jeton d’une connexion précédente, ou son semblable";
    OfUserInfo = "of_userinfo", Stops, "the userinfo token instead", "le jeton de userinfo à la place";
    OfLogout = "of_logout", Stops, "a logout token instead", "un jeton de déconnexion à la place";
}

impl Form {
    /// The token of these claims, which are already those of the other token where that is the lie.
    pub(in crate::emulator) fn sign(self, claims: &Map<String, Value>, pen: &Pen<'_>) -> Option<String> {
        let mut header = pen.header();
        let mut claims = claims.clone();
        if self == Self::OfLogout {
            header.insert("typ".into(), json!("logout+jwt"));
            claims.retain(|name, _| name != "nonce");
            claims.insert("jti".into(), json!("deconnexion"));
            claims
                .insert("events".into(), json!({ "http://schemas.openid.net/event/backchannel-logout": {} }));
        }
        let mut unsigned = Unsigned::with_header(&Value::Object(header), &claims);
        let honest = Value::Object(claims.clone());
        let with = |member: &str| {
            let text = honest.to_string();
            format!("{},{member}}}", text.strip_suffix('}').unwrap_or_default()).into_bytes()
        };
        let payload: Option<Vec<u8>> = match self {
            Self::PayloadArray => Some(json!([claims]).to_string().into_bytes()),
            Self::PayloadString => Some(json!(honest.to_string()).to_string().into_bytes()),
            Self::PayloadEmpty => Some(Vec::new()),
            Self::PayloadNull => Some(b"null".to_vec()),
            Self::PayloadUtf16 => {
                Some(honest.to_string().encode_utf16().flat_map(u16::to_le_bytes).collect())
            }
            Self::PayloadComment => Some(with("/* rien */\"x\":1")),
            Self::PayloadInvalidUtf8 => {
                let (start, end) = (b"{\"x\":\"\xff\xc0\xaf\",".as_slice(), honest.to_string());
                Some([start, end.strip_prefix('{').unwrap_or_default().as_bytes()].concat())
            }
            Self::PayloadTrailing => Some(format!("{honest}{{}}").into_bytes()),
            Self::PayloadBom => Some(format!("\u{feff}{honest}").into_bytes()),
            Self::PayloadDuplicate => Some(twice(&honest, "nonce", &json!("un-autre-nonce")).into_bytes()),
            Self::PayloadDuplicateUnknown => Some(with("\"x\":1,\"x\":2")),
            Self::PayloadDeep => Some(with(&format!("\"x\":{}{}", "[".repeat(10_000), "]".repeat(10_000)))),
            // A run of question marks has all six bits set in one of its base64 characters, wherever it starts.
            Self::Alphabet => Some(with("\"x\":\"????????\"")),
            Self::PayloadNan => Some(with("\"x\":NaN")),
            Self::PayloadSurrogate => Some(with("\"x\":\"\\ud800\"")),
            Self::Huge => Some(with(&format!("\"x\":\"{}\"", "a".repeat(5 * 1024 * 1024)))),
            _ => None,
        };
        if let Some(payload) = payload {
            unsigned.payload = payload;
        }
        self.written(unsigned.sign(&pen.key)?)
    }

    /// The compact token in its other form.
    fn written(self, token: String) -> Option<String> {
        Some(match self {
            Self::PartsTwo => token.rsplit_once('.')?.0.to_owned(),
            Self::PartsEmpty => "..".to_owned(),
            Self::JsonFlattened => {
                let mut parts = token.split('.');
                let names = ["protected", "payload", "signature"];
                let members: Map<String, Value> =
                    names.map(|name| (name.to_owned(), json!(parts.next()))).into_iter().collect();
                Value::Object(members).to_string()
            }
            Self::PartsFour => format!("{token}.{}", encode(b"reste")),
            Self::PartsFive => {
                let header = json!({ "alg": "RSA-OAEP", "enc": "A256GCM", "cty": "JWT" }).to_string();
                let parts = [header.as_bytes(), &[1; 256], &[2; 12], &[3; 300], &[4; 16]];
                parts.map(encode).join(".")
            }
            Self::Padded => {
                let padded = |part: &str| format!("{part}{}", "=".repeat(part.len().wrapping_neg() % 4));
                token.split('.').map(padded).collect::<Vec<_>>().join(".")
            }
            Self::Alphabet => token.replace('-', "+").replace('_', "/"),
            Self::WhiteSpace => token.replacen('.', ".\n", 1),
            // The last of the 86 (or 342) characters holds two bits of the signature and four of nothing.
            Self::TrailingBits => {
                let last = match token.chars().last()? {
                    'A' => 'B',
                    'Q' => 'R',
                    'g' => 'h',
                    'w' => 'x',
                    other => other,
                };
                let mut changed = token;
                changed.pop();
                changed.push(last);
                changed
            }
            _ => token,
        })
    }
}
