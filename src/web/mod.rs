//! Browser request → steps → page.

mod event;
mod step;

pub use event::{Event, Level};
pub use step::{Content, Loading, Reply, Step, Visit, Waiting};

use crate::config::{Config, Faults};
use crate::wire::{Request, Response};

/// The first step of a visit.
pub fn begin(_config: &Config, visit: Visit) -> Step {
    let _ = visit;
    Step::Done(Box::new(Reply {
        content: Content::Respond(Response::new(503)),
        save: Vec::new(),
        events: Vec::new(),
    }))
}

/// The answer to any request while the configuration has faults.
pub fn misconfigured(_faults: &Faults, _request: &Request) -> Reply {
    Reply { content: Content::Respond(Response::new(503)), save: Vec::new(), events: Vec::new() }
}

/// The answer when the host itself failed (no entropy, an unreadable request).
pub fn host_failed() -> Response {
    Response::new(500)
}
