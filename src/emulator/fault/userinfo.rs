//! Decides the lies of userinfo. What concerns signing or the registered claims is told as the ID Token
//! tells it.

use super::{Claims, Fault, Form, Header, Keys, Signature, other_case, twice};
use crate::emulator::http::Reply;
use serde_json::{Map, Value, json};

faults! {
    /// Everything about userinfo.
    UserInfo, "userinfo", UserInfo;
    SubOther = "sub_other", Stops, "somebody else, whose `sub` is another",
        "quelqu’un d’autre, dont le `sub` est différent";
    SubMissing = "sub_missing", Stops, "no `sub`", "pas de `sub`";
    SubEmpty = "sub_empty", Stops, "an empty `sub`", "`sub` vide";
    SubNumber = "sub_number", Stops, "`sub` is a number", "`sub` est un nombre";
    SubCase = "sub_case", Stops, "the `sub` in other case", "`sub` avec majuscules et minuscules inversées";
    SubNull = "sub_null", Stops, "`sub` is null", "`sub` est nul";
    SubArray = "sub_array", Stops, "`sub` in an array", "`sub` dans un tableau";
    PlainJson = "plain_json", Stops, "plain JSON", "du JSON simple";
    JsonAsJwt = "json_as_jwt", Stops, "plain JSON, called a token", "du JSON simple, présenté comme un jeton";
    IssOther = "iss_other", Stops, "`iss` of another provider", "`iss` d’un autre fournisseur";
    IssSlash = "iss_slash", Stops, "`iss` with a slash more at the end",
        "`iss` avec une barre oblique de plus à la fin";
    IssMissing = "iss_missing", Stops, "no `iss`", "pas de `iss`";
    AudOther = "aud_other", Stops, "`aud` of another client", "`aud` d’un autre client";
    AudMissing = "aud_missing", Stops, "no `aud`", "pas de `aud`";
    AudStranger = "aud_stranger", Stops, "`aud` of this client and a stranger",
        "`aud` de ce client et d’un inconnu";
    AudArray = "aud_array", Succeeds, "`aud` is an array of this client alone",
        "`aud` est un tableau qui ne contient que ce client";
    ExpPast = "exp_past", Stops, "`exp` five minutes ago", "`exp` il y a cinq minutes";
    ExpString = "exp_string", Stops, "`exp` is text", "`exp` est un texte";
    ExpMissing = "exp_missing", Either, "no `exp`", "pas de `exp`";
    IatFuture = "iat_future", Either, "`iat` an hour ahead", "`iat` dans une heure";
    NbfFuture = "nbf_future", Either, "`nbf` an hour ahead", "`nbf` dans une heure";
    AlgNone = "alg_none", Stops, "`alg` is `none`, no signature", "`alg` vaut `none`, sans signature";
    AlgOtherKey = "alg_other_key", Stops, "signed with the other algorithm and its real key",
        "signé avec l’autre algorithme et sa vraie clé";
    Hs256ClientSecret = "hs256_client_secret", Stops, "HS256 keyed with the client secret",
        "HS256, la clé étant le secret du client";
    SignatureForeign = "signature_foreign", Stops, "a stranger's signature under our `kid`",
        "la signature d’un inconnu sous notre `kid`";
    SignatureEmpty = "signature_empty", Stops, "no signature", "pas de signature";
    UnknownKid = "unknown_kid", Stops, "signed by a key that is never published",
        "signé par une clé qui n’est jamais publiée";
    Jku = "jku", Stops, "the address of a stranger's keys, and his signature",
        "l’adresse des clés d’un inconnu, et sa signature";
    KidMissing = "kid_missing", Succeeds, "no `kid`, one fitting key",
        "pas de `kid`, une seule clé qui convient";
    PayloadChanged = "payload_changed", Stops, "claims changed after signing",
        "des claims modifiés après la signature";
    Crit = "crit", Stops, "`crit` names an extension nobody knows",
        "`crit` nomme une extension que personne ne connaît";
    TypAccess = "typ_access", Either, "`typ` is `at+jwt`", "`typ` vaut `at+jwt`";
    PartsFive = "parts_five", Stops, "five parts, like an encrypted token",
        "cinq parties, comme un jeton chiffré";
    PayloadArray = "payload_array", Stops, "the payload is an array", "la charge utile est un tableau";
    PayloadTrailing = "payload_trailing", Stops, "other text after the claims",
        "un autre texte après les claims";
    PayloadInvalidUtf8 = "payload_invalid_utf8", Stops, "a byte in the payload that is no UTF-8",
        "un octet de la charge utile qui n’est pas de l’UTF-8";
    PayloadDeep = "payload_deep", Stops, "a claim ten thousand arrays deep",
        "un claim profond de dix mille tableaux";
    PayloadSurrogate = "payload_surrogate", Stops, "half a surrogate pair in a claim",
        "un demi-couple de substitution dans un claim";
    Status401 = "status_401", Stops, "401 `invalid_token`", "401, erreur `invalid_token`";
    Status403 = "status_403", Stops, "403 `insufficient_scope`", "403, erreur `insufficient_scope`";
    Status201 = "status_201", Either, "the honest answer with status 201",
        "la réponse honnête avec le statut 201";
    FormEncoded = "form_encoded", Stops, "the claims as a form", "les claims comme un formulaire";
    ContentTypeCharset = "content_type_charset", Succeeds, "`application/jwt; charset=utf-8`",
        "type de contenu `application/jwt; charset=utf-8`";
    ContentTypeCase = "content_type_case", Succeeds, "`Application/JWT`", "type de contenu `Application/JWT`";
    ContentTypeSpace = "content_type_space", Succeeds, "`application/jwt ; charset=utf-8`",
        "type de contenu `application/jwt ; charset=utf-8`";
    ContentTypeJson = "content_type_json", Either, "the token, called JSON",
        "le jeton, présenté comme du JSON";
    ContentTypeHtml = "content_type_html", Either, "the token, called a page",
        "le jeton, présenté comme une page";
    ContentTypeMissing = "content_type_missing", Either, "the token without content type",
        "le jeton sans type de contenu";
    PayloadDuplicate = "payload_duplicate", Stops, "`sub` twice: another, then the right one",
        "`sub` deux fois : un autre, puis le bon";
    OfIdToken = "of_id_token", Stops, "the ID Token instead", "l’ID Token à la place";
    LineBreak = "line_break", Either, "a line break after the token", "un saut de ligne après le jeton";
    HostileMarkup = "hostile_markup", Either, "names and address full of markup",
        "des noms et une adresse pleins de balises";
    HostileControls = "hostile_controls", Either, "control characters and direction marks in names",
        "des caractères de contrôle et de sens d’écriture dans les noms";
    HostileTypes = "hostile_types", Either, "numbers, arrays and objects as names",
        "des nombres, des tableaux et des objets comme noms";
    HostileLong = "hostile_long", Either, "names of 8 kB", "des noms de 8 ko";
    HostileHeaders = "hostile_headers", Either, "line breaks that would make headers",
        "des sauts de ligne qui feraient des en-têtes";
    HostileNames = "hostile_names", Succeeds, "claims whose names are markup, line breaks and `__proto__`",
        "des claims nommés de balises, de sauts de ligne et de `__proto__`";
    EmailLookalike = "email_lookalike", Either, "an e-mail address with two `@`, one of them a look-alike",
        "une adresse électronique à deux `@`, dont un sosie";
    BirthdateImpossible = "birthdate_impossible", Either, "a birth date of `1992-13-45`",
        "une date de naissance `1992-13-45`";
    ClaimsMissing = "claims_missing", Succeeds, "the identity without its optional claims",
        "l’identité sans ses claims facultatifs";
    ClaimsExtra = "claims_extra", Succeeds, "claims nobody asked for, of every kind",
        "des claims que personne n’a demandés, de toute sorte";
    ClaimsRnipp = "claims_rnipp", Succeeds, "claims of FranceConnect+", "des claims de FranceConnect+";
    BirthdateZero = "birthdate_zero", Succeeds, "a birth date of `1992-00-00`",
        "une date de naissance `1992-00-00`";
    BirthplaceEmpty = "birthplace_empty", Succeeds, "an empty birth place", "un lieu de naissance vide";
    PreferredUsernameMissing = "preferred_username_missing", Succeeds, "no usage name", "pas de nom d’usage";
    BirthcountryMissing = "birthcountry_missing", Succeeds, "no birth country", "pas de pays de naissance";
}

const NAMES: [&str; 4] = ["given_name", "family_name", "preferred_username", "email"];

impl UserInfo {
    /// The fault of the ID Token that is told here in the same way.
    pub(in crate::emulator) fn like(self) -> Option<Fault> {
        Some(match self {
            Self::SubMissing => Fault::Claims(Claims::SubMissing),
            Self::SubEmpty => Fault::Claims(Claims::SubEmpty),
            Self::SubNumber => Fault::Claims(Claims::SubNumber),
            Self::SubNull => Fault::Claims(Claims::SubNull),
            Self::SubArray => Fault::Claims(Claims::SubArray),
            Self::IssSlash => Fault::Claims(Claims::IssSlash),
            Self::AudStranger => Fault::Claims(Claims::AudStranger),
            Self::UnknownKid => Fault::Keys(Keys::UnknownKid),
            Self::Jku => Fault::Signature(Signature::Jku),
            Self::KidMissing => Fault::Header(Header::KidMissing),
            Self::PayloadTrailing => Fault::Form(Form::PayloadTrailing),
            Self::PayloadInvalidUtf8 => Fault::Form(Form::PayloadInvalidUtf8),
            Self::PayloadDeep => Fault::Form(Form::PayloadDeep),
            Self::PayloadSurrogate => Fault::Form(Form::PayloadSurrogate),
            Self::IssOther => Fault::Claims(Claims::IssOther),
            Self::IssMissing => Fault::Claims(Claims::IssMissing),
            Self::AudOther => Fault::Claims(Claims::AudOther),
            Self::AudMissing => Fault::Claims(Claims::AudMissing),
            Self::AudArray => Fault::Claims(Claims::AudArray),
            Self::ExpPast => Fault::Claims(Claims::ExpPast),
            Self::ExpString => Fault::Claims(Claims::ExpString),
            Self::ExpMissing => Fault::Claims(Claims::ExpMissing),
            Self::IatFuture => Fault::Claims(Claims::IatFuture),
            Self::NbfFuture => Fault::Claims(Claims::NbfFuture),
            Self::AlgNone => Fault::Signature(Signature::AlgNone),
            Self::AlgOtherKey => Fault::Signature(Signature::AlgOtherKey),
            Self::Hs256ClientSecret => Fault::Signature(Signature::Hs256ClientSecret),
            Self::SignatureForeign => Fault::Signature(Signature::Foreign),
            Self::SignatureEmpty => Fault::Signature(Signature::Empty),
            Self::PayloadChanged => Fault::Signature(Signature::PayloadChanged),
            Self::Crit => Fault::Header(Header::Crit),
            Self::TypAccess => Fault::Header(Header::TypAccess),
            Self::PartsFive => Fault::Form(Form::PartsFive),
            Self::PayloadArray => Fault::Form(Form::PayloadArray),
            _ => return None,
        })
    }

    /// Changes the identity.
    pub(in crate::emulator) fn change(self, claims: &mut Map<String, Value>) {
        let text = |claims: &Map<String, Value>, name: &str| {
            claims.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        let mut name_all = |values: [Value; 4]| {
            for (name, value) in NAMES.into_iter().zip(values) {
                claims.insert(name.to_owned(), value);
            }
        };
        match self {
            Self::HostileMarkup => name_all([
                json!("<script>alert(1)</script>"),
                json!("\"><img src=x onerror=alert(1)>"),
                json!("{{7*7}}${7*7}</textarea>"),
                json!("a@exemple.fr'-->]]>"),
            ]),
            Self::HostileControls => {
                name_all([
                    json!("A\0B"),
                    json!("\u{202e}SIOBUD"),
                    json!("\u{1b}[2J\u{7f}"),
                    json!("a\u{2028}b@exemple.fr"),
                ]);
            }
            Self::HostileTypes => name_all([json!(12), json!(["DUBOIS"]), json!({ "nom": 1 }), json!(true)]),
            Self::HostileLong => name_all(["A", "B", "C", "d"].map(|letter| json!(letter.repeat(8 * 1024)))),
            Self::HostileHeaders => name_all(
                ["Set-Cookie: a=b", "Location: /", ";Path=/", ", b=c"].map(|t| json!(format!("A\r\n{t}"))),
            ),
            Self::HostileNames => {
                for name in ["<script>alert(1)</script>", "a\r\nSet-Cookie: b", "__proto__", "", "sub\0"] {
                    claims.insert(name.into(), json!({ "sub": "autre" }));
                }
            }
            Self::EmailLookalike => {
                drop(claims.insert("email".into(), json!("a@service.example＠autre.exemple.fr@b")));
            }
            Self::BirthdateImpossible => drop(claims.insert("birthdate".into(), json!("1992-13-45"))),
            Self::SubOther => {
                claims.insert("sub".into(), json!(format!("{}v1", "a1".repeat(32))));
                claims.insert("family_name".into(), json!("AUTRE"));
            }
            Self::SubCase => {
                let sub = text(claims, "sub");
                claims.insert("sub".into(), json!(other_case(&sub)));
            }
            Self::ClaimsMissing => {
                let kept = ["sub", "iss", "aud", "iat", "exp", "given_name", "family_name", "birthdate"];
                claims.retain(|name, _| kept.contains(&name.as_str()));
            }
            Self::ClaimsExtra => {
                claims.insert("inconnu".into(), json!({ "a": [1, null, true, 1.5e300, "é"] }));
                claims.insert("phone_number".into(), json!("+33600000000"));
                claims.insert("rep_scope".into(), json!([]));
            }
            Self::ClaimsRnipp => {
                for name in ["given_name", "family_name", "gender", "birthdate", "birthplace", "birthcountry"]
                {
                    let value = text(claims, name);
                    claims.insert(format!("rnipp_{name}"), json!(value));
                }
                claims.insert("rnipp_given_name_array".into(), json!(["Angela"]));
            }
            Self::BirthdateZero => drop(claims.insert("birthdate".into(), json!("1992-00-00"))),
            Self::BirthplaceEmpty => drop(claims.insert("birthplace".into(), json!(""))),
            Self::PreferredUsernameMissing => drop(claims.remove("preferred_username")),
            Self::BirthcountryMissing => drop(claims.remove("birthcountry")),
            _ => {}
        }
    }

    /// The payload as text, where JSON of the claims would not say it.
    pub(in crate::emulator) fn raw(self, claims: &Map<String, Value>) -> Option<String> {
        let stranger = json!(format!("{}v1", "a1".repeat(32)));
        matches!(self, Self::PayloadDuplicate)
            .then(|| twice(&Value::Object(claims.clone()), "sub", &stranger))
    }

    /// The answer that carries `token`, or `claims` without one.
    pub(in crate::emulator) fn answer(self, token: String, claims: &Map<String, Value>) -> Reply {
        let json = || Value::Object(claims.clone()).to_string();
        let jwt = "application/jwt";
        let reply = match self {
            Self::PlainJson => Reply::with_body(200, "application/json; charset=utf-8", json()),
            Self::JsonAsJwt => Reply::with_body(200, jwt, json()),
            Self::ContentTypeCharset => Reply::with_body(200, "application/jwt; charset=utf-8", token),
            Self::ContentTypeSpace => Reply::with_body(200, "application/jwt ; charset=utf-8", token),
            Self::ContentTypeHtml => Reply::with_body(200, "text/html; charset=utf-8", token),
            Self::Status201 => Reply::with_body(201, jwt, token),
            Self::FormEncoded => {
                let pairs = claims.iter().map(|(name, value)| (name, value.as_str().unwrap_or_default()));
                let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
                Reply::with_body(200, "application/x-www-form-urlencoded", form)
            }
            Self::Status403 => {
                let body =
                    json!({ "error": "insufficient_scope", "error_description": "insufficient scope" });
                Reply::json(403, &body)
                    .header("www-authenticate", "Bearer error=\"insufficient_scope\", scope=\"openid\"")
            }
            Self::ContentTypeCase => Reply::with_body(200, "Application/JWT", token),
            Self::ContentTypeJson => Reply::with_body(200, "application/json; charset=utf-8", token),
            Self::ContentTypeMissing => {
                let mut reply = Reply::new(200);
                reply.body = token.into_bytes();
                reply
            }
            Self::LineBreak => Reply::with_body(200, jwt, format!("{token}\n")),
            Self::Status401 => {
                let body = json!({ "error": "invalid_token", "error_description": "invalid token provided" });
                Reply::json(401, &body).header("www-authenticate", "Bearer error=\"invalid_token\"")
            }
            _ => Reply::with_body(200, jwt, token),
        };
        reply.header("cache-control", "no-store")
    }
}
