//! The same relying party with a provider that shares no line with it: the engine FranceConnect runs on, found
//! by discovery (`tests/interop/provider.mjs`).

use crate::platform::{Platform, clean};
use crate::process::{Process, free_port};
use crate::provider::{CLIENT, SECRET};
use crate::world::{World, variables};

/// A login, the person it brings, and a logout; without PKCE demanded and with it.
fn in_and_out(platform: Platform, alg: &str, auth: &str) {
    for pkce in [false, true] {
        let site = format!("http://localhost:{}", free_port());
        let (_provider, issuer) = provider(platform, &site, alg, auth, pkce);
        let mut variables = variables(&site);
        for (name, value) in [
            ("FC_ENVIRONMENT", "other"),
            ("FC_ISSUER", issuer.as_str()),
            ("FC_ID_TOKEN_ALG", alg),
            ("FC_CLIENT_AUTH", auth),
        ] {
            variables.insert(name, value.to_owned());
        }
        let world = World::serve(platform, site, None, &variables);
        let mut browser = world.browser();
        let sent = browser.get("/auth/login?return_to=/prive/");
        assert!(sent.location().contains("code_challenge_method=S256"), "the provider offers it");
        let callback = browser.walk(sent.location(), "");
        let landed = browser.get(&callback);
        assert_eq!((landed.status, landed.location()), (303, "/prive/"), "pkce {pkce}: {}", landed.text());
        let profile = browser.get("/auth/profile").text();
        for shown in
            ["DUBOIS", "Angela Claire Louise", "24 août 1962", "75107", "wossewodda-3728@yopmail.com"]
        {
            assert!(profile.contains(shown), "pkce {pkce}: {shown} is missing from {profile}");
        }
        let left = browser.post("/auth/logout", "");
        assert!(left.location().starts_with(&format!("{issuer}/session/end?")), "{}", left.location());
        let back = browser.walk(left.location(), "");
        assert_eq!(browser.get(&back).location(), "/deconnecte", "pkce {pkce}");
        assert_eq!(browser.get("/prive/").status, 303);
        // A second login finds metadata and keys where the first left them.
        assert_eq!(browser.log_in("").status, 303, "pkce {pkce}");
        assert!(browser.is_logged_in());
    }
}

fn provider(platform: Platform, site: &str, alg: &str, auth: &str, pkce: bool) -> (Process, String) {
    let mut command = clean("node");
    command.args(["tests/interop/provider.mjs", "--port", "0", "--alg", alg, "--auth-method", auth]);
    command.args(["--client-id", CLIENT, "--client-secret", SECRET]);
    command.args(["--redirect-uri", &format!("{site}/auth/callback")]);
    command.args(["--post-logout-redirect-uri", &format!("{site}/auth/logout/callback")]);
    if pkce {
        command.arg("--pkce");
    }
    let mut process = Process::start(&format!("{}-provider", platform.name()), command);
    let issuer = process.wait_for_line("ready ");
    (process, issuer)
}

pub fn es256_and_the_secret_in_the_form(platform: Platform) {
    in_and_out(platform, "ES256", "client_secret_post");
}

pub fn es256_and_the_secret_in_a_header(platform: Platform) {
    in_and_out(platform, "ES256", "client_secret_basic");
}

pub fn rs256_and_the_secret_in_the_form(platform: Platform) {
    in_and_out(platform, "RS256", "client_secret_post");
}

pub fn rs256_and_the_secret_in_a_header(platform: Platform) {
    in_and_out(platform, "RS256", "client_secret_basic");
}
