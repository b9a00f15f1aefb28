//! Decides what is kept of a look at a deployment: each address with everything that answered on the way.

use crate::journey::Words;
use crate::journey::probe::{Answer, Trouble};
use crate::time::Timestamp;
use url::Url;

/// What was seen of a deployment. `None`: there was no reason to look, or no address to look at.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The address of the site.
    pub site: Url,
    /// Its front page.
    pub front: Way,
    /// The same over http; nothing where https has a port of its own, since http is then anywhere.
    pub plain: Option<Way>,
    /// Two logins begun one after the other by two browsers.
    pub logins: [Way; 2],
    /// The callback without anything.
    pub callback: Option<Way>,
    /// The callback with a code and a `state` that nobody gave out.
    pub forged: Option<Way>,
    /// The callback with an error and such a `state`.
    pub denied: Option<Way>,
    /// The address where FranceConnect's logout ends.
    pub logout: Option<Way>,
    /// The sector identifier document.
    pub sector: Option<Way>,
    /// The public keys.
    pub keys: Option<Way>,
    /// Those of the test site.
    pub test_keys: Option<Way>,
    /// FranceConnect's own keys: its clock, and whether this machine reaches it.
    pub provider: Option<Way>,
    /// What the deployment says of its health.
    pub health: Option<Way>,
    /// What it tells those who run it, if their key was given.
    pub operator: Option<Way>,
}

/// Answers one after the other, each redirect followed as long as it stays on the site.
#[derive(Debug, Clone)]
pub struct Way {
    /// What answered, in order.
    pub hops: Vec<Hop>,
    /// How it ended.
    pub end: End,
}

/// One answer.
#[derive(Debug, Clone)]
pub struct Hop {
    /// What came back.
    pub answer: Answer,
    /// The clock of this machine when it did.
    pub at: Timestamp,
}

/// The end of a way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// The last answer leads no further.
    Page,
    /// It leads to another site, which was not asked.
    Away(Url),
    /// There was no answer.
    Lost(Trouble),
    /// Redirects without end.
    Loop,
    /// It does not go on by an address.
    Stopped(Words),
}

impl Way {
    /// The last answer.
    pub fn last(&self) -> Option<&Hop> {
        self.hops.last()
    }

    /// The page where it ends.
    pub fn page(&self) -> Option<&Answer> {
        match self.end {
            End::Page => self.hops.last().map(|hop| &hop.answer),
            _ => None,
        }
    }

    /// The document at the address itself: redirects are for people.
    pub fn document(&self) -> Option<&Answer> {
        self.page().filter(|_| self.hops.len() == 1)
    }

    /// Where it leads to, off the site.
    pub fn away(&self) -> Option<&Url> {
        match &self.end {
            End::Away(url) => Some(url),
            _ => None,
        }
    }

    /// Why it leads nowhere, to stand after an address and a colon.
    pub fn lost(&self) -> Option<Words> {
        match &self.end {
            End::Lost(trouble) => Some(trouble.words()),
            End::Loop => Some(Words::new("des redirections sans fin", "redirects without end")),
            End::Stopped(why) => Some(why.clone()),
            End::Page | End::Away(_) => None,
        }
    }

    /// Everything that answered.
    pub fn answers(&self) -> impl Iterator<Item = &Answer> {
        self.hops.iter().map(|hop| &hop.answer)
    }
}

impl Seen {
    /// Every way on which a browser may get a cookie.
    pub(super) fn ways(&self) -> impl Iterator<Item = &Way> {
        let [first, second] = &self.logins;
        let others = [&self.callback, &self.forged, &self.denied, &self.logout];
        [&self.front, first, second].into_iter().chain(others.into_iter().flatten())
    }

    /// Whether anything answered at all.
    pub fn is_there(&self) -> bool {
        self.ways().any(|way| !way.hops.is_empty())
    }
}
