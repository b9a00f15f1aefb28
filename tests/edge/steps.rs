//! A service with both products: from a page that FranceConnect opens to one that only FranceConnect+ does, and
//! out of both again.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use franceconnect_edge::emulator::Product;
use franceconnect_edge::wire::params::Params;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::http::Answer;
use crate::world::World;

/// A page that needs `eidas2`, one that needs `eidas3`. The site has neither: who may see them is told so.
const HEALTH: &str = "/prive/sante/";
const NOTARY: &str = "/prive/notaire/";

fn plus(world: &World) -> String {
    world.emulator().issuer_of(Product::Plus)
}

/// One parameter of the address that `answer` leads to.
fn parameter(answer: &Answer, name: &str) -> Option<String> {
    Params::parse(answer.location().split_once('?')?.1).unwrap().get(name).map(str::to_owned)
}

/// Goes to `page` and as far as the provider's door: the address of it.
fn sent(browser: &mut Browser, page: &str) -> Answer {
    let gate = browser.get(page);
    assert_eq!(gate.status, 303, "{page}: {}", gate.text());
    let sent = browser.get(gate.location());
    assert_eq!(sent.status, 303, "{page}: {}", sent.text());
    sent
}

pub fn a_higher_page_takes_a_second_login_in_the_place_of_the_first(world: &World) {
    let mut browser = world.browser();
    assert_eq!(browser.log_in_for("test", "/prive/").status, 200);
    let first = browser.told();
    assert_eq!((&first["iss"], &first["acr"]), (&json!(world.emulator().issuer), &json!("eidas1")));
    assert_eq!(first["amr"], json!(["fc", "pwd"]));
    let session = browser.session();

    let sent = sent(&mut browser, "/prive/sante/?page=2");
    assert!(sent.location().starts_with(&format!("{}/authorize?", plus(world))), "{}", sent.location());
    assert_eq!(parameter(&sent, "acr_values").as_deref(), Some("eidas2"));
    assert_eq!(parameter(&sent, "client_id").as_deref(), Some(crate::provider::PLUS_CLIENT));
    let callback = browser.walk(sent.location(), "test");
    assert_eq!(browser.told(), first, "until it is over nothing has changed");
    let landed = browser.get(&callback);
    assert_eq!((landed.status, landed.location()), (303, "/prive/sante/?page=2"), "{}", landed.text());
    assert_eq!((browser.get(HEALTH).status, browser.cookies().len()), (404, 1), "in, and no cookie too many");
    assert_ne!(browser.session(), session);
    let second = browser.told();
    assert_eq!((&second["iss"], &second["acr"]), (&json!(plus(world)), &json!("eidas2")));
    assert_eq!(second["amr"], json!(["fc", "pop", "mfa", "pin"]));
    // What is open to the lower level is to the higher one, and no third login is asked for.
    assert_eq!(browser.get("/prive/").status, 200);
    assert_eq!(browser.get("/auth/login?return_to=%2Fprive%2F").location(), "/prive/");
    assert_eq!(browser.get("/auth/profile").status, 200);
}

pub fn a_page_of_the_highest_level_is_reached_at_once_or_step_by_step(world: &World) {
    let mut straight = world.browser();
    assert_eq!(straight.log_in_for("test", NOTARY).status, 404);
    assert_eq!(straight.told()["acr"], "eidas3");
    assert_eq!((straight.get(HEALTH).status, straight.get("/prive/").status), (404, 200));
    let mut slowly = world.browser();
    for (page, level) in [("/prive/", "eidas1"), (HEALTH, "eidas2"), (NOTARY, "eidas3")] {
        slowly.log_in_for("test", page);
        assert_eq!(slowly.told()["acr"], level);
    }
    // A link of the site may ask for more than its page needs, in words that are known.
    let mut linked = world.browser();
    let asked = linked.get("/auth/login?return_to=%2Fprive%2F&acr_values=eidas3");
    assert!(asked.location().starts_with(&plus(world)), "{}", asked.location());
    assert_eq!(parameter(&asked, "acr_values").as_deref(), Some("eidas3"));
    assert_eq!(linked.get("/auth/login?acr_values=eidas4").status, 400);
}

pub fn a_script_is_told_which_level_is_missing(world: &World) {
    let mut browser = world.browser();
    let nobody = browser.fetch(HEALTH);
    assert_eq!((nobody.status, nobody.json()["error"].as_str()), (401, Some("login_required")));
    browser.log_in_for("test", "/prive/");
    for (page, level) in [("/prive/sante/?a=b", "eidas2"), ("/prive/notaire/x.json", "eidas3")] {
        let answer = browser.fetch(page);
        assert_eq!((answer.status, answer.get("content-type")), (401, Some("application/json")));
        assert_eq!(answer.get("cache-control"), Some("private, no-store"));
        let told = answer.json();
        assert_eq!(told["error"], "insufficient_user_authentication");
        assert_eq!(told["acr_values"], level);
        let login = format!("/auth/login?return_to={}", franceconnect_edge::wire::params::encode(page));
        assert_eq!(told["login"], login);
    }
    assert_eq!(browser.fetch("/prive/").status, 200);
}

pub fn who_gives_up_halfway_stays_logged_in(world: &World) {
    for (language, words) in [(None, "Vous restez connecté"), (Some("en"), "You stay logged in")] {
        let mut browser = world.browser();
        browser.log_in_for("test", "/prive/");
        let (session, told) = (browser.session(), browser.told());
        let sent = sent(&mut browser, HEALTH);
        let back = browser.give_up(sent.location());
        browser.language = language;
        let answer = browser.get(&back);
        let page = answer.text();
        assert_eq!((answer.status, answer.get("cache-control")), (200, Some("private, no-store")));
        assert!(page.contains(words), "{page}");
        assert!(page.contains("fr-connect__brand") && page.contains("value=\"/prive/sante/\""), "{page}");
        assert_eq!((browser.session(), browser.cookies().len()), (session, 1), "the login's cookie is gone");
        assert_eq!((&browser.told()["acr"], &browser.told()["iss"]), (&told["acr"], &told["iss"]));
        assert_eq!((browser.get("/prive/").status, browser.get(HEALTH).status), (200, 303));
        // And the next try leads there.
        assert_eq!(browser.log_in_for("test", HEALTH).status, 404);
    }
}

/// FranceConnect knows everybody by another `sub` than FranceConnect+ does; within one of them it must stay.
pub fn somebody_else_at_a_step_up_is_refused(world: &World) {
    let mut browser = world.browser();
    browser.log_in_for("test", HEALTH);
    let (session, told) = (browser.session(), browser.told());
    let first = sent(&mut browser, NOTARY);
    let callback = browser.walk(first.location(), "avec_nom_dusage");
    world.emulator().take_calls_to(Product::Plus);
    let answer = browser.get(&callback);
    let page = answer.text();
    assert_eq!(answer.status, 403, "{page}");
    assert!(
        page.contains("Une autre personne s’est identifiée") && page.contains("id_token.subject"),
        "{page}"
    );
    assert_eq!(browser.session(), session);
    assert_eq!((&browser.told()["name"], &browser.told()["acr"]), (&told["name"], &json!("eidas2")));
    assert_eq!(browser.get(NOTARY).status, 303);
    let second = sent(&mut browser, NOTARY);
    let callback = browser.walk(second.location(), "test");
    assert_eq!(browser.get(&callback).location(), NOTARY, "the same person may");
}

/// The claims of a signed token that is a hint: three parts, since nobody but us could read five.
fn hint(answer: &Answer) -> Value {
    let hint = parameter(answer, "id_token_hint").unwrap();
    let parts: Vec<&str> = hint.split('.').collect();
    assert_eq!(parts.len(), 3, "{} parts", parts.len());
    let [header, claims] = [parts[0], parts[1]]
        .map(|part| serde_json::from_slice::<Value>(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap());
    assert_eq!(header["alg"], "ES256");
    claims
}

pub fn a_logout_leaves_both_with_the_tokens_they_signed(world: &World) {
    let mut browser = world.browser();
    browser.log_in_for("test", "/prive/");
    browser.log_in_for("test", HEALTH);
    // The earlier login first, while its provider still remembers it.
    let issuers = [world.emulator().issuer.clone(), plus(world)];
    let mut left = browser.post("/auth/logout", "");
    for (issuer, client) in issuers.iter().zip([crate::provider::CLIENT, crate::provider::PLUS_CLIENT]) {
        assert_eq!(left.status, 303, "{issuer}");
        assert!(left.location().starts_with(&format!("{issuer}/session/end?")), "{}", left.location());
        let claims = hint(&left);
        assert_eq!((&claims["iss"], &claims["aud"]), (&json!(issuer), &json!(client)));
        assert!(!browser.is_logged_in(), "here first");
        let back = browser.walk(left.location(), "");
        assert!(back.starts_with(&format!("{}/auth/logout/callback?state=", world.site)), "{back}");
        left = browser.get(&back);
    }
    assert_eq!((left.status, left.location()), (303, "/deconnecte"));
    assert!(browser.cookies().is_empty());
    // Neither of them remembers: each asks who is there.
    for page in ["/prive/", HEALTH] {
        let sent = sent(&mut browser, page);
        let interaction = browser.get(sent.location()).location().to_owned();
        let asked = browser.get(&format!("{}{interaction}", crate::platform::origin(&issuers[0])));
        assert_eq!(asked.status, 200, "{page}: {asked:?}");
    }
}
