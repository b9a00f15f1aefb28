//! Decides in what FranceConnect+ (eIDAS substantial and high) differs from FranceConnect (eIDAS low), as far as
//! a word or a number says it; what needs a table or a rule has a file of its own.

use super::client::Alg;

/// The two products of the platform. An emulator is one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Product {
    /// FranceConnect: `eidas1`, an identity that the civil register has rectified, signed tokens.
    Standard,
    /// FranceConnect+: `eidas2` and `eidas3`, the identity provider's own identity, encrypted tokens.
    Plus,
}

impl Product {
    /// What citizens call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Standard => "FranceConnect",
            Self::Plus => "FranceConnect+",
        }
    }

    /// The path of its issuer where both products are served on one address.
    pub fn path(self) -> &'static str {
        match self {
            Self::Standard => "/api/v2",
            Self::Plus => "/plus/api/v2",
        }
    }

    /// The levels it gives, the lowest first.
    pub(super) fn levels(self) -> &'static [&'static str] {
        match self {
            Self::Standard => &["eidas1"],
            Self::Plus => &["eidas2", "eidas3"],
        }
    }

    /// The level of a request that names none it has heard of.
    pub(super) fn default_level(self) -> &'static str {
        match self {
            Self::Standard => "eidas1",
            Self::Plus => "eidas3",
        }
    }

    /// What a service's assertions may be signed with.
    pub(super) fn assertion_algs(self) -> &'static [Alg] {
        match self {
            Self::Standard => &[Alg::Es256, Alg::Rs256],
            Self::Plus => &[Alg::Es256],
        }
    }

    /// The cookie that holds a browser's session; both products may stand on one host.
    pub(super) fn cookie(self) -> &'static str {
        match self {
            Self::Standard => "fc_session_id",
            Self::Plus => "fc_plus_session_id",
        }
    }

    /// Life of a session and of an interaction, in seconds.
    pub(super) fn session_life(self) -> i64 {
        match self {
            Self::Standard => 30 * 60,
            Self::Plus => 10 * 60,
        }
    }

    /// Whether a session lives on while it is used.
    pub(super) fn sliding(self) -> bool {
        self == Self::Standard
    }

    /// Whether somebody who has identified before need not do so again for `level`.
    pub(super) fn single_sign_on(self, level: &str) -> bool {
        level != "eidas3"
    }

    /// What the paths of the control interface begin with.
    pub fn control(self) -> &'static str {
        match self {
            Self::Standard => "/_emulateur",
            Self::Plus => "/plus/_emulateur",
        }
    }
}
