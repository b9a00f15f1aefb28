//! The token endpoint, with FranceConnect's very words and in its order.

use super::{ISSUER, NOW, REDIRECT, SECRET, code, emulator, form, json_of, token, userinfo};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use franceconnect_edge::emulator::{Alg, Client, ClientAuth, Emulator, Reply, Request, Visitor};

/// Checks a JSON error: status, `error`, `error_description`, the code in `error_uri`, and that no cache keeps it.
pub fn refused(reply: &Reply, status: u16, error: &str, description: &str, y: &str, at: &str) {
    let body = json_of(reply);
    assert_eq!(reply.status, status, "{at}: {body}");
    assert_eq!(super::names(&body), ["error", "error_description", "error_uri"], "{at}");
    assert_eq!(
        (body["error"].as_str(), body["error_description"].as_str()),
        (Some(error), Some(description)),
        "{at}"
    );
    let uri = body["error_uri"].as_str().unwrap();
    let start = format!(
        "https://docs.partenaires.franceconnect.gouv.fr/fs/fs-technique/fs-technique-erreurs/?code={y}&id="
    );
    let id = uri.strip_prefix(&start).unwrap_or_else(|| panic!("{at}: {uri}"));
    assert!(id.len() == 36 && id.split('-').map(str::len).eq([8, 4, 4, 4, 12]), "{at}: {uri}");
    assert!(reply.get("content-type").unwrap().starts_with("application/json"), "{at}");
    assert_eq!((reply.get("cache-control"), reply.get("set-cookie")), (Some("no-store"), None), "{at}");
}

/// What a request is refused with, the rest following from it.
enum Refused {
    /// 400 `invalid_request`.
    Request(&'static str),
    /// 401 `invalid_client` with this detail.
    Client(&'static str),
    /// 400 `invalid_grant` with this detail.
    Grant(&'static str),
}

use Refused::{Client as BadClient, Grant, Request as BadRequest};

fn refused_so(reply: &Reply, refusal: &Refused, y: &str, at: &str) {
    let (status, error, description) = match refusal {
        BadRequest(text) => (400, "invalid_request", format!("{text} (undefined)")),
        BadClient(detail) => (401, "invalid_client", format!("client authentication failed ({detail})")),
        Grant(detail) => (400, "invalid_grant", format!("grant request is invalid ({detail})")),
    };
    refused(reply, status, error, &description, y, at);
}

#[test]
fn what_is_wrong_with_a_token_request() {
    let elsewhere = format!("{REDIRECT}/");
    for (changes, refusal, y) in [
        (vec![("client_secret", "faux")], BadClient("invalid secret provided"), "Y0434A7B"),
        (vec![("client_id", "inconnu")], BadClient("client not found"), "Y0479FCE"),
        (
            vec![("-client_secret", "")],
            BadClient(
                "the provided authentication mechanism does not match the registered client authentication method",
            ),
            "Y044D82C",
        ),
        (vec![("-client_id", "")], BadRequest("no client authentication mechanism provided"), "Y044FEB3"),
        (vec![("client_id", "")], BadRequest("no client authentication mechanism provided"), "Y044FEB3"),
        (vec![("code", "")], BadRequest("missing required parameter 'code'"), "Y048017B"),
        (vec![("-code", "")], BadRequest("missing required parameter 'code'"), "Y048017B"),
        (vec![("-redirect_uri", "")], BadRequest("missing required parameter 'redirect_uri'"), "Y048017B"),
        (
            vec![("-code", ""), ("redirect_uri", "")],
            BadRequest("missing required parameters 'code' and 'redirect_uri'"),
            "Y048017B",
        ),
        (vec![("-grant_type", "")], BadRequest("missing required parameter 'grant_type'"), "Y048017B"),
        (vec![("code", "inconnu")], Grant("authorization code not found"), "Y049E20B"),
        (vec![("client_id", "autre")], Grant("client mismatch"), "Y047A2EA"),
        (vec![("redirect_uri", &elsewhere)], Grant("authorization code redirect_uri mismatch"), "Y04F8199"),
        (
            vec![("client_secret", "a"), ("client_secret", "b")],
            BadRequest("'client_secret' parameter must not be provided twice"),
            "Y0496E4A",
        ),
        (
            vec![("client_id", "a"), ("client_secret", "b"), ("client_id", "a"), ("client_secret", "")],
            BadRequest("'client_id' and 'client_secret' parameters must not be provided twice"),
            "Y0496E4A",
        ),
        (
            vec![("grant_type", "a"), ("grant_type", "a")],
            BadRequest("'grant_type' parameter must not be provided twice"),
            "Y0496E4A",
        ),
        (
            vec![("code", "a"), ("code", "b"), ("redirect_uri", "c"), ("redirect_uri", "d")],
            BadRequest("'code' and 'redirect_uri' parameters must not be provided twice"),
            "Y0496E4A",
        ),
        // Who the client is comes before what it wants.
        (
            vec![("client_secret", "faux"), ("grant_type", "a"), ("grant_type", "b"), ("-code", "")],
            BadClient("invalid secret provided"),
            "Y0434A7B",
        ),
        (vec![("client_id", "autre"), ("redirect_uri", &elsewhere)], Grant("client mismatch"), "Y047A2EA"),
    ] {
        let mut emulator = emulator();
        let code = code(&mut emulator, NOW, &[], "test");
        let mut sent = changes.clone();
        if !changes.iter().any(|(name, _)| name.ends_with("code")) {
            sent.push(("code", &code));
        }
        let reply = token(&mut emulator, NOW, &sent);
        refused_so(&reply, &refusal, y, &format!("{changes:?}"));
        assert_eq!(token(&mut emulator, NOW, &[("code", &code)]).status, 200, "{changes:?}: not spent");
    }
    let mut emulator = emulator();
    let grant = token(&mut emulator, NOW, &[("grant_type", "refresh_token"), ("code", "a")]);
    let description = "unsupported grant_type requested (undefined)";
    refused(&grant, 400, "unsupported_grant_type", description, "Y04C2044", "grant type");
    let code = code(&mut emulator, NOW, &[], "test");
    let more = [("code", code.as_str()), ("scope", "a"), ("scope", "b"), ("resource", "c")];
    assert_eq!(
        token(&mut emulator, NOW, &more).status,
        200,
        "what the endpoint does not know is not looked at"
    );
}

#[test]
fn the_five_members() {
    let mut emulator = emulator();
    let code = code(&mut emulator, NOW, &[], "test");
    let reply = token(&mut emulator, NOW, &[("code", &code)]);
    let body = json_of(&reply);
    assert_eq!(super::names(&body), ["access_token", "expires_in", "id_token", "scope", "token_type"]);
    assert_eq!((&body["expires_in"], &body["token_type"]), (&60.into(), &"Bearer".into()));
    assert_eq!(body["scope"], "openid profile birth email idp_birthdate");
    assert!(reply.get("content-type").unwrap().starts_with("application/json"));
    assert_eq!((reply.get("cache-control"), reply.get("set-cookie")), (Some("no-store"), None));
}

#[test]
fn bodies_are_forms() {
    let mut emulator = emulator();
    let url = format!("{ISSUER}/token");
    let send = |emulator: &mut Emulator, content_type: Option<&str>, body: &str| {
        let mut request = Request::new("POST", &url);
        request.headers.extend(content_type.map(|value| ("Content-Type".to_owned(), value.to_owned())));
        request.body = body.as_bytes().to_vec();
        emulator.handle(NOW, &request)
    };
    let code = code(&mut emulator, NOW, &[], "test");
    let good = form(&[
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", REDIRECT),
        ("client_id", "client"),
        ("client_secret", SECRET),
    ]);
    let only = "only application/x-www-form-urlencoded content-type bodies are supported on POST /token";
    for other in ["application/json", "text/plain", "multipart/form-data; boundary=x", "x"] {
        let reply = send(&mut emulator, Some(other), &good);
        refused_so(&reply, &BadRequest(only), "Y043C322", other);
    }
    let form = "application/x-www-form-urlencoded";
    let long = format!("{good}&a={}", "a".repeat(56 * 1024));
    for (content_type, body) in [(form.to_owned(), &long), (format!("{form}; charset=utf-16"), &good)] {
        let reply = send(&mut emulator, Some(&content_type), body);
        let unreadable = "failed to parse the request body";
        refused_so(&reply, &BadRequest(unreadable), "Y04A25F2", &content_type);
    }
    let none = "no client authentication mechanism provided";
    refused_so(&send(&mut emulator, None, &good), &BadRequest(none), "Y044FEB3", "no content type");
    let shouted = "Application/X-WWW-Form-Urlencoded; Charset=\"UTF-8\"";
    assert_eq!(send(&mut emulator, Some(shouted), &good).status, 200);
}

/// A call with a Basic header of `pair`, which replaces the posted secret, and these changes.
fn basic(emulator: &mut Emulator, header: &str, changes: &[(&str, &str)]) -> Reply {
    let usual = [("grant_type", "authorization_code"), ("redirect_uri", REDIRECT)];
    let pairs: Vec<(&str, &str)> = usual.iter().chain(changes).copied().collect();
    let request = Request::post(&format!("{ISSUER}/token"), &form(&pairs));
    emulator.handle(NOW, &request.with("authorization", header))
}

#[test]
fn a_basic_header_is_taken_for_a_posted_secret_or_refused_in_the_engines_words() {
    let header = |pair: &str| format!("Basic {}", STANDARD.encode(pair));
    let good = header(&format!("client:{SECRET}"));
    let mut emulator = emulator();
    let codes: Vec<String> = (0..3).map(|_| code(&mut emulator, NOW, &[], "test")).collect();
    for (header, code) in [&good, &good.replace("Basic", "bAsIc"), &good.replace('=', "")].iter().zip(&codes)
    {
        assert_eq!(basic(&mut emulator, header, &[("code", code)]).status, 200, "{header}");
    }
    let format = "invalid authorization header value format";
    let encoding = "client_id and client_secret in the authorization header are not properly encoded";
    let mechanism = "client authentication must only be provided using one mechanism";
    for (header, changes, refusal, y) in [
        (String::new(), vec![], BadRequest(format), "Y04F62CD"),
        ("Basic".into(), vec![], BadRequest(format), "Y04F62CD"),
        ("Basic  YTpi".into(), vec![], BadRequest(format), "Y04F62CD"),
        ("Bearer abc".into(), vec![], BadRequest(format), "Y04F62CD"),
        ("Basic ???".into(), vec![], BadRequest(format), "Y046ADF1"),
        (header("client"), vec![], BadRequest(format), "Y046ADF1"),
        (header("client:%zz"), vec![], BadRequest(encoding), "Y04328E9"),
        (header("client:%e9"), vec![], BadRequest(encoding), "Y04328E9"),
        (header("client:%00"), vec![], BadRequest(encoding), "Y04328E9"),
        (header("é:b"), vec![], BadRequest(encoding), "Y04328E9"),
        (
            good.clone(),
            vec![("client_id", "autre")],
            BadRequest("mismatch in body and authorization client ids"),
            "Y0419ECE",
        ),
        (
            header("client:"),
            vec![],
            BadRequest("client_secret must be provided in the Authorization header"),
            "Y045CC8C",
        ),
        (good.clone(), vec![("client_secret", SECRET)], BadRequest(mechanism), "Y04DADA6"),
        (good.clone(), vec![("client_assertion", "a.b.c")], BadRequest(mechanism), "Y047E9E5"),
        (header("client:faux"), vec![], BadClient("invalid secret provided"), "Y0434A7B"),
        (header("inconnu:faux"), vec![], BadClient("client not found"), "Y0479FCE"),
    ] {
        let reply = basic(&mut emulator, &header, &changes);
        refused_so(&reply, &refusal, y, &format!("{header} {changes:?}"));
        let challenge = reply.get("www-authenticate");
        let asked =
            challenge.is_some_and(|challenge| challenge.starts_with("Basic realm=\"http://127.0.0.1"));
        assert_eq!(asked, reply.status == 401, "{header}: {challenge:?}");
    }
    let mut settings = super::emulator().settings().clone();
    settings.clients.push(Client {
        auth: ClientAuth::PrivateKeyJwt,
        jwks_uri: Some("http://localhost:3000/jwks".into()),
        ..super::client("assertions")
    });
    let mut emulator = Emulator::new(settings);
    emulator.learn(
        NOW,
        "http://localhost:3000/jwks",
        Some(franceconnect_edge::emulator::ServiceDocument {
            status: 200,
            body: br#"{"keys":[]}"#.to_vec(),
            ..Default::default()
        }),
    );
    let reply = basic(&mut emulator, &header(&format!("assertions:{SECRET}")), &[]);
    assert!(json_of(&reply)["error_uri"].as_str().unwrap().contains("code=Y044D82C&"), "{}", reply.text());
}

#[test]
fn a_code_lives_30_seconds_and_once() {
    let mut emulator = emulator();
    let late = code(&mut emulator, NOW, &[], "test");
    let reply = token(&mut emulator, NOW.plus(30), &[("code", &late)]);
    refused_so(&reply, &Grant("authorization code not found"), "Y049E20B", "late");

    let once = code(&mut emulator, NOW, &[], "test");
    let first = token(&mut emulator, NOW.plus(29), &[("code", &once)]);
    assert_eq!(first.status, 200);
    let access = json_of(&first)["access_token"].as_str().unwrap().to_owned();
    assert_eq!(userinfo(&mut emulator, NOW.plus(29), &access).status, 200);
    let second = token(&mut emulator, NOW.plus(29), &[("code", &once)]);
    refused_so(&second, &Grant("authorization code already consumed"), "Y0416228", "twice");
    let died = userinfo(&mut emulator, NOW.plus(29), &access);
    let unknown = "invalid token provided (access token not found)";
    refused(&died, 401, "invalid_token", unknown, "Y040001", "what it gave died with it");
    let third = token(&mut emulator, NOW.plus(29), &[("code", &once)]);
    refused_so(&third, &Grant("authorization code not found"), "Y049E20B", "thrice");
}

#[test]
fn who_is_deactivated_is_unknown_everywhere() {
    let mut settings = super::emulator().settings().clone();
    let mut emulator = Emulator::new(settings.clone());
    let back = Visitor::new().log_in(&mut emulator, NOW, &super::authorize(&[]), "test");
    let hint = {
        let code = super::parameter(&back, "code").unwrap();
        json_of(&token(&mut emulator, NOW, &[("code", &code)]))["id_token"].as_str().unwrap().to_owned()
    };
    settings.clients.iter_mut().for_each(|client| client.active = false);
    let mut emulator = Emulator::new(settings);
    let page = emulator.handle(NOW, &Request::get(&super::authorize(&[])));
    assert_eq!((super::page_code(&page), page.status), (Some("Y04EA6EF"), 400));
    refused_so(
        &token(&mut emulator, NOW, &[("code", "x")]),
        &BadClient("client not found"),
        "Y0479FCE",
        "token",
    );
    let url = format!("{ISSUER}/session/end?{}", form(&[("id_token_hint", &hint)]));
    assert_eq!(super::page_code(&emulator.handle(NOW, &Request::get(&url))), Some("Y0429C91"));
}

#[test]
fn hs256_is_advertised_and_nobody_is_registered_with_it() {
    assert_eq!(Alg::from_name("HS256"), None);
    let metadata =
        emulator().handle(NOW, &Request::get(&format!("{ISSUER}/.well-known/openid-configuration")));
    assert_eq!(
        json_of(&metadata)["id_token_signing_alg_values_supported"],
        serde_json::json!(["HS256", "ES256", "RS256"])
    );
}
