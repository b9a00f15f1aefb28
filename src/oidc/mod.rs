//! Whether a provider's answer may be believed: the authorization code flow of OpenID Connect, rule by rule.
//!
//! Each endpoint is a pair of pure functions, one that builds the request and one that judges the answer.

mod attempt;
pub mod authorization;
mod call;
pub mod callback;
mod claims;
pub mod discovery;
mod document;
pub mod end_session;
mod envelope;
mod failure;
pub mod id_token;
pub mod jwks;
mod provider;
pub mod token;
pub mod userinfo;

pub use attempt::Attempt;
pub use call::{Call, CallMethod, FetchAnswer, Fetched, Unreachable};
pub use failure::{Blame, Failure};
pub use provider::{Client, ClientAuth, Provider, UserInfoFormat};
