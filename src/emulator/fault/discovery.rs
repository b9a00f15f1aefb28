//! Decides the lies of the metadata document.

use super::{deep, other_case, twice};
use crate::emulator::endpoint::MOVED;
use crate::emulator::http::Reply;
use serde_json::{Value, json};

faults! {
    /// What the metadata say.
    Discovery, "discovery", Discovery;
    IssuerOther = "issuer_other", Stops, "`issuer` of another host", "`issuer` d’un autre hôte";
    IssuerSlash = "issuer_slash", Stops, "`issuer` with a slash more at the end",
        "`issuer` avec une barre oblique de plus à la fin";
    IssuerCase = "issuer_case", Stops, "`issuer` in other case",
        "`issuer` avec majuscules et minuscules inversées";
    IssuerPort = "issuer_port", Stops, "`issuer` with another port", "`issuer` avec un autre port";
    IssuerScheme = "issuer_scheme", Stops, "`issuer` with another scheme", "`issuer` avec un autre schéma";
    IssuerArray = "issuer_array", Stops, "`issuer` in an array", "`issuer` dans un tableau";
    IssuerMissing = "issuer_missing", Stops, "no `issuer`", "pas de `issuer`";
    IssuerNumber = "issuer_number", Stops, "`issuer` is a number", "`issuer` est un nombre";
    IssuerTwice = "issuer_twice", Stops, "`issuer` twice: another, then the right one",
        "`issuer` deux fois : un autre, puis le bon";
    EndpointElsewhere = "endpoint_elsewhere", Stops, "the token endpoint on another origin",
        "le point d’accès des jetons sur une autre origine";
    UserinfoElsewhere = "userinfo_elsewhere", Stops, "the userinfo endpoint on another origin",
        "le point d’accès userinfo sur une autre origine";
    KeysElsewhere = "jwks_elsewhere", Stops, "the keys on another origin", "les clés sur une autre origine";
    KeysMoved = "jwks_moved", Succeeds, "the keys at another address of the same origin",
        "les clés à une autre adresse de la même origine";
    EndpointFragment = "endpoint_fragment", Stops, "a token endpoint with a fragment",
        "un point d’accès des jetons avec un fragment";
    EndpointLineBreak = "endpoint_line_break", Stops, "a line break in the token endpoint",
        "un saut de ligne dans le point d’accès des jetons";
    EndpointMissing = "endpoint_missing", Stops, "no token endpoint", "pas de point d’accès des jetons";
    EndpointRelative = "endpoint_relative", Stops, "a relative token endpoint",
        "l’adresse relative du point d’accès des jetons";
    EndpointScheme = "endpoint_scheme", Stops, "an authorization endpoint that is a script",
        "un point d’accès d’autorisation qui est un script";
    EndpointCredentials = "endpoint_credentials", Stops, "a token endpoint with a user name in it",
        "un point d’accès des jetons avec un nom d’utilisateur dans l’adresse";
    EndpointNumber = "endpoint_number", Stops, "the address of the keys is a number",
        "l’adresse des clés est un nombre";
    LogoutMissing = "end_session_missing", Succeeds, "no logout endpoint",
        "pas de point d’accès de déconnexion";
    ChangedMidway = "changed_midway", Succeeds, "from the second answer on, the token endpoint is another",
        "dès la deuxième réponse, le point d’accès des jetons est un autre";
    IssuerMidway = "issuer_changed_midway", Succeeds, "from the second answer on, `issuer` is another",
        "dès la deuxième réponse, `issuer` est un autre";
    IssNotAdvertised = "iss_not_advertised", Succeeds, "`iss` at the callback is sent but not advertised",
        "`iss` est envoyé au retour sans être annoncé";
    WeakAlgorithms = "weak_algorithms", Either, "only `none` and `HS256` are advertised",
        "seuls `none` et `HS256` sont annoncés";
    WeakAuth = "weak_auth", Either, "clients are to authenticate by `none` or `client_secret_basic` only",
        "les clients ne s’authentifient que par `none` ou `client_secret_basic`";
    PkcePlain = "pkce_plain", Either, "of PKCE only `plain` is advertised",
        "de PKCE, seul `plain` est annoncé";
    ImplicitOnly = "implicit_only", Either, "only the implicit flow is advertised",
        "seul le flux implicite est annoncé";
    UnknownMembers = "unknown_members", Succeeds, "members nobody knows, of every kind",
        "des membres que personne ne connaît, de toute sorte";
    Deep = "deep", Either, "a member ten thousand arrays deep", "un membre profond de dix mille tableaux";
    ContentTypeHtml = "content_type_html", Stops, "the right document, called a page",
        "le bon document, présenté comme une page";
    CacheNone = "cache_none", Succeeds, "`Cache-Control: no-store`",
        "à ne pas mettre en cache : `Cache-Control: no-store`";
    CacheDecade = "cache_decade", Succeeds, "`Cache-Control: max-age` of ten years",
        "`Cache-Control: max-age` de dix ans";
    CacheZero = "cache_zero", Succeeds, "`Cache-Control: max-age=0`",
        "déjà périmé : `Cache-Control: max-age=0`";
    CacheAbsurd = "cache_absurd", Succeeds, "a `Cache-Control: max-age` of thirty digits",
        "un `Cache-Control: max-age` de trente chiffres";
}

impl Discovery {
    /// The lying answer. `served` counts the answers since the fault began.
    pub(in crate::emulator) fn answer(self, mut metadata: Value, issuer: &str, served: u32) -> Reply {
        let swapped = if issuer.contains("127.0.0.1") { "localhost" } else { "127.0.0.1" };
        let host = url::Url::parse(issuer).ok().and_then(|url| url.host_str().map(str::to_owned));
        let elsewhere = issuer.replacen(&host.unwrap_or_default(), swapped, 1);
        let mut raw = None;
        let mut set = |name: &str, value: Value| {
            if let Some(members) = metadata.as_object_mut() {
                members.insert(name.to_owned(), value);
            }
        };
        match self {
            Self::IssuerOther => set("issuer", json!("https://autre.exemple.fr/api/v2")),
            Self::IssuerSlash => set("issuer", json!(format!("{issuer}/"))),
            Self::IssuerCase => set("issuer", json!(other_case(issuer))),
            Self::IssuerPort => set("issuer", json!(port(issuer))),
            Self::IssuerScheme => set("issuer", json!(issuer.replacen("://", "s://", 1))),
            Self::IssuerArray => set("issuer", json!([issuer])),
            Self::IssuerMidway if served > 0 => set("issuer", json!("https://autre.exemple.fr/api/v2")),
            Self::IssuerMissing => remove(&mut metadata, "issuer"),
            Self::IssuerNumber => set("issuer", json!(1)),
            Self::IssuerTwice => raw = Some(twice(&metadata, "issuer", &json!("https://autre.exemple.fr"))),
            Self::EndpointElsewhere => set("token_endpoint", json!(format!("{elsewhere}/piege/token"))),
            Self::UserinfoElsewhere => set("userinfo_endpoint", json!(format!("{elsewhere}/piege/userinfo"))),
            Self::KeysElsewhere => set("jwks_uri", json!(format!("{elsewhere}/piege/jwks"))),
            Self::KeysMoved => set("jwks_uri", json!(format!("{issuer}{MOVED}"))),
            Self::EndpointFragment => set("token_endpoint", json!(format!("{issuer}/piege/token#ici"))),
            Self::EndpointLineBreak => set("token_endpoint", json!(format!("{issuer}/piege\r\n/token"))),
            Self::LogoutMissing => remove(&mut metadata, "end_session_endpoint"),
            Self::EndpointMissing => remove(&mut metadata, "token_endpoint"),
            Self::EndpointRelative => set("token_endpoint", json!("/api/v2/piege/token")),
            Self::EndpointScheme => set("authorization_endpoint", json!("javascript:alert(1)//")),
            Self::EndpointCredentials => {
                let endpoint = issuer.replacen("://", "://autre.exemple.fr@", 1);
                set("token_endpoint", json!(format!("{endpoint}/piege/token")));
            }
            Self::EndpointNumber => set("jwks_uri", json!(443)),
            Self::ChangedMidway if served > 0 => {
                set("token_endpoint", json!(format!("{issuer}/piege/token")))
            }
            Self::IssNotAdvertised => set("authorization_response_iss_parameter_supported", json!(false)),
            Self::WeakAlgorithms => {
                set("id_token_signing_alg_values_supported", json!(["none", "HS256"]));
                set("userinfo_signing_alg_values_supported", json!(["none", "HS256"]));
            }
            Self::WeakAuth => {
                set("token_endpoint_auth_methods_supported", json!(["none", "client_secret_basic"]));
            }
            Self::PkcePlain => set("code_challenge_methods_supported", json!(["plain"])),
            Self::ImplicitOnly => set("response_types_supported", json!(["id_token token"])),
            Self::Deep => raw = Some(deep(&metadata)),
            Self::UnknownMembers => {
                set("inconnu", json!({ "a": [1, null, true, 1.5e300, { "é": "\u{1f600}" }] }));
                set("", json!([]));
            }
            Self::ChangedMidway | Self::IssuerMidway | Self::ContentTypeHtml => {}
            Self::CacheNone | Self::CacheDecade | Self::CacheZero | Self::CacheAbsurd => {}
        }
        let content_type = match self {
            Self::ContentTypeHtml => "text/html; charset=utf-8",
            _ => "application/json; charset=utf-8",
        };
        let body = raw.unwrap_or_else(|| metadata.to_string());
        Reply::with_body(200, content_type, body).header("cache-control", self.cache())
    }

    fn cache(self) -> &'static str {
        match self {
            Self::CacheNone => "no-store",
            Self::CacheDecade => "public, max-age=315360000, immutable",
            Self::CacheZero => "max-age=0",
            Self::CacheAbsurd => "max-age=999999999999999999999999999999",
            _ => "public, max-age=600",
        }
    }
}

/// `issuer` with another port.
fn port(issuer: &str) -> String {
    let Ok(mut url) = url::Url::parse(issuer) else { return String::new() };
    let other = url.port_or_known_default().unwrap_or_default() ^ 1;
    url.set_port(Some(other)).ok();
    url.into()
}

fn remove(metadata: &mut Value, name: &str) {
    if let Some(members) = metadata.as_object_mut() {
        members.remove(name);
    }
}
