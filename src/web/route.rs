//! Decides which of our routes a request is for, or that it is for the site.

/// What a request path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Route {
    Login,
    Callback,
    Logout,
    LogoutEverywhere,
    LogoutCallback,
    Profile,
    Session,
    Style,
    Jwks,
    Sector,
    Health,
    Operator,
    /// Below our prefix, but nothing of ours: never looked for on the site.
    Nothing,
    /// The site.
    Site,
}

impl Route {
    /// Matches the path as it was sent: our routes have one spelling each.
    pub(super) fn of(path: &str, prefix: &str) -> Self {
        match path.strip_prefix(prefix) {
            Some("/login") => Self::Login,
            Some("/callback") => Self::Callback,
            Some("/logout") => Self::Logout,
            Some("/logout/everywhere") => Self::LogoutEverywhere,
            Some("/logout/callback") => Self::LogoutCallback,
            Some("/profile") => Self::Profile,
            Some("/session") => Self::Session,
            Some("/style.css") => Self::Style,
            Some("/jwks.json") => Self::Jwks,
            Some("/sector-identifier.json") => Self::Sector,
            Some("/operator") => Self::Operator,
            Some("/health") => Self::Health,
            Some(rest) if rest.is_empty() || rest.starts_with('/') => Self::Nothing,
            _ => Self::Site,
        }
    }
}
