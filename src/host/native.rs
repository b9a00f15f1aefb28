//! The native host: the relying party on a socket of this machine, for development, tests and trials
//! against the sandbox. It performs the core's steps until they are done, and thinks no further.

mod calls;
mod disk;
mod files;
mod inbound;
mod listeners;
mod memory;
pub mod metrics;
mod origin;
mod patience;
mod store;

use std::future::Future;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request as HttpRequest, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response as HttpResponse;
use tokio::sync::oneshot;

use self::calls::Calls;
use self::files::Files;
pub use self::listeners::Listeners;
use self::origin::Origin;
pub use self::store::Store;
use crate::config::{At, Config, Current, Deployed, Deployment};
use crate::host::counters;
use crate::host::knowledge::Knowledge;
use crate::host::log::trouble;
use crate::session::{LoadAnswer, StoreAnswer};
use crate::time::Timestamp;
use crate::web::{self, Content, Reply, RequestId, Step, Visit};
use crate::wire::{Header, Response};

/// How long requests under way may take to end once the server is told to stop. Browsers keep idle
/// connections open for minutes; a stopped server does not wait for those.
const GRACE: Duration = Duration::from_secs(2);

/// What the host serves.
#[derive(Debug)]
pub struct Native {
    /// The configuration, or those of many services; where one has faults, every request is answered by the page that
    /// lists them.
    pub deployed: Arc<Deployed>,
    /// The folder of the site.
    pub site: PathBuf,
    /// Where entries are kept.
    pub store: Store,
}

/// Serves on one listener, or on several that share one memory, until `shutdown` ends.
///
/// # Errors
/// Those of the operating system when a listener is unusable.
pub async fn serve(
    listeners: impl Into<Listeners>,
    native: Native,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let host = Arc::new(Host {
        deployed: native.deployed,
        calls: Calls::new(),
        store: native.store,
        origin: Origin::new(),
        knowledge: Knowledge::new(),
        files: Files::new(native.site),
    });
    let (stopping, stopped) = oneshot::channel::<()>();
    let served = axum::serve(listeners.into(), Router::new().fallback(handle).with_state(host))
        .with_graceful_shutdown(async move {
            shutdown.await;
            // Nobody listens any more only when the server has ended already.
            let _ = stopping.send(());
        });
    let patience = async {
        let _ = stopped.await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        result = served => result,
        () = patience => Ok(()),
    }
}

/// Answers in a task of its own: a panic there is a 500 here, and a login goes on to its end (its
/// session saved, its events written) when the browser hangs up.
async fn handle(State(host): State<Arc<Host>>, request: HttpRequest) -> HttpResponse {
    let task = tokio::spawn(async move { host.answer(request).await });
    task.await.unwrap_or_else(|_| respond(web::host_failed()))
}

/// What is deployed now, asked of the store from time to time if it stands there.
pub async fn deployment(deployed: &Deployed, store: &Store) -> Arc<Deployment> {
    match deployed.current(now()) {
        Current::Ready(deployment) => deployment,
        Current::Load(key) => {
            let entry = store.load(&key, now(), RequestId::default()).await;
            let (deployment, learnt) = deployed.learn(now(), entry.map_err(drop));
            learnt.map(web::learnt).iter().for_each(|(_, line)| log(line));
            deployment
        }
    }
}

struct Host {
    deployed: Arc<Deployed>,
    calls: Calls,
    store: Store,
    origin: Origin,
    knowledge: Knowledge,
    files: Files,
}

impl Host {
    async fn answer(&self, request: HttpRequest) -> HttpResponse {
        let (mut parts, body) = request.into_parts();
        let mut request = match inbound::head(&parts) {
            Ok(request) => request,
            Err(refused) => return respond(refused),
        };
        let deployment = deployment(&self.deployed, &self.store).await;
        let config = match deployment.at(request.header(Header::Host)) {
            At::Service(config) => config,
            At::Faulty(faults) => {
                return self.send(self.keep(web::misconfigured(faults, &request)).await).await;
            }
            At::Nowhere => return self.send(self.keep(web::nowhere(&request)).await).await,
        };
        let mut unread = Body::empty();
        if web::wants_body(config, &request) {
            match inbound::form(body).await {
                Ok(form) => request.body = form,
                Err(refused) => return respond(refused),
            }
        } else {
            unread = body;
        }
        let entropy = match entropy() {
            Ok(entropy) => entropy,
            Err(error) => {
                log(&trouble(
                    RequestId::default(),
                    "host.failed",
                    "the visit could not be served",
                    &error.to_string(),
                ));
                return respond(web::host_failed());
            }
        };
        let reply = self
            .perform(config, Visit { now: now(), entropy, request, known: self.knowledge.of(config) })
            .await;
        let visit = reply.request;
        let content = self.keep(reply).await;
        let answer = match content {
            Content::Forward(forward) => {
                match self.origin.exchange(&forward, &mut parts, unread, visit).await {
                    Ok(answer) => answer,
                    Err(fault) => {
                        self.send(self.keep(web::origin_failed(config, &forward, visit, fault)).await).await
                    }
                }
            }
            content => self.send(content).await,
        };
        metrics::answered(config.public_url().authority(), answer.status().as_u16());
        answer
    }

    /// Keeps and logs what is to be kept and logged; what is left is to be sent.
    async fn keep(&self, reply: Reply) -> Content {
        reply.lines().for_each(|line| log(&line));
        counters::count(&reply);
        // A store that takes nothing has said so in the log, and is no fault of the visit.
        let _ = self.store.save(reply.save, now(), reply.request).await;
        reply.content
    }

    async fn send(&self, content: Content) -> HttpResponse {
        match content {
            Content::Respond(response) => respond(response),
            Content::File(file) => self.files.answer(&file).await,
            // Passed on before, with the body that only a visit has.
            Content::Forward(_) => respond(web::host_failed()),
        }
    }

    async fn perform(&self, config: &Config, visit: Visit) -> Reply {
        let mut step = web::begin(config, visit);
        loop {
            step = match step {
                Step::Fetch(call, waiting) => {
                    let answer = self.calls.fetch(&call, waiting.request()).await;
                    waiting.resume(config, answer)
                }
                Step::Load(key, _, loading) => {
                    let now = now();
                    let entry = self.store.load(&key, now, loading.request()).await;
                    loading.resume(config, &LoadAnswer { now, entry })
                }
                Step::Recall(recalling) => {
                    recalling.resume(config, &counters::of(config.public_url().authority()))
                }
                Step::List(prefix, listing) => {
                    let now = now();
                    self.knowledge.claim(config, now);
                    let listed = self.store.list(&prefix, now, listing.request()).await;
                    listing.resume(config, &listed)
                }
                Step::Store(entry, storing) => {
                    let now = now();
                    let result = self.store.save(vec![entry], now, storing.request()).await;
                    storing.resume(config, &StoreAnswer { now, result })
                }
                Step::Done(mut reply) => {
                    self.knowledge.learn(config, reply.known.take());
                    return *reply;
                }
            };
        }
    }
}

fn entropy() -> Result<[u8; 64], getrandom::Error> {
    let mut entropy = [0; 64];
    getrandom::fill(&mut entropy)?;
    Ok(entropy)
}

fn now() -> Timestamp {
    timestamp(SystemTime::now())
}

/// Whole seconds; a clock before 1970 reads as 1970, where no token is valid.
fn timestamp(at: SystemTime) -> Timestamp {
    let seconds = at.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    Timestamp::from_unix(i64::try_from(seconds).unwrap_or(i64::MAX))
}

/// One line on stderr; a closed stderr is no reason to fail a login.
fn log(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

fn respond(mut response: Response) -> HttpResponse {
    let body = std::mem::take(&mut response.body);
    respond_with(response, Body::from(body))
}

fn respond_with(head: Response, body: Body) -> HttpResponse {
    let mut response = HttpResponse::new(body);
    *response.status_mut() = StatusCode::from_u16(head.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in &head.headers {
        if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
            response.headers_mut().append(HeaderName::from_static(name), value);
        }
    }
    response
}
