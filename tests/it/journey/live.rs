//! The go-live check: one deployment that is ready, many that have one fault each and fail exactly for it, services of
//! which nothing is known, and what a hostile one says.

mod faults;
mod run;

use std::time::Duration;

use franceconnect_edge::franceconnect::Product;
use franceconnect_edge::journey::Configuration;
use franceconnect_edge::journey::live::{CHECKS, End, Finding, Hop, Known, Seen, Way, json, judge, remarks};
use franceconnect_edge::journey::probe::{Answer, Trouble};
use franceconnect_edge::journey::qualification::Verdict;
use franceconnect_edge::time::Timestamp;
use serde_json::{Value, json};
use url::Url;

use super::{configuration, dossier};
use crate::native_support::KEY;
use crate::support::conversation::private_keys;

const SITE: &str = "https://my-service.fr";
const SHARED: &str = "https://autre.my-service.fr/callback";
const ISSUER: &str = "https://auth.franceconnect.gouv.fr/api/v2";
/// 2026-11-30T00:00:00Z, as a server writes it.
const DATE: &str = "Mon, 30 Nov 2026 00:00:00 GMT";

fn now() -> Timestamp {
    Timestamp::of_day("2026-11-30").unwrap()
}

fn hop(url: &str, status: u16, headers: &[(&str, &str)], body: &str) -> Hop {
    let usual = [("date", DATE), ("strict-transport-security", "max-age=31536000")];
    let headers = headers.iter().chain(&usual).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let answer = Answer {
        url: Url::parse(url).unwrap(),
        status,
        headers: headers.collect(),
        body: body.as_bytes().to_vec(),
        whole: true,
        took: Duration::ZERO,
        certificate_until: Some(now().plus(15 * 86_400)),
    };
    Hop { answer, at: now() }
}

fn page(url: &str, status: u16, headers: &[(&str, &str)], body: &str) -> Way {
    Way { hops: vec![hop(url, status, headers, body)], end: End::Page }
}

fn lost(trouble: Trouble) -> Way {
    Way { hops: Vec::new(), end: End::Lost(trouble) }
}

/// The request of the `n`th login, after these parameters were replaced, added, or taken out where they are empty.
fn asked(n: usize, changes: &[(&str, &str)]) -> Url {
    let (state, nonce) = (format!("{n}Aa{}", "s".repeat(40)), format!("{n}Bb{}", "n".repeat(40)));
    let callback = format!("{SITE}/auth/callback");
    let mut pairs = vec![
        ("response_type", "code"),
        ("client_id", "of-production"),
        ("redirect_uri", &callback),
        ("state", &state),
        ("nonce", &nonce),
        ("scope", "openid given_name family_name"),
        ("acr_values", "eidas2"),
    ];
    for (name, value) in changes {
        pairs.retain(|(known, _)| known != name);
        pairs.extend((!value.is_empty()).then_some((*name, *value)));
    }
    let mut url = Url::parse(&format!("{ISSUER}/authorize")).unwrap();
    url.query_pairs_mut().extend_pairs(pairs);
    url
}

fn login(to: Url, cookie: &str) -> Way {
    let headers = [("location", to.as_str()), ("cache-control", "private, no-store"), ("set-cookie", cookie)];
    let hops = vec![hop(&format!("{SITE}/auth/login"), 303, &headers, "")];
    Way { hops, end: End::Away(to) }
}

const COOKIE: &str = "__Host-fc_flow_0a1b=sealed.abc; Path=/; Max-Age=1800; HttpOnly; SameSite=Lax; Secure";
const PAGE: [(&str, &str); 5] = [
    ("content-type", "text/html; charset=utf-8"),
    ("cache-control", "private, no-store"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
];

/// Characters that turn what follows, or that nobody sees.
const HIDDEN: [char; 4] = ['\u{202e}', '\u{61c}', '\u{ad}', '\u{e0041}'];

const OPERATOR: &str =
    "<dt>FranceConnect+ (clés)</dt><dd><strong>répond</strong>, 12 ms, écart d’horloge : +0 s</dd>";

/// What is known: FranceConnect+, on two hosts, with a test site.
fn known() -> Known {
    let plus = dossier(&[
        ("level = \"eidas1\"", "level = \"eidas2\""),
        ("level = \"\"", "level = \"eidas2\""),
        ("scopes = []", "scopes = [\"openid\", \"given_name\", \"family_name\"]"),
    ]);
    let keys = private_keys(&["ECDH-ES"]);
    let live = configuration(&[
        ("PUBLIC_URL", SITE),
        ("FC_ENVIRONMENT", "plus-production"),
        ("FC_CLIENT_ID", "of-production"),
        ("FC_SCOPES", "openid given_name family_name"),
        ("FC_ACR_VALUES", "eidas2"),
        ("FC_SECTOR_REDIRECT_URIS", SHARED),
        ("FC_PRIVATE_KEYS", &keys),
        ("FC_HABILITATION", "eidas2 openid given_name family_name"),
    ]);
    let test = configuration(&[
        ("FC_ENVIRONMENT", "plus-integration"),
        ("FC_CLIENT_ID", "of-sandbox"),
        ("FC_ACR_VALUES", "eidas2"),
        ("FC_PRIVATE_KEYS", &private_keys(&["RSA-OAEP-256"])),
        ("FC_ENCRYPTION_ALG", "RSA-OAEP-256"),
    ]);
    Known::of(&plus, Some(&live), Some(&test))
}

/// A deployment that is ready.
fn seen(known: &Known) -> Seen {
    let live = known.live.as_ref().unwrap();
    let document = |url: &str, kind: &str, body: &str| page(url, 200, &[("content-type", kind)], body);
    let callback =
        |query: &str| page(&format!("{SITE}/auth/callback{query}"), 400, &PAGE, "<h1>Recommencez</h1>");
    let plain = vec![hop("http://my-service.fr/", 301, &[("location", "https://my-service.fr/")], "")];
    Seen {
        site: Url::parse(SITE).unwrap(),
        front: page(&format!("{SITE}/"), 200, &[], "bonjour"),
        plain: Some(Way { hops: plain, end: End::Away(Url::parse(SITE).unwrap()) }),
        logins: [1, 2].map(|n| login(asked(n, &[]), COOKIE)),
        callback: Some(callback("")),
        forged: Some(callback("?code=c&state=s")),
        denied: Some(callback("?error=access_denied&state=s")),
        logout: Some(page(&format!("{SITE}/auth/logout/callback"), 200, &PAGE, "À bientôt")),
        sector: Some(document(
            &format!("{SITE}/auth/sector-identifier.json"),
            "application/json",
            &json!([format!("{SITE}/auth/callback"), SHARED]).to_string(),
        )),
        keys: Some(document(
            &format!("{SITE}/auth/jwks.json"),
            "application/jwk-set+json",
            live.keys.as_ref().unwrap(),
        )),
        test_keys: Some(document(
            "https://staging.my-service.fr/auth/jwks.json",
            "application/jwk-set+json",
            known.test.as_ref().unwrap().keys.as_ref().unwrap(),
        )),
        provider: Some(document(&format!("{ISSUER}/jwks"), "application/jwk-set+json", "{}")),
        health: Some(document(&format!("{SITE}/auth/health"), "application/json", r#"{"status":"ok"}"#)),
        operator: Some(page(&format!("{SITE}/auth/operator"), 200, &PAGE, OPERATOR)),
    }
}

/// Replaces both logins by such as ask for this.
fn ask(seen: &mut Seen, changes: &[(&str, &str)]) {
    seen.logins = [1, 2].map(|n| login(asked(n, changes), COOKIE));
}

/// Replaces both logins by such as lead here.
fn lead(seen: &mut Seen, to: &str) {
    seen.logins = [1, 2].map(|n| {
        let mut url = Url::parse(to).unwrap();
        url.set_query(asked(n, &[]).query());
        login(url, COOKIE)
    });
}

fn cookie(seen: &mut Seen, line: &str) {
    seen.logins = [1, 2].map(|n| login(asked(n, &[]), line));
}

/// Sets a header of the last answer of a way, or takes it out.
fn header(way: &mut Way, name: &str, value: Option<&str>) {
    let headers = &mut way.hops.last_mut().unwrap().answer.headers;
    headers.retain(|(known, _)| known != name);
    headers.extend(value.map(|value| (name.to_owned(), value.to_owned())));
}

fn set(way: &mut Option<Way>, status: u16, body: &str) {
    let answer = &mut way.as_mut().unwrap().hops.last_mut().unwrap().answer;
    (answer.status, answer.body) = (status, body.as_bytes().to_vec());
}

/// Changes the first published key.
fn key(seen: &mut Seen, change: impl Fn(&mut Value)) {
    let body = &mut seen.keys.as_mut().unwrap().hops[0].answer.body;
    let mut set: Value = serde_json::from_slice(body).unwrap();
    change(&mut set["keys"][0]);
    *body = set.to_string().into_bytes();
}

fn of(findings: &[Finding], wanted: fn(&Verdict) -> bool) -> Vec<&'static str> {
    findings.iter().filter(|finding| wanted(&finding.verdict)).map(|finding| finding.check.id).collect()
}

fn failing(findings: &[Finding]) -> Vec<&'static str> {
    of(findings, |verdict| matches!(verdict, Verdict::Failed { .. }))
}

#[test]
fn a_deployment_that_is_ready_fails_nothing_and_leaves_to_people_what_people_see() {
    let known = known();
    let seen = seen(&known);
    let findings = judge(&seen, &known);
    assert_eq!(failing(&findings), Vec::<&str>::new(), "{findings:#?}");
    let left = of(&findings, |verdict| *verdict != Verdict::Passed);
    assert_eq!(left, ["real-login", "contacts", "alerts"], "everything else was looked at");
    assert_eq!(remarks(&seen, &known).len(), 0);
    let told = json(&seen, &findings, &[]);
    assert_eq!((&told["login"], &told["counts"]["failed"]), (&json!(false), &json!(0)));
    assert_eq!((&told["day"], &told["url"]), (&json!("2026-11-30"), &json!("https://my-service.fr/")));
    assert_eq!(told["checks"].as_array().unwrap().len(), CHECKS.len());
    assert_eq!(told["checks"][0]["verdict"], "passed");
}

#[test]
fn a_configuration_that_is_not_of_production_is_told() {
    let granted = dossier(&[
        ("level = \"\"", "level = \"eidas1\""),
        ("scopes = []", "scopes = [\"openid\", \"given_name\", \"family_name\", \"preferred_username\"]"),
    ]);
    let line = ("FC_HABILITATION", "eidas1 openid given_name family_name preferred_username");
    for (more, expected) in [
        (&[("FC_ENVIRONMENT", "sandbox"), line][..], "n’est pas de production"),
        (&[("FC_ENVIRONMENT", "production")], "n’enregistre pas l’habilitation"),
        (&[("FC_ENVIRONMENT", "production"), ("FC_SCOPES", "email"), line], "FC_SCOPES doit contenir openid"),
        (&[("FC_ENVIRONMENT", "plus-production"), ("FC_PRIVATE_KEYS", "x")], "FC_PRIVATE_KEYS"),
        (
            &[
                ("FC_ENVIRONMENT", "emulator"),
                ("FC_ISSUER", "http://127.0.0.1:9/api/v2"),
                ("PUBLIC_URL", "http://localhost:1"),
                line,
            ],
            "adresse de cette machine",
        ),
    ] {
        let known = Known::of(&granted, Some(&configuration(more)), None);
        let found: Vec<&str> = known.faults.iter().map(|(seen, _)| seen.fr.as_str()).collect();
        assert!(found.iter().any(|seen| seen.contains(expected)), "{expected}: {found:?}");
    }
    // With two clients there is one word for both.
    let plus = dossier(&[("level = \"eidas1\"", "level = \"eidas2\"")]);
    let keys = private_keys(&["ECDH-ES"]);
    for (more, expected) in [
        (
            &[("FC_PLUS_CLIENT_ID", "plus"), ("FC_PLUS_CLIENT_SECRET", "secret")][..],
            "FC_ENVIRONMENT=production",
        ),
        (&[("FC_ENVIRONMENT", "plus-integration")], "FC_ENVIRONMENT=plus-production"),
    ] {
        let more = [more, &[("FC_PRIVATE_KEYS", keys.as_str())]].concat();
        let known = Known::of(&plus, Some(&configuration(&more)), None);
        assert_eq!(known.faults.len(), 1, "{:?}", known.faults);
        assert_eq!(known.faults[0].1.en, format!("Write {expected} there."));
    }
    let sound = Known::of(&granted, Some(&configuration(&[("FC_ENVIRONMENT", "production"), line])), None);
    assert_eq!(sound.faults.len(), 0);
    assert_eq!(sound.product, Some(Product::Standard));
}

/// Whoever judges from a file does not see them, and what stands for them is published by nobody.
#[test]
fn keys_that_are_secret_are_not_compared_with_what_stands_for_them() {
    let plus = dossier(&[("level = \"eidas1\"", "level = \"eidas2\"")]);
    let variables = [
        ("PUBLIC_URL", SITE),
        ("FC_ENVIRONMENT", "plus-production"),
        ("FC_CLIENT_ID", "of-production"),
        ("FC_SCOPES", "openid given_name family_name"),
        ("FC_ACR_VALUES", "eidas2"),
    ];
    let of =
        |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    let stand_in = |name: &str| match name {
        "FC_PRIVATE_KEYS" => Some(private_keys(&["ECDH-ES"])),
        "FC_SESSION_KEYS" => Some(KEY.to_owned()),
        _ => Some("unset".to_owned()),
    };
    let live = Configuration::read("wrangler.toml".to_owned(), of, stand_in);
    let known = Known::of(&plus, Some(&live), None);
    let told = known.live.as_ref().unwrap();
    assert!(told.publishes && told.keys.is_none(), "{told:?}");
    assert_eq!(told.login, format!("{SITE}/auth/login"));
}

#[test]
fn of_a_service_of_others_only_what_holds_for_every_service_is_judged() {
    let known = Known::default();
    let mut seen = seen(&self::known());
    // Its cookies have names of its own, and it says what it is made of.
    let lines = [
        "sid=abc; Path=/; Secure; HttpOnly; SameSite=Lax",
        "__cf_bm=x; Domain=my-service.fr; SameSite=None",
        "XSRF-TOKEN=for-scripts; Path=/; Secure; SameSite=Lax",
    ];
    for way in &mut seen.logins {
        header(way, "set-cookie", Some(lines[0]));
        let more = lines[1..].iter().map(|line| ("set-cookie".to_owned(), (*line).to_owned()));
        way.hops[0].answer.headers.extend(more);
    }
    header(&mut seen.front, "x-powered-by", Some("PHP/8.1"));
    (seen.sector, seen.logout, seen.health, seen.test_keys) = (None, None, None, None);
    seen.provider = Some(lost(Trouble::Closed("auth.franceconnect.gouv.fr:443".to_owned())));
    let findings = judge(&seen, &known);
    assert_eq!(failing(&findings), Vec::<&str>::new());
    let skipped = of(&findings, |verdict| matches!(verdict, Verdict::Skipped { .. }));
    let expected = ["configuration", "client", "scopes", "logout", "sector", "keys-own", "apart", "health"];
    assert_eq!(skipped, expected);
    let told: Vec<String> = remarks(&seen, &known).into_iter().map(|words| words.fr).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told[0].contains("PHP/8.1") && told[1].contains("sid") && told[2].contains("personne ne répond"));

    // The sandbox is not production for anybody, nor is an anonymous session a login.
    lead(&mut seen, "https://fcp-low.sbx.dev-franceconnect.fr/api/v2/authorize");
    for way in [seen.callback.as_mut(), seen.forged.as_mut()].into_iter().flatten() {
        header(way, "set-cookie", Some(lines[0]));
    }
    assert_eq!(failing(&judge(&seen, &known)), ["provider", "level"]);
}

#[test]
fn nothing_that_a_hostile_site_says_reaches_a_terminal_as_it_is() {
    let bell = format!("\u{1b}[31m\u{7}{}", String::from_iter(HIDDEN));
    let bell = bell.as_str();
    let (known, empty) = (known(), Known::default());
    let mut seen = seen(&known);
    let changes = ["client_id", "redirect_uri", "scope", "acr_values", "prompt", "response_type", bell];
    ask(&mut seen, &changes.map(|name| (name, bell)));
    header(&mut seen.logins[0], "set-cookie", Some(&format!("{bell}=v")));
    header(seen.denied.as_mut().unwrap(), "content-type", Some(bell));
    header(seen.forged.as_mut().unwrap(), "set-cookie", Some(&format!("{bell}2=v")));
    header(&mut seen.front, "server", Some(&format!("{bell}1")));
    set(&mut seen.sector, 200, &json!([bell]).to_string());
    key(&mut seen, |key| (key["kid"], key["d"]) = (json!(""), json!(bell)));
    set(&mut seen.health, 200, &json!({ "status": bell, "version": bell }).to_string());
    for known in [&known, &empty] {
        let (findings, remarks) = (judge(&seen, known), remarks(&seen, known));
        assert!(failing(&findings).len() >= 7, "{:?}", failing(&findings));
        for line in
            json(&seen, &findings, &remarks)["checks"].as_array().unwrap().iter().chain(&remarks_of(&remarks))
        {
            let told = serde_json::to_string(line).unwrap();
            assert!(
                !told.contains("\\u001b") && !told.contains("\\u0007") && !told.contains(HIDDEN),
                "{told}"
            );
        }
    }
}

fn remarks_of(remarks: &[franceconnect_edge::journey::Words]) -> Vec<Value> {
    remarks.iter().map(|words| json!([words.fr, words.en])).collect()
}

#[test]
fn both_guides_name_every_check() {
    for guide in ["docs/journey.md", "docs/parcours.md"] {
        let text = std::fs::read_to_string(guide).unwrap();
        let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| `")).collect();
        for check in CHECKS {
            let name = format!("`{}`", check.id);
            assert!(rows.iter().any(|row| row.split('|').nth(1).unwrap().contains(&name)), "{guide}: {name}");
        }
    }
}
