//! A dry authorization request: taken, or refused with what to mend; every refusal as the emulator words it.

use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::response::Response;
use franceconnect_edge::emulator::{Client, Emulator, Encryption, Product, Settings, serve};
use franceconnect_edge::journey::Words;
use franceconnect_edge::journey::probe::{Prober, Trouble};
use franceconnect_edge::journey::reach::State;
use franceconnect_edge::journey::reach::authorize::{differences, dry, read};
use tokio::runtime::Runtime;
use url::Url;

use super::configuration;
use super::loopback::Loopback;
use super::reach::answer;

const CALLBACK: &str = "http://localhost:8787/auth/callback";

/// Emulators that are served until they are dropped.
pub struct Emulated {
    pub issuer: String,
    listener: Option<TcpListener>,
    runtime: Runtime,
}

impl Emulated {
    /// An address, before anybody is known there.
    pub fn open(product: Product) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let path = if product == Product::Plus { "/plus/api/v2" } else { "/api/v2" };
        let issuer = format!("http://{}{path}", listener.local_addr().unwrap());
        Self { issuer, listener: Some(listener), runtime: Runtime::new().unwrap() }
    }

    pub fn serve(&mut self, product: Product, clients: Vec<Client>) {
        let strict_urls = product == Product::Plus;
        let settings =
            Settings { product, issuer: self.issuer.clone(), clients, strict_urls, ..Settings::default() };
        let emulators = vec![Arc::new(Mutex::new(Emulator::new(settings)))];
        let _inside = self.runtime.enter();
        let listener = tokio::net::TcpListener::from_std(self.listener.take().unwrap()).unwrap();
        self.runtime.spawn(serve(listener, emulators, std::future::pending()));
    }
}

/// A request of the client `id`, with what differs from a good one.
fn request(issuer: &str, id: &str, changes: &[(&str, &str)]) -> Url {
    let usual = [
        ("response_type", "code"),
        ("client_id", id),
        ("redirect_uri", CALLBACK),
        ("scope", "openid given_name"),
        ("acr_values", "eidas1"),
        ("state", "0123456789abcdefghijABCDEFGHIJ01"),
        ("nonce", "0123456789abcdefghijABCDEFGHIJ01"),
    ];
    let kept = usual.iter().filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    Url::parse_with_params(&format!("{issuer}/authorize"), kept.chain(changes)).unwrap()
}

fn french(state: &State) -> String {
    match state {
        State::Sound(seen) => format!("+ {}", seen.fr),
        State::Unseen(seen) => format!("? {}", seen.fr),
        State::Wrong(seen, mend) => format!("- {} ; {}", seen.fr, mend.fr),
    }
}

fn client(id: &str, change: impl Fn(&mut Client)) -> Client {
    let mut client = Client { redirect_uris: vec![CALLBACK.to_owned()], ..Client::default() };
    id.clone_into(&mut client.client_id);
    change(&mut client);
    client
}

#[test]
fn every_refusal_of_the_emulator_is_explained() {
    let documents = Loopback::start(None, |request| {
        let (status, body) = match request.uri().path() {
            "/gone" => (404, String::new()),
            "/text" => (200, "callbacks".to_owned()),
            "/less" => (200, "[\"https://other.fr/callback\"]".to_owned()),
            "/none" => (200, "{}".to_owned()),
            "/keys" => (200, "{\"keys\":[]}".to_owned()),
            path => panic!("{path}"),
        };
        Response::builder().status(status).body(Body::from(body)).unwrap()
    });
    let at = |path: &str| Some(documents.url("http", path).to_string());
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let sector =
        |id: &str, uri: Option<String>| client(id, |client| client.sector_identifier_uri = uri.clone());
    let mut standard = Emulated::open(Product::Standard);
    standard.serve(
        Product::Standard,
        vec![
            client("good", |_| {}),
            client("moved", |client| client.redirect_uris = vec!["https://my-service.fr/cb".to_owned()]),
            client("narrow", |client| client.scopes = Some(vec!["given_name".to_owned()])),
            client("plain", |client| (client.amr, client.idp_hints) = (false, Some(Vec::new()))),
            sector("gone", at("/gone")),
            sector("text", at("/text")),
            sector("less", at("/less")),
            sector("closed", Some(format!("http://{closed}/"))),
        ],
    );
    let keys = |id: &str, uri: Option<String>| {
        client(id, |client| {
            client.redirect_uris = vec!["https://my-service.fr/cb".to_owned()];
            (client.encryption, client.jwks_uri) = (Some(Encryption::EcdhEs), uri.clone());
        })
    };
    let mut plus = Emulated::open(Product::Plus);
    plus.serve(
        Product::Plus,
        vec![
            client("local", |_| {}),
            keys("gone", at("/gone")),
            keys("text", at("/text")),
            keys("none", at("/none")),
            keys("keys", at("/keys")),
        ],
    );
    let (low, high) = (standard.issuer.as_str(), plus.issuer.as_str());
    let email = ("scope", "openid email");
    let amr = ("claims", "{\"id_token\":{\"amr\":null}}");
    let public = [("redirect_uri", "https://my-service.fr/cb"), ("acr_values", "eidas2")];
    // Where, who, what differs from a good request, what is said.
    type Case<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], &'a str);
    let cases: &[Case<'_>] = &[
        (low, "good", &[], "+ FranceConnect accepte la demande"),
        (low, "good", &[email, amr, ("prompt", "login consent")], "+ FranceConnect accepte la demande"),
        (
            low,
            "stranger",
            &[],
            "Y04EA6EF : ce client_id n’existe pas dans cet environnement, ou il est désactivé (client_id=stranger) ; recopier FC_CLIENT_ID",
        ),
        (
            low,
            "moved",
            &[],
            "Y04C013C : l’adresse de retour n’est pas enregistrée pour ce client (redirect_uri=http://localhost:8787/auth/callback) ; la déclarer",
        ),
        (low, "moved", &[("response_type", "token")], "Y040001 : "),
        (
            low,
            "narrow",
            &[email],
            "invalid_scope : un scope n’est pas ouvert à ce client (scope=openid email) ; ne demander",
        ),
        (
            low,
            "good",
            &[("acr_values", "eidas2")],
            "invalid_acr : le niveau demandé est de l’autre produit (acr_values=eidas2) ; FC_ACR_VALUES",
        ),
        (low, "good", &[("scope", "given_name")], "invalid_request : "),
        (low, "good", &[("response_type", "token")], "unsupported_response_type : "),
        (low, "good", &[("nonce", "short")], "Y030007 : un paramètre"),
        (low, "plain", &[amr], "Y100009 : la méthode d’authentification (amr) n’est pas ouverte"),
        (
            low,
            "plain",
            &[("idp_hint", "somebody")],
            "invalid_idp_hint : FC_IDP_HINT nomme un fournisseur d’identité qui n’est pas ouvert à ce client (idp_hint=somebody)",
        ),
        (low, "gone", &[], "Y04A8220 : l’URL d’identifiant de secteur ne répond pas 200 ; servir la liste"),
        (low, "text", &[], "Y049E35D : "),
        (low, "less", &[], "Y04639D8 : "),
        (low, "closed", &[], "Y04ED062 : "),
        (
            high,
            "local",
            &[("acr_values", "eidas2")],
            "Y030007 : un paramètre manque, est mal formé ou n’est pas admis (redirect_uri=http://localhost:8787/auth/callback) ; donner à PUBLIC_URL une adresse publique",
        ),
        (high, "gone", &public, "Y044D511 : "),
        (high, "text", &public, "Y044D511 : "),
        (high, "none", &public, "Y0450142 : "),
        (high, "keys", &public, "Y046B607 : "),
    ];
    let prober = Prober::new().unwrap();
    for (issuer, id, changes, expected) in cases {
        let request = request(issuer, id, changes);
        let answered = standard.runtime.block_on(prober.get(&request));
        let told = french(&read(&request, &answered));
        assert!(told.contains(expected), "{id} {changes:?}: {told}\nand not {expected}");
    }
}

#[test]
fn what_says_neither_yes_nor_no_is_left_to_a_person() {
    let request = request("https://fcp.example/api/v2", "c", &[]);
    let said = |answer| french(&read(&request, &answer));
    let at = "https://fcp.example/api/v2/authorize";
    let html = "text/html";
    for (answer, expected) in [
        (answer(at, 200, html, "", "Y04EA6EF"), "? répond 200"),
        (answer(at, 403, html, "", "Forbidden"), "? répond 403"),
        (
            answer(at, 303, "", "/api/v2/elsewhere", ""),
            "? répond 303 et redirige vers https://fcp.example/api/v2/elsewhere",
        ),
        // An interaction somewhere else, an error told to somebody else.
        (answer(at, 303, "", "https://evil.example/api/v2/interaction/x", ""), "? répond 303"),
        (answer(at, 303, "", "https://evil.example/auth/callback?error=invalid_scope", ""), "? répond 303"),
        (
            Err(Trouble::Late(std::time::Duration::from_secs(10))),
            "? FranceConnect n’a pas pu être interrogé d’ici",
        ),
        (answer(at, 303, "", "/api/v2/interaction/x", ""), "+ FranceConnect accepte"),
        (
            answer(at, 303, "", "http://localhost:8787/auth/callback#error=invalid_scope", ""),
            "- FranceConnect refuse, invalid_scope",
        ),
        (
            answer(at, 303, "", "http://localhost:8787/auth/callback?error=a%1B%5B31m", ""),
            "- FranceConnect refuse : a\u{fffd}[31m ; chercher",
        ),
        (
            answer(at, 400, html, "", "<p>Erreur Y0ABCDE</p>"),
            "- FranceConnect refuse : Y0ABCDE ; chercher ce code",
        ),
        (answer(at, 400, html, "", "Y0ABCDE <b>Y04EA6EF</b>"), "- FranceConnect refuse, Y04EA6EF"),
        (answer(at, 400, html, "", "YES, Y04EA6EFF, Y04ea6ef, YY04EA6EF"), "? répond 400"),
    ] {
        let told = said(answer);
        assert!(told.starts_with(expected), "{told}\nand not {expected}");
    }
}

#[test]
fn what_is_deployed_is_compared_with_what_is_configured() {
    let of = |changes: &[(&str, &str)]| request("https://fcp.example/api/v2", "c", changes);
    let told = |deployed: &Url, configured: &Url| {
        let states = differences(deployed, configured, "wrangler.toml");
        states.iter().map(french).collect::<Vec<_>>()
    };
    // State and nonce are drawn for each.
    assert!(told(&of(&[("state", "a"), ("nonce", "b")]), &of(&[])).is_empty());
    for (name, value) in [
        ("client_id", "d"),
        ("redirect_uri", "https://x.fr/cb"),
        ("scope", "openid"),
        ("acr_values", "eidas2"),
        ("prompt", "login"),
        ("idp_hint", "h"),
    ] {
        let told = told(&of(&[(name, value)]), &of(&[]));
        assert!(
            told.len() == 1 && told[0].contains(&format!("demande {name}={value}, et wrangler.toml dit")),
            "{told:?}"
        );
    }
    let elsewhere = told(&request("https://other.example/api/v2", "c", &[]), &of(&[]));
    assert!(elsewhere[0].contains("s’adresse à https://other.example/api/v2/authorize, et wrangler.toml dit https://fcp.example/api/v2/authorize"), "{elsewhere:?}");
}

#[test]
fn nobody_else_speaks_for_franceconnect() {
    let sends = |to: String| {
        let answer = move || Response::builder().status(303).header("location", &to).body(Body::empty());
        Loopback::start(None, move |_| answer().unwrap())
    };
    let impostor = sends("/api/v2/interaction/x".to_owned());
    let to = request(impostor.url("http", "/api/v2").as_str(), "c", &[]).to_string();
    let service = sends(to);
    let unknown = Err(Words::new("inconnue", "unknown"));
    let (prober, login) = (Prober::new().unwrap(), service.url("http", "/auth/login"));
    let configuration = configuration(&[]);
    let looking = dry(&prober, &login, &configuration, unknown);
    let remarks = Runtime::new().unwrap().block_on(looking).remarks;
    let told: Vec<_> = remarks.iter().map(|remark| french(&remark.state)).collect();
    assert!(told.iter().any(|told| told.starts_with("- le service déployé s’adresse à http://")), "{told:?}");
    assert!(!told.iter().any(|told| told.starts_with('+')), "{told:?}");
}
