//! The sample site as `dev` serves it, before and after a login through the emulator: no point of its pages fails.

use crate::support::{LIMIT, browser};
use franceconnect_edge::journey::qualification::browser::find;
use franceconnect_edge::journey::qualification::driver::{Service as Qualified, Trip};
use franceconnect_edge::journey::qualification::page::Service;
use franceconnect_edge::journey::qualification::seen::outside;
use franceconnect_edge::journey::qualification::{Pages, Verdict};
use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tokio::signal::unix::{SignalKind, signal};
use url::Url;

/// `dev`, which ends with the test.
struct Dev(Child);

impl Drop for Dev {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// It, its address, and that of its FranceConnect.
fn dev() -> (Dev, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_franceconnect-edge"));
    command
        .args(["dev", "--lang", "fr", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut dev = Dev(command.spawn().unwrap());
    let mut lines = BufReader::new(dev.0.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut after = |start: &str| {
        let found = lines.find_map(|line| Some(line.strip_prefix(start)?.to_owned()));
        found.unwrap_or_else(|| panic!("it does not say {start}"))
    };
    let emulator = after("FranceConnect émulé : ");
    let base = after("ready ").trim_end_matches('/').to_owned();
    (dev, base, emulator)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sample_site_passes_the_points_of_its_pages() {
    let ((_dev, base, emulator), browser) = (dev(), browser().await);
    for (url, plus) in [("/", false), ("/mentions-legales", false), ("/sante", true)] {
        let service = Service { url: format!("{base}{url}"), plus, public: true, any_certificate: false };
        let seen = service.visit(&browser, LIMIT).await.unwrap();
        for finding in outside(Ok(&seen)) {
            let expected = match finding.item.id {
                "12" => matches!(finding.verdict, Verdict::Attest { .. }),
                _ => finding.verdict == Verdict::Passed,
            };
            assert!(expected, "{url}: {} {:?} {:?}", finding.item.id, finding.verdict, seen.login.button());
        }
    }

    drop(browser);
    // Again as the command does it: before the login and behind it, in one browser.
    let url = Url::parse(&base).unwrap();
    let service = Qualified { login: url.clone(), profile: None, logout: None, url, secret: None };
    let trip = Trip::new(service, Url::parse(&emulator).unwrap(), Vec::new()).unwrap();
    let program = find(|name| std::env::var_os(name));
    let findings = Pages::look(&trip, program).await.findings(false);
    assert_eq!(findings.len(), 22);
    for finding in findings {
        let asked = finding.item.id == "12" && matches!(finding.verdict, Verdict::Attest { .. });
        assert!(asked || finding.verdict == Verdict::Passed, "{} {:?}", finding.item.id, finding.verdict);
    }
}

/// What is said of O1 where a login begins at this path.
async fn official(base: &str, emulator: &str, path: &str, plus: bool) -> Verdict {
    let url = Url::parse(base).unwrap();
    let login = url.join(path).unwrap();
    let service = Qualified { login, profile: None, logout: None, url, secret: None };
    let trip = Trip::new(service, Url::parse(emulator).unwrap(), Vec::new()).unwrap();
    let pages = Pages::look(&trip, find(|name| std::env::var_os(name))).await;
    let mut findings = pages.findings(plus).into_iter();
    findings.find(|finding| finding.item.id == "O1").unwrap().verdict
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_begins_a_login_by_itself_is_no_page_of_the_button() {
    let (_dev, base, emulator) = dev();
    // The button of the first page is that of FranceConnect, and not of FranceConnect+.
    assert_eq!(official(&base, &emulator, "/auth/login", false).await, Verdict::Passed);
    for (path, plus) in [("/auth/login", true), ("/prive/sante", true)] {
        let verdict = official(&base, &emulator, path, plus).await;
        let Verdict::Attest { question } = verdict else { panic!("{path} {verdict:?}") };
        assert!(question.fr.contains("l’autre FranceConnect"), "{}", question.fr);
    }
}

#[tokio::test]
async fn without_a_browser_each_point_of_the_pages_says_so() {
    let url = Url::parse("http://127.0.0.1:1/").unwrap();
    let service =
        Qualified { login: url.clone(), profile: None, logout: None, url: url.clone(), secret: None };
    let trip = Trip::new(service, url, Vec::new()).unwrap();
    for (program, why) in
        [(None, "aucun navigateur"), (Some("/bin/true".into()), "le navigateur s’est arrêté")]
    {
        for finding in Pages::look(&trip, program).await.findings(false) {
            let told = match finding.verdict {
                Verdict::Attest { question } => question.fr,
                Verdict::Skipped { why } => why.fr,
                verdict => panic!("{} {verdict:?}", finding.item.id),
            };
            assert!(told.contains(why), "{} {told}", finding.item.id);
        }
    }
}

/// `journey qualify` with a temporary folder of its own.
struct Qualifying {
    folder: PathBuf,
    base: String,
    emulator: String,
}

impl Qualifying {
    /// Starts it, and waits until there are files of a browser.
    fn start(&self) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_franceconnect-edge"));
        command.args(["journey", "qualify", "--url", &self.base, "--emulator", &self.emulator]);
        command.env("TMPDIR", &self.folder).stdout(Stdio::null()).stderr(Stdio::piped());
        let before = self.files();
        let mut child = command.spawn().unwrap();
        while self.files().iter().all(|file| before.contains(file)) && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(20));
        }
        child
    }

    fn files(&self) -> Vec<OsString> {
        std::fs::read_dir(&self.folder).unwrap().map(|file| file.unwrap().file_name()).collect()
    }

    /// Whether a browser of it runs.
    fn browses(&self) -> bool {
        let listed = Command::new("ps").args(["-A", "-o", "args"]).output().unwrap();
        String::from_utf8_lossy(&listed.stdout).contains(self.folder.to_str().unwrap())
    }

    /// Nothing of it is there any more.
    fn expect_nothing_left(&self, when: &str) {
        wait_while(|| !self.files().is_empty() || self.browses());
        assert_eq!((self.files(), self.browses()), (Vec::new(), false), "{when}");
    }
}

/// Waits as long as something is so, but not long.
fn wait_while(so: impl Fn() -> bool) {
    let began = Instant::now();
    while so() && began.elapsed() < Duration::from_secs(3) {
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn send(signal: &str, child: &Child) {
    assert!(Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().unwrap().success());
}

#[tokio::test]
async fn an_interruption_ends_the_browser_and_leaves_no_file_of_it() {
    // Under `nohup` this process ignores it, which would be handed down; what is listened to is not.
    let _listened_to = signal(SignalKind::hangup()).unwrap();
    let (_dev, base, emulator) = dev();
    // Short: the browser has a socket below it.
    let folder = std::env::temp_dir().join(format!("i{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let qualifying = Qualifying { folder, base, emulator };
    let interrupted = |child: Child| {
        let ended = child.wait_with_output().unwrap();
        let told = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(2), "{told}");
        assert!(told.contains("Recette interrompue"), "{told}");
    };
    for (signal, later) in [("INT", 0), ("INT", 400), ("TERM", 1500), ("HUP", 0), ("HUP", 1500)] {
        let child = qualifying.start();
        std::thread::sleep(Duration::from_millis(later));
        send(signal, &child);
        interrupted(child);
        qualifying.expect_nothing_left(&format!("SIG{signal} after {later} ms"));
    }

    // Who is killed can remove nothing: the next one does.
    let mut killed = qualifying.start();
    killed.kill().unwrap();
    killed.wait().unwrap();
    // Its browser ends by itself, once nobody speaks to it.
    wait_while(|| qualifying.browses());
    let left = qualifying.files();
    assert_eq!(left.len(), 1);
    let next = qualifying.start();
    assert!(!qualifying.files().contains(&left[0]), "it stays: {left:?}");
    send("INT", &next);
    interrupted(next);
    qualifying.expect_nothing_left("after one that was killed");
    std::fs::remove_dir(qualifying.folder).unwrap();
}
