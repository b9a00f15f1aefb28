//! Logins with FranceConnect+ alone: how its tokens are encrypted, how the service proves who it is, how keys change.

use serde_json::json;

use crate::http::Answer;
use crate::keys;
use crate::platform::Platform;
use crate::provider::Registration;
use crate::world::World;

/// From the gate to the page and out again, cold and warm; two calls, three where the provider's keys are unknown.
fn in_and_out(world: &World) {
    assert_eq!(world.emulator().take_calls(), [""; 0], "nothing is called before it is needed");
    for (login, calls) in [
        ("test", ["jwks", "token", "userinfo"].as_slice()),
        ("avec_nom_dusage", &["token", "userinfo"]),
        ("identité_maximale", &["token", "userinfo"]),
    ] {
        let mut browser = world.browser();
        let page = browser.log_in_for(login, "/prive/");
        assert_eq!(page.body, crate::site("prive/index.html"), "{login}");
        assert_eq!(world.emulator().take_calls(), calls, "{login}");
        let told = browser.told();
        assert_eq!((&told["iss"], &told["acr"]), (&json!(world.emulator().issuer), &json!("eidas2")));
        assert_eq!(browser.get("/auth/profile").status, 200);
        let left = browser.post("/auth/logout", "");
        let end = format!("{}/session/end?id_token_hint=", world.emulator().issuer);
        assert!(left.location().starts_with(&end), "{}", left.location());
        let back = browser.walk(left.location(), "");
        assert_eq!(browser.get(&back).location(), "/deconnecte", "{login}");
    }
}

pub fn to_a_key_that_is_agreed_on(platform: Platform) {
    in_and_out(&World::plus(platform, Registration::default(), |_| {}));
}

pub fn to_a_key_that_is_transported(platform: Platform) {
    let registration = Registration { encryption: "RSA-OAEP-256", ..Registration::default() };
    in_and_out(&World::plus(platform, registration, |_| {}));
}

/// Without any secret that FranceConnect+ would know.
pub fn for_a_service_that_signs_its_calls(platform: Platform) {
    let registration = Registration { private_key_jwt: true, ..Registration::default() };
    let world = World::plus(platform, registration, |variables| {
        variables.remove("FC_CLIENT_SECRET");
        variables.insert("FC_CLIENT_AUTH", "private_key_jwt".to_owned());
        let keys = [("ECDH-ES", "cle-2026"), ("ES256", "signature-2026")];
        variables.insert("FC_PRIVATE_KEYS", keys::set(&keys));
    });
    in_and_out(&world);
}

/// As many keys as there may be; FranceConnect+ chooses, and need not say which.
pub fn to_any_of_four_keys(platform: Platform) {
    let four = ["un", "deux", "trois", "quatre"].map(|kid| ("ECDH-ES", kid));
    let mut world = World::plus(platform, Registration::default(), |variables| {
        variables.insert("FC_PRIVATE_KEYS", keys::set(&four));
    });
    for token in ["id_token_jwe", "userinfo_jwe"] {
        for way in ["key_last", "kid_missing"] {
            world.emulator().misbehave(&format!("{token}.{way}"));
            assert_eq!(log_in(&world).status, 303, "{token}.{way}");
        }
    }
    world.deploy(|variables| {
        let five = [four.as_slice(), &[NEW]].concat();
        variables.insert("FC_PRIVATE_KEYS", keys::set(&five));
    });
    let refused = world.browser().get("/");
    assert!(refused.status == 503 && refused.text().contains("FC_PRIVATE_KEYS"), "{}", refused.text());
}

const OLD: (&str, &str) = ("ECDH-ES", "cle-2025");
const NEW: (&str, &str) = ("ECDH-ES", "cle-2026");

fn log_in(world: &World) -> Answer {
    world.browser().log_in("test")
}

/// FranceConnect+ keeps what it fetched for a while and encrypts to the first key of it: what is in use changes
/// later than what is published.
pub fn to_the_old_key_and_then_to_the_new_one(platform: Platform) {
    let published = |keys: &'static [(&str, &str)]| {
        move |variables: &mut crate::platform::Variables| {
            variables.insert("FC_PRIVATE_KEYS", keys::set(keys));
        }
    };
    let mut world = World::plus(platform, Registration::default(), published(&[OLD]));
    let mut early = world.browser();
    assert_eq!(early.log_in("test").status, 303, "the old key");
    // The new one is published; tokens still come for the old one.
    world.deploy(published(&[NEW, OLD]));
    assert!(early.is_logged_in(), "private keys have nothing to do with sessions");
    assert_eq!(log_in(&world).status, 303, "both keys, encrypted to the old one");
    world.deploy(published(&[NEW]));
    let refused = log_in(&world);
    assert_eq!(refused.status, 400, "the old key went too early");
    assert!(refused.text().contains("id_token.decryption"), "{}", refused.text());
    // FranceConnect+ has fetched them anew.
    world.deploy(published(&[NEW, OLD]));
    world.emulator.as_mut().unwrap().restart();
    assert_eq!(log_in(&world).status, 303, "both keys, encrypted to the new one");
    world.deploy(published(&[NEW]));
    assert_eq!(log_in(&world).status, 303, "the new key alone");
    assert!(early.is_logged_in());
}
