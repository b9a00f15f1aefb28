//! Decides how the provider is called: redirects stay answers, nothing cached, a limit of time and of bytes.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use worker::console_error;

use super::{stream, text};
use crate::host::log::trouble;
use crate::oidc::{Call, CallMethod, Fetched, Unreachable};
use crate::web::RequestId;

/// Sends `call` and reads the whole answer.
pub(super) async fn exchange(call: &Call, request: RequestId) -> Result<Fetched, Unreachable> {
    // Covers the body too: its stream fails when the signal fires.
    let signal = web_sys::AbortSignal::timeout_with_u32(Call::TIMEOUT_MS as u32);
    match attempt(call, &signal).await {
        Ok(Some(fetched)) => Ok(fetched),
        Ok(None) => Err(Unreachable::TooLarge),
        Err(_) if signal.aborted() => Err(Unreachable::Timeout),
        Err(error) => {
            console_error!(
                "{}",
                trouble(request, "host.fetch", "the provider cannot be reached", &text(&error))
            );
            Err(Unreachable::Network)
        }
    }
}

async fn attempt(call: &Call, signal: &web_sys::AbortSignal) -> Result<Option<Fetched>, JsValue> {
    let headers = web_sys::Headers::new()?;
    for (name, value) in call.headers() {
        headers.append(name, value)?;
    }
    let init = web_sys::RequestInit::new();
    init.set_headers(&headers);
    init.set_redirect(web_sys::RequestRedirect::Manual);
    init.set_cache(web_sys::RequestCache::NoStore);
    init.set_signal(Some(signal));
    match call.method() {
        CallMethod::Get => init.set_method("GET"),
        CallMethod::Post => {
            init.set_method("POST");
            init.set_body(&call.body().into());
        }
    }
    // A request first: an address that the runtime refuses is an error here and an exception in `fetch`.
    let request = web_sys::Request::new_with_str_and_init(call.url(), &init)?;
    let scope: web_sys::WorkerGlobalScope = js_sys::global().unchecked_into();
    let start = js_sys::Date::now();
    let response: web_sys::Response = JsFuture::from(scope.fetch_with_request(&request)).await?.dyn_into()?;
    let content_type = response.headers().get("content-type")?;
    let body = stream::read(response.body(), Call::MAX_BYTES).await?;
    let date = response.headers().get("date")?.and_then(|date| Fetched::date(&date));
    let took = Some((js_sys::Date::now() - start) as u32);
    Ok(body.map(|body| Fetched { status: response.status(), content_type, body, date, took }))
}
