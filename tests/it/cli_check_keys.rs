//! `check` with FranceConnect+: what is asked for only where it is needed, and what FranceConnect is told.

use crate::cli::{program, text};
use crate::native_support::{Folder, KEY};
use crate::support::envelope::{Agreeing, with};
use serde_json::json;

fn check(folder: &Folder, words: &[&str], environment: &[(&str, &str)]) -> (i32, String) {
    let output = program(folder.path()).arg("check").args(words).envs(environment.to_vec()).output().unwrap();
    let all = text(&output.stdout) + &text(&output.stderr);
    let secret = Agreeing::new(1).private("a");
    for hidden in ["hush", KEY, secret["d"].as_str().unwrap()] {
        assert!(!all.contains(hidden), "a secret was printed:\n{all}");
    }
    (output.status.code().unwrap(), all)
}

/// The settings of a Worker, with these more.
fn wrangler(folder: &Folder, more: &str) {
    folder.write(
        "wrangler.toml",
        format!(
            "name = \"site\"\n[assets]\nrun_worker_first = true\nhtml_handling = \"none\"\n\
             [vars]\nPUBLIC_URL = \"https://site.example.fr\"\nFC_CLIENT_ID = \"client\"\n{more}"
        ),
    );
}

#[test]
fn secrets_are_to_set_where_they_are_needed_and_nowhere_else() {
    let folder = Folder::new();
    let plus = "FC_ENVIRONMENT = \"plus-integration\"\n";
    let second = "FC_PLUS_CLIENT_ID = \"second\"\n";
    let jwt = "FC_CLIENT_AUTH = \"private_key_jwt\"\n";
    let second_jwt = "FC_PLUS_CLIENT_AUTH = \"private_key_jwt\"\n";
    let rsa = "FC_ENCRYPTION_ALG = \"RSA-OAEP-256\"\n";
    let names = ["FC_CLIENT_SECRET", "FC_PRIVATE_KEYS", "FC_PLUS_CLIENT_SECRET"];
    for (more, needed) in [
        (String::new(), [true, false, false]),
        (plus.to_owned(), [true, true, false]),
        (jwt.to_owned(), [false, true, false]),
        (format!("{plus}{jwt}"), [false, true, false]),
        (format!("{plus}{rsa}"), [true, true, false]),
        (second.to_owned(), [true, true, true]),
        (format!("{second}{jwt}"), [false, true, true]),
        (format!("{second}{second_jwt}"), [true, true, false]),
    ] {
        wrangler(&folder, &more);
        let (status, printed) = check(&folder, &["--wrangler"], &[]);
        assert_eq!(status, 0, "{more}: {printed}");
        for (name, needed) in names.iter().zip(needed) {
            let asked = printed.contains(&format!("{name} : npx wrangler secret put {name}\n"));
            assert_eq!(asked, needed, "{more} {name}: {printed}");
        }
        assert_eq!(printed.contains("jwks_uri"), needed[1], "{printed}");
    }
    // Where nothing is hidden they are faults.
    let environment = [
        ("PUBLIC_URL", "https://site.example.fr"),
        ("FC_ENVIRONMENT", "plus-integration"),
        ("FC_CLIENT_ID", "client"),
        ("FC_CLIENT_SECRET", "hush"),
        ("FC_SESSION_KEYS", KEY),
    ];
    let (status, printed) = check(&folder, &[], &environment);
    assert_eq!(status, 1);
    assert!(printed.contains("FC_PRIVATE_KEYS : export FC_PRIVATE_KEYS='…'"), "{printed}");
}

#[test]
fn keys_in_clear_and_faulty_keys_are_told_with_their_line() {
    let folder = Folder::new();
    let set = json!({ "keys": [Agreeing::new(1).private("a")] }).to_string();
    wrangler(&folder, &format!("FC_PRIVATE_KEYS = '{set}'\n"));
    let (status, printed) = check(&folder, &["--wrangler"], &[]);
    assert_eq!(status, 1);
    assert!(printed.contains("FC_PRIVATE_KEYS (wrangler.toml:8) est un secret en clair"), "{printed}");
    wrangler(&folder, "FC_ENVIRONMENT = \"plus-integration\"\n");
    let faulty = with(Agreeing::new(1).private("a"), &json!({ "kid": null, "alg": "ECDH" }));
    let faulty = json!({ "keys": [faulty, { "kid": "b" }] });
    folder.write(".dev.vars", format!("FC_PRIVATE_KEYS='{faulty}'\n"));
    let (status, printed) = check(&folder, &["--wrangler"], &[]);
    assert_eq!(status, 1);
    for part in [
        "Erreurs (3) :",
        "FC_PRIVATE_KEYS (.dev.vars:1) clé n° 1 : il lui faut un kid",
        "clé n° 1 : use",
        "clé n° 2 : use",
    ] {
        assert!(printed.contains(part), "{part} is missing from:\n{printed}");
    }
}

#[test]
fn what_exists_is_what_there_is_to_declare() {
    let folder = Folder::new();
    let declared = |printed: &str| -> Vec<String> {
        let lines = printed.lines().skip_while(|line| !line.starts_with("À déclarer")).skip(1);
        lines.take_while(|line| line.starts_with("  ")).map(|line| line.trim().to_owned()).collect()
    };
    let at = |name: &str, path: &str| format!("{name} https://site.example.fr{path}");
    let always =
        [at("redirect_uri", "/compte/callback"), at("post_logout_redirect_uri", "/compte/logout/callback")];
    let keys = at("jwks_uri", "/compte/jwks.json");
    let sector = at("sector_identifier_uri", "/compte/sector-identifier.json");
    let shared = "FC_SECTOR_REDIRECT_URIS = \"https://other.example.fr/auth/callback\"\n";
    for (more, expected) in [
        ("", vec![]),
        ("FC_ENVIRONMENT = \"plus-production\"\n", vec![keys.clone()]),
        (shared, vec![sector.clone()]),
        (&*format!("FC_PLUS_CLIENT_ID = \"second\"\n{shared}"), vec![keys, sector]),
    ] {
        wrangler(&folder, &format!("FC_PREFIX = \"/compte\"\n{more}"));
        let (status, printed) = check(&folder, &["--wrangler"], &[]);
        assert_eq!(status, 0, "{printed}");
        assert_eq!(declared(&printed), [&always[..], &expected].concat(), "{more}");
    }
}

/// Both products are called, and a secret that is set elsewhere keeps nothing from being judged.
#[test]
fn a_spin_file_must_allow_calls_to_both_products() {
    let folder = Folder::new();
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("spin.toml");
    folder.write("spin.toml", std::fs::read(path).unwrap());
    let first = ("SPIN_VARIABLE_FC_CLIENT_ID", "client");
    let second = ("SPIN_VARIABLE_FC_PLUS_CLIENT_ID", "second");
    let production = ("SPIN_VARIABLE_FC_ENVIRONMENT", "production");
    let (low, high) = ("https://oidc.franceconnect.gouv.fr", "https://auth.franceconnect.gouv.fr");
    let origin = ("SPIN_VARIABLE_PROVIDER_ORIGIN", low);
    let plus_origin = ("SPIN_VARIABLE_PLUS_PROVIDER_ORIGIN", high);
    let rsa = ("SPIN_VARIABLE_FC_ENCRYPTION_ALG", "RSA-OAEP-256");
    for (environment, missing) in [
        (vec![first], vec![]),
        (vec![first, second], vec![]),
        (vec![first, second, production], vec![low, high]),
        (vec![first, second, production, origin], vec![high]),
        (vec![first, second, production, origin, rsa], vec![high]),
        (vec![first, second, production, plus_origin], vec![low]),
        (vec![first, second, production, origin, plus_origin], vec![]),
    ] {
        let site = ("SPIN_VARIABLE_PUBLIC_URL", "https://famille.example.fr");
        let (status, printed) = check(&folder, &["--spin"], &[&environment[..], &[site]].concat());
        assert_eq!(status, i32::from(!missing.is_empty()), "{environment:?}: {printed}");
        for host in [low, high] {
            let told = printed.contains(&format!("ne permet pas d’appeler {host},"));
            assert_eq!(told, missing.contains(&host), "{environment:?}: {printed}");
        }
    }
}
