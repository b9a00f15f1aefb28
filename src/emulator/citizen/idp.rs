//! Decides the identity providers of the selection page: those of the sandbox for each product, the bridge that other
//! countries' citizens come over, and Aidants Connect, where somebody logs in for the person they help.

use crate::emulator::product::Product;

/// Whom an identity provider knows, and nobody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crowd {
    /// Whoever the civil register knows.
    Register,
    /// Citizens of other countries.
    Abroad,
    /// Persons who have given a mandate to somebody who helps them.
    Helped,
}

/// An identity provider of the selection page.
#[derive(Debug)]
pub struct Idp {
    /// What an `idp_hint` names.
    pub id: &'static str,
    /// The button's words.
    pub name: &'static str,
    /// The same in English.
    pub name_en: &'static str,
    /// `amr` of a login there.
    pub amr: &'static [&'static str],
    /// Put before addresses: two identity providers rarely know the same one, and a service that
    /// recognises people by it must notice.
    pub email_prefix: &'static str,
    /// Whom it knows.
    pub crowd: Crowd,
    /// Whether it identifies people better than `eidas1` asks for.
    pub strong: bool,
}

/// The identity providers of FranceConnect, the default first.
pub const IDPS: &[Idp] = &[
    Idp {
        id: "demonstration-eidas-faible",
        name: "Démonstration eIDAS faible",
        name_en: "Demonstration, eIDAS low",
        amr: &["fc", "pwd"],
        email_prefix: "",
        crowd: Crowd::Register,
        strong: false,
    },
    Idp {
        id: "demonstration-courriel",
        name: "Démonstration par courriel (autre adresse électronique)",
        name_en: "Demonstration by e-mail (another e-mail address)",
        amr: &["fc", "mail"],
        email_prefix: "courriel.",
        crowd: Crowd::Register,
        strong: false,
    },
    Idp {
        id: "demonstration-eidas-substantiel",
        name: "Démonstration eIDAS substantiel (autre adresse électronique)",
        name_en: "Demonstration, eIDAS substantial (another e-mail address)",
        amr: &["fc", "pop", "mfa", "pin"],
        email_prefix: "substantiel.",
        crowd: Crowd::Register,
        strong: true,
    },
    Idp {
        id: "aidants-connect",
        name: "Aidants Connect (au nom de la personne aidée)",
        name_en: "Aidants Connect (on behalf of the person helped)",
        amr: &["fc", "pwd"],
        email_prefix: "",
        crowd: Crowd::Helped,
        strong: false,
    },
];

const fn high(
    id: &'static str,
    name: &'static str,
    name_en: &'static str,
    email_prefix: &'static str,
) -> Idp {
    Idp {
        id,
        name,
        name_en,
        amr: &["fc", "pop", "mfa", "pin"],
        email_prefix,
        crowd: Crowd::Register,
        strong: true,
    }
}

/// The identity providers of FranceConnect+, the default first.
const PLUS: &[Idp] = &[
    high("fip1-high", "FIP1-HIGH", "FIP1-HIGH", ""),
    high(
        "fip2-high",
        "FIP2-HIGH (autre adresse électronique)",
        "FIP2-HIGH (another e-mail address)",
        "fip2.",
    ),
    high(
        "fip3-high",
        "FIP3-HIGH (autre adresse électronique)",
        "FIP3-HIGH (another e-mail address)",
        "fip3.",
    ),
    Idp {
        id: "eidas-bridge",
        name: "Identité numérique d’un autre pays européen (eIDAS)",
        name_en: "Digital identity of another European country (eIDAS)",
        amr: &["fc", "eidas"],
        email_prefix: "",
        crowd: Crowd::Abroad,
        strong: true,
    },
];

impl Product {
    /// Its identity providers, the default first.
    pub fn idps(self) -> &'static [Idp] {
        match self {
            Self::Standard => IDPS,
            Self::Plus => PLUS,
        }
    }
}
