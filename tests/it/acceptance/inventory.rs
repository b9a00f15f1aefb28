//! Every point is one that only a person can judge, by name, or has a faulty site that fails it and no other.

#[path = "../../journey/inventory.rs"]
mod kept;

use franceconnect_edge::journey::Words;
use franceconnect_edge::journey::qualification::{Finding, ITEMS, judge, seen};
use std::collections::BTreeSet;

use super::declared::FAULTS;
use super::relying_party::BROKEN;
use kept::{ENTERED, FILES, PAGES, PARTIES, PROFILE, SITES};

/// Points that only a person can judge, and why.
const PERSON: [(&str, &str); 1] =
    [("24", "whether somebody was asked for a document is known to those who were asked")];

/// Points that the list has twice: whatever fails the first fails the others, and why.
const TWINS: [(&str, &[&str], &str); 6] = [
    ("O8", &["15"], "15 is one logout for both sessions, and more"),
    ("O3", &["O4", "17", "20", "21"], "all five: never by the address, always by sub"),
    ("O4", &["17", "20", "21"], "17 says the same of the address, and 20 and 21 exclude it"),
    ("17", &["O4", "20", "21"], "as O4"),
    ("20", &["21"], "by sub only is what makes the provider not matter"),
    ("21", &["20"], "as 20"),
];

fn nothing() -> Words {
    Words::new("rien", "nothing")
}

/// The points that are judged at all, failed or not.
fn judged(findings: &[Finding]) -> BTreeSet<&'static str> {
    findings.iter().map(|finding| finding.item.id).collect()
}

#[test]
fn every_point_has_a_faulty_site_or_is_left_to_a_person_by_name() {
    for item in ITEMS {
        let sites = SITES.iter().filter(|(id, lists)| *id == item.id && !lists.is_empty()).count();
        let persons = PERSON.iter().filter(|(id, why)| *id == item.id && !why.is_empty()).count();
        assert_eq!(sites + persons, 1, "{}: {}", item.id, item.en);
    }
    assert_eq!(SITES.len() + PERSON.len(), ITEMS.len());
}

#[test]
fn every_judge_has_a_site_of_its_own_kind() {
    let by_logins: BTreeSet<&str> = judge::JUDGED.into_iter().collect();
    assert_eq!(by_logins, kept::of(PARTIES), "the logins");
    assert_eq!(judged(&seen::outside(Err(nothing()))), kept::of(PAGES), "the pages before a login");
    for list in [PROFILE, ENTERED] {
        assert_eq!(judged(&seen::inside(Err(nothing()))), kept::of(list), "the pages after it, {list}");
    }
}

#[test]
fn the_inventory_names_the_points_of_faulty_files() {
    // That of 28 is a secret in a configuration, which no pair of texts can put there.
    let points: BTreeSet<&str> = FAULTS.iter().map(|(id, ..)| *id).chain(["28"]).collect();
    assert_eq!(points, kept::of(FILES));
}

#[test]
fn a_relying_party_fails_one_point_or_those_that_say_the_same() {
    let broken: BTreeSet<&str> = BROKEN.iter().flat_map(|(_, points)| points.iter().copied()).collect();
    assert_eq!(broken, kept::of(PARTIES));
    for id in broken {
        let twins = TWINS.iter().find(|(twin, ..)| *twin == id).map_or(&[][..], |(_, others, _)| others);
        let wanted: BTreeSet<&str> = [id].iter().chain(twins).copied().collect();
        let exact = |points: &&[&str]| points.iter().copied().collect::<BTreeSet<_>>() == wanted;
        assert!(BROKEN.iter().any(|(_, points)| exact(points)), "no site fails {wanted:?} and no other");
    }
}
