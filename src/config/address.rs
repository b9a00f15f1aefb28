//! Decides which addresses a configuration may hold: of the site, of a provider.

use url::{Host, Url};

/// The address of the site: an origin and nothing more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    authority: String,
    host: String,
    loopback: bool,
    secure: bool,
}

/// Why an address of the site is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressFault {
    /// Not an http or https URL.
    NotAUrl,
    /// More than scheme, host and port.
    NotAnOrigin,
    /// http on a host that is not loopback.
    NotHttps,
}

impl PublicUrl {
    /// Reads `https://host[:port]`, or `http://` on a loopback name; one trailing slash is forgiven.
    ///
    /// # Errors
    /// See [`AddressFault`].
    pub fn parse(text: &str) -> Result<Self, AddressFault> {
        let url = Url::parse(text).map_err(|_| AddressFault::NotAUrl)?;
        let (Some(host), true) = (url.host_str(), matches!(url.scheme(), "http" | "https")) else {
            return Err(AddressFault::NotAUrl);
        };
        let bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        if url.path() != "/" || url.query().is_some() || !bare {
            return Err(AddressFault::NotAnOrigin);
        }
        let (secure, loopback) = (url.scheme() == "https", is_loopback(&url));
        if !secure && !loopback {
            return Err(AddressFault::NotHttps);
        }
        let authority = url.port().map_or(host.to_owned(), |port| format!("{host}:{port}"));
        Ok(Self {
            origin: url.origin().ascii_serialization(),
            authority,
            host: host.to_owned(),
            loopback,
            secure,
        })
    }

    /// `scheme://host[:port]`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The host name alone.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// `host[:port]` as browsers send it in `Host`.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// Whether the site is on this machine only.
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// Whether the site is on https.
    pub fn is_secure(&self) -> bool {
        self.secure
    }
}

/// Whether the URL's host is this machine by any of its names (RFC 6761 §6.3 for `localhost`).
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Whether `host` (as in a `Host` header, with or without a port) is a loopback name.
pub fn is_loopback_authority(host: &str) -> bool {
    let bare = !host.contains(['@', '/', '?', '#', '\\']);
    bare && Url::parse(&format!("http://{host}/")).is_ok_and(|url| is_loopback(&url))
}
