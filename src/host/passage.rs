//! Decides what of a head and a body passes between a visitor and the origin, on the two hosts that speak in the types
//! of the crate `http`: this machine and Spin.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use http_body::{Body, Frame, SizeHint};

use crate::site::{Forward, value_bytes, value_text};
use crate::time::Timestamp;

/// The lines for the origin, from the visitor's.
pub(super) fn to_origin(forward: &Forward, given: &HeaderMap) -> HeaderMap {
    lines(forward.request_headers(pairs(&texts(given))))
}

/// The lines for the visitor, from the origin's, which came at `now`.
pub(super) fn to_visitor(forward: &Forward, given: &HeaderMap, now: Timestamp) -> HeaderMap {
    lines(forward.response_headers(pairs(&texts(given)), now))
}

fn texts(headers: &HeaderMap) -> Vec<(&str, String)> {
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

/// When something of a request was last read.
#[derive(Clone)]
pub(super) struct Progress(Arc<Mutex<Instant>>);

impl Progress {
    /// The head was read now.
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }

    fn note(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// How much longer the head of the answer is waited for: as long as the request is still being sent, and then as
    /// long as was agreed on; nothing when that has passed.
    pub(super) fn patience(&self) -> Option<Duration> {
        let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = Duration::from_millis(Forward::PATIENCE_MS).saturating_sub(last.elapsed());
        (!left.is_zero()).then_some(left)
    }
}

/// A body on its way. It ends where its trailers begin: those are lines that nobody judged, and no application may
/// mistake them for ours (RFC 9110 §6.5.1 lets whoever passes a message on leave them out).
pub(super) struct Passing<B> {
    body: B,
    progress: Option<Progress>,
    ended: bool,
}

impl<B> Passing<B> {
    /// The body of an answer.
    pub(super) fn answer(body: B) -> Self {
        Self { body, progress: None, ended: false }
    }

    /// The body of a request, which tells `progress` of every piece.
    pub(super) fn request(body: B, progress: Progress) -> Self {
        Self { body, progress: Some(progress), ended: false }
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for Passing<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if let Some(progress) = &self.progress {
            progress.note();
        }
        let frame = frame.filter(|frame| !matches!(frame, Ok(frame) if frame.is_trailers()));
        self.ended = frame.is_none();
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.ended || self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::task::{Context, Poll, Waker};

    use bytes::Bytes;
    use http::HeaderMap;
    use http_body::{Body, Frame};

    use super::{Passing, Progress};

    struct Given(Vec<Frame<Bytes>>);

    impl Body for Given {
        type Data = Bytes;
        type Error = ();

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, ()>>> {
            Poll::Ready((!self.0.is_empty()).then(|| Ok(self.0.remove(0))))
        }
    }

    #[test]
    fn a_body_ends_where_its_trailers_begin() {
        let given = || {
            Given(vec![Frame::data("a".into()), Frame::trailers(HeaderMap::new()), Frame::data("b".into())])
        };
        for mut body in [Passing::answer(given()), Passing::request(given(), Progress::new())] {
            let mut next = || match Pin::new(&mut body).poll_frame(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(frame) => frame.map(|frame| frame.map(Frame::into_data)),
                Poll::Pending => panic!("nothing is waited for"),
            };
            assert!(matches!(next(), Some(Ok(Ok(data))) if data == "a"));
            assert!(next().is_none() && next().is_none());
            assert!(body.is_end_stream());
        }
    }
}
