//! A signed token of the provider out of its envelope (OIDC Core §10.2, §16.14): decrypted where encryption is
//! registered, then authentic or not. What is encrypted is still anybody's until its signature holds.

use super::claims::Audience;
use super::id_token::Rejected;
use super::{Client, Failure};
use crate::jose::{self, KeySet, Object, Untrusted};
use crate::secret::{Chance, Secret};

/// The compact JWS that is left when the envelope is off. In FranceConnect+'s logout it is this one that is the
/// hint, never the encrypted token.
#[derive(Debug)]
pub(super) struct Signed {
    jws: Secret,
    /// The header of the envelope.
    outer: Object,
}

/// The codes of one kind of token.
#[derive(Debug)]
pub(super) struct Codes {
    pub(super) not_encrypted: &'static str,
    pub(super) envelope: &'static str,
    pub(super) decryption: &'static str,
    pub(super) encoding: &'static str,
    pub(super) header: &'static str,
    pub(super) algorithm: &'static str,
    pub(super) kind: &'static str,
    pub(super) key: &'static str,
    pub(super) signature: &'static str,
    pub(super) claims: &'static str,
}

impl Signed {
    /// Takes `token` as received out of the envelope that is registered for `client`.
    pub(super) fn open(
        token: &str,
        client: &Client,
        codes: &Codes,
        chance: &mut Chance,
    ) -> Result<Self, Failure> {
        let Some(management) = client.encryption else {
            return Ok(Self { jws: Secret::new(token), outer: Object::default() });
        };
        jose::decrypt(token, management, &client.private_keys, chance)
            .map(|opened| Self { jws: opened.text, outer: opened.header })
            .map_err(|why| codes.failure(why))
    }

    /// The claims, if the signature is the provider's and what the envelope repeats of them (RFC 7519 §5.3) is true.
    pub(super) fn claims(&self, client: &Client, keys: &KeySet, codes: &Codes) -> Result<Object, Rejected> {
        let verified = jose::verify(self.jws.expose(), client.algorithm, keys).map_err(|why| {
            let failure = codes.failure(why);
            if why.may_be_rotation() { Rejected::MaybeRotated(failure) } else { Rejected::Refused(failure) }
        })?;
        let claims = verified.into_claims();
        let same = |name| self.outer.get(name).is_none_or(|outer| Some(outer) == claims.get(name));
        // An audience of one has two spellings.
        let for_us = Audience::of(&self.outer).is_ok_and(|aud| aud.is_none_or(|aud| aud.is_only(&client.id)));
        if !same("iss") || !same("sub") || !for_us {
            let meaning = "iss, aud or sub of the envelope are not those of the token inside (RFC 7519 §5.3)";
            return Err(Rejected::Refused(Failure::refusal(codes.envelope, meaning)));
        }
        Ok(claims)
    }

    /// The JWS.
    pub(super) fn jws(&self) -> &Secret {
        &self.jws
    }
}

impl Codes {
    fn failure(&self, why: Untrusted) -> Failure {
        let (code, meaning) = match why {
            Untrusted::NotEncrypted => {
                (self.not_encrypted, "the token is not encrypted, where FC_ENCRYPTION_ALG is registered")
            }
            Untrusted::Envelope => (
                self.envelope,
                "the JWE is not the one registered: alg FC_ENCRYPTION_ALG, enc A256GCM, cty JWT, a sound epk",
            ),
            Untrusted::Decryption => (
                self.decryption,
                "the token does not open with FC_PRIVATE_KEYS: is the key FranceConnect+ knows there?",
            ),
            Untrusted::Encoding => (
                self.encoding,
                "no compact JWS of strict base64url; an encrypted token needs FC_ENCRYPTION_ALG",
            ),
            Untrusted::Header => (self.header, "the JOSE header is not an acceptable object"),
            Untrusted::Algorithm => {
                (self.algorithm, "alg is not FC_ID_TOKEN_ALG, the one algorithm of this client (rule 7)")
            }
            Untrusted::Type => (self.kind, "typ says that the token was made for another purpose"),
            Untrusted::UnknownKey => (self.key, "no key of the provider fits kid and alg"),
            Untrusted::Signature => (self.signature, "the signature does not hold (rule 6)"),
            Untrusted::Payload => (self.claims, "a claim is repeated or of the wrong type"),
        };
        Failure::refusal(code, meaning)
    }

    /// A claim that is repeated or of the wrong type.
    pub(super) fn malformed(&self) -> Failure {
        self.failure(Untrusted::Payload)
    }
}
