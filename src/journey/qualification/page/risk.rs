//! Decides what nobody follows or presses while a service is only looked at: what logs out, begins a login, deletes, pays.

use super::super::driver::folded;
use super::{Control, plain};
use url::Url;

/// Beginnings of words that name such a thing, in French and in English, without accents.
const RISKY: [&str; 25] = [
    "deconn",
    "logout",
    "logoff",
    "signout",
    "quitter",
    "sortir",
    "login",
    "connexion",
    "signin",
    "supprim",
    "suppress",
    "delete",
    "remove",
    "effacer",
    "cloturer",
    "cloture",
    "resili",
    "desinscri",
    "unsubscribe",
    "payer",
    "paiement",
    "payment",
    "checkout",
    "acheter",
    "commander",
];
/// The same in several words.
const SEQUENCES: [&str; 7] =
    ["log out", "log off", "sign out", "sign in", "log in", "se connecter", "mettre fin"];

/// Whether words, or an address, name something that is not only looked at.
pub(super) fn is_risky(words: &str) -> bool {
    let words = folded(words);
    let begins = |word: &str| RISKY.iter().any(|known| word.starts_with(known));
    words.split(' ').any(begins) || SEQUENCES.iter().any(|known| words.contains(known))
}

impl Control {
    /// It may do more than show a page.
    pub(in crate::journey::qualification) fn is_risky(&self) -> bool {
        let target = self.href.as_deref().and_then(|href| Url::parse(href).ok());
        let target = target.map(|url| format!("{} {}", url.path(), url.query().unwrap_or_default()));
        self.disabled
            || self.starts_login()
            || is_risky(&plain(&self.name))
            || target.is_some_and(|target| is_risky(&target))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_logs_out_deletes_or_pays_is_known_by_its_words_or_its_address() {
        let control = |name: &str, href: &str| Control {
            element: "a".to_owned(),
            name: name.to_owned(),
            href: Some(href.to_owned()),
            ..Control::default()
        };
        for (name, href) in [
            ("Se déconnecter", "https://service.example/x"),
            ("Quitter", "https://service.example/x"),
            ("À bientôt", "https://service.example/auth/logout?next=/"),
            ("Supprimer mon compte", "https://service.example/compte"),
            ("Clôturer", "https://service.example/compte"),
            ("Panier", "https://service.example/paiement"),
            ("Payer mes factures", "https://service.example/factures"),
            ("Log out", "https://service.example/x"),
            ("S’identifier avec FranceConnect", "https://service.example/x"),
        ] {
            assert!(control(name, href).is_risky(), "{name} {href}");
        }
        for (name, href) in [
            ("Mon profil", "https://service.example/profil"),
            ("Mes paysages", "https://service.example/paysages"),
            ("Angela LE GOFF-DUPONT", "https://service.example/auth/profile"),
        ] {
            assert!(!control(name, href).is_risky(), "{name} {href}");
        }
    }
}
