//! Decides how much of a body is read: all of it, or nothing if it is larger than allowed.

use std::future::poll_fn;
use std::pin::Pin;

use http_body::Body;
use spin_sdk::wasip3::http::types::ErrorCode;
use spin_sdk::wasip3::http_compat::{IncomingBody, IncomingMessage};

/// Every byte of `body`, unless there are more than `limit`.
pub(super) async fn read<T: IncomingMessage>(
    mut body: IncomingBody<T>,
    limit: usize,
) -> Result<Option<Vec<u8>>, ErrorCode> {
    let mut bytes = Vec::new();
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        // What is not data are trailers, which mean nothing to us.
        let Ok(data) = frame?.into_data() else { continue };
        if bytes.len().saturating_add(data.len()) > limit {
            return Ok(None);
        }
        bytes.extend_from_slice(&data);
    }
    Ok(Some(bytes))
}
