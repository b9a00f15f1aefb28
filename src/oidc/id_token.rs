//! The ID Token: every rule of OIDC Core §3.1.3.7 and §3.1.3.8, complete before userinfo is called.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::claims::Audience;
use super::envelope::Codes;
use super::token::Tokens;
use super::{Attempt, Client, Failure, Provider};
use crate::jose::{Invalid, KeySet, Object};
use crate::secret::{Secret, fingerprint, same};
use crate::time::Timestamp;

/// An ID Token that every rule accepted.
#[derive(Debug)]
pub struct IdToken {
    pub(super) sub: String,
    acr: Option<String>,
    amr: Vec<String>,
    raw: Secret,
}

/// Why an ID Token is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejected {
    /// Keys fetched afresh could change the verdict.
    MaybeRotated(Failure),
    /// Nothing could.
    Refused(Failure),
}

/// The claims that have rules, each of its own type.
struct Claims {
    iss: Option<String>,
    sub: Option<String>,
    aud: Option<Audience>,
    exp: Option<i64>,
    iat: Option<i64>,
    nbf: Option<i64>,
    nonce: Option<String>,
    acr: Option<String>,
    amr: Option<Vec<String>>,
    azp: Option<String>,
    at_hash: Option<String>,
}

impl Claims {
    fn read(claims: &Object) -> Result<Self, Invalid> {
        // No rule without `max_age`, but a type all the same.
        claims.optional_date("auth_time")?;
        Ok(Self {
            iss: claims.optional_text("iss")?,
            sub: claims.optional_text("sub")?,
            aud: Audience::of(claims)?,
            exp: claims.optional_date("exp")?,
            iat: claims.optional_date("iat")?,
            nbf: claims.optional_date("nbf")?,
            nonce: claims.optional_text("nonce")?,
            acr: claims.optional_text("acr")?,
            amr: claims.optional_texts("amr")?,
            azp: claims.optional_text("azp")?,
            at_hash: claims.optional_text("at_hash")?,
        })
    }
}

const ISS: Failure = Failure::refusal("id_token.iss", "iss is not the issuer, byte for byte (rule 2)");
const AUD: Failure = Failure::refusal("id_token.aud", "aud is not this client alone (rule 3)");
const AZP: Failure = Failure::refusal("id_token.azp", "azp names another client (rules 4 and 5)");
const SUB: Failure =
    Failure::refusal("id_token.sub", "sub is absent, empty or longer than 255 ASCII characters (§2)");
const EXP: Failure =
    Failure::refusal("id_token.exp", "exp is absent, past, or too far away (rule 9); check the clock");
const IAT: Failure = Failure::refusal(
    "id_token.iat",
    "iat is absent, in the future, or before this login began (rule 10); check the clock",
);
const NBF: Failure = Failure::refusal("id_token.nbf", "nbf is in the future (RFC 7519 §4.1.5)");
const NONCE: Failure = Failure::refusal("id_token.nonce", "nonce is absent or of another login (rule 11)");
/// Somebody who is logged in was to be identified anew, and somebody else was.
pub const SUBJECT: Failure = Failure::denial(
    "id_token.subject",
    "sub is not that of the session whose level was to be raised (§5.5.1): somebody else logged in",
);
const AT_HASH: Failure =
    Failure::refusal("id_token.at_hash", "at_hash does not fit the access token (§3.1.3.8)");

pub(super) const CODES: Codes = Codes {
    not_encrypted: "id_token.not_encrypted",
    envelope: "id_token.envelope",
    decryption: "id_token.decryption",
    encoding: "id_token.encoding",
    header: "id_token.header",
    algorithm: "id_token.alg",
    kind: "id_token.typ",
    key: "id_token.kid",
    signature: "id_token.signature",
    claims: "id_token.claims",
};

/// Judges the ID Token of `tokens` at `now`, the moment the token answer came.
///
/// # Errors
/// The first rule that is broken, in the order of the specification.
pub fn judge(
    tokens: &Tokens,
    keys: &KeySet,
    provider: &Provider,
    client: &Client,
    attempt: &Attempt,
    now: Timestamp,
) -> Result<IdToken, Rejected> {
    let claims = tokens.id_token.claims(client, keys, &CODES)?;
    let claims = Claims::read(&claims).map_err(|Invalid| Rejected::Refused(CODES.malformed()))?;
    let at_hash = at_hash(tokens.access_token.expose());
    rules(&claims, &at_hash, provider, client, attempt, now).map_err(Rejected::Refused)?;
    Ok(IdToken {
        sub: claims.sub.unwrap_or_default(),
        acr: claims.acr,
        amr: claims.amr.unwrap_or_default(),
        raw: tokens.id_token.jws().clone(),
    })
}

fn rules(
    claims: &Claims,
    at_hash: &str,
    provider: &Provider,
    client: &Client,
    attempt: &Attempt,
    now: Timestamp,
) -> Result<(), Failure> {
    let demand = |holds: bool, failure: Failure| if holds { Ok(()) } else { Err(failure) };
    let now = now.unix();
    let leeway = client.leeway;
    demand(claims.iss.as_ref() == Some(&provider.issuer), ISS)?;
    demand(claims.aud.as_ref().is_some_and(|aud| aud.is_only(&client.id)), AUD)?;
    demand(claims.azp.as_ref().is_none_or(|azp| *azp == client.id), AZP)?;
    let sub =
        |sub: &String| !sub.is_empty() && sub.len() <= 255 && sub.bytes().all(|byte| byte.is_ascii_graphic());
    demand(claims.sub.as_ref().is_some_and(sub), SUB)?;
    let iat = claims.iat.ok_or(IAT)?;
    let began = attempt.started.unix();
    demand(iat <= now.saturating_add(leeway) && iat >= began.saturating_sub(leeway), IAT)?;
    let exp = claims.exp.ok_or(EXP)?;
    let life = exp.saturating_sub(iat);
    demand(
        exp.saturating_add(leeway) > now && life > 0 && life <= client.token_life.saturating_add(leeway),
        EXP,
    )?;
    demand(claims.nbf.is_none_or(|nbf| nbf <= now.saturating_add(leeway)), NBF)?;
    demand(claims.nonce.as_ref().is_some_and(|nonce| same(nonce, &attempt.nonce)), NONCE)?;
    demand(claims.at_hash.as_ref().is_none_or(|sent| same(sent, at_hash)), AT_HASH)?;
    let expected = attempt.subject.as_ref();
    demand(expected.is_none_or(|subject| claims.sub.as_ref().is_some_and(|sub| same(sub, subject))), SUBJECT)
}

/// §3.1.3.6: the left half of the hash; both algorithms hash with SHA-256.
fn at_hash(access_token: &str) -> String {
    URL_SAFE_NO_PAD.encode(fingerprint::<16>(access_token.as_bytes()))
}

impl IdToken {
    /// Who: opaque, stable, only for this client (`sub`).
    pub fn sub(&self) -> &str {
        &self.sub
    }

    /// The `acr` claim: which level was reached, to be compared by who knows the words.
    pub fn acr(&self) -> Option<&str> {
        self.acr.as_deref()
    }

    /// The `amr` claim: how the citizen was authenticated; empty unless asked for and granted.
    pub fn amr(&self) -> &[String] {
        &self.amr
    }

    /// The signed token, out of its envelope, kept for logout only.
    pub fn raw(&self) -> &Secret {
        &self.raw
    }
}
