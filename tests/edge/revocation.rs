//! Sessions that end before their time, on every platform: in cookies, and kept in the store.

use crate::platform::{NATIVE_STORE, Platform};
use crate::world::World;

fn until_the_next_second() {
    // A revocation ends what began in its second, too; platforms read the real clock.
    std::thread::sleep(std::time::Duration::from_millis(1_100));
}

fn ends_everywhere(world: &World) {
    let (mut here, mut there, mut neighbour) = (world.browser(), world.browser(), world.browser());
    here.log_in("test");
    there.log_in("test");
    neighbour.log_in("avec_nom_dusage");
    let mut copy = there.clone();
    assert!(here.is_logged_in() && there.is_logged_in() && neighbour.is_logged_in());
    assert_eq!(there.post("/auth/logout", "").status, 303);
    assert!(!copy.is_logged_in(), "a copy of what was logged out");
    there.log_in("test");
    assert!(there.is_logged_in());
    let page = here.get("/auth/profile").text();
    assert!(page.contains("action=\"/auth/logout/everywhere\""), "{page}");
    assert_eq!(here.post("/auth/logout/everywhere", "").status, 303);
    assert!(!there.is_logged_in() && !here.is_logged_in());
    assert_eq!(there.get("/prive/").status, 303);
    assert!(neighbour.is_logged_in());
    until_the_next_second();
    there.log_in("test");
    assert!(there.is_logged_in());
}

pub fn everywhere_is_every_browser(platform: Platform) {
    ends_everywhere(&World::fresh(platform));
}

pub fn and_of_sessions_in_the_store(platform: Platform) {
    let world = World::with(platform, "ES256", |variables| {
        variables.insert("FC_SESSION_STORE", "kv".to_owned());
    });
    ends_everywhere(&world);
    let mut browser = world.browser();
    browser.log_in("test");
    assert!(browser.session().len() < 200, "{}", browser.session());
    assert_eq!(browser.get("/prive/").status, 200);
}

/// The native program alone: what its `--store` holds is there after a restart, sessions and their ends alike.
pub fn a_store_on_disk_outlives_the_program() {
    let file = crate::process::logs().join("outlives.redb");
    std::fs::create_dir_all(crate::process::logs()).unwrap();
    let mut world = World::with(Platform::Native, "ES256", |variables| {
        variables.insert("FC_SESSION_STORE", "kv".to_owned());
        variables.insert(NATIVE_STORE, file.display().to_string());
    });
    let (mut stays, mut leaves) = (world.browser(), world.browser());
    stays.log_in("test");
    leaves.log_in("avec_nom_dusage");
    world.restart();
    assert_eq!(stays.fetch("/auth/session").json()["name"], "Angela DUBOIS");
    let mut copy = leaves.clone();
    assert!(copy.is_logged_in());
    assert_eq!(leaves.post("/auth/logout/everywhere", "").status, 303);
    world.restart();
    assert!(!copy.is_logged_in(), "what was ended before the restart");
    assert_eq!(copy.get("/prive/").status, 303);
    assert_eq!(stays.get("/prive/").status, 200);
}
