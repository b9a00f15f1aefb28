//! Decides which cookies a visitor keeps and sends (RFC 6265 §5), as far as a login can tell.

use url::{Host, Url};

/// Most cookies kept, and the longest name and value that browsers keep, in bytes (RFC 6265bis §5.7).
const COOKIES: usize = 200;
const LONGEST: usize = 4096;

/// One cookie.
#[derive(Debug, Clone)]
pub(super) struct Cookie {
    pub(super) name: String,
    pub(super) value: String,
    /// The host that it belongs to, and whether those below have it as well.
    host: String,
    below: bool,
    path: String,
    secure: bool,
    /// It is sent to its own site by its own site only.
    strict: bool,
}

/// The cookies of one visitor.
#[derive(Debug, Clone, Default)]
pub(super) struct Jar(Vec<Cookie>);

impl Jar {
    /// Takes a `Set-Cookie` that came with the answer at `url`.
    pub(super) fn set(&mut self, url: &Url, line: &str) {
        let mut parts = line.split(';');
        let pair = parts.next().and_then(|pair| pair.split_once('='));
        let Some((name, value)) = pair.filter(|(name, _)| !name.trim().is_empty()) else { return };
        let Some(host) = url.host_str().filter(|_| name.trim().len() + value.trim().len() <= LONGEST) else {
            return;
        };
        let mut cookie = Cookie {
            name: name.trim().to_owned(),
            value: value.trim().to_owned(),
            host: host.to_owned(),
            below: false,
            path: url.path().rsplit_once('/').map_or("/", |(folder, _)| folder).to_owned(),
            secure: false,
            strict: false,
        };
        let mut gone = false;
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let value = value.trim();
            match name.trim().to_ascii_lowercase().as_str() {
                "path" if value.starts_with('/') => value.clone_into(&mut cookie.path),
                "domain" => {
                    let domain = value.trim_start_matches('.').to_ascii_lowercase();
                    if domain.is_empty() {
                        continue;
                    }
                    if !within(host, &domain) {
                        return;
                    }
                    (cookie.host, cookie.below) = (domain, true);
                }
                "secure" => cookie.secure = true,
                "samesite" => cookie.strict = value.eq_ignore_ascii_case("strict"),
                "max-age" => gone = value.parse::<i64>().is_ok_and(|age| age <= 0),
                "expires" => {
                    gone |= httpdate::parse_http_date(value).is_ok_and(|at| at < std::time::SystemTime::now())
                }
                _ => {}
            }
        }
        let same = |old: &Cookie| {
            old.name == cookie.name
                && old.host == cookie.host
                && old.path == cookie.path
                && old.below == cookie.below
        };
        self.0.retain(|old| !same(old));
        if !gone && self.0.len() < COOKIES {
            self.0.push(cookie);
        }
    }

    /// The value of the `Cookie` header at `url`, asked for by another site or not.
    pub(super) fn header(&self, url: &Url, crossed: bool) -> String {
        let host = url.host_str().unwrap_or_default();
        let sent = self.0.iter().filter(|cookie| {
            let here = if cookie.below { within(host, &cookie.host) } else { host == cookie.host };
            let allowed = (!cookie.secure || trusted(url)) && (!cookie.strict || !crossed);
            here && below(url.path(), &cookie.path) && allowed
        });
        sent.map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect::<Vec<_>>().join("; ")
    }

    /// All of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Cookie> {
        self.0.iter()
    }
}

fn within(host: &str, domain: &str) -> bool {
    host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

fn below(path: &str, folder: &str) -> bool {
    let folder = folder.trim_end_matches('/');
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Where browsers send what is for https only: on https, and on this machine.
fn trusted(url: &Url) -> bool {
    url.scheme() == "https"
        || match url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_sent_where_it_belongs_and_until_it_is_taken_back() {
        let url = |text: &str| Url::parse(text).unwrap();
        let (here, other) = (url("https://a.exemple.fr/auth/x"), url("https://b.exemple.fr/auth/x"));
        let mut jar = Jar::default();
        for line in [
            "a=1; Path=/; Secure",
            "b=2; Domain=.exemple.fr; Path=/",
            "c=3",
            "d=4; Domain=autre.fr",
            "=",
            "e",
        ] {
            jar.set(&here, line);
        }
        assert_eq!(jar.header(&here, false), "a=1; b=2; c=3");
        assert_eq!(jar.header(&other, false), "b=2");
        assert_eq!(jar.header(&url("http://a.exemple.fr/authx"), false), "b=2");
        jar.set(&here, "a=; Path=/; Max-Age=0");
        jar.set(&here, "c=; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(jar.header(&here, false), "b=2");
        jar.set(&here, "s=5; Path=/; SameSite=Strict");
        jar.set(&here, &format!("long={}", "x".repeat(4096)));
        assert_eq!(
            (jar.header(&here, false).as_str(), jar.header(&here, true).as_str()),
            ("b=2; s=5", "b=2")
        );
    }
}
