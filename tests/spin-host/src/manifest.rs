//! Decides what a spin.toml (manifest version 2) grants; what this host does not know is refused, not ignored.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use toml::Table;
use wasmtime::{Result, bail, ensure, error::Context as _};

use crate::{outbound::AllowedHost, variables};

/// An application: its components by name, and which of them answers which route.
pub struct App {
    pub components: BTreeMap<String, Grants>,
    /// Route and name of the component.
    pub routes: Vec<(String, String)>,
}

/// All that one component may reach.
pub struct Grants {
    pub name: String,
    pub source: PathBuf,
    /// Folder here, path in the component.
    pub mounts: Vec<(PathBuf, String)>,
    pub environment: BTreeMap<String, String>,
    pub hosts: Vec<AllowedHost>,
    pub stores: BTreeSet<String>,
    pub variables: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    spin_manifest_version: u32,
    #[serde(rename = "application")]
    _application: Application,
    #[serde(default)]
    variables: BTreeMap<String, variables::Declared>,
    trigger: Triggers,
    component: BTreeMap<String, Component>,
}

#[derive(Deserialize)]
struct Application {
    #[serde(rename = "name")]
    _name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Triggers {
    http: Vec<Trigger>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Trigger {
    route: String,
    component: String,
    #[serde(rename = "id")]
    _id: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Component {
    #[serde(rename = "description")]
    _description: Option<String>,
    source: String,
    #[serde(default)]
    files: Vec<Mount>,
    #[serde(default)]
    environment: BTreeMap<String, String>,
    #[serde(default)]
    allowed_outbound_hosts: Vec<String>,
    #[serde(default)]
    key_value_stores: BTreeSet<String>,
    #[serde(default)]
    variables: BTreeMap<String, String>,
    #[serde(rename = "build")]
    _build: Option<Table>,
    #[serde(rename = "tool")]
    _tool: Option<Table>,
}

#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Mount {
    Pattern(String),
    Placement { source: String, destination: String },
}

/// Reads the manifest and fills its templates with the variables, of which `given` come first.
pub fn read(path: &Path, given: &BTreeMap<String, String>) -> Result<App> {
    let manifest: Manifest = toml::from_str(&fs::read_to_string(path)?)?;
    ensure!(manifest.spin_manifest_version == 2, "spin_manifest_version must be 2");
    let values = variables::resolve(&manifest.variables, given)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut app = App { components: BTreeMap::new(), routes: Vec::new() };
    for (name, component) in manifest.component {
        let grants =
            grants(folder, &name, component, &values).with_context(|| format!("component {name:?}"))?;
        app.components.insert(name, grants);
    }
    for Trigger { route, component, .. } in manifest.trigger.http {
        ensure!(app.components.contains_key(&component), "route {route:?}: no component {component:?}");
        ensure!(
            route.starts_with('/') && !route.contains(['*', ':']),
            "route {route:?}: this host knows exact paths and a final /..."
        );
        app.routes.push((route, component));
    }
    Ok(app)
}

fn grants(
    folder: &Path,
    name: &str,
    component: Component,
    values: &BTreeMap<String, String>,
) -> Result<Grants> {
    let mut hosts = Vec::new();
    for entry in &component.allowed_outbound_hosts {
        let filled = variables::fill(entry, values)?;
        // An optional host is a variable left empty; an entry written empty is a mistake.
        if filled != *entry && ["", "http://", "https://"].contains(&filled.as_str()) {
            continue;
        }
        hosts.push(AllowedHost::parse(&filled)?);
    }
    let mut own = BTreeMap::new();
    for (name, template) in &component.variables {
        variables::check_name(name)?;
        own.insert(name.clone(), variables::fill(template, values)?);
    }
    for store in &component.key_value_stores {
        ensure!(
            store == "default",
            "key_value_stores: {store:?} would need a runtime configuration, only \"default\" does not"
        );
    }
    Ok(Grants {
        name: name.to_owned(),
        source: folder.join(component.source),
        mounts: component.files.into_iter().map(|mount| folder_of(folder, mount)).collect::<Result<_>>()?,
        environment: component.environment,
        hosts,
        stores: component.key_value_stores,
        variables: own,
    })
}

fn folder_of(folder: &Path, mount: Mount) -> Result<(PathBuf, String)> {
    let (source, destination) = match mount {
        Mount::Placement { source, destination } => (source, destination),
        Mount::Pattern(pattern) => {
            let source = pattern.strip_suffix("/**/*").unwrap_or(&pattern);
            (source.to_owned(), format!("/{source}"))
        }
    };
    let path = folder.join(&source);
    if !path.is_dir() {
        bail!("files: {source:?} is not a folder, and this host mounts whole folders only");
    }
    Ok((path, destination))
}
