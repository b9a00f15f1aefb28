//! Login with FranceConnect at the edge.

pub mod config;
pub mod franceconnect;
pub mod html;
pub mod jose;
pub mod oidc;
pub mod secret;
pub mod session;
pub mod site;
pub mod time;
pub mod web;
pub mod wire;
