//! `--probe` on the command line: what it looks at, that nothing goes out without it, and through what.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use axum::response::Response;
use franceconnect_edge::emulator::{Authority, Client, Presented, Product};

use super::authorize::Emulated;
use super::loopback::Loopback;
use super::{example, private_keys};
use crate::cli::{program, text};
use crate::native_support::{Folder, Server, variables};

/// Runs `journey`, whose only way out of this machine leads nowhere; its status and what it printed.
pub fn journey(folder: &Folder, words: &[&str], ca: Option<&Path>) -> (i32, String) {
    journey_through("http://127.0.0.1:9", folder, words, ca)
}

fn journey_through(proxy: &str, folder: &Folder, words: &[&str], ca: Option<&Path>) -> (i32, String) {
    let mut command = program(folder.path());
    command.arg("journey").args(words).env("HTTPS_PROXY", proxy);
    if let Some(ca) = ca {
        command.env("SSL_CERT_FILE", ca);
    }
    let output = command.output().unwrap();
    (output.status.code().unwrap(), text(&output.stdout))
}

fn changed(changes: &[(&str, &str)]) -> String {
    let mut text = example();
    for (old, new) in changes {
        assert!(text.contains(old), "{old}");
        text = text.replacen(old, new, 1);
    }
    text
}

const ORDER: &str = "https://www.legifrance.gouv.fr/loda/id/JORFTEXT000037611479";

/// Hears whom it is to connect to, and hangs up.
fn proxy() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let heard = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&heard);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut line = String::new();
            let _ = BufReader::new(stream.unwrap()).read_line(&mut line);
            notes.lock().unwrap().push(line.trim_end().to_owned());
        }
    });
    (address, heard)
}

#[test]
fn the_legal_text_is_looked_at_when_that_is_asked_for() {
    let folder = Folder::new();
    folder.write("wrangler.toml", std::fs::read("wrangler.toml").unwrap());
    let authority = Authority::at(&folder.path().join("ca")).unwrap();
    let ca = folder.path().join("ca/ca.pem");
    for (presented, path, status, expected) in [
        (Presented::Right, "/text", 0, ": répond (200)."),
        (Presented::Right, "/gone", 1, "! Texte (legal_basis.url), https://localhost:"),
        (Presented::Expired, "/text", 1, "le certificat est périmé depuis le 20"),
        (Presented::UnknownAuthority, "/text", 1, "une autorité inconnue"),
    ] {
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let tls = authority.server(presented).unwrap();
        let server = Loopback::start(Some(tls), move |request| {
            count.fetch_add(1, Ordering::Relaxed);
            let status = if request.uri().path() == "/text" { 200 } else { 410 };
            Response::builder().status(status).body("text".into()).unwrap()
        });
        let url = server.url("https", path).to_string();
        folder.write("franceconnect.toml", changed(&[(ORDER, &url)]));
        let (proxy, heard) = proxy();
        let journey = |words: &[&str]| journey_through(&proxy, &folder, words, Some(&ca));
        let (quiet, printed) = journey(&["sheet", "eligibility"]);
        assert_eq!((quiet, asked.load(Ordering::Relaxed)), (0, 0), "{printed}");
        assert!(heard.lock().unwrap().is_empty());
        assert!(!printed.contains("réseau"), "{printed}");
        let (loud, printed) = journey(&["sheet", "eligibility", "--probe"]);
        assert_eq!(loud, status, "{printed}");
        assert!(printed.contains("Vu sur le réseau le 20") && printed.contains(expected), "{printed}");
        assert_eq!(asked.load(Ordering::Relaxed), usize::from(presented == Presented::Right));
        let mut through = heard.lock().unwrap().clone();
        through.sort();
        let hosts = ["partenaires.franceconnect.gouv.fr", "www.legifrance.gouv.fr"];
        assert_eq!(through, hosts.map(|host| format!("CONNECT {host}:443 HTTP/1.1")));
        // What is not ours to mend stands against nothing.
        assert!(
            printed.contains(&format!("Référence, {ORDER} : n’a pas pu être regardée d’ici")),
            "{printed}"
        );
    }
}

/// The service, its FranceConnect, and a folder with the file and the configuration of a team.
pub struct Team {
    pub folder: Folder,
    pub server: Server,
    vars: Vec<(String, String)>,
    _emulated: Emulated,
}

impl Team {
    pub fn new(scopes: Option<&[&str]>) -> Self {
        let mut emulated = Emulated::open(Product::Standard);
        let more = [("FC_ISSUER", emulated.issuer.as_str()), ("FC_SCOPES", "openid given_name")];
        let server = Server::start(Path::new("site"), &more);
        let origin = format!("http://localhost:{}", server.address.port());
        let client = Client {
            client_id: "client".to_owned(),
            redirect_uris: vec![format!("{origin}/auth/callback")],
            scopes: scopes.map(|scopes| scopes.iter().map(|scope| (*scope).to_owned()).collect()),
            ..Client::default()
        };
        let vars = variables(&[&more[..], &[("PUBLIC_URL", origin.as_str())]].concat());
        emulated.serve(Product::Standard, vec![client]);
        let folder = Folder::new();
        folder.write("maquette.pdf", "%PDF-1.7");
        let team = Self { folder, server, vars, _emulated: emulated };
        team.write(&[]);
        team.configure(&[]);
        team
    }

    /// The page with the button.
    pub fn page(&self) -> String {
        format!("http://localhost:{}/", self.server.address.port())
    }

    /// Writes its file, with these changes.
    pub fn write(&self, changes: &[(&str, &str)]) {
        let page = self.page();
        let environment = [
            (
                "configuration = \"wrangler.toml\"\nwrangler_env = \"staging\"",
                "configuration = \"environment\"",
            ),
            ("configuration = \"wrangler.toml\"\nwrangler_env = \"production\"", ""),
            ("https://staging.my-service.fr/", page.as_str()),
        ];
        self.folder.write("franceconnect.toml", changed(&[&environment, changes].concat()));
    }

    pub fn configure(&self, changes: &[(&str, &str)]) {
        let line = |(name, value): (&str, &str)| format!("{name}='{value}'\n");
        let mut vars: std::collections::BTreeMap<&str, &str> = std::collections::BTreeMap::new();
        vars.extend(self.vars.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        vars.extend(changes.iter().copied());
        self.folder.write(".dev.vars", vars.into_iter().map(line).collect::<String>());
    }
}

#[test]
fn the_addresses_of_the_sandbox_are_looked_at_and_franceconnect_is_asked() {
    let team = Team::new(None);
    let sheet = || journey(&team.folder, &["sheet", "sandbox", "--probe"], None).1;
    let quiet = journey(&team.folder, &["sheet", "sandbox"], None).1;
    let seen = sheet();
    assert!(seen.starts_with(&quiet[..quiet.len() / 2]), "{seen}");
    let port = team.server.address.port();
    let tail = seen.split("Vu sur le réseau").nth(1).unwrap();
    for part in [
        format!("URL du site, http://localhost:{port}/ : répond (200)."),
        format!(
            "URL de redirection de connexion, http://localhost:{port}/auth/callback : répond par la page d’erreur"
        ),
        format!("URL de redirection de déconnexion, http://localhost:{port}/auth/logout/callback : répond"),
        format!("Page de déconnexion, http://localhost:{port}/auth/logout : répond"),
        "/api/v2/authorize : FranceConnect accepte la demande".to_owned(),
    ] {
        assert!(tail.contains(&part), "{part} is not in:\n{tail}");
    }
    assert!(!tail.contains('!') && !tail.contains("state="), "{tail}");

    // What is deployed is what counts, and that it differs is told.
    team.configure(&[("FC_SCOPES", "openid email"), ("FC_CLIENT_ID", "another")]);
    let seen = sheet();
    for part in [
        "! Début de connexion, ",
        "demande scope=openid given_name, et environment dit openid email",
        "demande client_id=client, et environment dit another",
        "FranceConnect accepte la demande",
    ] {
        assert!(seen.contains(part), "{part} is not in:\n{seen}");
    }
}

#[test]
fn a_refusal_and_a_service_that_is_not_there_stand_against_the_step() {
    let team = Team::new(Some(&["family_name"]));
    let (status, seen) = journey(&team.folder, &["--probe", "--json"], None);
    let json: serde_json::Value = serde_json::from_str(&seen).unwrap();
    let missing = json["steps"][2]["missing"].to_string();
    assert_eq!(status, 1);
    assert!(missing.contains("invalid_scope") && missing.contains("a scope is not opened"), "{missing}");

    // A client that is still to come has nothing to ask.
    team.configure(&[("FC_CLIENT_ID", "")]);
    let (_, seen) = journey(&team.folder, &["sheet", "sandbox", "--probe"], None);
    assert!(seen.contains("sans FC_CLIENT_ID, la configuration n’a rien à demander"), "{seen}");
    assert!(!seen.contains("le service déployé demande"), "{seen}");

    // Nobody there: the request that the configuration makes is asked all the same.
    team.configure(&[("PUBLIC_URL", "http://localhost:9"), ("FC_SESSION_STORE", "kv")]);
    let (_, seen) = journey(&team.folder, &["sheet", "sandbox", "--probe", "--lang", "en"], None);
    assert_eq!(seen.matches("nobody takes a connection at localhost:9").count(), 1, "{seen}");
    assert!(seen.contains("! Authorization request, dry, ") && seen.contains("Y040001"), "{seen}");
}

#[test]
fn the_public_keys_are_ready_to_declare_and_the_private_ones_nowhere() {
    let folder = Folder::new();
    folder.write(
        "franceconnect.toml",
        changed(&[("level = \"eidas1\"", "level = \"eidas2\""), ("wrangler_env = \"staging\"", "")]),
    );
    let vars = "PUBLIC_URL = \"https://staging.my-service.fr\"\nFC_ENVIRONMENT = \"plus-integration\"\nFC_CLIENT_ID = \"c\"\n\
                FC_SCOPES = \"openid given_name family_name preferred_username\"\n";
    folder.write("wrangler.toml", format!("name = \"w\"\n[vars]\n{vars}[env.production.vars]\n{vars}"));
    let keys = private_keys(1, "une-cle");
    let keys: serde_json::Value = serde_json::from_str(&keys).unwrap();
    let key = &keys["keys"][0];
    let sheet = |step: &str, exported: Option<&str>| {
        let mut command = program(folder.path());
        command.args(["journey", "sheet", step]).envs(exported.map(|keys| ("FC_PRIVATE_KEYS", keys)));
        let output = command.output().unwrap();
        text(&output.stdout) + &text(&output.stderr)
    };
    for step in ["sandbox", "production"] {
        let unseen = sheet(step, None);
        assert!(
            unseen.contains("use enc, alg ECDH-ES") && unseen.contains("ne se voit pas d’ici"),
            "{unseen}"
        );
        assert!(!unseen.contains("\"kty\""), "{unseen}");
        let seen = sheet(step, Some(&keys.to_string()));
        assert!(seen.contains("prêtes à être déclarées : une-cle (ECDH-ES, enc)."), "{seen}");
        for part in ["x", "y"] {
            assert!(seen.contains(key[part].as_str().unwrap()), "{seen}");
        }
        assert!(!seen.contains(key["d"].as_str().unwrap()) && !seen.contains("\"d\""), "{seen}");
        let broken = sheet(step, Some("{\"keys\":[{\"d\":\"a-secret\"}]}"));
        assert!(broken.contains("FC_PRIVATE_KEYS") && !broken.contains("a-secret"), "{broken}");
    }
}
