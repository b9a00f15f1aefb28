//! The emulated FranceConnect of `dev` and `emulate`: where it listens and what it is called.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use tokio::net::TcpListener;

use super::lang::Lang;
use super::listen::{self, Stop};
use crate::emulator::{self, Client, Emulator, Settings};

/// An emulator that has its address and not yet its clients, whose own addresses may depend on it.
pub(super) struct Emulated {
    listener: TcpListener,
    pub(super) issuer: String,
}

impl Emulated {
    /// Listens on `address`, which `flag` names.
    pub(super) async fn bind(lang: Lang, flag: &str, address: SocketAddr) -> Result<Self, ExitCode> {
        let listener = listen::bind(lang, flag, address).await?;
        let mut bound = listener.local_addr().map_err(|error| listen::failed(lang, &error))?;
        if bound.ip().is_unspecified() {
            bound.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
        }
        Ok(Self { listener, issuer: format!("http://{bound}/api/v2") })
    }

    /// Serves `client` until it is time to stop, with keys of its own as long as it runs.
    pub(super) async fn serve(self, client: Client, control: bool, stop: Stop) -> io::Result<()> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(io::Error::other)?;
        let settings = Settings { issuer: self.issuer, clients: vec![client], seed, control };
        let emulator = Arc::new(Mutex::new(Emulator::new(settings)));
        let served = emulator::serve(self.listener, emulator, stop.clone().wait());
        stop.at_latest(served).await
    }
}
