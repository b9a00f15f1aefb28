//! The native program; on the wasm targets the library alone is what runs.

fn main() {}
