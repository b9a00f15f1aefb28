//! Services that are entered through the emulator, each with one fault in what it shows those who have: it fails its own
//! point, and no other. Nothing is pressed that logs out, deletes or pays.

use crate::inventory;
use crate::party::{Change, endless, party};
use crate::support::{LIMIT, Mortal, browser, site};
use franceconnect_edge::journey::qualification::browser::{Browser, Trouble};
use franceconnect_edge::journey::qualification::driver::{Service, Trip};
use franceconnect_edge::journey::qualification::page;
use franceconnect_edge::journey::qualification::seen::{Inside, inside};
use franceconnect_edge::journey::qualification::{Evidence, Finding, Pages, Verdict};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use url::Url;

const PROFILE_LINK: &str = "<a href=\"/profil\" data-nom>Mon compte</a>";

/// A change, and the point that fails of it; nothing for one that is as good.
const CHANGES: [(&str, Change); 18] = [
    ("", Change::Text("/accueil", "Vos démarches", "Tout")),
    // A menu is opened, and what it holds is followed.
    (
        "",
        Change::Text(
            "/accueil",
            PROFILE_LINK,
            "<button type=button data-nom onclick='menu.hidden = false'>Mon compte</button>\
             <span id=menu hidden><a href=/profil>Mon profil</a></span>",
        ),
    ),
    ("O2", Change::Text("/accueil", "<script type=\"module\" src=\"/nom.js\"></script>", "")),
    ("O5", Change::Text("/profil", "value=\"{family_name}\" readonly", "value=\"{family_name}\"")),
    ("O5", Change::Text("/profil", "value=\"{birthdate}\" readonly", "value=\"{birthdate}\"")),
    ("O5", Change::Keeps),
    ("O5", Change::KeepsWithoutForm),
    ("14", Change::Text("/accueil", PROFILE_LINK, "<span data-nom>Mon compte</span>")),
    ("14", Change::NoProfile),
    ("15", Change::Text("/accueil", "</main>", "<a href=/sortir>Déconnexion</a></main>")),
    ("15", Change::Text("*", "Se déconnecter", "À bientôt")),
    (
        "16",
        Change::Text(
            "/profil",
            "</form>\n  </main>",
            "</form><a href=/x>Changer mon mot de passe</a></main>",
        ),
    ),
    ("16", Change::Text("/aide", "Vos démarches sont ici.", "<label>Code <input type=password></label>")),
    ("18", Change::Text("/profil", "et ne se modifient pas ici", "et sont utiles")),
    ("18", Change::FixesNothing),
    ("19", Change::Text("/profil", "Nom de naissance", "Nom")),
    ("19", Change::Text("/profil", "Nom de naissance", "Nom de famille")),
    ("19", Change::Text("/accueil", "Vos démarches sont ici.", "Nom : {family_name}")),
];

fn failed(findings: &[Finding]) -> Vec<&'static str> {
    let failed = findings.iter().filter(|finding| matches!(finding.verdict, Verdict::Failed { .. }));
    failed.map(|finding| finding.item.id).collect()
}

async fn entered(browser: &Browser, trip: &Trip) -> Inside {
    page::inside(browser, trip, false, LIMIT).await.unwrap()
}

#[test]
fn the_inventory_names_the_points_of_these_faults() {
    let points: BTreeSet<&str> = CHANGES.iter().map(|(id, _)| *id).filter(|id| !id.is_empty()).collect();
    assert_eq!(points, inventory::of(inventory::ENTERED));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_behind_the_login_fails_its_point_and_no_other() {
    let browser = Arc::new(browser().await);
    let places = Arc::new(Semaphore::new(3));
    let mut visits = JoinSet::new();
    for (id, change) in CHANGES {
        let (browser, places) = (browser.clone(), places.clone());
        visits.spawn(async move {
            let _place = places.acquire().await;
            let (_, trip) = party(change).await;
            let seen = entered(&browser, &trip).await;
            let findings = inside(Ok(&seen));
            let expected: &[&str] = if id.is_empty() { &[] } else { &[id] };
            let told: Vec<_> = findings.iter().map(|finding| (finding.item.id, &finding.verdict)).collect();
            (failed(&findings) != expected).then(|| format!("{id} {change:?}: {told:#?}"))
        });
    }
    let wrong: Vec<String> = visits.join_all().await.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_service_passes_is_shown_and_is_left_as_it_was() {
    let browser = browser().await;
    let (sound, trip) = party(Change::Text("*", "Service d’essai", "Service")).await;
    let seen = entered(&browser, &trip).await;
    assert_eq!(
        (seen.person.family.as_str(), seen.person.birthdate.as_str()),
        ("LE GOFF-DUPONT", "1962-08-24")
    );
    let paths: Vec<_> = seen.pages.iter().filter_map(|page| Url::parse(&page.url).ok()).collect();
    let paths: Vec<_> = paths.iter().map(Url::path).collect();
    assert_eq!(paths, ["/accueil", "/profil", "/aide"], "each once, and not the page to log in on");
    let findings = inside(Ok(&seen));
    for finding in &findings {
        assert_eq!(finding.verdict, Verdict::Passed, "{}", finding.item.id);
    }
    let evidence = || findings.iter().flat_map(|finding| &finding.evidence);
    assert_eq!(evidence().filter(|one| matches!(one, Evidence::Picture { .. })).count(), 2);
    let texts = evidence().filter_map(|one| match one {
        Evidence::Text { text, .. } => Some(text.as_str()),
        Evidence::Picture { .. } => None,
    });
    let texts = texts.collect::<String>();
    assert!(texts.contains("POST /profil [family_name, given_name, birthdate] → 303"), "{texts}");
    assert!(texts.contains("Nom de naissance (readonly) = LE GOFF-DUPONT"), "{texts}");
    assert!(!texts.contains("jeton"), "a hidden field is nobody’s business");
    let asked = sound.asked.lock().unwrap().clone();
    for risky in ["/compte/supprimer", "/panier/paiement", "/deconnexion", "/sortir"] {
        assert!(!asked.iter().any(|path| path.contains(risky)), "{risky} {asked:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_falls_once_has_a_successor() {
    for falls in [1, 2] {
        let mortal = Mortal::new(&format!("successor-{falls}"));
        let (party, trip) = party(Change::Text("*", "Service d’essai", "Service")).await;
        let killing = async {
            for _ in 0..falls {
                party.asked.lock().unwrap().clear();
                while !party.asked.lock().unwrap().iter().any(|path| path == "GET /profil") {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                mortal.kill();
            }
        };
        let (pages, ()) = tokio::join!(Pages::look(&trip, Some(mortal.program.clone())), killing);
        let unseen = pages.findings(false).into_iter().filter(|finding| match &finding.verdict {
            Verdict::Skipped { why } => why.en == Trouble::Gone.words().en,
            Verdict::Attest { question } => question.en.contains(&Trouble::Gone.words().en),
            Verdict::Passed | Verdict::Failed { .. } => false,
        });
        // Those of the pages behind the login, where it fell, at least.
        assert_eq!(unseen.count() >= 7, falls == 2, "fallen {falls} times");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_kept_of_a_forged_identity_is_put_back() {
    let browser = browser().await;
    for change in [Change::Keeps, Change::KeepsWithoutForm] {
        let (kept, trip) = party(change).await;
        let seen = entered(&browser, &trip).await;
        let forged = seen.forged.unwrap();
        assert_eq!(forged.form, matches!(change, Change::Keeps));
        assert!(forged.shown.iter().any(|text| text.contains("LE GOFF-DUPONT FORGERIE")), "{forged:?}");
        assert!(kept.all("family_name").iter().all(|name| !name.contains("FORGERIE")), "{change:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_nobody_gets_into_or_out_of_is_said_to_be_so_in_time() {
    let browser = browser().await;
    let limit = Duration::from_secs(3);
    let emulator = Url::parse("http://127.0.0.1:1/api/v2").unwrap();
    for (path, expected) in [
        ("/endless", "la page n’a pas répondu à temps"),
        ("/nothing", "dans le navigateur, aucun bouton ne mène à l’émulateur"),
        ("/round", "dans le navigateur, aucun bouton ne mène à l’émulateur"),
    ] {
        let base = site(move |path: &str| {
            std::future::ready(match path {
                "/endless" => endless(),
                "/nothing" => crate::support::page("Rien"),
                _ => crate::support::page(
                    "<form action=/round><button class=fr-connect>FranceConnect</button></form>",
                ),
            })
        });
        let url = Url::parse(&format!("{}{path}", base.await)).unwrap();
        let service = Service { login: url.clone(), profile: None, logout: None, url, secret: None };
        let trip = Trip::new(service, emulator.clone(), Vec::new()).unwrap();
        let began = Instant::now();
        let told = tokio::time::timeout(8 * limit, page::inside(&browser, &trip, false, limit)).await;
        let told = told.unwrap_or_else(|_| panic!("{path} hangs")).unwrap_err();
        println!("{path}: {:?}", began.elapsed());
        assert_eq!(told.fr, expected, "{path}");
        let skipped = inside(Err(told)).into_iter().find(|finding| finding.item.id == "O5").unwrap();
        assert!(matches!(skipped.verdict, Verdict::Skipped { why } if why.fr == expected));
    }
}
