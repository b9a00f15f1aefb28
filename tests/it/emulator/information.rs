//! What the person is told before they go on: the data by their names, other administrations, consent by a box, nothing.

use super::{NOW, authorize, client, page_code, parameter};
use franceconnect_edge::emulator::{Client, Emulator, Reply, Request, Settings, Visitor};

const DATA: &str = "openid given_name gender email dgfip_rfr dgfip_pac cnam_caisse droits_assurance_maladie";

fn emulator() -> Emulator {
    let private = Client { identity_consent: true, ..client("prive") };
    let direct = Client { direct: true, ..client("direct") };
    let both = Client { direct: true, identity_consent: true, ..client("les-deux") };
    let clients = vec![client("client"), private, direct, both];
    Emulator::new(Settings { clients, ..Settings::default() })
}

/// Where somebody who logs in is before they agree: the interaction's path, and the page or the way back.
fn after_login(emulator: &mut Emulator, browser: &mut Visitor, changes: &[(&str, &str)]) -> (String, Reply) {
    let (path, _) = browser.open(emulator, NOW, &authorize(changes));
    let choice = Request::post(&format!("{path}/fournisseur"), "idp=demonstration-eidas-faible");
    browser.send(emulator, NOW, choice);
    let login = Request::post(&format!("{path}/connexion"), "login=test&password=123");
    let next = browser.send(emulator, NOW, login).get("location").unwrap().to_owned();
    (path, browser.open(emulator, NOW, &next).1)
}

#[test]
fn the_data_are_listed_by_name_and_by_administration() {
    let (mut emulator, mut browser) = (emulator(), Visitor::new());
    let (_, page) = after_login(&mut emulator, &mut browser, &[("scope", DATA)]);
    let text = page.text();
    for part in [
        "<dt>Prénoms</dt><dd>Angela Claire Louise</dd>",
        "<dt>Sexe</dt><dd>female</dd>",
        "(DGFiP)</dt><dd><ul><li><code>dgfip_rfr</code></li><li><code>dgfip_pac</code></li></ul></dd>",
        "(CNAM)</dt><dd><ul><li><code>cnam_caisse</code></li><li><code>droits_assurance_maladie</code></li></ul></dd>",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    for part in ["Nom de naissance", "CNOUS", "checkbox", "anonyme"] {
        assert!(!text.contains(part), "{part}");
    }
    let (_, page) = after_login(&mut emulator, &mut Visitor::new(), &[("scope", "openid cnous_email")]);
    assert!(page.text().contains("CNOUS") && !page.text().contains("Ces données seront transmises"));
    assert!(!page.text().contains("anonyme"), "a service that may ask for grants is told something");
}

#[test]
fn a_private_service_has_a_box_ticked() {
    let (mut emulator, mut browser) = (emulator(), Visitor::new());
    let changes = [("client_id", "prive")];
    let (path, page) = after_login(&mut emulator, &mut browser, &changes);
    for part in ["type=\"checkbox\" id=\"consentement\"", "<label for=\"consentement\">J’accepte", "DUBOIS"]
    {
        assert!(page.text().contains(part), "{part}: {}", page.text());
    }
    assert!(!page.text().contains(" checked"), "consent is not given beforehand");
    for form in ["", "consentement=", "consentement=non"] {
        let refused = browser.send(&mut emulator, NOW, Request::post(&format!("{path}/information"), form));
        let text = refused.text();
        assert_eq!((refused.status, refused.get("location")), (422, None), "{form}");
        assert!(text.contains("aria-invalid=\"true\"") && text.contains("href=\"#consentement\""), "{form}");
        assert!(text.contains("DUBOIS") && text.contains("<title>Erreur : "), "{form}");
    }
    let agreed = Request::post(&format!("{path}/information"), "consentement=oui");
    assert!(parameter(&browser.send(&mut emulator, NOW, agreed), "code").is_some());

    // Nothing to consent to: FranceConnect finds the registration inconsistent, and says so on the way back.
    let changes = [("client_id", "prive"), ("scope", "openid")];
    let (path, page) = after_login(&mut emulator, &mut Visitor::new(), &changes);
    assert_eq!((page.status, page_code(&page)), (500, Some("Y600007")), "{path}");
}

#[test]
fn only_a_service_that_may_skips_the_page_and_only_by_asking() {
    for (id, prompt, skipped) in [
        ("direct", Some("login"), true),
        ("direct", Some("login consent"), false),
        ("direct", Some("consent"), false),
        ("direct", None, false),
        ("client", Some("login"), false),
        ("les-deux", Some("login"), false),
    ] {
        let mut changes = vec![("client_id", id)];
        changes.extend(prompt.map(|prompt| ("prompt", prompt)));
        let (mut emulator, mut browser) = (emulator(), Visitor::new());
        let (_, reply) = after_login(&mut emulator, &mut browser, &changes);
        assert_eq!(parameter_of(&reply).is_some(), skipped, "{id} {prompt:?}: {reply:?}");
        // Who is remembered goes the same way.
        let again = browser.open(&mut emulator, NOW.plus(60), &authorize(&changes)).1;
        assert_eq!(parameter_of(&again).is_some(), skipped, "{id} {prompt:?}");
    }
}

fn parameter_of(reply: &Reply) -> Option<String> {
    reply.get("location").and_then(|_| parameter(reply, "code"))
}
