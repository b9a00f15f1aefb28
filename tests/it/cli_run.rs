//! The commands that listen: they say when they are ready, and end cleanly when told.

use std::io::{BufRead, BufReader, Read};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, ExitStatus, Stdio};

use crate::cli::{program, text};
use crate::native_browser::Browser;
use crate::native_support::{Answer, Folder, KEY};

/// A command that is killed with the test.
pub struct Running(Child);

impl Running {
    /// Starts `command` and reads what it prints until the line that begins with `ready`.
    pub fn start(mut command: Command) -> (Self, Vec<String>) {
        let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut running = Self(child);
        let mut lines = Vec::new();
        for line in BufReader::new(running.0.stdout.as_mut().unwrap()).lines() {
            lines.push(line.unwrap());
            if lines.last().unwrap().starts_with("ready ") {
                return (running, lines);
            }
        }
        panic!("it ended before it was ready: {lines:?}");
    }

    pub fn signal(mut self, name: &str) -> ExitStatus {
        let sent = Command::new("kill").args(["-s", name, &self.0.id().to_string()]).status().unwrap();
        assert!(sent.success());
        self.0.wait().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub fn get(url: &str) -> String {
    let rest = url.strip_prefix("http://").unwrap();
    let (authority, path) = rest.split_once('/').unwrap();
    let mut stream = TcpStream::connect(authority).unwrap();
    let request = format!("GET /{path} HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\n\r\n");
    std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

pub fn ready(lines: &[String]) -> &str {
    lines.last().unwrap().strip_prefix("ready ").unwrap()
}

/// What a provider says to a client with this secret whose code it never gave.
fn asked_for_tokens(issuer: &str, client: &str, secret: &str) -> String {
    let rest = issuer.strip_prefix("http://").unwrap();
    let (authority, path) = rest.split_once('/').unwrap();
    let form = format!(
        "grant_type=authorization_code&code=none&client_id={client}&client_secret={secret}\
         &redirect_uri=http%3A%2F%2Flocalhost%2F"
    );
    let length = form.len();
    let mut stream = TcpStream::connect(authority).unwrap();
    let request = format!(
        "POST /{path}/token HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\ncontent-length: {length}\r\n\
         content-type: application/x-www-form-urlencoded\r\n\r\n{form}"
    );
    std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn dev_takes_the_secrets_of_its_environment_and_draws_what_is_not_there() {
    let given = "given-by-the-environment-0123456789abcdef";
    for (named, issuer, client) in [
        ("FC_CLIENT_SECRET", "FranceConnect émulé : ", "franceconnect-edge-dev"),
        ("FC_PLUS_CLIENT_SECRET", "FranceConnect+ émulé : ", "franceconnect-edge-dev-plus"),
    ] {
        let folder = Folder::new();
        folder.write("site/index.html", "home");
        for (value, error) in [(given, "invalid_grant"), (" ", "invalid_client")] {
            let mut command = program(folder.path());
            command.args(["dev", "--listen", "127.0.0.1:0"]).env(named, value);
            let (_running, lines) = Running::start(command);
            let all = lines.join("\n");
            let issuer = all.split(issuer).nth(1).unwrap().lines().next().unwrap();
            let answer = asked_for_tokens(issuer, client, given);
            assert!(answer.contains(error), "{named} {value:?}: {answer}");
        }
    }
}

#[cfg(unix)]
#[test]
fn dev_serves_a_site_and_its_franceconnect_until_a_signal() {
    let folder = Folder::new();
    folder.write("site/index.html", "home");
    let mut command = program(folder.path());
    command.args(["dev", "--listen", "127.0.0.1:0"]);
    let (running, lines) = Running::start(command);
    let all = lines.join("\n");
    assert!(ready(&lines).starts_with("http://localhost:"), "{all}");
    assert!(get(ready(&lines)).ends_with("home"));
    let issuer = all.split("FranceConnect émulé : ").nth(1).unwrap().lines().next().unwrap();
    assert!(issuer.starts_with("http://127.0.0.1:"), "another name than the site's");
    assert!(get(&format!("{issuer}/.well-known/openid-configuration")).contains(issuer));
    let plus = issuer.replace("/api/v2", "/plus/api/v2");
    assert!(lines.contains(&format!("FranceConnect+ émulé : {plus}")), "{all}");
    assert!(get(&format!("{plus}/.well-known/openid-configuration")).contains("\"eidas2\""));
    let page = format!("FranceConnect+ est demandé par : {}prive/sante (eidas2)", ready(&lines));
    assert!(lines.contains(&page), "{page}: {all}");
    for account in ["étranger_présumé_né_jour,", "eidas_belge, eidas_tchèque"] {
        assert!(all.contains(account), "{account}: {all}");
    }
    assert!(all.contains("Comptes de test") && all.contains("sans style officiel"), "{all}");
    assert_eq!(running.signal("INT").code(), Some(0));
}

#[cfg(unix)]
#[test]
fn dev_lets_a_person_in_and_out_again() {
    let folder = Folder::new();
    folder.write("site/index.html", "home").write("site/prive.html", "private");
    let mut command = program(folder.path());
    command.args(["dev", "--listen", "127.0.0.1:0"]);
    let (running, lines) = Running::start(command);
    let site = ready(&lines);
    let mut browser = Browser::default();
    let arrived = identify(&mut browser, &format!("{site}prive"), "/api/v2/interaction/");
    assert_eq!((browser.url.as_str(), arrived.text().as_str()), (format!("{site}prive").as_str(), "private"));
    assert_eq!(arrived.header("cache-control"), Some("private, no-store"));
    let profile = browser.open(&format!("{site}auth/profile"));
    assert!(profile.text().contains("DUBOIS"), "{}", profile.text());
    browser.submit("/auth/logout", "");
    assert_eq!(browser.url, site, "back from the provider's logout, on the page for that");
    browser.open(&format!("{site}prive"));
    assert_ne!(origin_of(&browser.url), origin_of(site), "a login is needed again");
    assert_eq!(running.signal("TERM").code(), Some(0));
}

/// From `page`, which sends a navigation to the product whose pages begin with `interactions`, through its forms.
fn identify(browser: &mut Browser, page: &str, interactions: &str) -> Answer {
    assert_eq!(browser.open(page).status, 200);
    let interaction = browser.url.clone();
    let path = interaction.strip_prefix("http://127.0.0.1:").unwrap().trim_start_matches(char::is_numeric);
    assert!(path.starts_with(interactions), "{interaction}");
    let choice = browser.open(&interaction).text();
    let idp = choice.split("name=\"idp\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    browser.submit(&format!("{interaction}/fournisseur"), &format!("idp={idp}"));
    browser.submit(&format!("{interaction}/connexion"), "login=test&password=123");
    browser.submit(&format!("{interaction}/information"), "")
}

#[cfg(unix)]
#[test]
fn dev_shows_a_step_up_from_one_product_to_the_other() {
    let folder = Folder::new();
    folder.write("site/prive/index.html", "private").write("site/prive/sante.html", "health");
    let mut command = program(folder.path());
    command.args(["dev", "--listen", "127.0.0.1:0"]);
    let (running, lines) = Running::start(command);
    let site = ready(&lines);
    let mut browser = Browser::default();
    assert_eq!(identify(&mut browser, &format!("{site}prive/"), "/api/v2/interaction/").text(), "private");
    let session = |browser: &mut Browser| browser.open(&format!("{site}auth/session")).text();
    assert!(session(&mut browser).contains("\"acr\":\"eidas1\""));
    let arrived = identify(&mut browser, &format!("{site}prive/sante"), "/plus/api/v2/interaction/");
    assert_eq!(
        (browser.url.as_str(), arrived.text().as_str()),
        (format!("{site}prive/sante").as_str(), "health")
    );
    let raised = session(&mut browser);
    assert!(raised.contains("\"acr\":\"eidas2\"") && raised.contains("\"mfa\""), "{raised}");
    let profile = browser.open(&format!("{site}auth/profile")).text();
    assert!(
        profile.contains("viennent de FranceConnect+") && profile.contains("à l’état civil"),
        "{profile}"
    );
    assert_eq!(running.signal("TERM").code(), Some(0));
}

#[cfg(unix)]
#[test]
fn dev_takes_paths_and_registrations_from_the_environment() {
    let folder = Folder::new();
    folder.write("site/acte.html", "deed");
    let mut command = program(folder.path());
    command.args(["dev", "--listen", "127.0.0.1:0"]).envs([
        ("FC_PROTECTED_PATHS", "/compte, /acte/* eidas3"),
        ("FC_PLUS_CLIENT_AUTH", "private_key_jwt"),
        ("FC_ENCRYPTION_ALG", "RSA-OAEP-256"),
        ("FC_PLUS_SCOPES", "openid email"),
        ("FC_PREFIX", "/connexion"),
    ]);
    let (running, lines) = Running::start(command);
    let site = ready(&lines);
    assert!(lines.contains(&format!("FranceConnect+ est demandé par : {site}acte (eidas3)")), "{lines:?}");
    let mut browser = Browser::default();
    assert_eq!(identify(&mut browser, &format!("{site}acte"), "/plus/api/v2/interaction/").text(), "deed");
    let profile = browser.open(&format!("{site}connexion/profile")).text();
    assert!(profile.contains("élevé (eidas3)") && !profile.contains("DUBOIS"), "{profile}");
    assert_eq!(running.signal("TERM").code(), Some(0));
    // Without such a path there is still a way to see it.
    let mut command = program(folder.path());
    command.args(["dev", "--listen", "127.0.0.1:0"]).env("FC_PROTECTED_PATHS", "/compte");
    let (running, lines) = Running::start(command);
    let link =
        format!("FranceConnect+ est demandé par : {}auth/login?acr_values=eidas2 (eidas2)", ready(&lines));
    assert!(lines.contains(&link), "{lines:?}");
    assert_eq!(running.signal("TERM").code(), Some(0));
}

fn origin_of(url: &str) -> &str {
    url.strip_prefix("http://").unwrap().split('/').next().unwrap()
}

#[cfg(unix)]
#[test]
fn a_proxy_is_for_https_alone() {
    // A proxy of the environment that only listens: what reaches it is what would go through it.
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    let provider = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = |listener: &TcpListener| format!("http://{}", listener.local_addr().unwrap());
    let start = |issuer: &str| {
        let folder = Folder::new();
        let mut command = program(folder.path());
        command.args(["serve", "--listen", "127.0.0.1:0"]).envs([
            ("PUBLIC_URL", "http://127.0.0.1:8787"),
            ("FC_ENVIRONMENT", "other"),
            ("FC_ISSUER", issuer),
            ("FC_CLIENT_ID", "client"),
            ("FC_CLIENT_SECRET", "hush"),
            ("FC_SESSION_KEYS", KEY),
            ("HTTP_PROXY", &address(&proxy)),
            ("HTTPS_PROXY", &address(&proxy)),
        ]);
        let (running, lines) = Running::start(command);
        let login = ready(&lines).strip_prefix("http://").unwrap().to_owned();
        let mut stream = TcpStream::connect(login.trim_end_matches('/')).unwrap();
        let head = "GET /auth/login HTTP/1.1\r\nhost: 127.0.0.1:8787\r\nsec-fetch-mode: navigate\r\nsec-fetch-dest: document\r\n\r\n";
        std::io::Write::write_all(&mut stream, head.as_bytes()).unwrap();
        (running, stream, folder)
    };
    let first_line = |listener: &TcpListener| {
        let mut line = String::new();
        BufReader::new(listener.accept().unwrap().0).read_line(&mut line).unwrap();
        line
    };
    let plain = start(&address(&provider));
    assert_eq!(first_line(&provider), "GET /.well-known/openid-configuration HTTP/1.1\r\n");
    drop(plain);
    let _tunnel = start("https://provider.example");
    assert_eq!(first_line(&proxy), "CONNECT provider.example:443 HTTP/1.1\r\n");
}

#[cfg(unix)]
#[test]
fn serve_reads_dev_vars_below_the_environment() {
    let folder = Folder::new();
    folder.write("public/index.html", "home").write(
        ".dev.vars",
        format!(
            "PUBLIC_URL=nonsense\nFC_ENVIRONMENT=emulator\nFC_ISSUER=http://127.0.0.1:9/api/v2\n\
             FC_CLIENT_ID=client\nFC_CLIENT_SECRET=hush\nFC_SESSION_KEYS={KEY}\n"
        ),
    );
    let mut command = program(folder.path());
    command.args(["serve", "--listen", "127.0.0.1:0", "--site", "public"]);
    let refused = command.output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("PUBLIC_URL"));
    let misspelt = text(&command.env("FC_PROTECTED_PATH", "/x").output().unwrap().stderr);
    assert!(misspelt.contains("vouliez-vous dire FC_PROTECTED_PATHS ?"), "{misspelt}");
    command.env("PUBLIC_URL", "http://127.0.0.1:8787");
    let (running, lines) = Running::start(command);
    assert!(get(ready(&lines)).starts_with("HTTP/1.1 "));
    assert_eq!(running.signal("TERM").code(), Some(0));
}

#[cfg(unix)]
#[test]
fn serve_with_faults_lists_them_all_or_shows_the_page() {
    let folder = Folder::new();
    let mut command = program(folder.path());
    command.args(["serve", "--listen", "127.0.0.1:0"]).env("FC_SCOPES", "email");
    let refused = command.output().unwrap();
    let told = text(&refused.stderr);
    assert_eq!(refused.status.code(), Some(1));
    for name in ["PUBLIC_URL", "FC_CLIENT_ID", "FC_CLIENT_SECRET", "FC_SESSION_KEYS", "FC_SCOPES"] {
        assert!(told.contains(name), "{name} is missing from:\n{told}");
    }
    command.arg("--show-faults-page");
    let (running, lines) = Running::start(command);
    assert!(get(ready(&lines)).starts_with("HTTP/1.1 503 "));
    assert_eq!(running.signal("TERM").code(), Some(0));
}

#[test]
fn a_port_in_use_names_the_flag_that_gives_another() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = Folder::new();
    for (words, flag) in [
        (["dev", "--listen", &address, "--emulator", "127.0.0.1:0"].as_slice(), "--listen"),
        (["dev", "--listen", "127.0.0.1:0", "--emulator", &address].as_slice(), "--emulator"),
        (["emulate", "--listen", &address].as_slice(), "--listen"),
        (["serve", "--show-faults-page", "--listen", &address].as_slice(), "--listen"),
    ] {
        let output = program(folder.path()).args(words).output().unwrap();
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{words:?}");
        assert!(told.contains(flag) && told.contains(&address), "{told}");
    }
}
