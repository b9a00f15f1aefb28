//! Decides how a request is passed on from this machine: both bodies streamed, nothing followed, nothing tidied up.

use std::error::Error;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use axum::response::Response as HttpResponse;
use hyper::body::Incoming;
use hyper::upgrade::{self, OnUpgrade};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls_platform_verifier::BuilderVerifierExt;
use tokio::io::{AsyncRead, AsyncWrite, copy_bidirectional};
use tokio::time::timeout;

use super::{log, now};
use crate::host::log::trouble;
use crate::host::passage::{self, Passing, Progress};
use crate::site::{Forward, Upstream};
use crate::web::{OriginFault, RequestId};

/// The client of this host's origin; none if TLS could not start. The proxy of the environment is not for it: an
/// origin is near.
pub(super) struct Origin(Option<Client<HttpsConnector<HttpConnector>, Passing<Body>>>);

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
        visit: RequestId,
    ) -> Result<HttpResponse, OriginFault> {
        if matches!(forward.upstream(), Upstream::Service(_)) {
            return Err(OriginFault::Unsupported);
        }
        let client = self.0.as_ref().ok_or(OriginFault::Unreachable)?;
        let progress = Progress::new();
        let mut request = Request::new(Passing::request(body, progress.clone()));
        *request.method_mut() = parts.method.clone();
        *request.uri_mut() = forward.url().parse().map_err(|_| OriginFault::Unreachable)?;
        *request.headers_mut() = passage::to_origin(forward, &parts.headers);
        let visitor = forward.is_websocket().then(|| parts.extensions.remove::<OnUpgrade>()).flatten();
        if visitor.is_some() {
            switch(request.headers_mut());
        }
        let answer = patiently(client.request(request), &progress).await?.map_err(|error| {
            let (mut detail, mut cause) = (error.to_string(), error.source());
            while let Some(deeper) = cause {
                detail = format!("{detail}: {deeper}");
                cause = deeper.source();
            }
            log(&trouble(visit, "host.origin", "the origin cannot be reached", &detail));
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
    let mut headers = passage::to_visitor(forward, answer.headers(), now());
    let status = answer.status();
    let body = if status == StatusCode::SWITCHING_PROTOCOLS {
        // Nobody asked for it.
        let visitor = visitor.ok_or(OriginFault::Unreachable)?;
        switch(&mut headers);
        join(visitor, upgrade::on(&mut answer), forward.lasts());
        Body::empty()
    } else {
        Body::new(Passing::answer(answer.into_body()))
    };
    let mut response = HttpResponse::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

/// Waits for the head of the answer.
async fn patiently<T>(answer: impl Future<Output = T>, progress: &Progress) -> Result<T, OriginFault> {
    let mut answer = pin!(answer);
    loop {
        let left = progress.patience().ok_or(OriginFault::Timeout)?;
        if let Ok(answer) = timeout(left, &mut answer).await {
            return Ok(answer);
        }
    }
}

/// Joins both sides of a WebSocket.
fn join(visitor: OnUpgrade, origin: OnUpgrade, lasts: Option<Duration>) {
    tokio::spawn(async move {
        if let (Ok(visitor), Ok(origin)) = tokio::join!(visitor, origin) {
            exchange(TokioIo::new(visitor), TokioIo::new(origin), lasts).await;
        }
    });
}

/// Copies both ways until one of the two ends, or the session has. How it ends is theirs to know.
async fn exchange<A, B>(mut visitor: A, mut origin: B, lasts: Option<Duration>)
where
    A: AsyncRead + AsyncWrite + Unpin,
    B: AsyncRead + AsyncWrite + Unpin,
{
    let both = copy_bidirectional(&mut visitor, &mut origin);
    match lasts {
        Some(lasts) => _ = timeout(lasts, both).await,
        None => _ = both.await,
    }
}

fn switch(headers: &mut HeaderMap) {
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::exchange;

    #[tokio::test]
    async fn a_web_socket_ends_with_its_session() {
        let ((mut browser, visitor), (origin, mut application)) = (duplex(64), duplex(64));
        let joined = tokio::spawn(exchange(visitor, origin, Some(Duration::from_millis(50))));
        browser.write_all(b"ping").await.unwrap();
        let mut said = [0; 4];
        application.read_exact(&mut said).await.unwrap();
        assert_eq!(&said, b"ping");
        let mut rest = Vec::new();
        let ended = tokio::time::timeout(Duration::from_secs(5), browser.read_to_end(&mut rest)).await;
        assert!(ended.is_ok(), "still open");
        joined.await.unwrap();
        assert_eq!(application.read(&mut said).await.unwrap(), 0);
    }
}
