//! Decides how a request is passed on to the origin: both bodies streamed, redirects stay answers.

use std::pin::pin;

use spin_sdk::http::{BoxBody, EmptyBody, box_body, send};
use spin_sdk::http::{Request, Response as Outgoing};
use spin_sdk::wasip3::http::types::ErrorCode;

use super::outbound::within;
use super::{log, now};
use crate::host::log::trouble;
use crate::host::passage::{self, Passing, Progress};
use crate::site::{Forward, Upstream};
use crate::web::{OriginFault, RequestId};

/// The origin's answer, its body still to come. `given` is the visitor's request.
pub(super) async fn exchange(
    forward: &Forward,
    given: Request,
    visit: RequestId,
) -> Result<Outgoing<BoxBody>, OriginFault> {
    if matches!(forward.upstream(), Upstream::Service(_)) || forward.is_websocket() {
        return Err(OriginFault::Unsupported);
    }
    let progress = Progress::new();
    let request = request(forward, given, progress.clone()).ok_or(OriginFault::Unreachable)?;
    let answer = patiently(send(request), &progress).await?.map_err(|error| {
        let message = match error {
            ErrorCode::HttpRequestDenied => {
                "Spin lets no call to the origin out: the variable origin_address must be FC_ORIGIN"
            }
            _ => "the origin cannot be reached",
        };
        log(&trouble(visit, "host.origin", message, &error.to_string()));
        OriginFault::Unreachable
    })?;
    let headers = passage::to_visitor(forward, answer.headers(), now());
    let status = answer.status();
    if status.is_informational() {
        return Err(OriginFault::Unreachable);
    }
    let mut outgoing = Outgoing::new(box_body(Passing::answer(answer.into_body())));
    *outgoing.status_mut() = status;
    *outgoing.headers_mut() = headers;
    Ok(outgoing)
}

fn request(forward: &Forward, given: Request, progress: Progress) -> Option<Request<BoxBody>> {
    let (parts, body) = given.into_parts();
    // A body of no announced length would go out in chunks, which a GET has no use for.
    let length = parts.headers.get("content-length");
    let empty = length.map_or(forward.request().method.is_read(), |length| length == "0");
    let body = if empty { box_body(EmptyBody::new()) } else { box_body(Passing::request(body, progress)) };
    let mut request = Request::new(body);
    *request.method_mut() = parts.method;
    *request.uri_mut() = forward.url().parse().ok()?;
    *request.headers_mut() = passage::to_origin(forward, &parts.headers);
    Some(request)
}

/// Waits for the head of the answer.
async fn patiently<T>(answer: impl Future<Output = T>, progress: &Progress) -> Result<T, OriginFault> {
    let mut answer = pin!(answer);
    loop {
        let left = progress.patience().ok_or(OriginFault::Timeout)?;
        if let Some(answer) = within(left, answer.as_mut()).await {
            return Ok(answer);
        }
    }
}
