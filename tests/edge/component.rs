//! What the Spin component asks of its host and offers to it. Our own test host could grant more than Spin
//! does; whatever stands here, Spin 4.1 has.

use std::collections::BTreeSet;
use std::fs;

use wasmparser::{Parser, Payload};

use crate::platform;

const IMPORTS: [&str; 25] = [
    // Spin's own.
    "spin:key-value/key-value@3.0.0",
    "spin:variables/variables@3.0.0",
    // Of the SDK: calls, and the timer that bounds them.
    "wasi:clocks/monotonic-clock@0.3.0",
    "wasi:clocks/types@0.3.0",
    "wasi:http/client@0.3.0",
    "wasi:http/types@0.3.0",
    // Of Rust's standard library, for files, time, randomness and the log.
    "wasi:cli/environment@0.2.6",
    "wasi:cli/exit@0.2.6",
    "wasi:cli/stderr@0.2.6",
    "wasi:cli/stdin@0.2.6",
    "wasi:cli/stdout@0.2.6",
    "wasi:cli/terminal-input@0.2.6",
    "wasi:cli/terminal-output@0.2.6",
    "wasi:cli/terminal-stderr@0.2.6",
    "wasi:cli/terminal-stdin@0.2.6",
    "wasi:cli/terminal-stdout@0.2.6",
    "wasi:clocks/monotonic-clock@0.2.6",
    "wasi:clocks/wall-clock@0.2.6",
    "wasi:filesystem/preopens@0.2.6",
    "wasi:filesystem/types@0.2.6",
    "wasi:io/error@0.2.6",
    "wasi:io/poll@0.2.6",
    "wasi:io/streams@0.2.6",
    "wasi:random/insecure-seed@0.2.6",
    "wasi:random/random@0.2.6",
];
const EXPORTS: [&str; 1] = ["wasi:http/handler@0.3.0"];

/// Names of the component itself, not of those nested in it.
fn names() -> (BTreeSet<String>, BTreeSet<String>) {
    let bytes = fs::read(platform::component()).unwrap();
    let (mut imports, mut exports, mut depth) = (BTreeSet::new(), BTreeSet::new(), 0_u32);
    for payload in Parser::new(0).parse_all(&bytes) {
        match payload.unwrap() {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(section) if depth == 0 => {
                imports.extend(section.into_iter().map(|import| import.unwrap().name.0.to_owned()));
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                exports.extend(section.into_iter().map(|export| export.unwrap().name.0.to_owned()));
            }
            _ => {}
        }
    }
    (imports, exports)
}

pub fn imports_and_exports_what_spin_has() {
    let (imports, exports) = names();
    let allowed = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(imports, allowed(&IMPORTS));
    assert_eq!(exports, allowed(&EXPORTS));
}
