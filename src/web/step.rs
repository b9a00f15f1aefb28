//! The step machine: what a host does next, and what it resumes with the answer.

use crate::config::Config;
use crate::oidc::{Call, FetchAnswer};
use crate::session::{Key, LoadAnswer, Save};
use crate::site::SiteFile;
use crate::time::Timestamp;
use crate::web::Event;
use crate::wire::{Request, Response};

/// One request of a browser, with the clock and the chance that go with it.
#[derive(Debug)]
pub struct Visit {
    /// The clock when the request came.
    pub now: Timestamp,
    /// 64 bytes from the platform's CSPRNG, fresh for this visit.
    pub entropy: [u8; 64],
    /// What the browser asks.
    pub request: Request,
}

/// What a host does next.
#[derive(Debug)]
pub enum Step {
    /// Perform the call, resume with its answer.
    Fetch(Call, Waiting),
    /// Look the entry up (memory of the isolate, else KV), resume with it.
    Load(Key, Loading),
    /// Answer the browser.
    Done(Box<Reply>),
}

/// The end of a visit.
#[derive(Debug)]
pub struct Reply {
    /// What the browser gets.
    pub content: Content,
    /// Entries to keep, after the answer where the platform can.
    pub save: Vec<Save>,
    /// Lines for the log, one JSON object each ([`Event::to_json`]).
    pub events: Vec<Event>,
}

/// What the browser gets.
#[derive(Debug)]
pub enum Content {
    /// An answer of ours.
    Respond(Response),
    /// A file of the site.
    File(Box<SiteFile>),
}

/// A visit that waits for the provider's answer.
#[derive(Debug)]
pub struct Waiting {}

impl Waiting {
    /// The next step.
    pub fn resume(self, _config: &Config, answer: FetchAnswer) -> Step {
        let _ = answer;
        unreachable_step()
    }
}

/// A visit that waits for an entry.
#[derive(Debug)]
pub struct Loading {}

impl Loading {
    /// The next step.
    pub fn resume(self, _config: &Config, answer: LoadAnswer) -> Step {
        let _ = answer;
        unreachable_step()
    }
}

fn unreachable_step() -> Step {
    Step::Done(Box::new(Reply {
        content: Content::Respond(Response::new(503)),
        save: Vec::new(),
        events: Vec::new(),
    }))
}
