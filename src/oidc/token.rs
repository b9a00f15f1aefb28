//! The token request and its answer (OIDC Core §3.1.3.1–3.1.3.5): one try for a code, judged strictly.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::callback::Accepted;
use super::document::{Codes, arrived, is_type};
use super::envelope::Signed;
use super::{Attempt, Call, Client, ClientAuth, Failure, FetchAnswer, Provider, id_token};
use crate::jose::{self, Object, TOKEN_LIMIT};
use crate::secret::{Chance, Secret};
use crate::time::Timestamp;
use crate::wire::params;

/// RFC 7523 §2.2.
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Seconds an assertion may be used.
const ASSERTION_LIFE: i64 = 60;
/// Characters of its `jti`.
const JTI_LENGTH: usize = 32;
/// Longest access token that is passed on, in bytes.
const ACCESS_TOKEN_LIMIT: usize = 4096;

const CODES: Codes =
    Codes { unreachable: "token.unreachable", status: "token.status", content_type: "token.content_type" };
const MALFORMED: Failure = Failure::refusal(
    "token.malformed",
    "the answer is no JSON object with access_token, id_token, token_type once each",
);
const TYPE: Failure = Failure::refusal("token.token_type", "token_type is not Bearer");
const ACCESS_TOKEN: Failure =
    Failure::refusal("token.access_token", "the access token is unusable in a header");

/// What the token endpoint gave; the ID Token in it is not believed yet.
#[derive(Debug)]
pub struct Tokens {
    /// For the userinfo call only.
    pub(super) access_token: Secret,
    /// The ID Token out of its envelope.
    pub(super) id_token: Signed,
    /// Whether the provider granted less than was asked.
    pub narrower: bool,
}

/// The token request. The code is consumed by this value's making, so nothing else can send it.
#[derive(Debug)]
pub struct Exchange {
    /// What is sent.
    pub call: Call,
    /// The same under the client's next secret, for a provider that no longer takes the first: it judges the client
    /// before it looks at the code (RFC 6749 §5.2), which is unspent then.
    pub next: Option<Call>,
}

impl Exchange {
    /// Whether the provider refused the secret, and nothing else.
    pub fn refuses_secret(answer: &FetchAnswer) -> bool {
        answer.result.as_ref().is_ok_and(|fetched| {
            let answered = (fetched.status, is_type(fetched, &["application/json"]));
            matches!(answered, (400 | 401, true))
                && Object::parse(&fetched.body).is_ok_and(|said| said.text("error") == Some("invalid_client"))
        })
    }
}

/// Exchanges the code. `now` and `chance` are for the assertion of `private_key_jwt`.
pub fn request(
    provider: &Provider,
    client: &Client,
    attempt: &Attempt,
    accepted: Accepted,
    now: Timestamp,
    chance: &mut Chance,
) -> Exchange {
    let code = accepted.into_code();
    let mut with = |secret: &Secret| call(provider, client, attempt, &code, secret, now, chance);
    let call = with(&client.secret);
    let next = client.next_secret.as_ref().filter(|_| client.auth != ClientAuth::PrivateKeyJwt);
    Exchange { call, next: next.map(with) }
}

fn call(
    provider: &Provider,
    client: &Client,
    attempt: &Attempt,
    code: &str,
    secret: &Secret,
    now: Timestamp,
    chance: &mut Chance,
) -> Call {
    let mut form =
        vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", &*client.redirect_uri)];
    if let Some(verifier) = &attempt.code_verifier {
        form.push(("code_verifier", verifier));
    }
    let assertion = match client.auth {
        ClientAuth::PrivateKeyJwt => assertion(provider, client, now, chance),
        ClientAuth::SecretPost | ClientAuth::SecretBasic => None,
    };
    match client.auth {
        ClientAuth::SecretPost => {
            form.extend([("client_id", &*client.id), ("client_secret", secret.expose())]);
        }
        ClientAuth::PrivateKeyJwt => {
            form.extend([("client_id", &*client.id), ("client_assertion_type", ASSERTION_TYPE)]);
            form.extend(assertion.as_ref().map(|assertion| ("client_assertion", assertion.expose())));
        }
        ClientAuth::SecretBasic => {}
    }
    let call = Call::post_form(&provider.token_endpoint, Secret::new(params::join(form)))
        .header("accept", Secret::new("application/json"));
    if client.auth != ClientAuth::SecretBasic {
        return call;
    }
    let pair = format!("{}:{}", params::encode(&client.id), params::encode(secret.expose()));
    call.header("authorization", Secret::new(format!("Basic {}", STANDARD.encode(pair))))
}

/// What proves who we are (OIDC Core §9, RFC 7523 §3): for one use, within a minute, by the provider alone. Its
/// audience is the issuer, which no other provider can pass on (draft-ietf-oauth-rfc7523bis).
fn assertion(provider: &Provider, client: &Client, now: Timestamp, chance: &mut Chance) -> Option<Secret> {
    let claims = json!({
        "iss": client.id,
        "sub": client.id,
        "aud": provider.issuer,
        "jti": chance.alphanumeric(JTI_LENGTH),
        "iat": now.unix(),
        "exp": now.plus(ASSERTION_LIFE).unix(),
    });
    jose::sign(&claims, &client.private_keys)
}

/// Judges the answer, and decrypts the ID Token where that is registered. `scopes` are those that were asked
/// for.
///
/// # Errors
/// Every answer that is not a complete success; the code is spent all the same.
pub fn judge(
    answer: FetchAnswer,
    scopes: &str,
    client: &Client,
    chance: &mut Chance,
) -> Result<Tokens, Failure> {
    let fetched = arrived(answer, CODES)?;
    let json = is_type(&fetched, &["application/json"]);
    if fetched.status != 200 {
        let answer = json.then(|| Object::parse(&fetched.body).ok()).flatten();
        return Err(refused(fetched.status, answer.as_ref().and_then(|answer| answer.text("error"))));
    }
    if !json {
        return Err(Failure::refusal(CODES.content_type, "the answer is not application/json"));
    }
    let granted = Object::parse(&fetched.body).map_err(|_| MALFORMED)?;
    if granted.get("error").is_some() {
        return Err(MALFORMED);
    }
    let (Some(token), Some(id_token)) = (granted.text("access_token"), granted.text("id_token")) else {
        return Err(MALFORMED);
    };
    if !granted.text("token_type").is_some_and(|kind| kind.eq_ignore_ascii_case("Bearer")) {
        return Err(TYPE);
    }
    // RFC 6750 §2.1: what a header can carry; a space or line break would write another header.
    if token.is_empty()
        || token.len() > ACCESS_TOKEN_LIMIT
        || !token.bytes().all(|byte| byte.is_ascii_graphic())
    {
        return Err(ACCESS_TOKEN);
    }
    if id_token.len() > TOKEN_LIMIT {
        return Err(MALFORMED);
    }
    let narrower = granted.text("scope").is_some_and(|granted| {
        scopes.split(' ').any(|asked| !granted.split(' ').any(|scope| scope == asked))
    });
    let id_token = Signed::open(id_token, client, &id_token::CODES, chance)?;
    Ok(Tokens { access_token: Secret::new(token), id_token, narrower })
}

/// RFC 6749 §5.2.
fn refused(status: u16, error: Option<&str>) -> Failure {
    match error {
        Some("invalid_client" | "unauthorized_client") => Failure::fault(
            "token.invalid_client",
            "the provider does not know us: client_id, secret or signature key are wrong, or of another environment",
        ),
        Some("invalid_grant") => Failure::refusal(
            "token.invalid_grant",
            "the code is unknown, expired (30 s) or used, or redirect_uri differs from the one registered",
        ),
        Some("invalid_request" | "unsupported_grant_type" | "invalid_scope") => {
            Failure::fault("token.invalid_request", "the provider refuses the form of the token request")
        }
        _ if status >= 500 || status == 429 => {
            Failure::unreachable(CODES.status, "the token endpoint is out of order")
        }
        _ => Failure::refusal(CODES.status, "the token endpoint refused without a word that we know"),
    }
}
