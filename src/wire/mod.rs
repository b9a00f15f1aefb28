//! Our own small idea of HTTP: requests with the headers we read, responses as bytes, forms, cookies.
//!
//! Hosts translate between their platform and these types; nothing else in the core knows HTTP.

pub mod cookie;
pub mod params;
mod request;
mod response;

pub use request::{Header, Headers, Method, Request, TARGET_LIMIT};
pub use response::{HSTS, Response};
