//! Decides what else the ID Token's header may say, under an honest signature.

use super::signature::Pen;
use crate::emulator::token::id_token::Unsigned;
use serde_json::{Map, Value, json};

faults! {
    /// What the ID Token's header says, under an honest signature.
    Header, "id_token", IdToken;
    KidMissing = "kid_missing", Succeeds, "no `kid`, one fitting key",
        "pas de `kid`, une seule clé qui convient";
    KidMissingSeveral = "kid_missing_several", Either, "no `kid`, several fitting keys",
        "pas de `kid`, plusieurs clés qui conviennent";
    KidNumber = "kid_number", Stops, "`kid` is a number", "`kid` est un nombre";
    KidPath = "kid_path", Stops, "`kid` climbs directories", "`kid` remonte les dossiers";
    KidSql = "kid_sql", Stops, "`kid` closes a quotation", "`kid` ferme une chaîne SQL";
    KidHuge = "kid_huge", Stops, "a `kid` of 1 MB", "un `kid` de 1 Mo";
    KidEmpty = "kid_empty", Stops, "an empty `kid`", "`kid` vide";
    KidCase = "kid_case", Stops, "`kid` in other case", "`kid` avec majuscules et minuscules inversées";
    KidNull = "kid_null", Either, "`kid` is null", "`kid` est nul";
    Crit = "crit", Stops, "`crit` names an extension nobody knows",
        "`crit` nomme une extension que personne ne connaît";
    CritEmpty = "crit_empty", Stops, "`crit` is empty", "`crit` est vide";
    B64False = "b64_false", Stops, "`b64` is false", "`b64` est faux";
    Zip = "zip", Either, "`zip` in the header", "`zip` dans l’en-tête";
    TypJwt = "typ_jwt", Succeeds, "`typ` is `JWT`", "`typ` vaut `JWT`";
    TypLower = "typ_lower", Succeeds, "`typ` is `jwt`", "`typ` vaut `jwt`";
    TypNumber = "typ_number", Stops, "`typ` is a number", "`typ` est un nombre";
    TypLogout = "typ_logout", Stops, "`typ` is `logout+jwt`", "`typ` vaut `logout+jwt`";
    TypAccess = "typ_access", Stops, "`typ` is `at+jwt`", "`typ` vaut `at+jwt`";
    TypEvent = "typ_event", Stops, "`typ` is `secevent+jwt`", "`typ` vaut `secevent+jwt`";
    CtyJwt = "cty_jwt", Either, "`cty` is `JWT`, with no token inside",
        "`cty` vaut `JWT`, sans jeton à l’intérieur";
    Extra = "header_extra", Either, "header members nobody knows",
        "des membres de l’en-tête que personne ne connaît";
    Array = "header_array", Stops, "the header is an array", "l’en-tête est un tableau";
    Text = "header_text", Stops, "the header is no JSON", "l’en-tête n’est pas du JSON";
    Empty = "header_empty", Stops, "the header is empty", "l’en-tête est vide";
    Bom = "header_bom", Stops, "a byte order mark before the header",
        "une marque d’ordre des octets avant l’en-tête";
    Trailing = "header_trailing", Stops, "other text after the header", "un autre texte après l’en-tête";
    Duplicate = "header_duplicate", Stops, "`alg` twice in the header", "`alg` deux fois dans l’en-tête";
}

impl Header {
    /// The token of these claims.
    pub(in crate::emulator) fn sign(self, claims: &Map<String, Value>, pen: &Pen<'_>) -> Option<String> {
        let mut header = pen.header();
        let mut set = |name: &str, value: Value| drop(header.insert(name.to_owned(), value));
        match self {
            Self::KidMissing | Self::KidMissingSeveral => drop(header.remove("kid")),
            Self::KidNumber => set("kid", json!(12)),
            Self::KidPath => set("kid", json!("../../../../../../dev/null")),
            Self::KidSql => set("kid", json!("x' UNION SELECT 'clef'; --")),
            Self::KidHuge => set("kid", json!("k".repeat(1024 * 1024))),
            Self::KidEmpty => set("kid", json!("")),
            Self::KidCase => set("kid", json!(super::other_case(pen.key.kid()))),
            Self::KidNull => set("kid", Value::Null),
            Self::TypLower => set("typ", json!("jwt")),
            Self::TypNumber => set("typ", json!(12)),
            Self::Crit => {
                set("crit", json!(["urn:exemple:inconnue"]));
                set("urn:exemple:inconnue", json!(true));
            }
            Self::CritEmpty => set("crit", json!([])),
            Self::B64False => {
                set("crit", json!(["b64"]));
                set("b64", json!(false));
            }
            Self::Zip => set("zip", json!("DEF")),
            Self::TypJwt => set("typ", json!("JWT")),
            Self::TypLogout => set("typ", json!("logout+jwt")),
            Self::TypAccess => set("typ", json!("at+jwt")),
            Self::TypEvent => set("typ", json!("secevent+jwt")),
            Self::CtyJwt => set("cty", json!("JWT")),
            Self::Extra => set("inconnu", json!({ "a": [1, null] })),
            Self::Array | Self::Text | Self::Duplicate | Self::Empty | Self::Bom | Self::Trailing => {}
        }
        let mut unsigned = Unsigned::with_header(&Value::Object(header.clone()), claims);
        let honest = unsigned.header.as_slice();
        match self {
            Self::Array => unsigned.header = json!([header]).to_string().into_bytes(),
            Self::Empty => unsigned.header.clear(),
            Self::Bom => unsigned.header = [b"\xef\xbb\xbf", honest].concat(),
            Self::Trailing => unsigned.header = [honest, b"{}"].concat(),
            Self::Text => unsigned.header = format!("alg={}", pen.key.alg.name()).into_bytes(),
            Self::Duplicate => {
                unsigned.header = super::twice(&Value::Object(header), "alg", &json!("none")).into_bytes();
            }
            _ => {}
        }
        unsigned.sign(&pen.key)
    }
}
