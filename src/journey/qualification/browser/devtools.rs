//! Decides how a Chromium is spoken to: the DevTools protocol over two pipes (`--remote-debugging-pipe`), a message
//! ended by a zero byte.
//!
//! No port is opened that a page under test, or another user of the machine, could find; and a browser whose pipes are
//! closed ends by itself, whatever became of this program.

use super::Trouble;
use super::watch::Watch;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::{mpsc, oneshot};

/// Longest message that is read, in bytes: a picture of a page fits ten times.
const MESSAGE_LIMIT: usize = 64 * 1024 * 1024;

/// A connection to one browser; its copies speak over the same pipes.
#[derive(Clone)]
pub(super) struct Devtools(Arc<Shared>);

struct Shared {
    outbox: mpsc::UnboundedSender<Vec<u8>>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    last: u64,
    /// The browser has ended.
    gone: bool,
    waiting: HashMap<u64, oneshot::Sender<Value>>,
    /// Tabs by their session.
    tabs: HashMap<String, Arc<Watch>>,
    /// Contexts that are looked at, each with its only tab, once that is known.
    contexts: HashMap<String, Option<String>>,
}

impl Devtools {
    /// Speaks over these pipes until one of them ends.
    pub(super) fn new(
        to: impl AsyncWrite + Send + Unpin + 'static,
        from: impl AsyncRead + Send + Unpin + 'static,
    ) -> Self {
        let (outbox, messages) = mpsc::unbounded_channel();
        let devtools = Self(Arc::new(Shared { outbox, state: Mutex::default() }));
        tokio::spawn(write(to, messages));
        tokio::spawn(read(from, devtools.clone()));
        devtools
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The browser has ended.
    pub(super) fn gone(&self) -> bool {
        self.state().gone
    }

    /// What `method` answers within `limit`; without a session it is asked of the browser itself.
    pub(super) async fn call(
        &self,
        session: Option<&str>,
        method: &str,
        params: Value,
        limit: Duration,
    ) -> Result<Value, Trouble> {
        let (answer, answered) = oneshot::channel();
        let id = self.send(session, method, &params, Some(answer))?;
        let answer = tokio::time::timeout(limit, answered).await;
        self.state().waiting.remove(&id);
        let mut answer = answer.map_err(|_| Trouble::Late)?.map_err(|_| Trouble::Gone)?;
        match answer.get("error").and_then(|error| error.get("message")).and_then(Value::as_str) {
            Some(message) => Err(Trouble::Refused(message.to_owned())),
            None => Ok(answer.get_mut("result").map_or(Value::Null, Value::take)),
        }
    }

    /// Asks for `method` without waiting for its answer.
    pub(super) fn tell(&self, session: Option<&str>, method: &str, params: &Value) {
        // A browser that has ended needs to be told nothing.
        let _ = self.send(session, method, params, None);
    }

    fn send(
        &self,
        session: Option<&str>,
        method: &str,
        params: &Value,
        answer: Option<oneshot::Sender<Value>>,
    ) -> Result<u64, Trouble> {
        let mut state = self.state();
        if state.gone {
            return Err(Trouble::Gone);
        }
        state.last += 1;
        let id = state.last;
        let mut message = json!({ "id": id, "method": method, "params": params });
        if let (Some(session), Some(message)) = (session, message.as_object_mut()) {
            message.insert("sessionId".to_owned(), session.into());
        }
        let mut message = message.to_string().into_bytes();
        message.push(0);
        if let Some(answer) = answer {
            state.waiting.insert(id, answer);
        }
        self.0.outbox.send(message).map_err(|_| Trouble::Gone)?;
        Ok(id)
    }

    /// From now on any page of this context but its first is closed as soon as it opens.
    pub(super) fn keep_to_one_tab(&self, context: &str) {
        self.state().contexts.insert(context.to_owned(), None);
    }

    /// From now on what happens in this session is told to `watch`.
    pub(super) fn follow(&self, session: &str, watch: Arc<Watch>) {
        self.state().tabs.insert(session.to_owned(), watch);
    }

    /// The end of a context and of all that is in it.
    pub(super) fn dispose(&self, context: &str, session: &str) {
        self.state().tabs.remove(session);
        self.state().contexts.remove(context);
        self.tell(None, "Target.disposeBrowserContext", &json!({ "browserContextId": context }));
    }

    fn receive(&self, mut message: Value) {
        if let Some(id) = message.get("id").and_then(Value::as_u64) {
            let waiting = self.state().waiting.remove(&id);
            if let Some(waiting) = waiting {
                // Who asked may have stopped waiting.
                let _ = waiting.send(message);
            }
            return;
        }
        let params = message.get_mut("params").map_or(Value::Null, Value::take);
        let method = message.get("method").and_then(Value::as_str).unwrap_or_default();
        if method == "Target.targetCreated" {
            return self.opened(&params);
        }
        let Some(session) = message.get("sessionId").and_then(Value::as_str) else { return };
        let tab = self.state().tabs.get(session).cloned();
        if let Some((method, params)) = tab.and_then(|tab| tab.event(method, &params)) {
            self.tell(Some(session), method, &params);
        }
    }

    fn opened(&self, params: &Value) {
        let of = |name: &str| params.pointer(&format!("/targetInfo/{name}")).and_then(Value::as_str);
        let (Some("page" | "tab"), Some(target), Some(context)) =
            (of("type"), of("targetId"), of("browserContextId"))
        else {
            return;
        };
        let stranger = match self.state().contexts.get_mut(context) {
            Some(first) => first.get_or_insert_with(|| target.to_owned()) != target,
            None => false,
        };
        if stranger {
            self.tell(None, "Target.closeTarget", &json!({ "targetId": target }));
        }
    }

    fn end(&self) {
        let mut state = self.state();
        state.gone = true;
        state.waiting.clear();
        state.tabs.drain().for_each(|(_, tab)| tab.lost());
    }
}

async fn write(mut to: impl AsyncWrite + Unpin, mut messages: mpsc::UnboundedReceiver<Vec<u8>>) {
    while let Some(message) = messages.recv().await {
        if to.write_all(&message).await.is_err() || to.flush().await.is_err() {
            return;
        }
    }
}

async fn read(mut from: impl AsyncRead + Unpin, devtools: Devtools) {
    let mut pending = Vec::new();
    let mut piece = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut piece).await {
        for part in piece.get(..length).unwrap_or_default().split_inclusive(|byte| *byte == 0) {
            pending.extend_from_slice(part);
            if pending.last() == Some(&0) {
                pending.pop();
                if let Ok(message) = serde_json::from_slice(&pending) {
                    devtools.receive(message);
                }
                pending.clear();
            }
        }
        if pending.len() > MESSAGE_LIMIT {
            break;
        }
    }
    devtools.end();
}
