//! Somebody to look at: http and https on loopback that answer what a test wants, and sockets that misbehave.

use std::io::Read;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

use axum::extract::Request;
use axum::response::Response;
use franceconnect_edge::emulator;
use rustls::ServerConfig;
use tokio::runtime::{Builder, Runtime};
use url::Url;

/// Answers until it is dropped.
pub struct Loopback {
    pub address: SocketAddr,
    runtime: Option<Runtime>,
}

impl Loopback {
    /// Http and, with `tls`, https on one port.
    pub fn start(
        tls: Option<ServerConfig>,
        answer: impl Fn(&Request) -> Response + Clone + Send + Sync + 'static,
    ) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let router = axum::Router::new().fallback(move |request: Request| {
            let answered = answer(&request);
            async move { answered }
        });
        let (http, https) = {
            let _inside = runtime.enter();
            emulator::doors(vec![listener], tls)
        };
        let secure = router.clone();
        runtime.spawn(async move { axum::serve(http, router).await });
        if let Some(https) = https {
            runtime.spawn(async move { axum::serve(https, secure).await });
        }
        Self { address, runtime: Some(runtime) }
    }

    pub fn url(&self, scheme: &str, path: &str) -> Url {
        format!("{scheme}://localhost:{}{path}", self.address.port()).parse().unwrap()
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Reads a request, and leaves the rest to `script`.
pub fn socket(scheme: &str, script: fn(TcpStream)) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("{scheme}://{}/", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            script(stream);
        }
    });
    url.parse().unwrap()
}
