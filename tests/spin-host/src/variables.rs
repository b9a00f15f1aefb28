//! Decides what a variable is worth: command line, then environment, then default; and what a component sees of it.

use std::{collections::BTreeMap, env};

use serde::Deserialize;
use wasmtime::{Result, bail, component::Accessor, ensure, error::Context as _};

use crate::component::{Host, State, bindings::spin::variables::variables as wit};

/// One entry of `[variables]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declared {
    #[serde(rename = "description")]
    _description: Option<String>,
    default: Option<String>,
    #[serde(default)]
    required: bool,
    /// Only keeps Spin from showing the value, which this host never does.
    #[serde(default, rename = "secret")]
    _secret: bool,
}

/// The value of every declared variable; those without one are all named at once.
pub fn resolve(
    declared: &BTreeMap<String, Declared>,
    given: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>> {
    let mut values = BTreeMap::new();
    let mut missing = Vec::new();
    for (name, variable) in declared {
        check_name(name)?;
        ensure!(
            variable.required != variable.default.is_some(),
            "variable {name:?} must either be required or have a default"
        );
        let value = given
            .get(name)
            .cloned()
            .or_else(|| env::var(format!("SPIN_VARIABLE_{}", name.to_uppercase())).ok())
            .or_else(|| variable.default.clone());
        match value {
            Some(value) => _ = values.insert(name.clone(), value),
            None => missing.push(name),
        }
    }
    ensure!(missing.is_empty(), "required variables without a value: {missing:?}");
    Ok(values)
}

/// Puts values in the place of `{{ name }}`.
pub fn fill(template: &str, values: &BTreeMap<String, String>) -> Result<String> {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) =
            after.split_once("}}").with_context(|| format!("{template:?}: {{{{ without }}}}"))?;
        let value = values
            .get(name.trim())
            .with_context(|| format!("{template:?}: unknown variable {:?}", name.trim()))?;
        filled.push_str(before);
        filled.push_str(value);
        rest = after;
    }
    Ok(filled + rest)
}

/// Spin's rule for names, so that each has exactly one spelling in the environment.
pub fn check_name(name: &str) -> Result<()> {
    let known = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if !name.starts_with(|c: char| c.is_ascii_lowercase())
        || !name.chars().all(known)
        || name.ends_with('_')
        || name.contains("__")
    {
        bail!("{name:?}: a variable's name is lower_snake_case and begins with a letter");
    }
    Ok(())
}

impl wit::Host for State {}

impl<T: Send> wit::HostWithStore<T> for Host {
    async fn get(accessor: &Accessor<T, Self>, name: String) -> Result<Result<String, wit::Error>> {
        if let Err(error) = check_name(&name) {
            return Ok(Err(wit::Error::InvalidName(error.to_string())));
        }
        Ok(accessor.with(|mut store| {
            let grants = &store.get().grants;
            let undefined = || format!("no variable for {:?}.{name:?}", grants.name);
            let value = grants.variables.get(&name).cloned();
            value.ok_or_else(|| wit::Error::Undefined(undefined()))
        }))
    }
}
