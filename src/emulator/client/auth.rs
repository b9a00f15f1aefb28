//! Decides whether the caller of an endpoint is the client it says it is: a posted secret, or an assertion signed
//! with a key that it publishes (OpenID Connect Core §9, RFC 7523 §3).

use crate::emulator::Emulator;
use crate::emulator::client::key_sets::subject;
use crate::emulator::client::{Client, ClientAuth};
use crate::emulator::http::{Params, Request};
use crate::emulator::oauth_error::OAuthError;
use crate::emulator::token::keys::{decode, es256_verifies};
use crate::secret::same;
use crate::time::Timestamp;
use serde_json::Value;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Clock difference that an assertion may show, in seconds.
const LEEWAY: i64 = 10;

impl Emulator {
    /// The id of the client that has proved itself.
    pub(in crate::emulator) fn authenticate(
        &mut self,
        now: Timestamp,
        request: &Request,
        form: &Params,
    ) -> Result<String, OAuthError> {
        if let Some(name) = form.repeated() {
            let text = format!("'{name}' parameter must not be provided twice");
            return Err(OAuthError::request(&text, "Y0496E4A"));
        }
        let (secret, assertion) = (form.filled("client_secret"), form.filled("client_assertion"));
        let basic = request.header("authorization").is_some();
        if usize::from(basic) + usize::from(secret.is_some()) + usize::from(assertion.is_some()) > 1 {
            let text = "client authentication must only be provided using one mechanism";
            return Err(OAuthError::request(text, "Y047E9E5"));
        }
        if basic {
            return Err(other_method());
        }
        let claimed = assertion.map(|assertion| claimed(assertion, form)).transpose()?;
        let none = || OAuthError::request("no client authentication mechanism provided", "Y044FEB3");
        let client_id = claimed.or(form.filled("client_id").map(str::to_owned)).ok_or_else(none)?;
        let unknown = || OAuthError::client("client not found", "Y0479FCE");
        let found = self.settings.clients.iter().find(|client| client.client_id == client_id);
        let client = found.ok_or_else(unknown)?;
        self.load(client).map_err(|trouble| trouble.refusal())?;
        match (client.auth, secret, assertion) {
            (ClientAuth::SecretPost, Some(secret), None) if same(secret, &client.client_secret) => {}
            (ClientAuth::SecretPost, Some(_), None) => {
                return Err(OAuthError::client("invalid secret provided", "Y0434A7B"));
            }
            (ClientAuth::PrivateKeyJwt, None, Some(assertion)) => {
                let (jti, expires) = self.judge(now, client, assertion)?;
                let seen = (client_id.clone(), jti);
                if self.state.assertions.insert(seen, expires).is_some() {
                    let detail = "client assertion tokens must only be used once";
                    return Err(OAuthError::client(detail, "Y0486328"));
                }
            }
            _ => return Err(other_method()),
        }
        Ok(client_id)
    }

    /// Judges an assertion of `client`; answers its `jti` and until when that must be remembered.
    fn judge(
        &self,
        now: Timestamp,
        client: &Client,
        assertion: &str,
    ) -> Result<(String, Timestamp), OAuthError> {
        let refuse = |detail, code| Err(OAuthError::client(detail, code));
        let unverified =
            || OAuthError::new(401, "invalid_client", "client authentication failed", None, "Y04F7688");
        let parts: Vec<&str> = assertion.split('.').collect();
        let [header, payload, signature] = *parts else { return Err(unverified()) };
        let (header, claims) = object(header).zip(object(payload)).ok_or_else(unverified)?;
        if header.get("alg").and_then(Value::as_str) != Some("ES256") {
            return refuse("alg mismatch", "Y046737D");
        }
        let Some(exp) = claims.get("exp").and_then(Value::as_i64) else {
            return refuse("expiration must be specified in the client_assertion JWT", "Y0480889");
        };
        let Some(jti) = claims.get("jti").and_then(Value::as_str).filter(|jti| !jti.is_empty()) else {
            return refuse("unique jti (JWT ID) must be provided in the client_assertion JWT", "Y04C5ACB");
        };
        match claims.get("iss").and_then(Value::as_str) {
            None => {
                return refuse("iss (JWT issuer) must be provided in the client_assertion JWT", "Y04AC0DD");
            }
            Some(iss) if iss != client.client_id => {
                return refuse("iss (JWT issuer) must be the client_id", "Y0421A2A");
            }
            Some(_) => {}
        }
        let issuer = &self.settings.issuer;
        let ours =
            |aud: &Value| aud.as_str().is_some_and(|aud| aud == issuer || aud == format!("{issuer}/token"));
        match claims.get("aud") {
            Some(Value::Array(list)) if !list.iter().any(ours) => {
                let detail = "list of audience (aud) must include the endpoint url, issuer identifier or token \
                              endpoint url";
                return refuse(detail, "Y045642B");
            }
            Some(Value::Array(_)) => {}
            Some(aud) if ours(aud) => {}
            Some(Value::String(_)) => {
                let detail =
                    "audience (aud) must equal the endpoint url, issuer identifier or token endpoint url";
                return refuse(detail, "Y04C17F5");
            }
            _ => {
                return refuse("aud (JWT audience) must be provided in the client_assertion JWT", "Y0464868");
            }
        }
        let moment = |name: &str| claims.get(name).map(|value| value.as_i64().map(Timestamp::from_unix));
        let future = |at: Option<Timestamp>| at.is_none_or(|at| at > now.plus(LEEWAY));
        let untimely = moment("iat").is_some_and(future) || moment("nbf").is_some_and(future);
        let expires = Timestamp::from_unix(exp).plus(LEEWAY);
        let input =
            assertion.strip_suffix(signature).and_then(|rest| rest.strip_suffix('.')).unwrap_or_default();
        let keys = self.client_keys(client).map_err(|trouble| trouble.refusal())?;
        let kid = header.get("kid");
        let signs = |key: &&Value| {
            let meant = key.get("use").is_some_and(|of| of == "sig");
            meant
                && key.get("alg").is_none_or(|alg| alg == "ES256")
                && kid.is_none_or(|kid| key.get("kid") == Some(kid))
        };
        let signed = keys.iter().filter(signs).any(|key| es256_verifies(key, input.as_bytes(), signature));
        if untimely || expires <= now || !signed {
            return Err(unverified());
        }
        Ok((jti.to_owned(), expires))
    }
}

/// The client that an assertion is about.
fn claimed(assertion: &str, form: &Params) -> Result<String, OAuthError> {
    let parts: Vec<&str> = assertion.split('.').collect();
    if parts.get(1).and_then(|payload| object(payload)).is_none() {
        return Err(OAuthError::request("invalid client_assertion format", "Y04E1CFF"));
    }
    let absent = "sub (JWT subject) must be provided in the client_assertion JWT";
    let sub = subject(assertion).filter(|sub| !sub.is_empty());
    let sub = sub.ok_or_else(|| OAuthError::client(absent, "Y044B38D"))?;
    match form.get("client_assertion_type") {
        Some(ASSERTION_TYPE) => {}
        None => return Err(OAuthError::request("client_assertion_type must be provided", "Y04AF36C")),
        Some(_) => {
            let text = format!("client_assertion_type must have value {ASSERTION_TYPE}");
            return Err(OAuthError::request(&text, "Y04EA12E"));
        }
    }
    if form.filled("client_id").is_some_and(|id| id != sub) {
        let text = "subject of client_assertion must be the same as client_id provided in the body";
        return Err(OAuthError::request(text, "Y048454B"));
    }
    Ok(sub)
}

fn object(part: &str) -> Option<Value> {
    let value: Value = serde_json::from_slice(&decode(part)?).ok()?;
    value.is_object().then_some(value)
}

fn other_method() -> OAuthError {
    let detail =
        "the provided authentication mechanism does not match the registered client authentication method";
    OAuthError::client(detail, "Y044D82C")
}
