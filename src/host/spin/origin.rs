//! Decides how a request is passed on to the origin: both bodies streamed, redirects stay answers.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use spin_sdk::http::{BoxBody, EmptyBody, HeaderMap, HeaderName, HeaderValue, box_body, send};
use spin_sdk::http::{Request, Response as Outgoing};
use spin_sdk::wasip3::http::types::ErrorCode;

use super::log;
use super::outbound::within;
use crate::host::log::trouble;
use crate::site::{Forward, Upstream, value_bytes, value_text};
use crate::web::OriginFault;

/// The origin's answer, its body still to come. `given` is the visitor's request.
pub(super) async fn exchange(forward: &Forward, given: Request) -> Result<Outgoing<BoxBody>, OriginFault> {
    if matches!(forward.upstream(), Upstream::Service(_)) || forward.is_websocket() {
        return Err(OriginFault::Unsupported);
    }
    let read = Arc::new(Mutex::new(Instant::now()));
    let request = request(forward, given, read.clone()).ok_or(OriginFault::Unreachable)?;
    let answer = patiently(send(request), &read).await?.map_err(|error| {
        let message = match error {
            ErrorCode::HttpRequestDenied => {
                "Spin lets no call to the origin out: the variable origin_address must be FC_ORIGIN"
            }
            _ => "the origin cannot be reached",
        };
        log(&trouble("host.origin", message, &error.to_string()));
        OriginFault::Unreachable
    })?;
    let given = text(answer.headers());
    let headers = lines(forward.response_headers(pairs(&given)));
    let status = answer.status();
    if status.is_informational() {
        return Err(OriginFault::Unreachable);
    }
    let mut outgoing = Outgoing::new(box_body(answer.into_body()));
    *outgoing.status_mut() = status;
    *outgoing.headers_mut() = headers;
    Ok(outgoing)
}

fn request(forward: &Forward, given: Request, read: Arc<Mutex<Instant>>) -> Option<Request<BoxBody>> {
    let (parts, body) = given.into_parts();
    // A body of no announced length would go out in chunks, which a GET has no use for.
    let length = parts.headers.get("content-length");
    let empty = length.map_or(forward.request().method.is_read(), |length| length == "0");
    let body = if empty { box_body(EmptyBody::new()) } else { box_body(Watched { body, read }) };
    let headers = text(&parts.headers);
    let mut request = Request::new(body);
    *request.method_mut() = parts.method;
    *request.uri_mut() = forward.url().parse().ok()?;
    *request.headers_mut() = lines(forward.request_headers(pairs(&headers)));
    Some(request)
}

/// Waits for the head of the answer as long as the request is still being sent, and then as long as was agreed on.
async fn patiently<T>(answer: impl Future<Output = T>, read: &Mutex<Instant>) -> Result<T, OriginFault> {
    let patience = Duration::from_millis(Forward::PATIENCE_MS);
    let last = || *read.lock().unwrap_or_else(PoisonError::into_inner);
    let mut answer = std::pin::pin!(answer);
    loop {
        let left = patience.saturating_sub(last().elapsed());
        if left.is_zero() {
            return Err(OriginFault::Timeout);
        }
        if let Some(answer) = within(left, answer.as_mut()).await {
            return Ok(answer);
        }
    }
}

fn text(headers: &HeaderMap) -> Vec<(String, String)> {
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), value_text(value.as_bytes()))).collect()
}

fn pairs(given: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    given.iter().map(|(name, value)| (name.as_str(), value.as_str()))
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
struct Watched<B> {
    body: B,
    read: Arc<Mutex<Instant>>,
}

impl<B: Body<Data = Bytes> + Unpin> Body for Watched<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
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
