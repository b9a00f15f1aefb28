//! Decides how an emulator behaves toward somebody: honestly and at once, or with a fault, late, not at all, by
//! another clock.

mod api;
pub(super) mod login;
mod panel;
mod toward;

pub(super) use toward::Behaviours;

use super::{Endpoint, Fault};
use serde_json::{Map, Value, json};
use std::time::Duration;

/// Longest delay of an answer.
const LONGEST_DELAY: Duration = Duration::from_secs(60);
/// Furthest that the clock may be wrong, in seconds: a year.
const FURTHEST_CLOCK: i64 = 366 * 24 * 3600;

/// Most things that are said to be wrong with one text.
const MOST_ERRORS: usize = 20;
/// Most characters of a stranger's name that are said again.
const LONGEST_NAME: usize = 64;

/// How an emulator behaves; honestly by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Behaviour {
    /// The lie it tells.
    pub fault: Option<Fault>,
    /// How late every answer comes.
    pub latency: Duration,
    /// The endpoints that answer 503.
    pub outage: Vec<Endpoint>,
    /// How many seconds ahead of the time its tokens are dated; behind it when negative.
    pub clock_skew: i64,
}

impl Behaviour {
    /// An emulator that tells this lie, or none.
    pub fn lying(fault: Option<Fault>) -> Self {
        Self { fault, ..Self::default() }
    }

    /// Whether nothing is asked.
    pub(super) fn is_honest(&self) -> bool {
        *self == Self::default()
    }

    /// Reads `{"fault": NAME, "latency_ms": N, "outage": [ENDPOINT], "clock_skew_s": N}`, in which nothing must be, or
    /// the bare name of a fault.
    ///
    /// # Errors
    /// Everything that is wrong, in English: this is read by programs.
    pub fn parse(text: &str) -> Result<Self, Vec<String>> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Self::default());
        }
        if !text.starts_with('{') {
            return fault(text).map(|fault| Self::lying(Some(fault))).map_err(|wrong| vec![wrong]);
        }
        match serde_json::from_str(text) {
            Ok(Value::Object(members)) => Self::read(&members),
            _ => Err(vec!["not a JSON object".to_owned()]),
        }
    }

    fn read(members: &Map<String, Value>) -> Result<Self, Vec<String>> {
        let (mut read, mut wrong) = (Self::default(), Vec::new());
        for (name, value) in members {
            match (name.as_str(), value) {
                (_, Value::Null) => {}
                ("fault", Value::String(name)) if name.is_empty() => {}
                ("fault", Value::String(name)) => match fault(name) {
                    Ok(fault) => read.fault = Some(fault),
                    Err(told) => wrong.push(told),
                },
                ("latency_ms", value) => {
                    let latency = value.as_u64().map(Duration::from_millis);
                    match latency.filter(|latency| *latency <= LONGEST_DELAY) {
                        Some(latency) => read.latency = latency,
                        None => wrong.push(format!("latency_ms: must be 0 to {}", LONGEST_DELAY.as_millis())),
                    }
                }
                ("outage", Value::Array(names)) => {
                    for name in names {
                        match name.as_str().and_then(Endpoint::from_name) {
                            Some(endpoint) if read.outage.contains(&endpoint) => {}
                            Some(endpoint) => read.outage.push(endpoint),
                            None => wrong.push(format!("outage: must be a list of {}", endpoints())),
                        }
                    }
                }
                ("clock_skew_s", value) => {
                    let within = |skew: &i64| (-FURTHEST_CLOCK..=FURTHEST_CLOCK).contains(skew);
                    match value.as_i64().filter(within) {
                        Some(skew) => read.clock_skew = skew,
                        None => {
                            wrong.push(format!("clock_skew_s: must be at most {FURTHEST_CLOCK}, of any sign"))
                        }
                    }
                }
                _ => wrong.push(format!(
                    "{}: must be fault (a name), latency_ms, outage (a list of names) or clock_skew_s",
                    name.escape_debug().take(LONGEST_NAME).collect::<String>()
                )),
            }
        }
        wrong.dedup();
        wrong.truncate(MOST_ERRORS);
        if wrong.is_empty() { Ok(read) } else { Err(wrong) }
    }

    /// What [`Behaviour::parse`] reads.
    pub fn to_json(&self) -> Value {
        json!({
            "fault": self.fault.map(Fault::name),
            "latency_ms": u64::try_from(self.latency.as_millis()).unwrap_or(u64::MAX),
            "outage": self.outage.iter().map(|endpoint| endpoint.name()).collect::<Vec<_>>(),
            "clock_skew_s": self.clock_skew,
        })
    }
}

fn fault(name: &str) -> Result<Fault, String> {
    Fault::from_name(name).ok_or_else(|| "fault: no fault has this name; api/faults lists them".to_owned())
}

fn endpoints() -> String {
    Endpoint::NAMED.iter().map(|endpoint| endpoint.name()).collect::<Vec<_>>().join(", ")
}
