//! Decides what is measured for whoever watches (`serve --metrics`), in the text format of Prometheus: codes, sites,
//! statuses and seconds, on a listener of its own that the site's visitors do not reach.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::future::Future;
use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;

use crate::host::counters;

/// Upper bounds in seconds of the calls that are counted apart.
const BOUNDS: [f64; 8] = [0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Requests of one site that were answered with one class of status.
static REQUESTS: Mutex<BTreeMap<(String, &'static str), u64>> = Mutex::new(BTreeMap::new());
static CALLS: Mutex<Calls> = Mutex::new(Calls { within: [0; BOUNDS.len()], count: 0, seconds: 0.0 });

struct Calls {
    /// Calls that took no longer than each bound.
    within: [u64; BOUNDS.len()],
    count: u64,
    seconds: f64,
}

/// Notes an answer.
pub(super) fn answered(service: &str, status: u16) {
    let outcome = match status {
        ..400 => "ok",
        400..500 => "refused",
        _ => "failed",
    };
    let mut requests = REQUESTS.lock().unwrap_or_else(PoisonError::into_inner);
    let times = requests.entry((service.to_owned(), outcome)).or_default();
    *times = times.saturating_add(1);
}

/// Notes a call to a provider, whatever came of it.
pub(super) fn called(took: Duration) {
    let seconds = took.as_secs_f64();
    let mut calls = CALLS.lock().unwrap_or_else(PoisonError::into_inner);
    for (times, bound) in calls.within.iter_mut().zip(BOUNDS) {
        *times += u64::from(seconds <= bound);
    }
    calls.count += 1;
    calls.seconds += seconds;
}

/// Serves `/metrics` until `shutdown` ends.
///
/// # Errors
/// Those of the operating system when the listener is unusable.
pub async fn serve(
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let kind = [("content-type", "text/plain; version=0.0.4; charset=utf-8"), ("cache-control", "no-store")];
    let router = Router::new().route("/metrics", get(move || async move { (kind, text()) }));
    axum::serve(listener, router).with_graceful_shutdown(shutdown).await
}

fn text() -> String {
    let mut text = String::new();
    head(&mut text, "events_total", "counter", "Events by their codes, as in the log.");
    for (service, code, times) in counters::all() {
        let service = label(&service);
        let _ = writeln!(text, "{NAME}_events_total{{service=\"{service}\",code=\"{code}\"}} {times}");
    }
    head(&mut text, "requests_total", "counter", "Requests: ok below status 400, refused below 500, failed.");
    for ((service, outcome), times) in REQUESTS.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        let service = label(service);
        let _ =
            writeln!(text, "{NAME}_requests_total{{service=\"{service}\",outcome=\"{outcome}\"}} {times}");
    }
    head(&mut text, "provider_seconds", "histogram", "Calls to the providers, from start to last byte.");
    let calls = CALLS.lock().unwrap_or_else(PoisonError::into_inner);
    for (bound, times) in BOUNDS.iter().zip(calls.within) {
        let _ = writeln!(text, "{NAME}_provider_seconds_bucket{{le=\"{bound}\"}} {times}");
    }
    let Calls { count, seconds, .. } = &*calls;
    let _ = writeln!(text, "{NAME}_provider_seconds_bucket{{le=\"+Inf\"}} {count}");
    let _ = writeln!(text, "{NAME}_provider_seconds_sum {seconds}\n{NAME}_provider_seconds_count {count}");
    text
}

/// What every name begins with.
const NAME: &str = "franceconnect_edge";

fn head(text: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(text, "# HELP {NAME}_{name} {help}\n# TYPE {NAME}_{name} {kind}");
}

/// A configured name as the value of a label.
fn label(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
