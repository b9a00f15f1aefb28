<<<<<<< HEAD
//! The outermost room: clock, chance, variables, stores, sockets and files of each platform.
//!
//! Hosts do no thinking. Each performs the step it is handed, resumes the visit with the answer until
//! [`Step::Done`](crate::web::Step::Done), and translates between its platform and [`crate::wire`].

#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub mod cloudflare;
#[cfg(target_os = "wasi")]
pub mod spin;

#[cfg(target_family = "wasm")]
mod log;
#[cfg(target_family = "wasm")]
mod memory;
=======
//! Clock, chance, variables, stores, sockets: what a platform provides. A host performs the core's steps
//! and resumes them; it decides nothing.

#[cfg(not(target_family = "wasm"))]
pub mod native;
>>>>>>> main
