//! Decides how programs are told what was asked of the network: every address once, with what came of it, and what was
//! not asked, with the reason.

use super::{Place, Remark, State, What, shown_url, states};
use crate::journey::Words;
use crate::journey::configuration::Configuration;
use crate::journey::dossier::*;
use crate::journey::probe::{Answer, Trouble};
use serde_json::{Value, json};

/// What was seen of a step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Looked {
    /// What is to be told to people: what keeps all of a service from answering once.
    pub remarks: Vec<Remark>,
    /// What is told to programs.
    pub probes: Vec<Probed>,
}

/// One question that a step puts to the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probed {
    /// What it is about.
    pub what: What,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// This address was asked, and this is to be said of it.
    Asked(String, Vec<State>),
    /// Nothing was asked, for this reason.
    NotAsked(Words),
}

/// What a step asks, in this order, whatever its file and its configuration say: a program finds each of them.
fn all(step: Step) -> &'static [What] {
    match step {
        Step::Eligibility => &[What::Law, What::Reference],
        Step::Habilitation => &[What::Law],
        Step::Sandbox | Step::Production => &[
            What::Page,
            What::Callback,
            What::LogoutCallback,
            What::Logout,
            What::Sector,
            What::Keys,
            What::Login,
            What::Request,
        ],
        Step::Qualification => &[],
    }
}

impl Looked {
    pub(super) fn of(
        seen: &[(Place, Result<Answer, Trouble>)],
        configuration: Option<&Configuration>,
        remarks: Vec<Remark>,
    ) -> Self {
        let probed = |(place, answer): &(Place, _)| {
            let (states, _) = states(place, answer, configuration);
            Probed { what: place.what, outcome: Outcome::Asked(shown_url(&place.url), states) }
        };
        Self { remarks, probes: seen.iter().map(probed).collect() }
    }

    /// The same and what was seen besides.
    pub fn extend(&mut self, more: Self) {
        self.remarks.extend(more.remarks);
        self.probes.extend(more.probes);
    }

    /// The same with what the step did not ask, each in its place.
    #[must_use]
    pub fn complete(self, dossier: &Dossier, step: Step, configuration: Option<&Configuration>) -> Self {
        let of = |what: &What| {
            let asked: Vec<_> = self.probes.iter().filter(|probed| probed.what == *what).cloned().collect();
            let outcome = || Outcome::NotAsked(why(*what, dossier, step, configuration));
            if asked.is_empty() { vec![Probed { what: *what, outcome: outcome() }] } else { asked }
        };
        Self { probes: all(step).iter().flat_map(of).collect(), remarks: self.remarks }
    }
}

/// Why a step had nothing to ask.
fn why(what: What, dossier: &Dossier, step: Step, configuration: Option<&Configuration>) -> Words {
    let (file, page) = match step {
        Step::Production => (PRODUCTION_CONFIGURATION, PRODUCTION_PAGE),
        _ => (SANDBOX_CONFIGURATION, SANDBOX_PAGE),
    };
    let unsaid = |field: Field| {
        let path = field.path;
        Words::new(format!("{path} n’est pas renseigné"), format!("{path} is not given"))
    };
    match (what, configuration) {
        (What::Law, _) if dossier.value(LEGAL_DOCUMENT).is_some() => Words::new(
            "le texte est un document (legal_basis.document)",
            "the text is a document (legal_basis.document)",
        ),
        (What::Law | What::Reference, _) => unsaid(LEGAL_URL),
        (What::Page, _) => unsaid(page),
        (_, None) => unsaid(file),
        (_, Some(known)) if known.config.is_err() => {
            let place = &known.place;
            Words::new(
                format!("{place} a des erreurs : check les dit"),
                format!("{place} has faults: check tells them"),
            )
        }
        (_, Some(known)) if known.registration(dossier.product()).is_none() => {
            let (place, product) = (&known.place, dossier.product().name());
            Words::new(
                format!("{place} n’a pas de client de {product}"),
                format!("{place} has no client of {product}"),
            )
        }
        (What::Sector, _) => Words::new(
            "aucun autre site ne partage ce client (FC_SECTOR_REDIRECT_URIS)",
            "no other site shares this client (FC_SECTOR_REDIRECT_URIS)",
        ),
        (What::Keys, _) => {
            Words::new("rien n’est chiffré pour ce client", "nothing is encrypted for this client")
        }
        _ => Words::new("son adresse ne se lit pas", "its address cannot be read"),
    }
}

impl Probed {
    /// As JSON: what was asked for `step`, its `url`, the `outcome` in a word, what was `seen`, or `why` nothing was.
    pub fn json(&self, step: Step) -> Value {
        let mut json = json!({
            "step": step.name(),
            "what": self.what.name(),
            "name": both(&self.what.words()),
            "outcome": self.outcome.name(),
        });
        let more = match &self.outcome {
            Outcome::Asked(url, states) => {
                json!({ "url": url, "seen": states.iter().map(seen).collect::<Vec<_>>() })
            }
            Outcome::NotAsked(why) => json!({ "url": null, "why": both(why) }),
        };
        if let (Some(json), Value::Object(more)) = (json.as_object_mut(), more) {
            json.extend(more);
        }
        json
    }
}

impl Outcome {
    /// The word of JSON: one fault is enough, and so is one thing that a person has to look at.
    pub fn name(&self) -> &'static str {
        let Self::Asked(_, states) = self else { return "not-asked" };
        let any = |of: fn(&State) -> bool| states.iter().any(of);
        if any(|state| matches!(state, State::Wrong(..))) {
            "objection"
        } else if any(|state| matches!(state, State::Unseen(_))) {
            "unseen"
        } else {
            "ok"
        }
    }
}

fn seen(state: &State) -> Value {
    match state {
        State::Sound(seen) | State::Unseen(seen) => both(seen),
        State::Wrong(seen, mend) => json!({ "fr": seen.fr, "en": seen.en, "mend": both(mend) }),
    }
}

fn both(words: &Words) -> Value {
    json!({ "fr": words.fr, "en": words.en })
}
