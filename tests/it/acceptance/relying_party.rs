//! A relying party in few lines that does everything right, and one thing wrong if it is told to.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use jsonwebtoken::{DecodingKey, Validation, decode, decode_header, jwk::JwkSet};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::{CLIENT_ID, SECRET};

/// What it does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    Nothing,
    StateUnchecked,
    StateOfAnyBrowser,
    StateKept,
    StateShort,
    StateRepeated,
    NonceUnchecked,
    SignatureUnchecked,
    IssuerUnchecked,
    AudienceUnchecked,
    ExpiryUnchecked,
    LevelUnchecked,
    SubjectUncompared,
    PlainUserInfo,
    KeysForEver,
    JsonErrors,
    StackTraces,
    DeadEnds,
    SilentErrors,
    ErrorsWithStatus200,
    ErrorsUnescaped,
    LocalLogout,
    LogoutAfterwards,
    NoLogout,
    EmailAsKey,
    UsageNameNeeded,
    AccessTokenShown,
    SecretShown,
    UserInfoLate,
}

/// One browser's side of the conversation.
#[derive(Default, Clone)]
struct Browser {
    attempt: Option<(String, String)>,
    user: Option<User>,
    id_token: String,
    access_token: String,
}

#[derive(Clone)]
struct User {
    name: String,
}

pub struct Party {
    pub flaw: Flaw,
    pub site: String,
    pub issuer: String,
    client: reqwest::Client,
    browsers: Mutex<HashMap<String, Browser>>,
    /// Who is known, by what they are found by.
    users: Mutex<HashMap<String, User>>,
    keys: Mutex<Option<JwkSet>>,
    known_states: Mutex<Vec<String>>,
}

type Shared = State<Arc<Party>>;

/// Serves it on `listener` until the runtime ends.
pub fn serve(listener: std::net::TcpListener, flaw: Flaw, issuer: String) -> String {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let site = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    // Longer than the emulator's honest answers take, and no longer.
    let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(4));
    let party = Party {
        flaw,
        site: site.clone(),
        issuer,
        client: client.tls_certs_only([]).build().unwrap(),
        browsers: Mutex::default(),
        users: Mutex::default(),
        keys: Mutex::default(),
        known_states: Mutex::default(),
    };
    let router = axum::Router::new()
        .route("/", get(home))
        .route("/entrer", get(enter))
        .route("/retour", get(back))
        .route("/sortir", post(leave))
        .route("/sorti", get(left))
        .with_state(Arc::new(party));
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    site
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
        match self.flaw {
            Flaw::JsonErrors => {
                (StatusCode::BAD_REQUEST, axum::body::Body::from("{\"error\":\"invalid\"}")).into_response()
            }
            Flaw::StackTraces => {
                page(status, &format!("<pre>Traceback (most recent call last): {what}</pre>{again}"))
            }
            Flaw::DeadEnds => page(status, "La connexion n’a pas abouti, hélas."),
            Flaw::SilentErrors => redirect("/"),
            Flaw::ErrorsWithStatus200 => page(200, &format!("La connexion n’a pas abouti. {again}")),
            Flaw::ErrorsUnescaped => page(status, &format!("La connexion n’a pas abouti : {what}. {again}")),
            _ => page(status, &format!("La connexion n’a pas abouti. {again}")),
        }
    }

    async fn keys(&self) -> Option<JwkSet> {
        let kept = self.keys.lock().unwrap().clone().filter(|_| self.is(Flaw::KeysForEver));
        if kept.is_some() {
            return kept;
        }
        let text = self.client.get(format!("{}/jwks", self.issuer)).send().await.ok()?.text().await.ok()?;
        let keys: JwkSet = serde_json::from_str(&text).ok()?;
        *self.keys.lock().unwrap() = Some(keys.clone());
        Some(keys)
    }

    async fn verified(&self, token: &str) -> Option<Value> {
        let mut rules = Validation::new(jsonwebtoken::Algorithm::ES256);
        rules.leeway = 5;
        rules.set_issuer(&[&self.issuer]);
        rules.set_audience(&[CLIENT_ID]);
        rules.validate_aud = !self.is(Flaw::AudienceUnchecked);
        rules.validate_exp = !self.is(Flaw::ExpiryUnchecked);
        if self.is(Flaw::IssuerUnchecked) {
            rules.iss = None;
        }
        if self.is(Flaw::SignatureUnchecked) {
            rules.insecure_disable_signature_validation();
            rules.algorithms =
                vec![decode_header(token).map_or(jsonwebtoken::Algorithm::ES256, |head| head.alg)];
            let key = DecodingKey::from_secret(&[]);
            return decode(token, &key, &rules).ok().map(|read| read.claims);
        }
        let kid = decode_header(token).ok()?.kid?;
        let keys = self.keys().await?;
        let key = DecodingKey::from_jwk(keys.find(&kid)?).ok()?;
        let claims: Value = decode(token, &key, &rules).ok()?.claims;
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        let ahead = claims["iat"].as_u64().is_some_and(|iat| iat > now + 60);
        (!ahead || self.is(Flaw::ExpiryUnchecked)).then_some(claims)
    }

    async fn exchange(&self, code: &str, nonce: &str, headers: &HeaderMap) -> Result<User, &'static str> {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &format!("{}/retour", self.site)),
            ("client_id", CLIENT_ID),
            ("client_secret", SECRET),
        ];
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let kind = "application/x-www-form-urlencoded";
        let sent = self.client.post(format!("{}/token", self.issuer)).header("content-type", kind).body(body);
        let answer = sent.send().await.map_err(|_| "jeton")?;
        if answer.status() != 200 {
            return Err("jeton");
        }
        let answer: Value =
            serde_json::from_str(&answer.text().await.map_err(|_| "jeton")?).map_err(|_| "jeton")?;
        let id_token = answer["id_token"].as_str().ok_or("jeton")?;
        let claims = self.verified(id_token).await.ok_or("id_token")?;
        if claims["nonce"] != *nonce && !self.is(Flaw::NonceUnchecked) {
            return Err("nonce");
        }
        if claims["acr"] != "eidas1" && !self.is(Flaw::LevelUnchecked) {
            return Err("acr");
        }
        // Late for the first ones only, or the test would be.
        if self.is(Flaw::UserInfoLate) && self.known_states.lock().unwrap().len() < 4 {
            tokio::time::sleep(Duration::from_millis(6500)).await;
        }
        let access_token = answer["access_token"].as_str().ok_or("jeton")?;
        let asked = self.client.get(format!("{}/userinfo", self.issuer)).bearer_auth(access_token);
        let told = asked.send().await.map_err(|_| "userinfo")?;
        if told.status() != 200 {
            return Err("userinfo");
        }
        let told = told.text().await.map_err(|_| "userinfo")?;
        let plain = serde_json::from_str(&told).ok().filter(|_| self.is(Flaw::PlainUserInfo));
        let person = match plain {
            Some(plain) => plain,
            None => self.verified(&told).await.ok_or("userinfo")?,
        };
        if person["sub"] != claims["sub"] && !self.is(Flaw::SubjectUncompared) {
            return Err("sub");
        }
        if self.is(Flaw::UsageNameNeeded) && person["preferred_username"].as_str().is_none() {
            return Err("preferred_username");
        }
        self.change(headers, |browser| {
            id_token.clone_into(&mut browser.id_token);
            access_token.clone_into(&mut browser.access_token);
        });
        let text = |name: &str| person[name].as_str().unwrap_or_default().to_owned();
        let key = if self.is(Flaw::EmailAsKey) { text("email") } else { text("sub") };
        let user = User { name: format!("{} {}", text("given_name"), text("family_name")) };
        Ok(self.users.lock().unwrap().entry(key).or_insert(user).clone())
    }
}

async fn home(State(party): Shared, headers: HeaderMap) -> Response {
    let browser = party.browser(&headers);
    let Some(user) = browser.user else {
        return page(
            200,
            "<form action=/entrer><button class=fr-connect>S’identifier avec FranceConnect</button></form>",
        );
    };
    let mut text = format!("<p>Bonjour {}</p>", user.name);
    if !party.is(Flaw::NoLogout) {
        text.push_str("<form action=/sortir method=post><button>Se déconnecter</button></form>");
    }
    if party.is(Flaw::AccessTokenShown) {
        text.push_str(&format!("<!-- {} -->", browser.access_token));
    }
    if party.is(Flaw::SecretShown) {
        text.push_str(&format!("<script>const secret = '{SECRET}'</script>"));
    }
    page(200, &text)
}

async fn enter(State(party): Shared) -> Response {
    let (mut state, nonce, id) = (random(), random(), random());
    if party.is(Flaw::StateShort) {
        state.truncate(16);
    }
    if party.is(Flaw::StateRepeated) {
        "1aB".repeat(12).clone_into(&mut state);
    }
    let browser = Browser { attempt: Some((state.clone(), nonce.clone())), ..Browser::default() };
    party.browsers.lock().unwrap().insert(id.clone(), browser);
    party.known_states.lock().unwrap().push(state.clone());
    let callback = format!("{}/retour", party.site);
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
    let cookie = format!("qui={id}; Path=/; HttpOnly; SameSite=Lax");
    (StatusCode::SEE_OTHER, [(header::LOCATION, to), (header::SET_COOKIE, cookie)]).into_response()
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
            redirect("/")
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
            let cookie = format!("qui={id}; Path=/");
            (StatusCode::SEE_OTHER, [(header::LOCATION, "/".to_owned()), (header::SET_COOKIE, cookie)])
                .into_response()
        }
        Err(what) => party.error(502, what),
    }
}

fn copy(party: &Party) -> Party {
    Party {
        flaw: party.flaw,
        site: party.site.clone(),
        issuer: party.issuer.clone(),
        client: party.client.clone(),
        browsers: Mutex::default(),
        users: Mutex::default(),
        keys: Mutex::default(),
        known_states: Mutex::default(),
    }
}

async fn leave(State(party): Shared, headers: HeaderMap) -> Response {
    let browser = party.browser(&headers);
    if !party.is(Flaw::LogoutAfterwards) {
        party.change(&headers, |browser| *browser = Browser::default());
    }
    if party.is(Flaw::LocalLogout) {
        return redirect("/");
    }
    let back = format!("{}/sorti", party.site);
    let query = [
        ("id_token_hint", browser.id_token.as_str()),
        ("post_logout_redirect_uri", &back),
        ("state", "sorti-de-la-recette"),
    ];
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    redirect(&format!("{}/session/end?{query}", party.issuer))
}

async fn left(State(party): Shared, headers: HeaderMap) -> Response {
    party.change(&headers, |browser| *browser = Browser::default());
    redirect("/")
}
