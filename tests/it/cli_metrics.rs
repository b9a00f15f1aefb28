//! `serve --metrics`: what Prometheus reads, apart from the site.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::cli::program;
use crate::cli_run::Running;
use crate::native_support::{Folder, variables};

fn get(authority: &str, path: &str, host: &str) -> String {
    let mut stream = TcpStream::connect(authority).unwrap();
    let navigation = "sec-fetch-mode: navigate\r\nsec-fetch-dest: document";
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {host}\r\n{navigation}\r\nconnection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn authority<'a>(lines: &'a [String], words: &str) -> &'a str {
    let line = lines.iter().find_map(|line| line.strip_prefix(words)).unwrap();
    line.strip_prefix("http://").unwrap().split('/').next().unwrap()
}

#[test]
fn codes_answers_and_seconds_are_counted_and_nothing_else() {
    let folder = Folder::new();
    folder.write("site/index.html", "home");
    let mut command = program(folder.path());
    command.args(["serve", "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0"]);
    // Nobody is there, so that a login ends with the discovery.
    let provider = [("FC_ENVIRONMENT", "other"), ("FC_ISSUER", "http://127.0.0.1:9/op")];
    command.envs(variables(&provider));
    let (_running, lines) = Running::start(command);
    let (site, metrics) = (authority(&lines, "ready "), authority(&lines, "Compteurs : "));
    for path in
        ["/", "/index.html", "/auth/callback?code=geheim&state=geheim", "/auth/login", "/nowhere?geheim"]
    {
        get(site, path, "localhost:8787");
    }
    let told = get(metrics, "/metrics", metrics);
    assert!(
        told.starts_with("HTTP/1.1 200") && told.contains("content-type: text/plain; version=0.0.4"),
        "{told}"
    );
    for line in [
        "franceconnect_edge_events_total{service=\"localhost:8787\",code=\"callback.no_login\"} 1",
        "franceconnect_edge_events_total{service=\"localhost:8787\",code=\"discovery.unreachable\"} 1",
        "franceconnect_edge_requests_total{service=\"localhost:8787\",outcome=\"ok\"} 2",
        "franceconnect_edge_requests_total{service=\"localhost:8787\",outcome=\"refused\"} 2",
        "franceconnect_edge_requests_total{service=\"localhost:8787\",outcome=\"failed\"} 1",
        "franceconnect_edge_provider_seconds_bucket{le=\"10\"} 1",
        "franceconnect_edge_provider_seconds_bucket{le=\"+Inf\"} 1",
        "franceconnect_edge_provider_seconds_count 1",
    ] {
        assert!(told.lines().any(|known| known == line), "{line} is missing:\n{told}");
    }
    assert!(!told.contains("geheim"), "{told}");
    assert!(get(site, "/metrics", "localhost:8787").starts_with("HTTP/1.1 404"), "not for visitors");
    assert!(get(metrics, "/", metrics).starts_with("HTTP/1.1 404"));
}
