//! Reads where the origin is, and which paths it answers.

use url::{Host, Url};

use super::address::{PublicUrl, is_loopback};
use super::reader::Reader;
use super::variables::*;
use crate::site::{Exceptions, SitePath, Upstream};

/// The application behind the gate.
#[derive(Debug)]
pub(crate) struct Origin {
    pub(crate) upstream: Upstream,
    paths: Exceptions,
}

impl Origin {
    /// Whether the origin answers this path, and not a file.
    pub(crate) fn answers(&self, path: &SitePath) -> bool {
        self.paths.hold(path)
    }
}

/// The origin, if there is one.
pub(super) fn read(reader: &mut Reader<'_>, site: Option<&PublicUrl>) -> Option<Origin> {
    let Some(text) = reader.given(FC_ORIGIN) else {
        if reader.given(FC_ORIGIN_PATHS).is_some_and(|paths| paths != default_of(FC_ORIGIN_PATHS)) {
            reader.faults.add(
                FC_ORIGIN_PATHS,
                "ne se renseigne qu’avec FC_ORIGIN.",
                "goes with FC_ORIGIN only.",
            );
        }
        return None;
    };
    let paths = reader.exceptions(FC_ORIGIN_PATHS);
    let upstream = match text.strip_prefix("service:") {
        Some(name) => service(name),
        None => address(&text),
    };
    match upstream {
        Err((fr, en)) => {
            reader.faults.add(FC_ORIGIN, fr, en);
            None
        }
        Ok(upstream) => {
            if let (Upstream::Url(origin), Some(site)) = (&upstream, site)
                && is_the_site(origin, site)
            {
                reader.faults.add(
                    FC_ORIGIN,
                    "est PUBLIC_URL : le site s’appellerait lui-même sans fin.",
                    "is PUBLIC_URL: the site would call itself without end.",
                );
            }
            Some(Origin { upstream, paths })
        }
    }
}

type Wrong = (&'static str, &'static str);

fn service(name: &str) -> Result<Upstream, Wrong> {
    let letters = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let reserved = name == "ASSETS" || name.starts_with("FC_");
    if name.is_empty() || !letters || reserved {
        return Err((
            "doit nommer après service: une liaison de service de wrangler.toml, en lettres, chiffres et tirets bas.",
            "must name after service: a service binding of wrangler.toml, in letters, digits and underscores.",
        ));
    }
    Ok(Upstream::Service(name.to_owned()))
}

fn address(text: &str) -> Result<Upstream, Wrong> {
    const WRONG: Wrong = (
        "doit être une adresse comme https://hôte[:port], sans chemin, ou service:NOM.",
        "must be an address such as https://host[:port], without a path, or service:NAME.",
    );
    let url = Url::parse(text).map_err(|_| WRONG)?;
    let bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    if !bare || url.path() != "/" || url.query().is_some() || !matches!(url.scheme(), "http" | "https") {
        return Err(WRONG);
    }
    if url.scheme() == "http" && !is_inside(&url) {
        return Err((
            "doit être en https ; http n’est permis que vers cette machine, un nom sans point, une adresse privée, ou un nom en .internal, .local ou .svc.",
            "must be https; http is allowed to this machine, a name without a dot, a private address, or a name in .internal, .local or .svc only.",
        ));
    }
    Ok(Upstream::Url(url.origin().ascii_serialization()))
}

/// Whether the host cannot be on the public internet, where anybody between could read what http says.
fn is_inside(url: &Url) -> bool {
    let inside = [".internal", ".local", ".svc"];
    match url.host() {
        Some(Host::Domain(name)) => {
            !name.contains('.') || inside.iter().any(|end| name.ends_with(end)) || is_loopback(url)
        }
        Some(Host::Ipv4(address)) => address.is_private() || address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_unique_local() || address.is_loopback(),
        None => false,
    }
}

/// Also by another name of this machine.
fn is_the_site(origin: &str, site: &PublicUrl) -> bool {
    let (Ok(origin), Ok(site_url)) = (Url::parse(origin), Url::parse(site.origin())) else { return false };
    let local = is_loopback(&origin) && site.is_loopback();
    let same_port = origin.port_or_known_default() == site_url.port_or_known_default();
    origin.origin() == site_url.origin() || (local && same_port)
}
