//! Decides whether the caller of an endpoint is the client it says it is: a secret, posted or in a Basic header
//! (RFC 6749 §2.3.1), or an assertion.
//!
//! FranceConnect registers posting and assertions only; its engine takes a Basic header for a posted secret.

use super::assertion;
use crate::emulator::Emulator;
use crate::emulator::client::ClientAuth;
use crate::emulator::http::{Params, Request};
use crate::emulator::oauth_error::OAuthError;
use crate::secret::same;
use crate::time::Timestamp;
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use percent_encoding::percent_decode_str;

/// The parameters of authentication, in the engine's order.
const PARAMETERS: [&str; 4] = ["client_id", "client_secret", "client_assertion", "client_assertion_type"];

/// What a caller brought.
enum Proof {
    Secret(String),
    Assertion(String),
    Nothing,
}

impl Emulator {
    /// The id of the client that has proved itself.
    pub(in crate::emulator) fn authenticate(
        &mut self,
        now: Timestamp,
        request: &Request,
        form: &Params,
    ) -> Result<String, OAuthError> {
        let basic = request.header("authorization").is_some();
        self.proved(now, request, form).map_err(|refusal| {
            if basic && refusal.is_unauthorized() { refusal.challenging("Basic") } else { refusal }
        })
    }

    fn proved(&mut self, now: Timestamp, request: &Request, form: &Params) -> Result<String, OAuthError> {
        let twice = form.repeated_of(&PARAMETERS);
        if !twice.is_empty() {
            return Err(OAuthError::twice(&twice));
        }
        let (client_id, proof) = claimed(request, form)?;
        let unknown = || OAuthError::client("client not found", "Y0479FCE");
        let client = self.settings.client(&client_id).ok_or_else(unknown)?;
        self.load(client).map_err(|trouble| trouble.refusal())?;
        match (client.auth, proof) {
            (ClientAuth::SecretPost, Proof::Secret(secret)) if same(&secret, &client.client_secret) => {}
            (ClientAuth::SecretPost, Proof::Secret(_)) => {
                return Err(OAuthError::client("invalid secret provided", "Y0434A7B"));
            }
            (ClientAuth::PrivateKeyJwt, Proof::Assertion(assertion)) => {
                let (jti, expires) = self.judge(now, client, &assertion)?;
                // The length says where the one ends and the other begins.
                let seen = format!("{} {client_id} {jti}", client_id.len());
                if self.state.assertions.insert(&seen, expires).is_some() {
                    let detail = "client assertion tokens must only be used once";
                    return Err(OAuthError::client(detail, "Y0486328"));
                }
            }
            _ => {
                let detail = "the provided authentication mechanism does not match the registered client \
                              authentication method";
                return Err(OAuthError::client(detail, "Y044D82C"));
            }
        }
        Ok(client_id)
    }
}

/// Whom the caller says it is, and its proof, yet to be judged.
fn claimed(request: &Request, form: &Params) -> Result<(String, Proof), OAuthError> {
    let refuse = |text: &str, code| Err(OAuthError::request(text, code));
    let (posted_id, posted) = (form.filled("client_id"), form.filled("client_secret"));
    let header = request.header("authorization").map(basic).transpose()?;
    let (client_id, proof) = match (header, posted) {
        (Some((id, _)), _) if posted_id.is_some_and(|posted| posted != id) => {
            return refuse("mismatch in body and authorization client ids", "Y0419ECE");
        }
        (Some((_, secret)), _) if secret.is_empty() => {
            return refuse("client_secret must be provided in the Authorization header", "Y045CC8C");
        }
        (Some(_), Some(_)) => return refuse(ONE_MECHANISM, "Y04DADA6"),
        (Some((id, secret)), None) => (id, Proof::Secret(secret)),
        (None, posted) => {
            let proof = posted.map_or(Proof::Nothing, |secret| Proof::Secret(secret.to_owned()));
            (posted_id.unwrap_or_default().to_owned(), proof)
        }
    };
    if let Some(assertion) = form.filled("client_assertion") {
        if matches!(proof, Proof::Secret(_)) {
            return refuse(ONE_MECHANISM, "Y047E9E5");
        }
        return Ok((assertion::claimed(assertion, form)?, Proof::Assertion(assertion.to_owned())));
    }
    // A secret without a name is nobody's.
    if client_id.is_empty() {
        return refuse("no client authentication mechanism provided", "Y044FEB3");
    }
    Ok((client_id, proof))
}

const ONE_MECHANISM: &str = "client authentication must only be provided using one mechanism";

/// Name and secret of a Basic header, each form-encoded (RFC 6749 §2.3.1).
pub(super) fn basic(header: &str) -> Result<(String, String), OAuthError> {
    let malformed = |code| OAuthError::request("invalid authorization header value format", code);
    let parts: Vec<&str> = header.split(' ').collect();
    let [scheme, encoded] = *parts else { return Err(malformed("Y04F62CD")) };
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(malformed("Y04F62CD"));
    }
    let lenient = GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let bytes = GeneralPurpose::new(&STANDARD, lenient).decode(encoded).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let (id, secret) = text.split_once(':').ok_or_else(|| malformed("Y046ADF1"))?;
    form_decoded(id).zip(form_decoded(secret)).ok_or_else(|| {
        let text = "client_id and client_secret in the authorization header are not properly encoded";
        OAuthError::request(text, "Y04328E9")
    })
}

/// The text that `encoded` stands for, if it is printable ASCII.
fn form_decoded(encoded: &str) -> Option<String> {
    let spaced = encoded.replace('+', " ");
    let escape = |rest: &str| rest.get(..2).is_some_and(|two| two.bytes().all(|b| b.is_ascii_hexdigit()));
    let sound = spaced.split('%').skip(1).all(escape);
    let text = percent_decode_str(&spaced).decode_utf8().ok()?;
    (sound && text.bytes().all(|b| (0x20..=0x7e).contains(&b))).then(|| text.into_owned())
}
