//! Decides how cookies are read (one of a name, or none) and written (RFC 6265bis).

/// What the `Cookie` header holds under a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found<'a> {
    /// No such cookie.
    Nothing,
    /// Exactly one.
    One(&'a str),
    /// Several, possibly tossed from elsewhere: which is ours cannot be told, so none is believed.
    Several,
}

/// Every name and value of a `Cookie` header, in order.
pub fn pairs(header: &str) -> impl Iterator<Item = (&str, &str)> {
    header.split(';').filter_map(|pair| pair.trim_matches([' ', '\t']).split_once('='))
}

/// Looks `name` up in a `Cookie` header.
pub fn find<'a>(header: &'a str, name: &str) -> Found<'a> {
    let mut values = pairs(header).filter(|(known, _)| *known == name).map(|(_, value)| value);
    match (values.next(), values.next()) {
        (None, _) => Found::Nothing,
        (Some(value), None) => Found::One(value),
        (Some(_), Some(_)) => Found::Several,
    }
}

/// A `Set-Cookie` value: `Path=/`, `HttpOnly`, `SameSite=Lax`, and `Secure` when told; no `Domain`.
///
/// `value` is text of ours (base64url and dots), never a stranger's. `max_age` is in seconds.
pub fn set(name: &str, value: &str, max_age: i64, secure: bool) -> String {
    let secure = if secure { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}")
}

/// A `Set-Cookie` value that removes `name`.
pub fn clear(name: &str, secure: bool) -> String {
    set(name, "", 0, secure)
}
