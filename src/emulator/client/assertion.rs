//! Decides whether a client's assertion is good: signed with a key that it publishes, for us, fresh (OpenID Connect
//! Core §9, RFC 7523 §3).

use crate::emulator::Emulator;
use crate::emulator::client::key_sets::subject;
use crate::emulator::client::{Alg, Client};
use crate::emulator::http::Params;
use crate::emulator::oauth_error::OAuthError;
use crate::emulator::token::keys::{decode, jwk_verifies};
use crate::time::Timestamp;
use serde_json::Value;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Clock difference that an assertion may show, in seconds: the engine's default.
const LEEWAY: i64 = 15;

/// The client that an assertion is about.
pub(super) fn claimed(assertion: &str, form: &Params) -> Result<String, OAuthError> {
    let parts: Vec<&str> = assertion.split('.').collect();
    let [header, payload, _] = *parts else { return Err(malformed()) };
    object(header).and(object(payload)).ok_or_else(malformed)?;
    let absent = "sub (JWT subject) must be provided in the client_assertion JWT";
    let sub = subject(assertion).filter(|sub| !sub.is_empty());
    let sub = sub.ok_or_else(|| OAuthError::client(absent, "Y044B38D"))?;
    if form.filled("client_id").is_some_and(|id| id != sub) {
        let text = "subject of client_assertion must be the same as client_id provided in the body";
        return Err(OAuthError::request(text, "Y048454B"));
    }
    match form.filled("client_assertion_type") {
        Some(ASSERTION_TYPE) => Ok(sub),
        None => Err(OAuthError::request("client_assertion_type must be provided", "Y04AF36C")),
        Some(_) => {
            let text = format!("client_assertion_type must have value {ASSERTION_TYPE}");
            Err(OAuthError::request(&text, "Y04EA12E"))
        }
    }
}

impl Emulator {
    /// Judges an assertion of `client`; answers its `jti` and until when that must be remembered.
    pub(super) fn judge(
        &self,
        now: Timestamp,
        client: &Client,
        assertion: &str,
    ) -> Result<(String, Timestamp), OAuthError> {
        let refuse = |detail, code| Err(OAuthError::client(detail, code));
        let parts: Vec<&str> = assertion.split('.').collect();
        let [header, payload, signature] = *parts else { return Err(malformed()) };
        let (header, claims) = object(header).zip(object(payload)).ok_or_else(malformed)?;
        let claim = |name: &str| claims.get(name).filter(|value| filled(value));
        let alg = header.get("alg").and_then(Value::as_str).and_then(Alg::from_name);
        let Some(alg) = alg.filter(|alg| self.settings.product.assertion_algs().contains(alg)) else {
            return refuse("alg mismatch", "Y046737D");
        };
        let Some(exp) = claim("exp") else {
            return refuse("expiration must be specified in the client_assertion JWT", "Y0480889");
        };
        let Some(jti) = claim("jti") else {
            return refuse("unique jti (JWT ID) must be provided in the client_assertion JWT", "Y04C5ACB");
        };
        match claim("iss") {
            None => {
                return refuse("iss (JWT issuer) must be provided in the client_assertion JWT", "Y04AC0DD");
            }
            Some(iss) if iss.as_str() != Some(&client.client_id) => {
                return refuse("iss (JWT issuer) must be the client_id", "Y0421A2A");
            }
            Some(_) => {}
        }
        let issuer = &self.settings.issuer;
        let ours = |aud: &Value| {
            aud.as_str()
                .is_some_and(|aud| aud == issuer || aud.strip_prefix(issuer.as_str()) == Some("/token"))
        };
        match claim("aud") {
            None => {
                return refuse("aud (JWT audience) must be provided in the client_assertion JWT", "Y0464868");
            }
            Some(Value::Array(list)) if !list.iter().any(ours) => {
                let detail = "list of audience (aud) must include the endpoint url, issuer identifier or token \
                              endpoint url";
                return refuse(detail, "Y045642B");
            }
            Some(Value::Array(_)) => {}
            Some(aud) if ours(aud) => {}
            Some(_) => {
                let detail =
                    "audience (aud) must equal the endpoint url, issuer identifier or token endpoint url";
                return refuse(detail, "Y04C17F5");
            }
        }
        let unverified = |detail| OAuthError::client(detail, "Y04F7688");
        let input =
            assertion.strip_suffix(signature).and_then(|rest| rest.strip_suffix('.')).unwrap_or_default();
        let keys = self.client_keys(client).map_err(|trouble| trouble.refusal())?;
        let kid = header.get("kid");
        let meant = |key: &&Value| {
            key.get("use").is_none_or(|of| of == "sig")
                && key.get("kty").is_some_and(|kty| kty == alg.kty())
                && key.get("alg").is_none_or(|named| named == alg.name())
                && kid.is_none_or(|kid| key.get("kid") == Some(kid))
        };
        let keys: Vec<&Value> = keys.iter().filter(meant).collect();
        if keys.is_empty() {
            return Err(unverified("no applicable key found in the JSON Web Key Set"));
        }
        if !keys.iter().any(|key| jwk_verifies(key, alg, input.as_bytes(), signature)) {
            return Err(unverified("signature verification failed"));
        }
        let seconds = |value: &Value| value.as_i64().or_else(|| value.as_f64().map(|number| number as i64));
        if let Some(nbf) = claims.get("nbf") {
            let nbf = seconds(nbf).ok_or_else(|| unverified("invalid nbf value"))?;
            if nbf > now.plus(LEEWAY).unix() {
                return Err(unverified("jwt not active yet"));
            }
        }
        if !claims.get("iat").is_none_or(Value::is_number) {
            return Err(unverified("invalid iat value"));
        }
        let exp = seconds(exp).ok_or_else(|| unverified("invalid exp value"))?;
        let expires = Timestamp::from_unix(exp).plus(LEEWAY);
        if expires <= now {
            return Err(unverified("jwt expired"));
        }
        let jti = jti.as_str().ok_or_else(|| unverified("invalid jti value"))?;
        Ok((jti.to_owned(), expires))
    }
}

fn malformed() -> OAuthError {
    OAuthError::request("invalid client_assertion format", "Y04E1CFF")
}

/// Whether JavaScript would take `value` for true.
fn filled(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64().is_some_and(|number| number != 0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

fn object(part: &str) -> Option<Value> {
    let value: Value = serde_json::from_slice(&decode(part)?).ok()?;
    value.is_object().then_some(value)
}
