//! Decides how the relying party is started on each platform, from the same variables.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::process::project;

/// Where the relying party runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Platform {
    /// The program of this package, `serve`.
    Native,
    /// The Worker, in workerd.
    Cloudflare,
    /// The component, in Spin or in the host of `tests/spin-host`.
    Spin,
}

/// What a built Worker is made of.
pub const WORKER: [&str; 2] = ["index.js", "index_bg.wasm"];

/// No variable of ours: what stands in the store under `services` before the first visitor comes. The native program
/// has it in a file.
pub const SERVICES_ENTRY: &str = "SERVICES_ENTRY";

/// Among the variables: the file of the native program's store. It is an option there, and none of the others knows it.
pub const NATIVE_STORE: &str = "TEST_NATIVE_STORE";

/// Among the variables: the address of a store of the test's, in the place of the platform's own.
pub const STORE: &str = "TEST_STORE";

/// Among the variables: names that the platform's own store has from the beginning, with blanks between them.
pub const NAMES: &str = "TEST_NAMES";

/// Upper-case names and values.
pub type Variables = BTreeMap<&'static str, String>;

impl Platform {
    pub const ALL: [Self; 3] = [Self::Native, Self::Cloudflare, Self::Spin];

    pub fn name(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Cloudflare => "cloudflare",
            Self::Spin => "spin",
        }
    }

    /// The command that serves on `port`.
    pub fn command(self, port: u16, variables: &Variables) -> Command {
        let listen = format!("127.0.0.1:{port}");
        let mut command = match self {
            Self::Native => {
                let mut command = native(&listen, variables.contains_key(NATIVE_STORE));
                command.args(variables.get(NATIVE_STORE).map(|file| format!("--store={file}")));
                command
            }
            Self::Cloudflare => cloudflare(port),
            Self::Spin => spin(&listen, variables.contains_key(STORE)),
        };
        if self == Self::Spin {
            let entry = variables.get(SERVICES_ENTRY).map(|entry| format!("services={entry}"));
            command.args(entry.iter().flat_map(|entry| ["--key-value", entry]));
            let names = variables.get(NAMES).into_iter().flat_map(|names| names.split(' '));
            command.args(names.flat_map(|name| ["--key-value".to_owned(), format!("{name}=-")]));
            if let Some(store) = variables.get(STORE) {
                command.args(["--key-value-at", store]);
                // One instance for the whole test: another has heard of nothing.
                command.args(["--idle-instance-timeout", "600s", "--max-instance-reuse-count", "100000"]);
            }
            command.envs(variables.iter().map(|(name, value)| (format!("SPIN_VARIABLE_{name}"), value)));
            // Spin lets calls out to these alone.
            for (issuer, variable) in [
                ("FC_ISSUER", "SPIN_VARIABLE_PROVIDER_ORIGIN"),
                ("FC_PLUS_ISSUER", "SPIN_VARIABLE_PLUS_PROVIDER_ORIGIN"),
                ("FC_ORIGIN", "SPIN_VARIABLE_ORIGIN_ADDRESS"),
            ] {
                let address = variables.get(issuer).filter(|address| address.starts_with("http"));
                command.envs(address.map(|address| (variable, origin(address))));
            }
        } else {
            command.envs(variables);
        }
        command
    }
}

/// A command that inherits nothing but the way to programs.
pub fn clean(program: impl Into<PathBuf>) -> Command {
    let mut command = Command::new(program.into());
    let inherited =
        ["HOME", "TMPDIR", "LANG"].into_iter().filter_map(|name| Some((name, std::env::var_os(name)?)));
    command.env_clear().envs(inherited).env("PATH", path()).current_dir(project());
    command
}

/// The program of this package, in a folder that has no `.dev.vars`.
pub fn program() -> Command {
    program_after("")
}

/// The same, after the words of a shell. It gives few files and connections unasked, as shells do: the program must ask.
fn program_after(words: &str) -> Command {
    let mut shell = clean("sh");
    shell.current_dir(env!("CARGO_TARGET_TMPDIR"));
    let words = format!("ulimit -S -n 128; {words} exec \"$0\" \"$@\"");
    shell.args(["-c", &words, env!("CARGO_BIN_EXE_franceconnect-edge")]);
    shell
}

/// Scheme, host and port of an address.
pub fn origin(url: &str) -> String {
    url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/")
}

/// npm's programs first: node 22 is one of them.
fn path() -> std::ffi::OsString {
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    let own = project().join("node_modules/.bin");
    std::env::join_paths(std::iter::once(own).chain(std::env::split_paths(&inherited))).unwrap()
}

/// With a store on disk the program is told by an error, and not by a signal, that the disk is full: as it is where no
/// limit but the disk's own stands in the way.
fn native(listen: &str, on_disk: bool) -> Command {
    let mut command = program_after(if on_disk { "trap '' XFSZ;" } else { "" });
    command.args(["serve", "--show-faults-page", "--listen", listen, "--site"]).arg(project().join("site"));
    command
}

fn cloudflare(port: u16) -> Command {
    need("node_modules/wrangler", "scripts/tools node_modules");
    let mut command = clean("node");
    command.args(["tests/edge/cloudflare.mjs", "--port", &port.to_string(), "--build"]).arg(worker());
    command
}

/// With a store of the test's it is the host of tests/spin-host: Spin itself has no such store.
fn spin(listen: &str, own_store: bool) -> Command {
    let _ = component();
    let mut command = match std::env::var_os("SPIN_BIN").filter(|_| !own_store) {
        Some(spin) => {
            let mut command = clean(PathBuf::from(spin));
            // A store of its own: keys that an earlier run left there would spoil what the tests count.
            command.arg("up").arg("--state-dir").arg(unused_folder("spin-state"));
            command
        }
        None => {
            let host = "tests/spin-host/target/debug/spin-host";
            need(host, "cargo build --manifest-path tests/spin-host/Cargo.toml");
            let mut command = clean(project().join(host));
            command.arg("up");
            command
        }
    };
    command.args(["--from", "spin.toml", "--listen", listen]);
    command
}

/// Copies the built Worker, before a test builds it again. What is missing is missed by those who need it.
pub fn copy_worker() -> &'static Path {
    static COPY: OnceLock<PathBuf> = OnceLock::new();
    COPY.get_or_init(|| {
        let copy = unused_folder("worker");
        fs::create_dir_all(&copy).unwrap();
        for name in WORKER {
            let _ = fs::copy(project().join("build").join(name), copy.join(name));
        }
        copy
    })
}

/// The folder of the copy.
pub fn worker() -> &'static Path {
    for name in WORKER {
        let built = project().join("build").join(name);
        need_fresh(&built, "target/wasm32-unknown-unknown/release/franceconnect_edge.d", "scripts/build");
    }
    copy_worker()
}

/// The built component, where `spin.toml` has it.
pub fn component() -> PathBuf {
    let built = project().join("target/wasm32-wasip2/release/franceconnect_edge.wasm");
    need_fresh(&built, "target/wasm32-wasip2/release/franceconnect_edge.d", "scripts/build");
    built
}

/// A folder that nobody has used.
fn unused_folder(name: &str) -> PathBuf {
    let port = crate::process::free_port();
    project().join(format!("artefacts/edge/{name}-{}-{port}", std::process::id()))
}

/// A runtime that is not there fails the tests that need it; skipping them would look like success.
fn need(path: &str, made_by: &str) {
    let path = project().join(path);
    assert!(path.exists(), "{} is missing; it is made by: {made_by}", path.display());
}

/// The same for what is built from the sources: tests of yesterday's program say nothing about today's. Cargo
/// wrote down which sources it read.
fn need_fresh(built: &Path, sources: &str, made_by: &str) {
    need(&built.to_string_lossy(), made_by);
    let changed = |path: &Path| fs::metadata(path).and_then(|meta| meta.modified()).ok();
    let sources = fs::read_to_string(project().join(sources)).unwrap_or_default();
    let listed =
        sources.lines().flat_map(|line| line.split_once(": ").map(|(_, sources)| sources.split(' ')));
    for source in listed.flatten() {
        let older = changed(built) < changed(Path::new(source));
        assert!(!older, "{} is older than {source}; it is made by: {made_by}", built.display());
    }
}
