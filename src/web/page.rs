//! The frame of every page of ours: language, title, style, and the headers that keep it private and still.

use crate::config::Config;
use crate::html::{Html, ToHtml, fill};
use crate::web::Language;
use crate::wire::Response;

/// The style sheet of our pages: sober, readable, light and dark. The official style of the FranceConnect button
/// comes from the State design system (`FC_STYLESHEETS`); what stands here for it is plain, and gives way to it.
pub(super) const STYLE: &str = include_str!("style.css");

/// A page of the configured service, in `language`, which posts no form: its address, which may hold a code,
/// is told to nobody.
pub(super) fn page(config: &Config, language: Language, status: u16, title: &str, main: &Html) -> Response {
    frame(config, language, status, title, main).header("referrer-policy", "no-referrer")
}

/// A page whose form is posted to us: without a referrer the form would come with `Origin: null`.
pub(super) fn form_page(
    config: &Config,
    language: Language,
    status: u16,
    title: &str,
    main: &Html,
) -> Response {
    frame(config, language, status, title, main).header("referrer-policy", "same-origin")
}

fn frame(config: &Config, language: Language, status: u16, title: &str, main: &Html) -> Response {
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

/// Marks an answer as nobody else's business: no cache, no sniffing, no embedding by other sites.
pub(super) fn private(response: Response) -> Response {
    response
        .header("cache-control", "private, no-store")
        .header("x-content-type-options", "nosniff")
        .header("cross-origin-resource-policy", "same-origin")
}

/// A redirect that no cache keeps and that tells the next site nothing of this address.
pub(super) fn redirect(location: &str) -> Response {
    Response::see_other(location)
        .header("cache-control", "private, no-store")
        .header("referrer-policy", "no-referrer")
}

/// `form-action`: browsers apply it to every redirect that follows a form, and where FranceConnect sends a
/// citizen on (identity providers, brokers) cannot be listed. All markup of these pages is our own.
fn policy(config: &Config) -> String {
    let local = if config.public_url.is_loopback() { " http:" } else { "" };
    format!(
        "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self' https:{local}; \
         base-uri 'none'; frame-ancestors 'none'"
    )
}
