//! The integration tests, one binary.

mod cli;
mod cli_check;
mod cli_run;
mod emulator;
mod native_browser;
mod native_calls;
mod native_files;
mod native_requests;
mod native_support;
