//! Looks at one address of the network and says what answered: one request without cookies, never redirected, bounded
//! in time and in size. Nothing is judged here, and nothing goes out unless somebody asked for it.
//!
//! * [`Prober`] asks; many may ask at once through one.
//! * [`Answer`] is what came back, whatever its status: a redirect is an answer.
//! * [`Trouble`] is why nothing did: the name, the port, the certificate, the time.

mod answer;
mod network;
mod trouble;
mod validity;

pub use answer::Answer;
pub use network::is_hidden;
pub use trouble::{Refusal, Trouble};

pub(super) use network::{client, printable};

use reqwest::tls::TlsInfo;
use reqwest::{Certificate, Client};
use std::time::{Duration, Instant};
use url::Url;

/// Longest wait for one answer, its body included.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// Most of a body that is kept, in bytes.
pub const LIMIT: usize = 256 * 1024;

/// What asks.
#[derive(Debug, Clone)]
pub struct Prober {
    client: Client,
    patience: Duration,
}

impl Prober {
    /// Believes the roots of the system (of `SSL_CERT_FILE` where it is set), and goes through `HTTPS_PROXY`.
    ///
    /// # Errors
    /// When TLS cannot start.
    pub fn new() -> Result<Self, Trouble> {
        Self::knowing(&[])
    }

    /// The same, which believes these authorities (DER) as well: a test site may have one of its own.
    ///
    /// # Errors
    /// When TLS cannot start, or one of them is no certificate.
    pub fn knowing(authorities: &[&[u8]]) -> Result<Self, Trouble> {
        let known: Result<Vec<_>, _> = authorities.iter().map(|der| Certificate::from_der(der)).collect();
        let known = known.map_err(Trouble::of)?;
        let client =
            client(|builder| builder.tls_certs_merge(known.clone()).tls_info(true)).map_err(Trouble::of)?;
        Ok(Self { client, patience: PATIENCE })
    }

    /// The same, which waits so long for an answer.
    #[must_use]
    pub fn patient(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// How long it waits for an answer.
    pub(super) fn patience(&self) -> Duration {
        self.patience
    }

    /// What `url` answers.
    ///
    /// # Errors
    /// When nothing does.
    pub async fn get(&self, url: &Url) -> Result<Answer, Trouble> {
        self.get_with(url, &[]).await
    }

    /// What `url` answers to a request that says more: `accept`, `origin`, `cookie`.
    ///
    /// # Errors
    /// When nothing does.
    pub async fn get_with(&self, url: &Url, headers: &[(&str, &str)]) -> Result<Answer, Trouble> {
        let asked = tokio::time::timeout(self.patience, self.exchange(url, headers)).await;
        asked.unwrap_or(Err(Trouble::Late(self.patience)))
    }

    async fn exchange(&self, url: &Url, headers: &[(&str, &str)]) -> Result<Answer, Trouble> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Trouble::NotHttp(url.scheme().chars().take(20).collect()));
        }
        let began = Instant::now();
        let request = headers
            .iter()
            .fold(self.client.get(url.clone()), |request, (name, value)| request.header(*name, *value));
        let mut response = request.send().await.map_err(|error| Trouble::at(url, error))?;
        let took = began.elapsed();
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        let headers = response.headers().iter();
        let headers = headers.map(|(name, value)| (name.to_string(), text(value.as_bytes()))).collect();
        let status = response.status().as_u16();
        let tls = response.extensions().get::<TlsInfo>();
        let certificate_until = tls.and_then(TlsInfo::peer_certificate).and_then(validity::until);
        let (mut body, mut whole) = (Vec::new(), true);
        while let Some(chunk) = response.chunk().await.map_err(|error| Trouble::at(url, error))? {
            let room = LIMIT.saturating_sub(body.len());
            body.extend(chunk.iter().take(room));
            whole = chunk.len() <= room;
            if !whole {
                break;
            }
        }
        Ok(Answer { url: url.clone(), status, headers, body, whole, took, certificate_until })
    }
}
