//! The table of rooms in `src/lib.rs` is true: no path in the sources runs up it, and every file says what
//! it decides.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Rooms in the order of the table, each with the rooms it may not use although they stand above.
fn table() -> Vec<(String, Vec<String>)> {
    let ticked = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    let docs = fs::read_to_string("src/lib.rs").unwrap();
    let rows = docs.lines().skip_while(|line| !line.contains("| room |")).skip(2);
    rows.take_while(|line| line.starts_with("//! |"))
        .map(|row| {
            let cells: Vec<&str> =
                row.trim_start_matches("//!").trim().trim_matches('|').split('|').collect();
            (ticked(cells[0]).remove(0), cells.get(2).map(|cell| ticked(cell)).unwrap_or_default())
        })
        .collect()
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// The rooms that a source names through `crate::`, groups included.
fn named(source: &str) -> Vec<String> {
    let code: String =
        source.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut rooms = Vec::new();
    for rest in code.split("crate::").skip(1) {
        let word =
            |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
        match rest.strip_prefix('{') {
            // A group such as `crate::{wire, jose::Jwk}`: the first word of each part at depth one.
            Some(group) => {
                let (mut depth, mut start) = (0, true);
                for (at, c) in group.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => start = true,
                        c if start && !c.is_whitespace() => {
                            rooms.push(word(&group[at..]));
                            start = false;
                        }
                        _ => {}
                    }
                }
            }
            None => rooms.push(word(rest)),
        }
    }
    rooms
}

fn room_of(file: &Path) -> Option<String> {
    let inside = file.strip_prefix("src").unwrap();
    let first = inside.components().next()?.as_os_str().to_str()?.trim_end_matches(".rs").to_owned();
    (!matches!(first.as_str(), "lib" | "main")).then_some(first)
}

#[test]
fn no_arrow_runs_up() {
    let table = table();
    let place: BTreeMap<&str, usize> =
        table.iter().enumerate().map(|(at, (room, _))| (room.as_str(), at)).collect();
    assert!(place.len() >= 12, "the table was not found");
    let mut wrong = Vec::new();
    for file in sources(Path::new("src")) {
        let Some(room) = room_of(&file) else { continue };
        let at = *place
            .get(room.as_str())
            .unwrap_or_else(|| panic!("{} is in no room of the table", file.display()));
        let source = fs::read_to_string(&file).unwrap();
        // `super::` may not leave the room: a file of depth one has no room-mate above it.
        let depth = file.components().count() - 2;
        if source.contains(&"super::".repeat(depth + 1)) {
            wrong.push(format!("{}: super:: leaves the room", file.display()));
        }
        for used in named(&source) {
            let Some(&above) = place.get(used.as_str()) else { continue };
            if above > at || table[at].1.contains(&used) {
                wrong.push(format!("{}: {room} uses {used}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_scan_sees_groups_and_nested_paths() {
    let source =
        "use crate::{wire::{self, Request}, jose};\nlet x = crate::oidc::Call;\n// crate::web is a comment";
    assert_eq!(named(source), ["wire", "jose", "oidc"]);
}

#[test]
fn every_file_says_what_it_decides_and_stays_small() {
    for folder in ["src", "tests/it", "tests/edge", "tests/spin-host/src"] {
        for file in if Path::new(folder).exists() { sources(Path::new(folder)) } else { Vec::new() } {
            let source = fs::read_to_string(&file).unwrap();
            assert!(source.starts_with("//! "), "{} does not open with //!", file.display());
            let lines = source.lines().count();
            assert!(lines <= 400, "{} has {lines} lines", file.display());
        }
    }
}
