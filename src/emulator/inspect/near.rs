//! Decides how an address that is not registered differs from one that is: what people look for with their eyes.

use url::Url;

/// The registered address that is most like `sent`, and in what they differ, in French and in English; nothing when none
/// is alike.
pub(super) fn near<'a>(
    sent: &str,
    registered: &'a [String],
) -> Option<(&'a str, &'static str, &'static str)> {
    RULES.iter().find_map(|(alike, fr, en)| {
        registered.iter().find(|known| alike(sent, known)).map(|known| (known.as_str(), *fr, *en))
    })
}

type Rule = (fn(&str, &str) -> bool, &'static str, &'static str);

/// The smallest differences first.
const RULES: &[Rule] = &[
    (|a, b| a.trim() == b.trim(), "une espace", "a space"),
    (
        |a, b| a.trim_end_matches('/') == b.trim_end_matches('/'),
        "la barre oblique finale",
        "the trailing slash",
    ),
    (|a, b| a.eq_ignore_ascii_case(b), "les majuscules", "upper and lower case"),
    (
        |a, b| without(a, '?') == without(b, '?'),
        "ce qui suit le point d’interrogation",
        "what follows the question mark",
    ),
    (|a, b| without(a, '#') == without(b, '#'), "ce qui suit le dièse", "what follows the number sign"),
    (
        |a, b| after_scheme(a).is_some_and(|rest| after_scheme(b) == Some(rest)),
        "http au lieu de https, ou l’inverse",
        "http instead of https, or the reverse",
    ),
    (|a, b| path_and(a, b, |a, b| a.host_str() == b.host_str()), "le port", "the port"),
    (
        |a, b| path_and(a, b, |a, b| is_loopback(a) && is_loopback(b)),
        "localhost et 127.0.0.1, qui sont ici deux noms différents",
        "localhost and 127.0.0.1, which are two different names here",
    ),
    (
        |a, b| path_and(a, b, |a, b| bare(a).is_some_and(|host| bare(b) == Some(host))),
        "le www. du nom d’hôte",
        "the www. of the host name",
    ),
    (|a, b| path_and(a, b, |_, _| true), "le nom d’hôte", "the host name"),
    (|a, b| parsed(a, b).is_some_and(|(a, b)| a.origin() == b.origin()), "le chemin", "the path"),
];

fn without(text: &str, mark: char) -> &str {
    text.split(mark).next().unwrap_or_default()
}

fn after_scheme(text: &str) -> Option<&str> {
    text.split_once("://").map(|(_, rest)| rest)
}

fn parsed(a: &str, b: &str) -> Option<(Url, Url)> {
    Some((Url::parse(a).ok()?, Url::parse(b).ok()?))
}

/// Whether the paths and queries are the same, and the rest as `alike` says.
fn path_and(a: &str, b: &str, alike: fn(&Url, &Url) -> bool) -> bool {
    parsed(a, b).is_some_and(|(a, b)| a.path() == b.path() && a.query() == b.query() && alike(&a, &b))
}

fn is_loopback(url: &Url) -> bool {
    matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"))
}

fn bare(url: &Url) -> Option<&str> {
    url.host_str().map(|host| host.strip_prefix("www.").unwrap_or(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_difference_is_told() {
        let registered = ["https://a.example/cb".to_owned(), "http://localhost:3000/cb".to_owned()];
        for (sent, difference) in [
            ("https://a.example/cb/", Some("the trailing slash")),
            ("https://a.example/cb ", Some("a space")),
            ("https://a.example/CB", Some("upper and lower case")),
            ("https://a.example/cb?x=1", Some("what follows the question mark")),
            ("https://a.example/cb#x", Some("what follows the number sign")),
            ("http://a.example/cb", Some("http instead of https, or the reverse")),
            ("http://localhost:8080/cb", Some("the port")),
            ("http://127.0.0.1:3000/cb", Some("localhost and 127.0.0.1, which are two different names here")),
            ("https://www.a.example/cb", Some("the www. of the host name")),
            ("https://b.example/cb", Some("the host name")),
            ("https://a.example/callback", Some("the path")),
            ("https://b.example/other", None),
            ("", None),
        ] {
            assert_eq!(near(sent, &registered).map(|(_, _, en)| en), difference, "{sent}");
        }
    }
}
