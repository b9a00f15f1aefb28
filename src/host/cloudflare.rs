//! Cloudflare Workers: decides how a visit is read there, its steps performed, and its reply sent.
//!
//! `web_sys` instead of the types of the crate `worker`: its conversions from requests and to responses cost
//! more CPU than a whole page of ours, and panic where the runtime refuses a value.

use std::sync::{Arc, OnceLock};

use wasm_bindgen::{JsCast, JsValue};
use worker::{Context, Env, console_error, console_log, console_warn, event};

use super::counters;
use super::knowledge::Knowledge;
use super::log::trouble;
use super::refusal;
use crate::config::{At, Config, Current, Deployed, Deployment};
use crate::oidc::FetchAnswer;
use crate::session::{ListAnswer, LoadAnswer, StoreAnswer};
use crate::time::Timestamp;
use crate::web::{self, Content, Reply, RequestId, Severity, Step, Visit};
use crate::wire::{Header, Headers, Method, Request, Response, TARGET_LIMIT};

mod analytics;
mod assets;
mod binding;
mod crossing;
mod origin;
mod outbound;
mod store;
mod stream;

thread_local! {
    /// A constant that only JavaScript can hold: the names of the headers that the core reads.
    static NAMES: js_sys::Array = crossing::names(Header::ALL.iter().map(|(_, name)| *name));
}

static KNOWLEDGE: Knowledge = Knowledge::new();

static DEPLOYED: OnceLock<Deployed> = OnceLock::new();

#[event(fetch)]
async fn fetch(request: web_sys::Request, env: Env, context: Context) -> worker::Result<web_sys::Response> {
    let answer = serve(&request, &env, &context).await;
    // Only if the runtime refuses even that page does it answer a bare 500.
    Ok(answer.or_else(|error| failed(RequestId::default(), &error))?)
}

fn failed(visit: RequestId, error: &JsValue) -> Result<web_sys::Response, JsValue> {
    console_error!("{}", trouble(visit, "host.failed", "the visit could not be served", &text(error)));
    send(&web::host_failed())
}

async fn serve(
    request: &web_sys::Request,
    env: &Env,
    context: &Context,
) -> Result<web_sys::Response, JsValue> {
    let url = request.url();
    let target = target(&url);
    if target.len() > TARGET_LIMIT {
        return send(&refusal::address_too_long());
    }
    let mut given = NAMES.with(|names| crossing::read(&request.headers(), names))?.into_iter();
    // In the order of the names, which is the order in which the core asks.
    let headers = Headers::read(|_| given.next().flatten());
    let mut visitor = Request::new(Method::parse(&request.method()), target, headers);
    let deployment = deployment(env).await;
    let config = match deployment.at(visitor.header(Header::Host)) {
        At::Service(config) => config,
        At::Faulty(faults) => {
            return answer(env, keep(env, context, web::misconfigured(faults, &visitor))).await;
        }
        At::Nowhere => return answer(env, keep(env, context, web::nowhere(&visitor))).await,
    };
    if web::wants_body(config, &visitor) {
        match stream::read(request.body(), Request::BODY_LIMIT).await {
            Ok(Some(body)) => visitor.body = body,
            Ok(None) => return send(&refusal::form_too_large()),
            // A visitor who hung up, or no proper HTTP: nothing an operator could mend.
            Err(_) => return send(&Response::new(400)),
        }
    }
    let reply = perform(config, env, visitor).await?;
    let visit = reply.request;
    let content = keep(env, context, reply);
    let Content::Forward(forward) = content else {
        return answer(env, content).await.or_else(|error| failed(visit, &error));
    };
    match origin::exchange(env, &forward, request, visit).await {
        Ok(response) => Ok(response),
        Err(fault) => {
            answer(env, keep(env, context, web::origin_failed(config, &forward, visit, fault))).await
        }
    }
}

/// Keeps and logs what is to be kept and logged; what is left is to be sent.
fn keep(env: &Env, context: &Context, reply: Reply) -> Content {
    reply.events.iter().zip(reply.lines()).for_each(|(event, line)| log(event.level, &line));
    counters::count(&reply);
    analytics::count(env, &reply);
    reply.save.into_iter().for_each(|entry| store::save(env, context, entry, reply.request));
    reply.content
}

async fn answer(env: &Env, content: Content) -> Result<web_sys::Response, JsValue> {
    match content {
        Content::Respond(response) => send(&response),
        Content::File(file) => assets::send(env, &file).await,
        // Passed on before, with the body that only a visit has.
        Content::Forward(_) => send(&web::host_failed()),
    }
}

/// What is deployed: read once in the life of an isolate, or asked of KV from time to time.
async fn deployment(env: &Env) -> Arc<Deployment> {
    let deployed = DEPLOYED.get_or_init(|| Deployed::read(|name| variable(env, name)));
    match deployed.current(now()) {
        Current::Ready(deployment) => deployment,
        Current::Load(key) => {
            let (deployment, learnt) = deployed.learn(now(), store::entry(env, &key).await);
            learnt.map(web::learnt).iter().for_each(|(level, line)| log(*level, line));
            deployment
        }
    }
}

async fn perform(config: &Config, env: &Env, request: Request) -> Result<Reply, JsValue> {
    let mut entropy = [0; 64];
    getrandom::fill(&mut entropy).map_err(|error| JsValue::from(error.to_string()))?;
    let mut step = web::begin(config, Visit { now: now(), entropy, request, known: KNOWLEDGE.of(config) });
    loop {
        step = match step {
            Step::Fetch(call, waiting) => {
                let result = outbound::exchange(&call, waiting.request()).await;
                waiting.resume(config, FetchAnswer { now: now(), result })
            }
            Step::Load(key, fresh_for, loading) => {
                let entry = store::load(env, &key, fresh_for, loading.request()).await;
                loading.resume(config, &LoadAnswer { now: now(), entry })
            }
            Step::Recall(recalling) => {
                recalling.resume(config, &counters::of(config.public_url().authority()))
            }
            Step::List(prefix, listing) => {
                KNOWLEDGE.claim(config, now());
                let names = store::list(env, &prefix, listing.request()).await;
                listing.resume(config, &ListAnswer { now: now(), names, ended: Vec::new() })
            }
            Step::Store(entry, storing) => {
                let result = store::store(env, &entry, storing.request()).await;
                storing.resume(config, &StoreAnswer { now: now(), result })
            }
            Step::Done(mut reply) => {
                KNOWLEDGE.learn(config, reply.known.take());
                return Ok(*reply);
            }
        };
    }
}

/// Path and query of an absolute address. `workerd` hands the target over as it was sent; before it,
/// Cloudflare's edge may have normalised dots and slashes, which the core refuses anyway.
fn target(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.find('/').and_then(|start| rest.get(start..)).unwrap_or("/")
}

/// The clock, which stands still between two waits for IO.
fn now() -> Timestamp {
    Timestamp::from_unix((js_sys::Date::now() / 1000.0).floor() as i64)
}

/// A variable or secret. What `wrangler.toml` has without quotes (`FC_LEEWAY = 30`) is no string there.
fn variable(env: &Env, name: &str) -> Option<String> {
    Some(js_sys::Object::from(binding::named(env, name)?).to_string().into())
}

fn log(level: Severity, line: &str) {
    match level {
        Severity::Info => console_log!("{line}"),
        Severity::Warning => console_warn!("{line}"),
        Severity::Error => console_error!("{line}"),
    }
}

fn send(response: &Response) -> Result<web_sys::Response, JsValue> {
    let headers = response.headers.iter().map(|(name, value)| (*name, value.as_str()));
    let init = crossing::init(response.status, headers)?;
    if response.body.is_empty() {
        // Also because the runtime refuses any body, even an empty one, with 204 and 304.
        return web_sys::Response::new_with_opt_str_and_init(None, &init);
    }
    let body = js_sys::Uint8Array::from(response.body.as_slice());
    web_sys::Response::new_with_opt_js_u8_array_and_init(Some(&body), &init)
}

/// What JavaScript threw, as far as it says.
fn text(error: &JsValue) -> String {
    let message = error.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message()));
    message.or_else(|| error.as_string()).unwrap_or_default()
}
