//! The discovery document (OpenID Connect Discovery 1.0 §4): believed only if it names the issuer asked.

use serde_json::Value;
use url::Url;

use super::document::{Codes, document};
use super::{Call, Client, Failure, FetchAnswer, Provider};
use crate::jose::{CONTENT_ENCRYPTION, Object};

/// Seconds a document is used; what the provider's cache headers say is ignored.
pub const LIFE: i64 = 600;

const CODES: Codes = Codes {
    unreachable: "discovery.unreachable",
    status: "discovery.status",
    content_type: "discovery.content_type",
};
const MALFORMED: Failure =
    Failure::refusal("discovery.malformed", "the document is not the JSON object expected");
const ISSUER: Failure =
    Failure::refusal("discovery.issuer", "the document names another issuer; a trailing slash counts");
const ENDPOINT: Failure = Failure::refusal(
    "discovery.endpoint",
    "an endpoint is no https URL of the issuer's origin or of FC_ALLOWED_ORIGINS",
);
const ALGORITHM: Failure =
    Failure::fault("discovery.algorithm", "the provider does not sign ID Tokens with FC_ID_TOKEN_ALG");
const ENCRYPTION: Failure = Failure::fault(
    "discovery.encryption",
    "the provider does not encrypt ID Tokens with FC_ENCRYPTION_ALG and A256GCM",
);
const AUTH: Failure = Failure::fault("discovery.client_auth", "the provider does not take FC_CLIENT_AUTH");

/// Asks for the document of `issuer`; a trailing slash of the issuer is dropped for the address only (§4.1).
pub fn request(issuer: &str) -> Call {
    Call::get(&format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/')))
        .header("accept", crate::secret::Secret::new("application/json"))
}

/// Judges the answer.
///
/// # Errors
/// Any doubt: the login stops before the browser is sent anywhere.
pub fn judge(
    answer: FetchAnswer,
    issuer: &str,
    allowed_origins: &[String],
    client: &Client,
) -> Result<Provider, Failure> {
    let body = document(answer, &["application/json"], CODES)?;
    let found = Object::parse(&body).map_err(|_| MALFORMED)?;
    let text = |name: &str| found.optional_text(name).map_err(|_| MALFORMED);
    let required = |name: &str| text(name)?.ok_or(MALFORMED);
    if required("issuer")? != issuer {
        return Err(ISSUER);
    }
    // Absent says nothing; present and without ours says no.
    let lacks = |offered: &str, name: &str| {
        let offered = found.optional_texts(offered).map_err(|_| MALFORMED)?;
        Ok(offered.is_some_and(|offered| !offered.iter().any(|one| one == name)))
    };
    if lacks("id_token_signing_alg_values_supported", client.algorithm.name())? {
        return Err(ALGORITHM);
    }
    if let Some(management) = client.encryption
        && (lacks("id_token_encryption_alg_values_supported", management.name())?
            || lacks("id_token_encryption_enc_values_supported", CONTENT_ENCRYPTION)?)
    {
        return Err(ENCRYPTION);
    }
    if lacks("token_endpoint_auth_methods_supported", client.auth.name())? {
        return Err(AUTH);
    }
    let challenges = found.optional_texts("code_challenge_methods_supported").map_err(|_| MALFORMED)?;
    let provider = Provider {
        issuer: issuer.to_owned(),
        authorization_endpoint: required("authorization_endpoint")?,
        token_endpoint: required("token_endpoint")?,
        userinfo_endpoint: required("userinfo_endpoint")?,
        jwks_uri: required("jwks_uri")?,
        end_session_endpoint: text("end_session_endpoint")?,
        iss_parameter: found.get("authorization_response_iss_parameter_supported")
            == Some(&Value::Bool(true)),
        pkce: challenges.is_some_and(|all| all.iter().any(|one| one == "S256")),
    };
    let required = [
        &provider.authorization_endpoint,
        &provider.token_endpoint,
        &provider.userinfo_endpoint,
        &provider.jwks_uri,
    ];
    let usable = |endpoint: &String| usable(endpoint, issuer, allowed_origins);
    let all = required.into_iter().all(usable) && provider.end_session_endpoint.as_ref().is_none_or(usable);
    if all { Ok(provider) } else { Err(ENDPOINT) }
}

/// Same origin as the issuer or an origin the configuration allows; so https wherever the issuer is. No
/// fragment, no user information.
fn usable(text: &str, issuer: &str, allowed_origins: &[String]) -> bool {
    let (Ok(endpoint), Ok(issuer)) = (Url::parse(text), Url::parse(issuer)) else { return false };
    let origin = endpoint.origin();
    // What parses is not what is sent: blanks, line breaks and backslashes are repaired by parsing only.
    let literal = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') && text.contains("://");
    let plain =
        endpoint.fragment().is_none() && endpoint.username().is_empty() && endpoint.password().is_none();
    let known = origin == issuer.origin()
        || allowed_origins.iter().any(|allowed| *allowed == origin.ascii_serialization());
    literal && plain && known && origin.is_tuple()
}
