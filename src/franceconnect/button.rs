//! The FranceConnect button: the State design system's markup and wording, which may not be changed.

use super::{Level, Product};
use crate::html::{Html, ToHtml, fill};

/// The button of a product, in a form that starts a login and comes back to `return_to`; `login` is our login
/// route, `level` what to ask for if the page does not say it itself.
///
/// The wording is French for every visitor: it may be translated, and FranceConnect's own asset is French. The
/// two spans are the same for both products: the class draws the "+".
pub fn button(product: Product, login: &str, return_to: &str, level: Option<Level>) -> Html {
    let (class, page) = match product {
        Product::Standard => ("fr-connect", "https://franceconnect.gouv.fr/"),
        Product::Plus => ("fr-connect fr-connect--plus", "https://franceconnect.gouv.fr/france-connect-plus"),
    };
    let level = level.map_or(Html::literal(""), |level| {
        fill("<input type=\"hidden\" name=\"acr_values\" value=\"{}\">\n", &[&level.name()])
    });
    let name = product.name();
    let values: [&dyn ToHtml; 7] = [&login, &return_to, &level, &class, &page, &name, &name];
    fill(
        r#"<form action="{}" method="get">
<input type="hidden" name="return_to" value="{}">
{}<div class="fr-connect-group" lang="fr">
<button class="{}" type="submit">
<span class="fr-connect__login">S’identifier avec</span>
<span class="fr-connect__brand">FranceConnect</span>
</button>
<p><a href="{}" target="_blank" rel="noopener" title="Qu’est-ce que {} ? - nouvelle fenêtre">Qu’est-ce que {} ?</a></p>
</div>
</form>"#,
        &values,
    )
}
