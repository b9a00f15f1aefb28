//! Decides which endpoint a path is, and what the record of calls names it.

use super::fault::Place;

/// Begins the paths, below the issuer's, that only a fault names.
pub(super) const TRAP: &str = "/piege";

/// Another address of the key set, which only a fault names.
pub(super) const MOVED: &str = "/cles";

/// The endpoints whose calls are recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    /// Metadata.
    Discovery,
    /// Key set.
    Jwks,
    /// Where a login begins.
    Authorize,
    /// The citizen's pages.
    Interaction,
    /// Code against tokens.
    Token,
    /// The identity.
    UserInfo,
    /// Logout.
    EndSession,
    /// Token revocation.
    Revocation,
    /// Where data providers have access tokens checked.
    CheckToken,
    /// An address that only a fault names: whoever comes here followed what must not be followed.
    Trap,
    /// Any other address.
    Unknown,
}

impl Endpoint {
    /// Those that can be told to be out of order.
    pub const NAMED: [Self; 8] = [
        Self::Discovery,
        Self::Jwks,
        Self::Authorize,
        Self::Interaction,
        Self::Token,
        Self::UserInfo,
        Self::EndSession,
        Self::Revocation,
    ];

    /// The endpoint of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMED.into_iter().find(|endpoint| endpoint.name() == name)
    }

    /// The endpoint's stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Discovery => "discovery",
            Self::Jwks => "jwks",
            Self::Authorize => "authorize",
            Self::Interaction => "interaction",
            Self::Token => "token",
            Self::UserInfo => "userinfo",
            Self::EndSession => "end_session",
            Self::Revocation => "revocation",
            Self::CheckToken => "checktoken",
            Self::Trap => "trap",
            Self::Unknown => "unknown",
        }
    }

    /// Where a delivery may be spoilt.
    pub(super) fn place(self) -> Option<Place> {
        match self {
            Self::Discovery => Some(Place::Discovery),
            Self::Jwks => Some(Place::Keys),
            Self::Token => Some(Place::Token),
            Self::UserInfo => Some(Place::UserInfo),
            _ => None,
        }
    }

    /// The endpoint of a path below the issuer's, whatever the method.
    pub(super) fn of(path: &str) -> Self {
        match path {
            "/.well-known/openid-configuration" => Self::Discovery,
            "/jwks" | MOVED => Self::Jwks,
            "/authorize" => Self::Authorize,
            "/token" => Self::Token,
            "/userinfo" => Self::UserInfo,
            "/session/end" | "/session/end/confirm" | "/session/end/success" => Self::EndSession,
            "/token/revocation" => Self::Revocation,
            "/checktoken" => Self::CheckToken,
            _ if path.starts_with("/interaction/") => Self::Interaction,
            _ if path.starts_with(TRAP) => Self::Trap,
            _ => Self::Unknown,
        }
    }
}
