//! Path rules of three kinds, and where an origin may be: what opens, what stays closed, what is a fault.

use franceconnect_edge::config;
use franceconnect_edge::site::{Access, Demand, Exceptions, Protected, Rules, SitePath};

use crate::support::conversation::variables;

const CLOSED: Access = Access::Protected(Demand(None));

fn rules(protected: &str, optional: &str, public: &str) -> Rules {
    let exceptions = |list| Exceptions::parse(list).unwrap();
    Rules::new(Protected::parse(protected).unwrap(), exceptions(optional), exceptions(public))
}

#[test]
fn an_exception_opens_only_what_is_longer_than_every_protection_over_it() {
    use Access::{Optional, Public};
    // protected, optional, public, path, verdict
    for (protected, optional, public, path, expected) in [
        ("/", "", "", "/", CLOSED),
        ("/", "", "/aide", "/aide", Public),
        ("/", "", "/aide", "/aide/", Public),
        ("/", "", "/aide", "/aide/a/b.pdf", Public),
        ("/", "", "/aide", "/aide.html", Public),
        ("/", "", "/aide", "/aider", CLOSED),
        ("/", "", "/aide", "/Aide", CLOSED),
        ("/", "", "/aide", "/AIDE/a", CLOSED),
        ("/", "", "/aide", "/aide.HTML", CLOSED),
        ("/", "", "/aide", "/%61ide", Public),
        ("/", "", "/caf%C3%A9", "/caf%c3%a9/x", Public),
        ("/", "/accueil", "/aide", "/accueil", Optional),
        ("/", "/accueil", "/accueil/style", "/accueil/style/a.css", Public),
        ("/", "/accueil/moi", "/accueil", "/accueil/moi", Optional),
        ("/", "", "/index.html", "/", Public),
        ("/", "", "/index.html", "/index.html", Public),
        ("/", "", "/index.html", "/index", CLOSED),
        ("/", "", "/index.html", "/a", CLOSED),
        ("/a", "", "/a/index.html", "/a/", Public),
        ("/a", "", "/a/index.html", "/a", CLOSED),
        ("/a", "", "/a/index.html", "/a/b", CLOSED),
        ("/a", "", "/a/index.html", "/a/index.html/b", CLOSED),
        ("/", "", "/index.php", "/index.php", Public),
        ("/", "", "/index.php", "/index.php/compte", CLOSED),
        ("/sécurité", "", "/s", "/S%C3%89CURIT%C3%89", CLOSED),
        ("/", "", "/a.html", "/a.html", Public),
        // It may be the page or the folder, of which one is closed.
        ("/", "", "/a.html", "/a", CLOSED),
        ("/", "", "/a.html", "/a/b", CLOSED),
        ("/prive", "/", "", "/x", Optional),
        ("/prive", "/", "", "/prive", CLOSED),
        ("/prive", "", "/", "/prive/x", CLOSED),
        ("/prive/a/b", "", "/prive/a", "/prive/a/b/c", CLOSED),
        ("/prive, /prive/a/b", "", "/prive/a", "/prive/a/c", Public),
        ("/prive, /prive/a/b", "", "/prive/a", "/prive/A/c", CLOSED),
        ("", "", "", "/x", Public),
    ] {
        let access = rules(protected, optional, public).access(&SitePath::parse(path).unwrap());
        assert_eq!(access, expected, "{protected} | {optional} | {public}: {path}");
    }
}

#[test]
fn the_same_path_of_two_kinds_is_a_fault() {
    for (protected, optional, public, faults) in [
        ("/a", "/b", "/c", (false, false)),
        ("/a", "/a", "", (true, false)),
        ("/a", "", "/a/", (false, true)),
        ("/a", "", "/A", (false, true)),
        ("/a", "", "/a.html", (false, true)),
        ("/a.html", "", "/a", (false, true)),
        ("/a", "", "/a/*", (false, true)),
        ("/a/index.html", "", "/a", (false, true)),
        ("/", "", "/", (false, true)),
        ("/", "/", "", (true, false)),
        ("/index.html", "", "/index.html", (false, true)),
        ("/", "", "/index.html", (false, false)),
        ("", "/a", "/a.html", (false, true)),
        ("", "/a", "/a/b", (false, false)),
    ] {
        let rules = rules(protected, optional, public);
        let found = (rules.optional_contradicts(), rules.public_contradicts());
        assert_eq!(found, faults, "{protected} | {optional} | {public}");
    }
}

fn faults(more: &[(&'static str, &str)]) -> Vec<&'static str> {
    let mut variables = variables();
    variables.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
    match config::read(|name| variables.get(name).cloned()) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.iter().map(|fault| fault.variable).collect(),
    }
}

#[test]
fn where_an_origin_may_be() {
    for (origin, sound) in [
        ("https://app.example.fr", true),
        ("https://app.example.fr/", true),
        ("https://app.example.fr:8443", true),
        ("http://127.0.0.1:3000", true),
        ("http://[::1]:3000", true),
        ("http://localhost:3000", true),
        ("http://app:3000", true),
        ("http://10.1.2.3", true),
        ("http://172.16.0.1", true),
        ("http://192.168.1.1:81", true),
        ("http://[fd00::1]", true),
        ("http://app.spin.internal", true),
        ("http://app.prod.svc", true),
        ("http://app.prod.svc.cluster.local", true),
        ("http://imprimante.local", true),
        ("service:APP", true),
        ("service:app_2", true),
        ("http://app.example.fr", false),
        ("http://internal.example.fr", false),
        ("http://evilinternal.fr", false),
        ("http://8.8.8.8", false),
        ("http://169.254.169.254", false),
        ("http://172.32.0.1", false),
        ("http://0.0.0.0", false),
        ("http://[2001:db8::1]", false),
        ("https://app.example.fr/chemin", false),
        ("https://app.example.fr/?a", false),
        ("https://app.example.fr/#a", false),
        ("https://moi:secret@app.example.fr", false),
        ("ftp://app.example.fr", false),
        ("app.example.fr", false),
        ("http://localhost:8787", false),
        ("http://127.0.0.1:8787", false),
        ("service:", false),
        ("service:a-b", false),
        ("service:ASSETS", false),
        ("service:FC_KV", false),
    ] {
        let expected: &[&str] = if sound { &[] } else { &["FC_ORIGIN"] };
        assert_eq!(faults(&[("FC_ORIGIN", origin)]), expected, "{origin}");
    }
    assert_eq!(faults(&[("FC_ORIGIN_PATHS", "/api")]), ["FC_ORIGIN_PATHS"], "without an origin");
    for (name, list) in [
        ("FC_PUBLIC_PATHS", "/a eidas2"),
        ("FC_PUBLIC_PATHS", "a"),
        ("FC_PUBLIC_PATHS", "/../a"),
        ("FC_PUBLIC_PATHS", "/prive"),
        ("FC_OPTIONAL_PATHS", "/prive"),
        ("FC_OPTIONAL_PATHS", "/a*b"),
    ] {
        assert_eq!(faults(&[(name, list)]), [name], "{list}");
    }
}
