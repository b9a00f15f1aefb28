//! The sample site as `dev` serves it, before and after a login through the emulator: no point of its pages fails.

use crate::support::{LIMIT, browser};
use franceconnect_edge::journey::qualification::Verdict;
use franceconnect_edge::journey::qualification::browser::Tab;
use franceconnect_edge::journey::qualification::page::{Page, Service, plain};
use franceconnect_edge::journey::qualification::seen::{Inside, Person, inside, outside};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// `dev`, which ends with the test.
struct Dev(Child);

impl Drop for Dev {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn dev() -> (Dev, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_franceconnect-edge"));
    command
        .args(["dev", "--lang", "fr", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut dev = Dev(command.spawn().unwrap());
    let lines = BufReader::new(dev.0.stdout.take().unwrap()).lines();
    let mut ready =
        lines.map_while(Result::ok).filter_map(|line| Some(line.strip_prefix("ready ")?.to_owned()));
    let base = ready.next().expect("it gets ready");
    (dev, base.trim_end_matches('/').to_owned())
}

async fn press(tab: &Tab, name: &str) -> String {
    let page = Page::read(tab, LIMIT).await.unwrap();
    let control = page.controls().find(|control| plain(&control.name).starts_with(name));
    let path = control.unwrap_or_else(|| panic!("{} has no {name}", page.url)).path.clone();
    tab.click(&path, LIMIT).await.unwrap().url
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sample_site_passes_the_points_of_its_pages() {
    let ((_dev, base), browser) = (dev(), browser().await);
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

    let tab = browser.open(false).await.unwrap();
    tab.go(&format!("{base}/"), LIMIT).await.unwrap();
    press(&tab, "S'identifier avec FranceConnect").await;
    press(&tab, "Démonstration eIDAS faible").await;
    tab.fill(&[("input[name=login]", "test"), ("input[name=password]", "123")]).await.unwrap();
    press(&tab, "Valider").await;
    assert_eq!(press(&tab, "Continuer sur").await, format!("{base}/prive/"));
    let first = Page::read(&tab, LIMIT).await.unwrap();
    press(&tab, "Angela DUBOIS").await;
    let pages = vec![first, Page::read(&tab, LIMIT).await.unwrap()];
    let person = Person {
        given: ["Angela", "Claire", "Louise"].map(str::to_owned).to_vec(),
        family: "DUBOIS".to_owned(),
        usage: None,
        birthdate: "1962-08-24".to_owned(),
    };
    for finding in inside(Ok(&Inside { pages, person })) {
        assert_eq!(finding.verdict, Verdict::Passed, "{}", finding.item.id);
    }
}
