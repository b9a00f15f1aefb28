//! Decides which connections speak http and which https: one port takes both, as the first byte tells them apart.

use axum::serve::Listener;
use rustls::ServerConfig;
use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// What a TLS connection begins with: a record of the handshake (RFC 8446 §5.1).
const HANDSHAKE: u8 = 22;
/// How long a client may take to say its first byte, and then to shake hands: more than a busy machine stands still.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long to wait when the system has no descriptor left for a connection.
const BREATH: Duration = Duration::from_millis(200);
/// How many connections may wait to be served.
const QUEUE: usize = 128;

/// Connections of one of the two, from every listener.
pub struct Door<Io> {
    incoming: mpsc::Receiver<(Io, SocketAddr)>,
    address: Option<SocketAddr>,
}

/// The door for http and, if `tls` is given, the one for https; without it such connections are dropped. What has been
/// accepted and not yet served is dropped with the doors.
pub fn doors(
    listeners: Vec<TcpListener>,
    tls: Option<ServerConfig>,
) -> (Door<TcpStream>, Option<Door<TlsStream<TcpStream>>>) {
    let address = listeners.first().and_then(|listener| listener.local_addr().ok());
    let (plain, http) = mpsc::channel(QUEUE);
    let (secure, https) = mpsc::channel(QUEUE);
    let tls = tls.map(|config| TlsAcceptor::from(Arc::new(config)));
    let https = tls.is_some().then_some(Door { incoming: https, address });
    for listener in listeners {
        tokio::spawn(accept(listener, plain.clone(), tls.clone().map(|tls| (tls, secure.clone()))));
    }
    (Door { incoming: http, address }, https)
}

type Plain = mpsc::Sender<(TcpStream, SocketAddr)>;
type Secure = (TlsAcceptor, mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>);

/// Accepts until http is served no longer.
async fn accept(listener: TcpListener, plain: Plain, secure: Option<Secure>) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = plain.closed() => return,
        };
        match accepted {
            Ok((stream, from)) => drop(tokio::spawn(show_in(stream, from, plain.clone(), secure.clone()))),
            Err(error)
                if matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset) => {}
            Err(_) => tokio::time::sleep(BREATH).await,
        }
    }
}

/// A client that says nothing in time, or nothing sensible, is nobody's loss.
async fn show_in(stream: TcpStream, from: SocketAddr, plain: Plain, secure: Option<Secure>) {
    let _ = stream.set_nodelay(true);
    let mut first = [0];
    if !matches!(timeout(PATIENCE, stream.peek(&mut first)).await, Ok(Ok(1))) {
        return;
    }
    if first != [HANDSHAKE] {
        let _ = plain.send((stream, from)).await;
    } else if let Some((tls, secure)) = secure
        && let Ok(Ok(stream)) = timeout(PATIENCE, tls.accept(stream)).await
    {
        let _ = secure.send((stream, from)).await;
    }
}

impl<Io: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static> Listener for Door<Io> {
    type Io = Io;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Io, SocketAddr) {
        match self.incoming.recv().await {
            Some(connection) => connection,
            // Nobody accepts any more: whoever serves is stopping.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> Result<SocketAddr> {
        self.address.ok_or_else(|| Error::from(ErrorKind::NotConnected))
    }
}
