//! What was granted and is recorded bounds what is asked for: more data or a higher level is a fault of the configuration,
//! and no link starts a login above it.

use std::collections::BTreeMap;

use franceconnect_edge::config;
use franceconnect_edge::emulator::Alg;

use crate::support::conversation::{Browser, World, both_variables, plus_variables, variables};

type Variables = BTreeMap<&'static str, String>;

/// What is wrong with `base` and `more`: each fault's variable and the first words after it.
fn faults(mut base: Variables, more: &[(&'static str, &str)]) -> Vec<String> {
    base.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
    let faults = config::read(|name| base.get(name).cloned()).err().unwrap_or_default();
    let words = |text: &str| text.split_whitespace().take(6).collect::<Vec<_>>().join(" ");
    faults.iter().map(|fault| format!("{} {}", fault.variable, words(&fault.fr))).collect()
}

#[test]
fn no_more_is_asked_for_than_was_granted() {
    let data = "FC_HABILITATION ne donne pas toutes les données";
    let level = "FC_HABILITATION ne donne pas le niveau que";
    let form = "FC_HABILITATION n’a pas la forme « eidas1";
    let identity = "eidas1 openid given_name family_name";
    for (scopes, habilitation, expected) in [
        ("openid given_name family_name", "", None),
        ("openid given_name family_name", identity, None),
        ("openid family_name", identity, None),
        ("openid given_name family_name amr", identity, None),
        ("openid given_name family_name email", identity, Some(data)),
        ("openid profile", identity, Some(data)),
        ("openid birthplace birthcountry", "eidas1 openid birth", None),
        ("openid birth", "eidas1 birthplace birthcountry openid", None),
        ("openid birth", "eidas1 openid birthplace", Some(data)),
        ("openid", "eidas2 openid", Some(level)),
        ("openid", "eidas2 openid, eidas1 openid", None),
        ("openid", "openid given_name", Some(form)),
        ("openid", "eidas1", Some(form)),
        ("openid", "eidas1 given_name", Some(form)),
        ("openid", "eidas1 openid,", Some(form)),
    ] {
        let found = faults(variables(), &[("FC_SCOPES", scopes), ("FC_HABILITATION", habilitation)]);
        assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{scopes}: {habilitation}");
    }
    for (acr_values, habilitation, expected) in [
        ("eidas2", "eidas2 openid given_name family_name", None),
        ("eidas3", "eidas2 openid given_name family_name", Some(level)),
        ("eidas3", "eidas3 openid given_name family_name", None),
        ("eidas2", "eidas3 openid given_name", Some(data)),
        ("eidas2", "eidas1 openid given_name family_name", Some(level)),
    ] {
        let more = [
            ("FC_SCOPES", "openid given_name family_name"),
            ("FC_ACR_VALUES", acr_values),
            ("FC_HABILITATION", habilitation),
        ];
        assert_eq!(faults(plus_variables(), &more), expected.into_iter().collect::<Vec<_>>(), "{more:?}");
    }
}

#[test]
fn with_two_clients_each_is_held_to_its_own() {
    let level = "FC_HABILITATION ne donne pas le niveau que";
    let both = |more: &[(&'static str, &str)]| {
        let usual = [
            ("FC_SCOPES", "openid given_name"),
            ("FC_PLUS_SCOPES", "openid family_name"),
            ("FC_PROTECTED_PATHS", "/prive, /sante eidas2"),
        ];
        faults(both_variables(), &[&usual, more].concat())
    };
    let granted = "eidas1 openid given_name, eidas2 openid family_name";
    assert_eq!(both(&[("FC_HABILITATION", granted)]), Vec::<String>::new());
    assert_eq!(both(&[("FC_HABILITATION", "eidas1 openid given_name")]), [level], "the second has none");
    let swapped = both(&[("FC_HABILITATION", "eidas1 openid family_name, eidas2 openid given_name")]);
    assert_eq!(swapped, ["FC_HABILITATION ne donne pas toutes les données"]);
    let higher = [("FC_HABILITATION", granted), ("FC_PROTECTED_PATHS", "/prive, /sante eidas3")];
    assert_eq!(both(&higher), [level]);
}

#[test]
fn no_link_starts_a_login_above_the_level_granted() {
    let mut variables = both_variables();
    let scopes = variables["FC_SCOPES"].clone();
    variables.insert("FC_PLUS_SCOPES", "openid family_name".to_owned());
    variables.insert("FC_PROTECTED_PATHS", "/prive, /sante eidas2".to_owned());
    variables.insert("FC_HABILITATION", format!("eidas1 {scopes}, eidas2 openid family_name"));
    let mut world = World::with(&variables, Alg::Es256);
    for (level, status) in [("eidas1", 303), ("eidas2", 303), ("eidas3", 400)] {
        let answer = Browser::new().get(&mut world, &format!("/auth/login?acr_values={level}"));
        assert_eq!(answer.status, status, "{level}");
    }
}
