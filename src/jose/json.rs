//! Decides how JSON of tokens and documents is read: one object, UTF-8, no member twice (RFC 8259 §4, §8.1).

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// The text is not what was expected. What was there instead is not kept: it may be personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invalid;

/// A JSON object of which every member occurs once, and so in every object inside. Its readers tell an absent member from one of another
/// type: the first may be fine, the second never is, and `null` is of another type.
///
/// One type for all documents, read member by member: a derived `Deserialize` would take an array for a
/// struct and let unknown members repeat, and each costs kilobytes of WebAssembly.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Object(Map<String, Value>);

impl Object {
    /// Reads one object.
    ///
    /// # Errors
    /// Not UTF-8, a byte order mark, anything but one object, bytes after it, a member twice at any depth.
    pub fn parse(bytes: &[u8]) -> Result<Self, Invalid> {
        match serde_json::from_slice(bytes) {
            Ok(Unambiguous(Value::Object(members))) => Ok(Self(members)),
            Ok(_) | Err(_) => Err(Invalid),
        }
    }

    /// The object that is the member `name`.
    pub fn object(&self, name: &str) -> Option<Self> {
        self.get(name).and_then(Value::as_object).cloned().map(Self)
    }

    /// The member `name`.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// The member `name` if it is text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    /// The text of the member `name`, if there is such a member.
    ///
    /// # Errors
    /// It is there and no text.
    pub fn optional_text(&self, name: &str) -> Result<Option<String>, Invalid> {
        let text = |value: &Value| value.as_str().map(str::to_owned).ok_or(Invalid);
        self.get(name).map(text).transpose()
    }

    /// The texts of the array `name`, if there is such a member.
    ///
    /// # Errors
    /// It is there and no array of texts.
    pub fn optional_texts(&self, name: &str) -> Result<Option<Vec<String>>, Invalid> {
        let texts = |value: &Value| {
            let items = value.as_array().ok_or(Invalid)?;
            items.iter().map(|item| item.as_str().map(str::to_owned).ok_or(Invalid)).collect()
        };
        self.get(name).map(texts).transpose()
    }

    /// The `NumericDate` `name` (RFC 7519 §2), fractions dropped, if there is such a member.
    ///
    /// # Errors
    /// It is there and no number, or beyond what a float holds exactly.
    pub fn optional_date(&self, name: &str) -> Result<Option<i64>, Invalid> {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        let date = |value: &Value| match (value.as_i64(), value.as_f64()) {
            (Some(whole), _) => Ok(whole),
            // In range, so the cast only drops the fraction.
            #[allow(clippy::cast_possible_truncation)]
            (None, Some(value)) if value.abs() < EXACT => Ok(value.floor() as i64),
            _ => Err(Invalid),
        };
        self.get(name).map(date).transpose()
    }

    /// The members, to be kept.
    pub fn into_members(self) -> Map<String, Value> {
        self.0
    }
}

/// Any value in which every object has each member once, however deep: a key in a set and an `epk` in a header are
/// objects too, and two readers of a repeated member may read two different ones.
struct Unambiguous(Value);

struct AnyValue;

/// One visit a kind. None is left to its default, which would print what was there: floats alone are 15 kB of
/// WebAssembly.
macro_rules! values {
    ($($visit:ident: $kind:ty,)*) => {
        $(fn $visit<E: Error>(self, value: $kind) -> Result<Unambiguous, E> {
            Ok(Unambiguous(Value::from(value)))
        })*
    };
}

impl<'de> Visitor<'de> for AnyValue {
    type Value = Unambiguous;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value with every member once")
    }

    values!(visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str, visit_string: String,);

    fn visit_unit<E: Error>(self) -> Result<Unambiguous, E> {
        Ok(Unambiguous(Value::Null))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Unambiguous, A::Error> {
        let mut all = Vec::new();
        while let Some(Unambiguous(item)) = items.next_element()? {
            all.push(item);
        }
        Ok(Unambiguous(Value::Array(all)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Unambiguous, A::Error> {
        let mut all = Map::new();
        while let Some((name, Unambiguous(value))) = members.next_entry::<String, _>()? {
            if all.insert(name, value).is_some() {
                return Err(Error::custom("a member occurs twice"));
            }
        }
        Ok(Unambiguous(Value::Object(all)))
    }
}

impl<'de> Deserialize<'de> for Unambiguous {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(AnyValue)
    }
}
