//! The files below `deploy`: they name what spin.toml has, keep environments apart, and hold no secret.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use franceconnect_edge::config::VARIABLES;
use franceconnect_edge::franceconnect::{Environment, Product};
use toml::Table;

use crate::cli::{program, text};

fn read(file: &str) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The variables that an `.env` file of ours sets.
fn variables(name: &str) -> BTreeMap<String, String> {
    let file = read(&format!("deploy/spin/{name}.env"));
    let lines = file.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let pair = |line: &str| {
        let (name, value) = line.split_once('=').unwrap();
        (name.to_owned(), value.trim_matches('"').to_owned())
    };
    lines.map(pair).collect()
}

/// The origin of an issuer.
fn origin(issuer: &str) -> String {
    issuer.splitn(4, '/').take(3).collect::<Vec<_>>().join("/")
}

#[test]
fn each_environment_of_spin_names_its_own_provider_and_no_secret() {
    let manifest: Table = read("spin.toml").parse().unwrap();
    let declared = manifest["variables"].as_table().unwrap();
    for name in ["staging", "production"] {
        let set = variables(name);
        for variable in set.keys() {
            let lower = variable.strip_prefix("SPIN_VARIABLE_").expect(variable).to_lowercase();
            assert!(declared.contains_key(&lower), "{name}: {variable}");
            let secret = VARIABLES.iter().any(|known| known.secret && known.name.to_lowercase() == lower);
            assert!(!secret, "{name}: {variable}");
        }
        let environment = Environment::parse(&set["SPIN_VARIABLE_FC_ENVIRONMENT"]).unwrap();
        assert_eq!(set["SPIN_VARIABLE_PROVIDER_ORIGIN"], origin(environment.issuer), "{name}");
        let plus = environment.sibling(Product::Plus).unwrap();
        assert_eq!(set["SPIN_VARIABLE_PLUS_PROVIDER_ORIGIN"], origin(plus.issuer), "{name}");
    }
    assert_eq!(variables("production")["SPIN_VARIABLE_FC_ENVIRONMENT"], "production");
    assert_ne!(variables("staging")["SPIN_VARIABLE_FC_ENVIRONMENT"], "production");
}

#[test]
fn with_a_client_each_environment_lacks_nothing_but_its_secrets() {
    for name in ["staging", "production"] {
        let mut command = program(Path::new("."));
        command.args(["check", "--spin", "--deploy", "--lang", "en"]).envs(variables(name));
        let output = command.env("SPIN_VARIABLE_FC_CLIENT_ID", "a-client-id").output().unwrap();
        let said = text(&output.stdout);
        assert!(!said.contains("Faults ("), "{name}: {said}");
        for secret in ["FC_CLIENT_SECRET:", "FC_SESSION_KEYS:"] {
            assert!(said.contains(secret), "{name}: {secret} is to be set:\n{said}");
        }
    }
}

#[test]
fn kubernetes_sets_variables_of_spin_toml_and_takes_secrets_from_a_secret() {
    let manifest: Table = read("spin.toml").parse().unwrap();
    let app = read("deploy/kubernetes/spinapp.yaml");
    let (_, rest) = app.split_once("\n  variables:\n").unwrap();
    let (list, rest) = rest.split_once("\n  # One store for all replicas.\n").unwrap();
    let mut seen = BTreeMap::new();
    for entry in list.split("    - name: ").skip(1) {
        let (name, given) = entry.split_once('\n').unwrap();
        assert!(manifest["variables"].as_table().unwrap().contains_key(name), "{name}");
        seen.insert(name, given);
    }
    for variable in VARIABLES {
        let name = variable.name.to_lowercase();
        match seen.get(name.as_str()) {
            Some(given) if variable.secret => {
                assert!(given.contains("secretKeyRef:") && given.contains(&format!("key: {name}")), "{name}");
            }
            Some(given) => assert!(given.trim_start().starts_with("value:"), "{name}"),
            None => assert!(variable.default.is_some(), "{name} has no default and is not set"),
        }
    }
    let production = variables("production");
    for name in ["provider_origin", "plus_provider_origin", "fc_environment"] {
        let expected = &production[&format!("SPIN_VARIABLE_{}", name.to_uppercase())];
        assert_eq!(seen[name].trim(), format!("value: {expected}"), "{name}");
    }
    let store = manifest["component"]["franceconnect-edge"]["key_value_stores"][0].as_str().unwrap();
    assert!(rest.contains(&format!("- name: {store}\n        type: redis")), "{rest}");
}

#[test]
fn the_runtime_of_spin_keeps_the_store_that_the_component_may_open() {
    let manifest: Table = read("spin.toml").parse().unwrap();
    let runtime: Table = read("deploy/spin/runtime.toml").parse().unwrap();
    let store = manifest["component"]["franceconnect-edge"]["key_value_stores"][0].as_str().unwrap();
    assert_eq!(runtime["key_value_store"][store]["type"].as_str(), Some("redis"));
    let provider = &runtime["variable_provider"][0];
    assert_eq!(provider["type"].as_str(), Some("vault"));
    assert_eq!(provider["token"].as_str(), Some("…"), "no token stands in the project");
}
