//! Decides how a sentence for a person is kept: in French and in English, side by side.

/// The same sentence twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// In French.
    pub fr: String,
    /// In English.
    pub en: String,
}

impl Words {
    /// A sentence in both languages.
    pub fn new(fr: impl Into<String>, en: impl Into<String>) -> Self {
        Self { fr: fr.into(), en: en.into() }
    }
}
