//! What the guides say of misbehaviour is what the emulator does: the table of faults, the commands, the words of the
//! inspector.

use super::{NOW, authorize, client, json_of};
use franceconnect_edge::emulator::{Emulator, Fault, Outcome, Request, Settings, Stage};
use std::fs;

const TABLE: &str = "docs/emulator-faults.md";
const GUIDES: [&str; 2] = ["docs/emulator.md", "docs/emulateur.md"];
/// Set to anything, it makes the test of the table write it instead.
const REFRESH: &str = "REFRESH_FAULTS";

const HEAD: &str = "# Fautes de l’émulateur / Faults of the emulator

Ce que l’émulateur peut faire de travers, une ligne par faute, et ce qu’un service correct en fait. Comment le demander :
[en français](emulateur.md). Les fautes `…_jwe.…` ne se commettent que sur FranceConnect+.

Everything that the emulator can do wrong, one row per fault, and what a correct service makes of it. How to ask for it:
[in English](emulator.md). The faults `…_jwe.…` are told on FranceConnect+ only.

";

/// What must have happened of a login that stops at `stage`, at the latest.
fn demand(fault: Fault) -> &'static str {
    match (fault.outcome(), fault.stage()) {
        (_, Stage::Logout) => "est déconnecté malgré tout / is logged out all the same",
        (Outcome::Succeeds, _) => "connecte / logs in",
        (Outcome::Either, _) => "au choix / either",
        (Outcome::Stops, Stage::Discovery) => "ne fait partir personne / sends nobody away",
        (Outcome::Stops, Stage::Keys) => "n’appelle plus rien / calls nothing more",
        (Outcome::Stops, Stage::Callback) => "n’appelle pas `token` / does not call `token`",
        (Outcome::Stops, Stage::Token | Stage::IdToken) => {
            "n’appelle pas `userinfo` / does not call `userinfo`"
        }
        (Outcome::Stops, Stage::UserInfo) => "n’ouvre pas de session / opens no session",
    }
}

fn table() -> String {
    let mut table = HEAD.to_owned();
    for stage in Stage::ALL {
        table.push_str(&format!("## `{}`\n\n", stage.name()));
        table.push_str(
            "| nom / name | français | English | un service correct / a correct service | suite OpenID |\n",
        );
        table.push_str("|---|---|---|---|---|\n");
        for fault in Fault::ALL.iter().filter(|fault| fault.stage() == stage) {
            let suite: Vec<String> = fault.suite().iter().map(|module| format!("`{module}`")).collect();
            let cell = |text: &str| text.replace('|', "\\|");
            table.push_str(&format!(
                "| `{}` | {} | {} | {} | {} |\n",
                fault.name(),
                cell(fault.what_fr()),
                cell(fault.what()),
                demand(*fault),
                if suite.is_empty() { "–".to_owned() } else { suite.join(", ") },
            ));
        }
        table.push('\n');
    }
    table.trim_end().to_owned() + "\n"
}

#[test]
fn the_table_of_faults_is_what_the_code_says() {
    let fresh = table();
    if std::env::var_os(REFRESH).is_some() {
        fs::write(TABLE, fresh).unwrap();
        return;
    }
    let found = fs::read_to_string(TABLE).unwrap_or_default();
    let hint = format!("{REFRESH}=1 cargo test --test it emulator::guide");
    assert!(found == fresh, "{TABLE} is out of date; this writes it again: {hint}");
    assert_eq!(found.matches("\n| `").count(), Fault::ALL.len());
}

fn emulator() -> Emulator {
    let clients = vec![client("service-local")];
    Emulator::new(Settings { clients, control: true, ..Settings::default() })
}

/// The words of a line of shell, with their quotes taken away.
fn words(line: &str) -> Vec<String> {
    let quoted = line.split('\'').enumerate();
    quoted
        .flat_map(|(at, part)| match at % 2 {
            0 => part.split_whitespace().map(str::to_owned).collect(),
            _ => vec![part.to_owned()],
        })
        .collect()
}

#[test]
fn every_command_of_the_control_interface_works_as_shown() {
    for guide in GUIDES {
        let mut emulator = emulator();
        let text = fs::read_to_string(guide).unwrap();
        let mut tried = 0;
        for line in text.lines().filter(|line| line.starts_with("curl ") && line.contains("/_emulateur/")) {
            let words = words(line);
            let after = |option: &str| words.iter().skip_while(|word| *word != option).nth(1);
            let url = words.iter().find(|word| word.starts_with("http://127.0.0.1:8788/")).expect(line);
            let method = after("-X").map_or("GET", String::as_str);
            let mut request = Request::new(method, url).with("host", "127.0.0.1:8788");
            request.body = after("-d").cloned().unwrap_or_default().into_bytes();
            let reply = emulator.handle(NOW, &request);
            let expected = if method == "GET" { 200 } else { 204 };
            assert_eq!(reply.status, expected, "{guide}: {line}: {}", reply.text());
            tried += 1;
        }
        assert!(tried >= 8, "{guide}: only {tried} commands");
    }
}

#[test]
fn the_guides_name_every_resource_and_every_verdict() {
    let mut emulator = emulator();
    let request = Request::get("/_emulateur/api/rien").with("host", "127.0.0.1:8788");
    let told = json_of(&emulator.handle(NOW, &request))["errors"][0].as_str().unwrap().to_owned();
    let resources = told.strip_prefix("there are ").unwrap().split(", ");
    let verdicts = ["right", "believed", "too_strict", "unseen", "not_reached"];
    for name in resources.chain(verdicts) {
        for guide in GUIDES {
            let row = format!("| `{name}` |");
            assert!(fs::read_to_string(guide).unwrap().contains(&row), "{guide}: {row}");
        }
    }
}

#[test]
fn the_guides_quote_the_inspector_word_for_word() {
    let mut emulator = emulator();
    let changes = [("client_id", "service-local"), ("redirect_uri", "http://localhost:3000/auth/callback/")];
    let reply = emulator.handle(NOW, &Request::get(&authorize(&changes)));
    assert_eq!(reply.code, "Y04C013C");
    let request = Request::get("/_emulateur/api/logins/1").with("host", "127.0.0.1:8788");
    let note = json_of(&emulator.handle(NOW, &request))["exchanges"][0]["notes"][0].clone();
    for (guide, lang) in GUIDES.into_iter().zip(["en", "fr"]) {
        let words = note[lang].as_str().unwrap();
        assert!(fs::read_to_string(guide).unwrap().contains(words), "{guide}: {words}");
    }
    let mut wrong = Request::new("PUT", "/_emulateur/api/behaviour").with("host", "127.0.0.1:8788");
    wrong.body = b"inconnue".to_vec();
    let reply = emulator.handle(NOW, &wrong);
    for guide in GUIDES {
        assert!(fs::read_to_string(guide).unwrap().contains(reply.text()), "{guide}: {}", reply.text());
    }
}
