//! Decides how somebody logs in in a browser, as a person does: the button of the service, the pages of the emulator,
//! the page of the service where that ends. What needs scripts has them.

use super::super::browser::{Landing, Tab, Trouble};
use super::super::driver::Trip;
use super::Page;
use super::visit::logs_in;
use crate::emulator::Account;
use crate::journey::Words;
use crate::journey::qualification::seen::Person;
use std::time::Duration;
use url::Url;

/// Most pages of the service before the emulator.
const BEFORE: usize = 4;
/// Most pages of the emulator.
const THROUGH: usize = 8;

/// How often a page is looked at that is none of them, and how long apart.
const LOOKS: usize = 8;
const A_MOMENT: Duration = Duration::from_millis(250);

/// Which of the emulator's pages a tab shows.
const STEP: &str = "document.querySelector('input[name=login]') ? 'account' : \
    document.querySelector('button[name=idp]') ? 'provider' : \
    document.querySelector('form[action$=\"/information\"]') ? 'information' : ''";
const TICK: &str =
    "for (const box of document.querySelectorAll('input[name=consentement]')) box.checked = true";

/// The end of a login.
pub(super) struct Arrival {
    /// Where it ended.
    pub(super) landing: Landing,
    /// Who it is, as the emulator told the service.
    pub(super) person: Person,
}

/// Logs `account` in in this tab.
pub(super) async fn log_in(tab: &Tab, trip: &Trip, account: &str, limit: Duration) -> Result<Arrival, Words> {
    let said = |trouble: Trouble| trouble.words();
    let at_emulator = |url: &str| Url::parse(url).is_ok_and(|url| trip.bounds().at_emulator(&url));
    let mut landing = tab.go(trip.service().login.as_str(), limit).await.map_err(said)?;
    let mut hops = landing.hops.clone();
    for _ in 0..BEFORE {
        if at_emulator(&landing.url) {
            break;
        }
        let page = Page::read(tab, limit).await.map_err(said)?;
        let way = page.button().or_else(|| page.controls().find(|control| logs_in(control)));
        let Some(way) = way else { return Err(no_button()) };
        landing = tab.click(&way.path, limit).await.map_err(said)?;
        hops.extend(landing.hops.iter().cloned());
    }
    let mut requests = hops.iter().filter_map(|hop| Url::parse(&hop.url).ok());
    let asked = |url: &Url| trip.bounds().at_emulator(url) && trip.product(url).is_some();
    let authorize = requests.find(asked).ok_or_else(no_button)?;
    let provider =
        trip.product(&authorize).and_then(|product| product.idps().first()).map_or("", |idp| idp.id);
    for _ in 0..THROUGH {
        if !at_emulator(&landing.url) {
            break;
        }
        let step = step(tab, limit).await.map_err(said)?;
        landing = match step.as_str() {
            "account" => {
                let password = Account::PASSWORD;
                let fields = [("input[name=login]", account), ("input[name=password]", password)];
                tab.fill(&fields).await.map_err(said)?;
                tab.click("form:has(input[name=login]) button", limit).await
            }
            "provider" => tab.click(&format!("button[name=idp][value=\"{provider}\"]"), limit).await,
            "information" => {
                tab.evaluate(TICK, limit).await.map_err(said)?;
                tab.click("form[action$=\"/information\"] button", limit).await
            }
            _ if at_emulator(&tab.url().await.map_err(said)?) => return Err(stopped()),
            // It had gone on by itself.
            _ => tab.act("0", limit).await,
        }
        .map_err(said)?;
    }
    let there = Url::parse(&landing.url).ok().filter(|url| trip.bounds().allow(url));
    if there.is_none_or(|url| trip.bounds().at_emulator(&url)) {
        return Err(stopped());
    }
    let person = trip.person(&authorize).await.ok_or_else(unasked)?;
    Ok(Arrival { landing, person })
}

/// Which page of the emulator is shown, once one is.
async fn step(tab: &Tab, limit: Duration) -> Result<String, Trouble> {
    for _ in 0..LOOKS {
        // Between two pages there is none to ask.
        match tab.evaluate(STEP, limit).await {
            Ok(step) if step != "" => return Ok(step.as_str().unwrap_or_default().to_owned()),
            Ok(_) | Err(Trouble::Refused(_)) => tokio::time::sleep(A_MOMENT).await,
            Err(trouble) => return Err(trouble),
        }
    }
    Ok(String::new())
}

fn no_button() -> Words {
    Words::new(
        "dans le navigateur, aucun bouton ne mène à l’émulateur",
        "in the browser, no button leads to the emulator",
    )
}

fn stopped() -> Words {
    Words::new(
        "dans le navigateur, la connexion ne revient pas de l’émulateur au service",
        "in the browser, the login does not come back from the emulator to the service",
    )
}

fn unasked() -> Words {
    Words::new(
        "dans le navigateur, la connexion s’arrête avant que le service demande l’identité",
        "in the browser, the login ends before the service asks for the identity",
    )
}
