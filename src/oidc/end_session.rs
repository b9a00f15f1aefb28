//! The logout request (OpenID Connect RP-Initiated Logout 1.0 §2), as FranceConnect takes it.

use super::{Client, Provider};
use crate::secret::Secret;
use crate::wire::params;

/// The address to send the browser to, or nothing if the provider knows no logout.
///
/// It holds the ID Token, because FranceConnect demands it there: it is sent to the browser as a
/// redirect with `no-store` and no referrer, and never logged.
pub fn url(provider: &Provider, client: &Client, id_token: &Secret, state: &str) -> Option<Secret> {
    let endpoint = provider.end_session_endpoint.as_ref()?;
    let query = params::join([
        ("id_token_hint", id_token.expose()),
        ("post_logout_redirect_uri", &client.post_logout_redirect_uri),
        ("state", state),
    ]);
    let separator = if endpoint.contains('?') { '&' } else { '?' };
    Some(Secret::new(format!("{endpoint}{separator}{query}")))
}
