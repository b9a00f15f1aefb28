//! Decides what `emulate` prints: what to paste into a service's configuration, in this program's own variables and in
//! the words of OpenID Connect for all others.

use super::clients::{CALLBACKS, LOGOUTS, PORTS, usual};
use super::environment;
use crate::cli::emulated::Emulated;
use crate::cli::lang::{self, Lang};
use crate::emulator::{Account, Authority, Client, ClientAuth, Encryption, Product};

/// Prints both issuers and the clients. A secret that was given is known and not repeated.
pub(in crate::cli) fn tell(
    lang: Lang,
    emulated: &Emulated,
    clients: &[(Product, Client)],
    secret_shown: bool,
    authority: Option<&Authority>,
) {
    for (product, client) in clients {
        let (name, service) = (product.name(), &client.name);
        lang.say(
            format_args!("À coller dans la configuration du service « {service} », pour {name} :"),
            format_args!("To paste into the configuration of the service “{service}”, for {name}:"),
        );
        let secret =
            Some(&client.client_secret).filter(|_| secret_shown && client.auth == ClientAuth::SecretPost);
        ours(emulated, *product, client, secret);
        lang.say("  ou, pour un autre logiciel :", "  or, for other software:");
        let secure = emulated.secure_issuer(*product).filter(|_| authority.is_some());
        others(emulated.issuer(*product), secure, *product, client, secret);
    }
    let served = emulated.secure_issuer(Product::Standard).is_some();
    if let Some(path) = authority.filter(|_| served).map(|authority| authority.path().display()) {
        lang.say(
            format_args!("Pour le https, faites confiance à cette autorité de certification : {path}"),
            format_args!("For https, trust this certificate authority: {path}"),
        );
    }
    let password = Account::PASSWORD;
    lang.say(
        format_args!("Compte de test : test, mot de passe {password}"),
        format_args!("Test account: test, password {password}"),
    );
}

/// The lines of `.dev.vars`.
fn ours(emulated: &Emulated, product: Product, client: &Client, secret: Option<&String>) {
    lang::print(format_args!("FC_ENVIRONMENT={}", environment(product)));
    lang::print(format_args!("FC_ISSUER={}", emulated.issuer(product)));
    lang::print(format_args!("FC_CLIENT_ID={}", client.client_id));
    if let Some(secret) = secret {
        lang::print(format_args!("FC_CLIENT_SECRET={secret}"));
    }
    if product == Product::Standard {
        lang::print(format_args!("FC_ID_TOKEN_ALG={}", client.signing_alg.name()));
    }
}

/// The members of OpenID Connect Registration §2 and Discovery §3.
fn others(
    issuer: String,
    secure: Option<String>,
    product: Product,
    client: &Client,
    secret: Option<&String>,
) {
    let (auth, acr_values) = match (client.auth, product) {
        (ClientAuth::SecretPost, Product::Standard) => ("client_secret_post", "eidas1"),
        (ClientAuth::SecretPost, Product::Plus) => ("client_secret_post", "eidas2"),
        (ClientAuth::PrivateKeyJwt, Product::Standard) => ("private_key_jwt", "eidas1"),
        (ClientAuth::PrivateKeyJwt, Product::Plus) => ("private_key_jwt", "eidas2"),
    };
    let encryption = client.encryption.filter(|_| product == Product::Plus).map(Encryption::name);
    let lines = [
        ("issuer", Some(issuer)),
        ("issuer", secure),
        ("client_id", Some(client.client_id.clone())),
        ("client_secret", secret.cloned()),
        ("token_endpoint_auth_method", Some(auth.to_owned())),
        ("redirect_uris", Some(addresses(&client.redirect_uris, CALLBACKS))),
        ("post_logout_redirect_uris", Some(addresses(&client.post_logout_redirect_uris, LOGOUTS))),
        ("acr_values", Some(acr_values.to_owned())),
        ("id_token_signed_response_alg", Some(client.signing_alg.name().to_owned())),
        ("id_token_encrypted_response_alg", encryption.map(str::to_owned)),
        ("jwks_uri", client.jwks_uri.clone()),
    ];
    for (name, value) in lines {
        if let Some(value) = value {
            lang::print(format_args!("  {name}: {value}"));
        }
    }
}

/// The addresses, or how the usual ones are made.
fn addresses(uris: &[String], paths: [&str; 4]) -> String {
    if uris != usual(paths) {
        return uris.join(" ");
    }
    let ports: Vec<String> = PORTS.iter().map(u16::to_string).collect();
    format!("http://localhost:{{{}}}{{{}}}", ports.join(","), paths.join(","))
}
