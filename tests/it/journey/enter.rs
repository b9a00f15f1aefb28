//! `journey enter` through a pipe: what the program that keeps the secret gets, and that nobody else gets any of it.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::example;
use crate::cli::{program, text};
use crate::native_support::Folder;

pub const SECRET: &str = "kTLrb6n3A1Zg8oYwVd5sXc0uJpQh7iMfN2tGxBvCyRE";
pub const ID: &str = "0e1a6c1f2b3d4c5e8f90a1b2c3d4e5f60718293a";

/// A team with its configuration, and a program that keeps what it is given: `npx`, and `keeper`.
pub fn team() -> Folder {
    let folder = Folder::new();
    folder.write("franceconnect.toml", example()).write("spin.toml", fs::read("spin.toml").unwrap());
    folder.write("wrangler.toml", fs::read("wrangler.toml").unwrap());
    let keeper = "#!/bin/sh\nkept=${0%/bin/*}/kept\nmkdir -p $kept\nprintf '%s\\n' \"$@\" >$kept/words\nenv >$kept/env\n\
                  cat >$kept/input\npwd >$kept/folder\n[ ! -e $kept/../refuse ] || { rm $kept/../refuse; exit 3; }\n\
                  [ ! -e $kept/../wait ] || { touch $kept/waits; exec sleep 30; }\n";
    for name in ["bin/npx", "bin/keeper"] {
        folder.write(name, keeper);
        fs::set_permissions(folder.path().join(name), fs::Permissions::from_mode(0o755)).unwrap();
    }
    folder
}

/// `journey enter`, which finds our program and no other `npx`.
pub fn enter(folder: &Folder, words: &[&str]) -> Command {
    let mut command = program(folder.path());
    let path = format!("{}:/usr/bin:/bin", folder.path().join("bin").display());
    command.env("PATH", path).args(["journey", "enter"]).args(words);
    command
}

/// Runs it with `answers` on its input; its status, and all that it said.
fn run(folder: &Folder, words: &[&str], answers: &str) -> (i32, String) {
    piped(&mut enter(folder, words), answers)
}

/// The same of a command.
pub fn piped(command: &mut Command, answers: &str) -> (i32, String) {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(answers.as_bytes());
    let output = child.wait_with_output().unwrap();
    (output.status.code().unwrap(), text(&output.stdout) + &text(&output.stderr))
}

pub fn kept(folder: &Folder, what: &str) -> String {
    fs::read_to_string(folder.path().join("kept").join(what)).unwrap_or_default()
}

/// Every file below `folder` that holds `secret`.
pub fn holders(folder: &Path, secret: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holders(&path, secret));
        } else if String::from_utf8_lossy(&fs::read(&path).unwrap()).contains(secret) {
            found.push(path);
        }
    }
    found
}

#[test]
fn the_secret_is_on_one_input_and_nowhere_else() {
    for (words, answers, named, input) in [
        (
            &[][..],
            format!("{ID}\n  {SECRET} \r\n"),
            "--no -- wrangler secret put FC_CLIENT_SECRET --env production",
            SECRET.to_owned(),
        ),
        (
            &["--next"],
            SECRET.to_owned(),
            "--no -- wrangler secret put FC_CLIENT_SECRET_NEXT --env production",
            SECRET.to_owned(),
        ),
        (
            &["--sandbox"],
            format!("{ID}\n{SECRET}\n\n"),
            "--no -- wrangler secret put FC_CLIENT_SECRET --env staging",
            SECRET.to_owned(),
        ),
        (&["--", "./bin/keeper", "-"], format!("{ID}\n{SECRET}"), "-", SECRET.to_owned()),
        (&["--", "keeper", "a b", "value=-"], format!("{ID}\n{SECRET}"), "a b value=-", SECRET.to_owned()),
        (
            &["--form", "line", "--", "keeper"],
            format!("{ID}\n{SECRET}"),
            "",
            format!("FC_CLIENT_SECRET={SECRET}\n"),
        ),
        (
            &["--form", "patch", "--", "keeper"],
            format!("{ID}\n{SECRET}"),
            "",
            format!("{{\"stringData\":{{\"fc_client_secret\":\"{SECRET}\"}}}}"),
        ),
    ] {
        let folder = team();
        let (status, said) = run(&folder, words, &answers);
        assert_eq!(status, 0, "{said}");
        assert_eq!(kept(&folder, "input"), input, "{words:?}");
        assert_eq!(kept(&folder, "words").lines().collect::<Vec<_>>().join(" "), named, "{words:?}");
        assert!(!said.contains(SECRET) && !said.contains("\u{1b}["), "{said}");
        let removal = "(npx --no -- wrangler secret delete FC_CLIENT_SECRET_NEXT --env production)";
        assert_eq!(said.contains(removal), words == ["--next"], "{said}");
        assert_eq!(holders(folder.path(), SECRET), [folder.path().join("kept/input")], "{words:?}");
        // The client_id is no secret, and is not written without a person who agrees.
        assert!(words == ["--next"] || said.contains(&format!("FC_CLIENT_ID = \"{ID}\"")), "{said}");
        assert_eq!(
            fs::read("wrangler.toml").unwrap(),
            fs::read(folder.path().join("wrangler.toml")).unwrap()
        );
        let noted = fs::read_to_string(folder.path().join("franceconnect.toml")).unwrap();
        assert_eq!(noted.contains("\nsecret_since = 20"), words != ["--sandbox"], "{noted}");
        if named.contains("wrangler") {
            assert!(
                kept(&folder, "env").contains("WRANGLER_LOG_SANITIZE=true\n"),
                "its log leaves bodies out"
            );
        }
    }
}

#[test]
fn what_cannot_be_a_secret_reaches_nobody() {
    let elsewhere = "that-of-the-sandbox-0123456789abcdef";
    for (words, answers, reason) in [
        (&[][..], format!("{ID}\n"), "L’entrée s’arrête là"),
        (&[], String::new(), "L’entrée s’arrête là"),
        (&[], format!("{ID}\n{SECRET}\nand more\n"), "1 ligne(s) de trop"),
        (&[], format!("{ID}\nVotre secret : {SECRET}\n"), "on dirait le message entier"),
        (&[], format!("{ID}\n{}\n", &SECRET[..20]), "n’a que 20 caractères"),
        (&[], format!("{ID}\n{elsewhere}\n"), "FC_CLIENT_SECRET a déjà dans .dev.vars"),
        (&[], format!("{ID}\n{ID}\n"), "est le client_id"),
        (&["--", "keeper", SECRET], format!("{ID}\n{SECRET}\n"), "est dans la ligne de commande"),
        (&["--", "absent-program"], format!("{ID}\n{SECRET}\n"), "absent-program est introuvable"),
        (&[], format!("{ID}\n{}", "x".repeat(5000)), "Échec du système"),
    ] {
        let folder = team();
        folder.write(".dev.vars", format!("FC_CLIENT_SECRET={elsewhere}\n"));
        let (status, said) = run(&folder, words, &answers);
        assert_eq!(status, 1, "{said}");
        assert!(said.contains(reason), "{reason} is missing from:\n{said}");
        assert!(
            !said.contains(SECRET) && !said.contains(elsewhere) && !said.contains(&SECRET[..20]),
            "{said}"
        );
        assert!(!folder.path().join("kept").exists(), "{answers:?}");
        let dossier = fs::read_to_string(folder.path().join("franceconnect.toml")).unwrap();
        assert_eq!(dossier, example(), "no date of what did not happen");
    }
}

#[test]
fn a_program_that_fails_has_not_got_it() {
    let folder = team();
    folder.write("refuse", "");
    let (status, said) = run(&folder, &[], &format!("{ID}\n{SECRET}\n"));
    assert!(status == 1 && said.contains("npx a échoué") && !said.contains("est entré"), "{said}");
    assert_eq!(fs::read_to_string(folder.path().join("franceconnect.toml")).unwrap(), example());
}

#[test]
fn a_host_without_a_store_says_what_can_be_done() {
    for (name, reason) in
        [("spin.toml", "ps montre à toute la machine"), ("environment", "dans son environnement")]
    {
        let folder = team();
        let live = "[production]\nconfiguration = \"wrangler.toml\"\nwrangler_env = \"production\"";
        let changed = example().replace(live, &format!("[production]\nconfiguration = \"{name}\""));
        assert_ne!(changed, example());
        folder.write("franceconnect.toml", changed);
        let environment = [
            ("PUBLIC_URL", "https://my-service.fr"),
            ("FC_ENVIRONMENT", "production"),
            ("SPIN_VARIABLE_PUBLIC_URL", "https://my-service.fr"),
            ("SPIN_VARIABLE_FC_ENVIRONMENT", "production"),
        ];
        let output = enter(&folder, &[]).envs(environment).stdin(Stdio::null()).output().unwrap();
        let said = text(&output.stderr);
        assert!(output.status.code() == Some(1) && said.contains(reason), "{said}");
        assert!(said.contains("journey enter -- vault kv put") && !said.contains("client_id"), "{said}");
        let output =
            enter(&folder, &["--", "keeper"]).envs(environment).stdin(Stdio::null()).output().unwrap();
        assert!(text(&output.stderr).contains("L’entrée s’arrête là"), "{}", text(&output.stderr));
    }
}

#[test]
fn the_host_is_spoken_to_beside_its_configuration_and_a_program_of_ones_own_where_one_is() {
    let folder = team();
    folder.write("live/wrangler.toml", fs::read("wrangler.toml").unwrap());
    let live = "[production]\nconfiguration = \"wrangler.toml\"";
    folder.write(
        "franceconnect.toml",
        example().replace(live, "[production]\nconfiguration = \"live/wrangler.toml\""),
    );
    let here = folder.path().display().to_string();
    for (words, place) in
        [(&[][..], format!("{here}/live\n")), (&["--", "./bin/keeper", "-"], format!("{here}\n"))]
    {
        let (status, said) = run(&folder, words, &format!("{ID}\n{SECRET}\n"));
        assert_eq!((status, kept(&folder, "folder")), (0, place), "{words:?}: {said}");
    }
}
