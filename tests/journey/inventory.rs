//! Which faulty sites are kept for each point: one inventory for the tests that have a browser and for those that have
//! none. A list and this are held to each other by a test beside the list.

use std::collections::BTreeSet;

/// Pages before a login, each with one thing changed.
pub const PAGES: &str = "pages";
/// The page of somebody who is logged in, the same.
pub const PROFILE: &str = "profile";
/// Services that are entered in a browser, each with one fault behind the login.
pub const ENTERED: &str = "entered";
/// Configurations and dossiers, each with one fault.
pub const FILES: &str = "files";
/// Relying parties, each with one fault.
pub const PARTIES: &str = "parties";

/// Each point, and the lists that have a site that fails it.
pub const SITES: &[(&str, &[&str])] = &[
    ("O1", &[PAGES]),
    ("O2", &[PROFILE, ENTERED]),
    ("O3", &[PARTIES]),
    ("O4", &[PARTIES]),
    ("O5", &[PROFILE, ENTERED]),
    ("O6", &[PARTIES]),
    ("O7", &[PARTIES]),
    ("O8", &[PARTIES]),
    ("O9", &[FILES]),
    ("O10", &[PARTIES]),
    ("1", &[PAGES]),
    ("2", &[PAGES]),
    ("3", &[PAGES]),
    ("4", &[PAGES]),
    ("5", &[PAGES]),
    ("6", &[PAGES]),
    ("7", &[PAGES]),
    ("8", &[PAGES]),
    ("9", &[PAGES]),
    ("10", &[PAGES]),
    ("11", &[PAGES]),
    ("12", &[PAGES]),
    ("13", &[PAGES]),
    ("14", &[PROFILE, ENTERED]),
    ("15", &[PROFILE, ENTERED, PARTIES]),
    ("16", &[PROFILE, ENTERED]),
    ("17", &[PARTIES]),
    ("18", &[PROFILE, ENTERED, PARTIES]),
    ("19", &[PROFILE, ENTERED]),
    ("20", &[PARTIES]),
    ("21", &[PARTIES]),
    ("22", &[PAGES, FILES]),
    ("23", &[PARTIES]),
    ("25", &[PARTIES, FILES]),
    ("26", &[PARTIES]),
    ("27", &[PARTIES]),
    ("28", &[PARTIES, FILES]),
    ("29", &[PARTIES]),
    ("30", &[PARTIES]),
    ("31", &[PARTIES]),
    ("32", &[FILES]),
];

/// The points that a list has a site for.
pub fn of(list: &str) -> BTreeSet<&'static str> {
    SITES.iter().filter(|(_, lists)| lists.contains(&list)).map(|(id, _)| *id).collect()
}
