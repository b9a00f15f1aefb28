//! Decides which headers and cookies are nobody's business on the other side: of one connection, of a proxy, of ours.

use crate::wire::cookie;

/// Headers of one connection (RFC 9110 §7.6.1), and those that each hop writes for itself.
const OF_ONE_HOP: [&str; 12] = [
    "connection",
    "expect",
    "host",
    "http2-settings",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// What only a proxy may say: a visitor who says it wants the origin to believe something.
///
/// `Proxy` becomes the proxy of whatever the origin calls, where it runs programs by CGI.
const OF_PROXIES: [&str; 6] =
    ["client-ip", "forwarded", "proxy", "true-client-ip", "x-client-ip", "x-real-ip"];
const OF_PROXIES_FROM: [&str; 4] = ["x-forwarded-", "x-original-", "x-rewrite-", "spin-"];

/// The name as the laxest reader reads it: gateways make `_` of `-` and capitals of letters (RFC 3875 §4.1.18), and some
/// make `_` of whatever else a name may hold (PHP of `.`), so that `X_User`, `X.User` and `x-user` are one variable in
/// the end.
pub(super) fn normal(name: &str) -> String {
    let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    name.trim().chars().map(letter).collect()
}

/// Whether the header stays on the connection it came by. `named` is the value of its `Connection` header.
pub(super) fn of_one_hop(normal_name: &str, named: &str) -> bool {
    OF_ONE_HOP.contains(&normal_name) || named.split(',').any(|name| normal(name) == normal_name)
}

/// Whether the header says what only a proxy knows.
pub(super) fn of_proxies(normal_name: &str) -> bool {
    OF_PROXIES.contains(&normal_name) || OF_PROXIES_FROM.iter().any(|start| normal_name.starts_with(start))
}

/// Whether the header is one of ours, or one that carries an identity by the configuration.
pub(super) fn of_ours(normal_name: &str, strip: &[String]) -> bool {
    normal_name.starts_with("fc-") || strip.iter().any(|name| normal(name) == normal_name)
}

/// Whether a cookie is one of ours, in whatever spelling: `fc_…`, with or without a prefix that browsers know.
pub(super) fn is_our_cookie(name: &str) -> bool {
    let name = name.trim().to_ascii_lowercase();
    let bare = ["__host-http-", "__host-", "__secure-", "__http-"]
        .iter()
        .fold(name.as_str(), |name, prefix| name.strip_prefix(prefix).unwrap_or(name));
    bare.starts_with("fc_")
}

/// A `Cookie` header without ours; nothing if nothing is left.
pub(super) fn without_our_cookies(header: &str) -> Option<String> {
    let others: Vec<&str> = header
        .split(';')
        .map(|pair| pair.trim_matches([' ', '\t']))
        .filter(|pair| !pair.is_empty() && !is_our_cookie(pair.split('=').next().unwrap_or_default()))
        .collect();
    (!others.is_empty()).then(|| others.join("; "))
}

/// Whether a `Set-Cookie` header would write a cookie of ours.
pub(super) fn sets_our_cookie(header: &str) -> bool {
    let pair = header.split(';').next().unwrap_or_default();
    // A cookie without a name is sent back as its bare value, which a reader may take for a pair.
    let (name, value) = pair.split_once('=').unwrap_or(("", pair));
    is_our_cookie(name) || (name.trim().is_empty() && cookie_like(value))
}

fn cookie_like(value: &str) -> bool {
    is_our_cookie(value) || cookie::pairs(value).any(|(name, _)| is_our_cookie(name))
}

/// Whether a shared cache must leave an answer with this `Cache-Control` alone (RFC 9111 §5.2.2).
pub(super) fn is_private(cache_control: &str) -> bool {
    let lower = cache_control.to_ascii_lowercase();
    let directives: Vec<&str> = lower.split(',').map(str::trim).collect();
    let has = |name: &str| directives.contains(&name);
    let shared = directives.iter().any(|directive| directive.split('=').next() == Some("s-maxage"));
    // `private="set-cookie"` keeps one header back and lets the rest be shared, and commas may stand in such a text.
    // With `must-understand` a cache may ignore `no-store` (RFC 9111 §5.2.2.3).
    let plain = !lower.contains('"') && !has("must-understand");
    (has("private") || has("no-store")) && !has("public") && !shared && plain
}
