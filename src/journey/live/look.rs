//! Decides where a deployment is looked at, in which order, and where a way ends: at the first address off the site.
//! FranceConnect is asked for its public keys and for nothing else; no login is made.

use super::authorization::Authorization;
use super::seen::{End, Hop, Seen, Way};
use super::{Known, authorization};
use crate::config::is_loopback_authority;
use crate::franceconnect::{Environment, Product};
use crate::journey::Words;
use crate::journey::probe::{Prober, Trouble};
use crate::journey::qualification::driver::{Page, button};
use crate::secret::Secret;
use crate::time::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::time::{Duration, SystemTime};
use tokio::time::Instant;
use url::Url;

/// Most redirects in a row.
const REDIRECTS: usize = 8;
/// How long everything may take: a site that answers slowly everywhere is not waited for everywhere.
const WHOLE: Duration = Duration::from_secs(60);
/// A `state` that nobody gave out, and that the log of a service tells from an attack.
const INVENTED: &str = "journey-live-invented-this-state";

/// What is looked at.
#[derive(Debug, Clone)]
pub struct Target {
    /// The address of the site.
    pub site: Url,
    /// The page of the button, or the address that begins a login.
    pub login: Url,
    /// Where a logout ends.
    pub logout: Option<Url>,
    /// The sector identifier document.
    pub sector: Option<Url>,
    /// The public keys.
    pub keys: Option<Url>,
    /// The key of the operator's page, if it was given.
    pub operator: Option<Secret>,
}

impl Target {
    /// What the configuration says of the deployment at `site`.
    pub fn of(site: Url, known: &Known) -> Self {
        let live = known.live.as_ref();
        let at = |text: Option<&str>| text.and_then(|text| Url::parse(text).ok());
        let own = |path: &str, is: fn(&super::known::Live) -> bool| {
            let live = live.filter(|live| is(live))?;
            Url::parse(&format!("{}{}/{path}", live.site, live.prefix)).ok()
        };
        Self {
            login: at(live.map(|live| live.login.as_str())).unwrap_or_else(|| site.clone()),
            logout: at(live.map(|live| live.logout.as_str())),
            sector: own("sector-identifier.json", |live| live.shared),
            keys: own("jwks.json", |live| live.publishes),
            operator: None,
            site,
        }
    }
}

/// Looks at everything, a few things at a time.
pub async fn look(prober: &Prober, target: &Target, known: &Known) -> Seen {
    let walk = Walk { prober, site: &target.site, deadline: Instant::now() + WHOLE };
    let some = async |url: Option<Url>| match url {
        Some(url) => Some(walk.go(&url).await),
        None => None,
    };
    let at = |text: Option<&str>| text.and_then(|text| Url::parse(text).ok());
    let health = known.live.as_ref().map(|live| format!("{}{}/health", live.site, live.prefix));
    let test_keys = known.test.as_ref().and_then(|test| test.keys_at.as_deref());
    let (front, plain, first, second, logout, sector, keys, test_keys, health) = tokio::join!(
        walk.go(&target.site),
        some(plain(&target.site)),
        walk.begin(&target.login),
        walk.begin(&target.login),
        some(target.logout.clone()),
        some(target.sector.clone()),
        some(target.keys.clone()),
        some(at(test_keys)),
        some(at(health.as_deref())),
    );
    let asked = [&first, &second].into_iter().find_map(|way| way.away()).map(Authorization::of);
    let callback = callback(&walk, known, asked.as_ref());
    let product = known.product.or_else(|| Some(asked.as_ref()?.environment()?.product));
    let with = |pairs: &[(&str, &str)]| {
        let mut url = callback.clone()?;
        url.query_pairs_mut().extend_pairs(pairs);
        Some(url)
    };
    let issuer = product.and_then(authorization::production).map(|it| it.issuer).unwrap_or_default();
    let operator = async {
        let live = known.live.as_ref()?;
        let key = target.operator.as_ref()?;
        walk.operator(&Url::parse(&format!("{}{}/operator", live.site, live.prefix)).ok()?, key).await
    };
    let (empty, forged, denied, provider, operator) = tokio::join!(
        some(callback.clone()),
        some(with(&[("code", INVENTED), ("state", INVENTED), ("iss", issuer)])),
        some(with(&[("error", "access_denied"), ("state", INVENTED), ("iss", issuer)])),
        some(provider_keys(product)),
        operator,
    );
    Seen {
        site: target.site.clone(),
        front,
        plain,
        logins: [first, second],
        callback: empty,
        forged,
        denied,
        logout,
        sector,
        keys,
        test_keys,
        provider,
        health,
        operator,
    }
}

/// The same over http.
fn plain(site: &Url) -> Option<Url> {
    let mut plain = site.clone();
    (site.scheme() == "https" && site.port().is_none()).then_some(())?;
    plain.set_scheme("http").ok()?;
    Some(plain)
}

/// Where callbacks go: as configured, else as the login says if that is on the site.
fn callback(walk: &Walk<'_>, known: &Known, asked: Option<&Authorization<'_>>) -> Option<Url> {
    let configured = known.live.as_ref().map(|live| live.callback.as_str());
    let url = Url::parse(configured.or_else(|| asked?.given("redirect_uri"))?).ok()?;
    (configured.is_some() || walk.is_here(&url)).then_some(url)
}

fn provider_keys(product: Option<Product>) -> Option<Url> {
    let provider = Environment::provider(authorization::production(product?)?.issuer);
    Url::parse(&provider.jwks_uri).ok()
}

struct Walk<'a> {
    prober: &'a Prober,
    site: &'a Url,
    deadline: Instant,
}

impl Walk<'_> {
    /// Whether an address is on the site, or on a host below it.
    fn is_here(&self, url: &Url) -> bool {
        let (host, site) = (url.host_str().unwrap_or_default(), self.site.host_str().unwrap_or_default());
        let port = |url: &Url| url.port();
        let below = host.strip_suffix(site).is_some_and(|rest| rest.ends_with('.'));
        (host == site && port(url) == port(self.site)) || below
    }

    /// Follows redirects as long as they stay on the site.
    async fn go(&self, url: &Url) -> Way {
        let mut hops = Vec::new();
        let end = self.follow(url, &mut hops).await;
        Way { hops, end }
    }

    async fn follow(&self, url: &Url, hops: &mut Vec<Hop>) -> End {
        let mut url = url.clone();
        for _ in 0..REDIRECTS {
            let headers =
                [("accept", "text/html,application/json;q=0.9,*/*;q=0.8"), ("accept-language", "fr")];
            let asked = tokio::time::timeout_at(self.deadline, self.prober.get_with(&url, &headers));
            let answer = match asked.await.unwrap_or(Err(Trouble::Late(WHOLE))) {
                Ok(answer) => answer,
                Err(trouble) => return End::Lost(trouble),
            };
            let next = answer.location().filter(|_| (300..400).contains(&answer.status));
            hops.push(Hop { answer, at: now() });
            match next {
                None => return End::Page,
                // Another scheme is another place: what http leads to is for the judge to see.
                Some(next) if !self.is_here(&next) || next.scheme() != url.scheme() => {
                    return End::Away(next);
                }
                Some(next) => url = next,
            }
        }
        End::Loop
    }

    /// The operator's page. Its key goes to this site alone, on https or on this machine, and no redirect takes it along.
    async fn operator(&self, url: &Url, key: &Secret) -> Option<Way> {
        let safe = url.scheme() == "https" || is_loopback_authority(url.host_str()?);
        (safe && self.is_here(url)).then_some(())?;
        let pair = Secret::new(format!(":{}", key.expose()));
        let basic = Secret::new(format!("Basic {}", STANDARD.encode(pair.expose())));
        let headers = [("accept", "text/html"), ("accept-language", "fr"), ("authorization", basic.expose())];
        let asked = tokio::time::timeout_at(self.deadline, self.prober.get_with(url, &headers));
        Some(match asked.await.unwrap_or(Err(Trouble::Late(WHOLE))) {
            Ok(answer) => Way { hops: vec![Hop { answer, at: now() }], end: End::Page },
            Err(trouble) => Way { hops: Vec::new(), end: End::Lost(trouble) },
        })
    }

    /// Begins a login: at an address that does, or by the button of a page.
    async fn begin(&self, url: &Url) -> Way {
        let mut way = self.go(url).await;
        let Some(answer) = way.page().filter(|page| page.status == 200 && page.kind().contains("html"))
        else {
            return way;
        };
        let page = Page::read(&String::from_utf8_lossy(&answer.body));
        let Some(button) = button(&page) else { return way };
        if button.post {
            way.end = End::Stopped(Words::new(
                "le bouton envoie un formulaire (POST), ce que cette commande ne fait pas",
                "the button sends a form (POST), which this command does not do",
            ));
            return way;
        }
        let Ok(mut next) = answer.url.join(&button.target) else {
            way.end = End::Lost(Trouble::NotHttp(String::new()));
            return way;
        };
        if !button.fields.is_empty() {
            next.query_pairs_mut().clear().extend_pairs(&button.fields);
        }
        next.set_fragment(None);
        way.end = if self.is_here(&next) { self.follow(&next, &mut way.hops).await } else { End::Away(next) };
        way
    }
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_unix(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
