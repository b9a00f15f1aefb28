//! Decides how one visit is found again: a name of its own, in its log lines, its answer and its error pages.

use std::num::NonZeroU64;

use crate::secret::Chance;
use crate::web::{Content, Reply};
use crate::wire::Response;

/// Where an error page shows the name. Escaped text holds no `<`, so nobody else can have written this.
pub(super) const MARK: &str = "<!--request-->";

/// The name of a visit: 16 hexadecimal digits by chance, which tell nothing of who came. What a visitor sends under
/// such a name is not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RequestId(Option<NonZeroU64>);

impl RequestId {
    pub(super) fn draw(chance: &mut Chance) -> Self {
        Self(NonZeroU64::new(u64::from_be_bytes(chance.bytes())))
    }

    /// The digits; nothing for a visit that the core never saw.
    pub fn text(self) -> Option<String> {
        self.0.map(|id| format!("{id:016x}"))
    }
}

impl Reply {
    /// One JSON object for each event.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        self.events.iter().map(|event| event.line(self.request, &self.service))
    }

    pub(super) fn name(&mut self, request: RequestId, service: &str) {
        self.request = request;
        service.clone_into(&mut self.service);
        if let (Content::Respond(response), Some(text)) = (&mut self.content, request.text()) {
            show(response, text);
        }
    }
}

/// What caches may hand to others belongs to no visit.
fn show(response: &mut Response, text: String) {
    if response.get("cache-control").is_some_and(|policy| policy.starts_with("public")) {
        return;
    }
    if let Some(at) = response.body.windows(MARK.len()).position(|bytes| bytes == MARK.as_bytes()) {
        response.body.splice(at..at + MARK.len(), format!("<code>{text}</code>").into_bytes());
    }
    response.headers.push(("x-request-id", text));
}
