//! Looks at what a step needs from the network: the legal text, the page with the button, and every address that is
//! declared to FranceConnect, each of which must answer as FranceConnect and its users will find it.
//!
//! What is looked at follows from the file and the configuration; what is said of an answer follows from the answer
//! alone, so that a test writes one. Only [`look`] goes out, and only somebody who asked for it calls that.

pub mod authorize;
mod code;
mod document;
mod place;
mod probed;
mod status;

pub use place::{Place, What, places};
pub use probed::{Looked, Outcome, Probed};

use super::probe::{Answer, Prober, Trouble};
use super::{Configuration, Sheet, Words};
use url::Url;

/// What is said of one address, or one fault of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// What the address is.
    pub what: Words,
    /// The address.
    pub url: String,
    /// How it answered.
    pub state: State,
    /// What it publishes, to compare with a form.
    pub shown: Option<String>,
}

/// How an address answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// As it must.
    Sound(Words),
    /// In a way that says nothing: a person has to look.
    Unseen(Words),
    /// Otherwise: what was seen, and what to do.
    Wrong(Words, Words),
}

impl State {
    fn sound(fr: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Sound(Words::new(fr, en))
    }

    fn unseen(fr: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Unseen(Words::new(fr, en))
    }

    fn wrong(seen: Words, fr: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Wrong(seen, Words::new(fr, en))
    }

    /// Nothing answered.
    fn silent(trouble: &Trouble) -> Self {
        Self::Wrong(trouble.words(), trouble.mend())
    }
}

impl Remark {
    /// As one sentence.
    pub fn words(&self) -> Words {
        let Self { what, url, state, .. } = self;
        let (fr, en) = match state {
            State::Sound(seen) | State::Unseen(seen) => (format!("{}.", seen.fr), format!("{}.", seen.en)),
            State::Wrong(seen, mend) => {
                (format!("{} ; {}.", seen.fr, mend.fr), format!("{}; {}.", seen.en, mend.en))
            }
        };
        Words::new(format!("{}, {url} : {fr}", what.fr), format!("{}, {url}: {en}", what.en))
    }

    /// Whether it stands against a step.
    pub fn is_wrong(&self) -> bool {
        matches!(self.state, State::Wrong(..))
    }
}

/// Looks at every place, all at once, and says what is to be said of each, in their order.
pub async fn look(prober: &Prober, places: Vec<Place>, configuration: Option<&Configuration>) -> Looked {
    let asked: Vec<_> = places
        .into_iter()
        .map(|place| {
            let prober = prober.clone();
            tokio::spawn(async move {
                {
                    let answer = place.ask(&prober).await;
                    (place, answer)
                }
            })
        })
        .collect();
    let mut seen = Vec::new();
    for task in asked {
        // A task that panicked has said so.
        seen.extend(task.await.ok());
    }
    Looked::of(&seen, configuration, gather(&seen, configuration))
}

/// What is to be said of every place; what keeps all of a service from answering is said once.
pub fn gather(
    seen: &[(Place, Result<Answer, Trouble>)],
    configuration: Option<&Configuration>,
) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for (at, (place, answer)) in seen.iter().enumerate() {
        let alike = |(other, result): &(Place, Result<Answer, Trouble>)| {
            let one = [place, other].iter().all(|place| place.what.is_ours())
                && place.url.origin() == other.url.origin();
            one && answer.is_err() && result.as_ref().err() == answer.as_ref().err()
        };
        if seen.iter().take(at).any(alike) {
            continue;
        }
        match answer {
            Err(trouble) if seen.iter().skip(at + 1).any(alike) => remarks.push(Remark {
                what: Words::new("Le service", "The service"),
                url: place.url.origin().ascii_serialization(),
                state: State::silent(trouble),
                shown: None,
            }),
            answer => remarks.extend(judge(place, answer, configuration)),
        }
    }
    remarks
}

/// What is to be said of an answer: one remark if all is well, one for each fault otherwise.
pub fn judge(
    place: &Place,
    answer: &Result<Answer, Trouble>,
    configuration: Option<&Configuration>,
) -> Vec<Remark> {
    let (states, shown) = states(place, answer, configuration);
    let remark = |state| Remark { what: place.what.words(), url: shown_url(&place.url), state, shown: None };
    let mut remarks: Vec<Remark> = states.into_iter().map(remark).collect();
    if let Some(first) = remarks.first_mut() {
        first.shown = shown;
    }
    remarks
}

/// How an address answered, one state for each fault; and what it publishes.
fn states(
    place: &Place,
    answer: &Result<Answer, Trouble>,
    configuration: Option<&Configuration>,
) -> (Vec<State>, Option<String>) {
    let config = configuration.and_then(|configuration| configuration.config.as_ref().ok());
    let states = match (place.what, answer, config) {
        (What::Keys, answer, Some(config)) => {
            let known = configuration.is_some_and(Configuration::keys_are_seen);
            return document::keys(answer, place.encryption, config, known);
        }
        (What::Sector, answer, Some(config)) => {
            document::sector(answer, &super::configuration::callbacks(config))
        }
        (_, Err(trouble), _) => vec![status::silent(place.what, trouble)],
        (_, Ok(answer), _) => vec![status::answered(place, answer)],
    };
    (states, None)
}

/// An address without what was drawn for one request, or lets one in.
fn shown_url(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    shown_whole(url)
}

/// An address without what lets one in: a site that is tried may ask for a password.
fn shown_whole(mut url: Url) -> String {
    // One that can have no password has none.
    let _ = url.set_username("").and_then(|()| url.set_password(None));
    super::probe::printable(url.as_str())
}

/// Adds what was seen to the sheet of the step.
pub fn write(sheet: &mut Sheet, remarks: &[Remark], today: &str) {
    if remarks.is_empty() {
        return;
    }
    sheet.note(format!("Vu sur le réseau le {today} :"), format!("Seen on the network on {today}:"));
    for remark in remarks {
        let words = remark.words();
        if remark.is_wrong() {
            sheet.against(words.fr, words.en);
        } else {
            sheet.note(words.fr, words.en);
        }
        if let Some(text) = &remark.shown {
            sheet.letter(text.clone());
        }
    }
}
