//! Decides which pages are looked at of somebody logged in: the one where the login ends, the profile, what the header
//! leads to besides, and the profile of somebody of whom little is known. Pages are gone to by their links; nothing is
//! pressed but what opens a menu or the profile.

use super::super::browser::{Browser, Landing, Tab, Trouble};
use super::super::driver::Trip;
use super::super::lies::ANGELA;
use super::super::seen::{Inside, Person, is_way_to_profile};
use super::login::log_in;
use super::visit::{same_site, without_fragment};
use super::{Control, Page};
use crate::journey::Words;
use crate::journey::qualification::Evidence;
use std::time::Duration;
use url::Url;

/// Somebody without a place of birth, a name in use, a day and a month of birth (e16).
const LITTLE_KNOWN: &str = "étranger_présumé_né_jour_et_mois";
/// Most pages that are looked at because the header leads to them.
const BESIDES: usize = 4;

/// Logs invented people in in `browser`, and looks at what they see, each page for `limit` at most. With
/// `any_certificate` one that nobody vouches for will do.
///
/// # Errors
/// Why nothing was seen of somebody logged in; a page besides that cannot be looked at is passed over.
pub async fn inside(
    browser: &Browser,
    trip: &Trip,
    any_certificate: bool,
    limit: Duration,
) -> Result<Inside, Words> {
    let said = |trouble: Trouble| trouble.words();
    let tab = browser.open(any_certificate).await.map_err(said)?;
    let arrived = log_in(&tab, trip, ANGELA.login, limit).await?;
    let first = Page::read(&tab, limit).await.map_err(said)?;
    let mut seen = Inside { person: arrived.person, pages: vec![first], ..Inside::default() };
    let walk = Walk { tab: &tab, trip, limit };
    let title = Words::new("La page où mène la connexion", "The page that the login leads to");
    walk.picture(&mut seen, title).await;
    let profile = walk.to_profile(&mut seen).await.unwrap_or(arrived.landing.url);
    if let Some(url) = Url::parse(&profile).ok().filter(|url| trip.bounds().allow(url)) {
        seen.forged = walk.forge(&url, &seen).await;
    }
    let besides = walk.besides(&mut seen);
    let little = async {
        let tab = browser.open(any_certificate).await.ok()?;
        log_in(&tab, trip, LITTLE_KNOWN, limit).await.ok()?;
        Walk { tab: &tab, trip, limit }.look(&profile).await.map(|(_, page)| page)
    };
    let ((), little) = tokio::join!(besides, little);
    seen.little_known = little;
    if browser.is_gone() { Err(Trouble::Gone.words()) } else { Ok(seen) }
}

/// Somebody who goes from page to page of a service.
pub(super) struct Walk<'a> {
    pub(super) tab: &'a Tab,
    pub(super) trip: &'a Trip,
    pub(super) limit: Duration,
}

impl Walk<'_> {
    /// A page of the service, if one is there.
    pub(super) async fn look(&self, url: &str) -> Option<(Landing, Page)> {
        let landing = self.tab.go(url, self.limit).await.ok()?;
        if !self.is_own(&landing.url) {
            return None;
        }
        let page = Page::read(self.tab, self.limit).await.ok()?;
        Some((landing, page))
    }

    fn is_own(&self, url: &str) -> bool {
        let bounds = self.trip.bounds();
        Url::parse(url).is_ok_and(|url| bounds.allow(&url) && !bounds.at_emulator(&url))
    }

    async fn picture(&self, seen: &mut Inside, title: Words) {
        // A page that cannot be drawn is read all the same.
        seen.pictures.extend(self.tab.screenshot().await.ok().map(|png| Evidence::Picture { title, png }));
    }

    /// Goes to the profile: the page given, or where the first page leads, perhaps from a menu. Its address; none if
    /// the first page is all there is.
    async fn to_profile(&self, seen: &mut Inside) -> Option<String> {
        let title = Words::new("La page du profil", "The page of the profile");
        let url = match &self.trip.service().profile {
            Some(given) => given.to_string(),
            None => self.way_to_profile(seen).await?,
        };
        let first = seen.pages.first().is_some_and(|first| is_same(&first.url, &url));
        let (landing, page) = self.look(&url).await.map_or((None, None), |(at, page)| (Some(at), Some(page)));
        seen.profile = Some((url.clone(), landing.and_then(|landing| landing.status())));
        if !first && let Some(page) = page {
            seen.pages.push(page);
            self.picture(seen, title).await;
        }
        Some(url)
    }

    async fn way_to_profile(&self, seen: &mut Inside) -> Option<String> {
        // A second time for a menu that was opened.
        for _ in 0..2 {
            let page = seen.pages.last()?;
            if let Some(link) = self.link_to_profile(page, &seen.person) {
                return Some(link);
            }
            let (menu, here) = (menu(page, &seen.person)?, page.url.clone());
            let landing = self.tab.click(&menu, self.limit).await.ok()?;
            if !is_same(&landing.url, &here) {
                return Some(landing.url).filter(|url| self.is_own(url));
            }
            seen.pages.push(Page::read(self.tab, self.limit).await.ok()?);
        }
        None
    }

    fn link_to_profile(&self, page: &Page, person: &Person) -> Option<String> {
        let ways = || ways(page, person);
        // Their name leads there for certain, “Mon compte” in the header most likely.
        let named = ways().filter(|control| person.is_named_in(&control.name));
        let header = ways().filter(|control| matches!(control.place.as_str(), "header" | "nav"));
        named.chain(header).chain(ways()).find_map(|control| self.link(control))
    }

    /// Where a link leads, if to a page of the service.
    fn link(&self, control: &Control) -> Option<String> {
        let href = control.href.as_deref().filter(|href| href.starts_with("http"))?;
        self.is_own(href).then(|| without_fragment(href).to_owned())
    }

    /// Looks at the pages that the header leads to.
    async fn besides(&self, seen: &mut Inside) {
        let Some(first) = seen.pages.first() else { return };
        let mut links: Vec<String> = Vec::new();
        let header = first.controls().filter(|control| matches!(control.place.as_str(), "header" | "nav"));
        for link in header.filter(|control| !control.is_risky()).filter_map(|control| self.link(control)) {
            // The page to log in on is for those who have not.
            let known = is_same(&link, self.trip.service().login.as_str())
                || seen.profile.as_ref().is_some_and(|(profile, _)| is_same(profile, &link))
                || seen.pages.iter().any(|page| is_same(&page.url, &link))
                || !same_site(&link, &first.url)
                || links.contains(&link);
            if !known && links.len() < BESIDES {
                links.push(link);
            }
        }
        for link in links {
            if let Some((landing, page)) = self.look(&link).await
                && landing.status().is_none_or(|status| status < 400)
            {
                seen.pages.push(page);
            }
        }
    }
}

/// What seems to lead to the profile of this person.
fn ways<'a>(page: &'a Page, person: &'a Person) -> impl Iterator<Item = &'a Control> {
    page.controls().filter(|control| is_way_to_profile(person, control))
}

/// A button of the header that opens what leads there, as it sends nothing.
fn menu(page: &Page, person: &Person) -> Option<String> {
    let opens = |control: &&Control| {
        control.element == "button"
            && control.form.is_empty()
            && matches!(control.place.as_str(), "header" | "nav")
    };
    ways(page, person).find(opens).map(|control| control.path.clone())
}

/// The same page, whatever place in it.
fn is_same(a: &str, b: &str) -> bool {
    let plain = |url: &str| without_fragment(url).trim_end_matches('/').to_owned();
    plain(a) == plain(b)
}
