//! Decides whether a client's sector identifier document lists its callbacks (OpenID Connect Core §8.1): a JSON array
//! in an answer of status 200, found when the client is loaded.

use super::load::{ServiceDocument, Trouble, status_line};
use crate::emulator::Emulator;
use crate::emulator::client::Client;
use crate::time::Timestamp;
use serde_json::Value;

/// How long a good document counts, in seconds. The engine remembers it as long as it runs and the registration does
/// not change; a developer should see sooner that it no longer answers.
const LIFE: i64 = 60;

/// The last document of one address.
#[derive(Debug, Clone)]
pub(in crate::emulator) struct Sector {
    fresh_until: Timestamp,
    listed: Result<Vec<Value>, Trouble>,
}

impl Emulator {
    /// Takes what the address of a sector identifier document answered.
    pub(super) fn learn_sector(&mut self, now: Timestamp, url: &str, answer: Option<&ServiceDocument>) {
        let known = Sector { fresh_until: now.plus(LIFE), listed: read(answer) };
        self.state.sectors.insert(url.to_owned(), known);
    }

    /// The address of the document of `client`, if it must be fetched: one that stops it is looked at again each time.
    pub(super) fn wanted_sector<'a>(&self, now: Timestamp, client: &'a Client) -> Option<&'a str> {
        let url = client.sector_identifier_uri.as_deref()?;
        let fresh = self.state.sectors.get(url).is_some_and(|known| known.fresh_until > now);
        (!fresh || self.covers_callbacks(client).is_err()).then_some(url)
    }

    /// Whether the document of `client`, if it registered one, lists every callback.
    pub(super) fn covers_callbacks(&self, client: &Client) -> Result<(), Trouble> {
        let Some(url) = &client.sector_identifier_uri else { return Ok(()) };
        let listed = match self.state.sectors.get(url).map(|known| &known.listed) {
            None => return Err(unreachable()),
            Some(listed) => listed.as_ref().map_err(Clone::clone)?,
        };
        let covered = |uri: &String| listed.iter().any(|listed| listed == uri.as_str());
        if client.redirect_uris.iter().all(covered) {
            return Ok(());
        }
        let text = "all registered redirect_uris must be included in the sector_identifier_uri response";
        Err(Trouble::new("Y04639D8", text, None))
    }
}

fn read(answer: Option<&ServiceDocument>) -> Result<Vec<Value>, Trouble> {
    let answer = answer.ok_or_else(unreachable)?;
    if answer.status != 200 {
        let got = status_line(answer.status);
        let text =
            format!("unexpected sector_identifier_uri response status code, expected 200 OK, got {got}");
        return Err(Trouble::new("Y04A8220", &text, None));
    }
    match serde_json::from_slice(&answer.body) {
        Ok(Value::Array(listed)) => Ok(listed),
        Ok(_) => Err(Trouble::new("Y04639D8", "sector_identifier_uri must return single JSON array", None)),
        Err(_) => {
            let text = "failed to parse sector_identifier_uri JSON response";
            Err(Trouble::new("Y049E35D", text, Some("the answer is not valid JSON")))
        }
    }
}

fn unreachable() -> Trouble {
    Trouble::new("Y04ED062", "could not load sector_identifier_uri response", Some("fetch failed"))
}
