//! Decides how the judgements of many services are told: what several have in common once, with their names.

use std::collections::HashMap;
use std::process::ExitCode;

use super::FAULTS;
use super::judge::{Judged, judge};
use super::services::File;
use super::source::{Finding, Source};
use crate::cli::lang::{self, Lang};
use crate::config::PublicUrl;

/// Names of services that are told with one finding.
const TOLD: usize = 3;

/// Everything that was found in a document of services.
pub(in crate::cli) struct Fleet {
    base: Source,
    read: String,
    faults: Vec<(Finding, Vec<String>)>,
    remarks: Vec<(Finding, Vec<String>)>,
    /// Variables without a value here, whether that is a fault, and whose they are.
    to_set: Vec<(&'static str, bool, Vec<String>)>,
    addresses: Vec<(String, Vec<(&'static str, String)>)>,
    services: usize,
}

impl Fleet {
    /// Judges every service of `file`, with what `base` has for all of them.
    pub(in crate::cli) fn judge(mut base: Source, file: &File, deploy: bool) -> Self {
        base.note_unknown_names();
        let alone =
            |findings: &[Finding]| findings.iter().map(|finding| (finding.clone(), Vec::new())).collect();
        let mut fleet = Self {
            read: [base.read.as_slice(), std::slice::from_ref(&file.name)].concat().join(", "),
            faults: alone(&file.faults),
            remarks: alone(&base.remarks),
            to_set: Vec::new(),
            addresses: Vec::new(),
            services: file.names().count(),
            base,
        };
        fleet.faults.extend(fleet.base.faults.iter().map(|finding| (finding.clone(), Vec::new())));
        let (mut faults, mut remarks) = (Grouped::default(), Grouped::default());
        for (name, place, source) in file.sources(&fleet.base) {
            let Judged { mut source, to_set, addresses } = judge(source, deploy);
            let own = source.value("PUBLIC_URL").and_then(|url| PublicUrl::parse(url.trim()).ok());
            if own.is_some_and(|url| url.authority() != name) {
                source.faults.push(Finding::new(
                    "PUBLIC_URL",
                    source.place("PUBLIC_URL"),
                    "n’a pas pour hôte le nom de ce service : minuscules, sans le port par défaut.",
                    "has not the name of this service for its host: lower case, without the default port.",
                ));
            }
            for mut fault in source.faults.drain(..) {
                fault.place = fault.place.or_else(|| place.cloned());
                faults.add(fault, name);
            }
            for remark in source.remarks.drain(..) {
                remarks.add(remark, name);
            }
            for (variable, fault) in to_set {
                // `$NAME`: it will be there when the document is sealed.
                let fault = fault && !source.is_unseen(variable);
                match fleet
                    .to_set
                    .iter_mut()
                    .find(|(known, as_known, _)| (*known, *as_known) == (variable, fault))
                {
                    Some((_, _, services)) => services.push(name.to_owned()),
                    None => fleet.to_set.push((variable, fault, vec![name.to_owned()])),
                }
            }
            fleet.addresses.push((name.to_owned(), addresses));
        }
        fleet.faults.extend(faults.found);
        fleet.remarks.extend(remarks.found);
        fleet
    }

    /// Whether nothing stands against it.
    pub(in crate::cli) fn is_sound(&self) -> bool {
        self.faults.is_empty() && !self.to_set.iter().any(|(_, fault, _)| *fault)
    }

    /// What stands against it, for whoever starts or seals something.
    pub(in crate::cli) fn warn(&self, lang: Lang) {
        for (finding, services) in &self.faults {
            self.named(finding, services).warn(lang);
        }
        for (variable, _, services) in self.to_set.iter().filter(|(_, fault, _)| *fault) {
            let (fr, en) = ("n’est pas renseignée.", "is not set.");
            self.named(&Finding::new(variable, None, fr, en), services).warn(lang);
        }
    }

    /// Tells everything, and answers the exit status.
    pub(super) fn report(&self, lang: Lang) -> ExitCode {
        let (read, count, services) = (&self.read, self.faults.len(), self.services);
        lang.say(format_args!("Lu : {read}"), format_args!("Read: {read}"));
        lang.say(format_args!("Services : {services}"), format_args!("Services: {services}"));
        if count > 0 {
            lang.say(format_args!("Erreurs ({count}) :"), format_args!("Faults ({count}):"));
            self.faults.iter().for_each(|(finding, services)| self.named(finding, services).say(lang));
        }
        if !self.to_set.is_empty() {
            lang.say("À poser :", "To set:");
            for (variable, _, services) in &self.to_set {
                let command = self.base.way.command(variable, lang);
                let whose = self.whose(services);
                lang.say(
                    format_args!("  {variable}{whose} : dans le document, ou {command}"),
                    format_args!("  {variable}{whose}: in the document, or {command}"),
                );
            }
        }
        if !self.remarks.is_empty() {
            lang.say("Remarques :", "Remarks:");
            self.remarks.iter().for_each(|(finding, services)| self.named(finding, services).say(lang));
        }
        lang.say("À déclarer à FranceConnect :", "To declare to FranceConnect:");
        for (name, addresses) in &self.addresses {
            lang::print(format_args!("  {name}"));
            addresses.iter().for_each(|(word, address)| lang::print(format_args!("    {word} {address}")));
        }
        if !self.is_sound() {
            return ExitCode::from(FAULTS);
        }
        lang.say("Aucune erreur dans ce qui se voit d’ici.", "No fault in what can be seen from here.");
        ExitCode::SUCCESS
    }

    fn named(&self, finding: &Finding, services: &[String]) -> Finding {
        let whose = self.whose(services);
        Finding {
            fr: format!("{}{whose}", finding.fr),
            en: format!("{}{whose}", finding.en),
            ..finding.clone()
        }
    }

    /// The names of some services; all of them need no names.
    fn whose(&self, services: &[String]) -> String {
        if services.is_empty() || services.len() == self.services && self.services > 1 {
            return String::new();
        }
        let mut told = services.iter().take(TOLD).map(String::as_str).collect::<Vec<_>>().join(", ");
        if services.len() > TOLD {
            told.push_str(&format!(", +{}", services.len() - TOLD));
        }
        format!(" [{told}]")
    }
}

/// Findings in their order, each once, with the services that have it.
#[derive(Default)]
struct Grouped {
    found: Vec<(Finding, Vec<String>)>,
    at: HashMap<(String, Option<String>, String), usize>,
}

impl Grouped {
    fn add(&mut self, finding: Finding, service: &str) {
        let key = (finding.about.clone(), finding.place.clone(), finding.fr.clone());
        let at = *self.at.entry(key).or_insert(self.found.len());
        match self.found.get_mut(at) {
            Some((_, services)) => services.push(service.to_owned()),
            None => self.found.push((finding, vec![service.to_owned()])),
        }
    }
}
