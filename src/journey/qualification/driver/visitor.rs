//! Decides how a visitor goes through a service over HTTP: cookies, redirects, forms, as a browser without scripts would,
//! bounded in time, in size and in where they go.

use super::jar::Jar;
use super::page::{Control, Page};
use crate::journey::{Words, probe};
use reqwest::{Client, Method};
use std::sync::Arc;
use std::time::{Duration, Instant};
use url::{Host, Url};

/// Longest wait for one answer: longer than a service may wait for FranceConnect.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
/// Most of a body that is read, in bytes.
const LIMIT: usize = 2 * 1024 * 1024;
/// Most redirects in a row.
const REDIRECTS: usize = 20;

/// The header by which a login is told how the emulator shall behave in it.
const BEHAVIOUR: &str = "emulator-behaviour";

/// Why there is no page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// No answer, for this reason in the words of the network.
    Unreachable(String),
    /// No answer in time.
    Slow(Duration),
    /// Redirects without end.
    Loop,
    /// The way leads to an origin that is neither the service's nor the emulator's.
    Elsewhere(String),
}

impl Trouble {
    /// What happened.
    pub fn words(&self) -> Words {
        match self {
            Self::Unreachable(why) => {
                Words::new(format!("pas de réponse ({why})"), format!("no answer ({why})"))
            }
            Self::Slow(patience) => Words::new(
                format!("pas de réponse en {} secondes", patience.as_secs()),
                format!("no answer within {} seconds", patience.as_secs()),
            ),
            Self::Loop => Words::new(
                format!("plus de {REDIRECTS} redirections de suite"),
                format!("more than {REDIRECTS} redirects in a row"),
            ),
            Self::Elsewhere(host) => Words::new(
                format!("une redirection vers {host}, qui n’est ni le service ni l’émulateur"),
                format!("a redirect to {host}, which is neither the service nor the emulator"),
            ),
        }
    }
}

/// Where a visitor may go.
#[derive(Debug, Clone)]
pub struct Bounds {
    /// Hosts of the service; those below them as well.
    pub hosts: Vec<String>,
    /// The origin of the emulator.
    pub emulator: Url,
    /// Longest wait for one answer.
    pub patience: Duration,
}

impl Bounds {
    /// Whether `url` is at the emulator, which has several names on this machine.
    pub fn at_emulator(&self, url: &Url) -> bool {
        let door = |url: &Url| (url.scheme() == "https", url.port_or_known_default());
        url.origin() == self.emulator.origin()
            || (door(url) == door(&self.emulator) && is_here(url) && is_here(&self.emulator))
    }

    /// Whether `url` is at the service or at the emulator.
    pub fn allow(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default();
        let below = |known: &String| {
            host == known || host.strip_suffix(known.as_str()).is_some_and(|rest| rest.ends_with('.'))
        };
        matches!(url.scheme(), "http" | "https") && (self.at_emulator(url) || self.hosts.iter().any(below))
    }
}

fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// One request and its answer, as the trail keeps it.
#[derive(Debug, Clone)]
pub struct Hop {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The whole address: what is shown of it is for others to decide.
    pub url: Url,
    /// The status.
    pub status: u16,
    /// How long it took.
    pub took: Duration,
}

/// The page where a way ended, or the address before which it was stopped.
#[derive(Debug, Clone)]
pub struct Landing {
    /// The address.
    pub url: Url,
    /// The status; 0 where the way was stopped.
    pub status: u16,
    /// The content type, lower case, without parameters.
    pub kind: String,
    /// The body, as far as it was read.
    pub body: String,
    /// The page that it is.
    pub page: Page,
    /// The requests that led here.
    pub hops: Vec<Hop>,
}

impl Landing {
    /// What is to be read there: the words of a page, or a body that is none.
    pub fn words(&self) -> &str {
        let read = self.kind.contains("html") || self.kind.contains("json");
        if read { &self.page.text } else { &self.body }
    }
}

/// Somebody without a browser.
#[derive(Debug, Clone)]
pub struct Visitor {
    client: Client,
    bounds: Arc<Bounds>,
    jar: Jar,
    behaviour: String,
    /// How much longer this one waits than others do.
    grace: Duration,
}

struct Asked {
    method: Method,
    url: Url,
    form: Option<String>,
    from: Option<Url>,
}

impl Visitor {
    /// Somebody without cookies.
    pub fn new(client: Client, bounds: Arc<Bounds>) -> Self {
        Self { client, bounds, jar: Jar::default(), behaviour: String::new(), grace: Duration::ZERO }
    }

    /// Has the emulator behave like this in the logins of this visitor; empty: honestly.
    pub fn meeting(mut self, behaviour: &str) -> Self {
        behaviour.clone_into(&mut self.behaviour);
        self
    }

    /// Has this visitor wait this much longer than others for an answer: for what FranceConnect takes, nobody is blamed.
    pub fn waiting(self, grace: Duration) -> Self {
        Self { grace, ..self }
    }

    /// Where this visitor may go.
    pub fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    /// The values of the cookies kept.
    pub fn cookies(&self) -> impl Iterator<Item = &str> {
        self.jar.iter().map(|cookie| cookie.value.as_str())
    }

    /// Whoever shares nothing but the way there.
    pub(super) async fn fetch(client: &Client, url: &str) -> Option<(u16, Vec<u8>)> {
        let mut response = client.get(url).send().await.ok()?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.ok()? {
            if body.len() + chunk.len() > LIMIT {
                return None;
            }
            body.extend_from_slice(&chunk);
        }
        Some((response.status().as_u16(), body))
    }

    /// Goes to `url` as if it had been typed, unless the way leads to an address that `stop` names.
    ///
    /// # Errors
    /// When there is no page at the end.
    pub async fn open(&mut self, url: &Url, stop: impl Fn(&Url) -> bool) -> Result<Landing, Trouble> {
        self.go(Asked { method: Method::GET, url: url.clone(), form: None, from: None }, stop).await
    }

    /// Follows a link of `page`, or sends its form.
    ///
    /// # Errors
    /// When there is no page at the end, or the control has no address.
    pub async fn follow(
        &mut self,
        landing: &Landing,
        control: &Control,
        stop: impl Fn(&Url) -> bool,
    ) -> Result<Landing, Trouble> {
        let nowhere = |_| Trouble::Unreachable(control.target.chars().take(200).collect());
        let mut url = if control.target.is_empty() {
            landing.url.clone()
        } else {
            landing.url.join(&control.target).map_err(nowhere)?
        };
        url.set_fragment(None);
        let form =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&control.fields).finish();
        let (method, body) = match (control.form, control.post) {
            (true, true) => (Method::POST, Some(form)),
            (true, false) => {
                url.set_query(Some(&form).filter(|form| !form.is_empty()).map(String::as_str));
                (Method::GET, None)
            }
            (false, _) => (Method::GET, None),
        };
        self.go(Asked { method, url, form: body, from: Some(landing.url.clone()) }, stop).await
    }

    async fn go(&mut self, mut asked: Asked, stop: impl Fn(&Url) -> bool) -> Result<Landing, Trouble> {
        let patience = self.bounds.patience.saturating_add(self.grace);
        let mut hops = Vec::new();
        // What a browser calls cross-site once, it calls so until the page is there.
        let mut crossed = false;
        while hops.len() <= REDIRECTS {
            if stop(&asked.url) {
                let (kind, body, page) = Default::default();
                return Ok(Landing { url: asked.url, status: 0, kind, body, page, hops });
            }
            if !self.bounds.allow(&asked.url) {
                let origin = asked.url.origin();
                let to = if origin.is_tuple() {
                    origin.ascii_serialization()
                } else {
                    asked.url.scheme().to_owned()
                };
                return Err(Trouble::Elsewhere(to.chars().take(200).collect()));
            }
            let began = Instant::now();
            let answered = tokio::time::timeout(patience, self.exchange(&asked, &mut crossed));
            let (status, kind, location, body) = answered.await.map_err(|_| Trouble::Slow(patience))??;
            let method = if asked.method == Method::POST { "POST" } else { "GET" };
            hops.push(Hop { method, url: asked.url.clone(), status, took: began.elapsed() });
            let next = location.filter(|_| (300..400).contains(&status));
            let Some(next) = next.and_then(|next| asked.url.join(&next).ok()) else {
                let page =
                    if kind.contains("html") { Page::read(&body) } else { Page::of_data(&kind, &body) };
                let refresh = page.refresh.as_ref().filter(|_| status == 200);
                if let Some(next) = refresh.and_then(|next| asked.url.join(next).ok()) {
                    // The page itself leads on: from here it is its own site that asks.
                    crossed = false;
                    asked = Asked { method: Method::GET, url: next, form: None, from: Some(asked.url) };
                    continue;
                }
                return Ok(Landing { url: asked.url, status, kind, body, page, hops });
            };
            // 307 and 308 repeat the method and the body (RFC 9110 §15.4).
            let again = matches!(status, 307 | 308);
            let from = Some(asked.from.unwrap_or_else(|| asked.url.clone()));
            asked = if again {
                Asked { url: next, from, ..asked }
            } else {
                Asked { method: Method::GET, url: next, form: None, from }
            };
        }
        Err(Trouble::Loop)
    }

    async fn exchange(
        &mut self,
        asked: &Asked,
        crossed: &mut bool,
    ) -> Result<(u16, String, Option<String>, String), Trouble> {
        let site = match &asked.from {
            None => "none",
            Some(from) if from.host_str() == asked.url.host_str() && !*crossed => "same-origin",
            Some(from) if same_site(from, &asked.url) && !*crossed => "same-site",
            Some(_) => {
                *crossed = true;
                "cross-site"
            }
        };
        let mut request = self
            .client
            .request(asked.method.clone(), asked.url.clone())
            .header("accept", "text/html,application/xhtml+xml,*/*;q=0.8")
            .header("accept-language", "fr-FR,fr;q=0.9")
            .header("sec-fetch-site", site)
            .header("sec-fetch-mode", "navigate")
            .header("sec-fetch-dest", "document")
            .header("sec-fetch-user", "?1")
            .header("upgrade-insecure-requests", "1");
        let cookies = self.jar.header(&asked.url, site == "cross-site");
        if !cookies.is_empty() {
            request = request.header("cookie", cookies);
        }
        if let Some(from) = asked.from.as_ref().filter(|_| asked.method == Method::POST) {
            request = request.header("origin", from.origin().ascii_serialization());
        }
        if self.bounds.at_emulator(&asked.url) && !self.behaviour.is_empty() {
            request = request.header(BEHAVIOUR, &self.behaviour);
        }
        if let Some(form) = &asked.form {
            request = request.header("content-type", "application/x-www-form-urlencoded").body(form.clone());
        }
        let mut response = request.send().await.map_err(unreachable)?;
        let text = |name: &str| {
            let value = response.headers().get(name)?;
            Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let kind = text("content-type").unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let location = text("location");
        for line in response.headers().get_all("set-cookie") {
            self.jar.set(&asked.url, &String::from_utf8_lossy(line.as_bytes()));
        }
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            let room = LIMIT.saturating_sub(body.len());
            body.extend(chunk.iter().take(room));
            if body.len() >= LIMIT {
                break;
            }
        }
        Ok((status, kind, location, String::from_utf8_lossy(&body).into_owned()))
    }
}

/// Whether browsers take two hosts for one site, as far as names tell: one is below the other, or both are below one
/// that has a name of its own.
fn same_site(one: &Url, other: &Url) -> bool {
    let (Some(Host::Domain(one)), Some(Host::Domain(other))) = (one.host(), other.host()) else {
        return one.host() == other.host();
    };
    let within = |name: &str, above: &str| name.strip_suffix(above).is_some_and(|rest| rest.ends_with('.'));
    let parent = |name: &str| name.split_once('.').map(|(_, above)| above.to_owned());
    let above = parent(one).filter(|above| above.matches('.').count() > 0);
    one == other || within(one, other) || within(other, one) || above.is_some() && above == parent(other)
}

/// The cause at the bottom: a name, a port, a certificate.
pub(super) fn unreachable(error: reqwest::Error) -> Trouble {
    let error = error.without_url();
    let mut cause: &dyn std::error::Error = &error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    Trouble::Unreachable(probe::printable(&cause.to_string()))
}

/// What all visitors share.
///
/// # Errors
/// When TLS cannot start.
pub fn client() -> Result<Client, Trouble> {
    probe::client(|builder| builder).map_err(unreachable)
}
