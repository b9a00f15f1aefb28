//! The gate: no spelling of a protected path, no method and no header gets a byte of the page without a
//! session; addresses come from the configuration only.

use crate::http::{Answer, Request};
use crate::world::World;

/// A line that only the protected page has.
const PRIVATE: &str = "Inscriptions de l’année";

/// Spellings of the protected page, as the socket gets them.
const SPELLINGS: [&str; 38] = [
    "/prive",
    "/prive/",
    "/prive/index.html",
    "/prive/index",
    "/prive.html",
    "/PRIVE/",
    "/Prive/Index.HTML",
    "/%70rive/",
    "/%70rive/index%2ehtml",
    "/prive/a/b.pdf",
    "/prive%2Findex.html",
    "/prive%2f",
    "/./prive/",
    "/x/../prive/",
    "/%2e/prive/",
    "/x/%2e%2e/prive/",
    "//prive/",
    "/prive//",
    "/prive//index.html",
    "/prive;x/",
    "/prive/index.html;x",
    "/prive.",
    "/prive./",
    "/prive%20/",
    "/prive/index.html%20",
    "/prive%00",
    "/prive/index.html%00",
    "/prive%2500/",
    "/%2570rive/",
    "/prive%5cindex.html",
    "/prive\\index.html",
    "/prive%3F",
    "/prive%23",
    "/prive/.",
    "/prive/%2e/index.html",
    "/prive/index.html/",
    "/prive:x",
    "/prive/%c0%af",
];

fn assert_kept(answer: &Answer, what: &str) {
    assert!(!answer.text().contains(PRIVATE), "{what}: the protected page, with {}", answer.status);
    assert!(!matches!(answer.status, 200..=299 | 304), "{what}: {}", answer.status);
    assert!(answer.status < 500 || answer.status == 501, "{what}: {}", answer.status);
}

pub fn no_spelling_of_a_protected_path_gets_a_byte(world: &World) {
    assert!(String::from_utf8(crate::site("prive/index.html")).unwrap().contains(PRIVATE));
    for path in SPELLINGS {
        for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PROPFIND", "get"] {
            let mut browser = world.browser();
            let request = browser.request(method, path).with("content-length", "0");
            assert_kept(&browser.send(request), &format!("{method} {path}"));
        }
    }
}

pub fn no_header_gets_a_byte(world: &World) {
    let etag = {
        let mut browser = world.browser();
        browser.log_in("test");
        browser.get("/prive/").get("etag").map(str::to_owned)
    };
    let etag = etag.unwrap_or_else(|| "*".to_owned());
    let public = format!("{}/", world.site);
    for (name, value) in [
        ("if-none-match", etag.as_str()),
        ("if-none-match", "*"),
        ("if-modified-since", "Fri, 01 Jan 2100 00:00:00 GMT"),
        ("range", "bytes=0-99"),
        ("x-original-url", "/"),
        ("x-rewrite-url", "/"),
        ("x-forwarded-uri", "/"),
        ("x-http-method-override", "HEAD"),
        ("spin-full-url", public.as_str()),
        ("spin-path-info", "/"),
        ("cf-connecting-ip", "127.0.0.1"),
        ("authorization", "Bearer x"),
        ("cookie", "fc_session=x"),
        ("host", "evil.example"),
    ] {
        let mut browser = world.browser();
        let request = browser.request("GET", "/prive/").with(name, value);
        assert_kept(&browser.send(request), &format!("{name}: {value}"));
    }
}

pub fn people_get_the_login_and_scripts_401(world: &World) {
    let document = [("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
    let frame = [("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")];
    let script = [("sec-fetch-mode", "cors"), ("sec-fetch-dest", "empty"), ("accept", "text/html")];
    let image = [("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")];
    for (who, headers, status) in [
        ("navigation", document.as_slice(), 303),
        ("frame", &frame, 401),
        ("fetch", &script, 401),
        ("image", &image, 401),
        ("old browser", &[("accept", "text/html,*/*")], 303),
        ("curl", &[("accept", "*/*")], 401),
    ] {
        let request = Request::new("GET", format!("{}/prive/?a=b", world.site));
        let request = headers.iter().fold(request, |request, (name, value)| request.with(name, *value));
        let answer = world.browser().send(request);
        assert_eq!(answer.status, status, "{who}");
        assert_eq!(answer.get("cache-control"), Some("private, no-store"), "{who}");
        if status == 401 {
            assert_eq!(answer.json()["login"], "/auth/login?return_to=%2Fprive%2F%3Fa%3Db", "{who}");
        }
    }
}

pub fn returns_stay_on_the_site(world: &World) {
    for asked in [
        "%2F%2Fevil.example",
        "%2F%5Cevil.example",
        "https%3A%2F%2Fevil.example%2F",
        "%2F%09%2Fevil.example",
        "%2F..%2F%2Fevil.example",
        "javascript%3Aalert(1)",
        "%2Fauth%2Flogin",
        "%2FAUTH%2Flogout",
        "%2F%0D%0ASet-Cookie%3A%20x%3Dy",
        "%2Fx%2F..%2Fauth%2Flogout",
        "%EF%BC%8Fevil.example",
    ] {
        let mut browser = world.browser();
        let callback = browser.authorize("test", asked);
        let landed = browser.get(&callback);
        assert_eq!((landed.status, landed.location()), (303, "/"), "{asked}");
    }
}

pub fn addresses_come_from_the_configuration_only(world: &World) {
    let authority = world.site.strip_prefix("http://").unwrap();
    for host in ["evil.example", "localhost.evil.example:8787"] {
        for path in ["/auth/login", "/", "/prive/"] {
            let mut browser = world.browser();
            let request = browser.request("GET", path).with("host", host).with("x-forwarded-host", host);
            let answer = browser.send(request);
            assert_eq!((answer.status, answer.get("location")), (421, None), "{host}{path}");
            assert!(!answer.text().contains("evil"), "{host}{path}");
        }
    }
    // Another name of the loopback has other cookies, so visitors are sent to the right one.
    for host in [authority.replace("localhost", "127.0.0.1"), authority.replace("localhost", "[::1]")] {
        let mut browser = world.browser();
        let request = browser.request("GET", "/a?b").with("host", &host);
        let answer = browser.send(request);
        assert_eq!(
            (answer.status, answer.location()),
            (307, format!("{}/a?b", world.site).as_str()),
            "{host}"
        );
    }
}

pub fn our_prefix_is_never_looked_for_on_the_site(world: &World) {
    for path in ["/auth", "/auth/", "/auth/x", "/auth/login/", "/auth/LOGIN", "/auth/style.css/"] {
        assert_eq!(world.browser().get(path).status, 404, "{path}");
    }
    // A level that nobody here gives is no reason to send anybody anywhere.
    for level in ["eidas2", "eidas3", "eidas9", "EIDAS1", "eidas1%20eidas2"] {
        let answer = world.browser().get(&format!("/auth/login?acr_values={level}"));
        assert_eq!((answer.status, answer.get("location")), (400, None), "{level}");
    }
    for (method, path, allow) in [
        ("POST", "/auth/login", "GET"),
        ("HEAD", "/auth/callback", "GET"),
        ("POST", "/auth/callback", "GET"),
        ("PUT", "/auth/logout", "GET, POST"),
        ("POST", "/auth/session", "GET"),
        ("POST", "/index.html", "GET, HEAD"),
    ] {
        let mut browser = world.browser();
        let request = browser.request(method, path).with("content-length", "0");
        let answer = browser.send(request);
        assert_eq!((answer.status, answer.get("allow")), (405, Some(allow)), "{method} {path}");
    }
}
