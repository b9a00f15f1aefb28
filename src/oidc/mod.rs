//! Whether a provider's answer may be believed: the authorization code flow of OpenID Connect, rule by rule.

mod call;

pub use call::{Call, CallMethod, FetchAnswer, Fetched, Unreachable};
