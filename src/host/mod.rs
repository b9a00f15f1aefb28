//! Clock, chance, variables, stores, sockets: what a platform provides. A host performs the core's steps
//! and resumes them; it decides nothing.

#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub mod cloudflare;
#[cfg(not(target_family = "wasm"))]
pub mod native;
#[cfg(target_os = "wasi")]
pub mod spin;

mod counters;
mod knowledge;
mod log;
#[cfg(any(not(target_family = "wasm"), target_os = "wasi"))]
mod passage;
mod refusal;

#[cfg(target_family = "wasm")]
mod memory;
