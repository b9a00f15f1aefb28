//! Decides how a call to the provider is made from this machine: one exchange, bounded, never elsewhere.

use std::env;
use std::error::Error;
use std::time::{Duration, Instant};

use axum::http::HeaderValue;
use reqwest::{Client, ClientBuilder, NoProxy, Proxy, Response, redirect, retry};

use super::patience::patiently;
use super::{log, metrics, now};
use crate::host::log::trouble;
use crate::oidc::{Call, CallMethod, FetchAnswer, Fetched, Unreachable};
use crate::web::RequestId;

/// The client of this host's calls; none if the TLS library could not start.
pub(super) struct Calls(Option<Client>);

impl Calls {
    pub(super) fn new() -> Self {
        // Fails when a provider is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // A machine without root certificates can still reach the emulator, and nothing over https.
        let client = builder().build().or_else(|_| builder().tls_certs_only([]).build());
        Self(client.ok())
    }

    pub(super) async fn fetch(&self, call: &Call, request: RequestId) -> FetchAnswer {
        let limit = Duration::from_millis(Call::TIMEOUT_MS);
        let start = Instant::now();
        let exchange = patiently(limit, self.exchange(call, request)).await;
        metrics::called(start.elapsed());
        FetchAnswer { now: now(), result: exchange.unwrap_or(Err(Unreachable::Timeout)) }
    }

    async fn exchange(&self, call: &Call, visit: RequestId) -> Result<Fetched, Unreachable> {
        let client = self.0.as_ref().ok_or(Unreachable::Network)?;
        let mut request = match call.method() {
            CallMethod::Get => client.get(call.url()),
            CallMethod::Post => client.post(call.url()).body(call.body().to_owned()),
        };
        for (name, value) in call.headers() {
            let mut value = HeaderValue::from_str(value).map_err(|_| Unreachable::Network)?;
            value.set_sensitive(true);
            request = request.header(name, value);
        }
        let start = Instant::now();
        let mut response = request.send().await.map_err(|error| network(error, visit))?;
        let content_type = response.headers().get("content-type");
        let content_type = content_type.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        let body = read(&mut response, visit).await?;
        let date = response.headers().get("date").and_then(|date| Fetched::date(date.to_str().ok()?));
        let took = u32::try_from(start.elapsed().as_millis()).ok();
        Ok(Fetched { status: response.status().as_u16(), content_type, body, date, took })
    }
}

/// The body, as long as it stays within bounds; what a header announces is not believed.
async fn read(response: &mut Response, visit: RequestId) -> Result<Vec<u8>, Unreachable> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| network(error, visit))? {
        if body.len().saturating_add(chunk.len()) > Call::MAX_BYTES {
            return Err(Unreachable::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Tells why, down to the cause (a name, a certificate, a proxy), which no page of ours shows.
fn network(error: reqwest::Error, visit: RequestId) -> Unreachable {
    let error = error.without_url();
    let (mut detail, mut cause) = (error.to_string(), error.source());
    while let Some(deeper) = cause {
        detail = format!("{detail}: {deeper}");
        cause = deeper.source();
    }
    log(&trouble(visit, "host.fetch", "the provider cannot be reached", &detail));
    Unreachable::Network
}

/// No redirects, no retries, no compression to expand; certificates judged by the system's roots (on
/// Linux `SSL_CERT_FILE` replaces them). Each call has a connection of its own: one that was kept may be
/// closing already, and a code can be sent once only.
///
/// `HTTPS_PROXY` is honoured, as administrations' networks often leave no other way to the sandbox: the
/// proxy sees a host name and a tunnel. `HTTP_PROXY` is not: http is spoken on loopback only, and a
/// proxy would see the secret.
fn builder() -> ClientBuilder {
    let builder = Client::builder()
        .no_proxy()
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .pool_max_idle_per_host(0);
    let proxy = ["HTTPS_PROXY", "https_proxy"].into_iter().filter_map(|name| env::var(name).ok());
    match proxy.filter(|address| !address.is_empty()).find_map(|address| Proxy::https(address).ok()) {
        Some(proxy) => builder.proxy(proxy.no_proxy(NoProxy::from_env())),
        None => builder,
    }
}
