//! Decides how the logins are told to programs.

use super::{Exchange, Note, Record, Verdict};
use serde_json::{Map, Value, json};

impl Verdict {
    /// The verdict's stable name.
    pub(in crate::emulator) fn name(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Believed => "believed",
            Self::TooStrict => "too_strict",
            Self::Unseen => "unseen",
            Self::NotReached => "not_reached",
        }
    }
}

impl Record {
    /// The login in a line.
    pub(in crate::emulator) fn summary(&self) -> Map<String, Value> {
        let (started, exchanges) = (self.started.unix(), &self.exchanges);
        let notes = exchanges.iter().flat_map(|exchange| &exchange.notes);
        [
            ("number", json!(self.number)),
            ("started", json!(started)),
            ("client_id", json!(self.client_id)),
            ("fault", json!(self.behaviour.fault.map(|fault| fault.name()))),
            ("verdict", json!(self.verdict().map(Verdict::name))),
            ("wrong", json!(notes.filter(|note| note.wrong).count())),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect()
    }

    /// The login with all of its exchanges.
    pub(in crate::emulator) fn to_json(&self) -> Value {
        let mut whole = self.summary();
        whole.insert("behaviour".to_owned(), self.behaviour.to_json());
        whole.insert("exchanges".to_owned(), self.exchanges.iter().map(Exchange::to_json).collect());
        Value::Object(whole)
    }
}

impl Exchange {
    fn to_json(&self) -> Value {
        json!({
            "at": self.at.unix(),
            "from": if self.browser { "browser" } else { "service" },
            "endpoint": self.endpoint.name(),
            "method": self.method,
            "path": self.path,
            "parameters": self.params,
            "status": self.status,
            "code": Some(&self.code).filter(|code| !code.is_empty()),
            "location": self.location,
            "answer": self.answer(),
            "tokens": self.tokens().iter().map(super::tokens::Shown::to_json).collect::<Vec<_>>(),
            "notes": self.notes.iter().map(Note::to_json).collect::<Vec<_>>(),
        })
    }
}

impl Note {
    fn to_json(&self) -> Value {
        json!({ "wrong": self.wrong, "fr": self.fr, "en": self.en })
    }
}
