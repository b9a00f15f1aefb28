//! Decides the lies of the ID Token's claims.

use super::other_case;
use crate::emulator::token::keys::encode;
use crate::time::Timestamp;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

faults! {
    /// What the ID Token claims.
    Claims, "id_token", IdToken;
    IssOther = "iss_other", Stops, "`iss` of another provider", "`iss` d’un autre fournisseur";
    IssMissing = "iss_missing", Stops, "no `iss`", "pas de `iss`";
    IssArray = "iss_array", Stops, "`iss` in an array", "`iss` dans un tableau";
    IssSlash = "iss_slash", Stops, "`iss` with a slash more at the end",
        "`iss` avec une barre oblique de plus à la fin";
    IssCase = "iss_case", Stops, "`iss` in other case", "`iss` avec majuscules et minuscules inversées";
    IssEmpty = "iss_empty", Stops, "an empty `iss`", "`iss` vide";
    IssNumber = "iss_number", Stops, "`iss` is a number", "`iss` est un nombre";
    IssPrefix = "iss_prefix", Stops, "the beginning of `iss`, without its path",
        "le début de `iss`, sans son chemin";
    AudOther = "aud_other", Stops, "`aud` of another client", "`aud` d’un autre client";
    AudMissing = "aud_missing", Stops, "no `aud`", "pas de `aud`";
    AudEmpty = "aud_empty", Stops, "`aud` is an empty array", "`aud` est un tableau vide";
    AudNumber = "aud_number", Stops, "`aud` is a number", "`aud` est un nombre";
    AudArray = "aud_array", Succeeds, "`aud` is an array of this client alone",
        "`aud` est un tableau qui ne contient que ce client";
    AudMixed = "aud_mixed", Stops, "`aud` is an array of this client and a number",
        "`aud` est un tableau de ce client et d’un nombre";
    AudStranger = "aud_stranger", Stops, "`aud` of this client and a stranger",
        "`aud` de ce client et d’un inconnu";
    AudStrangerAzp = "aud_stranger_azp", Stops, "`aud` of this client and a stranger, `azp` this client",
        "`aud` de ce client et d’un inconnu, `azp` de ce client";
    AudPrefix = "aud_prefix", Stops, "`aud` begins with this client's id",
        "`aud` commence par l’identifiant de ce client";
    AudCase = "aud_case", Stops, "`aud` in other case", "`aud` avec majuscules et minuscules inversées";
    AudNull = "aud_null", Stops, "`aud` is null", "`aud` est nul";
    AudNested = "aud_nested", Stops, "`aud` is an array in an array", "`aud` est un tableau dans un tableau";
    AudTwoWords = "aud_two_words", Stops, "`aud` is this client and a stranger in one text",
        "`aud` est ce client et un inconnu dans un même texte";
    AudTwice = "aud_twice", Either, "`aud` is an array of this client, twice",
        "`aud` est un tableau de ce client, deux fois";
    AzpOther = "azp_other", Stops, "`azp` of another client", "`azp` d’un autre client";
    AzpMe = "azp_me", Succeeds, "`azp` of this client", "`azp` de ce client";
    AzpNumber = "azp_number", Stops, "`azp` is a number", "`azp` est un nombre";
    SubMissing = "sub_missing", Stops, "no `sub`", "pas de `sub`";
    SubEmpty = "sub_empty", Stops, "an empty `sub`", "`sub` vide";
    SubNumber = "sub_number", Stops, "`sub` is a number", "`sub` est un nombre";
    SubNull = "sub_null", Stops, "`sub` is null", "`sub` est nul";
    SubLong = "sub_long", Stops, "a `sub` of 256 characters", "un `sub` de 256 caractères";
    SubArray = "sub_array", Stops, "`sub` in an array", "`sub` dans un tableau";
    SubUnicode = "sub_unicode", Stops, "a `sub` beyond ASCII", "un `sub` au-delà de l’ASCII";
    SubControl = "sub_control", Stops, "a `sub` with NUL and a line break",
        "un `sub` contenant NUL et un saut de ligne";
    ExpMissing = "exp_missing", Stops, "no `exp`", "pas de `exp`";
    ExpPast = "exp_past", Stops, "`exp` five minutes ago", "`exp` il y a cinq minutes";
    ExpString = "exp_string", Stops, "`exp` is text", "`exp` est un texte";
    ExpAbsurd = "exp_absurd", Stops, "`exp` of 1e308", "`exp` de 1e308";
    ExpNegative = "exp_negative", Stops, "a negative `exp`", "`exp` négatif";
    ExpFraction = "exp_fraction", Either, "`exp` with a fraction", "`exp` à virgule";
    ExpOverflow = "exp_overflow", Stops, "`exp` of 2⁶⁴ - 1", "`exp` de 2⁶⁴ - 1";
    ExpZero = "exp_zero", Stops, "`exp` in 1970", "`exp` en 1970";
    ExpYears = "exp_years", Either, "`exp` in ten years", "`exp` dans dix ans";
    ExpBeforeIat = "exp_before_iat", Either, "`exp` before `iat`, both to come",
        "`exp` avant `iat`, tous deux à venir";
    IatMissing = "iat_missing", Stops, "no `iat`", "pas de `iat`";
    IatFuture = "iat_future", Stops, "`iat` an hour ahead", "`iat` dans une heure";
    IatWeek = "iat_week", Stops, "`iat` a week ago", "`iat` il y a une semaine";
    IatString = "iat_string", Stops, "`iat` is text", "`iat` est un texte";
    IatAbsurd = "iat_absurd", Stops, "`iat` of 1e308", "`iat` de 1e308";
    IatNegative = "iat_negative", Stops, "a negative `iat`", "`iat` négatif";
    IatArray = "iat_array", Stops, "`iat` in an array", "`iat` dans un tableau";
    NbfFuture = "nbf_future", Stops, "`nbf` an hour ahead", "`nbf` dans une heure";
    NbfString = "nbf_string", Stops, "`nbf` is text", "`nbf` est un texte";
    NbfAbsurd = "nbf_absurd", Stops, "`nbf` of 1e308", "`nbf` de 1e308";
    NbfPast = "nbf_past", Succeeds, "`nbf` a minute ago", "`nbf` il y a une minute";
    NonceMissing = "nonce_missing", Stops, "no `nonce`", "pas de `nonce`";
    NonceOther = "nonce_other", Stops, "another `nonce`", "un autre `nonce`";
    NonceEmpty = "nonce_empty", Stops, "an empty `nonce`", "`nonce` vide";
    NonceArray = "nonce_array", Stops, "`nonce` in an array", "`nonce` dans un tableau";
    NonceCase = "nonce_case", Stops, "the `nonce` in other case",
        "`nonce` avec majuscules et minuscules inversées";
    NonceNull = "nonce_null", Stops, "`nonce` is null", "`nonce` est nul";
    NoncePrefix = "nonce_prefix", Stops, "the beginning of the `nonce`", "le début du `nonce`";
    NonceLonger = "nonce_longer", Stops, "the `nonce` with something after it",
        "le `nonce` suivi d’autre chose";
    NonceNumber = "nonce_number", Stops, "`nonce` is a number", "`nonce` est un nombre";
    AcrMissing = "acr_missing", Stops, "no `acr`", "pas de `acr`";
    AcrLower = "acr_lower", Stops, "`acr` of the level below, `eidas0` for `eidas1`",
        "`acr` du niveau inférieur, `eidas0` pour `eidas1`";
    AcrLowest = "acr_lowest", Stops, "`acr` of the level of FranceConnect, `eidas1`",
        "`acr` du niveau de FranceConnect, `eidas1`";
    AcrUnknown = "acr_unknown", Stops, "an `acr` nobody knows", "un `acr` que personne ne connaît";
    AcrBeyond = "acr_beyond", Stops, "an `acr` beyond the highest level, `eidas4`",
        "un `acr` au-delà du niveau le plus élevé, `eidas4`";
    AcrUri = "acr_uri", Stops, "`acr` of a higher level in the words of eIDAS",
        "`acr` d’un niveau supérieur, écrit à la manière d’eIDAS";
    AcrList = "acr_list", Stops, "an `acr` of two levels", "un `acr` de deux niveaux";
    AcrEmpty = "acr_empty", Stops, "an empty `acr`", "`acr` vide";
    AcrHigher = "acr_higher", Succeeds, "`acr` of the level above, if there is one",
        "`acr` du niveau supérieur, s’il y en a un";
    AcrArray = "acr_array", Stops, "`acr` in an array", "`acr` dans un tableau";
    AcrCase = "acr_case", Stops, "`acr` in other case", "`acr` avec majuscules et minuscules inversées";
    AcrNumber = "acr_number", Stops, "`acr` is a number", "`acr` est un nombre";
    AcrSpace = "acr_space", Stops, "`acr` with a space after it", "`acr` suivi d’une espace";
    AuthTimeMissing = "auth_time_missing", Either, "no `auth_time`", "pas de `auth_time`";
    AuthTimeString = "auth_time_string", Either, "`auth_time` is text", "`auth_time` est un texte";
    AuthTimeOld = "auth_time_old", Either, "`auth_time` a week ago", "`auth_time` il y a une semaine";
    AuthTimeFuture = "auth_time_future", Either, "`auth_time` an hour ahead", "`auth_time` dans une heure";
    AmrText = "amr_text", Either, "`amr` is text", "`amr` est un texte";
    AtHashWrong = "at_hash_wrong", Stops, "a wrong `at_hash`", "un `at_hash` faux";
    AtHashRight = "at_hash_right", Succeeds, "the right `at_hash`", "le bon `at_hash`";
    AtHashNumber = "at_hash_number", Stops, "`at_hash` is a number", "`at_hash` est un nombre";
    CHashWrong = "c_hash_wrong", Either, "a wrong `c_hash`", "un `c_hash` faux";
    SHashWrong = "s_hash_wrong", Either, "a wrong `s_hash`", "un `s_hash` faux";
    Extra = "claims_extra", Succeeds, "claims nobody knows, of every kind",
        "des claims que personne ne connaît, de toute sorte";
    Events = "events", Either, "an `events` claim, as logout tokens have",
        "un claim `events`, comme dans un jeton de déconnexion";
}

/// What the claims are about.
pub(in crate::emulator) struct Facts<'a> {
    pub(in crate::emulator) now: Timestamp,
    pub(in crate::emulator) issuer: &'a str,
    pub(in crate::emulator) client_id: &'a str,
    pub(in crate::emulator) nonce: &'a str,
    pub(in crate::emulator) access_token: &'a str,
}

const OTHER: &str = "https://autre.exemple.fr/api/v2";
const STRANGER: &str = "autre-client";

impl Claims {
    /// Changes the honest claims.
    pub(in crate::emulator) fn change(self, claims: &mut Map<String, Value>, facts: &Facts<'_>) {
        let Facts { now, issuer, client_id: me, nonce, access_token } = *facts;
        let after = |seconds: i64| json!(now.plus(seconds).unix());
        let sub = claims.get("sub").and_then(Value::as_str).unwrap_or_default().to_owned();
        let acr = claims.get("acr").and_then(Value::as_str).unwrap_or_default().to_owned();
        let (name, value) = match self {
            Self::IssOther => ("iss", json!(OTHER)),
            Self::IssMissing => ("iss", Value::Null),
            Self::IssArray => ("iss", json!([issuer])),
            Self::IssSlash => ("iss", json!(format!("{issuer}/"))),
            Self::IssCase => ("iss", json!(other_case(issuer))),
            Self::IssEmpty => ("iss", json!("")),
            Self::IssNumber => ("iss", json!(12)),
            Self::IssPrefix => ("iss", json!(issuer.split('/').take(3).collect::<Vec<_>>().join("/"))),
            Self::AudOther => ("aud", json!(STRANGER)),
            Self::AudMissing => ("aud", Value::Null),
            Self::AudEmpty => ("aud", json!([])),
            Self::AudNumber => ("aud", json!(12)),
            Self::AudArray => ("aud", json!([me])),
            Self::AudMixed => ("aud", json!([me, 12])),
            Self::AudStranger | Self::AudStrangerAzp => ("aud", json!([me, STRANGER])),
            Self::AudPrefix => ("aud", json!(format!("{me}-autre"))),
            Self::AudCase => ("aud", json!(other_case(me))),
            Self::AudNull => ("aud", Value::Null),
            Self::AudNested => ("aud", json!([[me]])),
            Self::AudTwoWords => ("aud", json!(format!("{me} {STRANGER}"))),
            Self::AudTwice => ("aud", json!([me, me])),
            Self::AzpOther => ("azp", json!(STRANGER)),
            Self::AzpMe => ("azp", json!(me)),
            Self::AzpNumber => ("azp", json!(12)),
            Self::SubMissing | Self::SubNull => ("sub", Value::Null),
            Self::SubEmpty => ("sub", json!("")),
            Self::SubNumber => ("sub", json!(12)),
            Self::SubLong => ("sub", json!("a".repeat(256))),
            Self::SubArray => ("sub", json!([sub])),
            Self::SubUnicode => ("sub", json!(format!("é{sub}"))),
            Self::SubControl => ("sub", json!(format!("{sub}\0\r\n"))),
            Self::ExpMissing => ("exp", Value::Null),
            Self::ExpPast => ("exp", after(-300)),
            Self::ExpString => ("exp", json!(now.plus(60).unix().to_string())),
            Self::ExpAbsurd => ("exp", json!(1e308)),
            Self::ExpNegative => ("exp", json!(-1)),
            Self::ExpFraction => ("exp", json!(now.plus(60).unix() as f64 + 0.5)),
            Self::ExpOverflow => ("exp", json!(u64::MAX)),
            Self::ExpZero => ("exp", json!(0)),
            Self::ExpYears => ("exp", after(10 * 366 * 24 * 3600)),
            Self::ExpBeforeIat => ("exp", after(20)),
            Self::IatMissing => ("iat", Value::Null),
            Self::IatFuture => ("iat", after(3600)),
            Self::IatWeek => ("iat", after(-7 * 24 * 3600)),
            Self::IatString => ("iat", json!(now.unix().to_string())),
            Self::IatAbsurd => ("iat", json!(1e308)),
            Self::IatNegative => ("iat", json!(-1)),
            Self::IatArray => ("iat", json!([now.unix()])),
            Self::NbfFuture => ("nbf", after(3600)),
            Self::NbfString => ("nbf", json!("hier")),
            Self::NbfPast => ("nbf", after(-60)),
            Self::NbfAbsurd => ("nbf", json!(1e308)),
            Self::NonceMissing | Self::NonceNull => ("nonce", Value::Null),
            Self::NonceOther => ("nonce", json!("UnAutreNonce0123456789abcdefghijklmn")),
            Self::NonceEmpty => ("nonce", json!("")),
            Self::NonceArray => ("nonce", json!([nonce])),
            Self::NonceCase => ("nonce", json!(other_case(nonce))),
            Self::NoncePrefix => ("nonce", json!(nonce.chars().take(22).collect::<String>())),
            Self::NonceLonger => ("nonce", json!(format!("{nonce}0"))),
            Self::NonceNumber => ("nonce", json!(12)),
            Self::AcrMissing => ("acr", Value::Null),
            Self::AcrLower => ("acr", json!(beside(&acr, -1))),
            Self::AcrLowest => ("acr", json!("eidas1")),
            Self::AcrBeyond => ("acr", json!("eidas4")),
            Self::AcrUri => ("acr", json!("http://eidas.europa.eu/LoA/high")),
            Self::AcrList => ("acr", json!("eidas2 eidas3")),
            Self::AcrEmpty => ("acr", json!("")),
            Self::AcrUnknown => ("acr", json!("https://autre.exemple.fr/niveau")),
            Self::AcrHigher => ("acr", json!(beside(&acr, 1))),
            Self::AcrArray => ("acr", json!([acr])),
            Self::AcrCase => ("acr", json!(other_case(&acr))),
            Self::AcrNumber => ("acr", json!(1)),
            Self::AcrSpace => ("acr", json!(format!("{acr} "))),
            Self::AuthTimeMissing => ("auth_time", Value::Null),
            Self::AuthTimeString => ("auth_time", json!("hier")),
            Self::AuthTimeOld => ("auth_time", after(-7 * 24 * 3600)),
            Self::AuthTimeFuture => ("auth_time", after(3600)),
            Self::AmrText => ("amr", json!("pwd")),
            Self::AtHashWrong => ("at_hash", json!(half_hash("autre"))),
            Self::AtHashRight => ("at_hash", json!(half_hash(access_token))),
            Self::AtHashNumber => ("at_hash", json!(12)),
            Self::CHashWrong => ("c_hash", json!(half_hash("autre"))),
            Self::SHashWrong => ("s_hash", json!(half_hash("autre"))),
            Self::Extra => ("inconnu", json!({ "a": [1, null, true, 1.5e300, "é"] })),
            Self::Events => ("events", json!({ "http://schemas.openid.net/event/backchannel-logout": {} })),
        };
        if value.is_null() && !matches!(self, Self::SubNull | Self::NonceNull | Self::AudNull) {
            claims.remove(name);
        } else {
            claims.insert(name.to_owned(), value);
        }
        match self {
            Self::AudStrangerAzp => drop(claims.insert("azp".to_owned(), json!(me))),
            Self::ExpBeforeIat => drop(claims.insert("iat".to_owned(), after(30))),
            _ => {}
        }
    }
}

/// The level `by` steps above `acr`, and none above the highest.
fn beside(acr: &str, by: i8) -> String {
    let rank = acr.strip_prefix("eidas").and_then(|rank| rank.parse::<i8>().ok()).unwrap_or_default();
    format!("eidas{}", rank.saturating_add(by).min(3))
}

/// The left half of a SHA-256 (OpenID Connect Core §3.1.3.6).
fn half_hash(text: &str) -> String {
    encode(Sha256::digest(text).get(..16).unwrap_or_default())
}
