//! Decides which clients are ready without a file: one of each product, at the addresses where services usually run on a
//! laptop.

use url::Url;

use super::{Encrypting, Ready, Signing};
use crate::emulator::{Alg, Client, ClientAuth, Encryption, Product};

/// The secret of both, unless another is given: services are configured once, and it keeps nothing from anybody.
const SECRET: &str = "secret-de-l-emulateur-qui-ne-protege-personne";
/// Where this program's own relying party publishes its keys.
const JWKS_PATH: &str = "/auth/jwks.json";

/// Ports where services usually run, this program's own first.
pub(super) const PORTS: [u16; 4] = [8787, 3000, 8000, 8080];
/// Where they usually take a login, and FranceConnect's own example does.
pub(super) const CALLBACKS: [&str; 4] = ["/auth/callback", "/callback", "/login-callback", "/oidc/callback"];
/// Where they usually take a logout.
pub(super) const LOGOUTS: [&str; 4] = ["/auth/logout/callback", "/logout-callback", "/logout/callback", "/"];

/// The clients, and whether their secret is to be shown: one that was given is known already.
pub(in crate::cli) fn ready(given: Ready) -> (Vec<(Product, Client)>, bool) {
    let secret = given.secret();
    let shown = secret.is_none();
    let redirect_uris = or_usual(given.redirect_uris, CALLBACKS);
    let site = redirect_uris.first().map(|uri| origin(uri)).unwrap_or_default();
    let jwks_uri = given.jwks_uri.unwrap_or_else(|| format!("{site}{JWKS_PATH}"));
    let client = Client {
        client_id: given.client_id,
        client_secret: secret.unwrap_or_else(|| SECRET.to_owned()),
        site,
        redirect_uris,
        post_logout_redirect_uris: or_usual(given.post_logout_redirect_uris, LOGOUTS),
        signing_alg: match given.alg {
            Signing::Es256 => Alg::Es256,
            Signing::Rs256 => Alg::Rs256,
        },
        ..Client::default()
    };
    let plus = Client {
        client_id: format!("{}-plus", client.client_id),
        signing_alg: Alg::Es256,
        encryption: Some(match given.encryption {
            Encrypting::EcdhEs => Encryption::EcdhEs,
            Encrypting::RsaOaep256 => Encryption::RsaOaep256,
            Encrypting::RsaOaep => Encryption::RsaOaep,
        }),
        jwks_uri: Some(jwks_uri),
        auth: if given.private_key_jwt { ClientAuth::PrivateKeyJwt } else { ClientAuth::SecretPost },
        ..client.clone()
    };
    (vec![(Product::Standard, client), (Product::Plus, plus)], shown)
}

/// Those given, or the usual ones.
fn or_usual(given: Vec<String>, paths: [&str; 4]) -> Vec<String> {
    if given.is_empty() { usual(paths) } else { given }
}

/// Every one of these paths at every usual port.
pub(super) fn usual(paths: [&str; 4]) -> Vec<String> {
    let at = |port: u16| paths.map(|path| format!("http://localhost:{port}{path}"));
    PORTS.into_iter().flat_map(at).collect()
}

fn origin(uri: &str) -> String {
    Url::parse(uri).map(|url| url.origin().ascii_serialization()).unwrap_or_default()
}
