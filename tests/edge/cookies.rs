//! Cookies that are not as we sent them: bent, cut, doubled, of another kind, of another service.

use franceconnect_edge::emulator::Product;

use crate::browser::Browser;
use crate::http::Answer;
use crate::platform::Platform;
use crate::world::{OTHER_KEY, World};

/// Asks for the session with just these cookies.
fn session_with(browser: &Browser, cookies: &str) -> Answer {
    let mut browser = browser.clone();
    let request = browser.request("GET", "/auth/session").with("cookie", cookies);
    browser.send(request)
}

pub fn a_bent_or_cut_session_is_none(world: &World) {
    let mut browser = world.browser();
    browser.log_in("test");
    let good = browser.session();
    assert_eq!(session_with(&browser, &format!("fc_session={good}")).status, 200);
    for at in (0..good.len()).step_by(good.len() / 24) {
        let mut bent = good.clone().into_bytes();
        bent[at] = if bent[at] == b'A' { b'B' } else { b'A' };
        let bent = String::from_utf8(bent).unwrap();
        assert_eq!(session_with(&browser, &format!("fc_session={bent}")).status, 401, "bent at {at}");
        assert_eq!(session_with(&browser, &format!("fc_session={}", &good[..at])).status, 401, "cut at {at}");
    }
    for text in [
        format!("{good}="),
        format!("{good}A"),
        format!(" {good}x"),
        good.repeat(2),
        String::new(),
        "1.".repeat(2000),
    ] {
        assert_eq!(session_with(&browser, &format!("fc_session={text}")).status, 401, "{text}");
    }
}

pub fn of_two_sessions_none_is_believed(world: &World) {
    let (mut one, mut other) = (world.browser(), world.browser());
    one.log_in("test");
    other.log_in("avec_nom_dusage");
    let both = format!("fc_session={}; fc_session={}", one.session(), other.session());
    assert_eq!(session_with(&one, &both).status, 401);
    let mut browser = world.browser();
    let request = browser.request("GET", "/prive/").with("cookie", both);
    assert_eq!(browser.send(request).status, 400, "no redirect, which would loop");
    // On two lines, as no browser sends them. workerd joins lines with a comma, which makes one bent session.
    let request = browser.request("GET", "/prive/").with("cookie", format!("fc_session={}", one.session()));
    let answer = browser.send(request.with("cookie", format!("fc_session={}", other.session())));
    let expected = if world.platform == Platform::Cloudflare { 303 } else { 400 };
    assert_eq!(answer.status, expected);
}

pub fn strangers_cookies_hide_nothing(world: &World) {
    let mut browser = world.browser();
    browser.log_in("test");
    let session = browser.session();
    for strangers in ["a=b; c", "=; ;;", "fc_session_=x; xfc_session=y", "é=è", "a=\"b; c\"", "FC_SESSION=z"]
    {
        let cookies = format!("{strangers}; fc_session={session}; z={strangers}");
        assert_eq!(session_with(&browser, &cookies).status, 200, "{strangers}");
    }
    let many: String = (0..150).map(|i| format!("stranger{i}={i}; ")).collect();
    assert_eq!(session_with(&browser, &format!("{many}fc_session={session}")).status, 200);
}

pub fn one_kind_of_cookie_is_not_another(world: &World) {
    let mut browser = world.browser();
    browser.get("/auth/login");
    let flow = browser.cookies().values().next().unwrap().clone();
    assert_eq!(session_with(&browser, &format!("fc_session={flow}")).status, 401);
    let callback = browser.authorize("test", "/prive/");
    let mut other = world.browser();
    other.log_in("test");
    let session = other.session();
    browser.cookies().values_mut().for_each(|value| value.clone_from(&session));
    assert_eq!(browser.get(&callback).status, 400, "a session in the place of the login's cookie");
    assert!(!browser.is_logged_in());
}

pub fn a_session_of_another_service_is_none(platform: Platform) {
    let world = World::with(platform, "ES256", |variables| {
        variables.insert("FC_SESSION_KEYS", OTHER_KEY.to_owned());
    });
    let mut there = world.browser();
    there.log_in("test");
    let shared = World::shared(platform);
    let mut here = shared.browser();
    here.log_in("test");
    let (of_there, of_here) = (there.session(), here.session());
    for (browser, cookie) in [(&here, of_there), (&there, of_here)] {
        assert_eq!(session_with(browser, &format!("fc_session={cookie}")).status, 401);
    }
}

/// A session that took the place of another product's holds both ID Tokens, for the logout. With everything that can
/// be asked about the person with the longest identity it is the largest there is.
pub fn the_largest_session_fits_with_both_logins_remembered(platform: Platform) {
    // What the name and the attributes are longer by on https.
    const HTTPS: usize = "__Host-; Secure".len();
    for alg in ["ES256", "RS256"] {
        let world = World::both(platform, alg, |variables| {
            let all = "openid profile birth email";
            variables.insert("FC_SCOPES", format!("{all} idp_birthdate idp_id"));
            variables.insert("FC_PLUS_SCOPES", format!("{all} rnipp_identite_pivot"));
        });
        let mut browser = world.browser();
        browser.log_in_for("identité_maximale", "/prive/");
        let callback = browser.authorize("identité_maximale", "/prive/notaire/");
        let landed = browser.get(&callback);
        let set = landed.all("set-cookie").into_iter().find(|cookie| cookie.starts_with("fc_session="));
        let size = set.map(str::len).unwrap_or_else(|| panic!("{alg}: {}", landed.text())) + HTTPS;
        assert!(size < 4096, "{alg}: a session cookie of {size} bytes");
        assert_eq!(browser.told()["acr"], "eidas3");
        let left = browser.post("/auth/logout", "");
        let begun = left.all("set-cookie").into_iter().find(|cookie| cookie.starts_with("fc_logout="));
        let kept = begun.map(str::len).unwrap_or_else(|| panic!("{alg}: {left:?}")) + HTTPS;
        assert!(kept < 4096, "{alg}: a logout cookie of {kept} bytes");
        println!("{}, {alg}: a session cookie of {size} bytes, a logout cookie of {kept}", platform.name());
        let back = browser.walk(left.location(), "");
        // The first login is remembered and ended first, then the one of the session.
        assert!(left.location().starts_with(&format!("{}/session/end?", world.emulator().issuer)), "{alg}");
        let second = format!("{}/session/end?", world.emulator().issuer_of(Product::Plus));
        assert!(browser.get(&back).location().starts_with(&second), "{alg}: the second logout follows");
    }
}
