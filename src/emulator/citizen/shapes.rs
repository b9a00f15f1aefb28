//! Decides the shapes of an identity as FranceConnect has them: letters, dates, codes of places, addresses.

/// The characters of French civil status.
pub(super) fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || " -'ÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸàâäçéèêëîïôöùûüÿÆŒæœ".contains(c)
}

pub(super) fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `YYYY-MM-DD`, a day that exists, or an unknown day as `00`, or an unknown month and day.
pub(super) fn is_birthdate(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = *parts else { return false };
    if (year.len(), month.len(), day.len()) != (4, 2, 2) || !parts.iter().all(|part| is_number(part)) {
        return false;
    }
    let number = |part: &str| part.parse::<u32>().unwrap_or_default();
    let (year, month, day) = (number(year), number(month), number(day));
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        0 => 0,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 31,
    };
    year >= 1850 && month <= 12 && day <= days
}

/// A code of the INSEE's *code officiel géographique*, as FranceConnect checks it.
pub(super) fn is_commune(text: &str) -> bool {
    let mut bytes = text.bytes();
    let department = matches!(
        (bytes.next(), bytes.next()),
        (Some(b'0'..=b'8'), Some(b'0'..=b'9' | b'A' | b'B')) | (Some(b'9'), Some(b'0'..=b'8' | b'A' | b'B'))
    );
    department && bytes.len() == 3 && bytes.all(|byte| byte.is_ascii_digit())
}

pub(super) fn is_address(text: &str) -> bool {
    let blank = text.chars().any(|c| c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';' | '"'));
    let parts: Vec<&str> = text.split('@').collect();
    matches!(*parts, [local, domain] if !local.is_empty() && domain.contains('.') && !domain.starts_with('.')
        && !domain.ends_with('.'))
        && !blank
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_exist_or_are_partly_unknown() {
        for (text, sound) in [
            ("1962-08-24", true),
            ("1992-11-00", true),
            ("1992-00-00", true),
            ("2000-02-29", true),
            ("1900-02-29", false),
            ("1992-00-12", false),
            ("1992-13-01", false),
            ("1992-04-31", false),
            ("1849-01-01", false),
            ("92-01-01", false),
            ("1992-1-1", false),
            ("+992-01-01", false),
            ("24/08/1962", false),
            ("1992-01-01-01", false),
        ] {
            assert_eq!(is_birthdate(text), sound, "{text}");
        }
    }
}
