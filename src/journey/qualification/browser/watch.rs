//! Decides what is remembered of the events of a tab: whether it still loads, where it was sent, and what a page tries
//! that no visitor asked for.

use super::Trouble;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// What one page may load in bytes, once decompressed, with all it asks for.
const BYTES_LIMIT: u64 = 48 * 1024 * 1024;
/// Entries kept of anything that a page can repeat for ever.
const KEPT: usize = 100;
/// How long nothing may happen before a page counts as settled.
const QUIET: Duration = Duration::from_millis(150);
/// The same once the page has asked for another: a busy machine takes its time to begin.
const COMING: Duration = Duration::from_secs(2);
/// How long a loaded page is waited for while it goes on asking for things.
const CHATTER: Duration = Duration::from_millis(1500);

/// One document that was asked for on the way to a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// `GET` or `POST`.
    pub method: String,
    /// Its address, with all that a query holds: it may hold a code or a token, and is not for printing as it is.
    pub url: String,
    /// The status of the answer, if one came.
    pub status: Option<u16>,
    /// The fields of the answer, names in lower case, without its cookies.
    pub headers: BTreeMap<String, String>,
}

/// What a page tried that no visitor asked for; all of it was refused.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tried {
    /// Addresses for which a new window or tab was opened: by a script, or by a link that was followed.
    pub windows: Vec<String>,
    /// Kinds of boxes shown over the page: `alert`, `confirm`, `prompt`, `beforeunload`.
    pub dialogs: Vec<String>,
    /// Addresses of files that were to be kept.
    pub downloads: Vec<String>,
}

#[derive(Default)]
struct State {
    loading: bool,
    /// Another page was asked for, and does not load yet.
    coming: bool,
    stopped: Option<Instant>,
    last: Option<Instant>,
    busy: HashSet<String>,
    bytes: u64,
    hops: Vec<Hop>,
    tried: Tried,
    lost: bool,
}

/// The memory of one tab.
pub(super) struct Watch {
    /// Its main frame, which has the name of its target.
    frame: String,
    state: Mutex<State>,
    changed: Notify,
}

impl Watch {
    pub(super) fn new(frame: &str) -> Self {
        Self { frame: frame.to_owned(), state: Mutex::default(), changed: Notify::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets the way so far: what follows belongs to the next page, which is on its way if `loading`.
    pub(super) fn begin(&self, loading: bool) {
        let mut state = self.state();
        let tried = std::mem::take(&mut state.tried);
        *state = State { tried, lost: state.lost, loading, last: Some(Instant::now()), ..State::default() };
    }

    /// The page stayed: only its place in it changed.
    pub(super) fn stays(&self) {
        self.state().loading = false;
    }

    /// Quiet is counted from now.
    pub(super) fn touch(&self) {
        self.state().last = Some(Instant::now());
    }

    /// The tab or its browser has ended.
    pub(super) fn lost(&self) {
        self.state().lost = true;
        self.changed.notify_waiters();
    }

    /// The documents asked for since [`Self::begin`].
    pub(super) fn hops(&self) -> Vec<Hop> {
        self.state().hops.clone()
    }

    /// What was tried since the tab opened.
    pub(super) fn tried(&self) -> Tried {
        self.state().tried.clone()
    }

    /// Waits until the page is there and calm, at most until `deadline`; whether it came to that.
    pub(super) async fn settle(&self, deadline: Instant) -> Result<bool, Trouble> {
        loop {
            let changed = self.changed.notified();
            let now = Instant::now();
            let until = {
                let state = self.state();
                if state.lost {
                    return Err(Trouble::Crashed);
                }
                if state.bytes > BYTES_LIMIT {
                    return Err(Trouble::TooLarge);
                }
                let quiet = state.last.unwrap_or(now) + if state.coming { COMING } else { QUIET };
                let enough = state.stopped.or(state.last).unwrap_or(now) + CHATTER;
                match (state.loading, state.busy.is_empty()) {
                    (true, _) => deadline,
                    (false, true) => quiet,
                    (false, false) => enough,
                }
            };
            if now >= deadline {
                return Ok(false);
            }
            if now >= until {
                return Ok(true);
            }
            // Woken by the next event, or when there was none for long enough.
            let _ = tokio::time::timeout_at(until.min(deadline), changed).await;
        }
    }

    /// Takes note of an event; what is to be told to the browser at once.
    pub(super) fn event(&self, method: &str, params: &Value) -> Option<(&'static str, Value)> {
        let of = |name: &str| params.pointer(name).and_then(Value::as_str).unwrap_or_default();
        let main = of("/frameId") == self.frame;
        let mut state = self.state();
        let mut answer = None;
        match method {
            "Page.frameStartedLoading" if main => (state.loading, state.coming) = (true, false),
            "Page.frameStoppedLoading" if main => {
                state.loading = false;
                state.stopped = Some(Instant::now());
            }
            // A click that is about to lead somewhere: not calm yet.
            "Page.frameRequestedNavigation" if main => {
                state.coming = !state.loading && of("/disposition") == "currentTab";
            }
            "Page.navigatedWithinDocument" if main => state.coming = false,
            "Network.requestWillBeSent" => {
                if state.busy.len() < KEPT * KEPT {
                    state.busy.insert(of("/requestId").to_owned());
                }
                if main && of("/type") == "Document" {
                    state.answered(params.get("redirectResponse"));
                    state.asked(of("/request/method"), of("/request/url"));
                }
            }
            "Network.responseReceived" if main && of("/type") == "Document" => {
                state.answered(params.get("response"));
            }
            "Network.loadingFinished" | "Network.loadingFailed" => {
                state.busy.remove(of("/requestId"));
            }
            "Network.dataReceived" => {
                state.bytes += params.get("dataLength").and_then(Value::as_u64).unwrap_or(0);
                if state.bytes > BYTES_LIMIT {
                    answer = Some(("Page.stopLoading", json!({})));
                }
            }
            "Page.windowOpen" => keep(&mut state.tried.windows, of("/url")),
            "Page.downloadWillBegin" => keep(&mut state.tried.downloads, of("/url")),
            "Page.javascriptDialogOpening" => {
                let kind = of("/type");
                keep(&mut state.tried.dialogs, kind);
                // Refused, but for the one that asks whether to leave the page.
                answer = Some(("Page.handleJavaScriptDialog", json!({ "accept": kind == "beforeunload" })));
            }
            "Inspector.targetCrashed" | "Inspector.detached" => state.lost = true,
            _ => return None,
        }
        state.last = Some(Instant::now());
        drop(state);
        self.changed.notify_waiters();
        answer
    }
}

impl State {
    fn asked(&mut self, method: &str, url: &str) {
        if self.hops.len() < KEPT {
            self.hops.push(Hop {
                method: method.to_owned(),
                url: url.to_owned(),
                status: None,
                headers: BTreeMap::new(),
            });
        }
    }

    fn answered(&mut self, response: Option<&Value>) {
        let (Some(response), Some(hop)) = (response, self.hops.last_mut()) else { return };
        hop.status = response.get("status").and_then(Value::as_u64).and_then(|status| status.try_into().ok());
        let headers = response.get("headers").and_then(Value::as_object).into_iter().flatten();
        hop.headers = headers
            .filter(|(name, _)| !name.eq_ignore_ascii_case("set-cookie"))
            .filter_map(|(name, value)| Some((name.to_ascii_lowercase(), value.as_str()?.to_owned())))
            .collect();
    }
}

fn keep(list: &mut Vec<String>, entry: &str) {
    if list.len() < KEPT {
        list.push(entry.chars().take(2000).collect());
    }
}
