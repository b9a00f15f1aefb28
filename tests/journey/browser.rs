//! A real browser does what it is asked, and no page can hang or harm it.

use crate::support::{LIMIT, answer, browser, page, site};
use axum::body::{Body, Bytes};
use axum::response::Response;
use franceconnect_edge::journey::qualification::browser::{Browser, Key, Trouble, find};
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

/// A body that goes on for ever: 64 kB at once, or a blank at a time.
struct Endless(Option<tokio::time::Interval>);

impl http_body::Body for Endless {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
        static FLOOD: [u8; 65536] = [b'a'; 65536];
        let piece = match &mut self.0 {
            None => Bytes::from_static(&FLOOD),
            Some(interval) => {
                std::task::ready!(interval.poll_tick(context));
                Bytes::from_static(b" ")
            }
        };
        Poll::Ready(Some(Ok(http_body::Frame::data(piece))))
    }
}

fn redirect(to: &str, cookie: &str) -> Response {
    let answer = Response::builder().status(303).header("location", to).header("set-cookie", cookie);
    answer.body(Body::empty()).unwrap()
}

fn sound(path: &str) -> Response {
    match path {
        "/" => page(
            "<a id=next href=/from>Plus loin</a><form action=/said><input name=q><button>OK</button></form>",
        ),
        "/from" => redirect("/to", "seen=yes; HttpOnly; SameSite=Lax; Path=/"),
        "/to" => page("<h1>Arrivé</h1><script>JSON.stringify = () => 'bent'</script>"),
        "/missing" => Response::builder().status(404).body(Body::from("nothing")).unwrap(),
        path => page(path),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_goes_looks_clicks_fills_in_and_tells_the_way_it_went() {
    let (browser, base) = (browser().await, site(|path: &str| std::future::ready(sound(path))).await);
    let tab = browser.open(false).await.unwrap();
    assert_eq!(tab.go(&format!("{base}/"), LIMIT).await.unwrap().status(), Some(200));
    let landing = tab.click("#next", LIMIT).await.unwrap();
    assert_eq!((landing.url, landing.complete), (format!("{base}/to"), true));
    let way: Vec<_> = landing.hops.iter().map(|hop| (&hop.url[base.len()..], hop.status)).collect();
    assert_eq!(way, [("/from", Some(303)), ("/to", Some(200))]);
    assert_eq!(landing.hops[0].headers["location"], "/to");
    let heading = tab.evaluate("JSON.stringify(document.querySelector('h1').innerText)", LIMIT).await;
    assert_eq!(heading.unwrap(), "\"Arrivé\"", "a page's scripts cannot bend what is seen of it");
    let cookies = tab.cookies().await.unwrap();
    assert_eq!(
        (cookies[0].name.as_str(), cookies[0].value.expose(), cookies[0].http_only),
        ("seen", "yes", true)
    );
    assert!(!format!("{cookies:?}").contains("yes"), "no value is printed");

    tab.go(&format!("{base}/"), LIMIT).await.unwrap();
    tab.fill(&[("input", "dit \"ça\"")]).await.unwrap();
    tab.press(Key::Tab).await.unwrap();
    assert_eq!(tab.evaluate("document.activeElement.tagName", LIMIT).await.unwrap(), "BUTTON");
    tab.hover("button").await.unwrap();
    assert_eq!(
        tab.evaluate("document.querySelector('button').matches(':hover')", LIMIT).await.unwrap(),
        true
    );
    let landing = tab.click("button", LIMIT).await.unwrap();
    assert_eq!(landing.url, format!("{base}/said?q=dit+%22%C3%A7a%22"));
    tab.scheme(true).await.unwrap();
    let dark = tab.evaluate("matchMedia('(prefers-color-scheme: dark)').matches", LIMIT).await;
    assert_eq!(dark.unwrap(), true);
    assert_eq!(&tab.screenshot().await.unwrap()[..4], b"\x89PNG");

    assert!(matches!(tab.click("#nowhere", LIMIT).await, Err(Trouble::Refused(_))));
    assert_eq!(tab.go(&format!("{base}/missing"), LIMIT).await.unwrap().status(), Some(404));
    let other = browser.open(false).await.unwrap();
    assert!(other.cookies().await.unwrap().is_empty(), "a context knows nothing of another");
}

fn hostile(path: &str) -> Response {
    match path {
        "/round" => redirect("/round", "n=1"),
        "/refresh" => page("<meta http-equiv=refresh content=0>"),
        "/slow" => {
            answer("text/html", Body::new(Endless(Some(tokio::time::interval(Duration::from_millis(50))))))
        }
        "/flood" => answer("text/html", Body::new(Endless(None))),
        "/fetch" => page("<script>fetch('/flood').then((answer) => answer.text())</script>"),
        "/boxes" => {
            page("<script>for (let i = 0; i < 50; i++) { alert(i); confirm(i); prompt(i) }</script>Fin")
        }
        "/loop" => page("<p>Ici<script>addEventListener('load', () => { for (;;); })</script>"),
        "/leave" => {
            page("<script>onbeforeunload = (event) => { event.preventDefault(); return 'no' }</script>")
        }
        "/windows" => page(
            "<button onclick=\"const all = [0, 1, 2].map((i) => window.open('/x' + i)); setInterval(() => { \
             document.title = all.every((one) => !one || one.closed) }, 50)\">Ouvre</button><a href=/y target=_blank>Y</a>",
        ),
        "/file" => Response::builder()
            .header("content-disposition", "attachment; filename=a.bin")
            .body(Body::from("x"))
            .unwrap(),
        "/memory" => page("<script>const a = []; for (;;) a.push(new Array(1e6).fill({}))</script>"),
        "/huge" => page(&"<p>x".repeat(200_000)),
        _ => page("autre"),
    }
}

/// Nothing that a page does takes longer than it is given, with this for a browser that is slow itself.
const GRACE: Duration = Duration::from_secs(8);

async fn bounded<T>(what: &str, limit: Duration, work: impl Future<Output = T>) -> T {
    let began = Instant::now();
    let done = tokio::time::timeout(limit + GRACE, work).await.unwrap_or_else(|_| panic!("{what} hangs"));
    println!("{what}: {:?}", began.elapsed());
    done
}

async fn visited(browser: &Browser, url: &str, limit: Duration) -> Result<bool, Trouble> {
    let tab = browser.open(false).await?;
    bounded(url, limit, tab.go(url, limit)).await.map(|landing| landing.complete)
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_pages_cost_their_time_and_no_more() {
    let (browser, base) = (browser().await, site(|path: &str| std::future::ready(hostile(path))).await);
    let limit = Duration::from_secs(3);
    let visit = |path: &str| {
        let url = format!("{base}{path}");
        let browser = &browser;
        async move { visited(browser, &url, limit).await }
    };
    assert_eq!(visit("/round").await, Err(Trouble::Unreachable("net::ERR_TOO_MANY_REDIRECTS".to_owned())));
    assert_eq!(visit("/refresh").await, Ok(false), "a page that reloads for ever is never calm");
    assert_eq!(visit("/slow").await, Ok(false));
    // Which of the two comes first is the machine's business.
    for path in ["/flood", "/fetch"] {
        let visited = visit(path).await;
        assert!(matches!(visited, Err(Trouble::TooLarge) | Ok(_)), "{path}: {visited:?}");
    }
    assert_eq!(visit("/file").await, Err(Trouble::Unreachable("net::ERR_ABORTED".to_owned())));
    assert!(matches!(visit("/memory").await, Err(Trouble::Crashed) | Err(Trouble::Late) | Ok(false)));
    visit("/huge").await.unwrap();
    assert!(matches!(visited(&browser, "http://127.0.0.1:1/", limit).await, Err(Trouble::Unreachable(_))));
    assert!(matches!(visited(&browser, "file:///etc/passwd", limit).await, Err(Trouble::Refused(_))));

    let tab = browser.open(false).await.unwrap();
    bounded("boxes", limit, tab.go(&format!("{base}/boxes"), limit)).await.unwrap();
    assert!(tab.tried().dialogs.len() >= 3, "{:?}", tab.tried());
    bounded("loop", limit, tab.go(&format!("{base}/loop"), limit)).await.ok();
    let late = bounded("evaluate", limit, tab.evaluate("1", limit)).await;
    assert_eq!(late, Err(Trouble::Late));

    let tab = browser.open(false).await.unwrap();
    tab.go(&format!("{base}/leave"), limit).await.unwrap();
    bounded("leave", limit, tab.go(&format!("{base}/"), limit)).await.unwrap();
    tab.go(&format!("{base}/windows"), limit).await.unwrap();
    tab.click("button", limit).await.unwrap();
    let closed = "new Promise((done) => setInterval(() => document.title === 'true' && done(true), 50))";
    assert_eq!(tab.evaluate(closed, limit).await, Ok(true.into()), "no window stays open");
    tab.click("a", limit).await.unwrap();
    assert_eq!(tab.tried().windows.first(), Some(&format!("{base}/x0")));
    assert_eq!(tab.tried().windows.last(), Some(&format!("{base}/y")));

    assert!(!browser.is_gone());
    assert_eq!(visit("/").await, Ok(true), "the next page is none the worse");
}

#[tokio::test]
async fn a_browser_that_is_dropped_leaves_nothing() {
    let browser = browser().await;
    let profile = browser.profile().to_owned();
    assert!(profile.is_dir());
    drop(browser);
    assert!(!profile.exists());
}

#[tokio::test]
async fn what_is_no_browser_is_said() {
    assert_eq!(Trouble::none_found(), if cfg!(unix) { Trouble::Absent } else { Trouble::Elsewhere });
    assert!(Trouble::Elsewhere.words().fr.contains("sous Windows"));
    assert_eq!(find(|name| (name == "CHROMIUM").then(|| "/nowhere/chromium".into())), None);
    assert_eq!(find(|name| (name == "PATH").then(|| "relative:/nowhere".into())), None);
    assert!(find(|name| (name == "CHROMIUM").then(|| "/bin/true".into())).is_some());
    for program in ["/bin/true", "/nowhere/chromium"] {
        assert_eq!(Browser::launch(Path::new(program)).await.err(), Some(Trouble::Gone), "{program}");
    }
}
