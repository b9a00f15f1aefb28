//! A relying party in few lines that does everything right, and one thing wrong if it is told to.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use jsonwebtoken::jwk::JwkSet;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

mod exchange;
mod flaw;
mod way;

pub use flaw::{BROKEN, Flaw};

use super::{CLIENT_ID, SECRET};

/// One browser's side of the conversation.
#[derive(Default, Clone)]
struct Browser {
    attempt: Option<(String, String)>,
    user: Option<User>,
    id_token: String,
    access_token: String,
    /// What a form that logs out must bring, and what a login by a broker began with.
    token: String,
}

#[derive(Clone)]
struct User {
    name: String,
    number: usize,
}

/// How it is right where services differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Usual,
    LinkAsButton,
    LoginElsewhere,
    English,
    CapitalsWithoutAccents,
    NamedOnProfile,
    Scripted,
    ErrorsAsMessages,
    ErrorsElsewhere,
    PressedErrors,
    ConfirmedLogout,
    LogoutWithToken,
    RefreshAfterwards,
    FormInBetween,
    PartitionedCookie,
    Broker,
}

pub struct Party {
    pub flaw: Flaw,
    pub way: Way,
    /// Where FranceConnect's answers come.
    pub site: String,
    /// Where people are.
    pub front: String,
    pub issuer: String,
    client: reqwest::Client,
    browsers: Mutex<HashMap<String, Browser>>,
    /// Who is known, by what they are found by.
    users: Mutex<HashMap<String, User>>,
    keys: Mutex<Option<JwkSet>>,
    known_states: Mutex<Vec<String>>,
}

/// A host that is not this machine by its name.
pub const ELSEWHERE: &str = "service.exemple.fr";

type Shared = State<Arc<Party>>;

/// Serves it on `listener` until the runtime ends.
pub fn serve(listener: std::net::TcpListener, flaw: Flaw, way: Way, issuer: String) -> String {
    let host = if flaw == Flaw::Http { ELSEWHERE } else { "localhost" };
    let port = listener.local_addr().unwrap().port();
    let front = format!("http://{host}:{port}");
    let site = if way == Way::Broker { format!("http://127.0.0.1:{port}") } else { front.clone() };
    // Longer than the emulator's honest answers take, and no longer.
    let router = router((flaw, way), &site, &front, issuer, Duration::from_secs(8));
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    front
}

/// The relying party of people at `front` and of FranceConnect at `site`, which waits this long for FranceConnect.
pub fn router(
    (flaw, way): (Flaw, Way),
    site: &str,
    front: &str,
    issuer: String,
    patience: Duration,
) -> axum::Router {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().timeout(patience);
    let party = Party {
        flaw,
        way,
        site: site.to_owned(),
        front: front.to_owned(),
        issuer,
        client: client.tls_certs_only([]).build().unwrap(),
        browsers: Mutex::default(),
        users: Mutex::default(),
        keys: Mutex::default(),
        known_states: Mutex::default(),
    };
    axum::Router::new()
        .route("/", get(home))
        .route("/entrer", get(enter))
        .route("/retour", get(back))
        .route("/sortir", post(leave))
        .route("/sorti", get(left))
        .route("/app.js", get(script))
        .route("/secteur.json", get(sector))
        .route("/connexion", get(home))
        .route("/compte", get(way::profile))
        .route("/api/moi", get(way::data))
        .route("/api/sortir", get(leave))
        .route("/echec", get(way::failed))
        .route("/quitter", get(way::asked))
        .route("/courtier", get(way::broker))
        .route("/courtier/sortir", get(way::broker_left))
        .route("/ouvrir", get(way::opened))
        .with_state(Arc::new(party))
}

fn random() -> String {
    let mut bytes = [0; 24];
    getrandom::fill(&mut bytes).unwrap();
    base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, bytes)
}

fn page(status: u16, text: &str) -> Response {
    let html = format!("<!doctype html><html lang=fr><title>Service</title><main>{text}</main>");
    let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    (StatusCode::from_u16(status).unwrap(), kind, html).into_response()
}

fn redirect(to: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, to.to_owned())]).into_response()
}

fn cookie(headers: &HeaderMap) -> Option<String> {
    let line = headers.get(header::COOKIE)?.to_str().ok()?;
    line.split("; ").find_map(|pair| pair.strip_prefix("qui=")).map(str::to_owned)
}

impl Party {
    fn is(&self, flaw: Flaw) -> bool {
        self.flaw == flaw
    }

    fn browser(&self, headers: &HeaderMap) -> Browser {
        let browsers = self.browsers.lock().unwrap();
        cookie(headers).and_then(|id| browsers.get(&id).cloned()).unwrap_or_default()
    }

    fn change(&self, headers: &HeaderMap, change: impl FnOnce(&mut Browser)) {
        let mut browsers = self.browsers.lock().unwrap();
        if let Some(browser) = cookie(headers).and_then(|id| browsers.get_mut(&id)) {
            change(browser);
        }
    }

    fn error(&self, status: u16, what: &str) -> Response {
        let again = "<p><a href=/>Recommencer</a></p>";
        if let Some(response) = way::error(self) {
            return response;
        }
        match self.flaw {
            Flaw::JsonErrors => {
                (StatusCode::BAD_REQUEST, axum::body::Body::from("{\"error\":\"invalid\"}")).into_response()
            }
            Flaw::StackTraces => {
                page(status, &format!("<pre>Traceback (most recent call last): {what}</pre>{again}"))
            }
            Flaw::TextErrors => (StatusCode::BAD_REQUEST, "La connexion n’a pas abouti.").into_response(),
            Flaw::ShortErrors => page(status, "Non. <a href=/>Encore</a>"),
            Flaw::SilentCancellation if what.starts_with("access_denied") => redirect("/"),
            Flaw::DeadEnds => page(status, "La connexion n’a pas abouti, hélas."),
            Flaw::SilentErrors => redirect("/"),
            Flaw::ErrorsWithStatus200 => page(200, &format!("La connexion n’a pas abouti. {again}")),
            Flaw::ErrorsUnescaped => page(status, &format!("La connexion n’a pas abouti : {what}. {again}")),
            _ => page(status, &format!("La connexion n’a pas abouti. {again}")),
        }
    }
}

async fn home(State(party): Shared, headers: HeaderMap, uri: Uri) -> Response {
    let browser = party.browser(&headers);
    let Some(user) = browser.user.clone() else { return way::welcome(&party, &uri) };
    if party.is(Flaw::UserInfoAgain) {
        let asked = party.client.get(format!("{}/userinfo", party.issuer)).bearer_auth(&browser.access_token);
        drop(asked.send().await);
    }
    let mut text = way::inside(&party, &browser, &user.name, user.number);
    if party.is(Flaw::NoLogout) {
        text = format!("<p>Bonjour {}</p>", user.name);
    }
    if party.is(Flaw::AccessTokenShown) {
        text.push_str(&format!("<!-- {} -->", browser.access_token));
    }
    if party.is(Flaw::SecretShown) {
        text.push_str(&format!("<script>const secret = '{SECRET}'</script>"));
    }
    page(200, &text)
}

async fn script(State(party): Shared) -> Response {
    let secret = if party.is(Flaw::SecretInScript) { SECRET } else { "" };
    ([(header::CONTENT_TYPE, "text/javascript")], format!("const reglages = '{secret}';")).into_response()
}

async fn sector(State(party): Shared) -> Response {
    let (callback, logout) = (format!("{}/retour", party.site), format!("{}/sorti", party.site));
    let (status, text) = match party.flaw {
        Flaw::SectorWithLogout => (200, format!("[\"{callback}\", \"{logout}\"]")),
        Flaw::SectorWithoutCallback => (200, format!("[\"{callback}/\"]")),
        Flaw::SectorNoJson => (200, callback),
        _ => (500, format!("[\"{callback}\"]")),
    };
    let kind = [(header::CONTENT_TYPE, "application/json")];
    (StatusCode::from_u16(status).unwrap(), kind, text).into_response()
}

async fn enter(State(party): Shared, headers: HeaderMap, uri: Uri) -> Response {
    if party.way == Way::Broker && uri.query().is_none_or(str::is_empty) {
        return way::to_broker(&party);
    }
    let (mut state, mut nonce, mut id) = (random(), random(), random());
    match party.flaw {
        Flaw::StateShort => state.truncate(16),
        Flaw::StateRepeated => "1aB".repeat(12).clone_into(&mut state),
        Flaw::StateLowerCase => state.make_ascii_lowercase(),
        Flaw::NonceConstant => "1aB".repeat(12).clone_into(&mut nonce),
        Flaw::NonceCounted => {
            nonce = format!("Nonce-de-cet-essai-{:08}", party.known_states.lock().unwrap().len());
        }
        Flaw::StateOfSession => {
            if let (Some(known), Some(before)) = (cookie(&headers), party.browser(&headers).attempt) {
                (id, (state, nonce)) = (known, before);
            }
        }
        _ => {}
    }
    let token = uri.query().filter(|_| party.way == Way::Broker).map_or_else(random, str::to_owned);
    let browser = Browser { attempt: Some((state.clone(), nonce.clone())), token, ..Browser::default() };
    party.browsers.lock().unwrap().insert(id.clone(), browser);
    party.known_states.lock().unwrap().push(state.clone());
    let slash = if party.is(Flaw::CallbackUnregistered) { "/" } else { "" };
    let callback = format!("{}/retour{slash}", party.site);
    let query = [
        ("response_type", "code"),
        ("client_id", CLIENT_ID),
        ("redirect_uri", &callback),
        ("scope", "openid given_name family_name preferred_username birthdate birthplace gender email"),
        ("acr_values", "eidas1"),
        ("state", &state),
        ("nonce", &nonce),
    ];
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    let to = format!("{}/authorize?{query}", party.issuer);
    let lax = format!("qui={id}; Path=/; HttpOnly; SameSite=Lax");
    let strict = party.way == Way::RefreshAfterwards;
    with_cookie(way::to_france_connect(&party, &to), &if strict { lax } else { way::kept(&party, &id) })
}

fn with_cookie(mut response: Response, cookie: &str) -> Response {
    response.headers_mut().append(header::SET_COOKIE, cookie.parse().unwrap());
    response
}

fn packed(text: &str) -> String {
    base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, text)
}

async fn back(State(party): Shared, headers: HeaderMap, uri: Uri) -> Response {
    let query = uri.query().unwrap_or_default().as_bytes();
    let query: HashMap<String, String> = url::form_urlencoded::parse(query).into_owned().collect();
    let text = |name: &str| query.get(name).cloned().unwrap_or_default();
    let browser = party.browser(&headers);
    let (state, nonce) = browser.attempt.clone().unwrap_or_default();
    let any =
        party.is(Flaw::StateOfAnyBrowser) && party.known_states.lock().unwrap().contains(&text("state"));
    let unchecked = any || party.is(Flaw::StateUnchecked);
    if !unchecked && (state.is_empty() || state != text("state")) {
        return party.error(400, "state");
    }
    if !party.is(Flaw::StateKept) {
        party.change(&headers, |browser| browser.attempt = None);
    }
    if text("iss") != party.issuer && !party.is(Flaw::IssuerUnchecked) {
        return party.error(400, "iss");
    }
    if query.contains_key("error") {
        return party.error(400, &format!("{} {}", text("error"), text("error_description")));
    }
    if text("code").is_empty() {
        return party.error(400, "code");
    }
    // Who checks no state has nothing to hold the nonce of another browser against.
    if nonce.is_empty() && unchecked {
        return stranger(&party, &text("code")).await;
    }
    match party.exchange(&text("code"), &nonce, &headers).await {
        Ok(user) => {
            party.change(&headers, |browser| browser.user = Some(user));
            let token = party.browser(&headers).access_token;
            match party.flaw {
                Flaw::AccessTokenInCookie => {
                    let session = packed(&format!("{{\"access_token\":\"{token}\"}}"));
                    with_cookie(redirect("/"), &format!("session={session}.signature; Path=/; HttpOnly"))
                }
                Flaw::SecretInCookie => with_cookie(redirect("/"), &format!("reglages={SECRET}; Path=/")),
                _ => way::arrived(&party, &headers),
            }
        }
        Err(what) => party.error(502, what),
    }
}

/// Logs a browser in that has begun nothing.
async fn stranger(party: &Arc<Party>, code: &str) -> Response {
    let id = random();
    party.browsers.lock().unwrap().insert(id.clone(), Browser::default());
    let mut headers = HeaderMap::new();
    headers.insert(header::COOKIE, format!("qui={id}").parse().unwrap());
    let blind = Party { flaw: Flaw::NonceUnchecked, ..copy(party) };
    match blind.exchange(code, "", &headers).await {
        Ok(user) => {
            party.change(&headers, |browser| browser.user = Some(user));
            with_cookie(redirect("/"), &format!("qui={id}; Path=/"))
        }
        Err(what) => party.error(502, what),
    }
}

fn copy(party: &Party) -> Party {
    Party {
        flaw: party.flaw,
        way: party.way,
        front: party.front.clone(),
        site: party.site.clone(),
        issuer: party.issuer.clone(),
        client: party.client.clone(),
        browsers: Mutex::default(),
        users: Mutex::default(),
        keys: Mutex::default(),
        known_states: Mutex::default(),
    }
}

async fn leave(State(party): Shared, headers: HeaderMap, body: String) -> Response {
    let browser = party.browser(&headers);
    if party.way == Way::LogoutWithToken && body != format!("jeton={}", browser.token) {
        return page(403, "Demande refusée.");
    }
    if !matches!(party.flaw, Flaw::LogoutAfterwards | Flaw::ForeignLogout) {
        party.change(&headers, |browser| *browser = Browser::default());
    }
    if party.is(Flaw::LocalLogout) {
        return redirect("/");
    }
    if party.way == Way::Broker {
        return redirect(&format!("{}/courtier/sortir", party.site));
    }
    end_session(&party, &browser)
}

fn end_session(party: &Party, browser: &Browser) -> Response {
    let nowhere = if party.is(Flaw::LogoutToNowhere) { "/" } else { "" };
    let back = format!("{}/sorti{nowhere}", party.site);
    let query = [
        ("id_token_hint", browser.id_token.as_str()),
        ("post_logout_redirect_uri", &back),
        ("state", "sorti-de-la-recette"),
    ];
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    redirect(&format!("{}/session/end?{query}", party.issuer))
}

async fn left(State(party): Shared, headers: HeaderMap, uri: Uri) -> Response {
    if party.is(Flaw::LogoutStateFatal) && uri.query() != Some("state=sorti-de-la-recette") {
        return page(500, "Erreur interne.");
    }
    if !party.is(Flaw::ForeignLogout) {
        party.change(&headers, |browser| *browser = Browser::default());
    }
    redirect(&format!("{}/", party.front))
}
