//! The native program; on the wasm targets the library alone is what runs.

#[cfg(not(target_family = "wasm"))]
fn main() -> std::process::ExitCode {
    franceconnect_edge::cli::run()
}

#[cfg(target_family = "wasm")]
fn main() {}
