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
    ("discovery.jwks_moved", &["oidcc-client-test-discovery-jwks-uri-keys"]),
    ("jwks.rotated_between_logins", &["oidcc-client-test-signing-key-rotation"]),
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
    ("id_token.hs256_wrong_secret", &["oidcc-client-test-invalid-sig-hs256"]),
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

    /// Client modules of the OpenID Connect plans in which the provider lies, without their prefix.
    const OIDCC: &str = "invalid-iss missing-sub invalid-aud missing-aud missing-iat kid-absent-single-jwks \
        kid-absent-multiple-jwks idtoken-sig-none invalid-sig-rs256 invalid-sig-es256 invalid-sig-hs256 \
        userinfo-invalid-sub nonce-invalid discovery-jwks-uri-keys discovery-issuer-mismatch signing-key-rotation \
        signing-key-rotation-just-before-signing rp-init-logout-other-state rp-init-logout-no-state";
    /// Those in which it is honest, and watches; an error by POST needs a `response_mode`, which FranceConnect takes
    /// from nobody.
    const HONEST: &str = "idtoken-sig-rs256 scope-userinfo-claims client-secret-basic discovery-openid-config \
        userinfo-bearer-header userinfo-bearer-body userinfo-signed form-post-error rp-init-logout";
    /// The lies of the FAPI 2 plan.
    const FAPI: &str = "invalid-iss missing-iss invalid-aud missing-aud invalid-secondary-aud invalid-null-alg \
        invalid-alternate-alg invalid-expired-exp missing-exp invalid-nonce missing-nonce discovery-issuer-mismatch \
        invalid-authorization-response-iss remove-authorization-response-iss \
        ensure-authorization-response-with-invalid-state-fails \
        ensure-authorization-response-with-invalid-missing-state-fails valid-aud-as-array \
        token-endpoint-response-without-expires_in token-type-case-insensitivity";

    #[test]
    fn every_module_names_one_fault() {
        for (name, modules) in NAMES {
            for module in *modules {
                assert_eq!(Fault::from_name(module).map(Fault::name), Some(*name), "{module}");
            }
        }
    }

    #[test]
    fn every_lie_of_the_suite_can_be_had_by_its_name() {
        let prefixed = |names: &str, prefix: &str| {
            names.split(' ').map(|name| format!("{prefix}-test-{name}")).collect::<Vec<_>>()
        };
        let oidcc = prefixed(OIDCC, "oidcc-client");
        let fapi = prefixed(FAPI, "fapi2-security-profile-final-client");
        for module in oidcc.iter().chain(&fapi) {
            assert!(Fault::from_name(module).is_some(), "{module}");
        }
        for module in prefixed(HONEST, "oidcc-client") {
            assert!(Fault::from_name(&module).is_none(), "{module}");
        }
        let named: usize = NAMES.iter().map(|(_, modules)| modules.len()).sum();
        assert_eq!(named, oidcc.len() + fapi.len());
    }
}
