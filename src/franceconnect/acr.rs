//! eIDAS levels as an order: the level reached must not be below the level required.

use super::Product;
use crate::oidc::{Failure, id_token::IdToken};

/// An eIDAS level of assurance, in FranceConnect's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Low: FranceConnect.
    Eidas1,
    /// Substantial: FranceConnect+.
    Eidas2,
    /// High: FranceConnect+.
    Eidas3,
}

const BELOW: Failure =
    Failure::refusal("id_token.acr", "acr is absent, unknown, or below the level required");

impl Level {
    /// Every level, in order.
    pub const ALL: [Self; 3] = [Self::Eidas1, Self::Eidas2, Self::Eidas3];

    /// The word in `acr_values` and `acr`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Eidas1 => "eidas1",
            Self::Eidas2 => "eidas2",
            Self::Eidas3 => "eidas3",
        }
    }

    /// The level of exactly this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == word)
    }

    /// Which product gives this level.
    pub fn product(self) -> Product {
        match self {
            Self::Eidas1 => Product::Standard,
            Self::Eidas2 | Self::Eidas3 => Product::Plus,
        }
    }

    /// The level as one byte, for the head of a session; 0 is no level.
    pub fn to_byte(level: Option<Self>) -> u8 {
        level.map_or(0, |level| level as u8 + 1)
    }

    /// Reads what [`Level::to_byte`] made; a byte that it never makes is no level.
    pub fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|level| Self::to_byte(Some(*level)) == byte)
    }
}

/// The proof that an accepted ID Token reached the level required.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    level: Option<Level>,
}

impl Reached {
    /// Compares the token's level with `required`; a higher one is fine, but counts as no more than `highest`,
    /// what this provider can vouch for: FranceConnect opens nothing that FranceConnect+ guards. Where nothing is
    /// required (a named issuer that knows no levels) nothing is compared.
    ///
    /// # Errors
    /// No `acr`, a word we do not know, or a lower level.
    pub fn judge(id_token: &IdToken, required: Option<Level>, highest: Level) -> Result<Self, Failure> {
        let level = id_token.acr().and_then(Level::parse).map(|level| level.min(highest));
        match required {
            Some(required) if level.is_none_or(|level| level < required) => Err(BELOW),
            _ => Ok(Self { level }),
        }
    }

    /// The level, unless none was required and none came.
    pub fn level(self) -> Option<Level> {
        self.level
    }
}
