//! Decides what a citizen's browser does: cookies per host, the headers of a navigation, the provider's pages.
//! Redirects are followed by hand, as each is something to look at.

use std::collections::BTreeMap;

use crate::http::{Answer, Request};
use crate::platform::origin;
use crate::secrets;

type Jar = BTreeMap<String, String>;

/// A browser with its cookies.
#[derive(Debug, Clone)]
pub struct Browser {
    site: String,
    /// Cookies of each host; ports do not separate them.
    jars: BTreeMap<String, Jar>,
    pub language: Option<&'static str>,
}

impl Browser {
    /// A browser without cookies, for the service at `site`.
    pub fn new(site: &str) -> Self {
        Self { site: site.to_owned(), jars: BTreeMap::new(), language: None }
    }

    /// Cookies of the service.
    pub fn cookies(&mut self) -> &mut Jar {
        let host = host(&self.site).to_owned();
        self.jars.entry(host).or_default()
    }

    /// The cookie of the session.
    pub fn session(&mut self) -> String {
        self.cookies().get("fc_session").cloned().expect("no session")
    }

    /// Goes to a path of the site or to an address, as somebody who typed it.
    pub fn get(&mut self, target: &str) -> Answer {
        let request = self.request("GET", target);
        self.send(request.with("sec-fetch-site", "none"))
    }

    /// Sends a form of a page of the same site.
    pub fn post(&mut self, target: &str, form: &str) -> Answer {
        let request = self.request("POST", target);
        let from = origin(&request.url);
        let request = request.with("sec-fetch-site", "same-origin").with("origin", from);
        self.send(request.with("content-type", "application/x-www-form-urlencoded").body(form))
    }

    /// What a script of the site fetches.
    pub fn fetch(&mut self, target: &str) -> Answer {
        let request = Request::new("GET", self.absolute(target)).with("accept", "*/*");
        let request = request.with("sec-fetch-mode", "cors").with("sec-fetch-dest", "empty");
        self.send(request.with("sec-fetch-site", "same-origin"))
    }

    /// A navigation, to be given more headers and sent.
    pub fn request(&self, method: &'static str, target: &str) -> Request {
        let request = Request::new(method, self.absolute(target)).with("accept", "text/html,*/*;q=0.8");
        let request = request.with("sec-fetch-mode", "navigate").with("sec-fetch-dest", "document");
        match self.language {
            Some(language) => request.with("accept-language", language),
            None => request,
        }
    }

    fn absolute(&self, target: &str) -> String {
        if target.starts_with('/') { format!("{}{target}", self.site) } else { target.to_owned() }
    }

    /// Sends a request with the jar, unless it brings cookies of its own, and keeps the cookies of the answer.
    pub fn send(&mut self, request: Request) -> Answer {
        let jar = self.jars.entry(host(&request.url).to_owned()).or_default();
        let cookies: Vec<String> = jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let own = request.has("cookie") || cookies.is_empty();
        let answer = if own { request.send() } else { request.with("cookie", cookies.join("; ")).send() };
        for cookie in answer.all("set-cookie") {
            let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
            let (name, value) = pair.split_once('=').unwrap();
            let attributes = attributes.to_ascii_lowercase();
            if value.is_empty() || attributes.contains("max-age=0") || attributes.contains("01 jan 1970") {
                jar.remove(name);
            } else {
                jar.insert(name.to_owned(), value.to_owned());
            }
        }
        secrets::note(&answer);
        answer
    }

    /// From our login route through the provider's pages; answers the address of the callback.
    pub fn authorize(&mut self, login: &str, return_to: &str) -> String {
        let sent = self.get(&format!("/auth/login?return_to={return_to}"));
        assert_eq!(sent.status, 303, "{}", sent.text());
        let back = self.walk(sent.location(), login);
        assert!(back.starts_with(&format!("{}/auth/callback?", self.site)), "{back}");
        back
    }

    /// A whole login; answers what the callback answered.
    pub fn log_in(&mut self, login: &str) -> Answer {
        let callback = self.authorize(login, "/prive/");
        self.get(&callback)
    }

    /// A whole login for `page`, which must succeed; answers what the page answered.
    pub fn log_in_for(&mut self, login: &str, page: &str) -> Answer {
        let callback = self.authorize(login, page);
        let landed = self.get(&callback);
        assert_eq!((landed.status, landed.location()), (303, page), "{}", landed.text());
        self.get(page)
    }

    /// Goes to the provider at `url`, and back again without a login; answers the address of the callback.
    pub fn give_up(&mut self, url: &str) -> String {
        let interaction = self.get(url).location().to_owned();
        let back = self.get(&format!("{}{interaction}/retour", origin(url)));
        assert!(back.location().contains("error=access_denied"), "{}", back.location());
        back.location().to_owned()
    }

    /// What the site's scripts are told of who is here, but for the seconds that are left.
    pub fn told(&mut self) -> serde_json::Value {
        let answer = self.fetch("/auth/session");
        assert_eq!(answer.status, 200, "{}", answer.text());
        let mut told = answer.json();
        told.as_object_mut().and_then(|told| told.remove("expires_in"));
        told
    }

    /// Whether the site knows this browser.
    pub fn is_logged_in(&mut self) -> bool {
        let answer = self.fetch("/auth/session");
        assert!(matches!(answer.status, 200 | 401), "{} {}", answer.status, answer.text());
        answer.status == 200
    }

    /// Walks through the provider's pages from `url` until one leads back to the site; answers that address.
    pub fn walk(&mut self, url: &str, login: &str) -> String {
        let mut url = url.to_owned();
        let mut answer = self.get(&url);
        for _ in 0..12 {
            if let Some(location) = answer.get("location").map(str::to_owned) {
                url =
                    if location.starts_with('/') { format!("{}{location}", origin(&url)) } else { location };
                if origin(&url) == self.site {
                    return url;
                }
                answer = self.get(&url);
                continue;
            }
            let page = answer.text();
            assert_eq!(answer.status, 200, "{url}: {page}");
            let (action, form) = fill(&page, login).unwrap_or_else(|| panic!("{url} leads nowhere: {page}"));
            url = if action.starts_with('/') { format!("{}{action}", origin(&url)) } else { action };
            answer = self.post(&url, &form);
        }
        panic!("too many pages, the last {url}");
    }
}

/// The first form of a page, filled in: its hidden fields and what a person adds.
fn fill(page: &str, login: &str) -> Option<(String, String)> {
    let form = page.split("<form").nth(1)?.split("</form>").next()?;
    let mut fields = Vec::new();
    for input in form.split("<input").skip(1).chain(form.split("<button").skip(1)) {
        let input = input.split('>').next()?;
        let Some(name) = attribute(input, "name") else { continue };
        let value = if name == "login" { Some(login) } else { attribute(input, "value") };
        // Of several buttons the first is pressed.
        if fields.iter().all(|(known, _)| *known != name) {
            fields.push((name, value.unwrap_or_default()));
        }
    }
    let encoded = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    Some((attribute(form, "action")?.to_owned(), encoded))
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split_once(&format!("{name}=\""))?.1.split('"').next()
}

fn host(url: &str) -> &str {
    url.split('/').nth(2).unwrap_or_default().split(':').next().unwrap_or_default()
}
