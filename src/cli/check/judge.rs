//! Decides what a source lacks: the configuration's own faults, what is set elsewhere, what a platform
//! would refuse although each variable is right.

use url::Url;

use super::source::{Finding, Source};
use crate::cli::{faults, keygen};
use crate::config::{self, Config, PublicUrl};

/// A source with everything that was found in it.
pub(super) struct Judged {
    pub(super) source: Source,
    /// Variables without a value here, and whether that is a fault: a secret of a platform is not.
    pub(super) to_set: Vec<(&'static str, bool)>,
    /// The addresses to declare to FranceConnect, once they are known: after a login, after a logout.
    pub(super) addresses: Option<(String, String)>,
}

pub(super) fn judge(mut source: Source, deploy: bool) -> Judged {
    source.note_unknown_names();
    let mut to_set = Vec::new();
    let mut config = config::read(|name| source.value(name).map(str::to_owned));
    if let Err(faults) = &config {
        for fault in faults.iter() {
            let secret = faults::is_secret(fault.variable);
            if fault.missing && (secret || source.is_unseen(fault.variable)) {
                to_set.push((fault.variable, !(secret && source.way.hides_secrets())));
            } else {
                let place = source.place(fault.variable);
                source.faults.push(Finding::new(fault.variable, place, &fault.fr, &fault.en));
            }
        }
        // With something in the place of the secrets, the rest can be judged as a whole.
        config = config::read(|name| {
            let stand_in = to_set.iter().any(|(unseen, _)| *unseen == name) && faults::is_secret(name);
            if stand_in { keygen::random() } else { source.value(name).map(str::to_owned) }
        });
    }
    if let Ok(config) = &config {
        outbound(config, &mut source);
    }
    // Known before the rest is right: one needs the addresses to be given a `client_id`.
    let public_url = source.value("PUBLIC_URL").and_then(|text| PublicUrl::parse(text.trim()).ok());
    if deploy && public_url.as_ref().is_some_and(PublicUrl::is_loopback) {
        source.faults.push(Finding::new(
            "PUBLIC_URL",
            source.place("PUBLIC_URL"),
            "est une adresse de cette machine, où aucun visiteur n’arrive.",
            "is an address of this machine, where no visitor arrives.",
        ));
    }
    let prefix =
        source.value("FC_PREFIX").map(str::trim).filter(|prefix| !prefix.is_empty()).unwrap_or("/auth");
    let at = |path: &str| public_url.as_ref().map(|url| format!("{}{prefix}/{path}", url.origin()));
    let addresses = at("callback").zip(at("logout/callback"));
    Judged { source, to_set, addresses }
}

/// Spin lets a component call listed hosts only: the provider must be one of them.
fn outbound(config: &Config, source: &mut Source) {
    let Some((hosts, place)) = &source.outbound else { return };
    let Some(origin) = origin(config.issuer()) else { return };
    // A pattern, or a value that cannot be seen from here, may allow it.
    let allows = |host: &Option<String>| {
        host.as_ref().is_none_or(|host| host.contains('*') || self::origin(host).as_ref() == Some(&origin))
    };
    if !hosts.iter().any(allows) {
        source.faults.push(Finding::new(
            "allowed_outbound_hosts",
            place.clone(),
            &format!("ne permet pas d’appeler {origin}, où se trouve FranceConnect."),
            &format!("does not allow calls to {origin}, where FranceConnect is."),
        ));
    }
}

fn origin(url: &str) -> Option<String> {
    Some(Url::parse(url).ok()?.origin().ascii_serialization())
}
