//! The report in a browser: structure, names, contrast in light and dark, a small screen, the keyboard.

use crate::support::{LIMIT, answer, browser, site};
use franceconnect_edge::journey::Words;
use franceconnect_edge::journey::qualification::browser::Key;
use franceconnect_edge::journey::qualification::report::Report;
use franceconnect_edge::journey::qualification::{Evidence, Finding, Item, Verdict, gather};
use franceconnect_edge::time::Timestamp;

/// A report with every verdict, long words and pictures.
fn report(png: &[u8]) -> String {
    let words = |text: &str| Words::new(text, text);
    let address = format!("https://service.exemple.fr/{}", "une-adresse-sans-fin/".repeat(20));
    let failed = Verdict::Failed { seen: words(&address), mend: words("Corriger.") };
    let finding = |id: &str, verdict: Verdict| Finding {
        item: Item::named(id).unwrap(),
        verdict,
        evidence: vec![
            Evidence::Text { title: words("Connexions essayées"), text: address.repeat(3) },
            Evidence::Picture { title: words("La page du bouton, en clair"), png: png.to_vec() },
        ],
    };
    let found = vec![
        finding("O7", failed.clone()),
        finding("27", failed),
        finding("1", Verdict::Passed),
        finding("12", Verdict::Attest { question: words("Est-ce le cas ?") }),
    ];
    let findings = gather(found);
    let (url, fingerprint) = (address.clone(), Report::fingerprint_of(["service"]));
    Report { at: Timestamp::from_unix(1_795_622_700), url, product: "FranceConnect", fingerprint, findings }
        .to_html()
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_can_read_the_report() {
    let browser = browser().await;
    let tab = browser.open(false).await.unwrap();
    let empty = site(|_: &str| std::future::ready(crate::support::page("<h1>Une page</h1>"))).await;
    tab.go(&empty, LIMIT).await.unwrap();
    let page = report(&tab.screenshot().await.unwrap());
    let base =
        site(move |_: &str| std::future::ready(answer("text/html; charset=utf-8", page.clone()))).await;
    assert_eq!(tab.go(&format!("{base}/"), LIMIT).await.unwrap().status(), Some(200));
    for dark in [false, true] {
        tab.scheme(dark).await.unwrap();
        let wrong = tab.evaluate(include_str!("report.js"), LIMIT).await.unwrap();
        assert_eq!(wrong, serde_json::json!([]), "dark: {dark}");
    }

    // Every link and every evidence is reached with the keyboard, in the order of the page, and seen to be.
    let reached = "(() => { const all = [...document.querySelectorAll('a, summary')]; \
                   const at = document.activeElement; \
                   return [all.indexOf(at), all.length, getComputedStyle(at).outlineStyle] })()";
    let mut count = 1;
    for at in 0.. {
        if at >= count {
            break;
        }
        tab.press(Key::Tab).await.unwrap();
        let seen = tab.evaluate(reached, LIMIT).await.unwrap();
        assert_eq!((seen[0].as_u64(), seen[2].as_str()), (Some(at), Some("solid")));
        count = seen[1].as_u64().unwrap();
    }
    assert!(count > 90, "{count}");
}
