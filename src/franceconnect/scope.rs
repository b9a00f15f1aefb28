//! Which claims each scope opens at FranceConnect, and so which data we may keep.

use super::Product;

/// The scopes of a configuration, once each, `openid` first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scopes {
    scopes: Vec<String>,
    product: Product,
}

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

/// What FranceConnect opens by one word.
type Groups = &'static [(&'static str, &'static [&'static str])];

/// Scopes of FranceConnect that open several claims, or one of another name. Any other scope opens the claim of
/// its name, as the scopes of data providers do.
const STANDARD: Groups = &[
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
];

/// The same of FranceConnect+; `rnipp_` scopes open the claims of the civil register beside those of the
/// identity provider.
const PLUS: Groups = &[
    ("profile", &["given_name", "family_name", "birthdate", "gender", "preferred_username"]),
    ("birth", &["birthplace", "birthcountry"]),
    ("identite_pivot", &["given_name", "family_name", "birthdate", "gender", "birthplace", "birthcountry"]),
    ("rnipp_given_name", &["given_name", "rnipp_given_name", "rnipp_given_name_array"]),
    ("rnipp_family_name", &["family_name", "rnipp_family_name"]),
    ("rnipp_gender", &["gender", "rnipp_gender"]),
    ("rnipp_birthdate", &["birthdate", "rnipp_birthdate"]),
    ("rnipp_birthplace", &["birthplace", "rnipp_birthplace"]),
    ("rnipp_birthcountry", &["birthcountry", "rnipp_birthcountry"]),
    (
        "rnipp_profile",
        &[
            "given_name",
            "family_name",
            "birthdate",
            "gender",
            "rnipp_given_name",
            "rnipp_given_name_array",
            "rnipp_family_name",
            "rnipp_birthdate",
            "rnipp_gender",
            "preferred_username",
        ],
    ),
    ("rnipp_birth", &["birthplace", "birthcountry", "rnipp_birthplace", "rnipp_birthcountry"]),
    (
        "rnipp_identite_pivot",
        &[
            "given_name",
            "family_name",
            "birthdate",
            "gender",
            "birthplace",
            "birthcountry",
            "rnipp_given_name",
            "rnipp_given_name_array",
            "rnipp_family_name",
            "rnipp_birthdate",
            "rnipp_gender",
            "rnipp_birthplace",
            "rnipp_birthcountry",
        ],
    ),
];

/// In the ID Token, whose `amr` is the one we keep.
const NO_CLAIM: [&str; 2] = ["openid", "amr"];

/// Scopes that FranceConnect+ does not know.
const STANDARD_ONLY: [&str; 3] = ["given_name_array", "idp_birthdate", "idp_id"];

impl Scopes {
    /// Reads a list separated by spaces, for one of the products.
    ///
    /// # Errors
    /// See [`ScopeFault`].
    pub fn parse(list: &str, product: Product) -> Result<Self, ScopeFault> {
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
            Ok(Self { scopes, product })
        } else {
            Err(ScopeFault::NoOpenid)
        }
    }

    /// Whether one of them is of the other product only, which would refuse the login or open nothing.
    pub fn foreign(&self) -> bool {
        self.scopes.iter().any(|scope| match self.product {
            Product::Standard => scope.starts_with("rnipp_"),
            Product::Plus => STANDARD_ONLY.contains(&scope.as_str()),
        })
    }

    /// The value of the `scope` parameter.
    pub fn parameter(&self) -> String {
        self.scopes.join(" ")
    }

    /// The claims these scopes open besides `sub`, each once.
    pub fn claims(&self) -> Vec<&str> {
        let groups = match self.product {
            Product::Standard => STANDARD,
            Product::Plus => PLUS,
        };
        let mut claims: Vec<&str> = Vec::new();
        for scope in self.scopes.iter().filter(|scope| !NO_CLAIM.contains(&scope.as_str())) {
            let alone = [scope.as_str()];
            let opened =
                groups.iter().find(|(name, _)| name == scope).map_or(&alone[..], |(_, opened)| opened);
            for claim in opened {
                if !claims.contains(claim) {
                    claims.push(claim);
                }
            }
        }
        claims
    }
}
