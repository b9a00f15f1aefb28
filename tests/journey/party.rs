//! A service in few lines that logs people in through the emulator, believes all it is told, and shows who is there: with
//! one thing changed on one of its pages, or done otherwise with what is sent to it.

use crate::support::{answer, page};
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use franceconnect_edge::emulator::{Client, Emulator, Settings, serve};
use franceconnect_edge::journey::qualification::driver::{Service, Trip};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use url::Url;

const LOGIN: &str = include_str!("sound.html");
const STYLE: &str = include_str!("../../site/style.css");
const HOME: &str = include_str!("entered.html");
const PROFILE: &str = include_str!("entered-profile.html");
/// The header is named by a script: it takes a browser to see it.
const NAMES: &str = "fetch('/moi').then((answer) => answer.text()).then((name) => { \
                     for (const place of document.querySelectorAll('[data-nom]')) place.textContent = name })";
const SECRET: &str = "secret-d-essai-qui-ne-protege-personne";

/// What is changed: text of a page (of all with `*`), or what is done.
#[derive(Debug, Clone, Copy)]
pub enum Change {
    /// On this page this becomes that.
    Text(&'static str, &'static str, &'static str),
    /// What is posted to the profile is kept.
    Keeps,
    /// The profile is text without a form, and what is posted to its address is kept.
    KeepsWithoutForm,
    /// The profile answers with an error.
    NoProfile,
    /// Nothing is read-only but what is empty as well.
    FixesNothing,
}

pub struct Party {
    change: Change,
    site: String,
    issuer: String,
    client: reqwest::Client,
    /// Who is there, by their cookie.
    people: Mutex<HashMap<String, Value>>,
    /// Paths that were asked for.
    pub asked: Mutex<Vec<String>>,
}

/// Serves it and an emulator, and how one goes there.
pub async fn party(change: Change) -> (Arc<Party>, Trip) {
    let listen = async || tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (emulator, site) = (listen().await, listen().await);
    let issuer = format!("http://{}/api/v2", emulator.local_addr().unwrap());
    let base = format!("http://localhost:{}", site.local_addr().unwrap().port());
    let client = Client {
        client_id: "service-d-essai".to_owned(),
        client_secret: SECRET.to_owned(),
        redirect_uris: vec![format!("{base}/retour")],
        site: base.clone(),
        ..Client::default()
    };
    let settings =
        Settings { issuer: issuer.clone(), clients: vec![client], control: true, ..Settings::default() };
    let emulators = vec![Arc::new(Mutex::new(Emulator::new(settings)))];
    tokio::spawn(serve(emulator, emulators, std::future::pending()));

    let url = Url::parse(&base).unwrap();
    let service = Service { login: url.clone(), profile: None, logout: None, url, secret: None };
    let trip = Trip::new(service, Url::parse(&issuer).unwrap(), Vec::new()).unwrap();
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    let (people, asked) = Default::default();
    let party = Arc::new(Party { change, site: base, issuer, client, people, asked });
    let served = party.clone();
    let router = axum::Router::new().fallback(move |request: Request| {
        let party = served.clone();
        async move { party.serve(request).await }
    });
    tokio::spawn(async move { axum::serve(site, router).await });
    (party, trip)
}

fn redirect(to: &str, cookie: Option<String>) -> Response {
    let mut answer = Response::builder().status(303).header("location", to);
    if let Some(cookie) = cookie {
        answer = answer.header("set-cookie", cookie);
    }
    answer.body(Body::empty()).unwrap()
}

fn form(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

impl Party {
    async fn serve(&self, request: Request) -> Response {
        let (head, body) = request.into_parts();
        let (path, query) = (head.uri.path().to_owned(), head.uri.query().unwrap_or_default().to_owned());
        self.asked.lock().unwrap().push(format!("{} {path}", head.method));
        let cookie = head.headers.get("cookie").and_then(|line| line.to_str().ok()).unwrap_or_default();
        let cookie = cookie.strip_prefix("qui=").unwrap_or_default().to_owned();
        let person = self.people.lock().unwrap().get(&cookie).cloned();
        match (path.as_str(), person) {
            ("/style.css", _) => answer("text/css", STYLE),
            ("/nom.js", _) => answer("text/javascript", NAMES),
            ("/login", _) => self.enter(),
            ("/retour", _) => self.back(&query).await,
            ("/moi", Some(person)) => answer("text/plain; charset=utf-8", name(&person)),
            ("/accueil", Some(person)) => self.shown("/accueil", HOME, &person),
            ("/profil", Some(mut person)) if head.method == "POST" => {
                let sent = axum::body::to_bytes(body, 1 << 16).await.unwrap();
                if matches!(self.change, Change::Keeps | Change::KeepsWithoutForm) {
                    for (name, value) in url::form_urlencoded::parse(&sent) {
                        person[&*name] = Value::from(&*value);
                    }
                    self.people.lock().unwrap().insert(cookie, person);
                }
                redirect("/profil", None)
            }
            ("/profil", Some(person)) => match self.change {
                Change::NoProfile => Response::builder().status(404).body("Rien ici".into()).unwrap(),
                Change::KeepsWithoutForm => self.shown("/profil", &without_form(), &person),
                _ => self.shown("/profil", PROFILE, &person),
            },
            ("/aide", Some(person)) => self.shown("/aide", &HOME.replace("Accueil", "Aide"), &person),
            _ => answer("text/html; charset=utf-8", LOGIN),
        }
    }

    fn enter(&self) -> Response {
        let mut bytes = [0; 24];
        getrandom::fill(&mut bytes).unwrap();
        let random = URL_SAFE_NO_PAD.encode(bytes);
        let callback = format!("{}/retour", self.site);
        let query = form(&[
            ("response_type", "code"),
            ("client_id", "service-d-essai"),
            ("redirect_uri", &callback),
            ("scope", "openid given_name family_name preferred_username birthdate birthplace email"),
            ("acr_values", "eidas1"),
            ("state", &random),
            ("nonce", &random),
        ]);
        let cookie = format!("qui={random}; Path=/; HttpOnly; SameSite=Lax");
        redirect(&format!("{}/authorize?{query}", self.issuer), Some(cookie))
    }

    async fn back(&self, query: &str) -> Response {
        let query: HashMap<String, String> =
            url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let callback = format!("{}/retour", self.site);
        let body = form(&[
            ("grant_type", "authorization_code"),
            ("code", &query["code"]),
            ("redirect_uri", &callback),
            ("client_id", "service-d-essai"),
            ("client_secret", SECRET),
        ]);
        let sent = self.client.post(format!("{}/token", self.issuer)).body(body);
        let sent = sent.header("content-type", "application/x-www-form-urlencoded");
        let answered: Value =
            serde_json::from_slice(&sent.send().await.unwrap().bytes().await.unwrap()).unwrap();
        let asked = self.client.get(format!("{}/userinfo", self.issuer));
        let asked = asked.bearer_auth(answered["access_token"].as_str().unwrap());
        let token = asked.send().await.unwrap().text().await.unwrap();
        let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
        let claims = serde_json::from_slice(&claims).unwrap();
        self.people.lock().unwrap().insert(query["state"].clone(), claims);
        redirect("/accueil", None)
    }

    /// What is known under this name of those who are there.
    pub fn all(&self, name: &str) -> Vec<String> {
        let people = self.people.lock().unwrap();
        people.values().filter_map(|person| Some(person[name].as_str()?.to_owned())).collect()
    }

    /// A page with this person in it, and what is changed in it.
    fn shown(&self, path: &str, html: &str, person: &Value) -> Response {
        let mut html = html.to_owned();
        if let Change::Text(at, from, to) = self.change
            && (at == path || at == "*")
        {
            assert!(html.contains(from), "{at} has no {from}");
            html = html.replace(from, to);
        }
        for claim in ["family_name", "given_name", "birthdate", "birthplace", "email"] {
            let value = person[claim].as_str().unwrap_or_default();
            // Only what came is fixed.
            let fixed = if value.is_empty() && !matches!(self.change, Change::FixesNothing) {
                format!("value=\"{value}\"")
            } else {
                format!("value=\"{value}\" readonly")
            };
            html = html.replace(&format!("value=\"{{{claim}}}\" readonly"), &fixed);
            html = html.replace(&format!("{{{claim}}}"), value);
        }
        answer("text/html; charset=utf-8", html)
    }
}

fn name(person: &Value) -> String {
    let text = |name: &str| person[name].as_str().unwrap_or_default().to_owned();
    format!("{} {}", text("given_name").split(' ').next().unwrap_or_default(), text("family_name"))
}

/// The profile as text.
fn without_form() -> String {
    let (before, rest) = PROFILE.split_once("<form action=\"/profil\"").unwrap();
    let (_, after) = rest.split_once("</form>").unwrap();
    format!("{before}<dl><dt>Nom de naissance</dt><dd>{{family_name}}</dd></dl>{after}")
}

/// A page of a hostile service, for whoever is not logged in either.
pub fn endless() -> Response {
    page("<script>onload = () => { for (;;); }</script>")
}
