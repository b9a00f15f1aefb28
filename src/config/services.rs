//! Decides which service a host name stands for, and what a document of services says of each: the variables of the
//! table, its own before those that all share. A service is read at its first visitor, and its faults are its own.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;

use serde_json::{Map, Value};

use super::address::is_loopback_authority;
use super::unread::Parts;
use super::variables::*;
use super::{Config, Faults, PublicUrl, read};
use crate::jose::Object;

/// The variables of a deployment, by their names.
pub type Variables = BTreeMap<&'static str, String>;

/// Most services of one document.
const MOST: usize = 10_000;

/// Services by the host names that visitors use.
pub struct Services {
    version: i64,
    /// What a service has that says nothing else: the document's defaults.
    defaults: Map<String, Value>,
    /// What it has otherwise: the deployment's own variables.
    variables: Variables,
    /// The text, secrets and all.
    document: Box<str>,
    /// In the order of their names.
    services: Vec<Service>,
}

struct Service {
    /// As the document has it.
    name: Range<usize>,
    /// The text of its variables, read at its first visitor.
    members: Range<usize>,
    config: OnceLock<Box<Result<Config, Faults>>>,
}

impl std::fmt::Debug for Services {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Services({})", self.services.len())
    }
}

impl Services {
    /// Reads `{"version": 1, "defaults": {…}, "services": {"HOST": {…}}}`, of which only `services` must be there.
    ///
    /// # Errors
    /// What concerns the document as a whole; what is wrong with one service is told by that service.
    pub fn read(document: &[u8], variables: Variables) -> Result<Self, Faults> {
        let document: Box<str> = std::str::from_utf8(document).unwrap_or_default().into();
        let Some(parts) = Parts::of(&document) else {
            return Err(whole(
                "n’est ni store, ni un document JSON de defaults et services, chacun une fois ; services json en fait un.",
                "is neither store nor a JSON document of defaults and services, each once; services json makes one.",
            ));
        };
        let text = |place: Option<Range<usize>>, absent| match place {
            Some(place) => document.get(place).unwrap_or_default().trim_ascii(),
            None => absent,
        };
        let defaults = Object::parse(text(parts.defaults, "{}").as_bytes());
        let (Ok(defaults), Ok(version)) = (defaults, text(parts.version, "0").parse::<i64>()) else {
            return Err(whole(
                "contient des defaults ou une version que l’on ne peut lire, ou deux fois le même membre.",
                "holds defaults or a version that cannot be read, or the same member twice.",
            ));
        };
        let found = parts.services.unwrap_or_default();
        if found.is_empty() || found.len() > MOST {
            return Err(whole(
                format!("doit décrire de 1 à {MOST} services."),
                format!("must describe 1 to {MOST} services."),
            ));
        }
        if found
            .iter()
            .any(|[_, members]| !document.get(members.clone()).is_some_and(|text| text.starts_with('{')))
        {
            return Err(whole(
                "contient un service qui n’est pas une table de variables.",
                "holds a service that is no table of variables.",
            ));
        }
        let service = |[name, members]: [Range<usize>; 2]| Service { name, members, config: OnceLock::new() };
        let mut services: Vec<Service> = found.into_iter().map(service).collect();
        services.sort_by(|a, b| lower(&document, a).cmp(lower(&document, b)));
        let twice = |pair: &[Service]| matches!(pair, [a, b] if lower(&document, a).eq(lower(&document, b)));
        if services.windows(2).any(twice) {
            return Err(whole(
                "contient deux services du même nom d’hôte.",
                "holds two services with the same host name.",
            ));
        }
        Ok(Self { version, defaults: defaults.into_members(), variables, document, services })
    }

    /// When the document was sealed, in milliseconds; 0 if nobody said.
    pub(super) fn version(&self) -> i64 {
        self.version
    }

    /// The service that answers under `host`, as a `Host` header has it: letter case and the default port do not
    /// count.
    pub(super) fn at(&self, host: &str) -> Option<&Result<Config, Faults>> {
        let host = host.to_ascii_lowercase();
        let host = host.strip_suffix(":443").or_else(|| host.strip_suffix(":80")).unwrap_or(&host);
        let order = |service: &Service| lower(&self.document, service).cmp(host.bytes());
        let service = self.services.binary_search_by(order).ok().and_then(|at| self.services.get(at))?;
        Some(service.config.get_or_init(|| Box::new(self.configure(service))))
    }

    /// Every service by its name, read now.
    pub fn all(&self) -> impl Iterator<Item = (&str, &Result<Config, Faults>)> {
        let read = |service: &Service| Box::new(self.configure(service));
        self.services
            .iter()
            .map(move |service| (self.text(&service.name), &**service.config.get_or_init(|| read(service))))
    }

    fn text(&self, place: &Range<usize>) -> &str {
        self.document.get(place.clone()).unwrap_or_default()
    }

    fn configure(&self, service: &Service) -> Result<Config, Faults> {
        let (name, members) = (self.text(&service.name), self.text(&service.members));
        let Ok(members) = Object::parse(members.as_bytes()) else {
            return Err(whole(
                "contient, pour ce service, deux fois le même membre, ou ce que l’on ne peut lire.",
                "holds, for this service, the same member twice, or what cannot be read.",
            ));
        };
        let own = members.into_members();
        let mut faults = Faults::default();
        for (members, defaults) in [(&own, false), (&self.defaults, true)] {
            for (name, value) in members {
                // Misspelt, it would be silently without effect, and a path without its protection.
                let known = NAMES.contains(&name.as_str()) && name != FC_SERVICES;
                if !known || value.as_str().is_none() {
                    faults.add(
                        FC_SERVICES,
                        "contient, pour ce service, un membre qui n’est pas une variable connue ou pas un texte ; check --services le montre.",
                        "holds, for this service, a member that is no known variable or no text; check --services shows it.",
                    );
                }
                if defaults && name == PUBLIC_URL {
                    faults.add(
                        PUBLIC_URL,
                        "ne peut être commune à tous les services.",
                        "cannot be common to all services.",
                    );
                }
            }
        }
        let public_url = text(&own, PUBLIC_URL).unwrap_or_else(|| public_url(name));
        if PublicUrl::parse(public_url.trim()).is_ok_and(|url| url.authority() != name) {
            faults.add(
                PUBLIC_URL,
                "n’a pas pour hôte le nom de ce service : minuscules, sans le port par défaut.",
                "has not the name of this service for its host: lower case, without the default port.",
            );
        }
        let at = |layer: usize, name: &str| match layer {
            0 => own.get(name).and_then(Value::as_str),
            1 => self.defaults.get(name).and_then(Value::as_str),
            _ => self.variables.get(name).map(String::as_str),
        };
        misplaced(&at).for_each(|secret| faults.add(secret, MISPLACED.0, MISPLACED.1));
        let config = read(|name| match name {
            PUBLIC_URL => Some(public_url.clone()),
            FC_SERVICES => None,
            name => nearest(name, &at).map(str::to_owned),
        });
        match config {
            Ok(config) if faults.is_empty() => Ok(config),
            Ok(_) => Err(faults.sorted()),
            Err(more) => {
                faults.extend(more);
                Err(faults.sorted())
            }
        }
    }
}

/// Where a service has its variables from: from itself, from what the document has for all, from what is deployed.
const LAYERS: usize = 3;

/// What a service has under `name`: from the nearest place that says something, if only that it is empty. What follows
/// a secret never comes from further away than the secret, or another provider would be shown it.
pub fn nearest<T>(name: &str, at: &dyn Fn(usize, &str) -> Option<T>) -> Option<T> {
    let secret = match name {
        FC_CLIENT_SECRET_NEXT => FC_CLIENT_SECRET,
        FC_PLUS_CLIENT_SECRET_NEXT => FC_PLUS_CLIENT_SECRET,
        name => name,
    };
    let nearest = (0..LAYERS).find(|layer| at(*layer, secret).is_some()).unwrap_or(LAYERS);
    (0..LAYERS).take_while(|layer| *layer <= nearest).find_map(|layer| at(layer, name))
}

/// The secrets that a service would show to another provider than the one they are for: it names an issuer of its own,
/// and no secret.
pub fn misplaced<T: AsRef<str>>(at: &dyn Fn(usize, &str) -> Option<T>) -> impl Iterator<Item = &'static str> {
    let first = (FC_ISSUER, FC_CLIENT_SECRET, FC_CLIENT_AUTH);
    let second = (FC_PLUS_ISSUER, FC_PLUS_CLIENT_SECRET, FC_PLUS_CLIENT_AUTH);
    let is = |value: Option<T>, text: &str| value.as_ref().map_or("", |value| value.as_ref().trim()) == text;
    let misplaced = move |(issuer, secret, auth)| {
        let own = at(0, issuer)?;
        let elsewhere = !is(at(1, issuer).or_else(|| at(2, issuer)), own.as_ref().trim());
        let borrowed = at(0, secret).is_none() && !is(nearest(secret, at), "");
        (elsewhere && borrowed && !is(nearest(auth, at), "private_key_jwt")).then_some(secret)
    };
    [first, second].into_iter().filter_map(misplaced)
}

/// What is wrong with such a secret.
pub const MISPLACED: (&str, &str) = (
    "est celui d’autres services, or celui-ci a son propre émetteur : lui donner le sien, sinon un autre fournisseur verrait le leur.",
    "is that of other services, and this one has an issuer of its own: give it one, or another provider would see theirs.",
);

/// The name of a service, for comparison.
fn lower<'a>(document: &'a str, service: &Service) -> impl Iterator<Item = u8> + use<'a> {
    let name = document.get(service.name.clone()).unwrap_or_default();
    name.bytes().map(|byte| byte.to_ascii_lowercase())
}

fn text(members: &Map<String, Value>, name: &str) -> Option<String> {
    members.get(name)?.as_str().map(str::to_owned)
}

/// The address of a service that does not say its own.
pub fn public_url(name: &str) -> String {
    let scheme = if is_loopback_authority(name) { "http" } else { "https" };
    format!("{scheme}://{name}")
}

fn whole(fr: impl Into<String>, en: impl Into<String>) -> Faults {
    let mut faults = Faults::default();
    faults.add(FC_SERVICES, fr, en);
    faults
}
