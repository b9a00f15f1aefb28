//! Decides how a request was made: by a person who goes somewhere, by a script, or by another site.

use crate::config::PublicUrl;
use crate::wire::{Header, Method, Request};

/// Whether the request loads a page into the visitor's window (Fetch Metadata). Browsers without those
/// headers are judged by what they accept.
pub(super) fn navigates(request: &Request) -> bool {
    if request.method != Method::Get {
        return false;
    }
    match request.header(Header::SecFetchMode) {
        Some(mode) => mode == "navigate" && !framed(request),
        None => request.header(Header::Accept).is_some_and(|accept| accept.contains("text/html")),
    }
}

/// Whether a person sent a form that loads a page into their window.
pub(super) fn posts_a_form(request: &Request) -> bool {
    if request.method != Method::Post {
        return false;
    }
    match request.header(Header::SecFetchMode) {
        Some(mode) => mode == "navigate" && !framed(request),
        None => request.header(Header::Accept).is_some_and(|accept| accept.contains("text/html")),
    }
}

/// Whether another site made the browser ask.
pub(super) fn from_elsewhere(request: &Request) -> bool {
    request.header(Header::SecFetchSite) == Some("cross-site")
}

/// Whether a login may start: not by a script, image or frame. Clients that say nothing of themselves may.
pub(super) fn may_start_login(request: &Request) -> bool {
    let mode = request.header(Header::SecFetchMode);
    mode.is_none_or(|mode| mode == "navigate") && !framed(request)
}

/// Whether nobody clicked yet: the browser loads ahead (`Sec-Purpose: prefetch`).
pub(super) fn prefetches(request: &Request) -> bool {
    request.header(Header::SecPurpose).is_some_and(|purpose| purpose.contains("prefetch"))
}

/// FranceConnect cannot work in a frame: its cookies do not go there.
fn framed(request: &Request) -> bool {
    // Listed, because a service worker that passes a navigation on sends `empty`.
    let frames = ["iframe", "frame", "embed", "object", "fencedframe"];
    request.header(Header::SecFetchDest).is_some_and(|dest| frames.contains(&dest))
}

/// Whether a form was posted from a page of this site. `Sec-Fetch-Site` cannot be written by a page, and
/// holds where `Origin` is `null`; without either the answer is no.
pub(super) fn from_this_site(request: &Request, site: &PublicUrl) -> bool {
    match request.header(Header::SecFetchSite) {
        Some(from) => from == "same-origin",
        None => request.header(Header::Origin) == Some(site.origin()),
    }
}
