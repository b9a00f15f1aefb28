//! Browsers are told to keep to https, once, by whatever the gate of a public site answers.

use franceconnect_edge::web::Content;
use franceconnect_edge::wire::{Method, Request};

use crate::support::conversation::{Browser, World, configure, variables};

const HSTS: &str = "strict-transport-security";
const SITE: (&str, &str) = ("PUBLIC_URL", "https://service.example");
const YEAR: Option<&str> = Some("max-age=31536000");

fn world(changes: &[(&'static str, &str)]) -> World {
    let mut variables = variables();
    // Without the emulator, which no public site may have.
    variables.extend([("FC_ENVIRONMENT", "sandbox".to_owned()), ("FC_ISSUER", String::new())]);
    variables.extend(changes.iter().map(|(name, value)| (*name, (*value).to_owned())));
    let mut world = World::new();
    world.config = configure(&variables);
    world
}

/// What a browser gets of it from the site's files, our pages and routes, and an origin which says `said`.
fn told(world: &mut World, said: Option<&str>) -> Vec<(&'static str, Vec<String>)> {
    let targets =
        ["/", "/absent", "/prive/", "/auth/login", "/auth/callback", "/auth/style.css", "/auth/health"];
    let mut told = Vec::new();
    for target in targets {
        let content = world.visit(Request::new(Method::Get, target, Browser::new().headers()));
        let owned = |(name, value): (&str, String)| (name.to_owned(), value);
        let headers: Vec<_> = match content {
            Content::Respond(response) => response.headers.into_iter().map(owned).collect(),
            Content::File(file) => file.headers().into_iter().map(owned).collect(),
            Content::Forward(forward) => forward.response_headers(said.map(|said| (HSTS, said)), world.now),
        };
        let values = headers.into_iter().filter(|(name, _)| name == HSTS).map(|(_, value)| value);
        told.push((target, values.collect()));
    }
    told
}

#[test]
fn every_answer_of_a_public_site_promises_https() {
    type Row = (&'static [(&'static str, &'static str)], Option<&'static str>, Option<&'static str>);
    const ORIGIN: [(&str, &str); 3] =
        [SITE, ("FC_ORIGIN", "https://app.example"), ("FC_ORIGIN_PATHS", "/, /absent")];
    let rows: [Row; 7] = [
        (&[SITE], None, YEAR),
        (&[SITE, ("FC_HSTS", "300")], None, Some("max-age=300")),
        (&[SITE, ("FC_HSTS", "0")], None, None),
        // Who runs the emulator on this machine needs http there tomorrow.
        (&[], None, None),
        (&[("PUBLIC_URL", "https://localhost:8787")], None, None),
        (&ORIGIN, None, YEAR),
        (&[SITE, ("PUBLIC_URL", "https://service.example:8443")], None, YEAR),
    ];
    for (changes, said, expected) in rows {
        for (target, values) in told(&mut world(changes), said) {
            assert_eq!(values, expected.into_iter().collect::<Vec<_>>(), "{target} with {changes:?}");
        }
    }
}

#[test]
fn an_origin_promises_what_it_likes() {
    let mut world = world(&[SITE, ("FC_ORIGIN", "https://app.example")]);
    for said in ["max-age=63072000; includeSubDomains; preload", "max-age=0"] {
        let told = told(&mut world, Some(said));
        let (_, front) = told.iter().find(|(target, _)| *target == "/").unwrap();
        assert_eq!(front, &[said], "its own, and no second");
    }
}
