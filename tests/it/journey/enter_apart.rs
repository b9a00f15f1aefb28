//! `journey enter` where something is amiss around it: a program that lies where one stands, a secret of the sandbox in
//! another folder, files that are links or for nobody else.

use std::fs::{self, Permissions, metadata};
use std::os::unix::fs::{PermissionsExt, symlink};

use super::enter::{ID, SECRET, enter, kept, piped, team};
use super::example;
use crate::native_support::Folder;

const ELSEWHERE: &str = "that-of-the-sandbox-0123456789abcdef";

/// A program that is given a secret keeps it in `stolen`.
fn thief(folder: &Folder, name: &str, mode: u32) {
    folder.write(name, format!("#!/bin/sh\ncat >{}\n", folder.path().join("stolen").display()));
    fs::set_permissions(folder.path().join(name), Permissions::from_mode(mode)).unwrap();
}

#[test]
fn what_lies_where_one_stands_or_cannot_be_run_is_not_the_program() {
    let folder = team();
    thief(&folder, "npx", 0o755);
    thief(&folder, "fetcher", 0o755);
    thief(&folder, "first/npx", 0o644);
    let here = folder.path().display();
    let path = format!(".::{here}/first:{here}/bin:/usr/bin:/bin");
    for (words, status) in [(&[][..], 0), (&["--", "fetcher"], 1)] {
        let mut command = enter(&folder, words);
        let (found, said) = piped(command.env("PATH", &path), &format!("{ID}\n{SECRET}\n"));
        assert_eq!(found, status, "{said}");
        assert!(!folder.path().join("stolen").exists(), "{words:?}: {said}");
        assert_eq!(said.contains("fetcher est introuvable"), status == 1, "{said}");
    }
    assert_eq!(kept(&folder, "input"), SECRET);
}

#[test]
fn a_secret_of_the_sandbox_is_known_wherever_it_is_kept() {
    let live = "[production]\nconfiguration = \"wrangler.toml\"\nwrangler_env = \"production\"";
    for (named, words, refused) in [
        // The sandbox beside franceconnect.toml, production in a folder of its own.
        ("\"live/wrangler.toml\"\nwrangler_env = \"production\"", &[][..], true),
        // Production is a program of one's own: its environment is not the sandbox, `.dev.vars` is.
        ("\"environment\"", &["--", "keeper"], true),
        ("\"environment\"", &["--sandbox", "--", "keeper"], false),
    ] {
        let folder = team();
        folder.write("live/wrangler.toml", fs::read("wrangler.toml").unwrap());
        let dossier = example().replace(live, &format!("[production]\nconfiguration = {named}"));
        folder
            .write("franceconnect.toml", dossier)
            .write(".dev.vars", format!("FC_CLIENT_SECRET={ELSEWHERE}\n"));
        let mut command = enter(&folder, words);
        command.envs([("PUBLIC_URL", "https://my-service.fr"), ("FC_ENVIRONMENT", "production")]);
        let (status, said) = piped(&mut command, &format!("{ID}\n{ELSEWHERE}\n"));
        assert_eq!(status == 1, refused, "{named}: {said}");
        assert_eq!(said.contains("FC_CLIENT_SECRET a déjà dans .dev.vars"), refused, "{named}: {said}");
        assert_eq!(kept(&folder, "input").is_empty(), refused, "{named}");
        assert!(!said.contains(ELSEWHERE), "{said}");
    }
}

#[test]
fn the_day_is_noted_in_the_file_as_it_is() {
    let folder = team();
    let (dossier, real) = (folder.path().join("franceconnect.toml"), folder.path().join("real.toml"));
    fs::rename(&dossier, &real).unwrap();
    fs::set_permissions(&real, Permissions::from_mode(0o600)).unwrap();
    symlink("real.toml", &dossier).unwrap();
    folder.write("victim", "precious");
    for trap in ["franceconnect.toml.new", "real.toml.new"] {
        symlink("victim", folder.path().join(trap)).unwrap();
    }
    let (status, said) = piped(&mut enter(&folder, &[]), &format!("{ID}\n{SECRET}\n"));
    assert_eq!(status, 0, "{said}");
    assert!(fs::read_to_string(&real).unwrap().contains("\nsecret_since = 20"), "{said}");
    assert!(dossier.is_symlink(), "a link stays one");
    assert_eq!(metadata(&real).unwrap().permissions().mode() & 0o777, 0o600, "for nobody else, as before");
    assert_eq!(fs::read_to_string(folder.path().join("victim")).unwrap(), "precious");
}
