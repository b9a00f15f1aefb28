//! Decides the lies of the callback: what the citizen's browser brings back.

use super::other_case;
use crate::emulator::interaction::callback::{Callback as Told, with_plus};
use crate::emulator::token::keys::encode;
use serde_json::{Map, Value, json};

faults! {
    /// What the citizen's browser brings back.
    Callback, "callback", Callback;
    IssOther = "iss_other", Stops, "`iss` of another provider", "`iss` d’un autre fournisseur";
    IssSlash = "iss_slash", Stops, "`iss` with a slash more at the end",
        "`iss` avec une barre oblique de plus à la fin";
    IssCase = "iss_case", Stops, "`iss` in other case", "`iss` avec majuscules et minuscules inversées";
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
    StateEarlier = "state_earlier", Stops, "the `state` of an earlier login, or one like it",
        "le `state` d’une connexion précédente, ou son semblable";
    StateTwice = "state_twice", Stops, "`state` twice", "`state` deux fois";
    StateHuge = "state_huge", Stops, "a `state` of 100 kB", "un `state` de 100 ko";
    CodeMissing = "code_missing", Stops, "no `code`", "pas de `code`";
    CodeEmpty = "code_empty", Stops, "an empty `code`", "`code` vide";
    CodeTwice = "code_twice", Stops, "`code` twice", "`code` deux fois";
    CodeTwiceOther = "code_twice_other", Stops, "`code` twice: the right one, then another",
        "`code` deux fois : le bon, puis un autre";
    CodeUnknown = "code_unknown", Stops at Token, "a `code` that was never given",
        "un `code` qui n’a jamais été donné";
    CodeUsed = "code_used", Stops at Token, "a `code` that somebody has used already",
        "un `code` déjà utilisé par quelqu’un";
    CodeOtherLogin = "code_other_login", Stops at IdToken, "the `code` of another login",
        "le `code` d’une autre connexion";
    CodeHuge = "code_huge", Stops at Token, "a `code` of 100 kB", "un `code` de 100 ko";
    CodeControl = "code_control", Stops at Token, "a `code` with NUL and a line break",
        "un `code` contenant NUL et un saut de ligne";
    CodeNotUtf8 = "code_not_utf8", Stops at Token, "a `code` of bytes that are no UTF-8",
        "un `code` fait d’octets qui ne sont pas de l’UTF-8";
    CodeHalfEncoded = "code_half_encoded", Stops at Token, "a `code` whose percent encoding is broken",
        "un `code` dont l’encodage en pourcent est cassé";
    CodeSpecial = "code_special", Succeeds, "a `code` full of characters that must be encoded",
        "un `code` plein de caractères à encoder";
    CodePlus = "code_plus", Succeeds, "a `code` with spaces, which are written as `+`",
        "un `code` avec des espaces, écrites `+`";
    CodeAndError = "code_and_error", Stops, "`code` and `error` together", "`code` et `error` à la fois";
    ErrorEmpty = "error_empty", Either, "an empty `error` beside the code", "une `error` vide à côté du code";
    DescriptionAlone = "description_alone", Either, "an `error_description` beside the code, no `error`",
        "une `error_description` à côté du code, sans `error`";
    Nothing = "nothing", Stops, "no parameter at all", "aucun paramètre";
    Fragment = "fragment", Stops, "everything in the fragment", "tout dans le fragment";
    EncodedTwice = "encoded_twice", Stops, "every value encoded twice", "chaque valeur encodée deux fois";
    Semicolons = "semicolons", Stops, "`;` instead of `&` between the parameters",
        "`;` au lieu de `&` entre les paramètres";
    NamesCase = "names_case", Stops, "the names of the parameters in capitals",
        "les noms des paramètres en majuscules";
    ResponseToken = "response_token", Stops, "everything inside a token, as `response`",
        "tout à l’intérieur d’un jeton, comme `response`";
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
            Self::IssCase => told.set("iss", &other_case(&told.get("iss"))),
            Self::IssMissing => told.remove("iss"),
            Self::IssEmpty => told.set("iss", ""),
            Self::IssTwice => told.repeat("iss"),
            Self::StateOther | Self::StateEarlier | Self::ErrorOtherState => {
                told.set("state", &encode(&random))
            }
            Self::StateMissing | Self::ErrorWithoutState => told.remove("state"),
            Self::StateEmpty => told.set("state", ""),
            Self::StateUndefined => told.set("state", "undefined"),
            Self::StateCase => told.set("state", &other_case(&state)),
            Self::StateTwice => told.repeat("state"),
            Self::StateHuge => told.set("state", &state.repeat(100 * 1024 / state.len().max(1))),
            Self::CodeMissing => told.remove("code"),
            Self::CodeEmpty => told.set("code", ""),
            Self::CodeTwice => told.repeat("code"),
            Self::CodeTwiceOther => told.0.push(("code", encode(&random))),
            Self::CodeUnknown => told.set("code", &encode(&random)),
            Self::CodeHuge => told.set("code", &"a".repeat(100 * 1024)),
            Self::CodeControl => told.set("code", "a\0b\r\nc"),
            Self::CodeAndError => told.0.push(("error", "access_denied".to_owned())),
            Self::ErrorEmpty => told.0.push(("error", String::new())),
            Self::DescriptionAlone => told.0.push(("error_description", TECHNICAL.to_owned())),
            Self::Nothing => told.0.clear(),
            Self::EncodedTwice => {
                for (_, value) in &mut told.0 {
                    *value = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
                }
            }
            Self::NamesCase => {
                for (name, _) in &mut told.0 {
                    *name = ["CODE", "STATE", "ISS"]
                        .into_iter()
                        .find(|it| it.eq_ignore_ascii_case(name))
                        .unwrap_or(name);
                }
            }
            Self::ResponseToken => {
                let claims: Map<String, Value> =
                    told.0.drain(..).map(|(name, value)| (name.to_owned(), json!(value))).collect();
                let parts =
                    [&br#"{"alg":"ES256"}"#[..], json!(claims).to_string().as_bytes(), &random].map(encode);
                told.0.push(("response", parts.join(".")));
            }
            Self::Extra => {
                told.0.push(("session_state", encode(&random)));
                told.0.push(("inconnu", "é & <b>".to_owned()));
            }
            Self::TokensToo => told.0.push(("access_token", encode(&random))),
            Self::ErrorTwice => told.repeat("error"),
            _ => {}
        }
    }

    /// The address that the browser is sent to.
    pub(in crate::emulator) fn location(self, told: &Told, redirect_uri: &str) -> String {
        let honest = told.location(redirect_uri, self == Self::Fragment);
        match self {
            Self::CodePlus => with_plus(told, redirect_uri),
            Self::CodeNotUtf8 => honest.replacen("code=", "code=%FF%C0%AF", 1),
            Self::CodeHalfEncoded => honest.replacen("code=", "code=%zz%", 1),
            Self::Semicolons => honest.replace('&', ";"),
            _ => honest,
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
