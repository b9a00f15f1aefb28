//! Configurations: what is refused, all at once, in two languages, and without repeating a value.

use std::collections::BTreeMap;

use franceconnect_edge::config::{self, Faults, VARIABLES};
use franceconnect_edge::web::{self, Content};
use franceconnect_edge::wire::{Headers, Method, Request};

use crate::support::conversation::{SECRET, SITE, configure, variables};

/// 300 characters.
const LONG: &str = match std::str::from_utf8(&[b'a'; 300]) {
    Ok(text) => text,
    Err(_) => "",
};

fn faults(changes: &[(&'static str, &str)]) -> Vec<&'static str> {
    let mut variables = variables();
    variables.extend(changes.iter().map(|(name, value)| (*name, (*value).to_owned())));
    match config::read(|name| variables.get(name).cloned()) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.iter().map(|fault| fault.variable).collect(),
    }
}

#[test]
fn what_is_fine() {
    for changes in [
        vec![],
        vec![("PUBLIC_URL", "http://127.0.0.1:9")],
        vec![("PUBLIC_URL", "http://[::1]:9/")],
        vec![("PUBLIC_URL", SITE), ("FC_ENVIRONMENT", "sandbox"), ("FC_ISSUER", "")],
        vec![("PUBLIC_URL", SITE), ("FC_ENVIRONMENT", " production "), ("FC_ISSUER", "")],
        vec![
            ("PUBLIC_URL", SITE),
            ("FC_ENVIRONMENT", "integration"),
            ("FC_ISSUER", ""),
            ("FC_ID_TOKEN_ALG", "RS256"),
        ],
        vec![("PUBLIC_URL", SITE), ("FC_ENVIRONMENT", "other"), ("FC_ISSUER", "https://op.example/x/")],
        vec![
            ("FC_ENVIRONMENT", "other"),
            ("FC_CLIENT_AUTH", "client_secret_basic"),
            ("FC_USERINFO", "json"),
            ("FC_ACR_VALUES", "none"),
            ("FC_ALLOWED_ORIGINS", "https://keys.op.example, https://api.op.example"),
        ],
        vec![
            ("FC_PROTECTED_PATHS", "/"),
            ("FC_PREFIX", "/compte/connexion"),
            ("FC_LOGOUT_PAGE", "/adieu?x=1"),
        ],
        vec![("FC_SESSION_IDLE", "60"), ("FC_SESSION_MAX", "604800"), ("FC_LEEWAY", "0")],
    ] {
        assert_eq!(faults(&changes), Vec::<&str>::new(), "{changes:?}");
    }
}

#[test]
fn one_fault_at_a_time() {
    let rows: &[(&str, &[&str])] = &[
        (
            "PUBLIC_URL",
            &["", "service.example", "ftp://x", "https://x/path", "https://x/?q", "https://u:p@x", "x"],
        ),
        ("FC_ENVIRONMENT", &["prod", "SANDBOX", "sandbox,production"]),
        ("FC_CLIENT_ID", &["", "with blank", "tab\there", "é", LONG]),
        ("FC_CLIENT_SECRET", &["", "with blank", "line\nbreak"]),
        ("FC_SESSION_KEYS", &["", "short", "changeme"]),
        ("FC_SCOPES", &["email", "openid offline_access", "openid \"x\"", "openid,email"]),
        ("FC_ACR_VALUES", &["eidas2", "eidas3", "none", "EIDAS1", "eidas1 eidas2"]),
        ("FC_ID_TOKEN_ALG", &["HS256", "none", "es256", "PS256", "ES384"]),
        ("FC_CLIENT_AUTH", &["client_secret_basic", "client_secret_jwt"]),
        ("FC_USERINFO", &["json", "xml"]),
        ("FC_AMR", &["yes", "1"]),
        ("FC_PROMPT", &["none", "select_account", "login login"]),
        ("FC_IDP_HINT", &["a&b=c", "é"]),
        ("FC_UI_LOCALES", &["fr;q=1"]),
        ("FC_PREFIX", &["auth", "/", "/auth/", "/Auth", "/a//b", "/../x", "/a b"]),
        (
            "FC_PROTECTED_PATHS",
            &[
                "prive",
                "/a/../b",
                "/*/x",
                "/a;b",
                "/a//b",
                "/a b",
                "/a eidas4",
                "/a eidas1 eidas1",
                "/a EIDAS1",
                "/a eidas2",
                "/a\u{a0}eidas4",
                "/a=eidas1",
                "/a\u{200b}eidas1",
            ],
        ),
        ("FC_LOGOUT_PAGE", &["//evil.example", "https://evil.example", "/auth/profile/x", "page", "/\\evil"]),
        ("FC_SESSION_IDLE", &["59", "86401", "1h", "-1"]),
        ("FC_SESSION_MAX", &["604801", "x"]),
        ("FC_LEEWAY", &["61", "-1", "ten"]),
        ("FC_HSTS", &["-1", "63072001", "max-age=300", "off"]),
        (
            "FC_ISSUER",
            &["", "op.example", "https://op.example/?q", "http://op.example", "https://op.example/#f"],
        ),
        ("FC_ALLOWED_ORIGINS", &["https://op.example", "nonsense"]),
        ("FC_STYLESHEETS", &["style.css", "/a/../b.css", "https://cdn.example/x.css"]),
    ];
    for (name, values) in rows {
        let name = VARIABLES.iter().find(|variable| variable.name == *name).unwrap().name;
        for value in *values {
            assert_eq!(faults(&[(name, value)]), [name], "{name}={value}");
        }
    }
    assert_eq!(faults(&[("FC_SESSION_MAX", "60")]), ["FC_SESSION_MAX"], "shorter than idle");
}

#[test]
fn what_contradicts_itself() {
    for (changes, expected) in [
        (vec![("PUBLIC_URL", SITE)], vec!["FC_ENVIRONMENT", "FC_ISSUER"]),
        (vec![("PUBLIC_URL", "http://service.example")], vec!["PUBLIC_URL"]),
        (vec![("FC_ENVIRONMENT", "production")], vec!["FC_ISSUER"]),
        (vec![("PUBLIC_URL", SITE), ("FC_ENVIRONMENT", "other")], vec!["FC_ISSUER"]),
    ] {
        assert_eq!(faults(&changes), expected, "{changes:?}");
    }
}

#[test]
fn everything_at_once_and_no_value_of_any() {
    let hostile = "s3cr3t-<b>value</b>";
    let read = |name: &str| match name {
        "PUBLIC_URL" | "FC_ISSUER" => None,
        "FC_SESSION_IDLE"
        | "FC_CLIENT_SECRET"
        | "FC_CLIENT_SECRET_NEXT"
        | "FC_PLUS_CLIENT_SECRET"
        | "FC_PLUS_CLIENT_SECRET_NEXT" => Some(format!("{hostile} \u{7}")),
        _ => Some(hostile.to_owned()),
    };
    let faults: Faults = config::read(read).unwrap_err();
    let named: Vec<&str> = faults.iter().map(|fault| fault.variable).collect();
    // No name of a service, client or audience is hostile by itself; FC_SERVICES is read before any service is.
    let harmless = [
        "FC_SERVICES",
        "FC_SERVICE_NAME",
        "FC_ISSUER",
        "FC_CLIENT_ID",
        "FC_PLUS_CLIENT_ID",
        "FC_ASSERTION_AUDIENCE",
    ];
    for variable in VARIABLES.iter().filter(|variable| !harmless.contains(&variable.name)) {
        assert!(named.contains(&variable.name), "{} is missing among {named:?}", variable.name);
    }
    for (path, accepted) in [("/", None), ("/auth/login", Some("en"))] {
        let mut headers = Headers::default();
        headers.set(franceconnect_edge::wire::Header::AcceptLanguage, accepted.map(str::to_owned));
        let reply = web::misconfigured(&faults, &Request::new(Method::Get, path, headers));
        let Content::Respond(response) = &reply.content else { panic!("a file") };
        let page = String::from_utf8(response.body.clone()).unwrap();
        assert_eq!(
            (response.status, response.headers.iter().any(|(_, v)| v == "private, no-store")),
            (503, true)
        );
        assert!(named.iter().all(|name| page.contains(name)), "{path}");
        assert!(!page.contains("s3cr3t"), "{path}");
        assert!(reply.lines().all(|line| !line.contains("s3cr3t")));
        assert!(page.contains(if accepted.is_some() { "lang=\"en\"" } else { "lang=\"fr\"" }));
    }
}

#[test]
fn nothing_prints_a_secret() {
    let config = format!("{:?}", configure(&variables()));
    assert!(!config.contains(SECRET) && !config.contains(&variables()["FC_SESSION_KEYS"]), "{config}");
}

#[test]
fn every_variable_is_described_and_defaults_are_fine() {
    let mut names: Vec<&str> = VARIABLES.iter().map(|variable| variable.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), VARIABLES.len());
    let mut defaults: BTreeMap<&str, String> = variables();
    for variable in VARIABLES {
        assert!(!variable.fr.is_empty() && !variable.en.is_empty());
        if let Some(default) =
            variable.default.filter(|_| !matches!(variable.name, "FC_ENVIRONMENT" | "FC_ISSUER"))
        {
            defaults.insert(variable.name, default.to_owned());
        }
    }
    configure(&defaults);
}
