//! The qualification of services that run: our own site, and relying parties that each commit one fault.

mod command;
mod declared;
mod faulty;
mod inventory;
mod judges;
mod limits;
mod own;
mod relying_party;
mod report;
mod unusual;

use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use franceconnect_edge::emulator::{Client, Emulator, Settings, serve};
use franceconnect_edge::journey::Words;
use franceconnect_edge::journey::qualification::driver::{Service, Trip};
use franceconnect_edge::journey::qualification::trace::{Observed, Registration};
use franceconnect_edge::journey::qualification::{Finding, Verdict, run};
use url::Url;

const CLIENT_ID: &str = "service-en-recette";
const SECRET: &str = "secret-de-la-recette-qui-ne-protege-personne";

/// Where an emulator will be, which its service must know before.
struct Door(TcpListener);

impl Door {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        Self(listener)
    }

    fn issuer(&self) -> String {
        format!("http://{}/api/v2", self.0.local_addr().unwrap())
    }

    /// Serves the emulator behind it to one client, until the runtime ends.
    fn serve(self, client: &Client) -> Url {
        let issuer = self.issuer();
        let settings = Settings {
            issuer: issuer.clone(),
            clients: vec![client.clone()],
            control: true,
            ..Settings::default()
        };
        let emulators = vec![Arc::new(Mutex::new(Emulator::new(settings)))];
        let listener = tokio::net::TcpListener::from_std(self.0).unwrap();
        tokio::spawn(serve(listener, emulators, std::future::pending()));
        Url::parse(&issuer).unwrap()
    }
}

/// What FranceConnect knows of a service on this address.
fn client(site: &str, callback: &str, logged_out: &str) -> Client {
    Client {
        client_id: CLIENT_ID.to_owned(),
        client_secret: SECRET.to_owned(),
        redirect_uris: vec![format!("{site}{callback}")],
        post_logout_redirect_uris: vec![format!("{site}{logged_out}")],
        site: site.to_owned(),
        ..Client::default()
    }
}

/// The way to the service of `client`, whose login page is at the root.
fn trip(client: &Client, emulator: Url) -> Trip {
    let url = Url::parse(&client.site).unwrap();
    let secret = Some(client.client_secret.clone());
    let service = Service { login: url.clone(), profile: None, logout: None, url, secret };
    Trip::new(service, emulator, Vec::new()).unwrap()
}

/// Looks at the service of `client`.
async fn look(client: &Client, emulator: Url) -> Result<Observed, Words> {
    let registration =
        Registration::new(client.redirect_uris.clone(), client.post_logout_redirect_uris.clone(), None);
    run(trip(client, emulator), Some(registration), |_, _| ()).await
}

/// The points that failed.
fn failed(findings: &[Finding]) -> Vec<&'static str> {
    let failed = findings.iter().filter(|finding| matches!(finding.verdict, Verdict::Failed { .. }));
    failed.map(|finding| finding.item.id).collect()
}
