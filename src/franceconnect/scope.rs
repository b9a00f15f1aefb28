//! Which claims each scope opens at FranceConnect, and so which data we may keep.

/// The scopes of a configuration, once each, `openid` first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scopes(Vec<String>);

/// Why a list of scopes is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScopeFault {
    /// `openid` is missing: no identifier would come.
    NoOpenid,
    /// Not a scope token (RFC 6749 §3.3).
    Unusual,
    /// `offline_access`: FranceConnect gives no refresh token, and we would not keep one.
    Offline,
}

/// Scopes that open several claims, or one of another name. Any other scope opens the claim of its name,
/// as the scopes of data providers do.
const GROUPS: &[(&str, &[&str])] = &[
    ("openid", &[]),
    (
        "profile",
        &["given_name", "given_name_array", "family_name", "birthdate", "gender", "preferred_username"],
    ),
    ("birth", &["birthplace", "birthcountry"]),
    (
        "identite_pivot",
        &[
            "given_name",
            "given_name_array",
            "family_name",
            "birthdate",
            "gender",
            "birthplace",
            "birthcountry",
        ],
    ),
    ("given_name", &["given_name", "given_name_array"]),
    // In userinfo as in the ID Token; we keep the ID Token's.
    ("amr", &[]),
];

impl Scopes {
    /// Reads a list separated by spaces.
    ///
    /// # Errors
    /// See [`ScopeFault`].
    pub fn parse(list: &str) -> Result<Self, ScopeFault> {
        let mut scopes: Vec<String> = Vec::new();
        for scope in list.split_ascii_whitespace() {
            if !scope.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\') {
                return Err(ScopeFault::Unusual);
            }
            if scope == "offline_access" {
                return Err(ScopeFault::Offline);
            }
            if !scopes.iter().any(|known| known == scope) {
                scopes.push(scope.to_owned());
            }
        }
        if scopes.iter().any(|scope| scope == "openid") {
            Ok(Self(scopes))
        } else {
            Err(ScopeFault::NoOpenid)
        }
    }

    /// The value of the `scope` parameter.
    pub fn parameter(&self) -> String {
        self.0.join(" ")
    }

    /// The claims these scopes open besides `sub`, each once.
    pub fn claims(&self) -> Vec<&str> {
        let mut claims: Vec<&str> = Vec::new();
        for scope in &self.0 {
            let alone = [scope.as_str()];
            let opened =
                GROUPS.iter().find(|(name, _)| name == scope).map_or(&alone[..], |(_, opened)| opened);
            for claim in opened {
                if !claims.contains(claim) {
                    claims.push(claim);
                }
            }
        }
        claims
    }
}
