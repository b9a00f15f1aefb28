//! Login with FranceConnect at the edge.

#[cfg(not(target_family = "wasm"))]
pub mod cli;
pub mod config;
#[cfg(not(target_family = "wasm"))]
pub mod emulator;
pub mod franceconnect;
pub mod host;
pub mod html;
pub mod jose;
pub mod oidc;
pub mod secret;
pub mod session;
pub mod site;
pub mod time;
pub mod web;
pub mod wire;
