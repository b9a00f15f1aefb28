//! Userinfo (OIDC Core §5.3): asked with the token in the header, believed only for the same person.

use super::claims::Audience;
use super::document::{Codes, arrived, is_type};
use super::envelope::{self, Signed};
use super::id_token::{IdToken, Rejected};
use super::token::Tokens;
use super::{Call, Client, Failure, FetchAnswer, Provider, UserInfoFormat};
use crate::jose::{KeySet, Object};
use crate::secret::{Chance, Secret, same};
use crate::time::Timestamp;

/// Claims about the person of the ID Token.
#[derive(Debug)]
pub struct UserInfo {
    claims: Object,
}

/// A userinfo answer whose outside is right; its signature may need newer keys than we have.
#[derive(Debug)]
pub struct UserInfoBody(Body);

#[derive(Debug)]
enum Body {
    Signed(Signed),
    Json(Vec<u8>),
}

const CODES: Codes = Codes {
    unreachable: "userinfo.unreachable",
    status: "userinfo.status",
    content_type: "userinfo.content_type",
};
const MALFORMED: Failure = Failure::refusal("userinfo.claims", "a claim is repeated or of the wrong type");
const ISS: Failure = Failure::refusal("userinfo.iss", "iss is not the issuer");
const AUD: Failure = Failure::refusal("userinfo.aud", "aud is not this client alone");
const EXP: Failure = Failure::refusal(
    "userinfo.exp",
    "exp is absent or past, or iat or nbf is in the future; check the clock",
);
const SUB: Failure = Failure::refusal("userinfo.sub", "sub is not the one of the ID Token (§5.3.2)");
const OTHER: Failure =
    Failure::refusal("userinfo.other_token", "the document is an ID Token, made for another purpose");

const TOKEN: envelope::Codes = envelope::Codes {
    not_encrypted: "userinfo.not_encrypted",
    envelope: "userinfo.envelope",
    decryption: "userinfo.decryption",
    encoding: "userinfo.encoding",
    header: "userinfo.header",
    algorithm: "userinfo.alg",
    kind: "userinfo.typ",
    key: "userinfo.kid",
    signature: "userinfo.signature",
    claims: "userinfo.claims",
};

/// Asks for the identity. It takes an [`IdToken`]: nobody asks before that was accepted.
pub fn request(provider: &Provider, client: &Client, tokens: &Tokens, _proof: &IdToken) -> Call {
    let accept = match client.userinfo {
        UserInfoFormat::SignedJwt => "application/jwt",
        UserInfoFormat::Json => "application/json",
    };
    Call::get(&provider.userinfo_endpoint)
        .header("accept", Secret::new(accept))
        .header("authorization", Secret::new(format!("Bearer {}", tokens.access_token.expose())))
}

/// Judges the outside of the answer: status, media type, encryption.
///
/// # Errors
/// Not reachable, not 200, of another format than the one registered, or encrypted otherwise.
pub fn receive(answer: FetchAnswer, client: &Client, chance: &mut Chance) -> Result<UserInfoBody, Failure> {
    let fetched = arrived(answer, CODES)?;
    match fetched.status {
        200 => {}
        401 | 403 => {
            return Err(Failure::refusal("userinfo.denied", "the provider refuses its own access token"));
        }
        _ => return Err(Failure::unreachable(CODES.status, "the userinfo endpoint is out of order")),
    }
    let expected = match client.userinfo {
        UserInfoFormat::SignedJwt => "application/jwt",
        UserInfoFormat::Json => "application/json",
    };
    if !is_type(&fetched, &[expected]) {
        return Err(Failure::refusal(CODES.content_type, "userinfo is not of the registered format"));
    }
    let body = match client.userinfo {
        UserInfoFormat::Json => Body::Json(fetched.body),
        UserInfoFormat::SignedJwt => {
            let token = std::str::from_utf8(&fetched.body).unwrap_or_default();
            Body::Signed(Signed::open(token, client, &TOKEN, chance)?)
        }
    };
    Ok(UserInfoBody(body))
}

/// Judges the document at `now`, the moment it came.
///
/// # Errors
/// Signature, `iss`, `aud`, `exp` (required where FranceConnect's rules hold), `sub`.
pub fn judge(
    body: &UserInfoBody,
    keys: &KeySet,
    provider: &Provider,
    client: &Client,
    id_token: &IdToken,
    now: Timestamp,
) -> Result<UserInfo, Rejected> {
    let claims = match &body.0 {
        Body::Json(json) => Object::parse(json).map_err(|_| Rejected::Refused(MALFORMED))?,
        Body::Signed(signed) => {
            let claims = signed.claims(client, keys, &TOKEN)?;
            party(&claims, provider, client, now).map_err(Rejected::Refused)?;
            claims
        }
    };
    if !claims.text("sub").is_some_and(|sub| same(sub, &id_token.sub)) {
        return Err(Rejected::Refused(SUB));
    }
    Ok(UserInfo { claims })
}

/// What a signed userinfo says of itself.
fn party(claims: &Object, provider: &Provider, client: &Client, now: Timestamp) -> Result<(), Failure> {
    let date = |name| claims.optional_date(name).map_err(|_| MALFORMED);
    let (exp, iat, nbf) = (date("exp")?, date("iat")?, date("nbf")?);
    if claims.text("iss") != Some(&provider.issuer) {
        return Err(ISS);
    }
    let aud = Audience::of(claims).map_err(|_| MALFORMED)?;
    if !aud.is_some_and(|aud| aud.is_only(&client.id)) {
        return Err(AUD);
    }
    if exp.map_or(client.userinfo_expires, |exp| exp.saturating_add(client.leeway) <= now.unix())
        || [iat, nbf].into_iter().flatten().any(|date| date > now.unix().saturating_add(client.leeway))
    {
        return Err(EXP);
    }
    // An ID Token passes every rule above; what tells it apart is what only ID Tokens carry.
    if ["nonce", "at_hash", "c_hash", "azp"].iter().any(|name| claims.get(name).is_some()) {
        return Err(OTHER);
    }
    Ok(())
}

impl UserInfo {
    /// The claims, names once.
    pub fn claims(&self) -> &Object {
        &self.claims
    }
}
