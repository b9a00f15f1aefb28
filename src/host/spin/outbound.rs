//! Decides how the provider is called: redirects stay answers, a limit of time and of bytes.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use spin_sdk::http::{FullBody, Method, Request, send};
use spin_sdk::time::sleep;
use spin_sdk::wasip3::http::types::ErrorCode;

use super::{body, log};
use crate::host::log::trouble;
use crate::oidc::{Call, CallMethod, Fetched, Unreachable};
use crate::web::RequestId;

/// Sends `call` and reads the whole answer. Spin follows no redirect by itself.
pub(super) async fn exchange(call: &Call, request: RequestId) -> Result<Fetched, Unreachable> {
    match within(Duration::from_millis(Call::TIMEOUT_MS), attempt(call)).await {
        Some(Ok(Some(fetched))) => Ok(fetched),
        Some(Ok(None)) => Err(Unreachable::TooLarge),
        Some(Err(error)) => {
            let message = match error {
                ErrorCode::HttpRequestDenied => {
                    "Spin lets no call to the provider out: the variable provider_origin (FranceConnect+: plus_provider_origin) must be its origin"
                }
                _ => "the provider cannot be reached",
            };
            log(&trouble(request, "host.fetch", message, &error.to_string()));
            Err(Unreachable::Network)
        }
        None => Err(Unreachable::Timeout),
    }
}

async fn attempt(call: &Call) -> Result<Option<Fetched>, ErrorCode> {
    let content = call.body().as_bytes().to_vec();
    let mut request = Request::builder().uri(call.url()).method(match call.method() {
        CallMethod::Get => Method::GET,
        CallMethod::Post => Method::POST,
    });
    for (name, value) in call.headers() {
        request = request.header(name, value);
    }
    if call.method() == CallMethod::Post {
        // Or Spin sends chunks, which some token endpoints refuse.
        request = request.header("content-length", content.len());
    }
    let request = request
        .body(FullBody::new(bytes::Bytes::from(content)))
        .map_err(|_| ErrorCode::HttpRequestUriInvalid)?;
    let start = Instant::now();
    let response = send(request).await?;
    let date = response.headers().get("date").and_then(|date| Fetched::date(date.to_str().ok()?));
    let status = response.status().as_u16();
    let content_type = response.headers().get("content-type");
    let content_type = content_type.and_then(|value| value.to_str().ok()).map(str::to_owned);
    let body = body::read(response.into_body(), Call::MAX_BYTES).await?;
    let took = u32::try_from(start.elapsed().as_millis()).ok();
    Ok(body.map(|body| Fetched { status, content_type, body, date, took }))
}

/// What `work` comes to, or nothing when `limit` has passed; the work is then given up.
pub(super) async fn within<T>(limit: Duration, work: impl Future<Output = T>) -> Option<T> {
    let (mut work, mut end) = (pin!(work), pin!(sleep(limit)));
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending => end.as_mut().poll(context).map(|()| None),
    })
    .await
}
