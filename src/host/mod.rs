//! Clock, chance, variables, stores, sockets: what a platform provides. A host performs the core's steps
//! and resumes them; it decides nothing.

#[cfg(not(target_family = "wasm"))]
pub mod native;
