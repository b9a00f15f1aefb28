//! Decides how a document of services is read: TOML for people, `[defaults]` and `[services."HOST"]` with the variables
//! of the table; a value `$NAME` is taken from the environment, so that no secret stands in the file.

use std::path::Path;

use serde_json::{Map, Value, json};
use toml::de::DeTable;

use super::document::{self, Document, Entry};
use super::names;
use super::source::{Finding, Setting, Source, Unreadable};
use crate::cli::faults;
use crate::config;
use crate::jose::Object;

/// The variable that a document stands in, and cannot itself hold.
const OURS: &str = "FC_SERVICES";
/// What each service has for itself, by its name if it does not say.
const ADDRESS: &str = "PUBLIC_URL";

/// A document, with the places of everything in it.
pub(in crate::cli) struct File {
    pub(super) name: String,
    pub(in crate::cli) faults: Vec<Finding>,
    defaults: Vec<Member>,
    services: Vec<Service>,
}

struct Service {
    name: String,
    place: Option<String>,
    members: Vec<Member>,
}

struct Member {
    name: String,
    /// Nothing if the environment does not have it.
    value: Option<String>,
    place: Option<String>,
}

impl File {
    /// Reads the document at `path`; `environment` has the values that are written `$NAME`.
    pub(in crate::cli) fn read(
        path: &Path,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Unreadable> {
        let text = document::text(path)?;
        let document = Document::parse(path, &text)?;
        let name = path.display().to_string();
        let mut file = Self { name, faults: Vec::new(), defaults: Vec::new(), services: Vec::new() };
        for entry @ (name, value) in document.entries(&[]) {
            let place = document.place(name);
            match (&**name.get_ref(), value.get_ref().as_table()) {
                ("defaults", Some(members)) => {
                    file.defaults = file.members(of_toml(&document, members), environment);
                }
                ("services", Some(services)) => {
                    for (name, value) in services {
                        let place = document.place(name);
                        let Some(members) = value.get_ref().as_table() else {
                            file.no_table(&document, (name, value));
                            continue;
                        };
                        let members = file.members(of_toml(&document, members), environment);
                        file.services.push(Service { name: name.get_ref().to_string(), place, members });
                    }
                }
                ("defaults" | "services", None) => file.no_table(&document, entry),
                (other, _) => file.faults.push(Finding::new(
                    other,
                    place,
                    "n’est ni [defaults] ni [services.\"HÔTE\"].",
                    "is neither [defaults] nor [services.\"HOST\"].",
                )),
            }
        }
        if file.services.is_empty() && file.faults.is_empty() {
            let (fr, en) = (
                "ne décrit aucun service : [services.\"HÔTE\"].",
                "describes no service: [services.\"HOST\"].",
            );
            file.faults.push(Finding::new(&file.name, None, fr, en));
        }
        Ok(file)
    }

    /// The document that a variable holds, which stands at `place`. What is wrong with it as a whole is told elsewhere.
    pub(super) fn of_variable(text: &str, place: Option<String>) -> Option<Self> {
        let members = Object::parse(text.as_bytes()).ok()?.into_members();
        let mut file =
            Self { name: OURS.to_owned(), faults: Vec::new(), defaults: Vec::new(), services: Vec::new() };
        let read = |file: &mut Self, members: &Map<String, Value>| {
            let written = members
                .iter()
                .map(|(name, value)| (name.clone(), value.as_str().map(str::to_owned), place.clone()));
            file.members(written.collect(), &|_| None)
        };
        if let Some(defaults) = members.get("defaults").and_then(Value::as_object) {
            file.defaults = read(&mut file, defaults);
        }
        for (name, service) in members.get("services").and_then(Value::as_object)? {
            let members = read(&mut file, service.as_object()?);
            file.services.push(Service { name: name.clone(), place: place.clone(), members });
        }
        Some(file)
    }

    fn no_table(&mut self, document: &Document<'_>, (name, _): Entry<'_, '_>) {
        let (fr, en) = ("n’est pas une table de variables.", "is no table of variables.");
        self.faults.push(Finding::new(name.get_ref(), document.place(name), fr, en));
    }

    fn members(
        &mut self,
        entries: Vec<Written>,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Vec<Member> {
        let mut members = Vec::new();
        for (name, value, place) in entries {
            if !names::is_known(&name) || name == OURS {
                let (fr, en) = match names::nearest(&name).filter(|near| *near != OURS) {
                    Some(near) => (
                        format!("n’est pas une variable connue ; vouliez-vous dire {near} ?"),
                        format!("is no known variable; did you mean {near}?"),
                    ),
                    None => (
                        "n’est pas une variable que l’on donne ici.".to_owned(),
                        "is no variable that is set here.".to_owned(),
                    ),
                };
                self.faults.push(Finding { about: name, place, fr, en });
                continue;
            }
            let Some(text) = value else {
                let (fr, en) = ("n’est pas un texte entre guillemets.", "is no text in quotes.");
                self.faults.push(Finding::new(&name, place, fr, en));
                continue;
            };
            let value = match borrowed(&text) {
                Some(from) => environment(from),
                None => Some(text),
            };
            members.push(Member { name, value, place });
        }
        members
    }

    /// The names of the services, in the order of the file.
    pub(in crate::cli) fn names(&self) -> impl Iterator<Item = &str> {
        self.services.iter().map(|service| service.name.as_str())
    }

    /// What each service would see over what the deployment has, with its name and its place.
    pub(super) fn sources<'f>(
        &'f self,
        base: &'f Source,
    ) -> impl Iterator<Item = (&'f str, Option<&'f String>, Source)> {
        self.services.iter().map(|service| {
            let mut source = Source::new(base.way.clone());
            source.outbound = base.outbound.clone();
            let address = || Setting {
                value: Some(config::public_url(&service.name)),
                place: service.place.clone(),
                ours: true,
            };
            let at = |layer: usize, name: &str| match layer {
                0 => find(&service.members, name),
                1 => find(&self.defaults, name),
                _ if name == ADDRESS => Some(address()),
                _ => base.settings.get(name).cloned(),
            };
            let known = config::NAMES.iter().filter(|name| **name != OURS);
            source
                .settings
                .extend(known.filter_map(|name| Some(((*name).to_owned(), config::nearest(name, &at)?))));
            let unseen = || "?".to_owned();
            let text = |layer: usize, name: &str| match at(layer, name) {
                // A platform may have a secret that no file shows.
                None if layer == 2 && base.way.hides_secrets() && faults::is_secret(name) => Some(unseen()),
                setting => Some(setting?.value.unwrap_or_else(unseen)),
            };
            for secret in config::misplaced(&text) {
                source.faults.push(Finding::new(secret, None, config::MISPLACED.0, config::MISPLACED.1));
            }
            (service.name.as_str(), service.place.as_ref(), source)
        })
    }

    /// Values that the environment does not have, as far as `$NAME` says.
    pub(in crate::cli) fn absent(&self) -> impl Iterator<Item = Finding> {
        let members = self.services.iter().flat_map(|service| &service.members).chain(&self.defaults);
        members.filter(|member| member.value.is_none()).map(|member| {
            Finding::new(
                &member.name,
                member.place.clone(),
                "vient d’une variable d’environnement qui n’est pas posée.",
                "comes from a variable of the environment that is not set.",
            )
        })
    }

    /// The document as the edge reads it. What the environment does not have is left out.
    pub(in crate::cli) fn to_json(&self, version: i64) -> String {
        let table = |members: &[Member]| {
            // What could not be had is said to be missing: left out, a default would stand in its place.
            let there =
                members.iter().map(|member| (member.name.clone(), Value::from(member.value.as_deref())));
            Value::Object(there.collect())
        };
        let services: Map<String, Value> =
            self.services.iter().map(|service| (service.name.clone(), table(&service.members))).collect();
        json!({ "version": version, "defaults": table(&self.defaults), "services": services }).to_string()
    }
}

fn find(members: &[Member], name: &str) -> Option<Setting> {
    let member = members.iter().find(|member| member.name == name)?;
    Some(Setting { value: member.value.clone(), place: member.place.clone(), ours: true })
}

/// A member as it was written: its name, its value if that is text, its place.
type Written = (String, Option<String>, Option<String>);

fn of_toml(document: &Document<'_>, members: &DeTable<'_>) -> Vec<Written> {
    let written = members.iter().map(|(name, value)| {
        let text = value.get_ref().as_str().map(str::to_owned);
        (name.get_ref().to_string(), text, document.place(name))
    });
    written.collect()
}

/// `NAME` of a value `$NAME`.
fn borrowed(value: &str) -> Option<&str> {
    let letters = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    value.strip_prefix('$').filter(|name| !name.is_empty() && name.chars().all(letters))
}
