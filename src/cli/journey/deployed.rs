//! Decides which configuration the dossier names for an environment: a file, an environment of wrangler, and of many
//! services the one that it is about.

use std::path::Path;

use url::Url;

use crate::cli::check::{self, One, Source, Unreadable, Which};
use crate::cli::keygen;
use crate::config;
use crate::journey::dossier::*;
use crate::journey::{Configuration, Words};

/// The fields that say where an environment is configured.
pub(super) struct Place {
    pub(super) file: Field,
    env: Field,
    services: Field,
    host: Field,
}

pub(super) const SANDBOX: Place =
    Place { file: SANDBOX_CONFIGURATION, env: SANDBOX_ENV, services: SANDBOX_SERVICES, host: SANDBOX_HOST };

pub(super) const PRODUCTION: Place = Place {
    file: PRODUCTION_CONFIGURATION,
    env: PRODUCTION_ENV,
    services: PRODUCTION_SERVICES,
    host: PRODUCTION_HOST,
};

impl Place {
    /// Whether a field that says which of many services this is has to be asked for: the document where the
    /// configuration does not hold it, the host name where there is one.
    pub(super) fn wants(&self, field: Field, dossier: &Dossier, folder: &Path) -> bool {
        if ![self.services.path, self.host.path].contains(&field.path) {
            return false;
        }
        let Some(file) = dossier.value(self.file) else { return false };
        let source = check::deployed(&folder.join(file), file, dossier.value(self.env)).ok();
        let held = source.and_then(|source| source.value("FC_SERVICES").map(|held| held.trim().to_owned()));
        let held = held.filter(|held| !held.is_empty());
        let named = dossier.value(self.services).is_some();
        match held {
            Some(held) if field.path == self.services.path => config::is_stored(&held),
            Some(_) => true,
            // Where it is a secret of the platform, no file shows it; the document may stand beside.
            None if field.path == self.services.path => folder.join("services.toml").is_file(),
            None => named,
        }
    }

    /// The environments of wrangler, where there are any and `field` is to say which of them is meant.
    pub(super) fn environments(
        &self,
        field: Field,
        dossier: &Dossier,
        folder: &Path,
    ) -> Option<Environments> {
        let file = dossier.value(self.file).filter(|_| field.path == self.env.path)?;
        let path = folder.join(file);
        let address = |name: &str| {
            let source = check::deployed(&path, file, Some(name)).ok()?;
            Some(Url::parse(source.value("PUBLIC_URL")?.trim()).ok()?.origin().ascii_serialization())
        };
        // A file that cannot be read is told with the rest of the dossier.
        let names = check::environments(&path, file).unwrap_or_default();
        let all: Vec<_> = names.into_iter().map(|name| (address(&name), name)).collect();
        (!all.is_empty()).then(|| Environments { file: file.to_owned(), all })
    }
}

/// What one may choose from.
pub(super) struct Environments {
    file: String,
    /// Each with the address of what is there, if it says so.
    all: Vec<(Option<String>, String)>,
}

impl Environments {
    /// On one line, to choose from.
    pub(super) fn words(&self) -> Words {
        let one = |(address, name): &(Option<String>, String)| {
            let address = address.as_ref().map(|address| format!(" ({address})")).unwrap_or_default();
            format!("{name}{address}")
        };
        let (file, all) = (&self.file, self.all.iter().map(one).collect::<Vec<_>>().join(", "));
        Words::new(format!("{file} : {all}"), format!("{file}: {all}"))
    }

    /// What is wrong with a name that is none of them.
    pub(super) fn fault(&self, chosen: &str) -> Option<Words> {
        let names: Vec<&str> = self.all.iter().map(|(_, name)| name.as_str()).collect();
        let (file, all) = (&self.file, names.join(", "));
        (!names.contains(&chosen)).then(|| {
            Words::new(
                format!("n’est pas un environnement de {file} ; il y a : {all}."),
                format!("is no environment of {file}; there are: {all}."),
            )
        })
    }
}

/// A configuration as it is tried under some address, with the values that a run needs of it.
pub(super) struct Running {
    pub(super) configuration: Configuration,
    pub(super) source: Source,
}

/// The configuration of an environment as it would be deployed, if the dossier names one: `.dev.vars` does not count, but
/// where nothing else is named.
pub(super) fn configuration(
    dossier: &Dossier,
    folder: &Path,
    place: &Place,
) -> Result<Option<Configuration>, Unreadable> {
    let Some(file) = dossier.value(place.file) else { return Ok(None) };
    let env = dossier.value(place.env);
    let source = check::deployed(&folder.join(file), file, env)?;
    let told = told(file, env);
    Ok(Some(match of_service(dossier, folder, place, source)? {
        Ok((source, service)) => judged(&source, service.unwrap_or(told)),
        Err(faults) => Configuration::faulty(told, faults),
    }))
}

/// The configuration that is at `url`: the sandbox's before production's, as it is tried here before as it is deployed.
pub(super) fn running(dossier: &Dossier, folder: &Path, url: &Url) -> Result<Option<Running>, Unreadable> {
    for place in [&SANDBOX, &PRODUCTION] {
        let Some(file) = dossier.value(place.file) else { continue };
        let (path, env) = (folder.join(file), dossier.value(place.env));
        // `wrangler dev` runs the whole file or one environment of it.
        for (env, tried) in [(env, true), (None, true), (env, false)] {
            let read = if tried { check::tried } else { check::deployed };
            let Ok((source, service)) = of_service(dossier, folder, place, read(&path, file, env)?)? else {
                continue;
            };
            let at = source.value("PUBLIC_URL").and_then(|at| Url::parse(at.trim()).ok());
            if at.is_some_and(|at| at.origin() == url.origin()) {
                let configuration = judged(&source, service.unwrap_or_else(|| told(file, env)));
                return Ok(Some(Running { configuration, source }));
            }
        }
    }
    Ok(None)
}

fn of_service(dossier: &Dossier, folder: &Path, place: &Place, base: Source) -> Result<One, Unreadable> {
    let document = dossier.value(place.services).map(|name| folder.join(name));
    let fields = [place.services.path, place.host.path];
    check::service(base, &Which { document: document.as_deref(), host: dossier.value(place.host), fields })
}

/// What a configuration is called: `wrangler.toml [env.production]`.
fn told(file: &str, env: Option<&str>) -> String {
    let env = env.map(|env| format!(" [env.{env}]")).unwrap_or_default();
    format!("{file}{env}")
}

/// What is read of a source, with something in the place of the secrets that are not seen.
fn judged(source: &Source, place: String) -> Configuration {
    // A secret that no file shows may be in the environment of whoever looks.
    let exported = |name: &str| (name == "FC_PRIVATE_KEYS").then(|| std::env::var(name).ok()).flatten();
    let variable = |name: &str| source.value(name).map(str::to_owned).or_else(|| exported(name));
    let encryption = source.value("FC_ENCRYPTION_ALG").unwrap_or_default().trim();
    let stand_in = |name: &str| match name {
        "FC_CLIENT_ID" => Some("unset".to_owned()),
        "FC_PRIVATE_KEYS" => keygen::private_keys(encryption),
        "FC_ASSERTION_KEYS" => keygen::assertion_keys(),
        name if crate::cli::faults::is_secret(name) => keygen::random(),
        _ => None,
    };
    let read = Configuration::read(place, variable, stand_in);
    Configuration { in_clear: source.in_clear.clone(), ..read }
}
