//! What Workers would see: `[vars]` of wrangler.toml (or of one environment), `.dev.vars` over it, and the
//! settings of `[assets]` on which the gate depends.

use std::path::Path;

use super::document::{self, Document};
use super::environment;
use super::source::{Finding, Setting, Source, Unreadable, Way};
use crate::cli::faults;
use crate::journey::probe::is_hidden;

pub(super) fn read(path: &Path, env: Option<&str>, deploy: bool) -> Result<Source, Unreadable> {
    let text = document::text(path)?;
    let document = Document::parse(path, &text)?;
    let mut source = Source::new(Way::Wrangler(env.map(str::to_owned)));
    source.read.push(path.display().to_string());
    if let Some(env) = env
        && document.table(&["env", env]).is_none()
    {
        let known = named(&document).join(", ");
        source.faults.push(Finding {
            about: format!("[env.{env}]"),
            place: None,
            fr: format!("n’existe pas ; il y a : {known}."),
            en: format!("does not exist; there are: {known}."),
        });
    }
    vars(&document, env, &mut source);
    let folder = path.parent().unwrap_or(Path::new(""));
    assets(&document, env, folder, &mut source);
    if !deploy {
        // Wrangler reads one of the two, the one of the environment if it is there.
        let own = env.map(|env| folder.join(format!(".dev.vars.{env}")));
        let found = own.map_or(Ok(false), |own| environment::dev_vars(&mut source, &own))?;
        if !found {
            environment::dev_vars(&mut source, &folder.join(".dev.vars"))?;
        }
    }
    Ok(source)
}

/// The environments of the file.
pub(super) fn environments(path: &Path) -> Result<Vec<String>, Unreadable> {
    let text = document::text(path)?;
    Ok(named(&Document::parse(path, &text)?))
}

/// Those with a name that shows as it is.
fn named(document: &Document<'_>) -> Vec<String> {
    let names = document.entries(&["env"]).map(|(name, _)| name.get_ref().to_string());
    let shows = |name: &String| !name.is_empty() && !name.chars().any(|c| c.is_control() || is_hidden(c));
    names.filter(|name| document.table(&["env", name]).is_some()).filter(shows).collect()
}

/// An environment does not inherit `[vars]`: it has its own or none.
fn vars(document: &Document<'_>, env: Option<&str>, source: &mut Source) {
    let of_env = env.map(|env| ["env", env, "vars"]);
    let path: &[&str] = of_env.as_ref().map_or(&["vars"], |path| path);
    for (name, value) in document.entries(path) {
        let place = document.place(name);
        let text = value.get_ref().as_str().map(str::to_owned);
        if text.is_none() && faults::names().any(|known| known == name.get_ref()) {
            let (fr, en) = ("n’est pas un texte entre guillemets.", "is no text in quotes.");
            source.faults.push(Finding::new(name.get_ref(), place.clone(), fr, en));
        }
        if text.as_ref().is_some_and(|text| faults::shows_secret(name.get_ref(), text)) {
            source.shown(name.get_ref(), place.clone());
        }
        source.settings.insert(
            name.get_ref().to_string(),
            Setting { value: Some(text.unwrap_or_default()), place, ours: true },
        );
    }
}

/// Without `run_worker_first` Cloudflare answers files itself, protected ones too.
fn assets(document: &Document<'_>, env: Option<&str>, folder: &Path, source: &mut Source) {
    let of_env = env.map(|env| ["env", env, "assets"]);
    let of_env = of_env.as_ref().filter(|path| document.table(*path).is_some());
    let path: &[&str] = of_env.map_or(&["assets"], |path| path);
    let Some(assets) = document.table(path) else { return };
    let first = assets.get("run_worker_first");
    if first.and_then(|value| value.get_ref().as_bool()) != Some(true) {
        source.faults.push(Finding::new(
            "[assets] run_worker_first",
            first.and_then(|value| document.place(value)),
            "doit valoir true, sinon les pages protégées sont servies sans connexion.",
            "must be true, or protected pages are served without a login.",
        ));
    }
    let directory = assets.get("directory").and_then(|value| value.get_ref().as_str()).unwrap_or_default();
    for name in ["_redirects", "_headers"] {
        if folder.join(directory).join(name).is_file() {
            source.faults.push(Finding::new(
                &format!("{directory}/{name}"),
                None,
                "est un fichier de règles de Cloudflare, qui rendrait des pages protégées sous d’autres adresses : le retirer.",
                "is a file of rules for Cloudflare, which could hand out protected pages under other addresses: remove it.",
            ));
        }
    }
    let handling = assets.get("html_handling");
    if handling.and_then(|value| value.get_ref().as_str()) != Some("none") {
        source.faults.push(Finding::new(
            "[assets] html_handling",
            handling.and_then(|value| document.place(value)),
            "doit valoir \"none\", sinon Cloudflare change les adresses que jugent les règles de protection.",
            "must be \"none\", or Cloudflare changes the addresses that the protection rules judge.",
        ));
    }
}
