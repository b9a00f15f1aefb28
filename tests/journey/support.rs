//! A site on loopback that answers as a test says, and the browser that visits it.

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use franceconnect_edge::journey::qualification::browser::{Browser, find};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Time enough for any page that is sound.
pub const LIMIT: Duration = Duration::from_secs(20);

/// The browser of this machine, which must have one.
pub async fn browser() -> Browser {
    let program = find(|name| std::env::var_os(name)).expect("no Chromium: scripts/tools chromium");
    Browser::launch(&program).await.expect("a browser that starts")
}

/// A browser that a test can bring down: a program that tells the numbers of its processes, one on a line.
pub struct Mortal {
    pub program: PathBuf,
    processes: PathBuf,
}

impl Mortal {
    pub fn new(name: &str) -> Self {
        let program = find(|name| std::env::var_os(name)).expect("no Chromium: scripts/tools chromium");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let (script, processes) =
            (folder.join(format!("{name}.sh")), folder.join(format!("{name}.processes")));
        let words =
            format!("#!/bin/sh\necho $$ >>'{}'\nexec '{}' \"$@\"\n", processes.display(), program.display());
        std::fs::write(&script, words).unwrap();
        std::fs::set_permissions(&script, PermissionsExt::from_mode(0o755)).unwrap();
        let _ = std::fs::remove_file(&processes);
        Self { program: script, processes }
    }

    /// Ends the one that runs, as nothing that a page does.
    pub fn kill(&self) {
        let processes = std::fs::read_to_string(&self.processes).unwrap();
        let last = processes.lines().last().unwrap();
        assert!(std::process::Command::new("kill").args(["-9", last]).status().unwrap().success());
    }
}

/// Serves what `answer` says for a path and query, on an address that is returned without a slash at its end.
pub async fn site<A: Future<Output = Response> + Send + 'static>(
    answer: impl Fn(&str) -> A + Clone + Send + Sync + 'static,
) -> String {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = axum::Router::new().fallback(move |request: Request| {
        answer(request.uri().path_and_query().map_or("/", |path| path.as_str()))
    });
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// An answer of this type and body.
pub fn answer(kind: &str, body: impl Into<Body>) -> Response {
    Response::builder().header("content-type", kind).body(body.into()).unwrap()
}

/// A page with this in its body.
pub fn page(body: &str) -> Response {
    answer("text/html; charset=utf-8", format!("<!doctype html><title>Une page</title><body>{body}"))
}
