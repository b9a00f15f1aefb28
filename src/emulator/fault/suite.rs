//! Decides which faults have a name in the OpenID conformance suite: the client test modules of the OpenID Connect plans,
//! and the lies of the FAPI 2 plan.

use super::Fault;

/// Fault → modules that commit it.
const NAMES: &[(&str, &[&str])] = &[
    (
        "discovery.issuer_other",
        &[
            "oidcc-client-test-discovery-issuer-mismatch",
            "fapi2-security-profile-final-client-test-discovery-issuer-mismatch",
        ],
    ),
    ("jwks.rotated_before_signing", &["oidcc-client-test-signing-key-rotation-just-before-signing"]),
    ("callback.iss_other", &["fapi2-security-profile-final-client-test-invalid-authorization-response-iss"]),
    ("callback.iss_missing", &["fapi2-security-profile-final-client-test-remove-authorization-response-iss"]),
    (
        "callback.state_other",
        &["fapi2-security-profile-final-client-test-ensure-authorization-response-with-invalid-state-fails"],
    ),
    (
        "callback.state_missing",
        &[
            "fapi2-security-profile-final-client-test-ensure-authorization-response-with-invalid-missing-state-fails",
        ],
    ),
    (
        "token.expires_in_missing",
        &["fapi2-security-profile-final-client-test-token-endpoint-response-without-expires_in"],
    ),
    ("token.token_type_lower", &["fapi2-security-profile-final-client-test-token-type-case-insensitivity"]),
    (
        "id_token.iss_other",
        &["oidcc-client-test-invalid-iss", "fapi2-security-profile-final-client-test-invalid-iss"],
    ),
    ("id_token.iss_missing", &["fapi2-security-profile-final-client-test-missing-iss"]),
    (
        "id_token.aud_other",
        &["oidcc-client-test-invalid-aud", "fapi2-security-profile-final-client-test-invalid-aud"],
    ),
    (
        "id_token.aud_missing",
        &["oidcc-client-test-missing-aud", "fapi2-security-profile-final-client-test-missing-aud"],
    ),
    ("id_token.aud_stranger", &["fapi2-security-profile-final-client-test-invalid-secondary-aud"]),
    ("id_token.aud_array", &["fapi2-security-profile-final-client-test-valid-aud-as-array"]),
    ("id_token.sub_missing", &["oidcc-client-test-missing-sub"]),
    ("id_token.iat_missing", &["oidcc-client-test-missing-iat"]),
    ("id_token.exp_past", &["fapi2-security-profile-final-client-test-invalid-expired-exp"]),
    ("id_token.exp_missing", &["fapi2-security-profile-final-client-test-missing-exp"]),
    (
        "id_token.nonce_other",
        &["oidcc-client-test-nonce-invalid", "fapi2-security-profile-final-client-test-invalid-nonce"],
    ),
    ("id_token.nonce_missing", &["fapi2-security-profile-final-client-test-missing-nonce"]),
    ("id_token.kid_missing", &["oidcc-client-test-kid-absent-single-jwks"]),
    ("id_token.kid_missing_several", &["oidcc-client-test-kid-absent-multiple-jwks"]),
    (
        "id_token.alg_none",
        &["oidcc-client-test-idtoken-sig-none", "fapi2-security-profile-final-client-test-invalid-null-alg"],
    ),
    ("id_token.alg_other_key", &["fapi2-security-profile-final-client-test-invalid-alternate-alg"]),
    (
        "id_token.signature_foreign",
        &["oidcc-client-test-invalid-sig-rs256", "oidcc-client-test-invalid-sig-es256"],
    ),
    ("userinfo.sub_other", &["oidcc-client-test-userinfo-invalid-sub"]),
    ("logout.other_state", &["oidcc-client-test-rp-init-logout-other-state"]),
    ("logout.no_state", &["oidcc-client-test-rp-init-logout-no-state"]),
];

impl Fault {
    /// Its names in the conformance suite; none if the suite has no such module.
    pub fn suite(self) -> &'static [&'static str] {
        let entry = NAMES.iter().find(|(name, _)| *name == self.name());
        entry.map_or(&[], |(_, modules)| modules)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_module_names_one_fault() {
        for (name, modules) in NAMES {
            for module in *modules {
                assert_eq!(Fault::from_name(module).map(Fault::name), Some(*name), "{module}");
            }
        }
    }
}
