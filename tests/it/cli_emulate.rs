//! `emulate`: what it prints, and what its files say.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;

use franceconnect_edge::emulator::{Citizens, Client, IDPS};

use crate::cli::{program, text};
use crate::cli_run::{Running, get, ready};
use crate::native_support::Folder;

#[cfg(unix)]
#[test]
fn emulate_prints_what_to_paste_and_never_repeats_a_secret() {
    let folder = Folder::new();
    let mut command = program(folder.path());
    command.args(["emulate", "--listen", "127.0.0.1:0", "--alg", "RS256"]).env("FC_CLIENT_SECRET", "hush");
    let (running, lines) = Running::start(command);
    let all = lines.join("\n");
    assert!(all.contains(&format!("FC_ISSUER={}", ready(&lines))), "{all}");
    assert!(all.contains("FC_ID_TOKEN_ALG=RS256") && !all.contains("hush"), "{all}");
    assert_eq!(running.signal("TERM").code(), Some(0));
    let mut command = program(folder.path());
    command.args(["emulate", "--listen", "127.0.0.1:0"]);
    let (running, lines) = Running::start(command);
    assert!(lines.iter().any(|line| line.starts_with("FC_CLIENT_SECRET=") && line.len() > 40), "{lines:?}");
    assert_eq!(running.signal("TERM").code(), Some(0));
}

/// As FranceConnect+ itself does when that is asked for; FranceConnect's sandbox takes them.
#[cfg(unix)]
#[test]
fn emulate_refuses_local_callbacks_where_franceconnect_plus_does() {
    let folder = Folder::new();
    for (more, refused) in [(&[][..], false), (&["--strict-urls"][..], true)] {
        let mut command = program(folder.path());
        command.args(["emulate", "--listen", "127.0.0.1:0"]).args(more);
        let (running, lines) = Running::start(command);
        let standard = ready(&lines);
        let asked = |issuer: &str, client: &str, acr: &str| {
            get(&format!(
                "{issuer}/authorize?response_type=code&client_id={client}&scope=openid&acr_values={acr}&state=s&nonce={}\
                 &redirect_uri=http%3A%2F%2Flocalhost%3A8787%2Fauth%2Fcallback",
                "n".repeat(32)
            ))
            .contains("Y030007")
        };
        assert!(!asked(standard, "service-local", "eidas1"), "{more:?}");
        let plus = standard.replace("/api/v2", "/plus/api/v2");
        assert_eq!(asked(&plus, "service-local-plus", "eidas2"), refused, "{more:?}");
        assert_eq!(running.signal("TERM").code(), Some(0));
    }
}

#[cfg(unix)]
#[test]
fn emulate_is_both_products_on_one_address() {
    let folder = Folder::new();
    for (more, jwks_uri, alg, secrets) in [
        (vec![], "http://localhost:8787/auth/jwks.json", "ECDH-ES", 2),
        (
            vec![
                "--jwks-uri",
                "http://localhost:9/clefs",
                "--encryption",
                "rsa-oaep-256",
                "--private-key-jwt",
            ],
            "http://localhost:9/clefs",
            "RSA-OAEP-256",
            1,
        ),
    ] {
        let mut command = program(folder.path());
        command.args(["emulate", "--listen", "127.0.0.1:0", "--client-id", "essai"]).args(more);
        let (running, lines) = Running::start(command);
        let (standard, all) = (ready(&lines), lines.join("\n"));
        let plus = standard.replace("/api/v2", "/plus/api/v2");
        // What is to be pasted for FranceConnect comes before what is for FranceConnect+.
        let (first, second) = all.split_once("FC_ENVIRONMENT=plus-emulator\n").expect(&all);
        for line in ["FC_ENVIRONMENT=emulator", &format!("FC_ISSUER={standard}"), "FC_CLIENT_ID=essai"] {
            assert!(first.lines().any(|known| known == line), "{line}: {all}");
        }
        for line in [&format!("FC_ISSUER={plus}"), "FC_CLIENT_ID=essai-plus"] {
            assert!(second.lines().any(|known| known == line), "{line}: {all}");
        }
        for line in [&format!("  jwks_uri: {jwks_uri}"), &format!("  id_token_encrypted_response_alg: {alg}")]
        {
            assert!(second.lines().any(|known| known == line), "{line}: {all}");
        }
        assert_eq!(all.matches("FC_CLIENT_SECRET=").count(), secrets, "{all}");
        assert!(get(&format!("{standard}/.well-known/openid-configuration")).contains("\"eidas1\""));
        assert!(get(&format!("{plus}/.well-known/openid-configuration")).contains("\"eidas3\""));
        assert_eq!(running.signal("TERM").code(), Some(0));
    }
}

#[cfg(unix)]
#[test]
fn a_seed_makes_the_same_keys_and_the_same_chance_again() {
    let folder = Folder::new();
    let drawn = |seed: &[&str]| {
        let (running, lines) = Running::start(emulate(&folder, seed));
        let standard = ready(&lines);
        let keys = |issuer: &str| get(&format!("{issuer}/jwks")).split_once("\r\n\r\n").unwrap().1.to_owned();
        let uid = get(&format!(
            "{standard}/authorize?response_type=code&client_id=service-local&scope=openid&acr_values=eidas1\
            &state=s&nonce={}&redirect_uri=http%3A%2F%2Flocalhost%3A8787%2Fauth%2Fcallback",
            "n".repeat(32)
        ));
        let uid = uid.split_once("/interaction/").unwrap().1.split('\r').next().unwrap().to_owned();
        let all = (keys(standard), keys(&standard.replace("/api/v2", "/plus/api/v2")), uid);
        assert_eq!(running.signal("TERM").code(), Some(0));
        all
    };
    let once = drawn(&["--seed", "essai"]);
    assert_eq!(drawn(&["--seed", "essai"]), once);
    assert_ne!(once.0, once.1, "each product has keys of its own");
    let (other, none) = (drawn(&["--seed", "autre"]), drawn(&[]));
    assert!(other.0 != once.0 && other.2 != once.2 && none.0 != once.0 && none.2 != once.2);
}

#[cfg(unix)]
#[test]
fn the_panel_is_open_on_loopback_unless_it_is_closed() {
    let folder = Folder::new();
    for (more, open) in [(&[][..], true), (&["--no-control"][..], false)] {
        let (running, lines) = Running::start(emulate(&folder, more));
        let panel = ready(&lines).replace("/api/v2", "/_emulateur/");
        assert_eq!(get(&panel).starts_with("HTTP/1.1 200"), open, "{more:?}");
        assert_eq!(lines.iter().any(|line| line.ends_with(&panel)), open, "{lines:?}");
        assert_eq!(running.signal("TERM").code(), Some(0));
    }
}

/// `emulate` on any port, whose authority is in `folder/ca`.
pub fn emulate(folder: &Folder, more: &[&str]) -> Command {
    let mut command = program(folder.path());
    command.args(["emulate", "--listen", "127.0.0.1:0", "--ca", "ca"]).args(more);
    command
}

const CLIENTS: &str = r#"
[[client]]
platform = "FranceConnect"
name = "Ma démarche"
client_id = "demarche"
client_secret = "$DEMARCHE_SECRET"
site = "http://localhost:4000"
redirect_uris = ["http://localhost:4000/retour"]
post_logout_redirect_uris = ["http://localhost:4000/"]
id_token_signed_response_alg = "ES256"
"#;

/// The answer to a request with a cookie: a form, or a page.
fn request(url: &str, cookie: &str, form: Option<&str>) -> String {
    let (authority, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let (method, body) = form.map_or(("GET", ""), |form| ("POST", form));
    let mut stream = TcpStream::connect(authority).unwrap();
    let head = format!(
        "{method} /{path} HTTP/1.1\r\nhost: {authority}\r\ncookie: {cookie}\r\nconnection: close\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[cfg(unix)]
#[test]
fn files_say_who_the_clients_and_the_citizens_are() {
    let folder = Folder::new();
    folder.write("clients.toml", CLIENTS);
    folder.write("usagers.toml", "[[citizen]]\nlogin = \"moi\"\nlike = \"test\"\ninterest = \"le mien\"\n");
    let mut command = emulate(&folder, &["--clients", "clients.toml", "--citizens", "usagers.toml"]);
    command.env("DEMARCHE_SECRET", "s".repeat(32));
    let (running, lines) = Running::start(command);
    let all = lines.join("\n");
    for line in ["FC_CLIENT_ID=demarche", "  redirect_uris: http://localhost:4000/retour"] {
        assert!(lines.iter().any(|known| known == line), "{line}: {all}");
    }
    assert!(
        all.contains("« Ma démarche »") && !all.contains("service-local") && !all.contains("ssss"),
        "{all}"
    );
    let issuer = ready(&lines);
    let asked = |client: &str, callback: &str| {
        get(&format!(
            "{issuer}/authorize?response_type=code&client_id={client}&scope=openid&acr_values=eidas1&state=s&nonce={}\
             &redirect_uri=http%3A%2F%2Flocalhost%3A4000%2F{callback}",
            "n".repeat(32)
        ))
    };
    let accepted = asked("demarche", "retour");
    let interaction = accepted.split("location: ").nth(1).unwrap_or(&accepted).lines().next().unwrap();
    let cookie = accepted.split("set-cookie: ").nth(1).unwrap_or(&accepted).split(';').next().unwrap();
    let origin = issuer.trim_end_matches("/api/v2");
    let post = |step: &str, form: &str| request(&format!("{origin}{interaction}{step}"), cookie, Some(form));
    assert!(post("/fournisseur", &format!("idp={}", IDPS[0].id)).starts_with("HTTP/1.1 303"));
    let page = request(&format!("{origin}{interaction}/connexion"), cookie, None);
    assert!(page.contains("le mien") && !page.contains("avec_nom_dusage"), "{page}");
    assert!(asked("demarche", "retour%2F").contains("Y04C013C"), "the slash is one too many");
    assert!(asked("service-local", "retour").contains("Y04EA6EF"));
    assert_eq!(running.signal("TERM").code(), Some(0));
}

#[test]
fn the_files_that_the_guides_show_are_without_flaw() {
    let none = |_: &str| None;
    let mut read = 0;
    for guide in ["docs/emulator.md", "docs/emulateur.md"] {
        let text = fs::read_to_string(guide).unwrap();
        for block in text.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()) {
            let flaws = match block.contains("[[client]]") {
                true => Client::read(block, none).err(),
                false => Citizens::read(block).err(),
            };
            assert_eq!(flaws, None, "{guide}: {block}");
            read += 1;
        }
    }
    assert!(read >= 4, "{read}");
    let example = fs::read_to_string("examples/emulator/clients.toml").unwrap();
    assert_eq!(Client::read(&example, none).unwrap().len(), 6);
    let example = fs::read_to_string("examples/emulator/citizens.toml").unwrap();
    assert_eq!(Citizens::read(&example).unwrap().iter().count(), 2);
}

#[test]
fn every_flaw_of_the_files_is_told_with_its_place() {
    let folder = Folder::new();
    folder.write(
        "clients.toml",
        CLIENTS.replace("ES256", "HS256").replace("http://localhost:4000/retour", "retour"),
    );
    folder.write("usagers.toml", "[[citizen]]\nlogin = \"moi\"\nbirthdate = \"hier\"\n");
    let run = |lang: &str| {
        let mut command =
            emulate(&folder, &["--lang", lang, "--clients", "clients.toml", "--citizens", "usagers.toml"]);
        let output = command.output().unwrap();
        assert_eq!(
            (output.status.code(), text(&output.stdout).as_str()),
            (Some(1), ""),
            "nothing is started"
        );
        text(&output.stderr)
    };
    let french = run("fr");
    for line in [
        "clients.toml:6 client 1, client_secret : nomme une variable que l’environnement n’a pas.",
        "clients.toml:8 client 1, redirect_uris : Veuillez saisir votre url de connexion (url de callback).",
        "clients.toml:10 client 1, id_token_signed_response_alg : Les algorithmes de signature autorisés",
        "usagers.toml:3 citizen 1, birthdate : doit être une date AAAA-MM-JJ",
    ] {
        assert!(french.lines().any(|told| told.starts_with(line)), "{line}:\n{french}");
    }
    let english = run("en");
    assert!(english.contains("clients.toml:8 client 1, redirect_uris: Enter your login URL"), "{english}");
    assert_eq!(english.lines().count(), french.lines().count());
    let absent = emulate(&folder, &["--clients", "nulle-part.toml"]).output().unwrap();
    assert!(text(&absent.stderr).starts_with("nulle-part.toml : illisible : "), "{}", text(&absent.stderr));
    let both = emulate(&folder, &["--clients", "clients.toml", "--client-id", "essai"]).output().unwrap();
    assert_eq!(both.status.code(), Some(2), "an option that would be without effect is refused");
}
