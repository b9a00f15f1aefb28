//! Decides what everything that looks at the network shares: no cookies, no redirects, the system's roots, and how a
//! stranger's text is shown.

use reqwest::{Client, ClientBuilder, NoProxy, Proxy, redirect};
use std::time::Duration;

/// What we call ourselves.
const AGENT: &str = concat!("franceconnect-edge/", env!("CARGO_PKG_VERSION"), " (recette)");
/// Longest wait for somebody to take the connection.
const CONNECT: Duration = Duration::from_secs(10);

/// A client without cookies, which follows no redirect and judges certificates by the system's roots. `HTTPS_PROXY` is
/// honoured, as a test site may be reached by no other way.
pub(in crate::journey) fn client(
    more: impl Fn(ClientBuilder) -> ClientBuilder,
) -> Result<Client, reqwest::Error> {
    // Fails when a provider is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // A machine without root certificates can still reach a service on http.
    more(builder()).build().or_else(|_| more(builder()).tls_certs_only([]).build())
}

fn builder() -> ClientBuilder {
    let builder = Client::builder()
        .user_agent(AGENT)
        .no_proxy()
        .redirect(redirect::Policy::none())
        .connect_timeout(CONNECT);
    let proxy = ["HTTPS_PROXY", "https_proxy"].into_iter().filter_map(|name| std::env::var(name).ok());
    match proxy.filter(|address| !address.is_empty()).find_map(|address| Proxy::https(address).ok()) {
        Some(proxy) => builder.proxy(proxy.no_proxy(direct())),
        None => builder,
    }
}

/// What no proxy is asked for: what the environment names, and this machine, which a proxy cannot reach.
fn direct() -> Option<NoProxy> {
    let named = ["NO_PROXY", "no_proxy"].into_iter().find_map(|name| std::env::var(name).ok());
    NoProxy::from_string(&[named.as_deref().unwrap_or_default(), "localhost,127.0.0.0/8,::1"].join(","))
}

/// A stranger's text as a terminal and a report may show it: one line, short, no control characters.
pub(in crate::journey) fn printable(text: &str) -> String {
    let shown = text.chars().map(|c| if c.is_control() || is_hidden(c) { '\u{fffd}' } else { c });
    shown.take(200).collect()
}

/// Characters that turn the direction of what follows (Unicode TR9), or that nobody sees, so that two texts that differ
/// look alike (TR36).
pub fn is_hidden(c: char) -> bool {
    let turns = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}');
    let breaks = matches!(c, '\u{2028}' | '\u{2029}' | '\u{fff9}'..='\u{fffb}');
    let empty = matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{206f}');
    turns || breaks || empty || matches!(c, '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}
