//! The emulated FranceConnect of `dev` and `emulate`: where it listens and what it is called.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use tokio::net::TcpListener;

use super::lang::Lang;
use super::listen::{self, Stop};
use crate::emulator::{self, Authority, Citizens, Client, Emulator, Presented, Product, Settings};
use crate::secret::fingerprint;

/// Both products, in the order that they are told in.
const PRODUCTS: [Product; 2] = [Product::Standard, Product::Plus];

/// How the emulators behave. By default nobody makes them misbehave, and FranceConnect+ takes callbacks on loopback:
/// who develops has nothing else to be called back on.
#[derive(Default)]
pub(super) struct Manners {
    /// Whether the control interface answers.
    pub(super) control: bool,
    /// Whether FranceConnect+ refuses callbacks on loopback, as the real one does.
    pub(super) strict_urls: bool,
    /// Who can log in, if not the sandbox's accounts.
    pub(super) citizens: Option<Citizens>,
    /// What https stands on, if it is spoken at all.
    pub(super) authority: Option<Authority>,
    /// The certificate that https presents.
    pub(super) presented: Presented,
    /// What keys and everything random are drawn from, if they are to be the same at each start.
    pub(super) seed: Option<String>,
}

/// Emulators that have their address and not yet their clients, whose own addresses may depend on it.
pub(super) struct Emulated {
    listeners: Vec<TcpListener>,
    bound: SocketAddr,
}

impl Emulated {
    /// Listens on `address`, which `flag` names.
    pub(super) async fn bind(lang: Lang, flag: &str, address: SocketAddr) -> Result<Self, ExitCode> {
        let listeners = listen::bind_localhost(lang, flag, address).await?;
        let mut bound = listeners.first().and_then(|first| first.local_addr().ok()).unwrap_or(address);
        if bound.ip().is_unspecified() {
            bound.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
        }
        Ok(Self { listeners, bound })
    }

    /// The issuer of `product` here.
    pub(super) fn issuer(&self, product: Product) -> String {
        format!("http://{}{}", self.bound, product.path())
    }

    /// Says where the panel is.
    pub(super) fn tell_panel(&self, lang: Lang) {
        let panel = format!("http://{}{}/", self.bound, Product::Standard.control());
        lang.say(
            format_args!("Inspecteur des connexions et fautes : {panel}"),
            format_args!("Inspector of logins, and faults: {panel}"),
        );
    }

    /// The issuer of `product` on https; none at an address that no certificate is for.
    pub(super) fn secure_issuer(&self, product: Product) -> Option<String> {
        let named =
            matches!(self.bound.ip(), IpAddr::V4(Ipv4Addr::LOCALHOST) | IpAddr::V6(Ipv6Addr::LOCALHOST));
        named.then(|| format!("https://localhost:{}{}", self.bound.port(), product.path()))
    }

    /// Serves these clients, each of its product, until it is time to stop, with keys of their own as long as they
    /// run. Http and https are emulators apart, as they have issuers apart: what one gives the other does not know.
    pub(super) async fn serve(
        self,
        clients: Vec<(Product, Client)>,
        manners: Manners,
        stop: Stop,
    ) -> io::Result<()> {
        let named = self.secure_issuer(Product::Standard).is_some();
        let tls = manners.authority.as_ref().filter(|_| named);
        let tls = tls.map(|authority| authority.server(manners.presented)).transpose()?;
        let emulators = |issuer: &dyn Fn(Product) -> Option<String>| -> io::Result<Vec<_>> {
            let issuers = PRODUCTS.into_iter().filter_map(|product| Some((product, issuer(product)?)));
            issuers.map(|(product, issuer)| emulator(product, issuer, &clients, &manners)).collect()
        };
        let plain = emulators(&|product| Some(self.issuer(product)))?;
        let secure = emulators(&|product| self.secure_issuer(product))?;
        let (http, https) = emulator::doors(self.listeners, tls);
        let served = async {
            let http = emulator::serve(http, plain, stop.clone().wait());
            match https {
                Some(https) => {
                    let https = emulator::serve(https, secure, stop.clone().wait());
                    tokio::try_join!(http, https).map(|_| ())
                }
                None => http.await,
            }
        };
        stop.clone().at_latest(served).await
    }
}

fn emulator(
    product: Product,
    issuer: String,
    clients: &[(Product, Client)],
    manners: &Manners,
) -> io::Result<Arc<Mutex<Emulator>>> {
    let mut seed = [0; 32];
    match &manners.seed {
        // Every emulator has keys of its own, whatever its port.
        Some(text) => {
            let scheme = issuer.split(':').next().unwrap_or_default();
            seed = fingerprint(format!("{scheme} {} {text}", product.name()).as_bytes());
        }
        None => getrandom::fill(&mut seed).map_err(io::Error::other)?,
    }
    let default = Settings::default();
    let settings = Settings {
        product,
        issuer,
        clients: clients.iter().filter(|(of, _)| *of == product).map(|(_, client)| client.clone()).collect(),
        citizens: manners.citizens.clone().unwrap_or(default.citizens),
        seed,
        control: manners.control,
        // FranceConnect's sandbox takes such addresses.
        strict_urls: manners.strict_urls && product == Product::Plus,
    };
    Ok(Arc::new(Mutex::new(Emulator::new(settings))))
}
