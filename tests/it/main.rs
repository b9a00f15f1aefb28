//! The tests that need no edge runtime: vectors, rules as data, conversations, the native host.

// A test that meets what it does not expect fails by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod assertion;
mod assertion_config;
mod cli;
mod cli_check;
mod cli_check_keys;
mod cli_keygen;
mod cli_metrics;
mod cli_run;
mod config;
mod config_keys;
mod deploy;
mod discovery;
mod emulator;
mod faults;
mod gate;
mod jose;
mod jwe;
mod jwe_bent;
mod jwe_headers;
mod jwe_libraries;
mod jwe_primitives;
mod kept;
mod key_age;
mod levels;
mod login;
mod logout;
mod native_browser;
mod native_calls;
mod native_files;
mod native_origin;
mod native_requests;
mod native_support;
mod operator;
mod origin;
mod origin_identity;
mod origin_rules;
mod privacy;
mod private_keys;
mod products;
mod profile;
mod readme;
mod request_ids;
mod revocation;
mod revocation_entries;
mod rooms;
mod rotation;
mod secret_rotation;
mod services;
mod services_cli;
mod services_secrets;
mod session;
mod spellings;
mod support;
