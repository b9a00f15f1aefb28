//! The discovery document (OpenID Connect Discovery 1.0 §4): believed only if it names the issuer asked.

use serde::Deserialize;
use url::Url;

use super::document::{Codes, document};
use super::{Call, ClientAuth, Failure, FetchAnswer, Provider};
use crate::jose::{Algorithm, object};

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
const AUTH: Failure = Failure::fault("discovery.client_auth", "the provider does not take FC_CLIENT_AUTH");

#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: String,
    jwks_uri: String,
    end_session_endpoint: Option<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
    code_challenge_methods_supported: Option<Vec<String>>,
    id_token_signing_alg_values_supported: Option<Vec<String>>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

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
    algorithm: Algorithm,
    auth: ClientAuth,
) -> Result<Provider, Failure> {
    let body = document(answer, &["application/json"], CODES)?;
    let found: Metadata = object(&body).map_err(|_| MALFORMED)?;
    if found.issuer != issuer {
        return Err(ISSUER);
    }
    let required =
        [&found.authorization_endpoint, &found.token_endpoint, &found.userinfo_endpoint, &found.jwks_uri];
    if !required
        .into_iter()
        .chain(&found.end_session_endpoint)
        .all(|url| usable(url, issuer, allowed_origins))
    {
        return Err(ENDPOINT);
    }
    let lacks = |offered: &Option<Vec<String>>, name: &str| {
        offered.as_ref().is_some_and(|offered| !offered.iter().any(|one| one == name))
    };
    if lacks(&found.id_token_signing_alg_values_supported, algorithm.name()) {
        return Err(ALGORITHM);
    }
    let method = match auth {
        ClientAuth::SecretPost => "client_secret_post",
        ClientAuth::SecretBasic => "client_secret_basic",
    };
    if lacks(&found.token_endpoint_auth_methods_supported, method) {
        return Err(AUTH);
    }
    Ok(Provider {
        issuer: found.issuer,
        authorization_endpoint: found.authorization_endpoint,
        token_endpoint: found.token_endpoint,
        userinfo_endpoint: found.userinfo_endpoint,
        jwks_uri: found.jwks_uri,
        end_session_endpoint: found.end_session_endpoint,
        iss_parameter: found.authorization_response_iss_parameter_supported,
        pkce: found.code_challenge_methods_supported.is_some_and(|all| all.iter().any(|one| one == "S256")),
    })
}

/// Same origin as the issuer or an origin the configuration allows; so https wherever the issuer is. No
/// fragment, no user information.
fn usable(endpoint: &str, issuer: &str, allowed_origins: &[String]) -> bool {
    let (Ok(endpoint), Ok(issuer)) = (Url::parse(endpoint), Url::parse(issuer)) else { return false };
    let origin = endpoint.origin();
    let plain =
        endpoint.fragment().is_none() && endpoint.username().is_empty() && endpoint.password().is_none();
    let known = origin == issuer.origin()
        || allowed_origins.iter().any(|allowed| *allowed == origin.ascii_serialization());
    plain && known && origin.is_tuple()
}
