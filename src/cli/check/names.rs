//! Decides which known variable a misspelt name was meant to be.

use crate::cli::faults;

/// Letters to change before a name counts as another word.
const NEAR: usize = 3;

pub(super) fn is_known(name: &str) -> bool {
    faults::names().any(|known| known == name)
}

/// The known name nearest to `name`, if it is near. Letter case counts for nothing here.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    let upper = name.to_uppercase();
    faults::names()
        .map(|known| (distance(known, &upper), known))
        .filter(|(distance, known)| *distance <= NEAR.min(known.len() / 3))
        .min()
        .map(|(_, known)| known)
}

/// Letters to insert, remove or replace to turn `a` into `b`.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut left = i + 1;
        let mut next = vec![left];
        for ((to, above_left), above) in b.iter().zip(&row).zip(row.iter().skip(1)) {
            let replaced = above_left + usize::from(from != *to);
            left = replaced.min(above + 1).min(left + 1);
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_names_are_recognised_and_others_left_alone() {
        assert_eq!(nearest("FC_CLIENTID"), Some("FC_CLIENT_ID"));
        assert_eq!(nearest("fc_client_id"), Some("FC_CLIENT_ID"));
        assert_eq!(nearest("PUBLIC_URI"), Some("PUBLIC_URL"));
        assert_eq!(nearest("FC_SESION_KEY"), Some("FC_SESSION_KEYS"));
        for other in ["PATH", "FC_DEBUG", "DATABASE_URL", "URL", ""] {
            assert_eq!(nearest(other), None, "{other}");
        }
    }

    #[test]
    fn distance_counts_single_letters() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", "abc"), 0);
    }
}
