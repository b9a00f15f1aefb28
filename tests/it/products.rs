//! FranceConnect+, alone and beside FranceConnect: ways in, sessions that never mix, logout of both, our keys.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use franceconnect_edge::emulator::{self, Alg, Fault};
use serde_json::{Value, json};

use crate::levels::{asked, level_of};
use crate::support::conversation::{
    Browser, ISSUER, PLUS, World, both_variables, configure, plus_variables, private_keys,
};

#[test]
fn one_variable_is_the_other_product() {
    let mut world = World::with(&plus_variables(), Alg::Es256);
    let mut browser = Browser::new();
    let sent = browser.get(&mut world, "/auth/login?return_to=/prive/");
    assert_eq!(asked(sent.get("location").unwrap()), (PLUS, Some("eidas2".to_owned())));
    assert_eq!(browser.log_in(&mut world, "test").status, 303);
    assert_eq!(level_of(&mut browser, &mut world), json!([PLUS, "eidas2"]));
    assert_eq!(browser.get(&mut world, "/prive/").status, 200);
    assert_eq!(world.take_calls(), ["jwks", "token", "userinfo"]);
}

#[test]
fn every_way_in_to_franceconnect_plus() {
    for (changes, keys) in [
        (vec![], vec!["ECDH-ES"]),
        (vec![("FC_ENCRYPTION_ALG", "RSA-OAEP-256")], vec!["RSA-OAEP-256", "ECDH-ES"]),
        (vec![("FC_CLIENT_AUTH", "private_key_jwt"), ("FC_CLIENT_SECRET", "")], vec!["ES256", "ECDH-ES"]),
        (vec![("FC_ACR_VALUES", "eidas3")], vec!["ECDH-ES"]),
        (vec![("FC_AMR", "true")], vec!["ECDH-ES"]),
        (vec![("FC_SCOPES", "openid rnipp_identite_pivot email amr")], vec!["ECDH-ES"]),
    ] {
        let mut variables = plus_variables();
        variables.insert("FC_PRIVATE_KEYS", private_keys(&keys));
        variables.extend(changes.iter().map(|(name, value)| (*name, (*value).to_owned())));
        let mut world = World::with(&variables, Alg::Es256);
        let mut browser = Browser::new();
        assert_eq!(browser.log_in(&mut world, "test").status, 303, "{changes:?} {}", world.last_code());
        let session = browser.session(&mut world);
        let expected = variables.get("FC_ACR_VALUES").map_or("eidas2", String::as_str);
        assert_eq!(session["acr"], expected, "{changes:?}");
        let amr =
            if variables.contains_key("FC_AMR") { json!(["fc", "pop", "mfa", "pin"]) } else { json!([]) };
        assert_eq!(session["amr"], amr, "{changes:?}");
    }
}

/// FranceConnect's word is worth `eidas1`, whatever its token says.
#[test]
fn a_provider_vouches_for_no_more_than_its_product() {
    let mut world = World::both();
    world.emulator.misbehave(Some(Fault::from_name("id_token.acr_higher").unwrap()));
    let mut browser = Browser::new();
    assert_eq!(browser.log_in(&mut world, "test").status, 303, "more is no fault");
    assert_eq!(level_of(&mut browser, &mut world), json!([ISSUER, "eidas1"]));
    assert_eq!(browser.get(&mut world, "/prive/sante/").status, 303);
}

#[test]
fn what_the_envelope_repeats_of_the_token_must_be_true() {
    for row in ["outer_iss", "outer_aud", "outer_sub"] {
        for (token, code) in [("id_token_jwe", "id_token.envelope"), ("userinfo_jwe", "userinfo.envelope")] {
            let name = format!("{token}.{row}");
            let mut world = World::with(&plus_variables(), Alg::Es256);
            world.emulator.misbehave(Some(Fault::from_name(&name).unwrap_or_else(|| panic!("{name}"))));
            let mut browser = Browser::new();
            assert_eq!((browser.log_in(&mut world, "test").status, world.last_code()), (400, code), "{name}");
            assert!(!browser.is_logged_in(&mut world), "{name}");
        }
    }
}

/// OpenID Connect Core §9: for one use, within a minute, by the provider that is asked.
#[test]
fn an_assertion_stands_for_the_secret() {
    let mut variables = plus_variables();
    variables.insert("FC_CLIENT_AUTH", "private_key_jwt".to_owned());
    variables.insert("FC_PRIVATE_KEYS", private_keys(&["ECDH-ES", "ES256"]));
    let mut world = World::with(&variables, Alg::Es256);
    let mut seen = Vec::new();
    for _ in 0..2 {
        assert_eq!(Browser::new().log_in(&mut world, "test").status, 303, "{}", world.last_code());
        let body = world.sent.iter().rfind(|body| body.contains("grant_type")).unwrap();
        let form: std::collections::BTreeMap<_, _> = url::form_urlencoded::parse(body.as_bytes()).collect();
        assert!(!form.contains_key("client_secret"));
        assert_eq!(form["client_assertion_type"], "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
        let payload = form["client_assertion"].split('.').nth(1).unwrap();
        let mut claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
        let jti = claims["jti"].take().as_str().unwrap().to_owned();
        assert!(jti.len() >= 22 && !seen.contains(&jti), "{jti}");
        seen.push(jti);
        let (now, id) = (world.now.unix(), &variables["FC_CLIENT_ID"]);
        let expected = json!({ "iss": id, "sub": id, "aud": PLUS, "jti": null, "iat": now, "exp": now + 60 });
        assert_eq!(claims, expected);
        world.now = world.now.plus(5);
    }
}

#[test]
fn logins_at_both_products_run_side_by_side() {
    let mut world = World::both();
    let mut browser = Browser::new();
    let low = browser.authorize(&mut world, "test", "/prive/");
    let high = browser.authorize(&mut world, "test", "/prive/sante/");
    assert_eq!(browser.get(&mut world, &high).get("location"), Some("/prive/sante/"));
    assert_eq!(browser.get(&mut world, &low).get("location"), Some("/prive/"));
    assert_eq!(level_of(&mut browser, &mut world), json!([ISSUER, "eidas1"]), "the last login counts, whole");
}

#[test]
fn the_answer_of_one_provider_is_not_taken_for_the_other() {
    let mut world = World::both();
    let mut browser = Browser::new();
    let high = browser.authorize(&mut world, "test", "/prive/sante/");
    world.take_calls();
    let mixed = high.replace(&format!("iss={}", encoded(PLUS)), &format!("iss={}", encoded(ISSUER)));
    assert_ne!(mixed, high);
    assert_eq!(browser.get(&mut world, &mixed).status, 400);
    assert_eq!((world.last_code(), world.take_calls().len()), ("callback.iss", 0));
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// Follows a logout from our form to the page where it ends; answers the providers that were asked, in order,
/// and how the hint of each was written.
pub fn log_out(browser: &mut Browser, world: &mut World) -> Vec<(String, usize)> {
    let mut asked = Vec::new();
    let mut answer = browser.post(world, "/auth/logout");
    for _ in 0..4 {
        let location = answer.get("location").unwrap().to_owned();
        if !location.starts_with("http://127.0.0.1") {
            assert_eq!(location, "/deconnecte.html");
            break;
        }
        let url = url::Url::parse(&location).unwrap();
        let hint = url.query_pairs().find(|(name, _)| name == "id_token_hint").unwrap().1.into_owned();
        let issuer = if location.starts_with(PLUS) { PLUS } else { ISSUER };
        asked.push((issuer.to_owned(), hint.split('.').count()));
        let now = world.now;
        let request = emulator::Request::get(&location);
        let second = issuer == PLUS;
        let provider = world.provider(&request, &location);
        let visitor = if second { &mut browser.plus } else { &mut browser.emulator };
        let (_, back) = visitor.open(provider, now, &location);
        let back = back.get("location").unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(&back.body)));
        answer = browser.get(world, back);
    }
    asked
}

#[test]
fn one_logout_ends_what_both_products_began() {
    let mut world = World::both();
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    browser.log_in_for(&mut world, "test", "/prive/sante/");
    // A second one at the same provider takes the place of the first: each is logged out once.
    browser.log_in_for(&mut world, "test", "/prive/notaire/");
    assert_eq!(log_out(&mut browser, &mut world), [(ISSUER.to_owned(), 3), (PLUS.to_owned(), 3)]);
    assert!(!browser.is_logged_in(&mut world));
    assert!(browser.cookies.is_empty(), "{:?}", browser.cookies.keys());
    assert_eq!(world.last_code(), "logout.finished");
}

/// FranceConnect+ forgets a citizen after ten minutes, and may show an error page then: FranceConnect, which would
/// let the next person at this browser in, is logged out before that.
#[test]
fn the_provider_that_still_remembers_is_logged_out_first() {
    let mut world = World::both();
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    world.now = world.now.plus(60);
    browser.log_in_for(&mut world, "test", "/prive/sante/");
    world.now = world.now.plus(700);
    let location = browser.post(&mut world, "/auth/logout").get("location").unwrap().to_owned();
    assert!(location.starts_with(ISSUER));
    let now = world.now;
    let (_, back) = browser.emulator.open(&mut world.emulator, now, &location);
    let second = browser.get(&mut world, back.get("location").unwrap());
    assert!(second.get("location").unwrap().starts_with(PLUS));
    // Nobody is remembered: the next login asks who it is.
    let sent = browser.get(&mut world, "/auth/login?return_to=/prive/");
    let (path, _) = browser.emulator.open(&mut world.emulator, now, sent.get("location").unwrap());
    assert!(!path.ends_with("information"), "{path}");
}

#[test]
fn a_provider_that_has_forgotten_the_citizen_is_not_asked() {
    let mut world = World::both();
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    world.now = world.now.plus(1_500);
    browser.log_in_for(&mut world, "test", "/prive/sante/");
    world.now = world.now.plus(301);
    assert_eq!(browser.get(&mut world, "/prive/").status, 200);
    let location = browser.post(&mut world, "/auth/logout").get("location").unwrap().to_owned();
    assert!(location.starts_with(PLUS));
    let state = url::Url::parse(&location).unwrap();
    let state = state.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let landed = browser.get(&mut world, &format!("/auth/logout/callback?state={state}"));
    assert_eq!(landed.get("location"), Some("/deconnecte.html"));
}

#[test]
fn sessions_of_both_products_fit_into_one_cookie() {
    for account in ["test", "identité_maximale", "nom_50+_caractères"] {
        let mut world = World::both();
        let mut browser = Browser::new();
        browser.log_in(&mut world, account);
        assert_eq!(browser.log_in_for(&mut world, account, "/prive/sante/").status, 303, "{account}");
        let bytes = browser.cookies["fc_session"].len();
        assert!(bytes < 3_900, "{account}: {bytes} bytes");
        println!("{account}: {bytes} bytes of session cookie");
    }
}

#[test]
fn the_longest_identity_of_both_products_fits_into_one_cookie() {
    for (alg, name) in [(Alg::Es256, "ES256"), (Alg::Rs256, "RS256")] {
        let mut variables = both_variables();
        let scopes = "openid profile birth email";
        variables.extend([
            ("PUBLIC_URL", "https://localhost".to_owned()),
            ("FC_ID_TOKEN_ALG", name.to_owned()),
            ("FC_SCOPES", format!("{scopes} idp_birthdate idp_id")),
            ("FC_PLUS_SCOPES", format!("{scopes} rnipp_profile rnipp_birth")),
            ("FC_AMR", "true".to_owned()),
            ("FC_PLUS_AMR", "true".to_owned()),
        ]);
        let (mut world, mut browser) = (World::with(&variables, alg), Browser::new());
        browser.log_in(&mut world, "identité_maximale");
        let landed = browser.log_in_for(&mut world, "identité_maximale", "/prive/sante/");
        assert_eq!((landed.status, world.last_code()), (303, "login.succeeded"));
        let bytes = landed.get("set-cookie").unwrap().len();
        assert!(bytes < 4_000, "{name}: {bytes} bytes");
        println!("{name}: {bytes} bytes, attributes included");
        // Whole: the logout leads to both.
        assert_eq!(log_out(&mut browser, &mut world).len(), 2);
    }
}

#[test]
fn what_franceconnect_fetches_from_us() {
    let mut world = World::both();
    let set = Browser::new().get(&mut world, "/auth/jwks.json");
    assert_eq!((set.status, set.get("content-type")), (200, Some("application/jwk-set+json")));
    assert_eq!(set.get("cache-control"), Some("public, max-age=300"));
    assert!(set.get("set-cookie").is_none());
    let body: Value = serde_json::from_slice(&set.body).unwrap();
    let members: Vec<&str> = body["keys"][0].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, ["alg", "crv", "kid", "kty", "use", "x", "y"]);
    assert_eq!(Browser::new().get(&mut World::new(), "/auth/jwks.json").status, 404);
    assert_eq!(Browser::new().get(&mut world, "/auth/sector-identifier.json").status, 404);
    let mut variables = both_variables();
    let others =
        "https://b.example/auth/callback, https://c.example/fc/retour,https://b.example/auth/callback";
    variables.insert("FC_SECTOR_REDIRECT_URIS", others.to_owned());
    world.config = configure(&variables);
    let sector = Browser::new().get(&mut world, "/auth/sector-identifier.json");
    let body: Value = serde_json::from_slice(&sector.body).unwrap();
    let own = "http://localhost:8787/auth/callback";
    assert_eq!(body, json!([own, "https://b.example/auth/callback", "https://c.example/fc/retour"]));
    assert_eq!(sector.get("content-type"), Some("application/json"));
}

#[test]
fn keys_are_rotated_without_a_login_lost() {
    // Append, promote, drop: FranceConnect+ may have fetched any of the sets up to five minutes ago.
    let steps = [&["ECDH-ES"][..], &["ECDH-ES", "ECDH-ES"]].map(private_keys);
    let reversed = {
        let set: Value = serde_json::from_str(&steps[1]).unwrap();
        let mut keys = set["keys"].as_array().unwrap().clone();
        keys.reverse();
        json!({ "keys": keys }).to_string()
    };
    let last = {
        let set: Value = serde_json::from_str(&reversed).unwrap();
        json!({ "keys": [set["keys"][0]] }).to_string()
    };
    let mut variables = plus_variables();
    variables.insert("FC_PRIVATE_KEYS", steps[0].clone());
    let mut world = World::with(&variables, Alg::Es256);
    for keys in [&steps[0], &steps[1], &reversed, &last] {
        variables.insert("FC_PRIVATE_KEYS", keys.clone());
        world.config = configure(&variables);
        // At once, with the set that FranceConnect+ still keeps, and when it has fetched the new one.
        for pause in [0, 301] {
            world.now = world.now.plus(pause);
            let at = format!("{pause} s after {} characters", keys.len());
            assert_eq!(Browser::new().log_in(&mut world, "test").status, 303, "{at}: {}", world.last_code());
        }
    }
}
