//! Decides which pages of a service are looked at before anybody logs in: that of the button, that to sign up on, and
//! what is told of the law and of personal data.

use super::super::browser::{Browser, Tab, Trouble};
use super::super::seen::{Outside, signs_up};
use super::{Control, Page, banner, keyboard, plain};
use crate::journey::Words;
use crate::journey::qualification::Evidence;
use std::time::Duration;

/// What is known of a service before it is looked at.
#[derive(Debug, Clone)]
pub struct Service {
    /// The address of the page with the button, or of one that leads there.
    pub url: String,
    /// It is on FranceConnect+.
    pub plus: bool,
    /// A public service, which shows FranceConnect first.
    pub public: bool,
    /// A certificate that nobody vouches for will do: a machine of one's own.
    pub any_certificate: bool,
}

impl Service {
    /// Looks at its pages, each for `limit` at most, and presses the button once to see where that opens.
    ///
    /// # Errors
    /// When the first page cannot be looked at; another that cannot be is as one that is missing.
    pub async fn visit(&self, browser: &Browser, limit: Duration) -> Result<Outside, Trouble> {
        let tab = browser.open(self.any_certificate).await?;
        tab.go(&self.url, limit).await?;
        banner::dismiss(&tab, limit).await?;
        let mut login = Page::read_closely(&tab, limit).await?;
        let way = login.controls().find(|control| logs_in(control)).map(|control| control.path.clone());
        if let Some(path) = way.filter(|_| login.button().is_none()) {
            let landing = tab.click(&path, limit).await?;
            banner::dismiss(&tab, limit).await?;
            let there = Page::read_closely(&tab, limit).await?;
            // A service of which each page asks for a login has left for FranceConnect, or for what it logs in by.
            if same_origin(&landing.url, &self.url) || there.button().is_some() {
                login = there;
            }
        }
        if login.button().is_none() && !same_origin(&login.url, &self.url) {
            let (plus, public, straight) = (self.plus, self.public, Some(self.url.clone()));
            return Ok(Outside { plus, public, straight, login, ..Outside::default() });
        }
        let pictures = pictures(&tab).await?;
        // A page that does not let itself be walked through is judged by what it says of itself.
        let keys = tokio::time::timeout(limit, keyboard::walk(&tab, &login, limit)).await;
        login.keyboard = keys.ok().and_then(Result::ok).flatten();
        let link = |wanted: fn(&str) -> bool| link(&login, wanted);
        let (signup, legal, privacy) = (link(signs_up), link(is_legal), link(is_privacy));
        let mut leads_to = Vec::new();
        let windows = match login.button().map(|button| button.path.clone()) {
            Some(path) => {
                // Whether that is right is for the logins to judge.
                let landing = tab.click(&path, limit).await;
                let hops = landing.into_iter().flat_map(|landing| landing.hops);
                leads_to = hops.filter_map(|hop| Some(hop.url.split('?').next()?.to_owned())).collect();
                tab.tried().windows
            }
            None => Vec::new(),
        };
        let mut dead = Vec::new();
        let seen = Outside {
            plus: self.plus,
            public: self.public,
            signup: page(browser, signup, self.any_certificate, limit, &mut Vec::new()).await?,
            legal: page(browser, legal, self.any_certificate, limit, &mut dead).await?,
            privacy: page(browser, privacy, self.any_certificate, limit, &mut dead).await?,
            login,
            straight: None,
            windows,
            leads_to,
            pictures,
            dead,
        };
        // What is missing then is no fault of the service.
        if browser.is_gone() { Err(Trouble::Gone) } else { Ok(seen) }
    }
}

/// The page in light and in dark.
async fn pictures(tab: &Tab) -> Result<Vec<Evidence>, Trouble> {
    let light = tab.screenshot().await?;
    tab.scheme(true).await?;
    let dark = tab.screenshot().await?;
    tab.scheme(false).await?;
    let title = Words::new("La page du bouton, en clair", "The page of the button, in light");
    let in_dark = Words::new("La page du bouton, en sombre", "The page of the button, in dark");
    Ok(vec![Evidence::Picture { title, png: light }, Evidence::Picture { title: in_dark, png: dark }])
}

/// A page of its own context; none where there is none, or where it cannot be looked at; an error is noted in `dead`.
async fn page(
    browser: &Browser,
    url: Option<String>,
    any_certificate: bool,
    limit: Duration,
    dead: &mut Vec<(String, u16)>,
) -> Result<Option<Page>, Trouble> {
    let Some(url) = url else { return Ok(None) };
    let tab = browser.open(any_certificate).await?;
    match tab.go(&url, limit).await {
        Ok(landing) => match landing.status() {
            Some(status @ 400..) => {
                dead.push((url, status));
                Ok(None)
            }
            _ => Ok(Page::read(&tab, limit).await.ok()),
        },
        Err(Trouble::Gone) => Err(Trouble::Gone),
        _ => Ok(None),
    }
}

/// Where the first link of this kind leads, if to another page of the web.
fn link(page: &Page, wanted: fn(&str) -> bool) -> Option<String> {
    let here = without_fragment(&page.url);
    let links =
        page.controls().filter(|control| wanted(&control.name)).filter_map(|control| control.href.as_deref());
    let mut pages = links.map(without_fragment).filter(|href| *href != here && href.starts_with("http"));
    pages.next().map(str::to_owned)
}

pub(super) fn without_fragment(url: &str) -> &str {
    url.split_once('#').map_or(url, |(page, _)| page)
}

pub(super) fn same_site(a: &str, b: &str) -> bool {
    let host = |url: &str| url::Url::parse(url).ok().map(|url| url.host_str().map(str::to_owned));
    host(a) == host(b)
}

fn same_origin(a: &str, b: &str) -> bool {
    let origin = |url: &str| url::Url::parse(url).ok().map(|url| url.origin());
    origin(a) == origin(b)
}

pub(super) fn logs_in(control: &Control) -> bool {
    let name = plain(&control.name).to_lowercase();
    ["se connecter", "connexion", "s'identifier", "log in", "login", "sign in"]
        .iter()
        .any(|word| name.starts_with(word))
}

fn is_legal(name: &str) -> bool {
    let name = plain(name).to_lowercase();
    name.contains("mentions légales") || name.contains("mentions legales") || name.contains("legal notice")
}

fn is_privacy(name: &str) -> bool {
    let name = plain(name).to_lowercase();
    [
        "données personnelles",
        "données à caractère personnel",
        "confidentialité",
        "vie privée",
        "privacy",
        "rgpd",
    ]
    .iter()
    .any(|words| name.contains(words))
}
