//! Decides how a request is passed on from this machine: both bodies streamed, nothing followed, nothing tidied up.

use std::error::Error;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode, header};
use axum::response::Response as HttpResponse;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::upgrade::{self, OnUpgrade};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls_platform_verifier::BuilderVerifierExt;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::log;
use crate::host::log::trouble;
use crate::site::{Forward, Upstream, value_bytes, value_text};
use crate::web::OriginFault;

/// The client of this host's origin; none if TLS could not start. The proxy of the environment is not for it: an
/// origin is near.
pub(super) struct Origin(Option<Client<HttpsConnector<HttpConnector>, Watched>>);

impl Origin {
    pub(super) fn new() -> Self {
        let tls =
            rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()
                .and_then(|builder| builder.with_platform_verifier())
                .map(|builder| builder.with_no_client_auth());
        // A machine without root certificates can still reach an origin over http.
        let tls = tls.or_else(|_| {
            let provider = Arc::new(rustls::crypto::ring::default_provider());
            let builder = rustls::ClientConfig::builder_with_provider(provider);
            builder
                .with_safe_default_protocol_versions()
                .map(|builder| builder.with_root_certificates(rustls::RootCertStore::empty()))
                .map(|builder| builder.with_no_client_auth())
        });
        Self(tls.ok().map(|tls| {
            let connector = HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1();
            Client::builder(TokioExecutor::new()).build(connector.build())
        }))
    }

    /// The origin's answer, its body still to come.
    pub(super) async fn exchange(
        &self,
        forward: &Forward,
        parts: &mut Parts,
        body: Body,
    ) -> Result<HttpResponse, OriginFault> {
        if matches!(forward.upstream(), Upstream::Service(_)) {
            return Err(OriginFault::Unsupported);
        }
        let client = self.0.as_ref().ok_or(OriginFault::Unreachable)?;
        let read = Arc::new(Mutex::new(Instant::now()));
        let mut request = Request::new(Watched { body, read: read.clone() });
        *request.method_mut() = parts.method.clone();
        *request.uri_mut() = forward.url().parse().map_err(|_| OriginFault::Unreachable)?;
        let given = text(&parts.headers);
        *request.headers_mut() = lines(forward.request_headers(pairs(&given)));
        let visitor = forward.is_websocket().then(|| parts.extensions.remove::<OnUpgrade>()).flatten();
        if visitor.is_some() {
            switch(request.headers_mut());
        }
        let answer = patiently(client.request(request), &read).await?.map_err(|error| {
            let (mut detail, mut cause) = (error.to_string(), error.source());
            while let Some(deeper) = cause {
                detail = format!("{detail}: {deeper}");
                cause = deeper.source();
            }
            log(&trouble("host.origin", "the origin cannot be reached", &detail));
            OriginFault::Unreachable
        })?;
        passed_on(forward, answer, visitor)
    }
}

fn passed_on(
    forward: &Forward,
    mut answer: HttpResponse<Incoming>,
    visitor: Option<OnUpgrade>,
) -> Result<HttpResponse, OriginFault> {
    let given = text(answer.headers());
    let mut headers = lines(forward.response_headers(pairs(&given)));
    let status = answer.status();
    let body = if status == StatusCode::SWITCHING_PROTOCOLS {
        // Nobody asked for it.
        let visitor = visitor.ok_or(OriginFault::Unreachable)?;
        switch(&mut headers);
        join(visitor, upgrade::on(&mut answer));
        Body::empty()
    } else {
        Body::new(answer.into_body())
    };
    let mut response = HttpResponse::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

/// Waits for the head of the answer as long as the request is still being sent, and then as long as was agreed on.
async fn patiently<T>(answer: impl Future<Output = T>, read: &Mutex<Instant>) -> Result<T, OriginFault> {
    let patience = Duration::from_millis(Forward::PATIENCE_MS);
    let due = || *read.lock().unwrap_or_else(PoisonError::into_inner) + patience;
    let mut answer = pin!(answer);
    loop {
        let until = due();
        if let Ok(answer) = timeout_at(until, &mut answer).await {
            return Ok(answer);
        }
        if due() <= until {
            return Err(OriginFault::Timeout);
        }
        sleep_until(until).await;
    }
}

/// Both sides of a WebSocket, until one of them ends.
fn join(visitor: OnUpgrade, origin: OnUpgrade) {
    tokio::spawn(async move {
        if let (Ok(visitor), Ok(origin)) = tokio::join!(visitor, origin) {
            // How it ends is theirs to know.
            let _ =
                tokio::io::copy_bidirectional(&mut TokioIo::new(visitor), &mut TokioIo::new(origin)).await;
        }
    });
}

fn switch(headers: &mut HeaderMap) {
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
}

fn text(headers: &HeaderMap) -> Vec<(&str, String)> {
    headers.iter().map(|(name, value)| (name.as_str(), value_text(value.as_bytes()))).collect()
}

fn pairs<'a>(given: &'a [(&'a str, String)]) -> impl Iterator<Item = (&'a str, &'a str)> {
    given.iter().map(|(name, value)| (*name, value.as_str()))
}

/// What cannot be a header is left out.
fn lines(lines: Vec<(String, String)>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        let value = value_bytes(&value).and_then(|value| HeaderValue::from_bytes(&value).ok());
        if let (Ok(name), Some(value)) = (HeaderName::try_from(name), value) {
            headers.append(name, value);
        }
    }
    headers
}

/// The body of a request, and when a piece of it was last read.
struct Watched {
    body: Body,
    read: Arc<Mutex<Instant>>,
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        if frame.is_ready() {
            *self.read.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
