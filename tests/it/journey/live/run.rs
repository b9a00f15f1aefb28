//! `journey live` on the command line: our own service behind https, certificates that are refused, sites that lead
//! round and away.

use std::net::TcpListener as Listener;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::response::Response;
use franceconnect_edge::emulator::{Authority, Presented};
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::cli::{program, text};
use crate::cli_emulate::emulate;
use crate::cli_run::{Running, ready};
use crate::journey::example;
use crate::journey::loopback::Loopback;
use crate::native_support::{Folder, KEY, Server};

/// What opens the operator's page.
const OPERATOR: &str = "kRyHpZ3mVq0tXw8sNcB5fLjUe2aDgT7iOhYxQ1zWvMo";

/// Runs `journey live`: its status, what it printed, and on standard error. Nothing goes out of this machine.
fn live(folder: &Folder, ca: &Path, words: &[&str]) -> (i32, String, String) {
    let mut command = program(folder.path());
    command.args(["journey", "live"]).args(words);
    command.env("HTTPS_PROXY", "http://127.0.0.1:9").env("SSL_CERT_FILE", ca);
    let output = command.output().unwrap();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

/// An emulator that is not there: nobody logs in.
const EMULATED: [(&str, &str); 2] =
    [("FC_ENVIRONMENT", "emulator"), ("FC_ISSUER", "http://127.0.0.1:9/api/v2")];

/// A service on https, as a host would put it there.
struct Deployed {
    folder: Folder,
    authority: Authority,
    _server: Server,
    _runtime: tokio::runtime::Runtime,
}

fn deployed(presented: Presented, more: &[(&str, &str)]) -> Deployed {
    let folder = Folder::new();
    folder.write("site/index.html", "bonjour");
    let authority = Authority::at(&folder.path().join("ca")).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(authority.server(presented).unwrap()));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let site = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let usual = [
        ("PUBLIC_URL", site.as_str()),
        ("FC_CLIENT_ID", "client"),
        ("FC_OPERATOR_KEY", OPERATOR),
        ("FC_SCOPES", "openid given_name family_name preferred_username"),
        ("FC_HABILITATION", "eidas1 openid given_name family_name preferred_username"),
    ];
    let variables: Vec<(&str, &str)> = usual.iter().chain(more).copied().collect();
    let server = Server::start(&folder.path().join("site"), &variables);
    let upstream = server.address;
    runtime.spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let (Ok(mut outside), Ok(mut inside)) =
                    (acceptor.accept(socket).await, TcpStream::connect(upstream).await)
                else {
                    return;
                };
                let _ = tokio::io::copy_bidirectional(&mut outside, &mut inside).await;
            });
        }
    });
    let lines = variables.iter().chain(&[("FC_SESSION_KEYS", KEY), ("FC_CLIENT_SECRET", "secret")]);
    let lines: Vec<String> = lines.map(|(name, value)| format!("{name} = \"{value}\"\n")).collect();
    folder.write("live.toml", format!("name = \"service\"\n[vars]\n{}", lines.concat()));
    let granted = example()
        .replace("level = \"\"", "level = \"eidas1\"")
        .replace(
            "scopes = []",
            "scopes = [\"openid\", \"given_name\", \"family_name\", \"preferred_username\"]",
        )
        .replace(
            "[production]\nconfiguration = \"wrangler.toml\"\nwrangler_env = \"production\"",
            "[production]\nconfiguration = \"live.toml\"",
        );
    folder.write("franceconnect.toml", granted);
    folder.write("wrangler.toml", std::fs::read("wrangler.toml").unwrap());
    Deployed { folder, authority, _server: server, _runtime: runtime }
}

#[test]
fn our_own_service_fails_for_being_on_this_machine_and_for_nothing_else() {
    let emulator = Folder::new();
    let (running, lines) = Running::start(emulate(&emulator, &[]));
    let service = deployed(Presented::Right, &[("FC_ENVIRONMENT", "emulator"), ("FC_ISSUER", ready(&lines))]);
    let (folder, ca) = (&service.folder, service.authority.path());
    let (status, printed, told) = live(folder, ca, &["--json"]);
    assert_eq!((status, told.as_str()), (1, ""), "{printed}");
    let json: Value = serde_json::from_str(&printed).unwrap();
    let with = |verdict: &str| {
        let checks = json["checks"].as_array().unwrap().iter();
        checks
            .filter(|check| check["verdict"] == verdict)
            .map(|check| check["id"].as_str().unwrap())
            .collect::<Vec<_>>()
    };
    // What stands in front of a service adds HSTS: nothing does here.
    assert_eq!(with("failed"), ["configuration", "hsts", "provider", "redirect-uri"], "{printed}");
    assert_eq!(with("skipped"), ["http", "sector", "keys", "keys-own"], "{printed}");
    assert_eq!(json["counts"]["passed"], 17, "{printed}");

    let (status, printed, _) = live(folder, ca, &["--lang", "en"]);
    assert_eq!(status, 1);
    for part in ["to an emulator", "No login was made", "Note: FranceConnect was not reached", "real-login"] {
        assert!(printed.contains(part), "{part} is missing from:\n{printed}");
    }
    // The operator's page is read by whoever has its key, and by nobody else.
    let flows = |key: &str| {
        let mut command = program(folder.path());
        command.args(["journey", "live"]).env("HTTPS_PROXY", "http://127.0.0.1:9").env("SSL_CERT_FILE", ca);
        let printed = text(&command.env("FC_OPERATOR_KEY", key).output().unwrap().stdout);
        assert!(!printed.contains(key), "{printed}");
        let lines = printed.lines().skip_while(|line| !line.starts_with("flows ")).take(2);
        lines.collect::<Vec<_>>().join(" ")
    };
    let told = flows(OPERATOR);
    assert!(told.contains("réussi"), "{told}");
    drop(running);
    let told = flows(OPERATOR);
    assert!(
        told.contains("ÉCHEC") && told.contains("La page d’exploitation dit : échec") && !told.contains(".."),
        "{told}"
    );
    let told = flows("another-key-that-does-not-open-it-0123456789");
    assert!(told.contains("non regardé") && told.contains("statut 401"), "{told}");

    for secret in [KEY, "fc_flow_", "state="] {
        assert!(!printed.contains(secret), "{secret}:\n{printed}");
    }
}

#[test]
fn the_same_service_set_to_production_leads_there_and_nobody_follows() {
    let service = deployed(Presented::Right, &[("FC_ENVIRONMENT", "production"), ("FC_ISSUER", "")]);
    let (status, printed, _) = live(&service.folder, service.authority.path(), &["--json"]);
    let json: Value = serde_json::from_str(&printed).unwrap();
    let failed = json["checks"].as_array().unwrap().iter().filter(|check| check["verdict"] == "failed");
    let failed: Vec<&str> = failed.map(|check| check["id"].as_str().unwrap()).collect();
    assert_eq!((status, failed.as_slice()), (1, &["configuration", "hsts", "redirect-uri"][..]), "{printed}");
    assert!(!printed.contains("n’est pas de production"), "{printed}");
}

#[test]
fn a_certificate_that_browsers_refuse_is_a_failure_and_not_an_absence() {
    for (presented, expected) in
        [(Presented::Expired, "périmé"), (Presented::UnknownAuthority, "autorité inconnue")]
    {
        let service = deployed(presented, &EMULATED);
        let (status, printed, told) = live(&service.folder, service.authority.path(), &[]);
        assert_eq!((status, told.as_str()), (1, ""), "{printed}");
        let line = printed.lines().skip_while(|line| !line.starts_with("https ")).nth(1).unwrap();
        assert!(line.contains(expected), "{printed}");
    }
}

/// A site of which every address is a redirect to what `leads` says, and how often it was asked.
fn redirecting(
    leads: impl Fn(&str) -> String + Clone + Send + Sync + 'static,
) -> (Loopback, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let site = Loopback::start(None, move |request| {
        counted.fetch_add(1, Ordering::SeqCst);
        let to = leads(request.uri().path());
        Response::builder().status(302).header("location", to).body(Body::empty()).unwrap()
    });
    (site, count)
}

#[test]
fn no_redirect_leads_off_the_site_or_round_for_ever() {
    let folder = Folder::new();
    let nowhere = folder.path().join("ca.pem");
    let (there, visits) = redirecting(|_| "/".to_owned());
    let other = there.url("http", "/");
    let elsewhere = other.clone();
    let (here, asked) = redirecting(move |path| match path {
        "/round" => path.to_owned(),
        _ => format!("{elsewhere}?client_id=a&state=b"),
    });
    let url = here.url("http", "/");
    let site = url.as_str();
    let (status, printed, _) = live(&folder, &nowhere, &["--url", site, "--login-path", "/round"]);
    assert_eq!(status, 1);
    assert!(printed.contains("/round : des redirections sans fin"), "{printed}");
    assert!(asked.load(Ordering::SeqCst) < 40, "{asked:?}");
    let (_, printed, _) = live(&folder, &nowhere, &["--url", site]);
    assert!(printed.contains(&format!("La connexion mène à {other}")), "{printed}");
    assert_eq!(visits.load(Ordering::SeqCst), 0, "where a redirect leads nobody was asked");
}

#[test]
fn a_login_begins_by_the_button_of_a_page_unless_it_is_posted() {
    let folder = Folder::new();
    let nowhere = folder.path().join("ca.pem");
    let site = Loopback::start(None, |request| {
        let page =
            |body: &'static str| Response::builder().header("content-type", "text/html").body(body.into());
        let leads =
            || Response::builder().status(303).header("location", "https://fournisseur.invalid/authorize");
        match (request.uri().path(), request.uri().query()) {
            ("/lien", _) => {
                page("<a class=fr-connect href='/entrer?par=lien'>S’identifier avec FranceConnect</a>")
            }
            ("/envoi", _) => {
                page("<form action=/entrer><input name=par value=envoi><button>FranceConnect</button></form>")
            }
            ("/poste", _) => page("<form action=/entrer method=post><button>FranceConnect</button></form>"),
            ("/rien", _) => page("bonjour"),
            ("/entrer", Some("par=lien" | "par=envoi")) => leads().body(Body::empty()),
            _ => Response::builder().status(404).body(Body::empty()),
        }
        .unwrap()
    });
    let url = site.url("http", "/");
    for (page, expected) in [
        ("/lien", "La connexion mène à https://fournisseur.invalid/authorize"),
        ("/envoi", "La connexion mène à https://fournisseur.invalid/authorize"),
        ("/poste", "/poste : le bouton envoie un formulaire (POST)"),
        ("/rien", "/rien répond 200 et ne mène nulle part"),
        ("/absent", "/absent répond 404 et ne mène nulle part"),
    ] {
        let (status, printed, _) = live(&folder, &nowhere, &["--url", url.as_str(), "--login-path", page]);
        let line = printed.lines().skip_while(|line| !line.starts_with("provider ")).nth(1).unwrap();
        assert!(status == 1 && line.contains(expected), "{page}: {printed}");
    }
}

#[test]
fn without_an_address_or_an_answer_nothing_is_judged() {
    let folder = Folder::new();
    let nowhere = folder.path().join("ca.pem");
    let closed = Listener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{closed}");
    for (words, expected) in [
        (&[][..], "franceconnect.toml"),
        (&["--url", &url], "personne ne répond"),
        (&["--url", "ftp://x"], "adresse http ou https"),
        (&["--url", "https://nom:mot@example.fr/"], "sans nom ni mot de passe"),
        (&["--url", &url, "--file", "absent.toml"], "absent.toml"),
    ] {
        let (status, printed, told) = live(&folder, &nowhere, words);
        assert_eq!((status, printed.as_str()), (2, ""), "{words:?}");
        assert!(told.contains(expected), "{words:?}: {told}");
    }
    folder.write("franceconnect.toml", "[service]\nlevel = \"eidas1\"\n");
    let (status, _, told) = live(&folder, &nowhere, &[]);
    assert!(status == 2 && told.contains("production.page"), "{told}");
}
