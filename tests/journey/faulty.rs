//! Services each with one fault: it fails its own point, and no other.

use crate::inventory;
use crate::support::{LIMIT, Mortal, answer, browser, page, site};
use axum::response::Response;
use franceconnect_edge::journey::qualification::browser::{Browser, Trouble};
use franceconnect_edge::journey::qualification::page::{Page, Service};
use franceconnect_edge::journey::qualification::seen::{Inside, Outside, Person, inside, outside};
use franceconnect_edge::journey::qualification::{Evidence, Finding, Verdict};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

const SOUND: &str = include_str!("sound.html");
const PROFILE: &str = include_str!("profile.html");
const STYLE: &str = include_str!("../../site/style.css");

const SENTENCE: &str = "<p>FranceConnect est la solution proposée par l’État pour sécuriser et simplifier la connexion à vos services en ligne.</p>";
const LOCAL: &str = "<p><label>Mot de passe <input name=\"password\" type=\"password\"></label></p>\n      <button type=\"submit\">Se connecter</button>";
const OU: &str = "<p>OU</p>";
const BUTTON: &str = "<button class=\"fr-connect\" type=\"submit\">";
const SPANS: &str = "<span class=\"fr-connect__login\">S’identifier avec</span>\n          <span class=\"fr-connect__brand\">FranceConnect</span>";

/// A fault of a service before the login: the point, what stands where.
const OUTSIDE: [(&str, &str, &str, &str); 39] = [
    ("O1", "/", BUTTON, "<button class=\"bouton\" type=\"submit\">"),
    ("1", "/", "<h1>", "<img src=/logo-franceconnect.svg alt=FranceConnect width=9 height=9><h1>"),
    ("1", "/", OU, "<p>OU</p><button>Continuer avec FranceConnect</button>"),
    ("2", "/", "S’identifier avec", "Connexion par"),
    (
        "2",
        "/",
        "</head>",
        "<style>.fr-connect { background: #060 }.fr-connect:hover { background: #080 }</style></head>",
    ),
    ("2", "/", "</head>", "<style>.fr-connect { transform: scaleX(1.5) }</style></head>"),
    ("2", "/", "</head>", "<style>.fr-connect__brand { font-family: cursive }</style></head>"),
    ("3", "/", "fr-connect-group", "groupe"),
    ("3", "/", SPANS, "S’identifier avec FranceConnect"),
    ("3", "/", BUTTON, "<button class=\"fr-connect fr-connect--plus\" type=\"submit\">"),
    ("4", "/", "https://franceconnect.gouv.fr/", "https://example.org/"),
    ("4", "/", " - nouvelle fenêtre", ""),
    ("4", "/", " target=\"_blank\"", ""),
    ("4", "/", "Qu’est-ce que FranceConnect ?</a>", "Qu’est-ce que c’est ?</a>"),
    ("5", "/", SENTENCE, "<p>Bonjour.</p>"),
    ("6", "/", "</head>", "<style>.fr-connect:hover { background: #000091 }</style></head>"),
    ("6", "/", BUTTON, "<button class=\"fr-connect\" type=\"submit\" disabled>"),
    (
        "6",
        "/",
        "</head>",
        "<style>@media (prefers-color-scheme: dark) { .fr-connect { color: #224 } }</style></head>",
    ),
    ("7", "/", "</head>", "<style>.fr-connect { font-size: 11px }</style></head>"),
    ("7", "/", "</head>", "<style>.fr-connect { width: 100% }</style></head>"),
    ("8", "/", OU, ""),
    (
        "8",
        "/",
        SENTENCE,
        "<form><label>Mot de passe <input type=password></label></form><p>OU</p><p>FranceConnect est la solution proposée par l’État pour sécuriser et simplifier la connexion à vos services en ligne.</p>",
    ),
    ("9", "/inscription", BUTTON, "<button class=\"bouton\" type=\"submit\" hidden>"),
    ("10", "/", "action=\"/login\"", "action=\"/login\" target=\"_blank\""),
    ("10", "/", BUTTON, "<button class=\"fr-connect\" type=\"submit\" onclick=\"window.open('/login')\">"),
    (
        "10",
        "/",
        "</body>",
        "<script>document.querySelector('.fr-connect').addEventListener('click', (event) => { event.preventDefault(); window.open('/login', 'fc', 'width=400') })</script></body>",
    ),
    ("11", "/", "Pas encore de compte ?", "Pas de compte France Connect ?"),
    ("11", "/donnees", "votre identité", "votre identité FC"),
    ("12", "/", "<h1>", "<p style='color: #aaa; background: #fff'>Peu lisible</p><h1>"),
    ("12", "/", BUTTON, "<button class=\"fr-connect\" type=\"submit\" style=\"outline: none\">"),
    ("12", "/", BUTTON, "<button class=\"fr-connect\" type=\"submit\" tabindex=\"-1\">"),
    // The keyboard does not get to the button, not by the link before it, or does not get away again.
    ("12", "/", BUTTON, "<button class=\"fr-connect\" type=\"submit\" onfocus=\"this.blur()\">"),
    (
        "12",
        "/",
        "</body>",
        "<script>document.querySelector('header a').onkeydown = (event) => event.preventDefault()</script></body>",
    ),
    (
        "12",
        "/",
        BUTTON,
        "<button class=\"fr-connect\" type=\"submit\" onkeydown=\"if (event.key === 'Tab') event.preventDefault()\">",
    ),
    ("12", "/", OU, "<p>OU</p><a href=/x><svg width=9 height=9></svg></a>"),
    ("13", "/", LOCAL, ""),
    ("22", "/donnees", "La déléguée à la protection des données", "Quelqu’un"),
    ("22", "/", "<a href=\"/mentions\">Mentions légales</a>", ""),
    ("22", "/", "href=\"/donnees\"", "href=\"/absent\""),
];

/// The same after it.
const INSIDE: [(&str, &str, &str); 12] = [
    ("O2", "Angela DUBOIS</a>", "Mon compte</a>"),
    ("O5", "value=\"1962-08-24\" readonly", "value=\"1962-08-24\""),
    ("O5", "value=\"DUBOIS\" readonly", "value=\"DUBOIS\""),
    ("14", "<a href=\"/profil\">Angela DUBOIS</a>", "<span>Angela DUBOIS</span>"),
    ("15", "</main>", "<a href=/logout>Déconnexion</a></main>"),
    ("15", "Se déconnecter", "Quitter"),
    ("16", "Enregistrer", "Changer mon mot de passe"),
    ("16", "</form>\n  </main>", "<p><label>Code <input type=password></label></p></form></main>"),
    ("18", "et ne se modifient pas ici", "et sont utiles"),
    ("18", "value=\"1962-08-24\" readonly", "value=\"\" readonly"),
    ("19", "Nom de naissance", "Nom"),
    ("19", "Nom de naissance", "Nom de famille"),
];

pub fn served(path: &str) -> Response {
    match path.split('?').next().unwrap_or("/") {
        "/" | "/inscription" => answer("text/html; charset=utf-8", SOUND),
        "/style.css" => answer("text/css", STYLE),
        "/mentions" => page("Éditeur : le service."),
        "/donnees" => {
            page("FranceConnect transmet votre identité. La déléguée à la protection des données répond.")
        }
        "/profil" => answer("text/html; charset=utf-8", PROFILE),
        "/absent" => {
            let mut gone = served("/donnees");
            *gone.status_mut() = axum::http::StatusCode::NOT_FOUND;
            gone
        }
        _ => page("Plus loin"),
    }
}

/// The service with `from` made `to` on one page.
async fn altered(at: &'static str, from: &'static str, to: &'static str) -> String {
    site(move |path: &str| {
        let path = path.to_owned();
        let answer = served(&path);
        async move {
            if path.split('?').next() != Some(at) {
                return answer;
            }
            let (head, body) = answer.into_parts();
            let body = String::from_utf8(axum::body::to_bytes(body, 1 << 20).await.unwrap().into()).unwrap();
            assert!(body.contains(from), "{at} has no {from}");
            Response::from_parts(
                head,
                body.replacen(from, to, if from == "Nom de naissance" { 9 } else { 1 }).into(),
            )
        }
    })
    .await
}

pub async fn visited(browser: &Browser, base: &str, plus: bool) -> Outside {
    let service = Service { url: format!("{base}/"), plus, public: true, any_certificate: false };
    service.visit(browser, LIMIT).await.unwrap()
}

pub fn failed(findings: &[Finding]) -> Vec<&'static str> {
    let failed = findings.iter().filter(|finding| matches!(finding.verdict, Verdict::Failed { .. }));
    failed.map(|finding| finding.item.id).collect()
}

fn judged(findings: &[Finding], id: &str) -> Verdict {
    findings.iter().find(|finding| finding.item.id == id).unwrap().verdict.clone()
}

#[test]
fn the_inventory_names_the_points_of_these_faults() {
    let points = |ids: &mut dyn Iterator<Item = &'static str>| ids.collect::<BTreeSet<_>>();
    assert_eq!(points(&mut OUTSIDE.iter().map(|(id, ..)| *id)), inventory::of(inventory::PAGES));
    assert_eq!(points(&mut INSIDE.iter().map(|(id, ..)| *id)), inventory::of(inventory::PROFILE));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_service_passes_and_shows_why() {
    let (browser, base) = (browser().await, site(|path: &str| std::future::ready(served(path))).await);
    let findings = outside(Ok(&visited(&browser, &base, false).await));
    assert_eq!(findings.len(), 15);
    for finding in &findings {
        match (finding.item.id, &finding.verdict) {
            ("12", Verdict::Attest { .. }) | (_, Verdict::Passed) => {}
            other => panic!("{other:?}"),
        }
    }
    let pictures = findings.iter().flat_map(|finding| &finding.evidence);
    assert_eq!(pictures.filter(|evidence| matches!(evidence, Evidence::Picture { .. })).count(), 2);
    for finding in judge_inside(&browser, &base).await {
        assert_eq!(finding.verdict, Verdict::Passed, "{}", finding.item.id);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_shows_no_page_has_no_button_and_the_page_of_another_is_not_judged_for_it() {
    let browser = browser().await;
    let other = site(|path: &str| {
        std::future::ready(match path {
            "/prive" => page("<p>Choisissez votre fournisseur d’identité, avec France Connect.</p>"),
            "/login" => served("/"),
            path => served(path),
        })
    });
    let other = other.await.replace("127.0.0.1", "localhost");
    let base = site(move |path: &str| {
        let away = Response::builder().status(303).header("location", format!("{other}{path}"));
        std::future::ready(away.body(Default::default()).unwrap())
    });
    let base = base.await;
    let visit = async |path: &str| {
        let service =
            Service { url: format!("{base}{path}"), plus: false, public: true, any_certificate: false };
        outside(Ok(&service.visit(&browser, LIMIT).await.unwrap()))
    };
    let findings = visit("/prive").await;
    assert_eq!(failed(&findings), ["O1"]);
    assert!(findings.iter().all(|finding| finding.verdict != Verdict::Passed), "{findings:?}");
    let Verdict::Failed { seen, mend } = judged(&findings, "O1") else { panic!() };
    assert!(seen.fr.starts_with(&format!("{base}/prive mène droit à FranceConnect")), "{}", seen.fr);
    assert!(mend.fr.contains("--login-path"), "{}", mend.fr);
    assert_eq!(failed(&visit("/login").await), [""; 0], "the button may stand under another name");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_a_fallen_browser_did_not_see_is_not_missing() {
    let mortal = Arc::new(Mortal::new("not-missing"));
    let browser = Browser::launch(&mortal.program).await.unwrap();
    let base = site(move |path: &str| {
        let button = "<form action=/login><button class=fr-connect>FranceConnect</button></form>";
        // Pressing the button is the last that is done where no other page is linked.
        if path.starts_with("/login") {
            mortal.kill();
        }
        std::future::ready(page(button))
    });
    let url = format!("{}/", base.await);
    let service = Service { url, plus: false, public: true, any_certificate: false };
    assert_eq!(service.visit(&browser, LIMIT).await.err(), Some(Trouble::Gone));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_service_costs_its_points_and_no_more() {
    let hostile = |path: &str| {
        std::future::ready(match path {
            "/loop" => page(
                "<button class=fr-connect>FranceConnect</button><script>onload = () => { for (;;); }</script>",
            ),
            "/boxes" => page("<button class=fr-connect onclick='for (;;) alert(1)'>FranceConnect</button>"),
            "/many" => page(&"<button class=fr-connect>FranceConnect</button>".repeat(50_000)),
            _ => page(
                "<button class=fr-connect onclick='document.write(this.outerHTML.repeat(9))'>FranceConnect</button>",
            ),
        })
    };
    let (browser, base) = (browser().await, site(hostile).await);
    let limit = std::time::Duration::from_secs(4);
    for path in ["/loop", "/boxes", "/many", "/writes", "/gone"] {
        let base = if path == "/gone" { "http://127.0.0.1:1" } else { &base };
        let service =
            Service { url: format!("{base}{path}"), plus: false, public: true, any_certificate: false };
        let began = std::time::Instant::now();
        // A dozen steps at most, of which none outlives its limit.
        let visit = tokio::time::timeout(12 * limit, service.visit(&browser, limit)).await;
        let visit = visit.unwrap_or_else(|_| panic!("{path} hangs"));
        println!("{path}: {:?} {:?}", began.elapsed(), visit.as_ref().map(|seen| seen.login.flow.len()));
        assert!(!browser.is_gone(), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_of_a_page_fails_its_point_and_no_other() {
    let browser = Arc::new(browser().await);
    // A few at once: most of the time goes to waiting until a page is calm.
    let places = Arc::new(Semaphore::new(4));
    let mut visits = JoinSet::new();
    let before = OUTSIDE.into_iter().map(|(id, at, from, to)| (true, id, at, from, to));
    let after = INSIDE.into_iter().map(|(id, from, to)| (false, id, "/profil", from, to));
    for (outer, id, at, from, to) in before.chain(after) {
        let (browser, places) = (browser.clone(), places.clone());
        visits.spawn(async move {
            let _place = places.acquire().await;
            let base = altered(at, from, to).await;
            let findings = match outer {
                true => outside(Ok(&visited(&browser, &base, false).await)),
                false => judge_inside(&browser, &base).await,
            };
            let failed = failed(&findings);
            let verdicts: Vec<_> = failed.iter().map(|id| judged(&findings, id)).collect();
            (failed != [id]).then(|| format!("{id} ({from:?} → {to:?}): {failed:?} {verdicts:?}"))
        });
    }
    let wrong: Vec<String> = visits.join_all().await.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

async fn judge_inside(browser: &Browser, base: &str) -> Vec<Finding> {
    let tab = browser.open(false).await.unwrap();
    tab.go(&format!("{base}/profil"), LIMIT).await.unwrap();
    let person = Person {
        given: ["Angela", "Claire", "Louise"].map(str::to_owned).to_vec(),
        family: "DUBOIS".to_owned(),
        usage: None,
        birthdate: "1962-08-24".to_owned(),
    };
    inside(Ok(&Inside { pages: vec![Page::read(&tab, LIMIT).await.unwrap()], person, ..Inside::default() }))
}
