//! The two products: FranceConnect and FranceConnect+, one protocol with different promises.

use super::Level;

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Product {
    /// FranceConnect: eIDAS low, signed tokens, an identity set right against the civil register.
    Standard,
    /// FranceConnect+: eIDAS substantial and high, encrypted tokens, the identity provider's identity.
    Plus,
}

impl Product {
    /// The name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Standard => "FranceConnect",
            Self::Plus => "FranceConnect+",
        }
    }

    /// Seconds for which it remembers a citizen after a login; afterwards its logout may end on an error page
    /// instead of leading back.
    pub fn remembers(self) -> i64 {
        match self {
            Self::Standard => 1800,
            Self::Plus => 600,
        }
    }

    /// The lowest level it gives.
    pub fn lowest(self) -> Level {
        match self {
            Self::Standard => Level::Eidas1,
            Self::Plus => Level::Eidas2,
        }
    }
}
