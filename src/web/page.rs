//! The frame of every page of ours: language, title, style, and the headers that keep it private and still.

use crate::config::{Config, Source};
use crate::html::{Html, ToHtml, fill};
use crate::web::Language;
use crate::wire::Response;

/// The style sheet of our pages.
pub(super) const STYLE: &str = include_str!("style.css");

/// A page of the configured service. `title` and `main` are in `language`.
pub(super) fn page(config: &Config, language: Language, status: u16, title: &str, main: &Html) -> Response {
    let sheets: Html = std::iter::once(format!("{}/style.css", config.prefix))
        .chain(config.stylesheets.iter().cloned())
        .map(|sheet| fill("<link rel=\"stylesheet\" href=\"{}\">\n", &[&sheet]))
        .collect();
    let front = language.pick("Retour au site", "Back to the site");
    let values: [&dyn ToHtml; 7] =
        [&language.tag(), &title, &config.service_name, &sheets, &config.service_name, main, &front];
    let html = fill(
        r#"<!doctype html>
<html lang="{}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{} - {}</title>
{}</head>
<body class="fce">
<header class="fce-header"><p><a href="/">{}</a></p></header>
<main class="fce-main">
{}
</main>
<footer class="fce-footer"><p><a href="/">{}</a></p></footer>
</body>
</html>
"#,
        &values,
    );
    private(Response::with_body(status, "text/html; charset=utf-8", html.into_bytes()))
        .header("content-security-policy", policy(config))
}

/// Marks an answer as nobody else's business: no cache, no sniffing, no referrer to other sites.
pub(super) fn private(response: Response) -> Response {
    response
        .header("cache-control", "private, no-store")
        .header("x-content-type-options", "nosniff")
        // Not `no-referrer`: our own forms would then come with `Origin: null`.
        .header("referrer-policy", "same-origin")
}

/// A redirect that no cache keeps and that tells the next site nothing of this address.
pub(super) fn redirect(location: &str) -> Response {
    Response::see_other(location)
        .header("cache-control", "private, no-store")
        .header("referrer-policy", "no-referrer")
}

/// `form-action` must name the provider: browsers apply it to the redirect that answers a form, too.
fn policy(config: &Config) -> String {
    let mut origins = vec![origin(config.issuer())];
    if let Source::Discovery { allowed_origins, .. } = &config.source {
        origins.extend(allowed_origins.iter().cloned());
    }
    format!(
        "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self' {}; \
         base-uri 'none'; frame-ancestors 'none'",
        origins.join(" ")
    )
}

fn origin(url: &str) -> String {
    url::Url::parse(url).map_or(String::new(), |url| url.origin().ascii_serialization())
}
