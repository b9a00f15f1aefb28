//! Decides where connections come from: one listener, or several with the same memory behind them, as
//! browsers may take `localhost` for `127.0.0.1` or for `::1`.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::task::Poll;
use std::time::Duration;

use axum::serve::Listener;
use tokio::net::{TcpListener, TcpStream};

/// How long to wait when the system has no descriptor left for a connection.
const BREATH: Duration = Duration::from_millis(200);

/// Listeners that are accepted from as one.
#[derive(Debug)]
pub struct Listeners(Vec<TcpListener>);

impl From<TcpListener> for Listeners {
    fn from(one: TcpListener) -> Self {
        Self(vec![one])
    }
}

impl From<Vec<TcpListener>> for Listeners {
    fn from(several: Vec<TcpListener>) -> Self {
        Self(several)
    }
}

impl Listener for Listeners {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        loop {
            let accepted = poll_fn(|cx| {
                let ready = self.0.iter().find_map(|listener| match listener.poll_accept(cx) {
                    Poll::Ready(accepted) => Some(accepted),
                    Poll::Pending => None,
                });
                ready.map_or(Poll::Pending, Poll::Ready)
            });
            match accepted.await {
                Ok(accepted) => {
                    // Head and body go out one after the other; a body must not wait until the head is acknowledged,
                    // which takes the visitor's system up to 40 ms. Without it the answer is only slower.
                    let _ = accepted.0.set_nodelay(true);
                    return accepted;
                }
                // The visitor left before we looked; the next may be waiting already.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => {}
                Err(_) => tokio::time::sleep(BREATH).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.first().ok_or(io::ErrorKind::NotConnected)?.local_addr()
    }
}
