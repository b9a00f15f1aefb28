//! The identity of a citizen: the claims that were asked for, in FranceConnect's shapes, and nothing else.

use serde_json::{Map, Value};

use super::Scopes;
use crate::jose::Object;
use crate::oidc::{Failure, userinfo::UserInfo};

/// Longest text of one claim, in bytes; the register's longest names stay far below.
const TEXT_LIMIT: usize = 512;
/// Most first names of `given_name_array`.
const MOST_NAMES: usize = 32;

/// What we keep of userinfo: claims opened by the scopes asked for, empty ones left out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Identity(Map<String, Value>);

/// The names of a claim for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Label {
    /// The claim.
    pub claim: &'static str,
    /// As the habilitation form calls it.
    pub fr: &'static str,
    /// The same in English.
    pub en: &'static str,
}

impl Label {
    /// Whether the claim is what the national register of persons says, beside the identity provider.
    pub fn is_of_register(&self) -> bool {
        self.claim.starts_with("rnipp_")
    }
}

const fn label(claim: &'static str, fr: &'static str, en: &'static str) -> Label {
    Label { claim, fr, en }
}

const SHAPE: Failure =
    Failure::refusal("userinfo.identity", "a claim of the identity is not of FranceConnect's shape");

/// The claims that are text at FranceConnect.
const TEXTS: &[&str] = &[
    "given_name",
    "family_name",
    "preferred_username",
    "gender",
    "birthdate",
    "idp_birthdate",
    "birthplace",
    "birthcountry",
    "email",
    "idp_id",
    "rnipp_given_name",
    "rnipp_family_name",
    "rnipp_gender",
    "rnipp_birthdate",
    "rnipp_birthplace",
    "rnipp_birthcountry",
];

/// The claims that are lists of first names.
const LISTS: [&str; 2] = ["given_name_array", "rnipp_given_name_array"];

impl Identity {
    /// The claims with a name for people, in the order of an identity card.
    pub const LABELS: &'static [Label] = &[
        label("family_name", "Nom de naissance", "Birth name"),
        label("preferred_username", "Nom d’usage", "Usage name"),
        label("given_name", "Prénoms", "Given names"),
        label("gender", "Sexe", "Sex"),
        label("birthdate", "Date de naissance", "Date of birth"),
        label(
            "idp_birthdate",
            "Date de naissance chez le fournisseur d’identité",
            "Date of birth at the identity provider",
        ),
        label("birthplace", "Commune de naissance (code INSEE)", "Place of birth (INSEE code)"),
        label("birthcountry", "Pays de naissance (code INSEE)", "Country of birth (INSEE code)"),
        label("email", "Adresse électronique", "E-mail address"),
        label("idp_id", "Fournisseur d’identité", "Identity provider"),
        label("rnipp_family_name", "Nom de naissance à l’état civil", "Birth name in the civil register"),
        label("rnipp_given_name", "Prénoms à l’état civil", "Given names in the civil register"),
        label("rnipp_gender", "Sexe à l’état civil", "Sex in the civil register"),
        label("rnipp_birthdate", "Date de naissance à l’état civil", "Date of birth in the civil register"),
        label(
            "rnipp_birthplace",
            "Commune de naissance à l’état civil",
            "Place of birth in the civil register",
        ),
        label(
            "rnipp_birthcountry",
            "Pays de naissance à l’état civil",
            "Country of birth in the civil register",
        ),
    ];

    /// Keeps of `userinfo` what `scopes` opened. Absent and empty claims are both absent: born abroad has
    /// no commune, many have no usage name.
    ///
    /// # Errors
    /// A claim of another type than FranceConnect's, over-long, or with control characters.
    pub fn judge(userinfo: &UserInfo, scopes: &Scopes) -> Result<Self, Failure> {
        let mut kept = Map::new();
        for claim in scopes.claims() {
            let Some(value) = userinfo.claims().get(claim) else { continue };
            let empty = match value {
                Value::Null => true,
                Value::String(text) => text.is_empty(),
                Value::Array(items) => items.is_empty(),
                _ => false,
            };
            if empty {
                continue;
            }
            if !sound(claim, value) {
                return Err(SHAPE);
            }
            kept.insert(claim.to_owned(), value.clone());
        }
        Ok(Self(kept))
    }

    /// The claims as an object to be kept under seal.
    pub fn to_value(&self) -> Value {
        Value::Object(self.0.clone())
    }

    /// Reads what [`Identity::to_value`] made.
    pub fn read(kept: Object) -> Self {
        Self(kept.into_members())
    }

    /// The text of a claim.
    pub fn text(&self, claim: &str) -> Option<&str> {
        self.0.get(claim).and_then(Value::as_str)
    }

    /// What there is to show, in the order of [`Identity::LABELS`]. A place told in words, as other countries tell
    /// it, is not labelled as a code.
    pub fn shown(&self) -> impl Iterator<Item = (Label, &str)> {
        Self::LABELS.iter().filter_map(|known| {
            let text = self.text(known.claim)?;
            let words = match known.claim {
                _ if is_code(text) => None,
                "birthplace" => Some(label(known.claim, "Lieu de naissance", "Place of birth")),
                "birthcountry" => Some(label(known.claim, "Pays de naissance", "Country of birth")),
                _ => None,
            };
            Some((words.unwrap_or(*known), text))
        })
    }

    /// All claims that are kept, by name.
    pub fn claims(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// How to greet: first given name and the name in use; nothing if the scopes opened no name.
    pub fn display_name(&self) -> Option<String> {
        let first = match self.0.get("given_name_array") {
            Some(Value::Array(names)) => names.first().and_then(Value::as_str),
            _ => self.text("given_name").and_then(|all| all.split(' ').next()),
        };
        let last = self.text("preferred_username").or_else(|| self.text("family_name"));
        let parts: Vec<&str> = first.into_iter().chain(last).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }
}

/// Whether `text` has the shape of an INSEE code: `75107`, `2A004`, `99100`.
fn is_code(text: &str) -> bool {
    let corsican = |at: usize, byte: u8| at == 1 && matches!(byte, b'A' | b'B');
    text.len() == 5 && text.bytes().enumerate().all(|(at, byte)| byte.is_ascii_digit() || corsican(at, byte))
}

fn sound(claim: &str, value: &Value) -> bool {
    let text = |value: &Value| {
        value.as_str().is_some_and(|text| text.len() <= TEXT_LIMIT && !text.chars().any(char::is_control))
    };
    match value {
        _ if TEXTS.contains(&claim) => text(value),
        Value::Array(names) if LISTS.contains(&claim) => names.len() <= MOST_NAMES && names.iter().all(text),
        _ if LISTS.contains(&claim) => false,
        // Data providers' claims have shapes of their own; the cookie's limit bounds them.
        Value::String(_) => text(value),
        _ => true,
    }
}
