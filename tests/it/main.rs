//! One integration binary.

mod cli;
mod cli_check;
mod native_files;
mod native_requests;
mod native_support;
