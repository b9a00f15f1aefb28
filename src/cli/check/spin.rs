//! What a Spin component would see: its variables in spin.toml, filled from `[variables]` and from
//! `SPIN_VARIABLE_…` as Spin fills them.

use std::path::Path;

use super::document::{self, Document, Entry};
use super::names;
use super::source::{Finding, Setting, Source, Unreadable, Way};
use crate::cli::faults;

pub(super) fn read(path: &Path, environment: impl Fn(&str) -> Option<String>) -> Result<Source, Unreadable> {
    let text = document::text(path)?;
    let document = Document::parse(path, &text)?;
    let mut source = Source::new(Way::Spin);
    source.read.push(path.display().to_string());
    let Some(component) = component(&document) else {
        let (fr, en) = (
            "manque : aucun composant ne reçoit nos variables.",
            "is missing: no component is given our variables.",
        );
        source.faults.push(Finding::new("[component.….variables]", None, fr, en));
        return Ok(source);
    };
    let of_component = ["component", component, "variables"];
    let value_of = |variable: &str| {
        environment(&format!("SPIN_VARIABLE_{}", variable.to_uppercase()))
            .or_else(|| default(&document, variable))
    };
    for (name, value) in document.entries(&of_component) {
        let place = document.place(name);
        let template = value.get_ref().as_str().unwrap_or_default();
        let upper = name.get_ref().to_uppercase();
        let filled = fill(template, value_of);
        if faults::shows_secret(&upper, template) && !template.contains("{{") {
            source.shown(&upper, place.clone());
        }
        source.settings.insert(upper, Setting { value: filled, place, ours: true });
    }
    declared(&document, &of_component, &mut source);
    source.outbound = outbound(&document, component, value_of);
    Ok(source)
}

/// The component that is given most of our variables.
fn component<'d>(document: &'d Document<'_>) -> Option<&'d str> {
    let ours = |component: &str| {
        let entries = document.entries(&["component", component, "variables"]);
        entries.filter(|(name, _)| names::is_known(&name.get_ref().to_uppercase())).count()
    };
    let components = document.entries(&["component"]).map(|(name, _)| &**name.get_ref());
    components.map(|name| (ours(name), name)).filter(|(count, _)| *count > 0).max().map(|(_, name)| name)
}

/// Judges the declarations: no secret in clear, none unmarked, none that reaches no component.
fn declared(document: &Document<'_>, of_component: &[&str], source: &mut Source) {
    let given: String = document.entries(of_component).filter_map(template).collect::<Vec<_>>().join("\n");
    for (name, value) in document.entries(&["variables"]) {
        let (place, upper) = (document.place(name), name.get_ref().to_uppercase());
        let declaration = value.get_ref().as_table();
        if !names::is_known(&upper) {
            continue;
        }
        if !variables(&given).any(|variable| variable == &**name.get_ref()) {
            let (fr, en) = (
                format!(
                    "est déclarée mais pas donnée au composant : {name} = \"{{{{ {name} }}}}\" manque sous [{}].",
                    of_component.join("."),
                    name = name.get_ref()
                ),
                format!(
                    "is declared but not given to the component: {name} = \"{{{{ {name} }}}}\" is missing below [{}].",
                    of_component.join("."),
                    name = name.get_ref()
                ),
            );
            source.faults.push(Finding { about: upper.clone(), place: place.clone(), fr, en });
        }
        if faults::is_secret(&upper) {
            if default(document, name.get_ref()).is_some_and(|text| faults::shows_secret(&upper, &text)) {
                source.shown(&upper, place.clone());
            }
            let marked = declaration.and_then(|table| table.get("secret")?.get_ref().as_bool());
            if marked != Some(true) {
                let (fr, en) = ("n’est pas marquée secret = true.", "is not marked secret = true.");
                source.remarks.push(Finding::new(&upper, place, fr, en));
            }
        }
    }
}

/// The hosts that the component may call; without the list it may call none.
fn outbound(
    document: &Document<'_>,
    component: &str,
    value_of: impl Fn(&str) -> Option<String>,
) -> Option<(Vec<Option<String>>, Option<String>)> {
    let list = document.table(&["component", component])?.get("allowed_outbound_hosts");
    let hosts = list.and_then(|list| list.get_ref().as_array()).into_iter().flatten();
    let hosts = hosts.map(|host| fill(host.get_ref().as_str()?, &value_of)).collect();
    Some((hosts, list.and_then(|list| document.place(list))))
}

fn template<'d>((_, value): Entry<'d, '_>) -> Option<&'d str> {
    value.get_ref().as_str()
}

/// The default of a variable of the application.
fn default(document: &Document<'_>, variable: &str) -> Option<String> {
    let value = document.table(&["variables", variable])?.get("default")?;
    value.get_ref().as_str().map(str::to_owned)
}

/// The names between `{{` and `}}`.
fn variables(template: &str) -> impl Iterator<Item = &str> {
    template.split("{{").skip(1).filter_map(|part| Some(part.split_once("}}")?.0.trim()))
}

/// The template with every variable replaced; none if one has no value.
fn fill(template: &str, value: impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut parts = template.split("{{");
    let mut filled = parts.next()?.to_owned();
    for part in parts {
        let (variable, rest) = part.split_once("}}")?;
        filled.push_str(&value(variable.trim())?);
        filled.push_str(rest);
    }
    Some(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_filled_as_spin_fills_them() {
        let value = |name: &str| (name == "host").then(|| "example.fr".to_owned());
        assert_eq!(fill("https://{{ host }}/", value).as_deref(), Some("https://example.fr/"));
        assert_eq!(fill("{{host}}{{ host }}", value).as_deref(), Some("example.frexample.fr"));
        assert_eq!(fill("plain", value).as_deref(), Some("plain"));
        assert_eq!(fill("{{ other }}", value), None);
        assert_eq!(fill("{{ host", value), None);
    }
}
