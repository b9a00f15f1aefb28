//! Decides how emulators meet a socket: which of them a request is for, time, body limit, delays, connections
//! dropped half-way.

use super::Emulator;
use super::fetch::Fetch;
use super::http::{Reply, Request};
use crate::time::Timestamp;
use axum::body::{Body, to_bytes};
use axum::extract::{Request as HttpRequest, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use axum::serve::Listener;
use std::future::Future;
use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadBuf};
use tokio_util::io::ReaderStream;

/// Longest request body that is read, in bytes.
const BODY_LIMIT: usize = 256 * 1024;

/// Emulators that share an address, and what fetches for them.
#[derive(Clone)]
struct Served {
    emulators: Arc<Vec<Arc<Mutex<Emulator>>>>,
    fetch: Fetch,
}

/// Serves `emulators` until `shutdown` is ready: each request goes to the one whose issuer's path it begins with,
/// what is below none to the first.
///
/// # Errors
/// When the listener fails.
pub async fn serve<L: Listener<Addr = SocketAddr>>(
    listener: L,
    emulators: Vec<Arc<Mutex<Emulator>>>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<()> {
    let served = Served { emulators: Arc::new(emulators), fetch: Fetch::new() };
    let router = axum::Router::new().fallback(answer).with_state(served);
    axum::serve(listener, router).with_graceful_shutdown(shutdown).await
}

/// A panic while the lock was held would be a fault of the emulator's: the next request may still work.
fn lock(emulator: &Mutex<Emulator>) -> MutexGuard<'_, Emulator> {
    emulator.lock().unwrap_or_else(PoisonError::into_inner)
}

fn now() -> Timestamp {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    Timestamp::from_unix(i64::try_from(now).unwrap_or(i64::MAX))
}

async fn answer(State(served): State<Served>, request: HttpRequest) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return to_http(Reply::new(413));
    };
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let request = Request {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
        body: body.to_vec(),
    };
    // Of two that reach equally far the first is taken, as of two that do not reach at all.
    let reach = |emulator: &&Arc<Mutex<Emulator>>| std::cmp::Reverse(lock(emulator).reach(&request.path));
    let Some(emulator) = served.emulators.iter().min_by_key(reach) else {
        return to_http(Reply::new(404));
    };
    let wanted = lock(emulator).wants(now(), &request);
    for url in wanted {
        let fetched = served.fetch.get(&url).await;
        lock(emulator).learn(now(), &url, fetched);
    }
    let reply = lock(emulator).handle(now(), &request);
    if !reply.delay.is_zero() && !reply.drips {
        tokio::time::sleep(reply.delay).await;
    }
    to_http(reply)
}

fn to_http(reply: Reply) -> Response {
    let length = reply.body.len();
    let body = if reply.cut {
        let half = std::io::Cursor::new(reply.body).take(length as u64 / 2);
        Body::from_stream(ReaderStream::new(half.chain(Cut { sent: false })))
    } else if reply.drips {
        Body::from_stream(ReaderStream::new(drip(reply.body, reply.delay)))
    } else {
        Body::from(reply.body)
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if reply.cut {
        // The whole length is announced, so that nobody takes the half for the whole.
        response.headers_mut().insert("content-length", HeaderValue::from(length));
    }
    for (name, value) in reply.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

/// A source of which something can be read each second, and all of it after `delay`.
fn drip(body: Vec<u8>, delay: Duration) -> impl AsyncRead {
    let (mut to, from) = tokio::io::duplex(1024);
    let steps = usize::try_from(delay.as_secs()).unwrap_or(usize::MAX).max(1);
    tokio::spawn(async move {
        for part in body.chunks(body.len().div_ceil(steps).max(1)) {
            tokio::time::sleep(Duration::from_secs(1)).await;
            // Who has gone wants no more.
            if to.write_all(part).await.is_err() {
                return;
            }
        }
    });
    from
}

/// A source that fails, which makes the server drop the connection.
struct Cut {
    /// Whether the server had an occasion to send what came before.
    sent: bool,
}

impl AsyncRead for Cut {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        _: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        if !std::mem::replace(&mut self.sent, true) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Err(Error::from(ErrorKind::ConnectionReset)))
    }
}
