//! FranceConnect's error words at the callback, and whose affair each is.

use crate::oidc::Failure;

/// Every `error` that FranceConnect, or the engine it stands on, can send back.
pub const ERRORS: &[(&str, Failure)] = &[
    ("access_denied", Failure::denial("callback.access_denied", "the citizen came back without logging in")),
    ("server_error", Failure::unreachable("callback.server_error", "FranceConnect met a technical error")),
    (
        "temporarily_unavailable",
        Failure::unreachable(
            "callback.temporarily_unavailable",
            "FranceConnect, or a register behind it, is down",
        ),
    ),
    (
        "invalid_request",
        Failure::fault("callback.invalid_request", "FranceConnect refuses the authorization request"),
    ),
    (
        "invalid_scope",
        Failure::fault("callback.invalid_scope", "FC_SCOPES asks for more than the habilitation opens"),
    ),
    (
        "invalid_acr",
        Failure::fault(
            "callback.invalid_acr",
            "FC_ACR_VALUES is a level of the other product (eidas1: FranceConnect)",
        ),
    ),
    (
        "invalid_idp_hint",
        Failure::fault("callback.invalid_idp_hint", "FC_IDP_HINT is not opened for this client"),
    ),
    (
        "unsupported_response_type",
        Failure::fault("callback.unsupported_response_type", "the provider does not know the code flow"),
    ),
    (
        "unauthorized_client",
        Failure::fault("callback.unauthorized_client", "this client may not use the code flow here"),
    ),
    (
        "login_required",
        Failure::denial("callback.login_required", "the provider wants the citizen to log in again"),
    ),
    ("consent_required", Failure::denial("callback.consent_required", "the citizen did not consent")),
    (
        "interaction_required",
        Failure::denial("callback.interaction_required", "the provider wants to ask something"),
    ),
];

/// What the `error` of a callback means; words we do not know are refusals.
pub fn callback_error(word: &str) -> Failure {
    const UNKNOWN: Failure =
        Failure::refusal("callback.unknown_error", "the provider sent an error that we do not know");
    ERRORS.iter().find(|(known, _)| *known == word).map_or(UNKNOWN, |(_, failure)| *failure)
}
