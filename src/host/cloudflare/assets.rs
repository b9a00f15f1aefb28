//! Decides how a file of the site is had from the platform's assets, and what of their answer passes.
//!
//! `wrangler.toml` turns off the platform's own rules for indexes, slashes and missing pages: ours are the
//! same on every host. Validators and ranges stay the platform's, which knows its files.

use wasm_bindgen::{JsCast, JsValue};
use worker::Env;

use super::{binding, crossing, stream};
use crate::site::{SiteFile, media_type};
use crate::wire::{Header, Method, params};

/// What of the visitor's request decides how much of a file is sent.
const CONDITIONS: [(Header, &str); 4] = [
    (Header::IfNoneMatch, "if-none-match"),
    (Header::IfModifiedSince, "if-modified-since"),
    (Header::Range, "range"),
    (Header::IfRange, "if-range"),
];

/// What of the platform's answer is passed on. Nothing else: a `_headers` file could set cookies or open a
/// private page to other sites.
const PASSED: [&str; 6] =
    ["etag", "last-modified", "content-length", "content-range", "accept-ranges", "content-encoding"];

thread_local! {
    static NAMES: js_sys::Array = crossing::names(PASSED);
}

/// Longest `404.html` that is read.
const NOT_FOUND_PAGE: usize = 1024 * 1024;

/// The answer for `file`.
pub(super) async fn send(env: &Env, file: &SiteFile) -> Result<web_sys::Response, JsValue> {
    // A site without assets has no files; its login works all the same.
    let Some(assets) = binding::named(env, "ASSETS") else { return super::send(&file.not_found()) };
    let conditions = conditions(file)?;
    for name in file.candidates() {
        if let Some(found) = fetch(&assets, &name, file.method(), conditions.as_ref()).await? {
            return found_file(file, &name, &found);
        }
    }
    if let Some(index) = file.index()
        && fetch(&assets, &index, Method::Head, None).await?.is_some()
    {
        return super::send(&file.add_slash());
    }
    let mut missing = file.not_found();
    if file.method() == Method::Get
        && let Some(page) = fetch(&assets, "404.html", Method::Get, None).await?
        && let Some(page) = stream::read(page.body(), NOT_FOUND_PAGE).await?
    {
        missing.body = page;
    }
    super::send(&missing)
}

/// The visitor's conditions, if there are any.
fn conditions(file: &SiteFile) -> Result<Option<web_sys::Headers>, JsValue> {
    let mut headers = None;
    for (header, name) in CONDITIONS {
        if let Some(value) = file.request_header(header) {
            let headers = match &mut headers {
                Some(headers) => headers,
                none => none.insert(web_sys::Headers::new()?),
            };
            headers.set(name, value)?;
        }
    }
    Ok(headers)
}

/// The platform's answer for the file `name`, whose segments are decoded; nothing where it has no such file.
async fn fetch(
    assets: &JsValue,
    name: &str,
    method: Method,
    conditions: Option<&web_sys::Headers>,
) -> Result<Option<web_sys::Response>, JsValue> {
    let path: Vec<String> = name.split('/').map(params::encode_segment).collect();
    // The binding looks at the path only.
    let url = format!("https://site.invalid/{}", path.join("/"));
    let init = web_sys::RequestInit::new();
    init.set_redirect(web_sys::RequestRedirect::Manual);
    if method == Method::Head {
        init.set_method("HEAD");
    }
    if let Some(conditions) = conditions {
        init.set_headers(conditions);
    }
    let found = binding::call(assets, "fetch", &[&url.into(), &init]).await?;
    let found: web_sys::Response = found.dyn_into()?;
    // A redirect would be a rule of the platform's, a file beside the pages: the gate decides alone.
    Ok(matches!(found.status(), 200 | 206 | 304 | 416).then_some(found))
}

/// The platform's answer with the core's headers in the place of its own, its body untouched.
fn found_file(file: &SiteFile, name: &str, found: &web_sys::Response) -> Result<web_sys::Response, JsValue> {
    let status = found.status();
    let passed = NAMES.with(|names| crossing::read(&found.headers(), names))?;
    let ours = file.headers();
    let content_type = matches!(status, 200 | 206).then(|| ("content-type", media_type(name)));
    let passed =
        PASSED.iter().copied().zip(&passed).filter_map(|(name, value)| Some((name, value.as_deref()?)));
    let ours = ours.iter().map(|(name, value)| (*name, value.as_str()));
    let init = crossing::init(status, passed.chain(content_type).chain(ours))?;
    web_sys::Response::new_with_opt_readable_stream_and_init(found.body().as_ref(), &init)
}
