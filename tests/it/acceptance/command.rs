//! The command as a team runs it: its exit status, its files, and what it says where it could not take place. There is
//! no browser here; tests/browser/qualification.mjs has one.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use franceconnect_edge::emulator::Client;
use tokio::process::{Child, Command};
#[cfg(unix)]
use tokio::signal::unix::{SignalKind, signal};
use url::Url;

use super::relying_party::{self, Flaw, Way};
use super::{Door, client};

/// A relying party with this fault, and its emulator, where it may be registered `otherwise`.
fn world(flaw: Flaw, otherwise: impl FnOnce(&mut Client)) -> (String, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let door = Door::open();
    let site = relying_party::serve(listener, flaw, Way::Usual, door.issuer());
    let mut client = client(&site, "/retour", "/sorti");
    otherwise(&mut client);
    let emulator = door.serve(&client).origin().ascii_serialization();
    (site, emulator)
}

/// An address where nobody listens.
fn nowhere() -> String {
    format!("http://{}", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap())
}

/// A folder of this test's own.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("command-{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn qualify(lang: &str, site: &str, emulator: &str, more: &[&str]) -> Child {
    qualify_by(&[], lang, site, emulator, more)
}

/// The same as another program runs it.
fn qualify_by(runner: &[&str], lang: &str, site: &str, emulator: &str, more: &[&str]) -> Child {
    let mut words = runner.iter().copied().chain([env!("CARGO_BIN_EXE_franceconnect-edge")]);
    let mut command = Command::new(words.next().unwrap());
    command.args(words).args(["journey", "qualify", "--lang", lang, "--url", site, "--emulator", emulator]);
    command.args(more);
    command.env("CHROMIUM", "/nowhere/chromium").env_remove("HTTPS_PROXY").env_remove("https_proxy");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command.spawn().unwrap()
}

async fn ended(command: Child) -> (Option<i32>, String, String) {
    let output = tokio::time::timeout(Duration::from_secs(170), command.wait_with_output()).await;
    let Output { status, stdout, stderr } = output.expect("it ends in time").unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_exit_status_says_whether_a_point_fails_and_the_files_say_which() {
    let folder = folder("status");
    let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let runs = [(Flaw::Nothing, 0, "fr"), (Flaw::DeadEnds, 1, "en")].map(|(flaw, expected, lang)| {
        let (json, html) = (file(&format!("{expected}.json")), file(&format!("{expected}.html")));
        let (site, emulator) = world(flaw, |_| ());
        let command = qualify(lang, &site, &emulator, &["--json", &json, "--report", &html]);
        async move {
            let (status, stdout, stderr) = ended(command).await;
            assert_eq!(status, Some(expected), "{stdout}{stderr}");
            let report: serde_json::Value = serde_json::from_slice(&std::fs::read(json).unwrap()).unwrap();
            let failed =
                report["points"].as_array().unwrap().iter().filter(|point| point["verdict"] == "failed");
            let failed: Vec<String> = failed.map(|point| point["id"].as_str().unwrap().to_owned()).collect();
            assert_eq!(report["counts"]["failed"], failed.len());
            assert!(std::fs::read_to_string(html).unwrap().contains("Recette interne FranceConnect"));
            (stdout, stderr, failed)
        }
    });
    let [sound, faulty] = runs;
    let ((stdout, stderr, failed), (stdout_of_faulty, _, failed_of_faulty)) = tokio::join!(sound, faulty);
    assert_eq!(failed, [""; 0], "{stdout}");
    assert!(stdout.contains("\n27   réussi ") && stdout.contains(" 0 en échec, "), "{stdout}");
    assert!(stderr.starts_with("Les pages ne seront pas regardées : aucun navigateur "), "{stderr}");
    assert_eq!(failed_of_faulty, ["23"], "{stdout_of_faulty}");
    assert!(stdout_of_faulty.contains("\n23   FAILED "), "{stdout_of_faulty}");
    assert!(stdout_of_faulty.contains("     → Give a link or a button to try again."), "{stdout_of_faulty}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_keeps_it_from_taking_place_is_said_with_what_to_do() {
    let ((site, emulator), (stranger, other)) = (
        world(Flaw::Nothing, |_| ()),
        world(Flaw::Nothing, |client| client.client_secret = "autre".repeat(9)),
    );
    let (gone, missing) = (nowhere(), "/nulle/part/rapport.json");
    let silent = format!("{gone}/ : pas de réponse (");
    let no_emulator = format!("émulateur {gone} : pas de réponse (");
    let with_password = gone.replace("//", "//moi:secret-de-moi@");
    let not_one = format!("{site}/ n’est pas l’adresse d’autorisation d’un émulateur");
    let elsewhere = format!("le bouton mène à {} et non à l’émulateur {other}", emulator);
    let buttonless = format!("aucun bouton FranceConnect sur {site}/nulle (statut 404)");
    let unnamed = format!("une connexion honnête finit sur {site}/nulle (statut 404)");
    let refused = format!("le service refuse une connexion honnête, sur {stranger}/retour (statut 502)");
    let unwritable = format!("{missing} : impossible à écrire");
    let a_folder = env!("CARGO_TARGET_TMPDIR");
    let not_a_file = format!("{a_folder} : impossible à écrire");
    let cases: [(&str, &str, &[&str], &str, &str); 10] = [
        (&gone, &emulator, &[], &silent, "démarrez le service, ou corrigez l’adresse (--url, "),
        (&with_password, &emulator, &[], &silent, "démarrez le service"),
        (&site, &gone, &[], &no_emulator, "démarrez-le (emulate, ou dev), ou corrigez --emulator"),
        (&site, &site, &[], &not_one, "corrigez --emulator ou le service"),
        (&site, &other, &[], &elsewhere, "réglez le service sur l’émulateur"),
        (&site, &emulator, &["--login-path", "/nulle"], &buttonless, "donnez sa page par --login-path"),
        (
            &site,
            &emulator,
            &["--profile-path", "/nulle"],
            &unnamed,
            "donnez la page qui la nomme par --profile-path",
        ),
        (&stranger, &other, &[], &refused, "l’émulateur a relevé : "),
        (&site, &emulator, &["--json", missing], &unwritable, "No such file or directory"),
        (&site, &emulator, &["--report", a_folder], &not_a_file, "Is a directory"),
    ];
    for (site, emulator, more, what, what_to_do) in cases {
        let (status, stdout, stderr) = ended(qualify("fr", site, emulator, more)).await;
        assert_eq!((status, stdout.as_str()), (Some(2), ""), "{what}: {stderr}");
        let told = stderr.lines().last().unwrap();
        assert!(told.contains(what) && told.contains(what_to_do), "{what}:\n{told}");
        assert!(!stderr.contains("secret-de-"), "{told}");
        let (status, _, stderr) = ended(qualify("en", site, emulator, more)).await;
        assert_eq!(status, Some(2));
        let foreign = ["é", "è", "ê", "’écri"].iter().any(|letter| stderr.contains(letter));
        assert!(!foreign, "{what}: {stderr}");
    }
}

/// Waits until logins are under way.
#[cfg(unix)]
async fn under_way(emulator: &str) {
    let logins = Url::parse(&format!("{emulator}/_emulateur/api/logins")).unwrap();
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    for _ in 0..600 {
        let kept = client.get(logins.clone()).send().await.unwrap().text().await.unwrap();
        if kept.matches("\"number\"").count() > 3 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[cfg(unix)]
fn send(signal: &str, command: &Child) {
    let process = command.id().unwrap().to_string();
    assert!(std::process::Command::new("kill").args(["-s", signal, &process]).status().unwrap().success());
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interruption_ends_it_at_once_and_writes_nothing() {
    let folder = folder("interrupted");
    let json = folder.join("report.json");
    // Under `nohup` this process ignores it, which would be handed down; what is listened to is not.
    let _listened_to = signal(SignalKind::hangup()).unwrap();
    for signal in ["INT", "TERM", "HUP"] {
        let (site, emulator) = world(Flaw::Nothing, |_| ());
        let command = qualify("fr", &site, &emulator, &["--json", json.to_str().unwrap()]);
        under_way(&emulator).await;
        send(signal, &command);
        let ended = tokio::time::timeout(Duration::from_secs(5), ended(command)).await;
        let (status, stdout, stderr) = ended.unwrap_or_else(|_| panic!("it goes on after SIG{signal}"));
        assert_eq!((status, stdout.as_str()), (Some(2), ""), "{signal}: {stderr}");
        assert!(stderr.ends_with("Recette interrompue : rien n’a été jugé ni écrit.\n"), "{stderr}");
        assert!(!json.exists());
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_was_told_to_outlive_its_terminal_does() {
    let (site, emulator) = world(Flaw::Nothing, |_| ());
    // What `nohup` does, and nothing else of it.
    let command = qualify_by(&["sh", "-c", r#"trap "" HUP; exec "$0" "$@""#], "fr", &site, &emulator, &[]);
    under_way(&emulator).await;
    send("HUP", &command);
    let (status, stdout, stderr) = ended(command).await;
    assert_eq!(status, Some(0), "{stderr}");
    assert!(stdout.contains(" 0 en échec, "), "{stdout}");
}
