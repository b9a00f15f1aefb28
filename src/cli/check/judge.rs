//! Decides what a source lacks: the configuration's own faults, what is set elsewhere, what a platform
//! would refuse although each variable is right.

use url::Url;

use super::source::{Finding, Source};
use crate::cli::{faults, keygen};
use crate::config::{self, Config, Current, Deployed, Deployment, Faults, PublicUrl};
use crate::session::KEY_AGE;
use crate::time::Timestamp;

const SESSION_KEYS: &str = "FC_SESSION_KEYS";

/// Days after which a key is to be replaced.
const MOST_DAYS: i64 = KEY_AGE / 86_400;

/// The secrets that a random word cannot stand for.
const KEYS: &str = "FC_PRIVATE_KEYS";
const ASSERTION_KEYS: &str = "FC_ASSERTION_KEYS";

/// A source with everything that was found in it.
pub(super) struct Judged {
    pub(super) source: Source,
    /// Variables without a value here, and whether that is a fault: a secret of a platform is not.
    pub(super) to_set: Vec<(&'static str, bool)>,
    /// What to declare to FranceConnect, once it is known: the name it has there, and the address.
    pub(super) addresses: Vec<(&'static str, String)>,
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
        let is_to_set = |name: &str| to_set.iter().any(|(unseen, _)| *unseen == name);
        let encryption = source.value("FC_ENCRYPTION_ALG").unwrap_or_default().trim();
        let keys = is_to_set(KEYS).then(|| keygen::private_keys(encryption)).flatten();
        config = config::read(|name| match name {
            KEYS if keys.is_some() => keys.clone(),
            ASSERTION_KEYS if is_to_set(ASSERTION_KEYS) => keygen::assertion_keys(),
            name if is_to_set(name) && faults::is_secret(name) => keygen::random(),
            name => source.value(name).map(str::to_owned),
        });
    }
    if let Ok(config) = &config {
        outbound(config, &mut source);
        age(config, &mut source);
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
    let given = |name: &str| source.value(name).map(str::trim).filter(|value| !value.is_empty());
    let prefix = given("FC_PREFIX").unwrap_or("/auth");
    let keys = given(KEYS).is_some() || to_set.iter().any(|(name, _)| *name == KEYS);
    let paths = [
        ("redirect_uri", "callback", true),
        ("post_logout_redirect_uri", "logout/callback", true),
        ("jwks_uri", "jwks.json", keys),
        ("sector_identifier_uri", "sector-identifier.json", given("FC_SECTOR_REDIRECT_URIS").is_some()),
    ];
    let there = paths.into_iter().filter(|(_, _, there)| *there);
    let addresses = public_url.iter().flat_map(|url| {
        let origin = url.origin();
        there.clone().map(move |(name, path, _)| (name, format!("{origin}{prefix}/{path}")))
    });
    let addresses = addresses.collect();
    Judged { source, to_set, addresses }
}

/// Keys that are to be replaced soon; a year is no reason to stop a service.
fn age(config: &Config, source: &mut Source) {
    let now = keygen::today();
    for (place, made) in (1..).zip(config.keys_made()) {
        let Some(days) = made.map(|made| now.since(made) / 86_400).filter(|days| *days >= MOST_DAYS) else {
            continue;
        };
        source.remarks.push(Finding::new(
            SESSION_KEYS,
            source.place(SESSION_KEYS),
            &format!("clé n° {place} : elle a {days} jours ; en changer (keygen --help) dans les 300 jours."),
            &format!("key {place}: it is {days} days old; change it (keygen --help) within 300 days."),
        ));
    }
}

/// The same of a deployment whose services stand in its store: they are not seen from here, their keys are.
pub(super) fn judge_stored(mut source: Source) -> Judged {
    source.note_unknown_names();
    let mut to_set = Vec::new();
    let deployed = Deployed::read(|name| source.value(name).map(str::to_owned));
    let known = match deployed.current(Timestamp::from_unix(0)) {
        Current::Ready(deployment) => Some(deployment),
        Current::Load(_) => None,
    };
    let found: Vec<(String, &Faults)> = match known.as_deref() {
        Some(Deployment::One(config)) => {
            config.as_ref().as_ref().err().map(|faults| (String::new(), faults)).into_iter().collect()
        }
        // A document of which a part cannot be read: the edge would say so to the visitors of that service.
        Some(Deployment::Many(services)) => services
            .all()
            .filter_map(|(name, config)| Some((format!(" [{name}]"), config.as_ref().err()?)))
            .collect(),
        None => Vec::new(),
    };
    for (whose, faults) in found {
        for fault in faults.iter() {
            if fault.missing && whose.is_empty() {
                to_set.push((fault.variable, !source.way.hides_secrets()));
            } else {
                let (fr, en) = (format!("{}{whose}", fault.fr), format!("{}{whose}", fault.en));
                source.faults.push(Finding::new(fault.variable, source.place(fault.variable), &fr, &en));
            }
        }
    }
    // A document that is none says so by itself.
    if source.faults.iter().any(|finding| finding.about == "FC_SERVICES") {
        return Judged { source, to_set, addresses: Vec::new() };
    }
    source.remarks.push(Finding::new(
        "FC_SERVICES",
        source.place("FC_SERVICES"),
        "vaut store : les services se jugent avec --services FICHIER.",
        "is store: the services are judged with --services FILE.",
    ));
    Judged { source, to_set, addresses: Vec::new() }
}

/// Spin lets a component call listed hosts only: every provider must be one of them.
fn outbound(config: &Config, source: &mut Source) {
    let Some((hosts, place)) = &source.outbound else { return };
    for registration in config.registrations() {
        let Some(origin) = origin(registration.issuer()) else { continue };
        // A pattern, or a value that cannot be seen from here, may allow it.
        let allows = |host: &Option<String>| {
            let exact = |host: &String| self::origin(host).as_ref() == Some(&origin);
            host.as_ref().is_none_or(|host| host.contains('*') || exact(host))
        };
        if !hosts.iter().any(allows) {
            let product = registration.product().name();
            source.faults.push(Finding::new(
                "allowed_outbound_hosts",
                place.clone(),
                &format!("ne permet pas d’appeler {origin}, où se trouve {product}."),
                &format!("does not allow calls to {origin}, where {product} is."),
            ));
        }
    }
}

fn origin(url: &str) -> Option<String> {
    Some(Url::parse(url).ok()?.origin().ascii_serialization())
}
