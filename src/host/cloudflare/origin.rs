//! Decides how a request is passed on to the origin: both bodies stay streams of the runtime, redirects stay answers.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use js_sys::{JSON, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use worker::{Delay, Env, console_error};

use super::{binding, crossing, now, text};
use crate::host::log::trouble;
use crate::site::{Forward, Upstream};
use crate::web::{OriginFault, RequestId};

/// How much longer an answer may take to a request with a body: nobody tells when its last byte was sent.
const WITH_BODY: u64 = 10;

/// The origin's answer, its body still to come. `given` is the visitor's request.
pub(super) async fn exchange(
    env: &Env,
    forward: &Forward,
    given: &web_sys::Request,
    visit: RequestId,
) -> Result<web_sys::Response, OriginFault> {
    let service = match forward.upstream() {
        Upstream::Url(_) => None,
        Upstream::Service(name) => Some(binding::named(env, name).ok_or(OriginFault::Unsupported)?),
    };
    let fault = |error: JsValue| {
        console_error!("{}", trouble(visit, "host.origin", "the origin cannot be reached", &text(&error)));
        OriginFault::Unreachable
    };
    let abort = web_sys::AbortController::new().map_err(fault)?;
    let request = request(forward, given, &abort.signal()).map_err(fault)?;
    let factor = if request.body().is_some() { WITH_BODY } else { 1 };
    let patience = Duration::from_millis(Forward::PATIENCE_MS * factor);
    let Some(answer) = within(patience, send(service.as_ref(), &request)).await else {
        abort.abort();
        return Err(OriginFault::Timeout);
    };
    answer.and_then(|answer| passed_on(forward, &answer)).map_err(fault)
}

fn request(
    forward: &Forward,
    given: &web_sys::Request,
    signal: &web_sys::AbortSignal,
) -> Result<web_sys::Request, JsValue> {
    let headers = crossing::all(&given.headers());
    let mut headers = forward.request_headers(crossing::pairs(&headers));
    // The runtime knows the length of the stream it is given.
    headers.retain(|(name, _)| name != "content-length");
    if forward.is_websocket() {
        headers.push(("upgrade".to_owned(), "websocket".to_owned()));
    }
    let init = serde_json::json!({
        "method": given.method(),
        "headers": crossing::lines(crossing::pairs(&headers)),
        "redirect": "manual",
        "cache": "no-store",
    });
    let init: web_sys::RequestInit = JSON::parse(&init.to_string())?.unchecked_into();
    init.set_signal(Some(signal));
    // A GET has no body for this runtime.
    if !forward.request().method.is_read()
        && let Some(body) = given.body()
    {
        init.set_body(&body);
    }
    web_sys::Request::new_with_str_and_init(&forward.url(), &init)
}

async fn send(service: Option<&JsValue>, request: &web_sys::Request) -> Result<web_sys::Response, JsValue> {
    let answer = match service {
        Some(service) => binding::call(service, "fetch", &[request]).await?,
        None => {
            let scope: web_sys::WorkerGlobalScope = js_sys::global().unchecked_into();
            JsFuture::from(scope.fetch_with_request(request)).await?
        }
    };
    answer.dyn_into()
}

fn passed_on(forward: &Forward, answer: &web_sys::Response) -> Result<web_sys::Response, JsValue> {
    let given = crossing::all(&answer.headers());
    let headers = forward.response_headers(crossing::pairs(&given), now());
    let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let init = crossing::init(answer.status(), headers)?;
    if answer.status() == 101 {
        let socket = Reflect::get(answer, &"webSocket".into())?;
        Reflect::set(&init, &"webSocket".into(), &socket)?;
    }
    web_sys::Response::new_with_opt_readable_stream_and_init(answer.body().as_ref(), &init)
}

/// What `work` comes to, or nothing when `limit` has passed.
async fn within<T>(limit: Duration, work: impl Future<Output = T>) -> Option<T> {
    let (mut work, mut end) = (pin!(work), pin!(Delay::from(limit)));
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending => end.as_mut().poll(context).map(|()| None),
    })
    .await
}
