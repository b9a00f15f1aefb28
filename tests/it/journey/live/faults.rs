//! Deployments with one fault each, and others that are sound in another way.

use std::time::Duration;

use franceconnect_edge::journey::live::{CHECKS, End, Known, Seen, Way, judge};
use franceconnect_edge::journey::probe::{Refusal, Trouble};
use serde_json::json;
use url::Url;

use super::{
    COOKIE, OPERATOR, SHARED, SITE, ask, asked, cookie, failing, header, hop, key, known, lead, login, lost,
    now, seen, set,
};

/// What is wrong, and the one check that it must fail.
type Fault = (&'static str, &'static str, fn(&mut Seen, &mut Known));

const FAULTS: &[Fault] = &[
    ("configuration", "another site", |_, known| {
        known.live.as_mut().unwrap().site = "https://x.fr".to_owned()
    }),
    ("configuration", "no client", |_, known| {
        known.live.as_mut().unwrap().client = None;
    }),
    ("https", "unknown authority", |seen, _| {
        let hsts = seen.front.hops.clone();
        seen.front = Way { hops: hsts, end: End::Lost(Trouble::Certificate(Refusal::UnknownAuthority)) };
    }),
    ("https", "500", |seen, _| seen.front.hops[0].answer.status = 500),
    ("https", "leads to http", |seen, _| {
        seen.front.end = End::Away(Url::parse("http://my-service.fr/a").unwrap())
    }),
    ("certificate", "nearly over", |seen, _| {
        seen.front.hops[0].answer.certificate_until = Some(now().plus(14 * 86_400 - 1));
    }),
    ("http", "answers without https", |seen, _| set(&mut seen.plain, 200, "bonjour")),
    ("http", "leads to http", |seen, _| {
        header(seen.plain.as_mut().unwrap(), "location", Some("http://www.my-service.fr/"));
    }),
    ("hsts", "absent", |seen, _| header(&mut seen.front, "strict-transport-security", None)),
    ("hsts", "a day", |seen, _| header(&mut seen.front, "strict-transport-security", Some("max-age=86400"))),
    ("provider", "sandbox", |seen, _| {
        lead(seen, "https://auth.integ01.dev-franceconnect.fr/api/v2/authorize")
    }),
    ("provider", "emulator", |seen, _| lead(seen, "http://127.0.0.1:8788/plus/api/v2/authorize")),
    ("provider", "other product", |seen, _| {
        lead(seen, "https://oidc.franceconnect.gouv.fr/api/v2/authorize")
    }),
    ("provider", "impostor", |seen, _| {
        lead(seen, "https://auth.franceconnect.gouv.fr.x.fr/api/v2/authorize")
    }),
    ("provider", "other path", |seen, _| lead(seen, "https://auth.franceconnect.gouv.fr/api/v1/authorize")),
    ("provider", "only once", |seen, _| {
        let way = &mut seen.logins[1];
        let mut url = Url::parse("https://x.fr/api/v2/authorize").unwrap();
        url.set_query(way.away().unwrap().query());
        way.end = End::Away(url);
    }),
    ("client", "of the sandbox", |seen, _| ask(seen, &[("client_id", "of-sandbox")])),
    ("client", "of nobody", |seen, _| ask(seen, &[("client_id", "other")])),
    ("client", "of the sandbox, once", |seen, _| once(seen, &[("client_id", "of-sandbox")])),
    ("redirect-uri", "localhost", |seen, _| {
        ask(seen, &[("redirect_uri", "https://localhost/auth/callback")])
    }),
    ("redirect-uri", "http", |seen, _| ask(seen, &[("redirect_uri", "http://my-service.fr/auth/callback")])),
    ("redirect-uri", "one letter", |seen, _| {
        ask(seen, &[("redirect_uri", "https://my-service.fr/auth/callback/")]);
    }),
    ("scopes", "more than granted", |seen, known| {
        ask(seen, &[("scope", "openid profile")]);
        known.live.as_mut().unwrap().request = vec![("scope".to_owned(), "openid profile".to_owned())];
    }),
    ("scopes", "not as configured", |seen, _| ask(seen, &[("scope", "openid given_name")])),
    ("scopes", "not as configured, once", |seen, _| once(seen, &[("scope", "openid profile")])),
    ("level", "another, once", |seen, _| once(seen, &[("acr_values", "eidas3")])),
    ("level", "above", |seen, known| {
        ask(seen, &[("acr_values", "eidas3")]);
        known.live.as_mut().unwrap().level = None;
    }),
    ("level", "of the other product", |seen, _| ask(seen, &[("acr_values", "eidas1 eidas2")])),
    ("level", "no level", |seen, _| ask(seen, &[("acr_values", "high")])),
    ("random", "short", |seen, _| {
        seen.logins =
            [1, 2].map(|n| login(asked(n, &[("state", if n == 1 { "short" } else { "other" })]), COOKIE))
    }),
    ("random", "the same", |seen, _| ask(seen, &[("nonce", "aB3aB3aB3aB3aB3aB3aB3aB3")])),
    ("request", "foreign parameter", |seen, _| ask(seen, &[("code_challenge", "x")])),
    ("request", "foreign parameter, once", |seen, _| once(seen, &[("code_challenge", "x")])),
    ("request", "no scope", |seen, _| ask(seen, &[("scope", "")])),
    ("request", "no level", |seen, _| ask(seen, &[("acr_values", "")])),
    ("request", "no state", |seen, _| ask(seen, &[("state", "")])),
    ("request", "no client", |seen, _| ask(seen, &[("client_id", "")])),
    ("request", "no callback", |seen, _| ask(seen, &[("redirect_uri", "")])),
    ("request", "token", |seen, _| ask(seen, &[("response_type", "token")])),
    ("request", "prompt", |seen, _| ask(seen, &[("prompt", "none")])),
    ("request", "claims", |seen, _| ask(seen, &[("claims", "{}")])),
    ("request", "twice", |seen, _| {
        for way in &mut seen.logins {
            let mut url = way.away().unwrap().clone();
            url.query_pairs_mut().append_pair("client_id", "of-production");
            way.end = End::Away(url);
        }
    }),
    ("cookies", "not Secure", |seen, _| cookie(seen, "__Host-a=sealed; Path=/; HttpOnly; SameSite=Lax")),
    ("cookies", "the same name again, not Secure", |seen, _| {
        let headers = &mut seen.logins[0].hops[0].answer.headers;
        let careless = COOKIE.replace("; Secure", "");
        headers.push(("set-cookie".to_owned(), careless));
    }),
    ("cookies", "not HttpOnly", |seen, _| cookie(seen, "__Host-a=sealed; Path=/; Secure; SameSite=Lax")),
    ("cookies", "SameSite=None", |seen, _| {
        cookie(seen, "__Host-a=s; Path=/; Secure; HttpOnly; SameSite=None")
    }),
    ("cookies", "no SameSite", |seen, _| cookie(seen, "__Host-a=sealed; Path=/; Secure; HttpOnly")),
    ("cookies", "no prefix", |seen, _| cookie(seen, "a=sealed; Path=/; Secure; HttpOnly; SameSite=Lax")),
    ("cookies", "prefix and domain", |seen, _| {
        cookie(seen, "__Host-a=s; Domain=fr; Path=/; Secure; HttpOnly; SameSite=Lax");
    }),
    ("cookie-content", "an identity", |seen, _| {
        cookie(seen, "__Host-a=eyJnaXZlbl9uYW1lIjoiQW5nZWxhIn0.x; Path=/; Secure; HttpOnly; SameSite=Lax");
    }),
    ("cookie-content", "a token in JSON", |seen, _| {
        cookie(
            seen,
            "__Host-a=%7B%22u%22%3A%7B%22id_token%22%3A1%7D%7D; Path=/; Secure; HttpOnly; SameSite=Lax",
        );
    }),
    ("cookie-content", "too long", |seen, _| {
        let value = "x".repeat(4096);
        cookie(seen, &format!("__Host-a={value}; Path=/; Secure; HttpOnly; SameSite=Lax"));
    }),
    ("cache", "login", |seen, _| header(&mut seen.logins[0], "cache-control", Some("max-age=60"))),
    ("cache", "callback", |seen, _| header(seen.denied.as_mut().unwrap(), "cache-control", None)),
    ("headers", "no policy", |seen, _| {
        header(seen.callback.as_mut().unwrap(), "content-security-policy", None)
    }),
    ("headers", "frames", |seen, _| {
        header(seen.callback.as_mut().unwrap(), "content-security-policy", Some("default-src 'self'"));
    }),
    ("headers", "frames of anybody", |seen, _| {
        let callback = seen.callback.as_mut().unwrap();
        header(callback, "content-security-policy", Some("default-src 'none'; frame-ancestors 'self' *"));
        header(callback, "x-frame-options", Some("DENY"));
    }),
    ("headers", "frames, by an option that is none", |seen, _| {
        let callback = seen.callback.as_mut().unwrap();
        header(callback, "content-security-policy", Some("default-src 'none'"));
        header(callback, "x-frame-options", Some("ALLOWALL"));
    }),
    ("headers", "sniffed", |seen, _| header(seen.callback.as_mut().unwrap(), "x-content-type-options", None)),
    ("headers", "referrer", |seen, _| {
        header(seen.callback.as_mut().unwrap(), "referrer-policy", Some("unsafe-url"));
    }),
    ("callback", "500", |seen, _| set(&mut seen.denied, 500, "<h1>Erreur</h1>")),
    ("callback", "JSON", |seen, _| {
        header(seen.denied.as_mut().unwrap(), "content-type", Some("application/json"));
    }),
    ("callback", "trace", |seen, _| set(&mut seen.forged, 400, "<pre>Traceback (most recent call last)")),
    ("callback", "off again", |seen, _| seen.denied.as_mut().unwrap().end = End::Away(asked(3, &[]))),
    ("callback", "no answer", |seen, _| {
        let way = seen.denied.as_mut().unwrap();
        way.end = End::Lost(Trouble::Late(Duration::from_secs(10)));
    }),
    ("forged", "a session", |seen, _| {
        let line = "__Host-fc_session=s; Path=/; Secure; HttpOnly; SameSite=Lax";
        header(seen.forged.as_mut().unwrap(), "set-cookie", Some(line));
    }),
    ("logout", "404", |seen, _| set(&mut seen.logout, 404, "")),
    ("logout", "leads to a login", |seen, _| seen.logout.as_mut().unwrap().end = End::Away(asked(3, &[]))),
    ("logout", "no answer", |seen, _| seen.logout = Some(lost(Trouble::Unresolved("x.fr".to_owned())))),
    ("sector", "404", |seen, _| set(&mut seen.sector, 404, "[]")),
    ("sector", "no array", |seen, _| set(&mut seen.sector, 200, "{}")),
    ("sector", "one missing", |seen, _| {
        set(&mut seen.sector, 200, &json!([format!("{SITE}/auth/callback")]).to_string());
    }),
    ("sector", "one too many", |seen, _| {
        set(
            &mut seen.sector,
            200,
            &json!([format!("{SITE}/auth/callback"), SHARED, "https://x.fr/"]).to_string(),
        );
    }),
    ("sector", "a logout", |seen, _| {
        let uris =
            [format!("{SITE}/auth/callback"), SHARED.to_owned(), format!("{SITE}/auth/logout/callback")];
        set(&mut seen.sector, 200, &json!(uris).to_string());
    }),
    ("sector", "a redirect", |seen, _| {
        let way = seen.sector.as_mut().unwrap();
        way.hops.insert(0, hop(&format!("{SITE}/s"), 302, &[], ""));
    }),
    ("keys", "private", |seen, _| key(seen, |key| key["d"] = json!("secret"))),
    ("keys", "private, inside", |seen, _| key(seen, |key| key["pair"] = json!({ "d": "secret" }))),
    ("keys", "private, as text", |seen, _| {
        key(seen, |key| key["pem"] = json!("-----BEGIN EC PRIVATE KEY-----\nsecret"))
    }),
    ("keys", "private, beside", |seen, _| {
        let body = &mut seen.keys.as_mut().unwrap().hops[0].answer.body;
        let mut set: serde_json::Value = serde_json::from_slice(body).unwrap();
        set["backup"] = json!([{ "kty": "oct", "k": "secret" }]);
        *body = set.to_string().into_bytes();
    }),
    ("keys", "no name", |seen, _| key(seen, |key| key["kid"] = json!(""))),
    ("keys", "for signatures", |seen, _| key(seen, |key| key["use"] = json!("sig"))),
    ("keys", "other alg", |seen, _| key(seen, |key| key["alg"] = json!("RSA-OAEP-256"))),
    ("keys", "404", |seen, _| set(&mut seen.keys, 404, "")),
    ("keys", "no set", |seen, _| set(&mut seen.keys, 200, "[]")),
    ("keys-own", "of the sandbox", |seen, known| {
        let keys = known.live.as_ref().unwrap().keys.clone().unwrap();
        set(&mut seen.test_keys, 200, &keys);
    }),
    ("keys-own", "of the sandbox as configured", |_, known| {
        known.test.as_mut().unwrap().keys = known.live.as_ref().unwrap().keys.clone();
    }),
    ("keys-own", "of somebody else", |seen, _| key(seen, |key| key["x"] = json!("other"))),
    ("apart", "client", |_, known| known.test.as_mut().unwrap().client = Some("of-production".to_owned())),
    ("apart", "address", |_, known| known.test.as_mut().unwrap().site = SITE.to_owned()),
    ("clock", "late", |seen, _| {
        seen.logins.iter_mut().for_each(|way| header(way, "date", Some("Sun, 29 Nov 2026 23:59:54 GMT")));
    }),
    ("clock", "ahead of FranceConnect", |seen, _| {
        header(seen.provider.as_mut().unwrap(), "date", Some("Sun, 29 Nov 2026 23:59:30 GMT"));
    }),
    ("health", "faulty", |seen, _| set(&mut seen.health, 503, r#"{"status":"misconfigured","faults":2}"#)),
    ("health", "other page", |seen, _| set(&mut seen.health, 200, "<h1>bonjour</h1>")),
    ("flows", "closed", |seen, _| {
        set(
            &mut seen.operator,
            200,
            "<dt>FranceConnect+ (clés)</dt><dd><strong>échec</strong> jwks.unreachable</dd>",
        );
    }),
    ("flows", "clock", |seen, _| {
        set(&mut seen.operator, 200, &OPERATOR.replace("écart d’horloge", "écart d’horloge, trop grand"));
    }),
];

/// One of the two logins asks otherwise: an old instance that still runs beside the new one.
fn once(seen: &mut Seen, changes: &[(&str, &str)]) {
    seen.logins[1] = login(asked(2, changes), COOKIE);
}

#[test]
fn each_fault_fails_exactly_its_check() {
    let mut wrong = Vec::new();
    for (id, what, spoil) in FAULTS {
        let mut known = known();
        let mut seen = seen(&known);
        spoil(&mut seen, &mut known);
        let failing = failing(&judge(&seen, &known));
        if failing != [*id] {
            wrong.push(format!("{id}, {what}: {failing:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let spoilt = |id: &&str| FAULTS.iter().any(|(known, ..)| known == id);
    let without: Vec<&str> = CHECKS.iter().map(|check| check.id).filter(|id| !spoilt(id)).collect();
    assert_eq!(without, ["real-login", "contacts", "alerts"], "checks without a faulty deployment");
}

/// What looks odd and is not.
type Odd = (&'static str, fn(&mut Seen, &mut Known));

const ODD: &[Odd] = &[
    ("FranceConnect’s keys out of a cache", |seen, _| {
        let way = seen.provider.as_mut().unwrap();
        header(way, "date", Some("Sun, 29 Nov 2026 23:50:00 GMT"));
        header(way, "age", Some("600"));
    }),
    ("a front page out of a cache", |seen, _| {
        header(&mut seen.front, "date", Some("Sun, 29 Nov 2026 23:00:00 GMT"));
        header(&mut seen.front, "age", Some("3600"));
        seen.logins.iter_mut().for_each(|way| header(way, "date", None));
    }),
    ("nobody at http", |seen, _| seen.plain = Some(lost(Trouble::Closed("my-service.fr:80".to_owned())))),
    ("http refused", |seen, _| set(&mut seen.plain, 403, "")),
    ("HSTS with more", |seen, _| {
        let value = "includeSubDomains; Max-Age=\"63072000\"; preload";
        header(&mut seen.front, "strict-transport-security", Some(value));
    }),
    ("a site that wants a login at once", |seen, _| seen.front.end = End::Away(asked(3, &[]))),
    ("parameters in another order", |seen, _| ask(seen, &[("scope", "openid given_name family_name")])),
    ("cookies in other letters", |seen, _| {
        cookie(seen, "__Host-a=sealed; path=/; SECURE; httponly; samesite=STRICT");
    }),
    ("a cookie that is taken away", |seen, _| {
        header(seen.forged.as_mut().unwrap(), "set-cookie", Some("old=; Max-Age=0"));
    }),
    ("an error that is shown on another page", |seen, _| {
        let way = seen.denied.as_mut().unwrap();
        let headers = [("cache-control", "no-store"), ("location", "/erreur")];
        way.hops.insert(0, hop(&format!("{SITE}/auth/callback"), 303, &headers, ""));
        header(way, "cache-control", None);
    }),
    ("a logout that ends on another site of ours", |seen, _| {
        seen.logout.as_mut().unwrap().end = End::Away(Url::parse("https://commune.fr/").unwrap());
    }),
    ("callbacks in another order", |seen, _| {
        set(&mut seen.sector, 200, &json!([SHARED, format!("{SITE}/auth/callback")]).to_string());
    }),
    ("keys that are secret here, a new one beside the old", |seen, known| {
        known.live.as_mut().unwrap().keys = None;
        let body = &mut seen.keys.as_mut().unwrap().hops[0].answer.body;
        let mut keys: serde_json::Value = serde_json::from_slice(body).unwrap();
        let mut next = keys["keys"][0].clone();
        (next["kid"], next["x"]) = (json!("next"), json!("other"));
        keys["keys"].as_array_mut().unwrap().push(next);
        *body = keys.to_string().into_bytes();
    }),
    ("FranceConnect out of reach from here", |seen, _| {
        seen.provider = Some(lost(Trouble::Unresolved("auth.franceconnect.gouv.fr".to_owned())));
    }),
];

#[test]
fn what_is_sound_in_another_way_fails_nothing() {
    for (what, change) in ODD {
        let mut known = known();
        let mut seen = seen(&known);
        change(&mut seen, &mut known);
        assert_eq!(failing(&judge(&seen, &known)), Vec::<&str>::new(), "{what}");
    }
}
