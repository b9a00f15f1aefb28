//! A login and a logout, all the way.

use crate::world::World;

pub fn from_the_gate_to_the_page_and_out_again(world: &World) {
    let mut browser = world.browser();
    let gate = browser.get("/prive/?page=2");
    assert_eq!((gate.status, gate.location()), (303, "/auth/login?return_to=%2Fprive%2F%3Fpage%3D2"));
    let callback = browser.authorize("test", "%2Fprive%2F%3Fpage%3D2");
    let landed = browser.get(&callback);
    assert_eq!((landed.status, landed.location()), (303, "/prive/?page=2"), "{}", landed.text());
    assert_eq!(browser.cookies().len(), 1, "the flow cookie is gone, the session is there");
    let page = browser.get("/prive/?page=2");
    assert_eq!((page.status, page.get("cache-control")), (200, Some("private, no-store")));
    assert!(page.text().contains("<h1"), "{}", page.text());

    let session = browser.fetch("/auth/session");
    assert_eq!((session.status, session.get("content-type")), (200, Some("application/json")));
    let session = session.json();
    assert_eq!((session["name"].as_str(), session["acr"].as_str()), (Some("Angela DUBOIS"), Some("eidas1")));
    let profile = browser.get("/auth/profile").text();
    for shown in ["Nom de naissance", "DUBOIS", "Angela Claire Louise", "1962-08-24", "75107", "Féminin"] {
        assert!(profile.contains(shown), "{shown}");
    }

    let left = browser.post("/auth/logout", "");
    assert_eq!(left.status, 303);
    assert!(left.location().starts_with(&format!("{}/session/end?", world.emulator().issuer)));
    assert!(!browser.is_logged_in(), "here first");
    let back = browser.walk(left.location(), "");
    let returned = browser.get(&back);
    assert_eq!((returned.status, returned.location()), (303, "/deconnecte"));
    assert!(browser.cookies().is_empty());
    assert_eq!(browser.get("/deconnecte").status, 200);
    assert_eq!(browser.get("/prive/").status, 303, "a login is needed again");
}
