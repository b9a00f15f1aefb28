//! Decides the lies of the token answer around the ID Token.

use super::{deep, twice};
use crate::emulator::http::Reply;
use serde_json::{Map, Value, json};

faults! {
    /// What surrounds the ID Token in the token answer.
    Token, "token", Token;
    ErrorInvalidClient = "error_invalid_client", Stops, "the JSON error `invalid_client`",
        "l’erreur JSON `invalid_client`";
    ErrorInvalidGrant = "error_invalid_grant", Stops, "the JSON error `invalid_grant`",
        "l’erreur JSON `invalid_grant`";
    ErrorInvalidRequest = "error_invalid_request", Stops, "the JSON error `invalid_request`",
        "l’erreur JSON `invalid_request`";
    ErrorUnauthorizedClient = "error_unauthorized_client", Stops, "the JSON error `unauthorized_client`",
        "l’erreur JSON `unauthorized_client`";
    ErrorGrantType = "error_unsupported_grant_type", Stops, "the JSON error `unsupported_grant_type`",
        "l’erreur JSON `unsupported_grant_type`";
    ErrorInvalidScope = "error_invalid_scope", Stops, "the JSON error `invalid_scope`",
        "l’erreur JSON `invalid_scope`";
    ErrorServerError = "error_server_error", Stops, "the JSON error `server_error`",
        "l’erreur JSON `server_error`";
    ErrorUnavailable = "error_temporarily_unavailable", Stops, "the JSON error `temporarily_unavailable`",
        "l’erreur JSON `temporarily_unavailable`";
    ErrorHostile = "error_hostile", Stops, "a JSON error whose words are markup and line breaks",
        "une erreur JSON dont le texte est fait de balises et de sauts de ligne";
    Error200 = "error_200", Stops, "a JSON error with status 200", "une erreur JSON avec le statut 200";
    ErrorAndTokens = "error_and_tokens", Either, "an `error` member beside good tokens",
        "un membre `error` à côté de bons jetons";
    Status201 = "status_201", Either, "the honest answer with status 201",
        "la réponse honnête avec le statut 201";
    Status206 = "status_206", Either, "the honest answer with status 206",
        "la réponse honnête avec le statut 206";
    IdTokenMissing = "id_token_missing", Stops, "no `id_token`", "pas de `id_token`";
    IdTokenNull = "id_token_null", Stops, "`id_token` is null", "`id_token` est nul";
    IdTokenNumber = "id_token_number", Stops, "`id_token` is a number", "`id_token` est un nombre";
    IdTokenEmpty = "id_token_empty", Stops, "an empty `id_token`", "`id_token` vide";
    IdTokenArray = "id_token_array", Stops, "`id_token` in an array", "`id_token` dans un tableau";
    IdTokenTwice = "id_token_twice", Stops, "`id_token` twice: a stranger's, then the right one",
        "`id_token` deux fois : celui d’un inconnu, puis le bon";
    AccessTokenMissing = "access_token_missing", Stops, "no `access_token`", "pas de `access_token`";
    AccessTokenEmpty = "access_token_empty", Stops, "an empty `access_token`", "`access_token` vide";
    AccessTokenNumber = "access_token_number", Stops, "`access_token` is a number",
        "`access_token` est un nombre";
    AccessTokenNull = "access_token_null", Stops, "`access_token` is null", "`access_token` est nul";
    AccessTokenHuge = "access_token_huge", Stops at UserInfo, "an `access_token` of 100 kB",
        "un `access_token` de 100 ko";
    AccessTokenCrlf = "access_token_crlf", Stops, "an `access_token` with a header inside",
        "un `access_token` avec un en-tête à l’intérieur";
    AccessTokenSpace = "access_token_space", Stops, "an `access_token` with a space",
        "un `access_token` avec une espace";
    AccessTokenUnicode = "access_token_unicode", Stops, "an `access_token` beyond ASCII",
        "un `access_token` au-delà de l’ASCII";
    AccessTokenTwice = "access_token_twice", Stops, "`access_token` twice", "`access_token` deux fois";
    TokenTypeMac = "token_type_mac", Stops, "`token_type` is `mac`", "`token_type` vaut `mac`";
    TokenTypeDpop = "token_type_dpop", Stops, "`token_type` is `DPoP`", "`token_type` vaut `DPoP`";
    TokenTypeEmpty = "token_type_empty", Stops, "an empty `token_type`", "`token_type` vide";
    TokenTypeNumber = "token_type_number", Stops, "`token_type` is a number", "`token_type` est un nombre";
    TokenTypeMissing = "token_type_missing", Stops, "no `token_type`", "pas de `token_type`";
    TokenTypeLower = "token_type_lower", Succeeds, "`token_type` is `bearer`", "`token_type` vaut `bearer`";
    TokenTypeUpper = "token_type_upper", Succeeds, "`token_type` is `BEARER`", "`token_type` vaut `BEARER`";
    ExpiresInMissing = "expires_in_missing", Succeeds, "no `expires_in`", "pas de `expires_in`";
    ExpiresInString = "expires_in_string", Either, "`expires_in` is text", "`expires_in` est un texte";
    ExpiresInNegative = "expires_in_negative", Either, "a negative `expires_in`", "`expires_in` négatif";
    ExpiresInZero = "expires_in_zero", Either, "`expires_in` of 0", "`expires_in` de 0";
    ExpiresInAbsurd = "expires_in_absurd", Either, "`expires_in` of 1e308", "`expires_in` de 1e308";
    ExtraMembers = "extra_members", Succeeds, "members nobody knows, of every kind",
        "des membres que personne ne connaît, de toute sorte";
    Deep = "deep", Either, "a member ten thousand arrays deep", "un membre profond de dix mille tableaux";
    RefreshToken = "refresh_token", Succeeds, "a refresh token", "un jeton de rafraîchissement";
    ScopeOther = "scope_other", Either, "fewer scopes than asked", "moins de scopes que demandé";
    ScopeMissing = "scope_missing", Succeeds, "no `scope`", "pas de `scope`";
    ScopeNumber = "scope_number", Either, "`scope` is a number", "`scope` est un nombre";
    SetCookie = "set_cookie", Succeeds, "a cookie for the service", "un cookie pour le service";
    BrowserHeaders = "browser_headers", Succeeds, "`Clear-Site-Data`, `Refresh` and `Location` for the browser",
        "`Clear-Site-Data`, `Refresh` et `Location` à l’adresse du navigateur";
    ContentTypeHtml = "content_type_html", Either, "the honest answer, called a page",
        "la réponse honnête, présentée comme une page";
    ContentTypeMissing = "content_type_missing", Either, "the honest answer without content type",
        "la réponse honnête sans type de contenu";
}

impl Token {
    /// The lying answer in place of one with these `members`. `stranger` is an ID Token nobody should take.
    pub(in crate::emulator) fn answer(self, mut members: Map<String, Value>, stranger: &str) -> Reply {
        if let Some((status, error, description)) = self.error() {
            let body = json!({ "error": error, "error_description": description });
            let reply = Reply::json(status, &body);
            return if status == 503 { reply.header("retry-after", "120") } else { reply };
        }
        let honest = Value::Object(members.clone());
        let mut raw = None;
        let mut set = |name: &str, value: Value| drop(members.insert(name.to_owned(), value));
        match self {
            Self::ErrorAndTokens => set("error", json!("invalid_grant")),
            Self::IdTokenNull => set("id_token", Value::Null),
            Self::IdTokenNumber => set("id_token", json!(12)),
            Self::IdTokenTwice => raw = Some(twice(&honest, "id_token", &json!(stranger))),
            Self::AccessTokenEmpty => set("access_token", json!("")),
            Self::AccessTokenNumber => set("access_token", json!(12)),
            Self::AccessTokenCrlf => set("access_token", json!("jeton\r\nX-Injecte: oui")),
            Self::AccessTokenSpace => set("access_token", json!("jeton autre")),
            Self::AccessTokenUnicode => set("access_token", json!("jeton-é-\u{1f511}")),
            Self::AccessTokenTwice => raw = Some(twice(&honest, "access_token", &json!("autre-jeton"))),
            Self::IdTokenEmpty => set("id_token", json!("")),
            Self::IdTokenArray => {
                let token = honest.get("id_token");
                set("id_token", json!([token]));
            }
            Self::AccessTokenNull => set("access_token", Value::Null),
            Self::AccessTokenHuge => set("access_token", json!("a".repeat(100 * 1024))),
            Self::TokenTypeDpop => set("token_type", json!("DPoP")),
            Self::TokenTypeEmpty => set("token_type", json!("")),
            Self::TokenTypeNumber => set("token_type", json!(12)),
            Self::ExpiresInZero => set("expires_in", json!(0)),
            Self::ScopeNumber => set("scope", json!(12)),
            Self::Deep => raw = Some(deep(&honest)),
            Self::TokenTypeMac => set("token_type", json!("mac")),
            Self::TokenTypeLower => set("token_type", json!("bearer")),
            Self::TokenTypeUpper => set("token_type", json!("BEARER")),
            Self::ExpiresInString => set("expires_in", json!("60")),
            Self::ExpiresInNegative => set("expires_in", json!(-60)),
            Self::ExpiresInAbsurd => set("expires_in", json!(1e308)),
            Self::ExtraMembers => {
                set("inconnu", json!({ "a": [1, null, true, 1.5e300] }));
                set("session_state", json!("é"));
            }
            Self::RefreshToken => set("refresh_token", json!(stranger)),
            Self::ScopeOther => set("scope", json!("openid")),
            Self::IdTokenMissing => drop(members.remove("id_token")),
            Self::AccessTokenMissing => drop(members.remove("access_token")),
            Self::TokenTypeMissing => drop(members.remove("token_type")),
            Self::ExpiresInMissing => drop(members.remove("expires_in")),
            Self::ScopeMissing => drop(members.remove("scope")),
            _ => {}
        }
        let mut reply = Reply::json(200, &Value::Object(members));
        if let Some(raw) = raw {
            reply.body = raw.into_bytes();
        }
        match self {
            Self::Status201 => reply.status = 201,
            Self::Status206 => reply.status = 206,
            Self::BrowserHeaders => {
                for (name, value) in [
                    ("clear-site-data", "\"*\""),
                    ("refresh", "0; url=https://autre.exemple.fr/"),
                    ("location", "https://autre.exemple.fr/"),
                ] {
                    reply = reply.header(name, value);
                }
            }
            Self::SetCookie => reply = reply.header("set-cookie", "__Host-session=pirate; Path=/; Secure"),
            Self::ContentTypeMissing => reply.headers.retain(|(name, _)| *name != "content-type"),
            Self::ContentTypeHtml => reply.replace("content-type", "text/html; charset=utf-8"),
            _ => {}
        }
        reply
    }

    fn error(self) -> Option<(u16, &'static str, &'static str)> {
        Some(match self {
            Self::ErrorInvalidClient => {
                (401, "invalid_client", "client authentication failed (invalid secret provided)")
            }
            Self::ErrorInvalidGrant => {
                (400, "invalid_grant", "grant request is invalid (authorization code already consumed)")
            }
            Self::ErrorInvalidRequest => {
                (400, "invalid_request", "missing required parameter 'code' (undefined)")
            }
            Self::ErrorUnauthorizedClient => {
                (400, "unauthorized_client", "requested grant type is not allowed")
            }
            Self::ErrorGrantType => {
                (400, "unsupported_grant_type", "unsupported grant_type requested (undefined)")
            }
            Self::ErrorInvalidScope => (400, "invalid_scope", "requested scope is not allowed"),
            Self::ErrorServerError => (500, "server_error", "something bad happened"),
            Self::ErrorUnavailable => (503, "temporarily_unavailable", "maintenance"),
            Self::ErrorHostile => {
                (400, "<script>alert(1)</script>", "\r\nSet-Cookie: a=b\r\n\r\n<img src=x onerror=alert(1)>")
            }
            Self::Error200 => (200, "invalid_grant", "grant request is invalid"),
            _ => return None,
        })
    }
}
