//! Decides how a component is compiled, what an instance of it is given, and how long the instance serves.

use std::{
    future::{self, Future},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use rustls::ClientConfig;
use tokio::time::{Sleep, sleep};
use wasmtime::{
    Config, Engine, Result, Store, StoreContextMut,
    component::{Component, GuestTaskId, HasData, Linker, ResourceTable},
    error::Context as _,
};
use wasmtime_wasi::{FsPerms, WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};
use wasmtime_wasi_http::{
    WasiHttpCtx, WasiHttpCtxView, WasiHttpView,
    handler::{
        HandlerState, Instance, Proxy, ProxyHandler, ShouldAccept, WorkerExpiration, WorkerState,
        WorkerStatus,
    },
    p3::bindings::ServicePre,
};

use crate::{key_value::Contents, manifest::Grants, outbound::Outbound};

pub mod bindings {
    //! Decides nothing: the host's side of `wit/`, generated.
    wasmtime::component::bindgen!({
        path: "wit",
        world: "imports",
        imports: { default: async | trappable },
        with: { "spin:key-value/key-value.store": crate::key_value::Opened },
    });
}

/// Spin's default for components of WASI 0.3.
const CONCURRENT: usize = 16;

/// What one instance holds.
pub struct State {
    pub grants: Arc<Grants>,
    pub contents: Contents,
    pub table: ResourceTable,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    outbound: Outbound,
}

/// Leads from Spin's interfaces to the state of the instance that calls them.
pub struct Host;

impl HasData for Host {
    type Data<'a> = &'a mut State;
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { ctx: &mut self.http, table: &mut self.table, hooks: &mut self.outbound }
    }
}

pub fn engine() -> Result<Engine> {
    let mut config = Config::new();
    config.wasm_component_model_async(true);
    Engine::new(&config)
}

/// A compiled component, ready to make instances.
pub struct Compiled {
    grants: Arc<Grants>,
    contents: Contents,
    tls: Arc<ClientConfig>,
    service: ServicePre<State>,
    reuse: Reuse,
}

impl Compiled {
    pub fn load(
        engine: &Engine,
        grants: Grants,
        contents: Contents,
        tls: Arc<ClientConfig>,
        reuse: Reuse,
    ) -> Result<ProxyHandler<Self>> {
        let component = Component::from_file(engine, &grants.source)?;
        let mut linker = Linker::<State>::new(engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
        wasmtime_wasi::p3::add_to_linker(&mut linker)?;
        wasmtime_wasi_http::p3::add_to_linker(&mut linker)?;
        bindings::Imports::add_to_linker::<_, Host>(&mut linker, |state| state)?;
        let service = ServicePre::new(linker.instantiate_pre(&component)?)?;
        Ok(ProxyHandler::new(Self { grants: Arc::new(grants), contents, tls, service, reuse }))
    }
}

impl HandlerState for Compiled {
    type StoreData = State;
    type WorkerExpiration = Idle;
    type WorkerState = Reuse;

    async fn instantiate(&self) -> Result<Instance<State, Idle, Reuse>> {
        let mut wasi = WasiCtxBuilder::new();
        wasi.inherit_stdout().inherit_stderr();
        for (name, value) in &self.grants.environment {
            wasi.env(name, value);
        }
        for (folder, path) in &self.grants.mounts {
            wasi.preopened_dir(folder, path, FsPerms::ReadOnly)
                .with_context(|| format!("files: {}", folder.display()))?;
        }
        let state = State {
            grants: self.grants.clone(),
            contents: self.contents.clone(),
            table: ResourceTable::new(),
            wasi: wasi.build(),
            http: WasiHttpCtx::new(),
            outbound: Outbound { grants: self.grants.clone(), tls: self.tls.clone() },
        };
        let mut store = Store::new(self.service.engine(), state);
        let service = self.service.instantiate_async(&mut store).await?;
        Ok(Instance {
            store,
            proxy: Proxy::P3(service),
            view: WasiHttpView::http,
            expiration: Idle(self.reuse.idle, Box::pin(sleep(self.reuse.idle))),
            state: self.reuse,
        })
    }
}

/// Ends an instance that has had nothing to do for a while; a request may take as long as it likes.
pub struct Idle(Duration, Pin<Box<Sleep>>);

impl WorkerExpiration for Idle {
    fn poll(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        status: WorkerStatus,
        since: Instant,
    ) -> Poll<()> {
        if status != WorkerStatus::Idle {
            return Poll::Pending;
        }
        let Self(idle, timer) = &mut *self;
        let end = (since + *idle).into();
        if timer.deadline() != end {
            timer.as_mut().reset(end);
        }
        timer.as_mut().poll(context)
    }
}

/// How long an instance serves: until it has had its share of requests, or nothing to do for a while.
#[derive(Clone, Copy)]
pub struct Reuse {
    pub requests: usize,
    pub idle: Duration,
}

/// Spin's defaults for components of WASI 0.3.
impl Default for Reuse {
    fn default() -> Self {
        Self { requests: 128, idle: Duration::from_secs(1) }
    }
}

impl WorkerState for Reuse {
    type StoreData = State;
    type RequestData = ();

    fn should_accept_request(&self, concurrent: usize, total: usize) -> ShouldAccept {
        if total >= self.requests {
            ShouldAccept::Never
        } else if concurrent >= CONCURRENT {
            ShouldAccept::No
        } else {
            ShouldAccept::Yes
        }
    }

    fn on_request_start(
        &self,
        _store: StoreContextMut<'_, State>,
        _data: (),
        _task: GuestTaskId,
    ) -> Pin<Box<dyn Future<Output = ()> + Send + Sync>> {
        Box::pin(future::pending())
    }

    fn drop(&self, store: Store<State>, result: Result<()>) {
        if let Err(error) = result {
            eprintln!("{}: instance failed: {error:?}", store.data().grants.name);
        }
    }
}
