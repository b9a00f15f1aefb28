//! Decides which service a host name stands for, and what a document of services says of each: the variables of the
//! table, its own before those that all share. A service is read at its first visitor, and its faults are its own.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use serde_json::{Map, Value};

use super::address::is_loopback_authority;
use super::variables::*;
use super::{Config, Faults, PublicUrl, read};
use crate::jose::Object;

/// The variables of a deployment, by their names.
pub type Variables = BTreeMap<&'static str, String>;

/// Most services of one document.
const MOST: usize = 10_000;

/// Services by the host names that visitors use.
#[derive(Debug)]
pub struct Services {
    version: i64,
    /// What a service has that says nothing else: the document's defaults.
    defaults: Map<String, Value>,
    /// What it has otherwise: the deployment's own variables.
    variables: Variables,
    hosts: HashMap<String, Service>,
}

#[derive(Debug)]
struct Service {
    /// As the document has it.
    name: String,
    members: Map<String, Value>,
    config: OnceLock<Result<Config, Faults>>,
}

impl Services {
    /// Reads `{"version": 1, "defaults": {…}, "services": {"HOST": {…}}}`, of which only `services` must be there.
    ///
    /// # Errors
    /// What concerns the document as a whole; what is wrong with one service is told by that service.
    pub fn read(document: &[u8], variables: Variables) -> Result<Self, Faults> {
        let members = Object::parse(document).map_err(|_| {
            whole(
                "n’est ni store, ni un document JSON dont chaque membre est unique ; services json en fait un.",
                "is neither store nor a JSON document with every member once; services json makes one.",
            )
        })?;
        let mut members = members.into_members();
        let mut part = |name: &str| match members.remove(name) {
            Some(Value::Object(part)) => Some(part),
            Some(_) => None,
            None => Some(Map::new()),
        };
        let (defaults, services) = (part("defaults"), part("services"));
        let version = members.remove("version").map_or(Some(0), |version| version.as_i64());
        let (Some(defaults), Some(services), Some(version), true) =
            (defaults, services, version, members.is_empty())
        else {
            return Err(whole(
                "contient autre chose que defaults et services, ou ce ne sont pas des tables.",
                "holds something else than defaults and services, or they are no tables.",
            ));
        };
        if services.is_empty() || services.len() > MOST {
            return Err(whole(
                format!("doit décrire de 1 à {MOST} services."),
                format!("must describe 1 to {MOST} services."),
            ));
        }
        let mut hosts = HashMap::with_capacity(services.len());
        for (name, members) in services {
            let Value::Object(members) = members else {
                return Err(whole(
                    "contient un service qui n’est pas une table de variables.",
                    "holds a service that is no table of variables.",
                ));
            };
            let host = name.to_ascii_lowercase();
            if hosts.insert(host, Service { name, members, config: OnceLock::new() }).is_some() {
                return Err(whole(
                    "contient deux services du même nom d’hôte.",
                    "holds two services with the same host name.",
                ));
            }
        }
        Ok(Self { version, defaults, variables, hosts })
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
        let service = self.hosts.get(host)?;
        Some(service.config.get_or_init(|| self.configure(service)))
    }

    /// Every service by its name, read now.
    pub fn all(&self) -> impl Iterator<Item = (&str, &Result<Config, Faults>)> {
        let read = |service: &Service| self.configure(service);
        self.hosts
            .values()
            .map(move |service| (service.name.as_str(), service.config.get_or_init(|| read(service))))
    }

    fn configure(&self, service: &Service) -> Result<Config, Faults> {
        let mut faults = Faults::default();
        for (members, defaults) in [(&service.members, false), (&self.defaults, true)] {
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
        let public_url = text(&service.members, PUBLIC_URL).unwrap_or_else(|| public_url(&service.name));
        if PublicUrl::parse(public_url.trim()).is_ok_and(|url| url.authority() != service.name) {
            faults.add(
                PUBLIC_URL,
                "n’a pas pour hôte le nom de ce service : minuscules, sans le port par défaut.",
                "has not the name of this service for its host: lower case, without the default port.",
            );
        }
        let at = |layer: usize, name: &str| match layer {
            0 => service.members.get(name).and_then(Value::as_str),
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
