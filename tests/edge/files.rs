//! The site's files: the same answers on every platform, whoever finds them there.

use std::collections::BTreeMap;

use crate::http::Answer;
use crate::platform::Platform;
use crate::world::World;

const PUBLIC: &str = "public, max-age=0, must-revalidate";

fn get(world: &World, path: &str) -> Answer {
    world.browser().get(path)
}

pub fn a_path_finds_its_file_its_page_or_its_index(world: &World) {
    for (path, file, media_type) in [
        ("/", "index.html", "text/html; charset=utf-8"),
        ("/index.html", "index.html", "text/html; charset=utf-8"),
        ("/index", "index.html", "text/html; charset=utf-8"),
        ("/accessibilite", "accessibilite.html", "text/html; charset=utf-8"),
        ("/accessibilite.html?a=b", "accessibilite.html", "text/html; charset=utf-8"),
        ("/%61ccessibilite", "accessibilite.html", "text/html; charset=utf-8"),
        ("/style.css", "style.css", "text/css; charset=utf-8"),
        ("/style.css?v=2&/prive/", "style.css", "text/css; charset=utf-8"),
        ("/identite.js", "identite.js", "text/javascript; charset=utf-8"),
        ("/favicon.svg", "favicon.svg", "image/svg+xml"),
    ] {
        let answer = get(world, path);
        assert_eq!((answer.status, answer.get("content-type")), (200, Some(media_type)), "{path}");
        assert!(answer.body == crate::site(file), "{path} is not {file}");
        assert_eq!(answer.get("cache-control"), Some(PUBLIC), "{path}");
        assert_eq!(answer.get("x-content-type-options"), Some("nosniff"), "{path}");
        assert!(answer.get("etag").is_some() && answer.get("set-cookie").is_none(), "{path}");
    }
}

pub fn a_folder_gets_its_slash(world: &World) {
    // The only folder of the site is protected: first without, then with a session.
    assert_eq!(get(world, "/prive").location(), "/auth/login?return_to=%2Fprive");
    let mut browser = world.browser();
    browser.log_in("test");
    let folder = browser.get("/prive?q=1");
    assert_eq!((folder.status, folder.location()), (308, "/prive/?q=1"));
    assert_eq!(folder.get("cache-control"), Some("private, no-store"));
    for (path, status) in [
        ("/prive/", 200),
        ("/prive/index.html", 200),
        ("/prive/index", 200),
        ("/prive.html", 404),
        ("/prive/x", 404),
        ("/PRIVE/", 404),
    ] {
        let answer = browser.get(path);
        assert_eq!(
            (answer.status, answer.get("cache-control")),
            (status, Some("private, no-store")),
            "{path}"
        );
    }
}

pub fn what_is_not_there_is_answered_by_the_sites_own_page(world: &World) {
    let page = crate::site("404.html");
    for path in [
        "/absent",
        "/absent.html",
        "/absent/",
        "/style.css/",
        "/STYLE.CSS",
        "/Index",
        "/absent.css",
        "/a/b/c",
    ] {
        let answer = get(world, path);
        assert_eq!(
            (answer.status, answer.get("content-type")),
            (404, Some("text/html; charset=utf-8")),
            "{path}"
        );
        assert!(answer.body == page, "{path}: {}", answer.text());
    }
    let mut browser = world.browser();
    let head = browser.request("HEAD", "/absent");
    assert_eq!(browser.send(head).status, 404);
}

pub fn head_says_what_get_would_send(world: &World) {
    for path in ["/", "/style.css", "/favicon.svg"] {
        let mut browser = world.browser();
        let head = browser.request("HEAD", path);
        let (head, get) = (browser.send(head), browser.get(path));
        assert_eq!((head.status, head.body.len()), (200, 0), "{path}");
        for name in ["content-type", "etag", "cache-control"] {
            assert!(head.get(name).is_some(), "{path} {name}");
            assert_eq!(head.get(name), get.get(name), "{path} {name}");
        }
        // It may be left out; a wrong one may not be there.
        if let Some(length) = head.get("content-length") {
            assert_eq!(length, get.body.len().to_string(), "{path}");
        }
    }
}

pub fn what_the_browser_has_is_not_sent_again(world: &World) {
    let mut browser = world.browser();
    let tag = browser.get("/style.css").get("etag").unwrap().to_owned();
    let several = format!("\"other\", {tag}");
    for (condition, status) in [(tag.as_str(), 304), (&several, 304), ("\"other\"", 200)] {
        // The assets of Workers compare one tag only; sending the file again is never wrong.
        let status =
            if condition == several && world.platform == Platform::Cloudflare { 200 } else { status };
        for method in ["GET", "HEAD"] {
            let request = browser.request(method, "/style.css").with("if-none-match", condition);
            let answer = browser.send(request);
            assert_eq!(answer.status, status, "{method} {condition}");
            assert_eq!(answer.get("cache-control"), Some(PUBLIC), "{method} {condition}");
            assert_eq!(answer.get("etag"), Some(tag.as_str()), "{method} {condition}");
        }
    }
    // What is private is never kept, not even its validator's answer.
    browser.log_in("test");
    let tag = browser.get("/prive/").get("etag").map(str::to_owned);
    let request = browser.request("GET", "/prive/").with("if-none-match", tag.unwrap_or_default());
    let answer = browser.send(request);
    assert!(matches!(answer.status, 200 | 304), "{}", answer.status);
    assert_eq!(answer.get("cache-control"), Some("private, no-store"));
}

pub fn a_part_is_sent_alone_where_the_platform_knows_parts(world: &World) {
    let whole = crate::site("style.css");
    let size = whole.len();
    let mut browser = world.browser();
    for (range, part) in [("bytes=2-4", 2..5), ("bytes=100-", 100..size), ("bytes=-7", size - 7..size)] {
        let request = browser.request("GET", "/style.css").with("range", range);
        let answer = browser.send(request);
        // The assets of Workers answer with all of it, as RFC 9110 §14.2 allows.
        if world.platform == Platform::Cloudflare && answer.status == 200 {
            assert!(answer.body == whole && answer.get("content-range").is_none(), "{range}");
            continue;
        }
        assert_eq!(answer.status, 206, "{range}");
        let shown = format!("bytes {}-{}/{size}", part.start, part.end - 1);
        assert_eq!(answer.get("content-range"), Some(shown.as_str()));
        assert!(answer.body == whole[part], "{range}");
    }
    let request = browser.request("GET", "/style.css").with("range", "bytes=0-1,3-4");
    assert!(browser.send(request).body == whole, "several parts are the whole");
}

/// What one platform answers to odd paths, another answers, too: 400 without looking.
pub fn odd_paths_are_refused(world: &World) {
    let mut answers = BTreeMap::new();
    for path in [
        "//",
        "//style.css",
        "/style.css//",
        "/./style.css",
        "/x/../style.css",
        "/../style.css",
        "/%2e/style.css",
        "/%2e%2e/style.css",
        "/x/%2E%2E/style.css",
        "/%2fstyle.css",
        "/x%2f..%2fstyle.css",
        "/style%252ecss",
        "/style.css;a=b",
        "/style.css%3Bx",
        "/style.css%00",
        "/style.css%20",
        "/style.css.",
        "/%5cstyle.css",
        "/style.css:stream",
        "/.env",
        "/.git/config",
        "/.dev.vars",
        "/%2edev.vars",
        "/style.css%",
        "/%zz",
        "/%c0%afx",
        "/style.css%0d%0aset-cookie:x=y",
        "/con%3f",
        "/a%23b",
    ] {
        answers.insert(path, get(world, path).status);
    }
    if world.platform == Platform::Cloudflare {
        // Plain dots are resolved before the Worker sees the path, so that gate and files see the same one.
        for resolved in ["/./style.css", "/x/../style.css", "/../style.css"] {
            assert_eq!(answers.remove(resolved), Some(200), "{resolved}");
        }
    }
    let odd: Vec<_> = answers.iter().filter(|(_, status)| **status != 400).collect();
    assert!(odd.is_empty(), "not 400: {odd:?}");
    assert_eq!(get(world, "/.well-known/absent").status, 404, "the one hidden name that is none");
}

/// Neither the settings nor the program are files of the site.
pub fn nothing_from_beside_the_site_is_served(world: &World) {
    for path in [
        "/wrangler.toml",
        "/spin.toml",
        "/Cargo.toml",
        "/src/lib.rs",
        "/index.js",
        "/build/index.js",
        "/index_bg.wasm",
        "/franceconnect_edge.wasm",
        "/proc/self/environ",
        "/etc/passwd",
        "/tmp/",
    ] {
        assert_eq!(get(world, path).status, 404, "{path}");
    }
}
