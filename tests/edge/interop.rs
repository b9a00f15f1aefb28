//! The same relying party with a provider that shares no line with it: the engine FranceConnect runs on, found
//! by discovery (`tests/interop/provider.mjs`).

use franceconnect_edge::wire::params::Params;

use crate::keys;
use crate::platform::{Platform, clean};
use crate::process::{Process, free_port};
use crate::provider::{CLIENT, SECRET};
use crate::world::{World, variables};

/// What the provider and the service agreed on.
#[derive(Clone, Copy)]
struct Agreed {
    alg: &'static str,
    auth: &'static str,
    /// With nothing there, tokens are signed only.
    encryption: Option<&'static str>,
}

/// A login, the person it brings, and a logout; without PKCE demanded and with it. (Where that has been tried, with
/// it is enough.)
fn in_and_out(platform: Platform, agreed: Agreed) {
    let tried = agreed.encryption.is_some() || agreed.auth == "private_key_jwt";
    for pkce in if tried { vec![true] } else { vec![false, true] } {
        let site = format!("http://localhost:{}", free_port());
        let (_provider, issuer) = provider(platform, &site, agreed, pkce);
        let level = if agreed.encryption.is_some() { "eidas2" } else { "eidas1" };
        let mut variables = variables(&site);
        for (name, value) in [
            ("FC_ENVIRONMENT", "other"),
            ("FC_ISSUER", issuer.as_str()),
            ("FC_ID_TOKEN_ALG", agreed.alg),
            ("FC_CLIENT_AUTH", agreed.auth),
            ("FC_ACR_VALUES", level),
            ("FC_ENCRYPTION_ALG", agreed.encryption.unwrap_or_default()),
        ] {
            variables.insert(name, value.to_owned());
        }
        if agreed.auth == "private_key_jwt" {
            variables.remove("FC_CLIENT_SECRET");
        }
        let keys = [("ES256", "signature-2026"), (agreed.encryption.unwrap_or("ECDH-ES"), "cle-2026")];
        variables.insert("FC_PRIVATE_KEYS", keys::set(&keys));
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
        let told = browser.told();
        assert_eq!((told["acr"].as_str(), told["iss"].as_str()), (Some(level), Some(issuer.as_str())));
        let left = browser.post("/auth/logout", "");
        assert!(left.location().starts_with(&format!("{issuer}/session/end?")), "{}", left.location());
        let query = Params::parse(left.location().split_once('?').unwrap().1).unwrap();
        assert_eq!(query.get("id_token_hint").unwrap().split('.').count(), 3, "the signed token");
        let back = browser.walk(left.location(), "");
        assert_eq!(browser.get(&back).location(), "/deconnecte", "pkce {pkce}");
        assert_eq!(browser.get("/prive/").status, 303);
        // A second login finds metadata and keys where the first left them.
        assert_eq!(browser.log_in("").status, 303, "pkce {pkce}");
        assert!(browser.is_logged_in());
    }
}

fn provider(platform: Platform, site: &str, agreed: Agreed, pkce: bool) -> (Process, String) {
    let mut command = clean("node");
    command.args(["tests/interop/provider.mjs", "--port", "0"]);
    command.args(["--alg", agreed.alg, "--auth-method", agreed.auth]);
    command.args(["--client-id", CLIENT, "--client-secret", SECRET]);
    command.args(["--redirect-uri", &format!("{site}/auth/callback")]);
    command.args(["--post-logout-redirect-uri", &format!("{site}/auth/logout/callback")]);
    // Fetched by the provider when it needs them, as FranceConnect+ does.
    command.args(["--jwks-uri", &format!("{site}/auth/jwks.json")]);
    command.args(agreed.encryption.map(|encryption| ["--encryption", encryption]).into_iter().flatten());
    if pkce {
        command.arg("--pkce");
    }
    let mut process = Process::start(&format!("{}-provider", platform.name()), command);
    let issuer = process.wait_for_line("ready ");
    (process, issuer)
}

pub fn es256_and_the_secret_in_the_form(platform: Platform) {
    in_and_out(platform, Agreed { alg: "ES256", auth: "client_secret_post", encryption: None });
}

pub fn es256_and_the_secret_in_a_header(platform: Platform) {
    in_and_out(platform, Agreed { alg: "ES256", auth: "client_secret_basic", encryption: None });
}

pub fn rs256_and_the_secret_in_the_form(platform: Platform) {
    in_and_out(platform, Agreed { alg: "RS256", auth: "client_secret_post", encryption: None });
}

pub fn rs256_and_the_secret_in_a_header(platform: Platform) {
    in_and_out(platform, Agreed { alg: "RS256", auth: "client_secret_basic", encryption: None });
}

pub fn es256_and_no_secret_at_all(platform: Platform) {
    in_and_out(platform, Agreed { alg: "ES256", auth: "private_key_jwt", encryption: None });
}

pub fn encrypted_to_a_key_that_is_agreed_on(platform: Platform) {
    in_and_out(platform, Agreed { alg: "ES256", auth: "client_secret_post", encryption: Some("ECDH-ES") });
}

pub fn encrypted_to_a_key_that_is_transported_and_no_secret(platform: Platform) {
    in_and_out(platform, Agreed { alg: "RS256", auth: "private_key_jwt", encryption: Some("RSA-OAEP-256") });
}
