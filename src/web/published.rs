//! What FranceConnect fetches from us: our public keys, and the callbacks that share a client.

use crate::config::Config;
use crate::web::{Reply, nothing};
use crate::wire::{Request, Response};

/// Seconds FranceConnect+ may keep our keys: a new one is in use after at most this, and is published that long
/// before the old one goes.
const JWKS_LIFE: u32 = 300;

/// `/jwks.json` (RFC 7517 §5): the public halves, the newest first. Without keys there is nothing there.
pub(super) fn jwks(config: &Config, request: &Request) -> Reply {
    match &config.jwks {
        Some(set) => document(set, "application/jwk-set+json", JWKS_LIFE),
        None => nothing(config, request),
    }
}

/// `/sector-identifier.json` (OpenID Connect Registration §5): a JSON array of callbacks and nothing else.
pub(super) fn sector(config: &Config, request: &Request) -> Reply {
    match &config.sector {
        Some(callbacks) => document(callbacks, "application/json", JWKS_LIFE),
        None => nothing(config, request),
    }
}

fn document(body: &str, kind: &'static str, life: u32) -> Reply {
    let response = Response::with_body(200, kind, body.to_owned())
        .header("cache-control", format!("public, max-age={life}"))
        .header("x-content-type-options", "nosniff");
    Reply::respond(response)
}
