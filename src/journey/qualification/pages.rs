//! Decides how the pages of a service are looked at: in one browser, before and after a login at a time, each page for so
//! long and all for so long, beside the other logins; a browser that is missing or fails costs the points of the pages,
//! and says why.

use super::browser::{Browser, Trouble};
use super::driver::{Service, Trip};
use super::seen::{self, Inside, Outside};
use super::{Finding, page};
use crate::emulator::Product;
use crate::journey::Words;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::time::timeout;
use url::Url;

/// What a browser is given for one page, for those before a login, and for those after.
const A_PAGE: Duration = Duration::from_secs(15);
const OUTSIDE: Duration = Duration::from_secs(75);
const INSIDE: Duration = Duration::from_secs(120);

/// What was seen of the pages, or why nothing was.
#[derive(Debug)]
pub struct Pages {
    outside: Result<Outside, Words>,
    /// The product that the button asks.
    asks: Option<Product>,
    inside: Result<Inside, Words>,
    /// The browser ran without its own wall between pages and the machine.
    exposed: bool,
}

impl Pages {
    /// Looks at the service of `trip` in the browser that `program` is.
    pub async fn look(trip: &Trip, program: Option<PathBuf>) -> Self {
        let seen = match program.ok_or_else(Trouble::none_found) {
            Ok(program) => Self::look_with(trip, &program).await,
            Err(trouble) => Err(trouble),
        };
        seen.unwrap_or_else(|trouble| {
            let none = || trouble.words();
            Self { outside: Err(none()), asks: None, inside: Err(none()), exposed: false }
        })
    }

    /// A browser that falls may have fallen by itself, once in a while: what another one sees in the time that is left
    /// is what was seen. A page that brings down both is told.
    async fn look_with(trip: &Trip, program: &Path) -> Result<Self, Trouble> {
        let began = Instant::now();
        let browser = Browser::launch(program).await?;
        let seen = Self::seen(trip, &browser, Duration::ZERO).await;
        if !browser.is_gone() {
            return Ok(seen);
        }
        drop(browser);
        let browser = Browser::launch(program).await?;
        Ok(Self::seen(trip, &browser, began.elapsed()).await)
    }

    /// What `browser` sees, after so much of the time was spent.
    async fn seen(trip: &Trip, browser: &Browser, spent: Duration) -> Self {
        let host = trip.service().login.host_str();
        let local = matches!(host, Some("localhost" | "127.0.0.1" | "[::1]"));
        let late = |_| Trouble::Late.words();
        let (outside, inside) = tokio::join!(
            timeout(OUTSIDE.saturating_sub(spent), outside(browser, trip, local)),
            timeout(INSIDE.saturating_sub(spent), page::inside(browser, trip, local, A_PAGE)),
        );
        let outside = outside.map_err(late).flatten();
        let asks = outside.iter().flat_map(|seen| &seen.leads_to).filter_map(|url| Url::parse(url).ok());
        let asks = asks.filter(|url| trip.bounds().at_emulator(url)).find_map(|url| trip.product(&url));
        Self { outside, asks, inside: inside.map_err(late).flatten(), exposed: !browser.is_sandboxed() }
    }

    /// What whoever ran this has to know of how the pages were looked at.
    pub fn warning(&self) -> Option<Words> {
        self.exposed.then(|| {
            Words::new(
                "Ici (root, conteneur) Chromium a tourné sans son bac à sable, qui enferme les pages : ne juger ainsi que ses propres services.",
                "Here (root, a container) Chromium ran without its sandbox, which shuts pages in: judge only services of your own like this.",
            )
        })
    }

    /// The verdicts, for a service that is on FranceConnect+ or not, as its logins tell.
    pub fn findings(mut self, plus: bool) -> Vec<Finding> {
        if let Ok(seen) = &mut self.outside {
            seen.plus = plus;
        }
        if self.asks.is_some_and(|product| (product == Product::Plus) != plus) {
            self.outside = Err(Words::new(
                "le bouton de cette page demande l’autre FranceConnect que les connexions : donnez par --login-path la page du leur",
                "the button of this page asks the other FranceConnect than the logins: give the page of theirs with --login-path",
            ));
        }
        let outside = seen::outside(self.outside.as_ref().map_err(Words::clone));
        let inside = seen::inside(self.inside.as_ref().map_err(Words::clone));
        outside.into_iter().chain(inside).collect()
    }
}

/// The pages before a login. An address that begins one by itself has no button: it is looked for on the first page.
async fn outside(browser: &Browser, trip: &Trip, any_certificate: bool) -> Result<Outside, Words> {
    let Service { login, url, .. } = trip.service();
    let visit = async |url: &Url| {
        let service = page::Service { url: url.to_string(), plus: false, public: true, any_certificate };
        service.visit(browser, A_PAGE).await.map_err(|trouble| trouble.words())
    };
    let gone = |seen: &Outside| Url::parse(&seen.login.url).is_ok_and(|url| trip.bounds().at_emulator(&url));
    let seen = visit(login).await?;
    if !gone(&seen) {
        return Ok(seen);
    }
    let first = visit(url).await?;
    if !gone(&first) && first.login.button().is_some() {
        return Ok(first);
    }
    Err(Words::new(
        "l’adresse donnée commence la connexion sans page de bouton : donnez celle du bouton par --login-path",
        "the address given begins the login without a page of the button: give that of the button with --login-path",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_without_its_wall_is_told() {
        let none = || Trouble::Gone.words();
        let pages = |exposed| Pages { outside: Err(none()), asks: None, inside: Err(none()), exposed };
        assert_eq!(pages(false).warning(), None);
        assert!(pages(true).warning().is_some_and(|words| words.en.contains("without its sandbox")));
    }
}
