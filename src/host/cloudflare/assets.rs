//! Decides how a file of the site is had from the platform's assets, and what of their answer passes.
//!
//! `wrangler.toml` turns off the platform's own rules for indexes, slashes and missing pages: ours are the
//! same on every host. Validators and ranges stay the platform's, which knows its files.

use wasm_bindgen::JsValue;
use worker::{Env, Fetcher, RequestInit, RequestRedirect, ResponseBody};

use crate::site::{SiteFile, media_type};
use crate::wire::{Header, Method, params};

/// What of the visitor's request decides how much of a file is sent.
const CONDITIONS: [(Header, &str); 4] = [
    (Header::IfNoneMatch, "if-none-match"),
    (Header::IfModifiedSince, "if-modified-since"),
    (Header::Range, "range"),
    (Header::IfRange, "if-range"),
];

/// The answer for `file`.
pub(super) async fn send(env: &Env, file: &SiteFile) -> Result<web_sys::Response, JsValue> {
    // A site without assets has no files; its login works all the same.
    let Ok(assets) = env.assets("ASSETS") else { return super::send(&file.not_found()) };
    let conditions = conditions(file)?;
    for name in file.candidates() {
        if let Some(found) = fetch(&assets, &name, file.method(), Some(&conditions)).await? {
            return found_file(file, &name, found);
        }
    }
    if let Some(index) = file.index()
        && fetch(&assets, &index, Method::Head, None).await?.is_some()
    {
        return super::send(&file.add_slash());
    }
    let mut missing = file.not_found();
    if file.method() == Method::Get
        && let Some(mut page) = fetch(&assets, "404.html", Method::Get, None).await?
    {
        missing.body = page.bytes().await.map_err(|error| JsValue::from(error.to_string()))?;
    }
    super::send(&missing)
}

fn conditions(file: &SiteFile) -> Result<web_sys::Headers, JsValue> {
    let headers = web_sys::Headers::new()?;
    for (header, name) in CONDITIONS {
        if let Some(value) = file.request_header(header) {
            headers.set(name, value)?;
        }
    }
    Ok(headers)
}

/// The platform's answer for the file `name`, whose segments are decoded; nothing where it has no such file.
async fn fetch(
    assets: &Fetcher,
    name: &str,
    method: Method,
    conditions: Option<&web_sys::Headers>,
) -> Result<Option<worker::Response>, JsValue> {
    let path: Vec<String> = name.split('/').map(params::encode).collect();
    let mut init = RequestInit::new();
    init.with_redirect(RequestRedirect::Manual);
    if method == Method::Head {
        init.with_method(worker::Method::Head);
    }
    if let Some(conditions) = conditions {
        init.with_headers(worker::Headers(conditions.clone()));
    }
    // The binding looks at the path only.
    let found = assets.fetch(format!("https://site.invalid/{}", path.join("/")), Some(init)).await;
    let found = found.map_err(|error| JsValue::from(error.to_string()))?;
    Ok((found.status_code() != 404).then_some(found))
}

/// The platform's answer with the core's headers in the place of its own, its body untouched.
fn found_file(file: &SiteFile, name: &str, found: worker::Response) -> Result<web_sys::Response, JsValue> {
    let status = found.status_code();
    // A copy, for those of an asset cannot be changed.
    let headers = web_sys::Headers::new_with_headers(&found.headers().0)?;
    // Tells how the platform stored the file, which of a private page would be misread.
    headers.delete("cf-cache-status")?;
    if matches!(status, 200 | 206) {
        headers.set("content-type", media_type(name))?;
    }
    for (name, value) in file.headers() {
        match name {
            "set-cookie" => headers.append(name, &value)?,
            _ => headers.set(name, &value)?,
        }
    }
    let init = web_sys::ResponseInit::new();
    init.set_status(status);
    init.set_headers(&headers);
    let body = match found.body() {
        ResponseBody::Stream(stream) => Some(stream),
        _ => None,
    };
    web_sys::Response::new_with_opt_readable_stream_and_init(body, &init)
}
