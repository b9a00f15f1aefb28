//! The native host's files: names, parts, validators, and nothing from outside the folder.

use crate::native_support::{Answer, Folder, Server};

fn site() -> Folder {
    let site = Folder::new();
    site.write("index.html", "home")
        .write("page.html", "page")
        .write("folder/index.html", "folder")
        .write("style.css", "0123456789")
        .write("été.txt", "accent");
    site
}

fn check(answer: &Answer, status: u16, body: &str) {
    assert_eq!((answer.status, answer.text().as_str()), (status, body), "{}", answer.head);
}

#[test]
fn a_path_finds_its_file_its_page_or_its_index() {
    let site = site();
    let server = Server::start(site.path(), &[]);
    for (path, body) in [
        ("/", "home"),
        ("/index.html", "home"),
        ("/page", "page"),
        ("/page.html", "page"),
        ("/folder/", "folder"),
        ("/style.css?v=2", "0123456789"),
        ("/%C3%A9t%C3%A9.txt", "accent"),
    ] {
        check(&server.get(path), 200, body);
    }
    let folder = server.get("/folder?q=1");
    assert_eq!((folder.status, folder.header("location")), (308, Some("/folder/?q=1")));
    assert_eq!(server.get("/style.css").header("content-type"), Some("text/css; charset=utf-8"));
}

#[test]
fn what_is_not_there_is_answered_by_the_sites_own_page() {
    let site = site();
    let server = Server::start(site.path(), &[]);
    for path in ["/absent", "/absent.html", "/folder/absent", "/style.css/", "/PAGE"] {
        let answer = server.get(path);
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.text().contains("Page introuvable"), "{path}");
    }
    site.write("404.html", "lost");
    check(&server.get("/absent"), 404, "lost");
    check(&server.send("HEAD /absent", b""), 404, "");
}

#[test]
fn a_site_without_a_folder_is_a_404() {
    let folder = Folder::new();
    let server = Server::start(&folder.path().join("absent"), &[]);
    assert_eq!(server.get("/").status, 404);
}

#[test]
fn head_says_what_get_would_send() {
    let site = site();
    let server = Server::start(site.path(), &[]);
    let (head, get) = (server.send("HEAD /style.css", b""), server.get("/style.css"));
    check(&head, 200, "");
    assert_eq!(get.text(), "0123456789");
    for name in ["content-length", "content-type", "etag", "last-modified", "accept-ranges", "cache-control"]
    {
        assert!(head.header(name).is_some(), "{name}");
        assert_eq!(head.header(name), get.header(name), "{name}");
    }
}

#[test]
fn a_part_is_sent_alone() {
    let site = site();
    let server = Server::start(site.path(), &[]);
    let part = |range: &str| server.send(&format!("GET /style.css\nrange: {range}"), b"");
    for (range, body, content_range) in [
        ("bytes=2-4", "234", "bytes 2-4/10"),
        ("bytes=7-", "789", "bytes 7-9/10"),
        ("bytes=-1", "9", "bytes 9-9/10"),
        ("bytes=8-99", "89", "bytes 8-9/10"),
    ] {
        let answer = part(range);
        check(&answer, 206, body);
        assert_eq!(answer.header("content-range"), Some(content_range));
        assert_eq!(answer.header("content-length"), Some(body.len().to_string().as_str()));
    }
    let beyond = part("bytes=10-");
    check(&beyond, 416, "");
    assert_eq!(beyond.header("content-range"), Some("bytes */10"));
    check(&part("bytes=0-1,3-4"), 200, "0123456789");
    check(&part("lines=1-2"), 200, "0123456789");
}

#[test]
fn a_file_longer_than_one_read_arrives_whole() {
    let site = site();
    let long: Vec<u8> = (0..1_000_003_u32).map(|i| (i % 251) as u8).collect();
    site.write("long.bin", &long);
    let server = Server::start(site.path(), &[]);
    assert!(server.get("/long.bin").body == long);
    let part = server.send("GET /long.bin\nrange: bytes=65535-200000", b"");
    assert!(part.body == long[65_535..=200_000]);
}

#[test]
fn what_the_browser_has_is_not_sent_again() {
    let site = site();
    let server = Server::start(site.path(), &[]);
    let first = server.get("/style.css");
    let (tag, date) = (first.header("etag").unwrap(), first.header("last-modified").unwrap());
    let again = |header: String| server.send(&format!("GET /style.css\n{header}"), b"");
    check(&again(format!("if-none-match: {tag}")), 304, "");
    check(&again(format!("if-none-match: \"other\"\nif-none-match: {tag}")), 304, "");
    check(&again(format!("if-modified-since: {date}")), 304, "");
    check(&again(format!("if-none-match: \"other\"\nif-modified-since: {date}")), 200, "0123456789");
    check(&again(format!("range: bytes=0-0\nif-range: {tag}")), 206, "0");
    check(&again("range: bytes=0-0\nif-range: \"other\"".to_owned()), 200, "0123456789");
    assert_eq!(again(format!("if-none-match: {tag}")).header("etag"), Some(tag));
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_reaches_nothing() {
    use std::os::unix::fs::symlink;
    let (site, outside) = (site(), Folder::new());
    outside.write("secret.txt", "secret").write("index.html", "secret");
    symlink(outside.path().join("secret.txt"), site.path().join("file.txt")).unwrap();
    symlink(outside.path(), site.path().join("out")).unwrap();
    // A link within the site would be a second name that the rules of protection do not know.
    symlink("page.html", site.path().join("alias.html")).unwrap();
    symlink("folder", site.path().join("aka")).unwrap();
    let server = Server::start(site.path(), &[]);
    for path in ["/file.txt", "/out/secret.txt", "/out/", "/out", "/alias", "/alias.html", "/aka/", "/aka"] {
        let answer = server.get(path);
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.text().contains("secret"), "{path}");
    }
    // The folder itself may be a link: a build may move it into place.
    let link = outside.path().join("site");
    symlink(site.path(), &link).unwrap();
    check(&Server::start(&link, &[]).get("/page"), 200, "page");
}

#[test]
fn a_path_cannot_climb() {
    let folder = Folder::new();
    folder.write("secret.txt", "secret").write("site/index.html", "home");
    let server = Server::start(&folder.path().join("site"), &[]);
    for path in [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/a/../../secret.txt",
        "/..\\secret.txt",
        "//secret.txt",
    ] {
        let answer = server.get(path);
        assert!(!answer.text().contains("secret"), "{path}");
        assert!((400..500).contains(&answer.status), "{path}: {}", answer.status);
    }
}

#[cfg(unix)]
#[test]
fn only_regular_files_are_read() {
    let site = site();
    let made = std::process::Command::new("mkfifo").arg(site.path().join("pipe.txt")).status().unwrap();
    assert!(made.success());
    let server = Server::start(site.path(), &[]);
    assert_eq!(server.get("/pipe.txt").status, 404);
}
