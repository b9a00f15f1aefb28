//! The authorization request (OIDC Core §3.1.2.1): exactly the parameters told, in one URL.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Attempt, Client, Provider};
use crate::secret::fingerprint;
use crate::wire::params;

/// The address to send the browser to.
///
/// `extra` holds what the profile adds (`scope`, `acr_values`, `claims` …); the rest is the code flow's.
/// FranceConnect refuses any name outside its eleven, so nothing else is ever added for it.
pub fn url(provider: &Provider, client: &Client, attempt: &Attempt, extra: &[(&str, &str)]) -> String {
    let challenge = attempt.code_verifier.as_ref().map(|verifier| {
        // RFC 7636 §4.2: S256.
        URL_SAFE_NO_PAD.encode(fingerprint::<32>(verifier.as_bytes()))
    });
    let mut pairs = vec![
        ("response_type", "code"),
        ("client_id", &client.id),
        ("redirect_uri", &client.redirect_uri),
        ("state", &attempt.state),
        ("nonce", &attempt.nonce),
    ];
    pairs.extend_from_slice(extra);
    if let Some(challenge) = &challenge {
        pairs.extend([("code_challenge", challenge.as_str()), ("code_challenge_method", "S256")]);
    }
    let separator = if provider.authorization_endpoint.contains('?') { '&' } else { '?' };
    format!("{}{separator}{}", provider.authorization_endpoint, params::join(pairs))
}
