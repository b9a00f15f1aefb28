//! Decides what key-value stores hold: memory of this process, shared by all instances, gone when it ends.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use wasmtime::{
    Result,
    component::{Accessor, FutureReader, Resource, StreamReader},
};

use crate::component::{Host, State, bindings::spin::key_value::key_value as wit};

/// The contents of the one store there is, `default`.
#[derive(Clone, Default)]
pub struct Contents(Arc<Mutex<BTreeMap<String, Vec<u8>>>>);

impl Contents {
    /// A store that somebody has filled beforehand.
    pub fn of(entries: BTreeMap<String, Vec<u8>>) -> Self {
        Self(Arc::new(Mutex::new(entries)))
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
        Ok(Ok(contents(accessor, &store)?.lock().get(&key).cloned()))
    }

    async fn set(
        accessor: &Accessor<T, Self>,
        store: Resource<Opened>,
        key: String,
        value: Vec<u8>,
    ) -> Result<Result<(), wit::Error>> {
        contents(accessor, &store)?.lock().insert(key, value);
        Ok(Ok(()))
    }

    async fn delete(
        accessor: &Accessor<T, Self>,
        store: Resource<Opened>,
        key: String,
    ) -> Result<Result<(), wit::Error>> {
        contents(accessor, &store)?.lock().remove(&key);
        Ok(Ok(()))
    }

    async fn exists(
        accessor: &Accessor<T, Self>,
        store: Resource<Opened>,
        key: String,
    ) -> Result<Result<bool, wit::Error>> {
        Ok(Ok(contents(accessor, &store)?.lock().contains_key(&key)))
    }

    async fn get_keys(
        accessor: &Accessor<T, Self>,
        store: Resource<Opened>,
    ) -> Result<(StreamReader<String>, FutureReader<Result<(), wit::Error>>)> {
        let keys: Vec<String> = contents(accessor, &store)?.lock().keys().cloned().collect();
        accessor.with(|mut state| {
            let done = async { wasmtime::error::Ok(Ok(())) };
            Ok((StreamReader::new(&mut state, keys)?, FutureReader::new(&mut state, done)?))
        })
    }
}
