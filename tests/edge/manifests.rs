//! The files that deploy the gate, against the table of variables and the budgets of `scripts/build`.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use franceconnect_edge::config::VARIABLES;
use franceconnect_edge::franceconnect::{Environment, Product};
use toml::Table;

use crate::platform;
use crate::process::project;

fn read(name: &str) -> Table {
    fs::read_to_string(project().join(name)).unwrap().parse().unwrap()
}

fn keys(table: &Table) -> BTreeSet<String> {
    table.keys().cloned().collect()
}

pub fn spin_toml_declares_every_variable_and_no_other() {
    let manifest = read("spin.toml");
    let ours: BTreeSet<String> = VARIABLES.iter().map(|variable| variable.name.to_lowercase()).collect();
    let declared = manifest["variables"].as_table().unwrap();
    let mut with_origin = ours.clone();
    with_origin.extend(["provider_origin", "plus_provider_origin", "origin_address"].map(str::to_owned));
    assert_eq!(keys(declared), with_origin, "[variables]");
    let component = &manifest["component"]["franceconnect-edge"];
    let passed = component["variables"].as_table().unwrap();
    assert_eq!(keys(passed), ours, "[component.franceconnect-edge.variables]");
    for (name, template) in passed {
        assert_eq!(template.as_str(), Some(format!("{{{{ {name} }}}}").as_str()));
    }
    // Deployable as it is: everything has a default, and what is a secret is known to be one.
    for variable in VARIABLES {
        let entry = declared[&variable.name.to_lowercase()].as_table().unwrap();
        assert!(entry.contains_key("default"), "{}", variable.name);
        let secret = entry.get("secret").and_then(toml::Value::as_bool).unwrap_or(false);
        assert_eq!(secret, variable.secret, "{}", variable.name);
        if variable.secret {
            assert_eq!(entry["default"].as_str(), Some(""), "{}", variable.name);
        }
    }
}

/// As deployed it asks the two test environments; those of production are in the comments, to be copied.
pub fn spin_lets_calls_out_to_franceconnect_in_every_environment() {
    let text = fs::read_to_string(project().join("spin.toml")).unwrap();
    let manifest = read("spin.toml");
    for (name, product, default) in [
        ("provider_origin", Product::Standard, "sandbox"),
        ("plus_provider_origin", Product::Plus, "plus-integration"),
    ] {
        let origin = |name: &str| platform::origin(Environment::parse(name).unwrap().issuer);
        assert_eq!(manifest["variables"][name]["default"].as_str(), Some(origin(default).as_str()), "{name}");
        let of_product = |environment: &&Environment| environment.product == product;
        let production = Environment::ALL.iter().filter(of_product);
        let production = production.map(|environment| environment.name);
        let production = production.filter(|name| name.ends_with("production")).map(origin);
        for origin in production {
            assert!(text.contains(&format!("# In production: {origin}\n")), "{name}: {origin}");
        }
    }
    let component = &manifest["component"]["franceconnect-edge"];
    let hosts: Vec<_> = component["allowed_outbound_hosts"].as_array().unwrap().iter().collect();
    let hosts: Vec<_> = hosts.into_iter().filter_map(toml::Value::as_str).collect();
    let expected = ["{{ provider_origin }}", "{{ plus_provider_origin }}", "{{ origin_address }}"];
    assert_eq!(hosts, expected, "the providers and the origin alone");
}

pub fn wrangler_toml_holds_no_secret_and_no_unknown_name() {
    let manifest = read("wrangler.toml");
    let variables = manifest["vars"].as_table().unwrap();
    let environments =
        ["staging", "production"].map(|name| manifest["env"][name]["vars"].as_table().unwrap());
    for name in environments.iter().chain([&variables]).flat_map(|variables| variables.keys()) {
        let known = VARIABLES.iter().find(|variable| variable.name == name);
        assert!(known.is_some_and(|variable| !variable.secret), "{name}");
    }
    // What the file sets for a trial it sets for each environment, which inherits none of it.
    for environment in environments {
        assert_eq!(keys(environment), keys(variables));
    }
    // And says how each secret there is gets where it belongs.
    let text = fs::read_to_string(project().join("wrangler.toml")).unwrap();
    for variable in VARIABLES.iter().filter(|variable| variable.secret) {
        let line = format!("#   npx wrangler secret put {} ", variable.name);
        assert!(text.contains(&line), "{}", variable.name);
    }
    let assets = manifest["assets"].as_table().unwrap();
    assert_eq!(assets["run_worker_first"].as_bool(), Some(true), "or files were served without the gate");
}

/// The budgets stand in `scripts/build`, which says what they are for.
pub fn what_is_deployed_keeps_within_its_budgets() {
    let script = fs::read_to_string(project().join("scripts/build")).unwrap();
    let budget = |name: &str| -> usize {
        let line = script.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        line.unwrap_or_else(|| panic!("scripts/build has no {name}")).parse().unwrap()
    };
    let component = platform::component();
    let worker = platform::WORKER.map(|name| platform::worker().join(name));
    let mut over = Vec::new();
    for (name, files, budget) in [
        ("Worker", worker.as_slice(), budget("WORKER_BUDGET")),
        ("Spin component", &[component], budget("COMPONENT_BUDGET")),
    ] {
        let raw: usize = files.iter().map(|file| fs::read(file).unwrap().len()).sum();
        let zipped: usize = files.iter().map(|file| gzip(file)).sum();
        println!("{name}: {raw} bytes, {zipped} after gzip, of {budget} allowed");
        if zipped > budget {
            over.push(format!("{name}: {zipped} bytes after gzip, of {budget} allowed ({raw} before)"));
        }
    }
    assert!(over.is_empty(), "{over:?}");
}

fn gzip(file: &std::path::Path) -> usize {
    let zipped = Command::new("gzip").args(["-9", "-c"]).arg(file).output().unwrap();
    assert!(zipped.status.success(), "gzip: {}", String::from_utf8_lossy(&zipped.stderr));
    zipped.stdout.len()
}
