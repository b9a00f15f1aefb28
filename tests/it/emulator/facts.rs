//! The table of facts in docs/emulator-facts.md: each has a source of a known kind and tests that exist.

use std::collections::BTreeSet;
use std::fs;

const FACTS: &str = "docs/emulator-facts.md";

/// A row of the table.
struct Fact {
    words: String,
    source: String,
    tests: Vec<String>,
}

/// The cells of the rows below each head like `head`.
fn rows(document: &str, head: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| -> Vec<String> {
        // A bar in a cell is written `\\|`.
        let line = line.trim().trim_start_matches('|').trim_end_matches('|').replace("\\|", "\0");
        line.split('|').map(|cell| cell.trim().replace('\0', "|")).collect()
    };
    let mut found = Vec::new();
    let mut lines = document.lines();
    while let Some(line) = lines.next() {
        if line == head {
            found.extend(lines.by_ref().skip(1).take_while(|line| line.starts_with('|')).map(cells));
        }
    }
    found
}

fn facts(document: &str) -> Vec<Fact> {
    let ticked = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    let fact = |cells: Vec<String>| {
        let [words, source, held] =
            <[String; 3]>::try_from(cells).unwrap_or_else(|cells| panic!("{cells:?}"));
        Fact { words, source, tests: ticked(&held) }
    };
    rows(document, "| fact | source | held by |").into_iter().map(fact).collect()
}

/// Whether `name`, `module::function`, is a test of this folder.
fn exists(name: &str) -> bool {
    let Some((module, function)) = name.rsplit_once("::") else { return false };
    let Ok(source) = fs::read_to_string(format!("tests/it/{}.rs", module.replace("::", "/"))) else {
        return false;
    };
    let lines: Vec<&str> = source.lines().collect();
    let starts = [format!("fn {function}()"), format!("async fn {function}()")];
    lines.windows(2).any(|pair| {
        ["#[test]", "#[tokio::test]"].contains(&pair[0])
            && starts.iter().any(|start| pair[1].starts_with(start))
    })
}

#[test]
fn each_fact_has_a_source_of_a_known_kind_and_tests_that_exist() {
    let document = fs::read_to_string(FACTS).unwrap();
    let words: Vec<String> =
        rows(&document, "| word | source |").into_iter().map(|cells| cells[0].clone()).collect();
    assert_eq!(words, ["confirmed", "deduced", "second-hand", "dated", "unsure"]);
    let facts = facts(&document);
    assert!(facts.len() > 100, "{} facts", facts.len());
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for Fact { words: fact, source, tests } in &facts {
        if !words.contains(source) {
            wrong.push(format!("{fact}: no such source: {source}"));
        }
        if tests.is_empty() {
            wrong.push(format!("{fact}: no test"));
        }
        wrong.extend(tests.iter().filter(|name| !exists(name)).map(|name| format!("{fact}: no test {name}")));
        if fact.is_empty() || !seen.insert(fact) {
            wrong.push(format!("{fact}: twice or empty"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_is_read_as_it_is_written() {
    let document = "| fact | source | held by |\n|---|---|---|\n| a `b\\|c` d | unsure | `emulator::a_whole_login`, \
                    `x::y` |\n\n| other |\n";
    let facts = facts(document);
    assert_eq!(facts.len(), 1);
    assert_eq!((facts[0].words.as_str(), facts[0].source.as_str()), ("a `b|c` d", "unsure"));
    assert_eq!(facts[0].tests, ["emulator::a_whole_login", "x::y"]);
    assert!(
        exists("emulator::a_whole_login") && exists("emulator::server::it_serves_lies_on_demand_and_counts")
    );
    assert!(!exists("emulator::facts::exists") && !exists("emulator::client") && !exists("rien"));
}
