//! The day FranceConnect fails: everything that the sheet says of the gate is tried here, and its texts hold what the
//! support asks for.

use super::{configuration, dossier};
use franceconnect_edge::emulator::Behaviour;
use franceconnect_edge::journey::outage::{self, Claim};
use franceconnect_edge::oidc::Call;

use crate::support::conversation::{Browser, World};

const ALL: &str = r#"{"outage": ["discovery", "jwks", "authorize", "interaction", "token", "userinfo", "end_session", "revocation"]}"#;

fn break_down(world: &mut World, how: &str) {
    world.emulator.behave(Behaviour::parse(how).unwrap());
    world.take_calls();
}

/// Somebody comes back from a login that was begun before it broke down: status, page, code.
fn comes_back(world: &mut World, how: &str) -> (u16, String, &'static str) {
    let mut browser = Browser::new();
    let sent = browser.get(world, "/auth/login?return_to=/prive/");
    break_down(world, how);
    let callback = browser.identify(world, "test", sent.get("location").unwrap());
    let answer = browser.get(world, &callback);
    let page = String::from_utf8(answer.body.clone()).unwrap();
    (answer.status, page, world.last_code())
}

/// Tries what a claim says.
fn try_out(claim: Claim) {
    let (mut world, mut browser) = (World::new(), Browser::new());
    browser.log_in(&mut world, "test");
    match claim {
        Claim::Sessions => {
            break_down(&mut world, ALL);
            for minutes in [0, 29, 29, 29] {
                world.now = world.now.plus(minutes * 60);
                for page in ["/prive/", "/auth/profile", "/auth/session"] {
                    assert_eq!(browser.get(&mut world, page).status, 200, "{page}");
                }
            }
            assert!(world.take_calls().is_empty(), "nobody was asked");
            world.now = world.now.plus(31 * 60);
            assert_eq!(browser.get(&mut world, "/auth/session").status, 401, "at its end it ends");
        }
        Claim::Public => {
            break_down(&mut world, ALL);
            assert_eq!(Browser::new().get(&mut world, "/").status, 200);
            assert!(world.take_calls().is_empty());
        }
        Claim::Door => {
            break_down(&mut world, ALL);
            let mut other = Browser::new();
            let sent = other.get(&mut world, "/auth/login?return_to=/prive/");
            let (now, url) = (world.now, sent.get("location").unwrap().to_owned());
            assert_eq!(other.emulator.log_in(&mut world.emulator, now, &url, "test").status, 503);
            break_down(&mut world, "{}");
            let callback = other.identify(&mut world, "test", &url);
            assert_eq!(other.get(&mut world, &callback).get("location"), Some("/prive/"));
        }
        Claim::Return => {
            let (status, page, _) = comes_back(&mut world, r#"{"outage": ["token"]}"#);
            assert!(status == 503 && page.contains("FranceConnect ne répond pas"), "{page}");
            assert!(page.contains("fr-connect__brand") && page.contains("value=\"/prive/\""), "{page}");
        }
        Claim::Slow => {
            assert_eq!(Call::TIMEOUT_MS, 10_000);
            assert_eq!(comes_back(&mut world, r#"{"latency_ms": 10001}"#).2, "token.unreachable");
            let mut patient = World::new();
            assert_eq!(comes_back(&mut patient, r#"{"latency_ms": 9000}"#).2, "login.succeeded");
        }
        Claim::Keys => {
            let only_keys = r#"{"outage": ["jwks"]}"#;
            world.now = world.now.plus(599);
            assert_eq!(comes_back(&mut world, only_keys).2, "login.succeeded");
            break_down(&mut world, "{}");
            world.now = world.now.plus(2);
            assert_eq!(comes_back(&mut world, only_keys).2, "jwks.status");
        }
        Claim::Logout => {
            break_down(&mut world, ALL);
            let left = browser.post(&mut world, "/auth/logout");
            assert!(!browser.is_logged_in(&mut world), "out here, whatever follows");
            let (now, url) = (world.now, left.get("location").unwrap().to_owned());
            assert_eq!(browser.emulator.open(&mut world.emulator, now, &url).1.status, 503);
        }
        Claim::Health => {
            break_down(&mut world, ALL);
            assert_eq!(Browser::new().get(&mut world, "/auth/health").status, 200);
            assert!(world.take_calls().is_empty());
        }
        Claim::Codes => {
            let said = claim.words();
            for (endpoint, code) in
                [("token", "token.status"), ("userinfo", "userinfo.status"), ("jwks", "jwks.status")]
            {
                let mut cold = World::new();
                let found = comes_back(&mut cold, &format!("{{\"outage\": [\"{endpoint}\"]}}"));
                assert_eq!(found.2, code);
                assert!(said.fr.contains(code) && said.en.contains(code), "{said:?}");
            }
            let mut silent = World::new();
            assert_eq!(comes_back(&mut silent, r#"{"latency_ms": 11000}"#).2, "jwks.unreachable");
        }
    }
}

#[test]
fn the_gate_does_what_the_sheet_says() {
    Claim::ALL.into_iter().for_each(try_out);
}

#[test]
fn the_sheet_has_every_claim_and_texts_that_name_the_service() {
    let live = [
        ("PUBLIC_URL", "https://my-service.fr"),
        ("FC_ENVIRONMENT", "production"),
        ("FC_CLIENT_ID", "live-client"),
        ("FC_CLIENT_SECRET", "a-secret-that-is-in-no-letter-0123456789"),
    ];
    let (dossier, live) = (dossier(&[]), configuration(&live));
    let sheet = outage::sheet(&dossier, Some(&live));
    let text = sheet.text(|words| &words.fr);
    for claim in Claim::ALL {
        assert!(text.contains(&claim.words().fr), "{claim:?} is missing from:\n{text}");
    }
    for part in [
        "support.partenaires@franceconnect.gouv.fr",
        "curl -sS https://oidc.franceconnect.gouv.fr/api/v2/jwks",
        "Si vous êtes déjà connecté, vous pouvez continuer.",
        "Vous pouvez aussi vous connecter autrement",
        "« Espace famille de Villeneuve-sur-Exemple », https://my-service.fr, DataPass …, client_id live-client",
        "Sacha Martin, 06 12 34 56 78, technique@villeneuve.example.fr",
    ] {
        assert!(text.contains(part), "{part} is missing from:\n{text}");
    }
    assert!(!text.contains("a-secret-that"), "{text}");
    assert_eq!(sheet.objections().count(), 0, "it may be read before anything else is there");
    let moved = configuration(&[("FC_PREFIX", "/connexion")]);
    let text = outage::sheet(&dossier, Some(&moved)).text(|words| &words.fr);
    assert!(text.contains("/connexion/health") && text.contains("/connexion/operator"), "{text}");
    assert!(!text.contains("/auth/"), "{text}");
    let without = super::dossier(&[("alternative_connexion = true", "alternative_connexion = false")]);
    let text = outage::sheet(&without, None).text(|words| &words.fr);
    assert!(!text.contains("connecter autrement") && text.contains("client_id …"), "{text}");
}
