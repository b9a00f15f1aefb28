//! What passes to an origin and what comes back: no identity but ours, no cookie of ours, the judged path.

use std::collections::BTreeMap;

use franceconnect_edge::site::Forward;
use franceconnect_edge::web::{Content, OriginFault, RequestId, origin_failed, wants_body};
use franceconnect_edge::wire::{Header, Method, Request, Response};

use crate::support::conversation::{Browser, World, configure, variables};

const ORIGIN: &str = "http://app.internal:3000";

fn world(more: &[(&'static str, &str)]) -> World {
    let mut variables: BTreeMap<_, _> = variables();
    variables.insert("FC_ORIGIN", ORIGIN.to_owned());
    variables.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
    let mut world = World::new();
    world.config = configure(&variables);
    world
}

fn pass(world: &mut World, request: Request) -> Result<Box<Forward>, Response> {
    match world.visit(request) {
        Content::Forward(forward) => Ok(forward),
        Content::Respond(response) => Err(response),
        Content::File(_) => panic!("a file"),
    }
}

fn get(world: &mut World, browser: &Browser, path: &str) -> Result<Box<Forward>, Response> {
    pass(world, Request::new(Method::Get, path, browser.headers()))
}

fn names(lines: &[(String, String)]) -> Vec<&str> {
    lines.iter().map(|(name, _)| name.as_str()).collect()
}

#[test]
fn the_judged_path_is_the_one_that_is_asked_for() {
    let mut world =
        world(&[("FC_PROTECTED_PATHS", "/prive"), ("FC_ORIGIN_PATHS", "/prive, /app, /caf%C3%A9")]);
    let browser = Browser::new();
    for path in ["/app", "/app/", "/app/a%20b?x=%2F&y=../..&z='", "/caf%C3%A9", "/%61pp/x", "/app/a.b?"] {
        let forward = get(&mut world, &browser, path).unwrap();
        assert_eq!(forward.url(), format!("{ORIGIN}{}", path.trim_end_matches('?')), "{path}");
    }
    for path in [
        "/app/é",
        "/app/{a}",
        "/app/a^b",
        "/app/\"",
        "/app/<a>",
        "/app/`",
        "/app/a%2fb",
        "/app//b",
        "/app/../prive",
    ] {
        let refused = get(&mut world, &browser, path).unwrap_err();
        assert_eq!(refused.status, 400, "{path}");
    }
    assert!(matches!(world.visit(Request::new(Method::Get, "/autre", browser.headers())), Content::File(_)));
}

#[test]
fn no_spelling_of_a_protected_path_reaches_the_origin() {
    let mut world = world(&[("FC_PROTECTED_PATHS", "/"), ("FC_PUBLIC_PATHS", "/ouvert")]);
    for path in [
        "/prive",
        "/PRIVE/",
        "/%70rive",
        "/ouvert/../prive",
        "/ouvert/%2e%2e/prive",
        "/ouvert/..%2fprive",
        "/ouvert%2f..%2fprive",
        "/ouvert//../prive",
        "/ouvert;/../prive",
        "/ouvert/..;/prive",
        "/Ouvert",
        "/ouvert%00",
        "/ouvert%5c..%5cprive",
        "/ouvert\\..\\prive",
        "/ouvert/.",
        "/ouvert.",
        "/ouvert%20",
        "/ouvert%23/../prive",
        "/ouvert%3f",
        "/%6Fuvert%2e%2e",
        "//ouvert",
        "/ouvert%252e%252e/prive",
        "/ouvertX",
    ] {
        for method in [Method::Get, Method::Head, Method::Post, Method::Other, Method::Trace] {
            let request = Request::new(method, path, Browser::new().headers());
            let answer =
                pass(&mut world, request).err().unwrap_or_else(|| panic!("{method:?} {path} passed"));
            assert!(matches!(answer.status, 303 | 400 | 401 | 405), "{path}: {}", answer.status);
        }
    }
    // What a client writes into other headers is no path.
    for method in [Method::Get, Method::Other] {
        assert!(pass(&mut world, Request::new(method, "/ouvert/x", Browser::new().headers())).is_ok());
    }
}

#[test]
fn nobody_but_the_gate_says_who_is_here() {
    let mut world = world(&[("FC_PUBLIC_PATHS", "/prive/ouvert"), ("FC_OPTIONAL_PATHS", "/peut-etre")]);
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    let cookies = browser.headers().get(Header::Cookie).unwrap().to_owned();
    let given = [
        ("FC-Assertion", "x"),
        ("fc_assertion", "x"),
        ("Fc-User", "x"),
        ("FC_User", "x"),
        ("Forwarded", "for=x"),
        ("X-Forwarded-For", "x"),
        ("X_Forwarded_Host", "evil.example"),
        ("x-forwarded-host", "evil.example"),
        ("X-Original-URL", "/"),
        ("X-Rewrite-URL", "/"),
        ("X_Real_IP", "x"),
        ("Spin-Full-Url", "x"),
        ("Connection", "keep-alive, X-Hop"),
        ("X-Hop", "x"),
        ("x_hop", "x"),
        ("Transfer-Encoding", "chunked"),
        ("TE", "trailers"),
        ("Upgrade", "h2c"),
        ("Proxy-Authorization", "x"),
        ("Host", "evil.example"),
        ("Expect", "100-continue"),
        ("Cookie", "a=b; __host-FC_SESSION=x;fc_flow_1=y ; c=d"),
        ("Cookie", cookies.as_str()),
        ("Accept", "text/html"),
        ("Authorization", "Bearer app"),
        ("Content-Length", "3"),
    ];
    for path in ["/ouvert", "/prive", "/prive/ouvert", "/peut-etre"] {
        for method in [Method::Get, Method::Post, Method::Other] {
            let mut headers = browser.headers();
            headers.set(Header::Connection, Some("keep-alive, X-Hop".to_owned()));
            let forward = pass(&mut world, Request::new(method, path, headers)).unwrap();
            let lines = forward.request_headers(given);
            let expected = [
                "cookie",
                "accept",
                "authorization",
                "content-length",
                "x-forwarded-host",
                "x-forwarded-proto",
            ];
            assert_eq!(names(&lines), expected, "{path}");
            assert_eq!(lines[0].1, "a=b; c=d");
            assert_eq!((lines[4].1.as_str(), lines[5].1.as_str()), ("localhost:8787", "http"));
        }
    }
}

#[test]
fn an_answer_touches_nothing_of_ours_and_is_kept_by_no_shared_cache() {
    let mut world = world(&[("FC_OPTIONAL_PATHS", "/peut-etre")]);
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    let value = |lines: &[(String, String)], name: &str| -> Vec<String> {
        lines.iter().filter(|(known, _)| known == name).map(|(_, value)| value.clone()).collect()
    };
    for (path, public) in [("/ouvert", true), ("/prive", false), ("/peut-etre", false)] {
        let forward = get(&mut world, &browser, path).unwrap();
        let answer =
            |name: &str, given: &str| value(&forward.response_headers([(name, given)], world.now), name);
        for cookie in [
            "fc_session=x; Path=/",
            "__Host-fc_session=x",
            "__HOST-FC_Session=x",
            "__Secure-fc_flow_a=x",
            " fc_logout =x",
            "=fc_session=x",
            "fc_session",
            "fc_assertion=",
        ] {
            assert_eq!(answer("set-cookie", cookie), [""; 0], "{cookie}");
        }
        assert_eq!(answer("set-cookie", "app=1; HttpOnly"), ["app=1; HttpOnly"]);
        for name in
            ["clear-site-data", "alt-svc", "connection", "keep-alive", "fc-assertion", "transfer-encoding"]
        {
            assert_eq!(answer(name, "x"), [""; 0], "{name}");
        }
        for (given, kept) in [
            ("private", true),
            ("no-store", true),
            ("private, max-age=60", true),
            ("Private", true),
            ("public, max-age=60", false),
            ("max-age=60", false),
            ("private, s-maxage=60", false),
            ("no-store, public", false),
            ("private=\"set-cookie\", max-age=9", false),
            // What stands in quotes is another header's name, or a text with a comma and a word in it.
            ("private, community=\"x\"", false),
            ("max-age=9, x=\"y, private\", z=\"no-store, a\"", false),
            ("no-cache=\"x-user, no-store, x\", max-age=9", false),
            // A cache that understands the status may keep it all the same.
            ("no-store, must-understand", false),
            ("Must-Understand, NO-STORE", false),
            ("no-store, must-revalidate", true),
        ] {
            let expected = if kept || public { given } else { "private, no-store" };
            assert_eq!(answer("cache-control", given), [expected], "{path} {given}");
        }
        let bare = value(
            &forward.response_headers([("cdn-cache-control", "max-age=9")], world.now),
            "cache-control",
        );
        assert_eq!(bare, if public { vec![] } else { vec!["private, no-store"] });
        for name in [
            "cdn-cache-control",
            "Cloudflare-CDN-Cache-Control",
            "surrogate-control",
            "edge-control",
            "x-accel-expires",
            "expires",
            "pragma",
        ] {
            let passed = forward.response_headers([(name, "max-age=9")], world.now);
            assert_eq!(names(&passed).contains(&name.to_ascii_lowercase().as_str()), public, "{path} {name}");
        }
        // What is said to be of this hop goes no further, and what it said does not count.
        for connection in ["cache-control", "close, Cache-Control", "cache_control"] {
            let given = [("cache-control", "private"), ("connection", connection)];
            let passed = value(&forward.response_headers(given, world.now), "cache-control");
            assert_eq!(
                passed,
                if public { vec![] } else { vec!["private, no-store"] },
                "{path} {connection}"
            );
        }
        for (given, expected) in [
            ("http://app.internal:3000/x?y#z", "http://localhost:8787/x?y#z"),
            ("//app.internal:3000/x", "http://localhost:8787/x"),
            ("HTTP://APP.internal:3000", "http://localhost:8787/"),
            ("http://app.internal/x", "http://app.internal/x"),
            ("https://autre.example/", "https://autre.example/"),
            ("/x", "/x"),
            ("x?http://app.internal:3000/", "x?http://app.internal:3000/"),
        ] {
            assert_eq!(answer("location", given), [expected]);
        }
    }
}

#[test]
fn a_session_is_renewed_on_the_way() {
    let mut world = world(&[("FC_OPTIONAL_PATHS", "/peut-etre")]);
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    world.now = world.now.plus(600);
    for (path, renewed) in [("/ouvert", false), ("/prive", true), ("/peut-etre", true)] {
        let forward = get(&mut world, &browser, path).unwrap();
        let lines = forward.response_headers([], world.now);
        assert_eq!(names(&lines).contains(&"set-cookie"), renewed, "{path}");
    }
    // Somebody or nobody: an optional path is nobody's secret and never asks for a login.
    assert!(get(&mut world, &Browser::new(), "/peut-etre").is_ok());
    assert_eq!(get(&mut world, &Browser::new(), "/prive").unwrap_err().status, 303);
}

/// Who logged out while the origin pondered stays out, and who is active stays in, however long it ponders.
#[test]
fn a_late_answer_renews_no_session_that_has_time() {
    let mut world = world(&[]);
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    let half = 1_800 / 2;
    for (idle, took, renewed) in [
        (100, 0, false),
        (600, 0, true),
        (600, 2, true),
        (600, 3, false),
        (half - 1, 3, false),
        (half, 3, true),
        (half, 300, true),
        (1_799, 30, true),
    ] {
        let now = world.now.plus(idle);
        let before = std::mem::replace(&mut world.now, now);
        // Neither what asked nor how: single-page sites only fetch.
        for mode in ["navigate", "cors", "no-cors"] {
            let mut headers = browser.headers();
            headers.set(Header::SecFetchMode, Some(mode.to_owned()));
            let forward = pass(&mut world, Request::new(Method::Get, "/prive", headers)).unwrap();
            let lines = forward.response_headers([], now.plus(took));
            assert_eq!(names(&lines).contains(&"set-cookie"), renewed, "{mode}: {idle}, {took}");
        }
        world.now = before;
    }
    // All that this person's page asks takes half a minute.
    for _ in 0..100 {
        world.now = world.now.plus(200);
        let forward = get(&mut world, &browser, "/prive").unwrap();
        let lines = forward.response_headers([], world.now.plus(30));
        let cookie = lines.iter().find(|(name, _)| name == "set-cookie").map(|(_, value)| value);
        if let Some(renewed) = cookie.and_then(|cookie| cookie.split(['=', ';']).nth(1)) {
            browser.cookies.insert("fc_session".to_owned(), renewed.to_owned());
        }
    }
}

#[test]
fn a_form_without_a_session_is_not_lost() {
    let mut world = world(&[]);
    let rows = [
        ("navigate", "same-origin", 401, true),
        ("navigate", "none", 401, true),
        ("navigate", "cross-site", 403, false),
        ("cors", "same-origin", 401, false),
    ];
    for (mode, site, status, link) in rows {
        let mut headers = Browser::new().headers();
        headers.set(Header::SecFetchMode, Some(mode.to_owned()));
        headers.set(Header::SecFetchSite, Some(site.to_owned()));
        let answer = pass(&mut world, Request::new(Method::Post, "/prive/envoi", headers)).unwrap_err();
        let text = String::from_utf8(answer.body.clone()).unwrap();
        assert_eq!(answer.status, status, "{mode} {site}");
        let found = text
            .contains("href=\"/auth/login?return_to=%2Fauth%2Fprofile\" target=\"_blank\" rel=\"noopener\"");
        assert_eq!(found, link, "{mode} {site}: {text}");
        assert_eq!(answer.get("cache-control"), Some("private, no-store"));
    }
}

#[test]
fn bodies_are_read_for_our_own_routes_only() {
    let world = world(&[]);
    for (method, path, ours) in [
        (Method::Post, "/auth/logout", true),
        (Method::Post, "/auth/x", true),
        (Method::Post, "/prive", false),
        (Method::Post, "/", false),
        (Method::Other, "/auth/logout", false),
        (Method::Get, "/auth/logout", false),
    ] {
        let request = Request::new(method, path, Browser::new().headers());
        assert_eq!(wants_body(&world.config, &request), ours, "{method:?} {path}");
    }
}

#[test]
fn a_socket_is_opened_by_pages_of_this_site_only() {
    let mut world = world(&[]);
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    world.now = world.now.plus(1_000);
    for (path, origin, site, passes) in [
        ("/prive/ws", Some("http://localhost:8787"), None, true),
        ("/prive/ws", Some("https://evil.example"), None, false),
        ("/prive/ws", None, None, false),
        ("/prive/ws", Some("http://localhost:8787"), Some("same-site"), false),
        ("/prive/ws", None, Some("same-origin"), true),
        ("/ouvert/ws", Some("https://evil.example"), None, true),
    ] {
        let mut headers = browser.headers();
        headers.set(Header::Upgrade, Some("WebSocket".to_owned()));
        headers.set(Header::Origin, origin.map(str::to_owned));
        headers.set(Header::SecFetchSite, site.map(str::to_owned));
        let passed = pass(&mut world, Request::new(Method::Get, path, headers));
        assert_eq!(
            passed.as_ref().map_err(|answer| answer.status).is_ok(),
            passes,
            "{path} {origin:?} {site:?}"
        );
        if let Ok(forward) = passed {
            assert!(forward.is_websocket());
            let lasts = forward.lasts().map(|lasts| lasts.as_secs());
            assert_eq!(lasts, path.starts_with("/prive").then_some(28_800 - 1_000), "{path}");
        }
    }
}

#[test]
fn an_origin_that_does_not_answer_costs_no_session() {
    let mut world = world(&[]);
    let mut browser = Browser::new();
    browser.log_in(&mut world, "test");
    let forward = get(&mut world, &browser, "/prive").unwrap();
    for (fault, status, code) in [
        (OriginFault::Unreachable, 502, "origin.unreachable"),
        (OriginFault::Timeout, 504, "origin.timeout"),
        (OriginFault::Unsupported, 501, "origin.unsupported"),
    ] {
        let reply = origin_failed(&world.config, &forward, RequestId::default(), fault);
        let Content::Respond(answer) = reply.content else { panic!("no page") };
        assert_eq!((answer.status, answer.get("set-cookie")), (status, None));
        assert_eq!(reply.events[0].code, code);
    }
}
