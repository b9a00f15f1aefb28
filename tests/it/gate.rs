//! The gate: no spelling of a protected path gets a byte without a session, and no return leads elsewhere.

use franceconnect_edge::emulator::Alg;
use franceconnect_edge::site::{Protected, ReturnPath, SitePath};
use franceconnect_edge::web::Content;
use franceconnect_edge::wire::{Header, Method, Request};

use crate::support::conversation::{Browser, World, configure, variables};

#[test]
fn spellings_of_a_protected_path() {
    let mut world = World::new();
    let paths = [
        "/prive",
        "/prive/",
        "/prive/index.html",
        "/prive/index",
        "/prive.html",
        "/PRIVE/",
        "/Prive.HTML",
        "/%70rive/",
        "/prive/a/b.pdf",
        "/prive%2Findex.html",
        "/prive%2f",
        "/./prive/",
        "/x/../prive/",
        "/%2e/prive/",
        "/x/%2e%2e/prive/",
        "//prive/",
        "/prive//",
        "/prive;x",
        "/prive;x/",
        "/prive.",
        "/prive./",
        "/prive%20",
        "/prive%00",
        "/prive%2500/",
        "/%2570rive/",
        "/prive%5c",
        "/prive\\",
        "/prive%3F",
        "/prive%23",
        "/prive/.",
        "/prive/%2e",
        "/pri%76e/index.html",
        "/prive/index.html/",
        "/prive:x",
        "/prive/%c0%af",
    ];
    for path in paths {
        for method in [Method::Get, Method::Head, Method::Post, Method::Other] {
            let mut browser = Browser::new();
            let request = Request::new(method, path, browser.headers());
            let answer = browser.send(&mut world, request);
            assert_ne!(answer.status / 100, 2, "{method:?} {path}");
            assert!(!answer.body.starts_with(b"<file"), "{path}");
        }
    }
}

#[test]
fn what_is_not_protected_is_public() {
    let mut world = World::new();
    for path in
        ["/", "/index.html", "/privee/", "/prive-public.html", "/a/prive/", "/style.css", "/x?prive=/prive/"]
    {
        let answer = Browser::new().get(&mut world, path);
        assert_eq!((answer.status, answer.get("set-cookie")), (200, None), "{path}");
        assert_eq!(answer.get("cache-control"), Some("public, max-age=0, must-revalidate"));
    }
    let mut variables = variables();
    variables.insert("FC_PROTECTED_PATHS", "/".to_owned());
    world.config = configure(&variables);
    for path in ["/", "/index.html", "/style.css", "/.well-known/x"] {
        assert_eq!(Browser::new().get(&mut world, path).status, 303, "{path}");
    }
    assert_eq!(Browser::new().get(&mut world, "/auth/style.css").status, 200, "our own pages stay reachable");
}

#[test]
fn scripts_get_401_and_people_the_login() {
    let mut world = World::new();
    type Row<'a> = (&'a str, Method, Option<&'a str>, Option<&'a str>, Option<&'a str>, u16);
    let rows: [Row<'_>; 8] = [
        ("navigation", Method::Get, Some("navigate"), Some("document"), None, 303),
        ("frame", Method::Get, Some("navigate"), Some("iframe"), None, 401),
        ("fetch", Method::Get, Some("cors"), Some("empty"), Some("text/html"), 401),
        ("image", Method::Get, Some("no-cors"), Some("image"), None, 401),
        ("old browser", Method::Get, None, None, Some("text/html,*/*"), 303),
        ("old script", Method::Get, None, None, Some("application/json"), 401),
        ("curl", Method::Get, None, None, Some("*/*"), 401),
        ("head", Method::Head, Some("navigate"), Some("document"), None, 401),
    ];
    for (who, method, mode, dest, accept, status) in rows {
        let mut browser = Browser::new();
        let mut headers = browser.headers();
        headers.set(Header::SecFetchMode, mode.map(str::to_owned));
        headers.set(Header::SecFetchDest, dest.map(str::to_owned));
        headers.set(Header::Accept, accept.map(str::to_owned));
        let answer = browser.send(&mut world, Request::new(method, "/prive/?a=b", headers));
        assert_eq!(answer.status, status, "{who}");
        assert_eq!(answer.get("cache-control"), Some("private, no-store"), "{who}");
        if status == 401 {
            let body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
            assert_eq!(body["login"], "/auth/login?return_to=%2Fprive%2F%3Fa%3Db", "{who}");
        }
    }
}

#[test]
fn returns_stay_on_the_site() {
    let long = format!("/{}", "a".repeat(8_000));
    let rows: &[(&str, Option<&str>)] = &[
        ("/", Some("/")),
        ("/prive/?x=1&y=%2F", Some("/prive/?x=1&y=%2F")),
        ("/privé/", Some("/priv%C3%A9/")),
        ("/a#fragment", Some("/a")),
        ("/auth/profile", Some("/auth/profile")),
        ("/authority", Some("/authority")),
        ("", None),
        ("prive", None),
        ("//evil.example", None),
        ("/\\evil.example", None),
        ("\\\\evil.example", None),
        ("/\t/evil.example", None),
        ("/\r\nSet-Cookie: x=y", None),
        ("https:evil.example", None),
        ("https://evil.example/", None),
        ("//e@h", None),
        ("/..//evil.example", None),
        ("/.//evil.example", None),
        ("/a/../..//evil.example", None),
        ("/%2e%2e//evil.example", None),
        ("/%5cevil.example", None),
        ("/%2f/evil.example", None),
        ("javascript:alert(1)", None),
        ("/auth/login", None),
        ("/auth/logout?x", None),
        ("/auth", None),
        ("/AUTH/logout", None),
        ("/x/../auth/logout", None),
        ("／evil.example", None),
        (&long, None),
    ];
    for (asked, expected) in rows {
        let path = ReturnPath::parse(asked, "/auth");
        assert_eq!(path.as_ref().map(ReturnPath::as_str), *expected, "{}", &asked[..asked.len().min(60)]);
        // What is refused leads to the front page, through the whole login.
        let mut world = World::new();
        let encoded = franceconnect_edge::wire::params::encode(asked);
        let mut browser = Browser::new();
        let callback = browser.authorize(&mut world, "test", &encoded);
        let landed = browser.get(&mut world, &callback);
        assert_eq!(
            landed.get("location"),
            Some(expected.unwrap_or("/")),
            "{}",
            &asked[..asked.len().min(60)]
        );
    }
}

#[test]
fn addresses_come_from_the_configuration_only() {
    let mut world = World::new();
    for host in ["evil.example", "localhost:8787.evil.example", "evil.example@localhost:8787"] {
        for target in ["/auth/login", "/", "/prive/"] {
            let mut browser = Browser::new();
            let mut headers = browser.headers();
            headers.set(Header::Host, Some(host.to_owned()));
            let answer = browser.send(&mut world, Request::new(Method::Get, target, headers));
            assert_eq!(
                (answer.status, answer.get("location")),
                (421, None),
                "{host}{target}: not of this machine"
            );
        }
    }
    let mut public = variables();
    public.extend([("PUBLIC_URL", "https://service.example".to_owned()), ("FC_ISSUER", String::new())]);
    public.insert("FC_ENVIRONMENT", "sandbox".to_owned());
    let mut deployed = World::with(&public, Alg::Es256);
    // Another name of a public site: one hop, and never twice where a proxy rewrites the name.
    for (target, expected) in [
        ("/auth/login?return_to=/a", "https://service.example/auth/login?return_to=%2Fa&hop=1"),
        ("/auth/login?return_to=//evil", "https://service.example/auth/login?return_to=%2F&hop=1"),
        ("/auth/login?return_to=/a&hop=1", "https://fcp-low.sbx.dev-franceconnect.fr/api/v2/authorize?"),
    ] {
        let mut browser = Browser::new();
        let mut headers = browser.headers();
        headers.set(Header::Host, Some("evil.example".to_owned()));
        let answer = browser.send(&mut deployed, Request::new(Method::Get, target, headers));
        let location = answer.get("location").unwrap();
        assert!(location.starts_with(expected) && !location.contains("evil"), "{location}");
    }
    for host in ["127.0.0.1:8787", "[::1]:8787", "localhost:9999", "127.1.2.3"] {
        let mut browser = Browser::new();
        let mut headers = browser.headers();
        headers.set(Header::Host, Some(host.to_owned()));
        let answer = browser.send(&mut world, Request::new(Method::Get, "/a?b", headers));
        assert_eq!(
            (answer.status, answer.get("location")),
            (307, Some("http://localhost:8787/a?b")),
            "{host}"
        );
    }
}

#[test]
fn our_prefix_is_never_looked_for_on_the_site() {
    let mut world = World::new();
    for path in [
        "/auth",
        "/auth/",
        "/auth/x",
        "/auth/login/",
        "/auth/LOGIN",
        "/auth/../index.html",
        "/auth/style.css/",
    ] {
        let browser = Browser::new();
        let content = world.visit(Request::new(Method::Get, path, browser.headers()));
        let Content::Respond(answer) = content else { panic!("{path} is a file") };
        assert!(matches!(answer.status, 404 | 400), "{path}: {}", answer.status);
    }
    for (method, path, allow) in [
        (Method::Post, "/auth/login", "GET"),
        (Method::Head, "/auth/callback", "GET"),
        (Method::Post, "/auth/callback", "GET"),
        (Method::Other, "/auth/logout", "GET, POST"),
        (Method::Post, "/auth/session", "GET"),
        (Method::Post, "/index.html", "GET, HEAD"),
    ] {
        let mut browser = Browser::new();
        let request = Request::new(method, path, browser.headers());
        let answer = browser.send(&mut world, request);
        assert_eq!((answer.status, answer.get("allow")), (405, Some(allow)), "{path}");
    }
}

#[test]
fn rules_protect_pages_by_all_their_names() {
    let covers =
        |rules: &str, path: &str| Protected::parse(rules).unwrap().covers(&SitePath::parse(path).unwrap());
    for (rules, path, covered) in [
        ("/a", "/a", true),
        ("/a", "/a.html", true),
        ("/a", "/a/", true),
        ("/a", "/a/b", true),
        ("/a", "/ab", false),
        ("/a", "/ab.html", false),
        ("/a/*", "/a", true),
        ("/a.html", "/a", true),
        ("/a/index.html", "/a/", true),
        ("/a/index.html", "/a/b", true),
        ("/a/b, /c", "/a/", false),
        ("/a/b, /c", "/c/d", true),
        ("/index.html", "/x", true),
        ("/caf%C3%A9", "/caf%C3%A9/", true),
        ("/café", "/caf%c3%a9.html", true),
        ("/priv%65", "/prive", true),
        ("/a%20b", "/a%20b/c", true),
        ("/foo.html", "/foo.html/x.pdf", true),
        ("/foo.html/*", "/foo", true),
        ("", "/x", false),
    ] {
        assert_eq!(covers(rules, path), covered, "{rules} {path}");
    }
}
