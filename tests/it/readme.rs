//! What the guides promise is there: the table of variables, the commands, the paths, the tests they name; and
//! both languages say the same.

use std::fs;
use std::path::Path;

use franceconnect_edge::config::VARIABLES;

use crate::cli::{program, text};

/// The two languages of the first guide.
const GUIDES: [&str; 2] = ["README.md", "LISEZMOI.md"];
/// The two languages of the emulator's.
const EMULATOR: [&str; 2] = ["docs/emulator.md", "docs/emulateur.md"];
/// The two languages of the way to FranceConnect.
const JOURNEY: [&str; 2] = ["docs/journey.md", "docs/parcours.md"];
/// Every guide whose commands and paths are held to be true.
const ALL: [&str; 10] = [
    "README.md",
    "LISEZMOI.md",
    "SECURITY.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/emulator.md",
    "docs/emulateur.md",
    "docs/emulator-faults.md",
    "docs/journey.md",
    "docs/parcours.md",
];
/// Set to anything, it makes the test of the tables write them instead.
const REFRESH: &str = "REFRESH_README";

fn read(file: &str) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// A fenced block: what stands after the fence, and its lines.
struct Block {
    kind: String,
    lines: Vec<String>,
}

fn blocks(markdown: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = markdown.lines();
    while let Some(line) = lines.next() {
        if let Some(kind) = line.strip_prefix("```") {
            let lines = lines.by_ref().take_while(|line| *line != "```").map(str::to_owned).collect();
            blocks.push(Block { kind: kind.to_owned(), lines });
        }
    }
    blocks
}

/// The text outside fenced blocks.
fn prose(markdown: &str) -> String {
    let mut fenced = false;
    let outside = markdown.lines().filter(|line| {
        let fence = line.starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    });
    outside.collect::<Vec<_>>().join("\n")
}

/// What stands between backticks, in the text outside fenced blocks.
fn ticked(markdown: &str) -> Vec<String> {
    prose(markdown).split('`').skip(1).step_by(2).map(|code| code.replace('\n', " ")).collect()
}

#[test]
fn the_tables_of_variables_are_what_the_code_says() {
    for (file, head, required, secret) in [
        (GUIDES[0], "| variable | without it | what it decides |", "required", "secret"),
        (GUIDES[1], "| variable | à défaut | ce qu’elle décide |", "obligatoire", "secret"),
    ] {
        let mut table = format!("\n{head}\n|---|---|---|\n");
        for variable in VARIABLES {
            let mark = if variable.secret { format!(", {secret}") } else { String::new() };
            let default = match variable.default {
                None => required.to_owned(),
                Some("") => "–".to_owned(),
                Some(value) => format!("`{value}`"),
            };
            let meaning = if file == GUIDES[0] { variable.en } else { variable.fr };
            table.push_str(&format!("| `{}` | {default}{mark} | {meaning} |\n", variable.name));
        }
        let guide = read(file);
        let (before, rest) = guide.split_once("<!-- variables -->").expect(file);
        let (found, after) = rest.split_once("<!-- /variables -->").expect(file);
        if std::env::var_os(REFRESH).is_some() {
            let fresh = format!("{before}<!-- variables -->{table}<!-- /variables -->{after}");
            fs::write(file, fresh).unwrap();
        } else {
            let hint = format!("{REFRESH}=1 cargo test --test it readme");
            assert_eq!(found, table, "{file} is out of date; this writes the table again: {hint}");
        }
    }
}

#[test]
fn both_languages_have_the_same_sections_and_the_same_code() {
    for guides in [GUIDES, EMULATOR, JOURNEY] {
        let [english, french] = guides.map(read);
        let shape = |guide: &str| -> Vec<String> {
            let lines = prose(guide);
            let heads = lines.lines().filter(|line| line.starts_with('#') || line.starts_with("<!--"));
            heads.map(|line| line.split(' ').next().unwrap().to_owned()).collect()
        };
        assert_eq!(shape(&english), shape(&french), "headings and markers of {guides:?}");
        let code = |guide: &str| -> Vec<String> {
            blocks(guide)
                .into_iter()
                // What a program prints is in its reader's language, and so are comments.
                .map(
                    |block| {
                        if block.kind == "text" { vec![] } else { [vec![block.kind], block.lines].concat() }
                    },
                )
                .map(|lines| {
                    lines.into_iter().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n")
                })
                .collect()
        };
        assert_eq!(code(&english), code(&french), "blocks of code of {guides:?}");
        let rows = |guide: &str| prose(guide).lines().filter(|line| line.starts_with('|')).count();
        assert_eq!(rows(&english), rows(&french), "rows of tables of {guides:?}");
        let items = |guide: &str| prose(guide).lines().filter(|line| line.starts_with("* ")).count();
        assert_eq!(items(&english), items(&french), "items of lists of {guides:?}");
    }
}

/// The words after `cargo run … --` in a line of shell, up to a pipe, a redirection or a comment.
fn words_of_ours(line: &str) -> Option<Vec<String>> {
    let command = line.split(['|', '#', '>']).next().unwrap_or_default();
    let (before, words) = command.split_once(" -- ")?;
    before.contains("cargo run").then(|| words.split_whitespace().map(str::to_owned).collect())
}

#[test]
fn every_command_of_ours_that_a_guide_shows_exists() {
    let mut tried = 0;
    for file in ALL {
        let guide = read(file);
        let fenced = blocks(&guide).into_iter().filter(|block| block.kind == "sh");
        let lines = fenced.flat_map(|block| block.lines).chain(ticked(&guide));
        for mut words in lines.filter_map(|line| words_of_ours(&line)) {
            let shown = words.join(" ");
            // The others would listen until they are told to stop, or read what is not here; their help reads the
            // words before it.
            let reads = words.iter().any(|word| word == "--add-to" || word == "--from");
            let ends = matches!(words.first().map(String::as_str), Some("check" | "keygen")) && !reads;
            if !ends {
                words.push("--help".to_owned());
            }
            let output = program(Path::new(".")).args(&words).output().unwrap();
            let status = output.status.code();
            // A configuration of the reader's that is not complete yet is status 1.
            let fine = status == Some(0) || ends && words[0] == "check" && status == Some(1);
            assert!(fine, "{file}: {shown}: {status:?}\n{}", text(&output.stderr));
            tried += 1;
        }
    }
    assert!(tried >= 8, "only {tried} commands were found");
}

#[test]
fn every_path_that_a_guide_names_exists() {
    let folders = ["src", "tests", "scripts", "site", "deploy", "docs"];
    let endings = ["md", "toml", "json", "rs", "lock"];
    let mut missing = Vec::new();
    for file in ALL {
        let guide = read(file);
        let links = prose(&guide)
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split_once(')'))
            .filter(|(target, _)| !target.contains("://"))
            // A link begins in its guide's folder, a path in a text at the top.
            .map(|(target, _)| Path::new(file).with_file_name(target).to_string_lossy().into_owned())
            .collect::<Vec<_>>();
        let in_shell = blocks(&guide).into_iter().filter(|block| block.kind == "sh");
        let words = in_shell.flat_map(|block| block.lines).chain(ticked(&guide)).flat_map(|line| {
            line.split_whitespace()
                .map(|word| word.trim_end_matches(['/', ';']).to_owned())
                .collect::<Vec<_>>()
        });
        let paths = words.filter(|word| {
            let first = word.split('/').next().unwrap_or_default();
            let top = !word.contains('/') && !word.starts_with('.');
            folders.contains(&first) && word.contains('/')
                || top
                    && word
                        .rsplit_once('.')
                        .is_some_and(|(name, end)| !name.is_empty() && endings.contains(&end))
        });
        // Made by scripts/dsfr or by a team, and not kept in git.
        let made = ["site/dsfr", "franceconnect.toml", "franceconnect-plus.toml"];
        let kept = paths.chain(links).filter(|path| !made.iter().any(|made| path.starts_with(made)));
        missing.extend(kept.filter(|path| !Path::new(path).exists()).map(|path| format!("{file}: {path}")));
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn every_test_that_a_guide_names_exists() {
    let mut named = 0;
    for file in ALL {
        for name in ticked(&read(file)) {
            let Some((module, test)) = name.split_once("::") else { continue };
            let ours = format!("tests/it/{module}.rs");
            if Path::new(&ours).exists() {
                let there = read(&ours).contains(&format!("fn {test}("));
                assert!(there, "{file} names {name}, which is not in {ours}");
                named += 1;
            }
        }
    }
    assert!(named >= 20, "only {named} tests are named");
}

#[test]
fn nothing_of_the_workshop_is_left_in_a_guide() {
    for file in ALL {
        let guide = read(file).to_lowercase();
        for word in ["todo", "fixme", "xxx", "lorem", "/home/", "/root/"] {
            assert!(!guide.contains(word), "{file} says {word}");
        }
        for (number, line) in guide.lines().enumerate() {
            assert_eq!(line.trim_end(), line, "{file}:{} ends in a blank", number + 1);
        }
    }
}
