//! Decides how somebody logs out of the service, and what is looked at afterwards.

use super::login::{Ground, seen, who};
use super::service::{Trip, logout};
use super::visitor::{Landing, Trouble, Visitor};
use crate::journey::qualification::lies::HONEST;
use crate::journey::qualification::trace::Leaving;
use std::sync::Arc;

impl Trip {
    /// Logs out by what the pages offer.
    pub(super) async fn leave(&self, visitor: &mut Visitor, pages: &[Landing], ground: &Ground) -> Leaving {
        let mut leaving = Leaving::default();
        let by_page = pages.iter().rev().find_map(|page| Some((page, logout(&page.page)?)));
        let ended = match (&self.service.logout, by_page) {
            (Some(url), _) => {
                leaving.control = Some(url.path().to_owned());
                visitor.open(url, |_| false).await
            }
            (None, Some((page, control))) => {
                leaving.control = Some(control.words.clone());
                visitor.follow(page, control, |_| false).await
            }
            (None, None) => {
                leaving.scripted = pages.iter().any(|page| page.page.scripted);
                return leaving;
            }
        };
        let ended = match ended {
            Ok(asks) => self.confirmed(visitor, asks, pages).await,
            ended => ended,
        };
        if let Ok(landing) = ended {
            leaving.at_emulator = self.bounds.at_emulator(&landing.url);
            leaving.end = Some(seen(&landing, ground));
        }
        let after = visitor.open(&ground.profile, |url| self.bounds.at_emulator(url)).await;
        leaving.who = who(after.ok().as_slice(), &HONEST, ground);
        leaving.asked_again = self.asks_again(visitor).await;
        leaving
    }

    /// Goes on from a page that asks whether one means it, as those against forged logouts do.
    async fn confirmed(
        &self,
        visitor: &mut Visitor,
        asks: Landing,
        pages: &[Landing],
    ) -> Result<Landing, Trouble> {
        let been = asks.hops.iter().any(|hop| self.bounds.at_emulator(&hop.url));
        let known = pages.iter().any(|page| page.url.path() == asks.url.path());
        match logout(&asks.page).filter(|control| control.form && !been && !known).cloned() {
            Some(form) => visitor.follow(&asks, &form, |_| false).await,
            None => Ok(asks),
        }
    }

    /// Whether another login of the same browser has to say who they are.
    async fn asks_again(&self, visitor: &mut Visitor) -> Option<bool> {
        let authorize = self.begin(visitor).await.ok()?;
        let bounds = Arc::clone(&self.bounds);
        let page = visitor.open(&authorize, |url| !bounds.at_emulator(url)).await.ok()?;
        Some(bounds.at_emulator(&page.url) && page.page.form_with(&["idp"]).is_some())
    }
}
