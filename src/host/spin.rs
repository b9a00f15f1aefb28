//! Spin: decides how a visit is read there, its steps performed, and its reply sent.
//!
//! Instances serve many visits, several at once, so nothing of a visit is kept outside of it.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, OnceLock};
use std::time::{SystemTime, UNIX_EPOCH};

use http_body::Body;
use spin_sdk::http::{BoxBody, EmptyBody, FullBody, HeaderName, HeaderValue, StatusCode, box_body};
use spin_sdk::http::{Request as Incoming, Response as Outgoing};
use spin_sdk::http_service;
use spin_sdk::variables::{self, Error as VariableError};

use super::counters;
use super::knowledge::Knowledge;
use super::log::trouble;
use super::refusal;
use crate::config::{At, Config, Current, Deployed, Deployment, NAMES};
use crate::oidc::FetchAnswer;
use crate::session::{LoadAnswer, StoreAnswer};
use crate::time::Timestamp;
use crate::web::{self, Content, Reply, RequestId, Step, Visit};
use crate::wire::{Header, Headers, Method, Request, Response, TARGET_LIMIT};

mod body;
mod files;
mod origin;
mod outbound;
mod store;

static KNOWLEDGE: Knowledge = Knowledge::new();

static DEPLOYED: OnceLock<Deployed> = OnceLock::new();

#[http_service]
async fn handle(request: Incoming) -> Outgoing<BoxBody> {
    serve(request).await.unwrap_or_else(|detail| {
        log(&trouble(RequestId::default(), "host.failed", "the visit could not be served", &detail));
        send(web::host_failed())
    })
}

async fn serve(request: Incoming) -> Result<Outgoing<BoxBody>, String> {
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    if target.len() > TARGET_LIMIT {
        return Ok(send(refusal::address_too_long()));
    }
    let mut visitor = Request::new(Method::parse(request.method().as_str()), target, headers(&request));
    let deployment = deployment().await?;
    let config = match deployment.at(visitor.header(Header::Host)) {
        At::Service(config) => config,
        At::Faulty(faults) => return Ok(answer(keep(web::misconfigured(faults, &visitor)))),
        At::Nowhere => return Ok(answer(keep(web::nowhere(&visitor)))),
    };
    let mut unread = Some(request);
    if web::wants_body(config, &visitor)
        && let Some(request) = unread.take()
    {
        match body::read(request.into_body(), Request::BODY_LIMIT).await {
            Ok(Some(body)) => visitor.body = body,
            Ok(None) => return Ok(send(refusal::form_too_large())),
            // A visitor who hung up, or no proper HTTP: nothing an operator could mend.
            Err(_) => return Ok(send(Response::new(400))),
        }
    }
    let reply = perform(config, visitor).await?;
    let visit = reply.request;
    let content = keep(reply);
    Ok(match (content, unread) {
        (Content::Forward(forward), Some(request)) => {
            match origin::exchange(&forward, request, visit).await {
                Ok(response) => response,
                Err(fault) => answer(keep(web::origin_failed(config, &forward, visit, fault))),
            }
        }
        (content, _) => answer(content),
    })
}

/// Keeps and logs what is to be kept and logged; what is left is to be sent.
fn keep(reply: Reply) -> Content {
    reply.lines().for_each(|line| log(&line));
    counters::count(&reply);
    reply.save.into_iter().for_each(|entry| store::save(entry, reply.request));
    reply.content
}

fn answer(content: Content) -> Outgoing<BoxBody> {
    match content {
        Content::Respond(response) => send(response),
        Content::File(file) => files::send(&file),
        // Passed on before, with the body that only a visit has.
        Content::Forward(_) => send(web::host_failed()),
    }
}

async fn perform(config: &Config, request: Request) -> Result<Reply, String> {
    let mut entropy = [0; 64];
    getrandom::fill(&mut entropy).map_err(|error| error.to_string())?;
    let mut step = web::begin(config, Visit { now: now(), entropy, request, known: KNOWLEDGE.of(config) });
    loop {
        step = match step {
            Step::Fetch(call, waiting) => {
                let result = outbound::exchange(&call, waiting.request()).await;
                waiting.resume(config, FetchAnswer { now: now(), result })
            }
            Step::Load(key, fresh_for, loading) => {
                let entry = store::load(&key, fresh_for, loading.request()).await;
                loading.resume(config, &LoadAnswer { now: now(), entry })
            }
            Step::Recall(recalling) => {
                recalling.resume(config, &counters::of(config.public_url().authority()))
            }
            Step::List(prefix, listing) => {
                KNOWLEDGE.claim(config, now());
                let listed = store::list(&prefix, listing.request()).await;
                listing.resume(config, &listed)
            }
            Step::Store(entry, storing) => {
                let result = store::store(&entry, storing.request()).await;
                storing.resume(config, &StoreAnswer { now: now(), result })
            }
            Step::Done(mut reply) => {
                KNOWLEDGE.learn(config, reply.known.take());
                return Ok(*reply);
            }
        };
    }
}

/// The headers the core names. Bytes outside UTF-8 are replaced, so that a stranger's cookie hides none of ours.
fn headers(request: &Incoming) -> Headers {
    let mut headers = Headers::read(|name| {
        let lines = request.headers().get_all(name).iter();
        let lines: Vec<_> = lines.map(|line| String::from_utf8_lossy(line.as_bytes())).collect();
        let between = if name == "cookie" { "; " } else { ", " };
        (!lines.is_empty()).then(|| lines.join(between))
    });
    // HTTP/2 has no such header.
    if headers.get(Header::Host).is_none() {
        headers.set(Header::Host, request.uri().authority().map(|host| host.as_str().to_owned()));
    }
    headers
}

/// What is deployed: read once in the life of an instance, or asked of the store from time to time.
async fn deployment() -> Result<Arc<Deployment>, String> {
    let deployed = deployed().await?;
    Ok(match deployed.current(now()) {
        Current::Ready(deployment) => deployment,
        Current::Load(key) => {
            let (deployment, learnt) = deployed.learn(now(), store::entry(&key).await);
            learnt.map(web::learnt).iter().for_each(|(_, line)| log(line));
            deployment
        }
    })
}

/// Read once, unless the provider of variables is out of order.
async fn deployed() -> Result<&'static Deployed, String> {
    if let Some(known) = DEPLOYED.get() {
        return Ok(known);
    }
    let mut values = BTreeMap::new();
    for name in NAMES {
        match variables::get(name.to_ascii_lowercase()).await {
            Ok(value) => _ = values.insert(*name, value),
            Err(VariableError::Undefined(_)) => {}
            Err(error) => return Err(error.to_string()),
        }
    }
    Ok(DEPLOYED.get_or_init(|| Deployed::read(|name| values.get(name).cloned())))
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_unix(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

/// One line for Spin's log. A log that cannot be written must not end a visit, as `eprintln!` would.
fn log(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

fn send(response: Response) -> Outgoing<BoxBody> {
    let (status, length) = (response.status, response.body.len());
    let body =
        if length == 0 { box_body(EmptyBody::new()) } else { box_body(FullBody::new(response.body.into())) };
    let mut outgoing = head(status, response.headers, body);
    // Without it the answer would go out in chunks. Empty answers other than redirects do without: 204 and 304
    // must not have it, and to HEAD it would be a wrong promise (RFC 9110 §8.6).
    if length > 0 || (status != 304 && (300..400).contains(&status)) {
        outgoing.headers_mut().entry("content-length").or_insert_with(|| length.into());
    }
    outgoing
}

/// Status and headers with a body. What cannot be a header is left out: absent is safer than half.
fn head<B: Body>(status: u16, headers: Vec<(&'static str, String)>, body: B) -> Outgoing<B> {
    let mut outgoing = Outgoing::new(body);
    *outgoing.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            outgoing.headers_mut().append(name, value);
        }
    }
    outgoing
}
