//! The words of the command line: help, languages, keys.

use std::path::Path;
use std::process::{Command, Output};

/// The program with an environment of its own: none of ours, in French.
pub fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_franceconnect-edge"));
    command.current_dir(folder).env_clear().env("LANG", "fr_FR.UTF-8");
    command
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn run(words: &[&str]) -> Output {
    program(Path::new(env!("CARGO_TARGET_TMPDIR"))).args(words).output().unwrap()
}

const COMMANDS: [&[&str]; 13] = [
    &["dev"],
    &["serve"],
    &["emulate"],
    &["check"],
    &["keygen"],
    &["keygen", "jwks"],
    &["journey"],
    &["journey", "enter"],
    &["journey", "init"],
    &["journey", "sheet"],
    &["services"],
    &["services", "seal"],
    &["services", "json"],
];

#[test]
fn every_command_explains_itself_in_french() {
    let top = text(&run(&["--help"]).stdout);
    for command in COMMANDS {
        let first = command[0];
        assert!(top.contains(&format!("\n  {first} ")), "{first} is missing from:\n{top}");
        let help = run(&[command, &["--help"]].concat());
        let words = text(&help.stdout);
        assert!(help.status.success());
        assert!(words.contains("Utilisation :") && words.contains("--lang"), "{words}");
        for english in ["Usage:", "[default", "[possible", "Print help", "Commands:"] {
            assert!(!words.contains(english), "{english} in:\n{words}");
        }
    }
}

#[test]
fn help_lines_fit_a_terminal() {
    for command in COMMANDS {
        for line in text(&run(&[command, &["--help"]].concat()).stdout).lines() {
            assert!(line.chars().count() <= 120, "{command:?}: {line}");
        }
    }
}

#[test]
fn a_command_that_does_not_exist_is_status_2() {
    assert_eq!(run(&["swerve"]).status.code(), Some(2));
    assert_eq!(run(&[]).status.code(), Some(2));
    assert_eq!(run(&["check", "--wrangler", "a", "--spin", "b"]).status.code(), Some(2));
    assert_eq!(run(&["serve", "--listen", "nowhere"]).status.code(), Some(2));
}

#[test]
fn keygen_prints_one_key_alone_and_another_each_time() {
    let (first, second) = (run(&["keygen"]), run(&["keygen"]));
    assert!(first.status.success());
    let key = text(&first.stdout);
    assert_eq!(key.len(), 55, "a date, a point, 43 characters and the end of the line");
    let base64url = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    assert!(key.trim_end().get(11..).unwrap().chars().all(base64url), "{key}");
    assert_ne!(first.stdout, second.stdout);
    let hint = text(&first.stderr);
    assert!(hint.contains("FC_SESSION_KEYS") && !hint.contains(key.trim_end()), "{hint}");
}

#[test]
fn messages_follow_the_flag_then_the_machine() {
    let hint = |words: &[&str], locale: &str| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        text(&program(folder).env("LANG", locale).args(words).output().unwrap().stderr)
    };
    assert!(hint(&["keygen"], "fr_FR.UTF-8").starts_with("Clé"));
    assert!(hint(&["keygen"], "en_US.UTF-8").starts_with("A secret key"));
    assert!(hint(&["keygen", "--lang", "fr"], "en_US.UTF-8").starts_with("Clé"));
    assert!(hint(&["--lang", "en", "keygen"], "fr_FR.UTF-8").starts_with("A secret key"));
}
