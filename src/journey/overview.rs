//! Decides where a service stands on its way: which of the five steps are done, what each misses, which comes next.

use super::configuration::Configuration;
use super::dossier::{Dossier, Step};
use super::habilitation::{self, Seen};
use super::qualification::report::Recorded;
use super::reach::{Looked, Probed, Remark};
use super::{Sheet, Words, eligibility, operations, production, sandbox};
use crate::time::Timestamp;
use serde_json::{Value, json};

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// Which.
    pub step: Step,
    /// What it misses; nothing if it is done.
    pub missing: Vec<Words>,
    /// What is known of it besides.
    pub known: Option<Words>,
}

/// The five steps, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// Each step.
    pub stages: Vec<Stage>,
    /// What is late of a service in production.
    pub late: Vec<Words>,
    /// What was asked of the network for each step, or not; nothing where nobody wanted that.
    pub probes: Option<Vec<(Step, Probed)>>,
}

impl Overview {
    /// Judges every step by its sheet; `test` and `live` are the two configurations, `look` tells of a file.
    pub fn of(
        dossier: &Dossier,
        test: Option<&Configuration>,
        live: Option<&Configuration>,
        look: impl Fn(&str) -> Option<Seen>,
        today: Timestamp,
    ) -> Self {
        let of_sheet = |sheet: &Sheet| sheet.objections().cloned().collect::<Vec<_>>();
        let stage = |step| {
            let mut missing = match step {
                Step::Eligibility => of_sheet(&eligibility::sheet(dossier)),
                Step::Habilitation => of_sheet(&habilitation::sheet(dossier, test, &look, today)),
                Step::Sandbox => of_sheet(&sandbox::sheet(dossier, test)),
                Step::Qualification => Vec::new(),
                Step::Production => of_sheet(&production::sheet(dossier, live, test)),
            };
            missing.extend(outside(dossier, step));
            Stage { step, missing, known: None }
        };
        Self {
            stages: Step::ALL.map(stage).into(),
            late: operations::late(dossier, live, today),
            probes: None,
        }
    }

    /// Adds what was seen of a step on the network, which misses what is wrong with it.
    pub fn and(&mut self, step: Step, looked: &Looked) {
        for stage in self.stages.iter_mut().filter(|stage| stage.step == step) {
            let wrong = looked.remarks.iter().filter(|remark| remark.is_wrong());
            stage.missing.extend(wrong.map(Remark::words));
        }
        let probes = looked.probes.iter().map(|probed| (step, probed.clone()));
        self.probes.get_or_insert_default().extend(probes);
    }

    /// The same with the last acceptance that is recorded, or why it cannot be read.
    #[must_use]
    pub fn after(mut self, acceptance: Option<Result<Recorded, Words>>, dossier: &Dossier) -> Self {
        let of = |stage: &&mut Stage| stage.step == Step::Qualification;
        if let (Some(acceptance), Some(stage)) = (acceptance, self.stages.iter_mut().find(of)) {
            stage.known = acceptance.as_ref().ok().map(Recorded::words);
            let against = acceptance.map_or_else(Some, |own| own.against(dossier.product().name()));
            // Once FranceConnect has agreed, its word counts.
            if dossier.attested(stage.step.name()).is_none() {
                stage.missing.splice(0..0, against);
            }
        }
        self
    }

    /// The first step that is not done.
    pub fn next(&self) -> Option<&Stage> {
        self.stages.iter().find(|stage| !stage.missing.is_empty())
    }

    /// As JSON: `steps` with `step`, `done`, `missing` and `known` in both languages, `next`, what is `late`; and the
    /// `probes`, if the network was looked at.
    pub fn json(&self) -> Value {
        let steps = self.stages.iter().map(|Stage { step, missing, known }| {
            let (done, known) = (missing.is_empty(), words(known.as_slice()));
            json!({ "step": step.name(), "done": done, "missing": words(missing), "known": known.first() })
        });
        let mut json = json!({
            "steps": steps.collect::<Vec<_>>(),
            "next": self.next().map(|stage| stage.step.name()),
            "late": words(&self.late),
        });
        if let (Some(json), Some(probes)) = (json.as_object_mut(), &self.probes) {
            let probes = probes.iter().map(|(step, probed)| probed.json(*step)).collect();
            json.insert("probes".to_owned(), Value::Array(probes));
        }
        json
    }
}

/// Sentences as JSON.
fn words(all: &[Words]) -> Vec<Value> {
    all.iter().map(|words| json!({ "fr": words.fr, "en": words.en })).collect()
}

/// What no sheet holds, since others decide it: it is recorded or attested once it has happened.
fn outside(dossier: &Dossier, step: Step) -> Option<Words> {
    let unattested = dossier.attested(step.name()).is_none();
    let (fr, en) = match step {
        Step::Habilitation if !habilitation::is_granted(dossier) => (
            "L’habilitation n’est pas enregistrée : une fois la demande validée, remplir [habilitation].",
            "The habilitation is not recorded: once the request is validated, fill in [habilitation].",
        ),
        Step::Sandbox if unattested => (
            "Aucune connexion au bac à sable n’est attestée : [[attestation]] about = \"sandbox\".",
            "No login in the sandbox is attested: [[attestation]] about = \"sandbox\".",
        ),
        Step::Qualification if unattested => (
            "La qualification n’est pas attestée : recette interne, puis formulaire de qualification, puis [[attestation]] about = \"qualification\".",
            "The qualification is not attested: internal acceptance, then the qualification form, then [[attestation]] about = \"qualification\".",
        ),
        Step::Production if unattested => (
            "Aucune connexion en production n’est attestée : journey live, puis une vraie connexion, puis [[attestation]] about = \"production\".",
            "No login in production is attested: journey live, then a real login, then [[attestation]] about = \"production\".",
        ),
        _ => return None,
    };
    Some(Words::new(fr, en))
}
