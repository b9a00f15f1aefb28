//! Login with FranceConnect and FranceConnect+ at the edge: one relying party that runs as a Cloudflare Worker, as a
//! Spin component and as a native program.
//!
//! It sends a visitor to FranceConnect, takes the callback, exchanges the code, decrypts, believes or refuses the
//! ID Token and the userinfo JWT, and keeps the session in a sealed cookie, so that a static site gets login
//! with no server of its own.
//!
//! # The core does no IO
//!
//! The core is synchronous and deterministic: no clock, no randomness, no socket, no store. A request is a
//! [`web::Visit`] that brings its time and its entropy; what the core needs from the world it asks for in
//! steps, and every host is the same loop:
//!
//! ```text
//!  browser ── request ──▶ web::begin ──▶ Step::Load(key)  ── entry ──▶ resume ─┐
//!                                        Step::Fetch(call) ─ answer ─▶ resume ─┤ …
//!                       (operator’s page) Step::Recall ──── counts ─▶ resume ─┤
//!                                        Step::Done(reply) ──▶ page, file, origin, cookies, entries, log
//! ```
//!
//! What waits for an answer is a value that holds exactly the proofs obtained so far ([`web::Waiting`]), so a
//! login is a conversation that a test writes as data, and nothing of one request can be seen by another.
//!
//! # Rooms
//!
//! A room may use the rooms above it and no others; the last column takes some away. `tests/it/rooms.rs`
//! reads this table and every path in the sources.
//!
//! | room | decides | not even |
//! |---|---|---|
//! | `time` | what a moment is | |
//! | `secret` | what may not be printed, how secrets are compared, where randomness comes from | |
//! | `wire` | requests and responses as we see them, queries, cookies | |
//! | `html` | how text becomes markup: escaped | |
//! | `jose` | whether a signed or encrypted string is authentic | |
//! | `oidc` | whether a provider's answer may be believed | |
//! | `franceconnect` | the two products: environments, scopes, levels, identity, error words, the button | |
//! | `session` | what browser and store hold: key ring, seal, flow, session, logout, entries, what an origin is told | |
//! | `site` | paths, protection and its levels, files, what passes to an origin, where one may return to | |
//! | `config` | from variables to one value, with every fault named; which of many services a host name stands for | |
//! | `web` | from a browser's request to steps, pages, log lines | |
//! | `host` | clock, chance, variables, store, sockets: one file a platform | `jose`, `franceconnect` |
//! | `document` | how a TOML file that a person keeps is read: every flaw with its line (native) | |
//! | `emulator` | a FranceConnect of our own, which may misbehave (native) | `jose`, `oidc`, `franceconnect`, `session`, `site`, `config`, `web`, `host` |
//! | `journey` | the five steps from eligibility to production, and whether a service passes qualification (native) | `jose`, `oidc`, `session`, `site`, `web`, `host` |
//! | `cli` | words of the command line (native) | |
//!
//! # Proofs instead of checks
//!
//! | type | made only by | so that |
//! |---|---|---|
//! | [`config::Config`] | [`config::read`] with no fault | nothing runs half-configured |
//! | [`oidc::Call`] | `oidc` | a host can only call the provider |
//! | [`oidc::Attempt`] | its beginning, or this browser's sealed flow cookie | login CSRF and replay fail |
//! | [`oidc::callback::Accepted`] | `state` and `iss` of the callback | no code is exchanged before |
//! | [`jose::PrivateKeySet`] | keys of which each is sound and for one purpose | what is published can be used |
//! | [`jose::Decrypted`] | key management and cipher the caller names, one layer | no downgrade; it proves no author |
//! | [`jose::Verified`] | a signature under the algorithm the caller names | the header never chooses |
//! | [`oidc::id_token::IdToken`] | every rule of OIDC Core §3.1.3.7 | userinfo is asked for only then |
//! | [`franceconnect::Reached`] | a level not below the one required, nor above what the product vouches for | no downgrade, no promotion |
//! | [`oidc::userinfo::UserInfo`] | signature, `iss`, `aud`, `exp`, the same `sub` | no substitution |
//! | [`franceconnect::Identity`] | FranceConnect's shapes, only the scopes asked for | data minimisation |
//! | [`site::ReturnPath`] | a path of this site, outside our prefix | no open redirect, no loop |
//! | [`html::Html`] | literals and escaping | no injection |
//!
//! Failures say who is at fault ([`oidc::Blame`]) and carry a stable code such as `id_token.nonce`, the same
//! in logs, tests and pages.

#[cfg(not(target_family = "wasm"))]
pub mod cli;
pub mod config;
#[cfg(not(target_family = "wasm"))]
pub mod document;
#[cfg(not(target_family = "wasm"))]
pub mod emulator;
pub mod franceconnect;
pub mod host;
pub mod html;
pub mod jose;
#[cfg(not(target_family = "wasm"))]
pub mod journey;
pub mod oidc;
pub mod secret;
pub mod session;
pub mod site;
pub mod time;
pub mod web;
pub mod wire;
