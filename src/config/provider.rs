//! Reads what concerns the provider: which one, how it knows us, what we ask it for.

use url::Url;

use super::Source;
use super::address::{PublicUrl, is_loopback};
use super::reader::Reader;
use super::variables::*;
use crate::franceconnect::{Environment, Level, Product, ScopeFault, Scopes};
use crate::jose::Algorithm;
use crate::oidc::{ClientAuth, UserInfoFormat};

/// What was read; parts that had faults are absent or harmless.
pub(super) struct Ends {
    pub(super) source: Option<Source>,
    pub(super) issuer: String,
    /// Whether FranceConnect's own rules hold, as opposed to any provider's.
    pub(super) strict: bool,
    pub(super) client_id: String,
    pub(super) client_secret: String,
    pub(super) auth: ClientAuth,
    pub(super) algorithm: Option<Algorithm>,
    pub(super) userinfo: UserInfoFormat,
    pub(super) leeway: i64,
    pub(super) scopes: Option<Scopes>,
    pub(super) level: Option<Level>,
    pub(super) authorization: Vec<(&'static str, String)>,
}

pub(super) fn read(reader: &mut Reader<'_>, site: Option<&PublicUrl>) -> Ends {
    let environment = reader.value(FC_ENVIRONMENT);
    let strict = environment != "other";
    let (source, issuer) = source(reader, site, &environment);
    let scopes = scopes(reader);
    let level = level(reader, strict);
    let mut authorization = Vec::new();
    if let Some(scopes) = &scopes {
        authorization.push(("scope", scopes.parameter()));
    }
    if let Some(level) = level {
        authorization.push(("acr_values", level.name().to_owned()));
    }
    if reader.word(FC_AMR, &[("false", false), ("true", true)]) == Some(true) {
        authorization.push(("claims", r#"{"id_token":{"amr":{"essential":true}}}"#.to_owned()));
    }
    optional(reader, &mut authorization);
    Ends {
        source,
        issuer,
        strict,
        client_id: credential(reader, FC_CLIENT_ID),
        client_secret: credential(reader, FC_CLIENT_SECRET),
        auth: client_auth(reader, strict),
        algorithm: algorithm(reader),
        userinfo: userinfo(reader, strict),
        leeway: reader.number(FC_LEEWAY, 0, 60).unwrap_or_default(),
        scopes,
        level,
        authorization,
    }
}

fn source(reader: &mut Reader<'_>, site: Option<&PublicUrl>, name: &str) -> (Option<Source>, String) {
    let allowed_origins = allowed_origins(reader, site, name);
    if let Some(environment) = Environment::parse(name) {
        if environment.product == Product::Plus {
            reader.faults.add(
                FC_ENVIRONMENT,
                "désigne FranceConnect+, dont les jetons chiffrés ne sont pas encore pris en charge.",
                "names FranceConnect+, whose encrypted tokens are not supported yet.",
            );
        }
        if reader.given(FC_ISSUER).is_some() {
            reader.faults.add(
                FC_ISSUER,
                "ne se renseigne qu’avec FC_ENVIRONMENT=emulator ou other : cet environnement a le sien.",
                "goes with FC_ENVIRONMENT=emulator or other only: this environment has its own.",
            );
        }
        let provider = Environment::provider(environment.issuer);
        return (Some(Source::BuiltIn(provider)), environment.issuer.to_owned());
    }
    if !matches!(name, "emulator" | "other") {
        let names: Vec<&str> = Environment::ALL.iter().map(|environment| environment.name).collect();
        let list = format!("{}, emulator, other", names.join(", "));
        reader.faults.add(
            FC_ENVIRONMENT,
            format!("n’est pas l’un de : {list}."),
            format!("is none of: {list}."),
        );
        return (None, String::new());
    }
    if name == "emulator" && site.is_some_and(|site| !site.is_loopback()) {
        reader.faults.add(
            FC_ENVIRONMENT,
            "vaut emulator sur une adresse publique : n’importe qui entrerait avec un compte de test.",
            "is emulator on a public address: anyone could log in with a test account.",
        );
    }
    let Some(issuer) = issuer(reader, site) else { return (None, String::new()) };
    if name == "emulator" && issuer.ends_with('/') {
        reader.faults.add(
            FC_ISSUER,
            "ne finit pas par une barre oblique pour l’émulateur, comme pour FranceConnect.",
            "has no trailing slash for the emulator, as for FranceConnect.",
        );
    }
    let source = if name == "emulator" {
        Source::BuiltIn(Environment::provider(&issuer))
    } else {
        Source::Discovery { issuer: issuer.clone(), allowed_origins }
    };
    (Some(source), issuer)
}

fn issuer(reader: &mut Reader<'_>, site: Option<&PublicUrl>) -> Option<String> {
    let text = reader.required(FC_ISSUER)?;
    let url = Url::parse(&text).ok().filter(|url| {
        let bare = url.username().is_empty() && url.password().is_none();
        let literal =
            text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') && text.contains("://");
        matches!(url.scheme(), "http" | "https")
            && literal
            && bare
            && url.query().is_none()
            && url.fragment().is_none()
    });
    let Some(url) = url else {
        reader.faults.add(
            FC_ISSUER,
            "n’est pas une adresse https sans paramètres (OpenID Connect Discovery §2).",
            "is not an https address without a query (OpenID Connect Discovery §2).",
        );
        return None;
    };
    if url.scheme() == "http" && !(is_loopback(&url) && site.is_none_or(PublicUrl::is_loopback)) {
        reader.faults.add(
            FC_ISSUER,
            "doit être en https ; http n’est permis qu’entre deux adresses de cette machine.",
            "must be https; http is allowed between two addresses of this machine only.",
        );
    }
    Some(text)
}

fn allowed_origins(reader: &mut Reader<'_>, site: Option<&PublicUrl>, environment: &str) -> Vec<String> {
    let list = reader.value(FC_ALLOWED_ORIGINS);
    let mut origins = Vec::new();
    for entry in list.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
        match PublicUrl::parse(entry) {
            Ok(origin) if !origin.is_secure() && site.is_some_and(|site| !site.is_loopback()) => reader
                .faults
                .add(FC_ALLOWED_ORIGINS, "doit lister des origines en https.", "must list https origins."),
            Ok(origin) if environment == "other" => origins.push(origin.origin().to_owned()),
            Ok(_) => reader.faults.add(
                FC_ALLOWED_ORIGINS,
                "ne se renseigne qu’avec FC_ENVIRONMENT=other.",
                "goes with FC_ENVIRONMENT=other only.",
            ),
            Err(_) => reader.faults.add(
                FC_ALLOWED_ORIGINS,
                "doit lister des origines comme https://hôte.",
                "must list origins such as https://host.",
            ),
        }
    }
    origins
}

fn credential(reader: &mut Reader<'_>, name: &'static str) -> String {
    let Some(value) = reader.required(name) else { return String::new() };
    if value.len() > 256 || !value.bytes().all(|byte| byte.is_ascii_graphic()) {
        reader.faults.add(
            name,
            "contient un blanc ou un caractère qu’un identifiant ne peut avoir (copie incomplète ?), ou dépasse 256 caractères.",
            "holds a blank or a character that no credential has (a partial copy?), or is longer than 256 characters.",
        );
    }
    value
}

fn scopes(reader: &mut Reader<'_>) -> Option<Scopes> {
    Scopes::parse(&reader.value(FC_SCOPES))
        .map_err(|fault| {
            let (fr, en) = match fault {
                ScopeFault::NoOpenid => ("doit contenir openid.", "must hold openid."),
                ScopeFault::Unusual => (
                    "contient un mot qui n’est pas un scope ; les scopes se séparent par des espaces.",
                    "holds a word that is no scope; scopes are separated by spaces.",
                ),
                ScopeFault::Offline => (
                    "contient offline_access, que FranceConnect ne donne jamais.",
                    "holds offline_access, which FranceConnect never grants.",
                ),
            };
            reader.faults.add(FC_SCOPES, fr, en);
        })
        .ok()
}

fn level(reader: &mut Reader<'_>, strict: bool) -> Option<Level> {
    let word = reader.value(FC_ACR_VALUES);
    match (Level::parse(&word), word.as_str()) {
        (None, "none") if !strict => None,
        (Some(level), _) if !strict || level == Level::Eidas1 => Some(level),
        (Some(_), _) => {
            reader.faults.add(
                FC_ACR_VALUES,
                "eidas2 et eidas3 relèvent de FranceConnect+ ; FranceConnect ne connaît que eidas1.",
                "eidas2 and eidas3 are FranceConnect+’s; FranceConnect knows eidas1 only.",
            );
            None
        }
        _ => {
            reader.faults.add(
                FC_ACR_VALUES,
                "n’est pas un niveau eIDAS : eidas1.",
                "is no eIDAS level: eidas1.",
            );
            None
        }
    }
}

fn algorithm(reader: &mut Reader<'_>) -> Option<Algorithm> {
    let word = reader.value(FC_ID_TOKEN_ALG);
    let algorithm = Algorithm::parse(&word);
    if algorithm.is_none() && word.starts_with("HS") {
        reader.faults.add(
            FC_ID_TOKEN_ALG,
            "HS256 n’est plus proposé par le formulaire des partenaires, et toute fuite du secret permettrait de forger des identités : choisir ES256 ou RS256.",
            "HS256 is no longer offered by the partner form, and whoever saw the secret could forge identities: choose ES256 or RS256.",
        );
    } else if algorithm.is_none() {
        reader.faults.add(FC_ID_TOKEN_ALG, "n’est pas l’un de : ES256, RS256.", "is none of: ES256, RS256.");
    }
    algorithm
}

fn client_auth(reader: &mut Reader<'_>, strict: bool) -> ClientAuth {
    let words =
        [("client_secret_post", ClientAuth::SecretPost), ("client_secret_basic", ClientAuth::SecretBasic)];
    let auth = reader.word(FC_CLIENT_AUTH, &words).unwrap_or(ClientAuth::SecretPost);
    if strict && auth != ClientAuth::SecretPost {
        reader.faults.add(
            FC_CLIENT_AUTH,
            "FranceConnect ne connaît que client_secret_post.",
            "FranceConnect knows client_secret_post only.",
        );
    }
    auth
}

fn userinfo(reader: &mut Reader<'_>, strict: bool) -> UserInfoFormat {
    let words = [("jwt", UserInfoFormat::SignedJwt), ("json", UserInfoFormat::Json)];
    let format = reader.word(FC_USERINFO, &words).unwrap_or(UserInfoFormat::SignedJwt);
    if strict && format != UserInfoFormat::SignedJwt {
        reader.faults.add(
            FC_USERINFO,
            "FranceConnect signe toujours : jwt.",
            "FranceConnect always signs: jwt.",
        );
    }
    format
}

fn optional(reader: &mut Reader<'_>, authorization: &mut Vec<(&'static str, String)>) {
    if let Some(prompt) = reader.given(FC_PROMPT) {
        if matches!(prompt.as_str(), "login" | "consent" | "login consent" | "consent login") {
            authorization.push(("prompt", prompt));
        } else {
            reader.faults.add(
                FC_PROMPT,
                "n’est pas l’un de : login, consent, login consent.",
                "is none of: login, consent, login consent.",
            );
        }
    }
    for (variable, parameter) in [(FC_IDP_HINT, "idp_hint"), (FC_UI_LOCALES, "ui_locales")] {
        let Some(value) = reader.given(variable) else { continue };
        let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ' ');
        if value.len() <= 128 && value.chars().all(letters) {
            authorization.push((parameter, value));
        } else {
            reader.faults.add(
                variable,
                "contient autre chose que lettres, chiffres, tirets et points.",
                "holds something else than letters, digits, hyphens and dots.",
            );
        }
    }
}
