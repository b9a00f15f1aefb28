//! The emulated FranceConnect of `dev` and `emulate`: where it listens and what it is called.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use tokio::net::TcpListener;

use super::lang::Lang;
use super::listen::{self, Stop};
use crate::emulator::{self, Client, Emulator, Product, Settings};

/// How the emulators behave. By default nobody makes them misbehave, and FranceConnect+ takes callbacks on loopback:
/// who develops has nothing else to be called back on.
#[derive(Clone, Copy, Default)]
pub(super) struct Manners {
    /// Whether the control interface answers.
    pub(super) control: bool,
    /// Whether FranceConnect+ refuses callbacks on loopback, as the real one does.
    pub(super) strict_urls: bool,
}

/// Emulators that have their address and not yet their clients, whose own addresses may depend on it.
pub(super) struct Emulated {
    listener: TcpListener,
    origin: String,
}

impl Emulated {
    /// Listens on `address`, which `flag` names.
    pub(super) async fn bind(lang: Lang, flag: &str, address: SocketAddr) -> Result<Self, ExitCode> {
        let listener = listen::bind(lang, flag, address).await?;
        let mut bound = listener.local_addr().map_err(|error| listen::failed(lang, &error))?;
        if bound.ip().is_unspecified() {
            bound.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
        }
        Ok(Self { listener, origin: format!("http://{bound}") })
    }

    /// The issuer of `product` here.
    pub(super) fn issuer(&self, product: Product) -> String {
        format!("{}{}", self.origin, product.path())
    }

    /// Serves these products, each for its client, until it is time to stop, with keys of their own as long as they
    /// run.
    pub(super) async fn serve(
        self,
        clients: Vec<(Product, Client)>,
        manners: Manners,
        stop: Stop,
    ) -> io::Result<()> {
        let mut emulators = Vec::new();
        for (product, client) in clients {
            let mut seed = [0; 32];
            getrandom::fill(&mut seed).map_err(io::Error::other)?;
            let issuer = self.issuer(product);
            let settings = Settings {
                product,
                issuer,
                clients: vec![client],
                seed,
                control: manners.control,
                // FranceConnect's sandbox takes such addresses.
                strict_urls: manners.strict_urls && product == Product::Plus,
                ..Settings::default()
            };
            emulators.push(Arc::new(Mutex::new(Emulator::new(settings))));
        }
        let served = emulator::serve(self.listener, emulators, stop.clone().wait());
        stop.at_latest(served).await
    }
}
