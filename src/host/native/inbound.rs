//! Decides how a request of the HTTP library becomes one of ours, and which are refused before the core.

use std::pin::Pin;

use axum::body::{Body, HttpBody};
use axum::http::HeaderMap;
use axum::http::request::Parts;

use crate::host::refusal;
use crate::wire::{Headers, Method, Request, Response, TARGET_LIMIT};

/// Reads method, target and the headers the core names.
///
/// # Errors
/// The refusal to send: 400 or 414.
pub(super) fn head(parts: &Parts) -> Result<Request, Response> {
    let target = parts.uri.path_and_query().map_or("", |target| target.as_str());
    if target.len() > TARGET_LIMIT {
        return Err(refusal::address_too_long());
    }
    // `OPTIONS *` and `CONNECT host:port` name no path.
    if !target.starts_with('/') {
        return Err(Response::new(400));
    }
    let headers = Headers::read(|name| joined(&parts.headers, name));
    Ok(Request::new(Method::parse(parts.method.as_str()), target, headers))
}

/// All lines of one header as one value: cookies with `; ` (RFC 9113 §8.2.3), others with `, `
/// (RFC 9110 §5.3). Bytes outside UTF-8 are replaced rather than dropped with their line: another
/// program's cookie on `localhost` must not hide ours.
fn joined(headers: &HeaderMap, name: &'static str) -> Option<String> {
    let lines: Vec<_> =
        headers.get_all(name).iter().map(|line| String::from_utf8_lossy(line.as_bytes())).collect();
    let separator = if name == "cookie" { "; " } else { ", " };
    (!lines.is_empty()).then(|| lines.join(separator))
}

/// Reads the body of a form.
///
/// # Errors
/// The refusal to send: 400 or 413.
pub(super) async fn form(mut body: Body) -> Result<Vec<u8>, Response> {
    if body.size_hint().lower() > Request::BODY_LIMIT as u64 {
        return Err(refusal::form_too_large());
    }
    let mut read = Vec::new();
    while let Some(frame) = std::future::poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let frame = frame.map_err(|_| Response::new(400))?;
        // Trailers say nothing to us.
        let Ok(data) = frame.into_data() else { continue };
        if read.len().saturating_add(data.len()) > Request::BODY_LIMIT {
            return Err(refusal::form_too_large());
        }
        read.extend_from_slice(&data);
    }
    Ok(read)
}
