//! Decides what key-value stores hold: memory of this process, shared by all instances, gone when it ends; or what a
//! server elsewhere says.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use http_body_util::{BodyExt as _, Full};
use hyper::{Request, StatusCode, body::Bytes, client::conn::http1, header::HOST};
use tokio::net::TcpStream;
use wasmtime::{
    Result,
    component::{Accessor, FutureReader, Resource, StreamReader},
};

use wasmtime_wasi_http::io::TokioIo;

use crate::component::{Host, State, bindings::spin::key_value::key_value as wit};

/// The contents of the one store there is, `default`.
#[derive(Clone)]
pub enum Contents {
    Here(Arc<Mutex<BTreeMap<String, Vec<u8>>>>),
    /// At a server of somebody else's, who may be slow, or wrong: `/entry/NAME` and `/names`.
    There(SocketAddr),
}

impl Contents {
    /// A store that somebody has filled beforehand.
    pub fn of(entries: BTreeMap<String, Vec<u8>>) -> Self {
        Self::Here(Arc::new(Mutex::new(entries)))
    }

    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, wit::Error> {
        match self {
            Self::Here(entries) => Ok(lock(entries).get(key).cloned()),
            Self::There(server) => exchange(*server, "GET", &format!("/entry/{key}"), Vec::new()).await,
        }
    }

    async fn set(&self, key: String, value: Vec<u8>) -> Result<(), wit::Error> {
        match self {
            Self::Here(entries) => _ = lock(entries).insert(key, value),
            Self::There(server) => _ = exchange(*server, "PUT", &format!("/entry/{key}"), value).await?,
        }
        Ok(())
    }

    async fn delete(&self, key: &str) -> Result<(), wit::Error> {
        match self {
            Self::Here(entries) => _ = lock(entries).remove(key),
            Self::There(server) => {
                _ = exchange(*server, "DELETE", &format!("/entry/{key}"), Vec::new()).await?
            }
        }
        Ok(())
    }

    async fn keys(&self) -> Result<Vec<String>, wit::Error> {
        match self {
            Self::Here(entries) => Ok(lock(entries).keys().cloned().collect()),
            Self::There(server) => {
                let names = exchange(*server, "GET", "/names", Vec::new()).await?.unwrap_or_default();
                Ok(String::from_utf8_lossy(&names).lines().map(str::to_owned).collect())
            }
        }
    }
}

fn lock(entries: &Mutex<BTreeMap<String, Vec<u8>>>) -> MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
    entries.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the server says; nothing if it has nothing.
async fn exchange(
    server: SocketAddr,
    method: &str,
    path: &str,
    body: Vec<u8>,
) -> Result<Option<Vec<u8>>, wit::Error> {
    let attempt = async {
        let stream = TcpStream::connect(server).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let request = Request::builder().method(method).uri(path).header(HOST, "store");
        let answer = sender.send_request(request.body(Full::new(Bytes::from(body)))?).await?;
        let status = answer.status();
        wasmtime::error::Ok((status, answer.into_body().collect().await?.to_bytes().to_vec()))
    };
    match attempt.await {
        Ok((StatusCode::NOT_FOUND, _)) => Ok(None),
        Ok((status, said)) if status.is_success() => Ok(Some(said)),
        Ok((status, _)) => Err(wit::Error::Other(status.to_string())),
        Err(error) => Err(wit::Error::Other(error.to_string())),
    }
}

/// What stands behind a component's handle.
pub struct Opened(Contents);

fn contents<T: Send>(accessor: &Accessor<T, Host>, store: &Resource<Opened>) -> Result<Contents> {
    accessor.with(|mut state| Ok(state.get().table.get(store)?.0.clone()))
}

impl wit::Host for State {}

impl wit::HostStore for State {
    async fn drop(&mut self, store: Resource<Opened>) -> Result<()> {
        self.table.delete(store)?;
        Ok(())
    }
}

impl<T: Send> wit::HostStoreWithStore<T> for Host {
    async fn open(
        accessor: &Accessor<T, Self>,
        label: String,
    ) -> Result<Result<Resource<Opened>, wit::Error>> {
        accessor.with(|mut state| {
            let state = state.get();
            if !state.grants.stores.contains(&label) {
                return Ok(Err(wit::Error::AccessDenied));
            }
            Ok(Ok(state.table.push(Opened(state.contents.clone()))?))
        })
    }

    async fn get(
        accessor: &Accessor<T, Self>,
        store: Resource<Opened>,
        key: String,
    ) -> Result<Result<Option<Vec<u8>>, wit::Error>> {
        Ok(contents(accessor, &store)?.get(&key).await)
    }

    async fn set(
        accessor: &Accessor<T, Self>,
        store: Resource<Opened>,
        key: String,
        value: Vec<u8>,
    ) -> Result<Result<(), wit::Error>> {
        Ok(contents(accessor, &store)?.set(key, value).await)
    }

    async fn delete(
        accessor: &Accessor<T, Self>,
        store: Resource<Opened>,
        key: String,
    ) -> Result<Result<(), wit::Error>> {
        Ok(contents(accessor, &store)?.delete(&key).await)
    }

    async fn exists(
        accessor: &Accessor<T, Self>,
        store: Resource<Opened>,
        key: String,
    ) -> Result<Result<bool, wit::Error>> {
        Ok(contents(accessor, &store)?.get(&key).await.map(|found| found.is_some()))
    }

    async fn get_keys(
        accessor: &Accessor<T, Self>,
        store: Resource<Opened>,
    ) -> Result<(StreamReader<String>, FutureReader<Result<(), wit::Error>>)> {
        let (keys, done) = match contents(accessor, &store)?.keys().await {
            Ok(keys) => (keys, Ok(())),
            Err(error) => (Vec::new(), Err(error)),
        };
        accessor.with(|mut state| {
            let done = async { wasmtime::error::Ok(done) };
            Ok((StreamReader::new(&mut state, keys)?, FutureReader::new(&mut state, done)?))
        })
    }
}
