//! Decides how a service's documents (key set, sector identifiers) are fetched: one GET of a few seconds, bounded,
//! never redirected.

use super::client::load::ServiceDocument;
use reqwest::{Client, ClientBuilder, redirect};
use std::time::Duration;

/// Longest wait for a document.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Longest document, in bytes.
const LIMIT: usize = 64 * 1024;

/// What fetches; nothing if the TLS library could not start.
#[derive(Clone)]
pub(super) struct Fetch(Option<Client>);

impl Fetch {
    pub(super) fn new() -> Self {
        // Fails when a provider is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // A machine without root certificates can still reach a service on http.
        let client = builder().build().or_else(|_| builder().tls_certs_only([]).build());
        Self(client.ok())
    }

    /// What `url` answers; nothing if it cannot be reached in time or says too much.
    pub(super) async fn get(&self, url: &str) -> Option<ServiceDocument> {
        tokio::time::timeout(TIMEOUT, self.exchange(url)).await.ok()?
    }

    async fn exchange(&self, url: &str) -> Option<ServiceDocument> {
        let mut response =
            self.0.as_ref()?.get(url).header("accept", "application/json").send().await.ok()?;
        let text = |name: &str| {
            let value = response.headers().get(name)?;
            Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let (cache_control, expires) = (text("cache-control"), text("expires"));
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.ok()? {
            if body.len().saturating_add(chunk.len()) > LIMIT {
                return None;
            }
            body.extend_from_slice(&chunk);
        }
        Some(ServiceDocument { status: response.status().as_u16(), cache_control, expires, body })
    }
}

fn builder() -> ClientBuilder {
    Client::builder().no_proxy().redirect(redirect::Policy::none()).pool_max_idle_per_host(0)
}
