//! Decides the lies of the callback: what the citizen's browser brings back.

use super::other_case;
use crate::emulator::interaction::callback::Callback as Told;
use crate::emulator::token::keys::encode;

faults! {
    /// What the citizen's browser brings back.
    Callback, "callback", Callback;
    IssOther = "iss_other", Stops, "`iss` of another provider";
    IssSlash = "iss_slash", Stops, "`iss` with a slash more at the end";
    IssMissing = "iss_missing", Stops, "no `iss`";
    IssEmpty = "iss_empty", Stops, "an empty `iss`";
    IssTwice = "iss_twice", Stops, "`iss` twice";
    StateOther = "state_other", Stops, "another `state`";
    StateMissing = "state_missing", Stops, "no `state`";
    StateEmpty = "state_empty", Stops, "an empty `state`";
    StateUndefined = "state_undefined", Stops, "the `state` that FranceConnect lost: `undefined`";
    StateCase = "state_case", Stops, "the `state` in other case";
    StateTwice = "state_twice", Stops, "`state` twice";
    StateHuge = "state_huge", Stops, "a `state` of 100 kB";
    CodeMissing = "code_missing", Stops, "no `code`";
    CodeEmpty = "code_empty", Stops, "an empty `code`";
    CodeTwice = "code_twice", Stops, "`code` twice";
    CodeUnknown = "code_unknown", Stops at Token, "a `code` that was never given";
    CodeUsed = "code_used", Stops at Token, "a `code` that somebody has used already";
    CodeHuge = "code_huge", Stops at Token, "a `code` of 100 kB";
    CodeControl = "code_control", Stops at Token, "a `code` with NUL and a line break";
    CodeSpecial = "code_special", Succeeds, "a `code` full of characters that must be encoded";
    CodeAndError = "code_and_error", Stops, "`code` and `error` together";
    Nothing = "nothing", Stops, "no parameter at all";
    Fragment = "fragment", Stops, "everything in the fragment";
    Extra = "extra", Succeeds, "parameters nobody knows";
    TokensToo = "tokens_too", Either, "an access token beside the code";
    Status302 = "status_302", Succeeds, "302 instead of 303";
    ErrorAccessDenied = "error_access_denied", Stops, "the error `access_denied`";
    ErrorServerError = "error_server_error", Stops, "the error `server_error`";
    ErrorUnavailable = "error_temporarily_unavailable", Stops, "the error `temporarily_unavailable`";
    ErrorInvalidRequest = "error_invalid_request", Stops, "the error `invalid_request`";
    ErrorInvalidScope = "error_invalid_scope", Stops, "the error `invalid_scope`";
    ErrorInvalidAcr = "error_invalid_acr", Stops, "the error `invalid_acr`";
    ErrorInvalidIdpHint = "error_invalid_idp_hint", Stops, "the error `invalid_idp_hint`";
    ErrorResponseType = "error_unsupported_response_type", Stops, "the error `unsupported_response_type`";
    ErrorLoginRequired = "error_login_required", Stops, "the error `login_required`";
    ErrorConsentRequired = "error_consent_required", Stops, "the error `consent_required`";
    ErrorInteractionRequired = "error_interaction_required", Stops, "the error `interaction_required`";
    ErrorUnknown = "error_unknown", Stops, "an error nobody knows";
    ErrorHostile = "error_hostile", Stops, "an error whose words are markup and line breaks";
    ErrorWithoutState = "error_without_state", Stops, "an error without `state`";
    ErrorOtherState = "error_other_state", Stops, "an error with another `state`";
    ErrorTwice = "error_twice", Stops, "`error` twice";
}

const TECHNICAL: &str = "authentication aborted due to a technical error on the authorization server";
const REQUIRED: &str = "prompt none was used";
const LEVEL: &str =
    "acr_value is not valid, should be equal one of these values, expected eidas1, got eidas2";

impl Callback {
    /// Changes what is told; `random` is fresh.
    pub(in crate::emulator) fn change(self, told: &mut Told, random: [u8; 32]) {
        if let Some((error, description)) = self.error() {
            told.remove("code");
            told.0.insert(0, ("error_description", description.to_owned()));
            told.0.insert(0, ("error", error.to_owned()));
        }
        let state = told.get("state");
        match self {
            Self::IssOther => told.set("iss", "https://autre.exemple.fr/api/v2"),
            Self::IssSlash => told.set("iss", &format!("{}/", told.get("iss"))),
            Self::IssMissing => told.remove("iss"),
            Self::IssEmpty => told.set("iss", ""),
            Self::IssTwice => told.repeat("iss"),
            Self::StateOther | Self::ErrorOtherState => told.set("state", &encode(&random)),
            Self::StateMissing | Self::ErrorWithoutState => told.remove("state"),
            Self::StateEmpty => told.set("state", ""),
            Self::StateUndefined => told.set("state", "undefined"),
            Self::StateCase => told.set("state", &other_case(&state)),
            Self::StateTwice => told.repeat("state"),
            Self::StateHuge => told.set("state", &state.repeat(100 * 1024 / state.len().max(1))),
            Self::CodeMissing => told.remove("code"),
            Self::CodeEmpty => told.set("code", ""),
            Self::CodeTwice => told.repeat("code"),
            Self::CodeUnknown => told.set("code", &encode(&random)),
            Self::CodeHuge => told.set("code", &"a".repeat(100 * 1024)),
            Self::CodeControl => told.set("code", "a\0b\r\nc"),
            Self::CodeAndError => told.0.push(("error", "access_denied".to_owned())),
            Self::Nothing => told.0.clear(),
            Self::Extra => {
                told.0.push(("session_state", encode(&random)));
                told.0.push(("inconnu", "é & <b>".to_owned()));
            }
            Self::TokensToo => told.0.push(("access_token", encode(&random))),
            Self::ErrorTwice => told.repeat("error"),
            _ => {}
        }
    }

    fn error(self) -> Option<(&'static str, &'static str)> {
        Some(match self {
            Self::ErrorAccessDenied | Self::ErrorWithoutState | Self::ErrorOtherState | Self::ErrorTwice => {
                ("access_denied", "User auth aborted")
            }
            Self::ErrorServerError => ("server_error", TECHNICAL),
            Self::ErrorUnavailable => ("temporarily_unavailable", TECHNICAL),
            Self::ErrorInvalidRequest => ("invalid_request", "missing required parameter 'response_type'"),
            Self::ErrorInvalidScope => ("invalid_scope", "requested scope is not allowed"),
            Self::ErrorInvalidAcr => ("invalid_acr", LEVEL),
            Self::ErrorInvalidIdpHint => ("invalid_idp_hint", "An idp_hint was provided but is not allowed"),
            Self::ErrorResponseType => ("unsupported_response_type", "unsupported response_type requested"),
            Self::ErrorLoginRequired => ("login_required", REQUIRED),
            Self::ErrorConsentRequired => ("consent_required", REQUIRED),
            Self::ErrorInteractionRequired => ("interaction_required", REQUIRED),
            Self::ErrorUnknown => ("erreur_inconnue", "une erreur que personne ne connaît"),
            Self::ErrorHostile => {
                ("\"><script>alert(1)</script>", "\r\nSet-Cookie: a=b\r\n\r\n<img src=x onerror=alert(1)>")
            }
            _ => return None,
        })
    }
}
