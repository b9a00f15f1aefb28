//! Decides which claims each scope of FranceConnect+ opens: the identity provider's identity, and beside it what
//! the civil register says (`rnipp_…`), each for its own scopes.

/// Scope → claims of the userinfo answer, `sub` apart.
pub(in crate::emulator) const IDENTITY: &[(&str, &[&str])] = &[
    ("openid", &[]),
    ("profile", &["given_name", "family_name", "birthdate", "gender", "preferred_username"]),
    ("birth", &["birthplace", "birthcountry"]),
    ("identite_pivot", &["given_name", "family_name", "birthdate", "gender", "birthplace", "birthcountry"]),
    ("given_name", &["given_name"]),
    ("family_name", &["family_name"]),
    ("birthdate", &["birthdate"]),
    ("gender", &["gender"]),
    ("birthplace", &["birthplace"]),
    ("birthcountry", &["birthcountry"]),
    ("preferred_username", &["preferred_username"]),
    ("email", &["email"]),
    ("amr", &["amr"]),
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
            "rnipp_given_name",
            "rnipp_given_name_array",
            "family_name",
            "rnipp_family_name",
            "birthdate",
            "rnipp_birthdate",
            "gender",
            "rnipp_gender",
            "preferred_username",
        ],
    ),
    ("rnipp_birth", &["birthplace", "rnipp_birthplace", "birthcountry", "rnipp_birthcountry"]),
    (
        "rnipp_identite_pivot",
        &[
            "gender",
            "rnipp_gender",
            "family_name",
            "rnipp_family_name",
            "given_name",
            "rnipp_given_name",
            "rnipp_given_name_array",
            "birthdate",
            "rnipp_birthdate",
            "birthplace",
            "rnipp_birthplace",
            "birthcountry",
            "rnipp_birthcountry",
        ],
    ),
];

/// What the citizen is told about each claim that FranceConnect does not have.
pub(in crate::emulator) const LABELS: &[(&str, &str, &str)] = &[
    ("rnipp_gender", "Sexe (répertoire des personnes)", "Gender (register of persons)"),
    ("rnipp_family_name", "Nom de naissance (répertoire des personnes)", "Birth name (register of persons)"),
    ("rnipp_given_name", "Prénoms (répertoire des personnes)", "First names (register of persons)"),
    (
        "rnipp_birthdate",
        "Date de naissance (répertoire des personnes)",
        "Date of birth (register of persons)",
    ),
    (
        "rnipp_birthplace",
        "Lieu de naissance (répertoire des personnes)",
        "Place of birth (register of persons)",
    ),
    (
        "rnipp_birthcountry",
        "Pays de naissance (répertoire des personnes)",
        "Country of birth (register of persons)",
    ),
];
