//! Decides the lies of the callback: what the citizen's browser brings back.

use super::other_case;
use crate::emulator::interaction::callback::Callback as Told;
use crate::emulator::token::keys::encode;

faults! {
    /// What the citizen's browser brings back.
    Callback, "callback", Callback;
    IssOther = "iss_other", Stops, "`iss` of another provider", "`iss` d’un autre fournisseur";
    IssSlash = "iss_slash", Stops, "`iss` with a slash more at the end",
        "`iss` avec une barre oblique de plus à la fin";
    IssMissing = "iss_missing", Stops, "no `iss`", "pas de `iss`";
    IssEmpty = "iss_empty", Stops, "an empty `iss`", "`iss` vide";
    IssTwice = "iss_twice", Stops, "`iss` twice", "`iss` deux fois";
    StateOther = "state_other", Stops, "another `state`", "un autre `state`";
    StateMissing = "state_missing", Stops, "no `state`", "pas de `state`";
    StateEmpty = "state_empty", Stops, "an empty `state`", "`state` vide";
    StateUndefined = "state_undefined", Stops, "the `state` that FranceConnect lost: `undefined`",
        "le `state` que FranceConnect a perdu : `undefined`";
    StateCase = "state_case", Stops, "the `state` in other case",
        "`state` avec majuscules et minuscules inversées";
    StateTwice = "state_twice", Stops, "`state` twice", "`state` deux fois";
    StateHuge = "state_huge", Stops, "a `state` of 100 kB", "un `state` de 100 ko";
    CodeMissing = "code_missing", Stops, "no `code`", "pas de `code`";
    CodeEmpty = "code_empty", Stops, "an empty `code`", "`code` vide";
    CodeTwice = "code_twice", Stops, "`code` twice", "`code` deux fois";
    CodeUnknown = "code_unknown", Stops at Token, "a `code` that was never given",
        "un `code` qui n’a jamais été donné";
    CodeUsed = "code_used", Stops at Token, "a `code` that somebody has used already",
        "un `code` déjà utilisé par quelqu’un";
    CodeHuge = "code_huge", Stops at Token, "a `code` of 100 kB", "un `code` de 100 ko";
    CodeControl = "code_control", Stops at Token, "a `code` with NUL and a line break",
        "un `code` contenant NUL et un saut de ligne";
    CodeSpecial = "code_special", Succeeds, "a `code` full of characters that must be encoded",
        "un `code` plein de caractères à encoder";
    CodeAndError = "code_and_error", Stops, "`code` and `error` together", "`code` et `error` à la fois";
    Nothing = "nothing", Stops, "no parameter at all", "aucun paramètre";
    Fragment = "fragment", Stops, "everything in the fragment", "tout dans le fragment";
    Extra = "extra", Succeeds, "parameters nobody knows", "des paramètres que personne ne connaît";
    TokensToo = "tokens_too", Either, "an access token beside the code", "un jeton d’accès à côté du code";
    Status302 = "status_302", Succeeds, "302 instead of 303", "302 au lieu de 303";
    ErrorAccessDenied = "error_access_denied", Stops, "the error `access_denied`", "l’erreur `access_denied`";
    ErrorServerError = "error_server_error", Stops, "the error `server_error`", "l’erreur `server_error`";
    ErrorUnavailable = "error_temporarily_unavailable", Stops, "the error `temporarily_unavailable`",
        "l’erreur `temporarily_unavailable`";
    ErrorInvalidRequest = "error_invalid_request", Stops, "the error `invalid_request`",
        "l’erreur `invalid_request`";
    ErrorInvalidScope = "error_invalid_scope", Stops, "the error `invalid_scope`", "l’erreur `invalid_scope`";
    ErrorInvalidAcr = "error_invalid_acr", Stops, "the error `invalid_acr`", "l’erreur `invalid_acr`";
    ErrorInvalidIdpHint = "error_invalid_idp_hint", Stops, "the error `invalid_idp_hint`",
        "l’erreur `invalid_idp_hint`";
    ErrorResponseType = "error_unsupported_response_type", Stops, "the error `unsupported_response_type`",
        "l’erreur `unsupported_response_type`";
    ErrorLoginRequired = "error_login_required", Stops, "the error `login_required`",
        "l’erreur `login_required`";
    ErrorConsentRequired = "error_consent_required", Stops, "the error `consent_required`",
        "l’erreur `consent_required`";
    ErrorInteractionRequired = "error_interaction_required", Stops, "the error `interaction_required`",
        "l’erreur `interaction_required`";
    ErrorUnknown = "error_unknown", Stops, "an error nobody knows", "une erreur que personne ne connaît";
    ErrorHostile = "error_hostile", Stops, "an error whose words are markup and line breaks",
        "une erreur dont le texte est fait de balises et de sauts de ligne";
    ErrorWithoutState = "error_without_state", Stops, "an error without `state`", "une erreur sans `state`";
    ErrorOtherState = "error_other_state", Stops, "an error with another `state`",
        "une erreur avec un autre `state`";
    ErrorTwice = "error_twice", Stops, "`error` twice", "`error` deux fois";
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
