//! The names of our cookies, and what the browser may be told about them.

use crate::secret::fingerprint;
use crate::wire::cookie;

/// Longest value of a cookie of ours, in bytes, so that name, value and attributes stay under 4,096.
pub const VALUE_LIMIT: usize = 3_950;

/// The cookies of one site. On https each has the `__Host-` prefix and `Secure`; http exists on loopback
/// only, where browsers would refuse both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CookieNames {
    secure: bool,
}

impl CookieNames {
    /// Names for a site on https (`secure`) or on loopback.
    pub fn new(secure: bool) -> Self {
        Self { secure }
    }

    fn name(self, base: &str) -> String {
        if self.secure { format!("__Host-{base}") } else { base.to_owned() }
    }

    /// The session.
    pub fn session(self) -> String {
        self.name("fc_session")
    }

    /// What the origin is told, kept so that it is not signed for every request.
    pub fn assertion(self) -> String {
        self.name("fc_assertion")
    }

    /// A logout in flight.
    pub fn logout(self) -> String {
        self.name("fc_logout")
    }

    /// What the names of all logins in flight begin with.
    pub fn flow_prefix(self) -> String {
        self.name("fc_flow_")
    }

    /// The login with this `state`.
    pub fn flow(self, state: &str) -> String {
        let hash: String =
            fingerprint::<6>(state.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{}{hash}", self.flow_prefix())
    }

    /// `Set-Cookie` for a sealed value.
    pub fn set(self, name: &str, value: &str, max_age: i64) -> String {
        cookie::set(name, value, max_age, self.secure)
    }

    /// `Set-Cookie` that removes a cookie.
    pub fn clear(self, name: &str) -> String {
        cookie::clear(name, self.secure)
    }
}
