//! The document of services on the command line: judged as a whole, sealed, written, served and read again.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use franceconnect_edge::config::{At, Deployed, Learnt};
use franceconnect_edge::time::Timestamp;

use crate::cli::{program, text};
use crate::native_support::{Folder, KEY};

const GOOD: &str = "[defaults]\nFC_ENVIRONMENT = \"sandbox\"\nFC_CLIENT_SECRET = \"$FLEET_SECRET\"\n\
    [services.\"mairie.example.fr\"]\nFC_CLIENT_ID = \"mairie\"\n\
    [services.\"ecole.example.fr\"]\nFC_CLIENT_ID = \"ecole\"\nFC_SCOPES = \"openid\"\n";

fn run(folder: &Folder, words: &[&str], environment: &[(&str, &str)]) -> (i32, String, String) {
    let output = program(folder.path()).args(words).envs(environment.iter().copied()).output().unwrap();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn every_fault_is_told_with_its_line_its_service_and_its_variable() {
    let folder = Folder::new();
    folder.write(
        "services.toml",
        "[defaults]\nPUBLIC_URL = \"https://x.fr\"\nFC_CLIENT_SECRET = \"hush hush\"\n\
         [services.\"mairie.example.fr\"]\nFC_CLIENT_ID = \"mairie\"\nFC_PROTECTED_PATH = \"/\"\n\
         [services.\"Ecole.example.fr\"]\nFC_CLIENT_ID = 3\n\
         [services.\"piscine.example.fr\"]\nFC_CLIENT_ID = \"piscine\"\nFC_SCOPES = \"email\"\n[other]\n",
    );
    let keys = [("FC_SESSION_KEYS", KEY)];
    let (status, told, _) = run(&folder, &["check", "--services", "services.toml"], &keys);
    assert_eq!(status, 1, "{told}");
    for part in [
        "FC_PROTECTED_PATH (services.toml:6) n’est pas une variable connue ; vouliez-vous dire FC_PROTECTED_PATHS ?",
        "FC_CLIENT_ID (services.toml:8) n’est pas un texte entre guillemets",
        "FC_SCOPES (services.toml:11) doit contenir openid. [piscine.example.fr]",
        "FC_CLIENT_SECRET (services.toml:3)",
        "other (services.toml:12)",
        "PUBLIC_URL (services.toml:2)",
        "FC_CLIENT_ID (services.toml:7) n’est pas renseignée. [Ecole.example.fr]",
    ] {
        assert!(told.contains(part), "{part:?} is missing from:\n{told}");
    }
    assert!(!told.contains("hush"), "{told}");
    let (status, _, told) = run(&folder, &["services", "seal", "services.toml"], &keys);
    assert!(status == 1 && told.contains("services.toml:11") && told.contains("services.toml:6"), "{told}");
}

#[test]
fn check_knows_where_the_secrets_of_a_service_come_from() {
    let folder = Folder::new();
    folder.write(
        "services.toml",
        "[defaults]\nFC_CLIENT_ID = \"c\"\nFC_SCOPES = \"email\"\n\
         [services.\"all.fr\"]\n\
         [services.\"own.fr\"]\nFC_CLIENT_SECRET = \"own\"\n\
         [services.\"strange.fr\"]\nFC_ENVIRONMENT = \"other\"\nFC_ISSUER = \"https://autre.example\"\n",
    );
    let environment =
        [("FC_SESSION_KEYS", KEY), ("FC_CLIENT_SECRET", "all"), ("FC_CLIENT_SECRET_NEXT", "two words")];
    let (status, told, _) = run(&folder, &["check", "--services", "services.toml"], &environment);
    assert_eq!(status, 1, "{told}");
    let lines = |word: &str| told.lines().filter(|line| line.contains(word)).collect::<Vec<_>>();
    let strange = lines("FC_CLIENT_SECRET (services.toml:7) est celui d’autres services");
    assert!(matches!(&strange[..], [line] if line.ends_with("[strange.fr]")), "{told}");
    assert!(!lines("FC_SCOPES (services.toml:3)").is_empty(), "and whatever else is wrong: {told}");
    // Of no service that has a secret of its own.
    assert_eq!(lines("FC_CLIENT_SECRET_NEXT").len(), 2, "{told}");
    assert!(!told.contains("[own.fr]"), "{told}");
    // On Workers the secret that all have may stand where no file shows it.
    folder.write(
        "wrangler.toml",
        "[assets]\nrun_worker_first = true\nhtml_handling = \"none\"\n[vars]\nFC_SERVICES = \"store\"\n",
    );
    let words = ["check", "--wrangler", "--services", "services.toml"];
    let (status, told, _) = run(&folder, &words, &[]);
    assert!(status == 1 && told.contains("FC_CLIENT_SECRET (services.toml:7) est celui"), "{told}");
}

#[test]
fn a_sound_document_is_sealed_for_the_store_and_written_for_the_variable() {
    let folder = Folder::new();
    folder.write("services.toml", GOOD);
    let environment = [("FC_SESSION_KEYS", KEY), ("FLEET_SECRET", "hush")];
    let (status, told, _) = run(&folder, &["check", "--services", "services.toml"], &environment);
    assert_eq!(status, 0, "{told}");
    assert!(told.contains("https://ecole.example.fr/auth/callback") && !told.contains("hush"), "{told}");
    let (status, told, _) = run(&folder, &["check", "--services", "services.toml"], &environment[..1]);
    assert!(status == 0 && told.contains("FC_CLIENT_SECRET"), "it is to be set when sealing: {told}");
    let (status, out, told) = run(&folder, &["services", "seal", "services.toml"], &environment[..1]);
    assert!(status == 1 && out.is_empty() && told.contains("services.toml:3"), "{told}");

    let (status, sealed, said) = run(&folder, &["services", "seal", "services.toml"], &environment);
    let floor = said.split("FC_SERVICES=").nth(1).unwrap().split(' ').next().unwrap();
    assert!(status == 0 && !sealed.contains("hush") && !sealed.contains("mairie"), "{sealed}");
    let (status, json, _) = run(&folder, &["services", "json", "services.toml"], &environment);
    assert!(status == 0 && json.contains("hush"), "{json}");
    let read = |services: &str| {
        let services = services.to_owned();
        Deployed::read(move |name| match name {
            "FC_SESSION_KEYS" => Some(KEY.to_owned()),
            "FC_SERVICES" => Some(services.clone()),
            _ => None,
        })
    };
    let now = Timestamp::from_unix(1_900_000_000);
    for store in ["store", floor] {
        let (stored, _) = read(store).learn(now, Ok(Some(sealed.clone().into_bytes())));
        assert!(matches!(stored.at(Some("ecole.example.fr")), At::Service(_)), "{store}");
    }
    let next = format!("store:{}", floor["store:".len()..].parse::<i64>().unwrap() + 1);
    assert_eq!(read(&next).learn(now, Ok(Some(sealed.into_bytes()))).1, Some(Learnt::Refused));
    let franceconnect_edge::config::Current::Ready(given) = read(&json).current(now) else {
        panic!("a store")
    };
    assert!(matches!(given.at(Some("mairie.example.fr")), At::Service(_)));
    // What the variable holds is judged like a file, and the word like a word.
    let with =
        |services: &str| run(&folder, &["check"], &[("FC_SESSION_KEYS", KEY), ("FC_SERVICES", services)]);
    assert_eq!(with(&json).0, 0);
    assert_eq!(with("store").0, 0);
    assert_eq!(with("store:1765000000000").0, 0);
    let bent = with("store:yesterday");
    assert!(bent.0 == 1 && bent.1.contains("store:"), "{}", bent.1);
    assert_eq!(with("nonsense").0, 1);
    let bent = json.replace("\"openid\"", "\"email\"");
    assert!(with(&bent).1.contains("FC_SCOPES"), "{}", with(&bent).1);
    // What the edge would not see before the service has a visitor.
    let twice = json.replace("\"FC_SCOPES\":", "\"FC_CLIENT_ID\":\"x\",\"FC_SCOPES\":");
    let (status, told, _) = with(&twice);
    assert!(status == 1 && told.contains("FC_SERVICES") && told.contains("[ecole.example.fr]"), "{told}");
}

#[test]
fn wrangler_may_say_store_and_no_document() {
    let folder = Folder::new();
    let vars = |services: &str| {
        format!(
            "[assets]\nrun_worker_first = true\nhtml_handling = \"none\"\n[vars]\nPUBLIC_URL = \"http://localhost:8787\"\nFC_SERVICES = '{services}'\n"
        )
    };
    folder.write("wrangler.toml", vars("store"));
    let (status, told, _) = run(&folder, &["check", "--wrangler"], &[]);
    assert!(status == 0 && told.contains("secret put FC_SESSION_KEYS"), "{told}");
    folder.write("wrangler.toml", vars("store:1765000000000"));
    let (status, told, _) = run(&folder, &["check", "--wrangler"], &[]);
    assert!(status == 0 && told.contains("secret put FC_SESSION_KEYS"), "{told}");
    folder.write("wrangler.toml", vars("{\"services\":{\"a.fr\":{\"FC_CLIENT_ID\":\"x\"}}}"));
    let (status, told, _) = run(&folder, &["check", "--wrangler"], &[]);
    assert!(status == 1 && told.contains("FC_SERVICES (wrangler.toml:6) est un secret en clair"), "{told}");
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A program that serves, what it said of its services, and its address.
fn serve(folder: &Folder, words: &[&str], services: &str) -> (Running, String, String) {
    let mut command: Command = program(folder.path());
    command.args(["serve", "--listen", "127.0.0.1:0"]).args(words).env("FC_SERVICES", services);
    command.env("FC_SESSION_KEYS", KEY).env("FLEET_SECRET", "hush");
    let mut running = Running(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
    let mut lines = BufReader::new(running.0.stdout.as_mut().unwrap()).lines().map(Result::unwrap);
    let told = lines.next().unwrap();
    let ready = lines.next().unwrap();
    let address = ready.trim_start_matches("ready http://").trim_end_matches('/').to_owned();
    drop(lines);
    (running, told, address)
}

/// The status under a host name.
fn status(address: &str, host: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET /auth/style.css HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split(' ').nth(1).unwrap().to_owned()
}

#[test]
fn serve_answers_each_name_and_reads_the_document_again() {
    let folder = Folder::new();
    folder
        .write("services.toml", format!("{GOOD}[services.\"piscine.example.fr\"]\nFC_SCOPES = \"email\"\n"));
    let (mut running, told, address) = serve(&folder, &["--services", "services.toml"], "");
    assert_eq!(told, "Services : 3, dont 2 sans erreur");
    for (host, expected) in [
        ("mairie.example.fr", "200"),
        ("Ecole.example.fr:443", "200"),
        ("piscine.example.fr", "503"),
        ("stade.example.fr", "421"),
    ] {
        assert_eq!(status(&address, host), expected, "{host}");
    }
    let mut said = BufReader::new(running.0.stderr.take().unwrap()).lines().map(Result::unwrap);
    // What is no document changes nothing; the next one does.
    folder.write("services.toml", "[services.");
    let unread = said.find(|line| line.contains("services.toml:1 : TOML")).unwrap();
    assert!(!unread.contains("[services."), "a line may hold a secret: {unread}");
    assert_eq!(status(&address, "mairie.example.fr"), "200");
    folder.write(
        "services.toml",
        "[services.\"stade.example.fr\"]\nFC_CLIENT_ID = \"s\"\nFC_CLIENT_SECRET = \"$FLEET_SECRET\"\n\
         [services.\"port.example.fr\"]\nFC_CLIENT_ID = \"p\"\nFC_CLIENT_SECRET = \"$FLEET_SECRET\"\n\
         FC_PROTECTED_PATHS = \"$NOBODY_SET_THIS\"\n",
    );
    assert!(said.any(|line| line == "services.toml : relu."));
    assert_eq!(status(&address, "stade.example.fr"), "200");
    assert_eq!(status(&address, "mairie.example.fr"), "421"); // What was to be protected is not open because a variable is missing.
    assert_eq!(status(&address, "port.example.fr"), "503");
}

#[test]
fn a_document_sealed_into_a_file_is_what_serve_finds_in_its_store() {
    let folder = Folder::new();
    folder.write("services.toml", GOOD);
    let stored = |services| [("FC_SESSION_KEYS", KEY), ("FLEET_SECRET", "hush"), ("FC_SERVICES", services)];
    let serving = |words: &[&str], services| {
        let words = [&["serve", "--listen", "127.0.0.1:0"], words].concat();
        let (status, _, told) = run(&folder, &words, &stored(services));
        assert_eq!(status, 1, "{told}");
        told
    };
    assert!(serving(&[], "store").contains("--store FICHIER"));
    let told = serving(&["--store", "kept.redb"], "store");
    assert!(told.contains("FC_SERVICES vaut store, et le magasin n’a pas d’entrée services"), "{told}");
    let seal = || run(&folder, &["services", "seal", "services.toml", "--store", "kept.redb"], &stored(""));
    let (sealed, out, told) = seal();
    assert!(sealed == 0 && out.is_empty() && told.contains("kept.redb"), "{told}");
    let floor = told.split("FC_SERVICES=store:").nth(1).unwrap().split(' ').next().unwrap();
    let later = format!("store:{}", floor.parse::<i64>().unwrap() + 1);
    assert!(serving(&["--store", "kept.redb"], &later).contains("FC_SERVICES refuse le document du magasin"));
    let kept = std::fs::read(folder.path().join("kept.redb")).unwrap();
    assert!(!["hush", "mairie"].iter().any(|word| kept.windows(word.len()).any(|at| at == word.as_bytes())));

    let (_running, told, address) = serve(&folder, &["--store", "kept.redb"], &format!("store:{floor}"));
    assert_eq!(told, "Services : 2, dont 2 sans erreur");
    for (host, expected) in [("mairie.example.fr", "200"), ("stade.example.fr", "421")] {
        assert_eq!(status(&address, host), expected, "{host}");
    }
    let (refused, _, told) = seal();
    assert!(refused == 1 && told.contains("un seul processus"), "the file is in use: {told}");
}
