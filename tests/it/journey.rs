//! The way to FranceConnect: the file a team keeps, and the steps that are paper.

mod authorize;
mod cli;
mod clients;
mod delivery;
mod dossier;
#[cfg(unix)]
mod enter;
#[cfg(unix)]
mod enter_apart;
#[cfg(unix)]
mod enter_terminal;
mod follow;
mod forms;
mod init;
mod live;
mod loopback;
mod network;
mod operations;
mod outage;
mod paper;
mod probe;
mod probes;
mod reach;
mod services;
#[cfg(unix)]
mod terminal;

use franceconnect_edge::journey::Configuration;
use franceconnect_edge::journey::dossier::Dossier;

use crate::native_support::KEY;
use crate::support::envelope::Agreeing;

/// What turns the example into one whose request was granted.
pub const GRANTED: [(&str, &str); 4] = [
    ("number = \"\"", "number = \"1234567\""),
    ("# granted_on", "granted_on"),
    ("level = \"\"", "level = \"eidas1\""),
    ("scopes = []", "scopes = [\"openid\", \"given_name\", \"family_name\", \"preferred_username\"]"),
];

/// The same in the configuration.
pub const RECORDED: (&str, &str) =
    ("FC_HABILITATION", "eidas1 openid given_name family_name preferred_username");

/// The example, as a team would have filled it in.
pub fn example() -> String {
    std::fs::read_to_string("franceconnect.example.toml").unwrap()
}

/// What the example says after some of its text was replaced.
pub fn dossier(changes: &[(&str, &str)]) -> Dossier {
    let mut text = example();
    for (old, new) in changes {
        assert!(text.contains(old), "{old}");
        text = text.replacen(old, new, 1);
    }
    Dossier::read(&text).unwrap_or_else(|flaws| panic!("{flaws:?}"))
}

/// Private keys as `FC_PRIVATE_KEYS` has them: one, of that name.
pub fn private_keys(seed: u8, kid: &str) -> String {
    serde_json::json!({ "keys": [Agreeing::new(seed).private(kid)] }).to_string()
}

/// A configuration of a deployment whose secrets are not seen; later pairs replace earlier ones.
pub fn configuration(more: &[(&str, &str)]) -> Configuration {
    let usual = [
        ("PUBLIC_URL", "https://staging.my-service.fr"),
        ("FC_CLIENT_ID", "client"),
        ("FC_SCOPES", "openid given_name family_name preferred_username"),
    ];
    let value = |name: &str| {
        let found = usual.iter().chain(more).rev().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    let stand_in = |name: &str| match name {
        "FC_SESSION_KEYS" => Some(KEY.to_owned()),
        name => ["FC_CLIENT_SECRET", "FC_CLIENT_ID"].contains(&name).then(|| "unset".to_owned()),
    };
    Configuration::read("wrangler.toml".to_owned(), value, stand_in)
}
