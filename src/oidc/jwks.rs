//! When the provider's keys are fetched, and how long they are believed (OIDC Core §10.1.1).

use serde_json::{Value, json};

use super::document::{Codes, document};
use super::{Call, Failure, FetchAnswer, Provider};
use crate::jose::{KeySet, Object};
use crate::secret::Secret;
use crate::time::Timestamp;

/// Seconds a key set is used; what the provider's cache headers say is ignored.
pub const LIFE: i64 = 600;
/// Seconds between two fetches asked for by tokens with an unknown key.
const REFETCH_PAUSE: i64 = 60;

const CODES: Codes =
    Codes { unreachable: "jwks.unreachable", status: "jwks.status", content_type: "jwks.content_type" };
const MALFORMED: Failure = Failure::refusal("jwks.malformed", "the document is no JWK Set");
const EMPTY: Failure = Failure::refusal("jwks.empty", "the set holds no key that can sign ID Tokens");

/// A provider's keys with the two clocks that bound how often they are fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CachedKeys {
    keys: KeySet,
    /// When the keys were fetched.
    fetched: Timestamp,
    /// When a token last made us fetch them before their time.
    refetched: Option<Timestamp>,
}

impl CachedKeys {
    /// The keys as an object to be kept under seal.
    pub fn to_value(&self) -> Value {
        let refetched = self.refetched.map_or(0, Timestamp::unix);
        json!({ "keys": self.keys.to_value(), "fetched": self.fetched.unix(), "refetched": refetched })
    }

    /// Reads what [`CachedKeys::to_value`] made.
    pub fn read(kept: &Object) -> Option<Self> {
        let moment = |name| kept.optional_date(name).ok()?.map(Timestamp::from_unix);
        Some(Self {
            keys: KeySet::read(kept).ok()?,
            fetched: moment("fetched")?,
            refetched: moment("refetched").filter(|at| at.unix() != 0),
        })
    }

    /// The keys.
    pub fn keys(&self) -> &KeySet {
        &self.keys
    }

    /// Whether the keys are within their life; a clock that ran backwards ends it.
    pub fn fresh(&self, now: Timestamp) -> bool {
        (0..LIFE).contains(&now.since(self.fetched))
    }

    /// Whether a token with an unknown key may make us fetch again: once, then after a pause.
    pub fn may_refetch(&self, now: Timestamp) -> bool {
        self.refetched.is_none_or(|last| !(0..REFETCH_PAUSE).contains(&now.since(last)))
    }

    /// The same keys, with the attempt to fetch them again noted, successful or not.
    #[must_use]
    pub fn refetched(mut self, now: Timestamp) -> Self {
        self.refetched = Some(now);
        self
    }
}

/// Asks for the keys.
pub fn request(provider: &Provider) -> Call {
    Call::get(&provider.jwks_uri).header("accept", Secret::new("application/json, application/jwk-set+json"))
}

/// Judges the answer.
///
/// # Errors
/// Not reachable, not a JWK Set, or no usable key in it.
pub fn judge(answer: FetchAnswer) -> Result<CachedKeys, Failure> {
    let now = answer.now;
    let body = document(answer, &["application/json", "application/jwk-set+json"], CODES)?;
    let keys = KeySet::parse(&body).map_err(|_| MALFORMED)?;
    if keys.is_empty() {
        return Err(EMPTY);
    }
    Ok(CachedKeys { keys, fetched: now, refetched: None })
}
