//! Decides how the host starts and stops: the words of its command line, the socket, what ends it.

#![forbid(unsafe_code)]

mod component;
mod inbound;
mod key_value;
mod manifest;
mod outbound;
mod variables;

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf, process, sync::Arc, time::Duration};

use hyper::{server::conn::http1, service::service_fn};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use wasmtime::{Result, bail, error::Context as _};
use wasmtime_wasi_http::io::TokioIo;

use component::Reuse;
use key_value::Contents;

const USAGE: &str = "usage: spin-host [up] [--from spin.toml] [--listen 127.0.0.1:3000] [--variable name=value]... [--key-value key=value]... [--key-value-at 127.0.0.1:3001] [--idle-instance-timeout 1s] [--max-instance-reuse-count 128]";

/// The command line, in the words of `spin up`, so that one script can start either.
struct Arguments {
    from: PathBuf,
    listen: SocketAddr,
    variables: BTreeMap<String, String>,
    /// What the store holds from the beginning.
    entries: BTreeMap<String, Vec<u8>>,
    /// Where else it is.
    store: Option<SocketAddr>,
    reuse: Reuse,
}

impl Arguments {
    fn read(mut words: impl Iterator<Item = String>) -> Result<Self> {
        let mut arguments = Self {
            from: "spin.toml".into(),
            listen: ([127, 0, 0, 1], 3000).into(),
            variables: BTreeMap::new(),
            entries: BTreeMap::new(),
            store: None,
            reuse: Reuse::default(),
        };
        let mut first = true;
        while let Some(word) = words.next() {
            let mut value = || words.next().with_context(|| format!("{word} needs a value\n{USAGE}"));
            match word.as_str() {
                "up" if first => {}
                "--from" | "-f" => arguments.from = value()?.into(),
                "--listen" => arguments.listen = value()?.parse::<SocketAddr>().context("--listen")?,
                "--variable" => {
                    let pair = value()?;
                    let (name, value) = pair
                        .split_once('=')
                        .with_context(|| format!("--variable wants name=value\n{USAGE}"))?;
                    arguments.variables.insert(name.into(), value.into());
                }
                "--key-value" => {
                    let pair = value()?;
                    let (key, value) = pair
                        .split_once('=')
                        .with_context(|| format!("--key-value wants key=value\n{USAGE}"))?;
                    arguments.entries.insert(key.into(), value.into());
                }
                "--key-value-at" => {
                    arguments.store = Some(value()?.parse::<SocketAddr>().context("--key-value-at")?)
                }
                "--idle-instance-timeout" => {
                    let seconds = value()?.strip_suffix('s').and_then(|number| number.parse().ok());
                    arguments.reuse.idle = Duration::from_secs(seconds.context("--idle-instance-timeout")?);
                }
                "--max-instance-reuse-count" => arguments.reuse.requests = value()?.parse()?,
                other => bail!("unknown argument {other:?}\n{USAGE}"),
            }
            first = false;
        }
        Ok(arguments)
    }
}

#[tokio::main]
async fn main() {
    let ended = run().await;
    if let Err(error) = &ended {
        eprintln!("Error: {error:#}");
    }
    // Not a return: a component that loops for ever would keep the runtime from ending.
    process::exit(i32::from(ended.is_err()));
}

async fn run() -> Result<()> {
    let arguments = Arguments::read(std::env::args().skip(1))?;
    let app = manifest::read(&arguments.from, &arguments.variables)
        .with_context(|| arguments.from.display().to_string())?;
    let contents = arguments.store.map_or_else(|| Contents::of(arguments.entries), Contents::There);
    let site = Arc::new(inbound::Site::load(app, contents, arguments.reuse)?);
    let listener = TcpListener::bind(arguments.listen)
        .await
        .with_context(|| format!("cannot listen on {}", arguments.listen))?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    println!("ready http://{}", listener.local_addr()?);
    loop {
        let (stream, client) = tokio::select! {
            accepted = listener.accept() => accepted?,
            _ = interrupted.recv() => return Ok(()),
            _ = terminated.recv() => return Ok(()),
        };
        let site = site.clone();
        tokio::spawn(async move {
            let service = service_fn(|request| site.answer(request, client));
            let served = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            if let Err(error) = served.await {
                eprintln!("connection: {error}");
            }
        });
    }
}
