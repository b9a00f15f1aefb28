//! The authorization response (RFC 6749 §4.1.2, RFC 9207): judged before anything is called.

use super::{Attempt, Failure, Provider};
use crate::secret::same;
use crate::wire::params::Params;

/// A code that came back to the browser that began the login, from the provider that was asked.
#[derive(Debug)]
pub struct Accepted {
    code: String,
}

/// What a callback that belongs to this login says.
#[derive(Debug)]
pub enum Callback {
    /// A code to exchange.
    Code(Accepted),
    /// The provider's `error` word; a stranger's text, to be looked up and not shown.
    Error(String),
}

/// Longest code that is passed on, in bytes.
const CODE_LIMIT: usize = 2048;

const STATE: Failure =
    Failure::refusal("callback.state", "the state is absent or is not the one of this browser's login");
const ISS: Failure =
    Failure::refusal("callback.iss", "iss is absent, or names another provider (mix-up, RFC 9207)");
const CODE: Failure =
    Failure::refusal("callback.code", "neither code nor error came back, or both, or the code is unusable");

impl Accepted {
    /// The code, for the one token request.
    pub(super) fn into_code(self) -> String {
        self.code
    }
}

/// Judges the query of a callback against the login it claims to end.
///
/// # Errors
/// Wrong `state` or `iss`, or no usable code: no call may follow.
pub fn judge(query: &Params, attempt: &Attempt, provider: &Provider) -> Result<Callback, Failure> {
    if !query.get("state").is_some_and(|state| same(state, &attempt.state)) {
        return Err(STATE);
    }
    match query.get("iss") {
        Some(iss) if iss == provider.issuer => {}
        None if !provider.iss_parameter => {}
        _ => return Err(ISS),
    }
    match (query.get("code"), query.get("error")) {
        (None, Some(error)) => Ok(Callback::Error(error.to_owned())),
        (Some(code), None) if !code.is_empty() && code.len() <= CODE_LIMIT => {
            Ok(Callback::Code(Accepted { code: code.to_owned() }))
        }
        _ => Err(CODE),
    }
}

#[cfg(test)]
mod tests {
    //! The name of the flow cookie is made of `state` already; this rule holds even if two names collided.

    use super::*;
    use crate::secret::Chance;
    use crate::time::Timestamp;

    #[test]
    fn a_callback_of_another_login_is_refused_by_its_state() {
        let provider = Provider {
            issuer: "https://op.example".to_owned(),
            authorization_endpoint: String::new(),
            token_endpoint: String::new(),
            userinfo_endpoint: String::new(),
            jwks_uri: String::new(),
            end_session_endpoint: None,
            iss_parameter: false,
            pkce: false,
        };
        let now = Timestamp::from_unix(0);
        let attempt = Attempt::begin(&mut Chance::new(&[1; 64]), now, &provider, false, "/".to_owned());
        let judged = |query: &str| judge(&Params::parse(query).unwrap_or_default(), &attempt, &provider);
        let state = &attempt.state;
        assert!(matches!(judged(&format!("code=c&state={state}")), Ok(Callback::Code(_))));
        // Not announced, so it may be absent; present it must be right.
        assert!(judged(&format!("code=c&state={state}&iss=https://op.example")).is_ok());
        for (query, failure) in [
            ("code=c".to_owned(), STATE),
            ("code=c&state=".to_owned(), STATE),
            (format!("code=c&state={state}x"), STATE),
            (format!("code=c&state={state}&iss=https://op.example/"), ISS),
            (format!("state={state}"), CODE),
        ] {
            assert_eq!(judged(&query).err(), Some(failure), "{query}");
        }
    }
}
